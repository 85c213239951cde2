import { expect } from 'chai';
import { Subject } from 'rxjs';
import { createActor, createMachine, type EventObject } from 'xstate';
import type { GuestConnections } from '../../../actors/guest/connections.js';
import type { DispatcherEvent, DispatcherState } from '../../../actors/guest/dispatcher-state.js';
import type { GuestEntry } from '../../../actors/guest/guest-register.js';
import type { GuestRequest } from '../../../actors/guest/guest-request.js';
import { requestChannel } from '../../../actors/guest/request-channel.js';
import type {
  RequestChannelEvent,
  RequestChannelState,
} from '../../../actors/guest/request-channel-state.js';
import type { Interfaces } from '../../../actors/host/interface-register.js';
import { Seat } from '../../../actors/seat.js';
import type { Service } from '../../../actors/service.js';
import { ManualClock } from '../../../streams/clock.js';
import { Deadlines } from '../../../streams/deadlines.js';
import { asked, connectTo, scanFor } from './requests.js';

/**
 * A channel whose connections do as a test says, and whose dispatcher keeps what it hears. `seenAt`: when the one interface of the
 * host scanned last, whose results are fresh for 10 s.
 */
const channel = ({ seenAt = 0, untold = null }: { seenAt?: number; untold?: number | null } = {}) => {
  const events = new Subject<RequestChannelEvent>();
  const [heard, followed, dropped]: [EventObject[], number[], number[]] = [[], [], []];
  const dispatcher = new Seat<DispatcherState, DispatcherEvent>();
  const listening = createMachine({
    context: { untold },
    on: { '*': { actions: ({ event }) => heard.push(event) } },
  });
  dispatcher.take(createActor(listening).start() as unknown as Parameters<typeof dispatcher.take>[0]);
  const connections = {
    events,
    follow: ({ exchange }: GuestRequest) => followed.push(exchange),
    drop: (exchange: number) => dropped.push(exchange),
  } as unknown as GuestConnections;
  const seat = new Seat<RequestChannelState, RequestChannelEvent>();
  const entry = { connections, requestChannel: seat, dispatcher } as unknown as GuestEntry;
  const clock = new ManualClock();
  const hooks = new Set<string>();
  const service = {
    clock,
    deadlines: new Deadlines(clock),
    observer: hooks,
    settings: { scanInterval: 10_000 },
  } as unknown as Service;
  const interfaces = {
    staleFor: (_: unknown, now: number, interval: number) => (now - seenAt < interval ? [] : ['wlan0']),
  } as unknown as Interfaces;
  const actor = createActor(requestChannel, { input: { entry, service, interfaces } }).start();
  const words = (): readonly string[] =>
    heard.map((event) => {
      const { request, exchange } = event as { request?: GuestRequest; exchange?: number };
      return `${event.type} ${request?.exchange ?? exchange}`;
    });
  const tell = (...list: readonly RequestChannelEvent[]): void => {
    for (const event of list) events.next(event);
  };
  return {
    actor,
    clock,
    heard,
    hooks,
    tell,
    words,
    followed,
    dropped,
    value: () => actor.getSnapshot().value,
  };
};

/** Other guests have had their turn. */
const turned = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const comes = (exchange: number): RequestChannelEvent => ({
  type: 'request.received',
  request: asked(connectTo('Cafe'), exchange),
});
const scans = (exchange: number): RequestChannelEvent => ({
  type: 'request.received',
  request: asked(scanFor(), exchange),
});

