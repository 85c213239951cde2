/** The notifications of one guest: sent one at a time, in order, each on a connection of its own. */
import { assign, enqueueActions, fromEventObservable, setup } from 'xstate';
import type { GuestId } from '../../native/sockets/endpoint.js';
import { encodeHostMessage } from '../../protocol/frame.js';
import { type Admission, type NotificationKind, type Outbox, put } from '../../streams/outbox.js';
import { uncertainty } from '../../streams/pacing.js';
import type { Explains } from '../explains.js';
import type { Seat } from '../seat.js';
import type { Service } from '../service.js';
import { pause, redelivery } from '../supervision/retry-schedule.js';
import type { GuestConnections } from './connections.js';
import type { DispatcherEvent, DispatcherState } from './dispatcher-state.js';
import type { GuestEntry } from './guest-register.js';
import {
  type FrameMaker,
  type NotificationChannelEvent,
  type NotificationChannelState,
  notificationChannelEvents,
} from './notification-channel-state.js';
import { NotificationSender } from './notification-sender.js';
import { knownBefore } from './session.js';

export interface NotificationChannelContext extends NotificationChannelState {
  readonly guest: GuestId;
  readonly service: Service;
  readonly seat: Seat<NotificationChannelState, NotificationChannelEvent>;
  readonly dispatcher: Seat<DispatcherState, DispatcherEvent>;
  readonly connections: GuestConnections;
  /** Comes with the first notification; what becomes of its tries is heard from then on. */
  readonly sender: NotificationSender | null;
}

/** How long one notification is tried, in milliseconds. */
const deliveryTime = 2000;

/** What waited when the actors of this guest crashed, and that its session is over, if it had one that ended with them or before. */
const inherited = (entry: GuestEntry, service: Service): Outbox<FrameMaker> => {
  const { outbox = [], inHand = null } = entry.notificationChannel.lastState ?? {};
  const waiting = inHand === null ? outbox : [inHand, ...outbox];
  const { untold: sessionId } = knownBefore(entry);
  if (sessionId === null || !service.settings.notifyDisconnected) return waiting;
  const frame = encodeHostMessage({ operation: 'disconnected', sessionId });
  return put(waiting, { kind: 'disconnected', frame: () => frame }).outbox;
};

/** Nothing could be delivered for so long, and nothing came from the guest, that it counts as gone. */
const isGone = ({ service, failingSince, connections }: NotificationChannelContext): boolean => {
  const { goneAfter } = service.settings;
  if (goneAfter === 0 || failingSince === null) return false;
  return service.clock.elapsed() - Math.max(failingSince, connections.requestedAt ?? 0) >= goneAfter;
};

/** The notification that was given up for what became of another one; null for none. */
const givenUp = (admission: Admission, kind: NotificationKind): NotificationKind | null => {
  if (admission.outcome === 'displaced') return admission.kind;
  return admission.outcome === 'full' ? kind : null;
};

/** Was it written so late that the guest may not have read it? */
const isLate = ({ lastState }: NotificationChannelContext['dispatcher'], lateness: number): boolean =>
  lateness > (lastState?.reader.patience ?? uncertainty);

