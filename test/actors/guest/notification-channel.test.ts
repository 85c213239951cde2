import { expect } from 'chai';
import sinon from 'sinon';
import { createActor, createMachine, type EventObject, type StateValue } from 'xstate';
import { decodeInput } from '../../../actors/application/settings.js';
import type { GuestConnections } from '../../../actors/guest/connections.js';
import type { DispatcherEvent, DispatcherState } from '../../../actors/guest/dispatcher-state.js';
import type { GuestEntry } from '../../../actors/guest/guest-register.js';
import { notificationChannel } from '../../../actors/guest/notification-channel.js';
import type { NotificationChannelEvent } from '../../../actors/guest/notification-channel-state.js';
import type { KnownBefore } from '../../../actors/guest/session.js';
import { Seat } from '../../../actors/seat.js';
import { Service } from '../../../actors/service.js';
import { ManualClock, parseGuestId } from '../../../index.js';
import { socketFailure } from '../../../native/sockets/failure.js';
import type { Delivery } from '../../../native/sockets/transport.js';
import { thisPlatform } from '../../../platform.js';
import type { NotificationKind } from '../../../streams/outbox.js';
import { uncertainty } from '../../../streams/pacing.js';
import { right } from '../../protocol/either.js';

const guest = right(parseGuestId('tcp://127.0.1.1'));

/** What becomes of a try; `late`: it is written when the guest may have closed already, `last minute`: just before that. */
type Try = 'taken' | 'refused' | 'late' | 'last minute';

/** A channel whose guest does as a test says, try by try; the last of them from then on. */
const channelTo = (
  tries: readonly Try[],
  { goneAfter = 60_000, known = null as KnownBefore | null } = {},
) => {
  const clock = new ManualClock();
  const sent: number[] = [];
  let count = 0;
  const send = (delivery: Delivery): (() => void) => {
    const outcome = tries[count] ?? tries.at(-1) ?? 'taken';
    count += 1;
    queueMicrotask(() => {
      if (outcome === 'refused') return delivery.failed(socketFailure('connect', guest, 'ECONNREFUSED'));
      const [kind = 0] = delivery.opened();
      sent.push(kind);
      if (outcome === 'late') clock.work(uncertainty + 1);
      if (outcome === 'last minute') clock.work(uncertainty);
      delivery.written();
      delivery.closed();
    });
    return () => undefined;
  };
  const platform = {
    ...thisPlatform,
    transport: (...given: Parameters<typeof thisPlatform.transport>) => ({
      ...thisPlatform.transport(...given),
      send: (_guest: unknown, _port: unknown, delivery: Delivery) => send(delivery),
    }),
  };
  const counted = sinon.fake();
  const metrics = { count: counted, requestAnswered: () => undefined };
  const settings = right(
    decodeInput({ endpoints: ['memory://vm'], clock, goneAfter, metrics, random: () => 0.5 }),
  );
  const service = new Service(settings, platform);
  const heard: string[] = [];
  const dispatcher = new Seat<DispatcherState, DispatcherEvent>();
  const hears = createMachine({
    context: { reader: { patience: uncertainty } },
    on: { '*': { actions: ({ event }: { event: EventObject }) => heard.push(event.type) } },
  });
  const entry = {
    guest,
    dispatcher,
    notificationChannel: new Seat(),
    connections: { requestedAt: null } as { requestedAt: number | null },
    recalled: known,
  };
  const given = entry as unknown as GuestEntry;
  const actor = createActor(notificationChannel, { input: { entry: given, service }, clock });
  // What an earlier run of the service knew counts as long as no dispatcher has sat here.
  const start = (): void => {
    actor.start();
    dispatcher.take(createActor(hears).start() as unknown as Parameters<typeof dispatcher.take>[0]);
  };
  start();
  return {
    clock,
    heard,
    /** First bytes of the frames that were written. */
    sent,
    tries: () => count,
    entry: entry as { readonly connections: Pick<GuestConnections, 'requestedAt'> },
    state: () => actor.getSnapshot().context,
    value: (): StateValue => actor.getSnapshot().value,
    counted: () => counted.args.map((words) => words.join(' ')),
    tell: async (...events: readonly NotificationChannelEvent[]): Promise<void> => {
      for (const event of events) actor.send(event);
      await settled();
    },
    /** Time passes, and what follows from it happens. */
    pass: async (milliseconds: number): Promise<void> => {
      await clock.advance(milliseconds);
      await settled();
    },
  };
};

