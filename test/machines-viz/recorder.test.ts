import { expect } from 'chai';
import {
  type AnyActorRef,
  assign,
  createActor,
  createMachine,
  fromPromise,
  type InspectionEvent,
  sendParent,
  sendTo,
  setup,
} from 'xstate';
import type { Entry, EventEntry } from '../../machines-viz/inspector/entries.js';
import { eventLimit } from '../../machines-viz/inspector/messages.js';
import { Recorder } from '../../machines-viz/inspector/recorder.js';
import { messageOf } from '../../machines-viz/inspector/translate.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { stateWith } from './states.js';

const entriesOf = ({ log }: Recorder): readonly Entry[] =>
  Array.from({ length: log.next - log.first }, (_, i) => log.at(log.first + i)).filter(
    (entry) => entry !== undefined,
  );

const eventsOf = (recorder: Recorder): readonly EventEntry[] =>
  entriesOf(recorder).flatMap((entry) => (entry.kind === 'event' ? [entry] : []));

/** As XState reports an event that has been sent to an actor. */
const sent = (actor: AnyActorRef): InspectionEvent => ({
  type: '@xstate.event',
  rootId: actor.sessionId,
  actorRef: actor,
  event: { type: 'tick' },
  sourceRef: undefined,
});

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

  it('lets go of states of everything when very much changes in them, of the older ones first', () => {
    const recorder = new Recorder(() => 0);
    const networks = (round: number) =>
      Array.from({ length: 2000 }, (_, n) => ({
        ssid: 'Lobby',
        bssid: `${n}`,
        rssi: -round,
        frequency: 2412,
        security: 'open',
      }));
    for (let round = 0; round < 100; round += 1)
      recorder.noteStatus({ ...stateWith({}), networks: { wlan0: networks(round) } });
    const rounds = entriesOf(recorder).flatMap((entry) =>
      entry.kind === 'status' ? [entry.status.networks.wlan0?.[7]?.rssi] : [],
    );
    expect(rounds).to.have.lengthOf.within(15, 36);
    expect(rounds.at(-1)).to.equal(-99);
  });

  it('knows the end of actors that were stopped before they had begun, and forgets them', () => {
    const recorder = new Recorder(() => 0);
    const inner = setup({ actors: { wait: fromPromise(() => new Promise<void>(() => {})) } }).createMachine({
      invoke: { src: 'wait' },
    });
    const hurried = setup({ actors: { inner } }).createMachine({
      initial: 'resting',
      states: {
        resting: { on: { go: 'passing' } },
        passing: { invoke: { src: 'inner' }, always: 'resting' },
      },
    });
    const actor = createActor(hurried, { inspect: recorder.inspect }).start();
    actor.send({ type: 'go' });
    const living = new Set<AnyActorRef>();
    for (const entry of entriesOf(recorder))
      if (entry.kind === 'actor') living.add(entry.track.actor);
      else if (entry.kind === 'snapshot' && entry.state.status === 'stopped')
        living.delete(entry.track.actor);
    expect([...living]).to.deep.equal([actor]);
    for (let i = 0; i < eventLimit; i += 1) actor.send({ type: 'go' });
    // Beside it those of which only the end is still kept.
    expect(recorder.elders().map(({ actor: elder }) => elder))
      .to.include(actor)
      .and.have.lengthOf.at.most(3);
    actor.stop();
  });

  it('knows the end of actors that would have begun in a step that failed', () => {
    const recorder = new Recorder(() => 0);
    const work = fromPromise(() => Promise.resolve());
    const child = setup({
      actors: { work },
      actions: {
        fail: () => {
          throw new Error('out of paper');
        },
      },
    }).createMachine({
      initial: 'resting',
      states: {
        resting: { on: { go: 'failing' } },
        failing: { invoke: { src: 'work' }, initial: 'deeper', states: { deeper: { entry: 'fail' } } },
      },
    });
    const parent = setup({ actors: { child } }).createMachine({
      initial: 'working',
      states: { working: { invoke: { id: 'child', src: 'child', onError: 'broken' } }, broken: {} },
    });
    const actor = createActor(parent, { inspect: recorder.inspect }).start();
    actor.getSnapshot().children.child?.send({ type: 'go' });
    const ended = entriesOf(recorder).flatMap((entry) =>
      entry.kind === 'snapshot' && entry.state.status !== 'active' ? [entry.track.actor] : [],
    );
    const begun = entriesOf(recorder).flatMap((entry) =>
      entry.kind === 'actor' && entry.track.actor !== actor ? [entry.track.actor] : [],
    );
    expect(begun).to.have.lengthOf(2);
    expect(new Set(ended)).to.deep.equal(new Set(begun));
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

  it('keeps every step that one event led to, in their order', () => {
    const recorder = new Recorder(() => 0);
    const hurried = createMachine({
      id: 'hurried',
      initial: 'resting',
      states: {
        resting: { on: { go: 'starting' } },
        starting: { always: 'running' },
        running: { always: 'arrived' },
        arrived: { on: { go: 'resting' } },
      },
    });
    const actor = createActor(hurried, { inspect: recorder.inspect }).start();
    actor.send({ type: 'go' });
    actor.send({ type: 'go' });
    actor.stop();
    const steps = entriesOf(recorder).flatMap((entry) =>
      entry.kind === 'snapshot' && entry.event.type === 'go'
        ? [entry.steps.map(({ source, eventType }) => `${source.key} ${eventType}`)]
        : [],
    );
    expect(steps).to.deep.equal([['resting go', 'starting ', 'running '], ['arrived go']]);
  });

  it('tells the causes of events within events, and knows the outer one again after the inner one', () => {
    const recorder = new Recorder(() => 0);
    const quiet = createActor(counter, { inspect: recorder.inspect });
    const inner = createActor(
      setup({ actions: { pass: () => quiet.send({ type: 'tick' }) } }).createMachine({
        on: { poke: { actions: 'pass' } },
      }),
      { inspect: recorder.inspect },
    );
    const outer = createActor(
      setup({
        actions: { poke: () => inner.send({ type: 'poke' }), pass: () => quiet.send({ type: 'tick' }) },
      }).createMachine({ on: { go: { actions: ['poke', 'pass'] } } }),
      { inspect: recorder.inspect },
    );
    for (const actor of [quiet, inner, outer]) actor.start();
    outer.send({ type: 'go' });
    const told = eventsOf(recorder).filter(({ event }) => ['go', 'poke', 'tick'].includes(event.type));
    const [go, poke] = told;
    expect(told.map(({ event, cause }) => [event.type, cause])).to.deep.equal([
      ['go', null],
      ['poke', go?.number],
      ['tick', poke?.number],
      ['tick', go?.number],
    ]);
  });

  it('knows that an event is over though what it has sent waits, until its actor begins', () => {
    const recorder = new Recorder(() => 0);
    const late = createActor(counter, { inspect: recorder.inspect });
    const other = createActor(counter, { inspect: recorder.inspect }).start();
    const sender = createActor(
      setup({ actions: { poke: () => late.send({ type: 'tick' }) } }).createMachine({
        on: { go: { actions: 'poke' } },
      }),
      { inspect: recorder.inspect },
    ).start();
    sender.send({ type: 'go' });
    other.send({ type: 'tick' });
    late.start();
    late.send({ type: 'tick' });
    const told = eventsOf(recorder).filter(({ event }) => ['go', 'tick'].includes(event.type));
    const [go, waiting] = told;
    expect(told.map(({ event, track, cause }) => [event.type, track.actor, cause])).to.deep.equal([
      ['go', sender, null],
      ['tick', late, go?.number],
      ['tick', other, null],
      ['tick', late, null],
    ]);
    const begun = eventsOf(recorder).find(
      ({ track, event }) => track.actor === late && event.type === 'xstate.init',
    );
    const counted = entriesOf(recorder).flatMap((entry) =>
      entry.kind === 'snapshot' && entry.track.actor === late ? [entry] : [],
    );
    expect(counted.map(({ event, cause }) => [event.type, cause])).to.deep.equal([
      ['xstate.init', begun?.number],
      ['tick', waiting?.number],
      ['tick', told[3]?.number],
    ]);
  });

  it('takes nothing for a cause that an actor was sent and never took, because it was stopped', () => {
    const recorder = new Recorder(() => 0);
    const quiet = createActor(counter, { inspect: recorder.inspect }).start();
    const child = setup({
      actions: {
        remind: sendTo(({ self }) => self, { type: 'again' }),
        leave: sendParent({ type: 'done with it' }),
      },
    }).createMachine({ on: { go: { actions: ['remind', 'remind', 'leave'] }, again: {} } });
    const parent = setup({
      actors: { child },
      actions: { tell: () => quiet.send({ type: 'tick' }) },
    }).createMachine({
      initial: 'working',
      states: {
        working: { invoke: { id: 'child', src: 'child' }, on: { 'done with it': 'resting' } },
        resting: { on: { wake: { actions: 'tell' } } },
      },
    });
    const actor = createActor(parent, { inspect: recorder.inspect }).start();
    const outer = createActor(
      setup({
        actions: {
          poke: () => actor.getSnapshot().children.child?.send({ type: 'go' }),
          tell: () => quiet.send({ type: 'tick' }),
        },
      }).createMachine({ on: { begin: { actions: ['poke', 'tell'] } } }),
      { inspect: recorder.inspect },
    ).start();
    outer.send({ type: 'begin' });
    quiet.send({ type: 'tick' });
    actor.send({ type: 'wake' });
    const events = eventsOf(recorder);
    const numberOf = (type: string) => events.find(({ event }) => event.type === type)?.number;
    expect(events.filter(({ event }) => event.type === 'again')).to.have.lengthOf(2);
    expect(events.flatMap(({ event, cause }) => (event.type === 'tick' ? [cause] : []))).to.deep.equal([
      numberOf('begin'),
      null,
      numberOf('wake'),
    ]);
    for (const one of [actor, quiet, outer]) one.stop();
  });

  it('takes an actor that began before anybody recorded for alive', () => {
    const recorder = new Recorder(() => 0);
    const parent = setup({ actors: { counter } }).createMachine({
      invoke: { id: 'counter', src: 'counter' },
      on: { go: {} },
    });
    const actor = createActor(parent).start();
    const { counter: child } = actor.getSnapshot().children;
    if (child === undefined) throw new Error('no child');
    recorder.inspect(sent(child));
    actor.system.inspect(recorder.inspect);
    actor.send({ type: 'go' });
    expect(entriesOf(recorder).map(({ kind }) => kind)).to.deep.equal([
      'actor',
      'event',
      'actor',
      'event',
      'snapshot',
    ]);
    const [track] = entriesOf(recorder).flatMap((entry) => (entry.kind === 'actor' ? [entry.track] : []));
    expect(track?.ended).to.equal(false);
    actor.stop();
  });

  it('tells what led to an event that an actor sent to itself, and what that one led to', () => {
    const recorder = new Recorder(() => 0);
    const quiet = createActor(counter, { inspect: recorder.inspect }).start();
    const machine = setup({
      actions: {
        again: sendTo(({ self }) => self, { type: 'again' }),
        tell: sendTo(quiet, { type: 'tick' }),
        pass: () => quiet.send({ type: 'tick' }),
      },
    }).createMachine({ on: { go: { actions: ['again', 'tell'] }, again: { actions: 'pass' } } });
    const actor = createActor(machine, { inspect: recorder.inspect }).start();
    actor.send({ type: 'go' });
    const told = eventsOf(recorder).filter(({ event }) => ['go', 'again', 'tick'].includes(event.type));
    const [go, again] = told;
    expect(told.map(({ event, cause, source }) => [event.type, cause, source])).to.deep.equal([
      ['go', null, undefined],
      ['again', go?.number, actor.sessionId],
      ['tick', go?.number, actor.sessionId],
      ['tick', again?.number, undefined],
    ]);
  });

  it('shows events to an actor that has ended, and takes none of them for the cause of others', () => {
    const recorder = new Recorder(() => 0);
    const dead = createActor(counter, { inspect: recorder.inspect }).start();
    dead.stop();
    const alive = createActor(counter, { inspect: recorder.inspect }).start();
    for (let i = 0; i < 3; i += 1) recorder.inspect(sent(dead));
    alive.send({ type: 'tick' });
    const ticks = eventsOf(recorder).filter(({ event }) => event.type === 'tick');
    expect(ticks.map(({ track, cause }) => [track.actor, cause])).to.deep.equal([
      [dead, null],
      [dead, null],
      [dead, null],
      [alive, null],
    ]);
    for (const { track } of ticks) expect(track.pending).to.deep.equal([]);
    alive.stop();
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
    const failing = actor.getSnapshot().children.child;
    failing?.send({ type: 'print' });
    failing?.send({ type: 'print' });
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
      if (entry.kind === 'event')
        expect(holds([entry.event, entry.given], new Set()), entry.event.type).to.equal(false);
      else if (entry.kind === 'snapshot' && !('value' in entry.state))
        expect(holds(entry.state, new Set())).to.equal(false);
    const connect = eventsOf(recorder).find(({ event }) => event.type === 'connect');
    expect(connect?.event).to.deep.equal({ type: 'connect', order: { ssid: 'Quay' } });
    actor.stop();
  });
});