describe('the door of a guest', () => {
  it('a request that comes in pieces is dispatched, answered, and followed by the next one', () => {
    const { tell, words, followed, value } = channel();
    tell({ type: 'frame.started' });
    expect(value()).to.equal('receiving');
    tell(comes(1));
    expect([value(), words(), followed]).to.deep.equal(['dispatching', ['connect.requested 1'], [1]]);
    tell({ type: 'answer.sent', exchange: 1 }, { type: 'frame.started' }, scans(2));
    expect([value(), words().at(-1)]).to.deep.equal(['idle', 'scan.requested 2']);
  });

  it('a frame in pieces that is refused leaves the door open', () => {
    const { tell, words, value } = channel();
    tell({ type: 'frame.started' }, { type: 'frame.refused', reason: 'too large' });
    expect(value()).to.equal('idle');
    tell(comes(2));
    expect(words()).to.deep.equal(['connect.requested 2']);
  });

  it('requests that come while one is worked on, and while an answer is written, wait in their order', async () => {
    const { tell, words, value } = channel();
    tell(comes(1), comes(2), { type: 'answer.written', exchange: 1 });
    expect(value()).to.equal('answering');
    tell(comes(3), { type: 'answer.sent', exchange: 1 });
    expect([value(), words()], 'other guests first').to.deep.equal(['advancing', ['connect.requested 1']]);
    await turned();
    expect([value(), words()]).to.deep.equal(['dispatching', ['connect.requested 1', 'connect.requested 2']]);
    tell({ type: 'answer.sent', exchange: 2 });
    await turned();
    expect(words().at(-1)).to.equal('connect.requested 3');
    tell({ type: 'answer.sent', exchange: 3 });
    expect(value()).to.equal('idle');
  });

  it('what becomes of another answer does not end the current request', () => {
    const { tell, words, value } = channel();
    tell(comes(4), { type: 'answer.sent', exchange: 3 }, { type: 'answer.written', exchange: 2 });
    expect(value()).to.equal('dispatching');
    tell({ type: 'answer.failed', exchange: 3 });
    expect([value(), words().at(-1)]).to.deep.equal(['dispatching', 'answer.lost 3']);
  });

  it('a scan that is answered at once leaves the door as it is, one that takes its time is the current request', () => {
    for (const [what, settings, hook] of [
      ['old results', { seenAt: -10_000 }],
      ['a guest that has not heard of the end of its session', { untold: 3 }],
      ['a hook before', {}, 'guestScanRequested'],
      ['a hook after', {}, 'guestScanCompleted'],
    ] as const) {
      const { hooks, tell, words, followed, value } = channel(settings);
      if (hook !== undefined) hooks.add(hook);
      tell(scans(7));
      expect([value(), followed, words()], what).to.deep.equal(['dispatching', [7], ['scan.requested 7']]);
    }
    const { tell, words, followed, value } = channel();
    tell(scans(7));
    expect([value(), followed, words()]).to.deep.equal(['idle', [], ['scan.requested 7']]);
  });

  it('a scan is fresh or not when it comes, and when its turn comes if it had to wait', async () => {
    const { clock, heard, tell } = channel();
    await clock.advance(9999);
    tell(scans(1));
    tell(comes(2), scans(3));
    await clock.advance(2500);
    tell({ type: 'answer.sent', exchange: 2 });
    await clock.advance(10);
    expect(heard.map((event) => (event as { takenAt?: number }).takenAt)).to.deep.equal([
      0,
      undefined,
      12_509,
    ]);
  });

  it('a request that comes while other guests have their turn waits for its own', async () => {
    const { tell, words, value } = channel();
    tell(comes(1), comes(2), { type: 'answer.sent', exchange: 1 }, comes(3));
    expect(value()).to.equal('advancing');
    await turned();
    tell({ type: 'answer.sent', exchange: 2 });
    await turned();
    expect(words()).to.deep.equal(['connect.requested 1', 'connect.requested 2', 'connect.requested 3']);
  });

  for (const [took, pause] of [
    [0.25, 1],
    [1, 4],
    [2, 8],
    [3000, 10],
  ] as const)
    it(`after a request of ${took} ms the next of the same guest waits ${pause} ms, and with it the door if its guest hangs up`, async () => {
      const { clock, tell, words, value } = channel();
      await clock.advance(5000);
      tell(comes(1), comes(2), comes(3));
      await clock.advance(took);
      tell({ type: 'answer.sent', exchange: 1 });
      await clock.advance(pause - 1);
      await turned();
      expect(value()).to.equal('advancing');
      await clock.advance(1);
      await turned();
      expect([value(), words().at(-1)]).to.deep.equal(['dispatching', 'connect.requested 2']);
      await clock.advance(1);
      tell({ type: 'answer.sent', exchange: 2 }, { type: 'request.abandoned', exchange: 3 });
      await clock.advance(pause);
      expect([value(), words().at(-1)]).to.deep.equal(['idle', 'connect.requested 2']);
    });

  it('a request of a hasty guest waits, also one that comes in pieces, and is the next', async () => {
    for (const inPieces of [false, true]) {
      const { clock, tell, words, value } = channel();
      await clock.advance(5000);
      for (let n = 1; n <= 8; n += 1) {
        tell(comes(n));
        await clock.advance(n === 8 ? 1 : 0);
        tell({ type: 'answer.sent', exchange: n });
      }
      if (inPieces) tell({ type: 'frame.started' });
      tell(comes(9));
      expect([value(), words().at(-1)]).to.deep.equal(['advancing', 'connect.requested 8']);
      await clock.advance(4);
      await turned();
      expect([value(), words().at(-1)]).to.deep.equal(['dispatching', 'connect.requested 9']);
    }
  });

  it('guests 6: of the scans of a hasty guest those wait that are not answered at once', async () => {
    for (const [seenAt, state, last] of [
      [0, 'idle', 'scan.requested 9'],
      [-20_000, 'advancing', 'scan.requested 8'],
    ] as const) {
      const { clock, tell, words, value } = channel({ seenAt });
      await clock.advance(5000);
      for (let n = 1; n <= 8; n += 1) {
        tell(seenAt === 0 ? comes(n) : scans(n));
        await clock.advance(n === 8 ? 1 : 0);
        tell({ type: 'answer.sent', exchange: n });
      }
      tell(scans(9));
      expect([value(), words().at(-1)]).to.deep.equal([state, last]);
      await clock.advance(4);
      await turned();
      expect(words().at(-1)).to.equal('scan.requested 9');
    }
  });

  it('after a request whose answer is lost the next of the same guest waits as long', async () => {
    const { clock, tell, words, value } = channel();
    await clock.advance(5000);
    tell(comes(1), comes(2));
    await clock.advance(1);
    tell({ type: 'answer.failed', exchange: 1 });
    await clock.advance(3);
    await turned();
    expect([value(), words().at(-1)]).to.deep.equal(['advancing', 'answer.lost 1']);
    await clock.advance(1);
    await turned();
    expect([value(), words().at(-1)]).to.deep.equal(['dispatching', 'connect.requested 2']);
  });

  it('has no request in hand once the last is answered, or its answer is lost', () => {
    for (const [type, told] of [
      ['answer.sent', 'connect.requested 1'],
      ['answer.failed', 'answer.lost 1'],
    ] as const) {
      const { actor, tell, words } = channel();
      tell(comes(1), { type, exchange: 1 });
      expect(actor.getSnapshot().context, type).to.include({ current: null });
      expect(words().at(-1)).to.equal(told);
    }
  });

  it('a request whose guest hangs up while other guests have their turn leaves the door open', async () => {
    const { tell, words, value } = channel();
    tell(
      comes(1),
      comes(2),
      { type: 'answer.sent', exchange: 1 },
      { type: 'request.abandoned', exchange: 2 },
    );
    expect(value()).to.equal('idle');
    await turned();
    expect([value(), words()]).to.deep.equal(['idle', ['connect.requested 1']]);
  });

  it('a request whose guest hangs up while it waits is not carried out', async () => {
    const { tell, words } = channel();
    tell(comes(1), comes(2), comes(3), { type: 'request.abandoned', exchange: 2 });
    tell({ type: 'answer.sent', exchange: 1 });
    await turned();
    expect(words()).to.deep.equal(['connect.requested 1', 'connect.requested 3']);
  });

  it('the current one’s dispatcher hears that nobody waits any more', () => {
    const { tell, words } = channel();
    tell(comes(1), { type: 'request.abandoned', exchange: 1 });
    expect(words().at(-1)).to.equal('request.abandoned 1');
  });

  it('who has asked again and ends its first side then has given that up as well', () => {
    const { tell, words } = channel();
    tell(comes(1), comes(2));
    expect(words()).to.deep.equal(['connect.requested 1']);
    tell({ type: 'request.ended', exchange: 1 });
    expect(words()).to.deep.equal(['connect.requested 1', 'request.abandoned 1']);
  });

  it('who has ended its side and asks again has given up what it asked before', async () => {
    const { tell, words, dropped } = channel();
    tell(comes(1), { type: 'request.ended', exchange: 1 });
    expect(words(), 'it may wait for the answer').to.have.length(1);
    tell(comes(2));
    expect(words().at(-1)).to.equal('request.abandoned 1');
    tell({ type: 'request.ended', exchange: 2 }, comes(3));
    expect(dropped).to.deep.equal([2]);
    tell({ type: 'answer.failed', exchange: 1 });
    await turned();
    expect(words().slice(-2)).to.deep.equal(['answer.lost 1', 'connect.requested 3']);
  });
});
