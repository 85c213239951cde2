/** The notifications of one guest: sent one at a time, in order, each on a connection of its own. */
import { assign, setup } from 'xstate';
import type { Explains } from './explains.js';
import type { GuestDesk } from './guest-desk.js';
import type { NotificationSender } from './notification-sender.js';
import { pause, redelivery } from './retry-schedule.js';
import type { Services } from './services.js';

export type NotificationChannelEvent =
  | { readonly type: 'notification.queued' }
  | { readonly type: 'connection.opened' }
  | { readonly type: 'notification.delivered' }
  | { readonly type: 'delivery.failed'; readonly code: string };

export interface NotificationChannelContext {
  readonly desk: GuestDesk;
  readonly services: Services;
  readonly sender: NotificationSender;
  /** Tries so far of the notification in hand. */
  readonly attempts: number;
  /** When its first try began, in milliseconds since the epoch. */
  readonly since: number;
}

/** How long one notification is tried, in milliseconds. */
const deliveryTime = 2000;

export const notificationChannel = setup({
  types: {
    meta: {} as Explains<NotificationChannelEvent['type'], 'redeliveryPause' | 'deliveryDeadline'>,
    context: {} as NotificationChannelContext,
    events: {} as NotificationChannelEvent,
    input: {} as { desk: GuestDesk; services: Services; sender: NotificationSender },
  },
  actions: {
    register: ({ context, self }) => {
      context.desk.notifications = self;
      context.desk.sender = context.sender;
    },
    takeNext: ({ context }) => context.sender.take(),
    noteFirstTry: assign(({ context }) => ({ attempts: 1, since: context.services.clock.now() })),
    connect: ({ context, self }) => context.sender.connect((event) => self.send(event)),
    countAttempt: assign({ attempts: ({ context }) => context.attempts + 1 }),
    closeConnection: ({ context }) => context.sender.abort(),
    noteRetry: ({ context }) => context.services.counters.count('notificationsRetried', context.sender.kind),
    noteDelivery: ({ context }) => context.services.counters.count('notificationsSent', context.sender.kind),
    dropNotification: ({ context, event }) => {
      const { desk, sender, services } = context;
      services.counters.count('notificationsDropped', sender.kind);
      const code = event.type === 'delivery.failed' ? event.code : 'ETIMEDOUT';
      services.log.warn(
        { guest: desk.guest, kind: sender.kind, code },
        'notification dropped: the guest cannot be reached',
      );
    },
  },
  guards: {
    isWaiting: ({ context }) => context.desk.outbox.size > 0,
    isOutOfTries: ({ context }) =>
      context.services.clock.now() - context.since + pause(redelivery, context.attempts, () => 0.5) >
      deliveryTime,
  },
  delays: {
    redeliveryPause: ({ context }) => pause(redelivery, context.attempts, context.services.settings.random),
    deliveryDeadline: ({ context }) =>
      Math.max(0, deliveryTime - (context.services.clock.now() - context.since)),
  },
}).createMachine({
  id: 'notificationChannel',
  description: 'Brings notifications to one guest, one at a time and in order.',
  meta: {
    events: {
      'notification.queued': 'Something waits for this guest.',
      'connection.opened': 'The guest has accepted; the frame is being written.',
      'notification.delivered': 'The system has taken the frame.',
      'delivery.failed': 'The guest could not be reached, or its connection broke.',
    },
    delays: {
      redeliveryPause: '0.1 s after the first failure, then three times as long each.',
      deliveryDeadline: 'What is left of 2 s since the first try.',
    },
  },
  context: ({ input }) => ({ ...input, attempts: 0, since: 0 }),
  entry: 'register',
  on: {
    'notification.delivered': { target: '.idle', actions: 'noteDelivery' },
    'delivery.failed': [
      { guard: 'isOutOfTries', target: '.idle', actions: 'dropNotification' },
      { target: '.backingOff' },
    ],
  },
  initial: 'idle',
  states: {
    idle: {
      description: 'Nothing waits.',
      always: { guard: 'isWaiting', target: 'connecting', actions: ['takeNext', 'noteFirstTry'] },
      on: {
        'notification.queued': {
          guard: 'isWaiting',
          target: 'connecting',
          actions: ['takeNext', 'noteFirstTry'],
        },
      },
    },
    connecting: {
      description: 'A connection to the guest is being opened.',
      entry: 'connect',
      after: { deliveryDeadline: { target: 'idle', actions: ['closeConnection', 'dropNotification'] } },
      on: { 'connection.opened': { target: 'sending' } },
    },
    sending: {
      description: 'The notification is written, in one piece, and the system has yet to take it.',
      after: { deliveryDeadline: { target: 'idle', actions: ['closeConnection', 'dropNotification'] } },
    },
    backingOff: {
      description: 'The guest could not be reached; another try follows.',
      after: { redeliveryPause: { target: 'connecting', actions: ['countAttempt', 'noteRetry'] } },
    },
  },
});
