/** The notifications of one guest: sent one at a time, in order, each on a connection of its own. */
import { assign, setup } from 'xstate';
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
export const deliveryTime = 2000;

export const notificationChannel = setup({
  types: {
    context: {} as NotificationChannelContext,
    events: {} as NotificationChannelEvent,
    input: {} as { desk: GuestDesk; services: Services; sender: NotificationSender },
  },
  actions: {
    register: ({ context, self }) => {
      context.desk.notifications = self;
    },
    unregister: ({ context }) => {
      context.desk.notifications = undefined;
      context.sender.stop();
    },
    takeNext: assign(({ context }) => {
      context.sender.take();
      return { attempts: 0, since: context.services.clock.now() };
    }),
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
    isTimeUp: ({ context }) => context.services.clock.now() - context.since >= deliveryTime,
    isOutOfTries: ({ context }) =>
      context.services.clock.now() -
        context.since +
        redelivery.first * redelivery.factor ** context.attempts >
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
  context: ({ input }) => ({ ...input, attempts: 0, since: 0 }),
  entry: 'register',
  exit: 'unregister',
  initial: 'idle',
  states: {
    idle: {
      description: 'Nothing waits.',
      always: { guard: 'isWaiting', target: 'connecting', actions: 'takeNext' },
      on: { 'notification.queued': { guard: 'isWaiting', target: 'connecting', actions: 'takeNext' } },
    },
    connecting: {
      description: 'A connection to the guest is being opened.',
      entry: ['countAttempt', 'connect'],
      after: { deliveryDeadline: { target: 'idle', actions: ['closeConnection', 'dropNotification'] } },
      on: {
        'connection.opened': { target: 'sending' },
        'delivery.failed': [
          { guard: 'isOutOfTries', target: 'idle', actions: 'dropNotification' },
          { target: 'backingOff' },
        ],
      },
    },
    sending: {
      description: 'The notification is written, in one piece.',
      after: { deliveryDeadline: { target: 'idle', actions: ['closeConnection', 'dropNotification'] } },
      on: {
        'notification.delivered': { target: 'idle', actions: 'noteDelivery' },
        'delivery.failed': [
          { guard: 'isOutOfTries', target: 'idle', actions: 'dropNotification' },
          { target: 'backingOff' },
        ],
      },
    },
    backingOff: {
      description: 'The guest could not be reached; another try follows.',
      after: { redeliveryPause: { target: 'connecting', actions: 'noteRetry' } },
    },
  },
});
