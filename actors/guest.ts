/** One guest: its three actors, started together, and started again together when one of them crashes. */
import { assign, type EventObject, fromCallback, setup } from 'xstate';
import { dispatcher } from './dispatcher.js';
import type { Explains } from './explains.js';
import type { GuestDesk } from './guest-desk.js';
import { notificationChannel } from './notification-channel.js';
import { NotificationSender } from './notification-sender.js';
import { stopOrphans } from './orphans.js';
import { requestChannel } from './request-channel.js';
import { pause, reopening } from './retry-schedule.js';
import type { Services } from './services.js';
import type { GuestSession } from './session.js';

export interface GuestContext {
  readonly desk: GuestDesk;
  readonly services: Services;
  /** Crashes so far. */
  readonly crashes: number;
}

/** The session of a dispatcher, even of a crashed one. */
const sessionOf = (desk: GuestDesk): GuestSession | null => {
  const snapshot = desk.dispatcher?.getSnapshot() as
    | { readonly context?: { readonly session?: GuestSession | null } }
    | undefined;
  return snapshot?.context?.session ?? null;
};

export const guest = setup({
  types: {
    meta: {} as Explains<never, 'restartPause'>,
    context: {} as GuestContext,
    input: {} as { desk: GuestDesk; services: Services },
  },
  actors: {
    requestChannel,
    dispatcher,
    notificationChannel,
    /** Closes the guest's connections at the end: a machine that is stopped runs no exit actions, and a crashed one nothing. */
    holdConnections: fromCallback<EventObject, GuestDesk>(
      ({ input }) =>
        () =>
          input.close(),
    ),
  },
  actions: {
    noteCrash: assign({
      crashes: ({ context: { crashes } }) => crashes + 1,
    }),
    logCrash: ({ context: { desk, services } }, { error }: { error: unknown }) => {
      services.counters.count('restarts', 'guest');
      services.log.error(
        { guest: desk.guest, error: String(error) },
        'an actor of the guest crashed; its actors are started again',
      );
    },
    stopCrashed: ({ context: { desk } }) => {
      for (const actor of [desk.dispatcher, desk.notifications, desk.intake.channel]) stopOrphans(actor);
    },
    /** What the guest held is free again, and the guest hears that its session is over once there is a channel. */
    giveUpSession: ({ context: { desk, services } }) => {
      const session = sessionOf(desk);
      // At once, so that no channel that is about to be stopped takes the notification.
      desk.close();
      services.ownership.send({ type: 'guest.left', guest: desk.guest });
      if (session !== null) desk.lane.notifyDisconnected(session);
    },
  },
  delays: {
    restartPause: ({ context }) => pause(reopening, context.crashes, context.services.settings.random),
  },
}).createMachine({
  id: 'guest',
  description: 'One virtual machine: its requests, its session, its notifications.',
  meta: {
    per: 'guest',
    events: {},
    delays: {
      restartPause: 'Half a second after the first crash, growing to half a minute.',
    },
  },
  context: ({ input }) => ({ ...input, crashes: 0 }),
  initial: 'active',
  states: {
    active: {
      description: 'The three actors of the guest live.',
      invoke: [
        { src: 'holdConnections', input: ({ context }) => context.desk },
        {
          id: 'notificationChannel',
          src: 'notificationChannel',
          input: ({ context: { desk, services } }) => ({
            desk,
            services,
            sender: new NotificationSender(desk, services),
          }),
          onError: {
            target: 'recovering',
            actions: ['stopCrashed', { type: 'logCrash', params: ({ event }) => ({ error: event.error }) }],
          },
        },
        {
          id: 'dispatcher',
          src: 'dispatcher',
          input: ({ context: { desk, services } }) => ({ desk, services }),
          onError: {
            target: 'recovering',
            actions: ['stopCrashed', { type: 'logCrash', params: ({ event }) => ({ error: event.error }) }],
          },
        },
        {
          id: 'requestChannel',
          src: 'requestChannel',
          input: ({ context: { desk } }) => ({ desk }),
          onError: {
            target: 'recovering',
            actions: ['stopCrashed', { type: 'logCrash', params: ({ event }) => ({ error: event.error }) }],
          },
        },
      ],
    },
    recovering: {
      description:
        'One of the actors crashed: its connections are closed, its session is over, a pause follows.',
      entry: ['noteCrash', 'giveUpSession'],
      after: { restartPause: { target: 'active' } },
    },
  },
});
