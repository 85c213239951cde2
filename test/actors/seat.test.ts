import { expect } from 'chai';
import { createActor, setup } from 'xstate';
import { Seat } from '../../actors/seat.js';

type Ping = { readonly type: 'ping' } | { readonly type: 'crash' };

const machine = setup({
  types: { context: {} as { readonly name: string }, events: {} as Ping, input: {} as string },
  actions: {
    crash: () => {
      throw new Error('crashed on purpose');
    },
  },
}).createMachine({
  context: ({ input }) => ({ name: input }),
  initial: 'calm',
  states: { calm: { on: { ping: { target: 'pinged' } } }, pinged: {} },
  on: { crash: { actions: 'crash' } },
});

const started = (name: string) => {
  const actor = createActor(machine, { input: name });
  // A crash is reported to whoever subscribes.
  actor.subscribe({ error: () => undefined });
  return actor.start();
};

const posted = () => {
  const sent: string[] = [];
  return {
    sent,
    post: { sendTo: (_: unknown, { type }: { readonly type: string }) => void sent.push(type) },
  };
};

describe('the place of an actor', () => {
  it('that nobody has taken yet knows nothing and drops what it is told', () => {
    const seat = new Seat<{ readonly name: string }, Ping>();
    const { sent, post } = posted();
    seat.tell(post, { type: 'ping' });
    seat.send({ type: 'ping' });
    expect([seat.isTaken, seat.state, seat.lastState, seat.value]).to.deep.equal([
      false,
      undefined,
      undefined,
      null,
    ]);
    expect(sent).to.deep.equal([]);
  });

  it('passes on to who lives there, within a step through the post, from outside at once', () => {
    const seat = new Seat<{ readonly name: string }, Ping>();
    seat.take(started('first'));
    const { sent, post } = posted();
    seat.tell(post, { type: 'ping' });
    expect([sent, seat.value]).to.deep.equal([['ping'], 'calm']);
    seat.send({ type: 'ping' });
    expect([seat.isTaken, seat.value, seat.state]).to.deep.equal([true, 'pinged', { name: 'first' }]);
  });

  for (const [how, end] of [
    ['crashed', (actor: ReturnType<typeof started>) => actor.send({ type: 'crash' })],
    ['stopped', (actor: ReturnType<typeof started>) => actor.stop()],
  ] as const)
    it(`of an actor that has ${how} keeps what it knew, tells nobody, and takes the next one`, () => {
      const seat = new Seat<{ readonly name: string }, Ping>();
      const first = started('first');
      seat.take(first);
      end(first);
      const { sent, post } = posted();
      seat.tell(post, { type: 'ping' });
      seat.send({ type: 'ping' });
      expect([seat.isTaken, seat.state, seat.value, sent]).to.deep.equal([false, undefined, null, []]);
      expect(seat.lastState).to.deep.equal({ name: 'first' });
      seat.take(started('second'));
      expect(seat.state).to.deep.equal({ name: 'second' });
    });

  it('is nothing in snapshots', () => {
    expect(JSON.stringify({ seat: new Seat() })).to.equal('{}');
  });
});
