import { expect } from 'chai';
import { assign, createActor, createMachine, fromPromise, setup } from 'xstate';
import { eventLimit } from '../../machines-viz/inspector/messages.js';
import { type Entry, type EventEntry, Recorder } from '../../machines-viz/inspector/recorder.js';
import { KeyMaterial } from '../../protocol/key-material.js';

const entriesOf = ({ log }: Recorder): readonly Entry[] =>
  Array.from({ length: log.next - log.first }, (_, i) => log.at(log.first + i)).filter(
    (entry) => entry !== undefined,
  );

const eventsOf = (recorder: Recorder): readonly EventEntry[] =>
  entriesOf(recorder).flatMap((entry) => (entry.kind === 'event' ? [entry] : []));

const counter = createMachine({
  id: 'counter',
  context: { count: 0 },
  initial: 'counting',
  states: { counting: { on: { tick: { actions: assign({ count: ({ context }) => context.count + 1 }) } } } },
});

describe('the recorder', () => {
  it('keeps the last events and the state that was before them', () => {
    const recorder = new Recorder(() => 0);
    const actor = createActor(counter, { inspect: recorder.inspect }).start();
    for (let i = 0; i < eventLimit + 100; i += 1) actor.send({ type: 'tick' });
    expect(eventsOf(recorder)).to.have.lengthOf(eventLimit);
    const [elder] = recorder.elders();
    expect(elder?.actor).to.equal(actor);
    // The event of the 100th tick is gone, what came of it is the oldest entry.
    expect(elder?.base).to.have.nested.property('context.count', 99);
    expect(recorder.log.at(recorder.log.first)).to.have.nested.property('state.context.count', 100);
    actor.stop();
  });

  it('forgets actors that have ended, however many there are', async () => {
    const recorder = new Recorder(() => 0);
    const parent = setup({ actors: { work: fromPromise(() => Promise.resolve()) } }).createMachine({
      initial: 'resting',
      states: {
        resting: { on: { go: 'working' } },
        working: { invoke: { src: 'work', onDone: 'resting' } },
      },
    });
    const actor = createActor(parent, { inspect: recorder.inspect }).start();
    for (let i = 0; i < eventLimit / 4; i += 1) {
      actor.send({ type: 'go' });
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(recorder.log.first).to.be.greaterThan(0);
    expect(recorder.elders().map(({ actor: elder }) => elder)).to.deep.equal([actor]);
    actor.stop();
  });

  it('tells what an event without a sender came from: the one that is being handled', () => {
    const recorder = new Recorder(() => 0);
    const receiver = createActor(counter, { inspect: recorder.inspect });
    const machine = setup({ actions: { poke: () => receiver.send({ type: 'tick' }) } }).createMachine({
      on: { go: { actions: 'poke' } },
    });
    const sender = createActor(machine, { inspect: recorder.inspect }).start();
    receiver.start();
    sender.send({ type: 'go' });
    receiver.send({ type: 'tick' });
    const [go] = eventsOf(recorder).filter(({ event }) => event.type === 'go');
    const [first, second] = eventsOf(recorder).filter(({ event }) => event.type === 'tick');
    expect(first?.source).to.equal(undefined);
    expect(first?.cause).to.equal(go?.number);
    expect(second?.cause).to.equal(null);
  });

  it('notes the end of an actor that throws, and goes on', () => {
    const recorder = new Recorder(() => 0);
    const child = setup({
      actions: {
        fail: () => {
          throw new Error('out of paper');
        },
      },
    }).createMachine({ id: 'child', on: { print: { actions: 'fail' } } });
    const parent = setup({ actors: { child } }).createMachine({
      initial: 'working',
      states: {
        working: { invoke: { id: 'child', src: 'child', onError: 'broken' } },
        broken: { on: { tick: {} } },
      },
    });
    const actor = createActor(parent, { inspect: recorder.inspect }).start();
    actor.getSnapshot().children.child?.send({ type: 'print' });
    const ended = entriesOf(recorder).find(
      (entry) => entry.kind === 'snapshot' && entry.state.status === 'error',
    );
    expect(ended).to.have.nested.property('event.type', 'print');
    actor.send({ type: 'tick' });
    const [tick] = eventsOf(recorder).filter(({ event }) => event.type === 'tick');
    expect(tick?.cause).to.equal(null);
    actor.stop();
  });

  it('holds no key: neither of an event nor of what an effect was given', () => {
    const recorder = new Recorder(() => 0);
    const key = new KeyMaterial(new Uint8Array(32).fill(7));
    type Connect = {
      readonly type: 'connect';
      readonly order: { readonly key: KeyMaterial; readonly ssid: string };
    };
    const machine = setup({
      types: { events: {} as Connect },
      actors: { connect: fromPromise(({ input }: { input: unknown }) => Promise.resolve(input)) },
    }).createMachine({
      initial: 'idle',
      states: {
        idle: { on: { connect: 'connecting' } },
        connecting: { invoke: { src: 'connect', input: ({ event }: { event: Connect }) => event } },
      },
    });
    const actor = createActor(machine, { inspect: recorder.inspect }).start();
    actor.send({ type: 'connect', order: { key, ssid: 'Quay' } });
    const holds = (value: unknown, seen: Set<unknown>): boolean => {
      if (value === key) return true;
      if (typeof value !== 'object' || value === null || seen.has(value)) return false;
      seen.add(value);
      return Object.values(value).some((inner) => holds(inner, seen));
    };
    for (const entry of entriesOf(recorder))
      if (entry.kind === 'event') expect(holds(entry.event, new Set()), entry.event.type).to.equal(false);
      else if (entry.kind === 'snapshot' && !('value' in entry.state))
        expect(holds(entry.state, new Set())).to.equal(false);
    const connect = eventsOf(recorder).find(({ event }) => event.type === 'connect');
    expect(connect?.event).to.deep.equal({ type: 'connect', order: { ssid: 'Quay' } });
    actor.stop();
  });
});