/** The event loop has been through everything that is ready. */
const settled = async (): Promise<void> => {
  for (let n = 0; n < 4; n += 1) await new Promise((resolve) => setImmediate(resolve));
};

/** Its frame is one byte. */
const queued = (kind: NotificationKind, byte: number): NotificationChannelEvent => ({
  type: 'notification.queued',
  notification: { kind, frame: () => Uint8Array.of(byte) },
});

const asks: NotificationChannelEvent = { type: 'sign.requested', frame: () => Uint8Array.of(99) };

describe('a guest’s notification channel', () => {
  it('brings one at a time, in order, and of signals the newest', async () => {
    const one = channelTo(['taken']);
    await one.tell(
      queued('signal', 1),
      queued('scan', 2),
      queued('signal', 3),
      queued('signal', 4),
      queued('disconnected', 5),
    );
    expect(one.sent).to.deep.equal([1, 2, 4, 5]);
    expect(one.value()).to.equal('idle');
    expect(one.counted()).to.deep.equal([
      'notificationsConflated signal',
      'notificationsSent signal',
      'notificationsSent scan',
      'notificationsSent signal',
      'notificationsSent disconnected',
    ]);
  });

  it('has no sender before its first notification, and the same one from then on', async () => {
    const one = channelTo(['taken']);
    expect(one.state().sender).to.equal(null);
    await one.tell(queued('signal', 1));
    const { sender } = one.state();
    expect(sender).to.not.equal(null);
    await one.tell(queued('signal', 2), queued('scan', 3));
    expect(one.state().sender).to.equal(sender);
    expect(one.sent).to.deep.equal([1, 2, 3]);
  });

  it('tries again after pauses of 0.1, 0.3 and 0.9 s, and drops what has not been taken after 2 s', async () => {
    const one = channelTo(['refused']);
    await one.tell(queued('signal', 1));
    for (const [n, pause] of [100, 300, 900].entries()) {
      expect(one.value()).to.equal('backingOff');
      await one.pass(pause - 1);
      expect(one.tries()).to.equal(n + 1);
      await one.pass(1);
      expect(one.tries()).to.equal(n + 2);
    }
    expect(one.value()).to.equal('idle');
    expect(one.counted()).to.deep.equal([
      ...Array.from({ length: 3 }, () => 'notificationsRetried signal'),
      'notificationsDropped signal',
    ]);
    expect(one.state()).to.include({ inHand: null });
  });

  it('goes on with the next one when one is dropped, which has 2 s of its own', async () => {
    const one = channelTo(['refused', 'refused', 'refused', 'refused', 'refused', 'taken']);
    await one.tell(queued('signal', 1), queued('scan', 2));
    for (const pause of [100, 300, 900]) await one.pass(pause);
    expect(one.value()).to.equal('backingOff');
    await one.pass(100);
    expect(one.sent).to.deep.equal([2]);
  });

  it('sends once more what was written late, and then leaves it at that', async () => {
    const once = channelTo(['late', 'taken']);
    await once.tell(queued('scan', 1));
    expect(once.sent).to.deep.equal([1, 1]);
    expect(once.counted()).to.deep.equal(['notificationsUncertain scan', 'notificationsSent scan']);
    const always = channelTo(['late', 'late', 'late', 'late', 'taken']);
    await always.tell(queued('scan', 1));
    expect(always.sent).to.deep.equal([1, 1]);
    expect(always.counted()).to.deep.equal(['notificationsUncertain scan', 'notificationsUncertain scan']);
    await always.tell(queued('scan', 2));
    expect(always.sent, 'the next one is repeated, too').to.deep.equal([1, 1, 2, 2]);
  });

  it('takes for brought what was written in the last millisecond in which the guest reads', async () => {
    const one = channelTo(['last minute']);
    await one.tell(queued('scan', 1));
    expect(one.sent).to.deep.equal([1]);
    expect(one.counted()).to.deep.equal(['notificationsSent scan']);
  });

  it('has nothing in hand any more once it is brought, whoever was interested in that', async () => {
    for (const kind of ['scan', 'disconnected'] as const) {
      const one = channelTo(['taken']);
      await one.tell(queued(kind, 1));
      expect(one.state(), kind).to.deep.include({ inHand: null, outbox: [] });
    }
  });

  it('tells when the word of an end has been brought, and of nothing else', async () => {
    const one = channelTo(['taken']);
    await one.tell(queued('signal', 1), queued('scan', 2));
    expect(one.heard).to.deep.equal([]);
    await one.tell(queued('disconnected', 3));
    expect(one.heard).to.deep.equal(['disconnected.told']);
  });

  it('asked for a sign, sends one, and tells whether it was taken by the first outcome', async () => {
    const there = channelTo(['taken']);
    await there.tell(asks);
    expect(there.sent).to.deep.equal([99]);
    expect(there.heard).to.deep.equal(['guest.reached']);
    await there.tell(queued('signal', 1));
    expect(there.heard, 'once').to.deep.equal(['guest.reached']);
    const gone = channelTo(['refused']);
    await gone.tell(asks);
    expect(gone.heard).to.deep.equal(['guest.unreachable']);
    await gone.pass(100);
    expect(gone.heard, 'once').to.deep.equal(['guest.unreachable']);
  });

  it('asked for a sign during a try, tells what becomes of that, and sends nothing more', async () => {
    for (const [outcome, told] of [
      ['taken', 'guest.reached'],
      ['refused', 'guest.unreachable'],
    ] as const) {
      const one = channelTo([outcome]);
      await one.tell(queued('scan', 1), asks);
      expect(one.heard).to.deep.equal([told]);
      expect(one.tries()).to.equal(1);
    }
  });

  it('asked for a sign during a pause, tries at once, with a whole 2 s', async () => {
    const one = channelTo(['refused']);
    await one.tell(queued('scan', 1));
    for (const pause of [100, 300]) await one.pass(pause);
    await one.pass(500);
    expect(one.tries()).to.equal(3);
    await one.tell(asks);
    expect(one.tries()).to.equal(4);
    expect(one.heard).to.deep.equal(['guest.unreachable']);
    expect(one.state()).to.include({ since: 900, attempts: 4 });
    expect(one.value()).to.equal('backingOff');
    await one.pass(900);
    expect([one.tries(), one.value()]).to.deep.equal([5, 'backingOff']);
    await one.pass(900);
    expect([one.tries(), one.value()], 'the next pause would end after 2 s').to.deep.equal([6, 'idle']);
  });

  it('takes a guest for gone that could not be reached, and asked for nothing, for as long as the setting says', async () => {
    const one = channelTo(['refused'], { goneAfter: 1000 });
    await one.tell(queued('signal', 1));
    for (const pause of [100, 300]) await one.pass(pause);
    expect(one.heard).to.deep.equal([]);
    await one.pass(900);
    expect(one.heard).to.deep.equal(['guest.unreachable']);
    const asking = channelTo(['refused'], { goneAfter: 1000 });
    await asking.tell(queued('signal', 1));
    Object.assign(asking.entry.connections, { requestedAt: 301 });
    for (const pause of [100, 300, 900]) await asking.pass(pause);
    expect(asking.heard, 'it has asked for something 999 ms ago').to.deep.equal([]);
    const silent = channelTo(['refused'], { goneAfter: 1000 });
    await silent.tell(queued('signal', 1));
    Object.assign(silent.entry.connections, { requestedAt: 300 });
    for (const pause of [100, 300, 900]) await silent.pass(pause);
    expect(silent.heard, 'and not for 1000 ms').to.deep.equal(['guest.unreachable']);
    const never = channelTo(['refused'], { goneAfter: 0 });
    await never.tell(queued('signal', 1));
    for (const pause of [100, 300, 900]) await never.pass(pause);
    expect(never.heard).to.deep.equal([]);
  });

  it('begins to count anew once something has been taken', async () => {
    const one = channelTo(['refused', 'taken', 'refused'], { goneAfter: 1000 });
    await one.tell(queued('signal', 1));
    await one.pass(100);
    expect(one.sent).to.deep.equal([1]);
    expect(one.state()).to.include({ failingSince: null });
    await one.tell(queued('signal', 2));
    expect(one.state()).to.include({ failingSince: 100 });
  });

  it('begins with the word that a session of before is over', async () => {
    const session = null;
    const one = channelTo(['taken'], { known: { lastSessionId: 3, session, untold: 2 } });
    await one.pass(0);
    expect(one.sent).to.have.length(1);
    expect(one.counted()).to.deep.equal(['notificationsSent disconnected']);
    const nothing = channelTo(['taken'], { known: { lastSessionId: 3, session, untold: null } });
    await nothing.pass(0);
    expect(nothing.sent).to.deep.equal([]);
  });
});