export const notificationChannel = setup({
  types: {
    meta: {} as Explains<NotificationChannelEvent['type'], never>,
    context: {} as NotificationChannelContext,
    events: {} as NotificationChannelEvent,
    input: {} as { entry: GuestEntry; service: Service },
  },
  actors: {
    /** What becomes of the tries; whatever is open is closed when this ends. */
    outcomes: fromEventObservable<NotificationChannelEvent, NotificationSender>(
      ({ input }) => input.outcomes,
    ),
  },
  actions: {
    takeSeat: ({ context, self }) => context.seat.take(self),
    queueNotification: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'notification.queued') return;
      const { guest, service } = context;
      const { kind } = event.notification;
      const { outbox, admission } = put(context.outbox, event.notification);
      enqueue.assign({ outbox });
      const dropped = givenUp(admission, kind);
      if (admission.outcome === 'conflated')
        enqueue(() => service.counters.count('notificationsConflated', kind));
      if (dropped !== null) enqueue(() => service.counters.count('notificationsDropped', dropped));
      if (admission.outcome === 'full')
        enqueue(() =>
          service.log.error({ guest, kind }, 'too many notifications wait for this guest, one is dropped'),
        );
    }),
    takeReceived: assign(({ context, event }) => ({
      inHand: event.type === 'notification.queued' ? event.notification : context.inHand,
      attempts: 1,
      isRepeated: false,
      since: context.service.clock.elapsed(),
    })),
    takeNext: assign(({ context: { outbox, service } }) => ({
      inHand: outbox[0] ?? null,
      outbox: outbox.slice(1),
      attempts: 1,
      isRepeated: false,
      since: service.clock.elapsed(),
    })),
    /** Once more, with all the time there is. */
    repeat: assign(({ context: { service } }) => ({
      attempts: 1,
      isRepeated: true,
      since: service.clock.elapsed(),
    })),
    /** With the first notification: most guests of thousands have none for long, and an actor and a sender less each. */
    engageSender: enqueueActions(({ context: { guest, service }, enqueue }) => {
      const sender = new NotificationSender(guest, service);
      enqueue.spawnChild('outcomes', { id: 'outcomes', input: sender });
      enqueue.assign({ sender });
    }),
    send: ({ context: { sender, inHand, since, service } }) => {
      if (inHand !== null) sender?.send(inHand.frame, since + deliveryTime - service.clock.elapsed());
    },
    /** On the deadlines of all guests together: XState's own timers would make the stop of thousands quadratic. */
    awaitRetry: ({ context: { sender, attempts, service } }) =>
      sender?.pause(pause(redelivery, attempts, service.settings.random)),
    /** Who asks wants a whole try, not what is left of the last one. */
    renewTime: assign({ since: ({ context }) => context.service.clock.elapsed() }),
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1 }),
    noteRetry: ({ context: { service, inHand } }) => {
      if (inHand !== null) service.counters.count('notificationsRetried', inHand.kind);
    },
    noteDelivery: ({ context: { service, inHand, dispatcher }, event }) => {
      if (inHand === null || event.type !== 'notification.delivered') return;
      const { counters } = service;
      counters.count(
        isLate(dispatcher, event.lateness) ? 'notificationsUncertain' : 'notificationsSent',
        inHand.kind,
      );
      counters.notificationWritten(inHand.kind, event.lateness);
    },
    /** Somebody wants to know that the guest has been reached. */
    noteReached: enqueueActions(({ context: { inHand, dispatcher, isAsked, failingSince }, enqueue }) => {
      enqueue.assign({ failingSince: null, isAsked: false });
      if (inHand?.kind === 'disconnected') dispatcher.tell(enqueue, { type: 'disconnected.told' });
      if (isAsked || failingSince !== null) dispatcher.tell(enqueue, { type: 'guest.reached' });
    }),
    /** A guest that is gone tells nobody: that nothing can be delivered to it is all that there is to see. */
    noteFailure: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'delivery.failed') return;
      const { service, dispatcher, isAsked, failingSince } = context;
      enqueue.assign({
        failingSince: failingSince ?? service.clock.elapsed(),
        isAsked: false,
        since: context.since + event.waited,
      });
      if (isAsked || isGone(context)) dispatcher.tell(enqueue, { type: 'guest.unreachable' });
    }),
    noteQuestion: assign({ isAsked: true }),
    queueSign: assign({
      outbox: ({ context, event }) =>
        event.type === 'sign.requested'
          ? put(context.outbox, { kind: 'signal', frame: event.frame }).outbox
          : context.outbox,
    }),
    noteDrop: ({ context: { guest, service, inHand }, event }) => {
      if (inHand === null || event.type !== 'delivery.failed') return;
      service.counters.count('notificationsDropped', inHand.kind);
      service.log.warn(
        { guest, kind: inHand.kind, code: event.code },
        'notification dropped: the guest cannot be reached',
      );
    },
    putDown: assign({ inHand: null }),
  },
  guards: {
    isUncertain: ({ context, event }) =>
      event.type === 'notification.delivered' &&
      isLate(context.dispatcher, event.lateness) &&
      !context.isRepeated,
    isOfInterest: ({ context: { inHand, isAsked, failingSince } }) =>
      inHand?.kind === 'disconnected' || isAsked || failingSince !== null,
    hasSender: ({ context }) => context.sender !== null,
    isWaiting: ({ context }) => context.outbox.length > 0,
    isWaitingForSender: ({ context }) => context.outbox.length > 0 && context.sender === null,
    isOutOfTries: ({ context: { service, since, attempts }, event }) =>
      event.type === 'delivery.failed' &&
      service.clock.elapsed() - since - event.waited + pause(redelivery, attempts, () => 0.5) > deliveryTime,
  },
}).createMachine({
  id: 'notificationChannel',
  description: 'Brings notifications to one guest, one at a time and in order.',
  meta: {
    events: notificationChannelEvents,
    delays: {},
  },
  context: ({ input: { entry, service } }) => ({
    guest: entry.guest,
    service,
    seat: entry.notificationChannel,
    dispatcher: entry.dispatcher,
    connections: entry.connections,
    sender: null,
    outbox: inherited(entry, service),
    inHand: null,
    attempts: 0,
    isRepeated: false,
    since: 0,
    failingSince: null,
    isAsked: false,
  }),
  entry: 'takeSeat',
  on: {
    'notification.queued': { actions: 'queueNotification' },
    'notification.delivered': [
      { guard: 'isUncertain', target: '.connecting', actions: ['noteDelivery', 'repeat'] },
      { guard: 'isOfInterest', target: '.idle', actions: ['noteDelivery', 'noteReached', 'putDown'] },
      { target: '.idle', actions: ['noteDelivery', 'putDown'] },
    ],
    'delivery.failed': [
      { guard: 'isOutOfTries', target: '.idle', actions: ['noteFailure', 'noteDrop', 'putDown'] },
      { target: '.backingOff', actions: 'noteFailure' },
    ],
    'sign.requested': { actions: 'noteQuestion' },
  },
  initial: 'idle',
  states: {
    idle: {
      description: 'Nothing waits.',
      always: [
        { guard: 'isWaitingForSender', target: 'connecting', actions: ['engageSender', 'takeNext'] },
        { guard: 'isWaiting', target: 'connecting', actions: 'takeNext' },
      ],
      on: {
        'notification.queued': [
          { guard: 'hasSender', target: 'connecting', actions: 'takeReceived' },
          { target: 'connecting', actions: ['engageSender', 'takeReceived'] },
        ],
        'sign.requested': { actions: ['noteQuestion', 'queueSign'] },
      },
    },
    connecting: {
      description: 'It waits for its turn; then a connection is opened, and the frame written in one piece.',
      entry: 'send',
      on: { 'connection.opened': { target: 'sending' } },
    },
    sending: {
      description: 'The notification is written, and the system has yet to take it.',
    },
    backingOff: {
      description: 'The guest could not be reached; another try follows.',
      entry: 'awaitRetry',
      on: {
        'redelivery.due': { target: 'connecting', actions: ['countAttempt', 'noteRetry'] },
        'sign.requested': {
          target: 'connecting',
          actions: ['noteQuestion', 'countAttempt', 'renewTime', 'noteRetry'],
        },
      },
    },
  },
});