describe('the messages about what the recorder keeps', () => {
  const messagesOf = (recorder: Recorder) =>
    entriesOf(recorder).map((entry, i) => messageOf(entry, recorder.log.first + i, false));

  const printer = setup({
    actions: {
      fail: () => {
        throw new Error('out of paper');
      },
    },
  }).createMachine({ id: 'printer', on: { print: { actions: 'fail' } } });
  const office = setup({
    actors: { printer, count: fromPromise(() => Promise.resolve({ pages: 3 })) },
    actions: { pass: sendTo('printer', { type: 'print' }) },
  }).createMachine({
    id: 'office',
    initial: 'open',
    invoke: { src: 'count', onDone: {} },
    states: {
      open: { invoke: { id: 'printer', src: 'printer', onError: 'closed' }, on: { go: { actions: 'pass' } } },
      closed: {},
    },
  });

  it('say who sent an event, in what, and what an actor failed of or gave', async () => {
    const recorder = new Recorder(() => 1234);
    const actor = createActor(office, { inspect: recorder.inspect }).start();
    actor.send({ type: 'go' });
    await new Promise((resolve) => setImmediate(resolve));
    const messages = messagesOf(recorder);
    const events = messages.filter((message) => message.type === '@xstate.event');
    const go = events.find(({ event }) => event.type === 'go');
    const print = events.find(({ event }) => event.type === 'print');
    expect(go).to.include({
      sourceId: undefined,
      cause: null,
      sessionId: actor.sessionId,
      createdAt: '1234',
    });
    expect(print).to.include({ sourceId: actor.sessionId, cause: go?.id });
    const snapshots = messages.filter((message) => message.type === '@xstate.snapshot');
    const failed = snapshots.find(({ snapshot }) => snapshot.status === 'error');
    expect(failed).to.deep.include({ sessionId: print?.sessionId, cause: print?.id });
    expect(failed?.snapshot.error).to.equal('Error: out of paper');
    const done = snapshots.find(({ snapshot }) => snapshot.status === 'done');
    expect(done?.snapshot.output).to.deep.equal({ pages: 3 });
    expect(snapshots.find(({ event }) => event.type === 'go')?.snapshot).not.to.have.any.keys(
      'error',
      'output',
    );
    actor.stop();
  });
});
