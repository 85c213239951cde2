/** One endpoint: bound, and bound again with growing pauses when that fails. */
import type { Subscription } from 'rxjs';
import { assign, fromCallback, sendParent, setup } from 'xstate';
import { type Endpoint, formatEndpoint } from '../native/sockets/endpoint.js';
import type { SocketFailure } from '../native/sockets/transport.js';
import { admitConnection } from './admission.js';
import type { Explains } from './explains.js';
import { pause, reopening } from './retry-schedule.js';
import type { Services } from './services.js';

export type ListenerEvent =
  /** `address`: with the port really taken. */
  | { readonly type: 'endpoint.bound'; readonly address: string }
  | { readonly type: 'endpoint.failed'; readonly failure: SocketFailure };

export interface ListenerContext {
  readonly services: Services;
  readonly endpoint: Endpoint;
  /** Where it listens; null while it does not. */
  readonly address: string | null;
  /** Failures since it last listened. */
  readonly failures: number;
  /** The last failure in a sentence. */
  readonly problem: string | null;
}

export const listener = setup({
  types: {
    meta: {} as Explains<ListenerEvent['type'], 'reopenPause'>,
    context: {} as ListenerContext,
    events: {} as ListenerEvent,
    input: {} as { services: Services; endpoint: Endpoint },
  },
  actors: {
    listen: fromCallback<ListenerEvent, { services: Services; endpoint: Endpoint }>(({ input, sendBack }) => {
      const { services, endpoint } = input;
      const { settings, platform } = services;
      const subscription: Subscription = platform
        .transport(endpoint.scheme, services.clock)
        .listen(endpoint, { requestPort: settings.requestPort })
        .subscribe({
          next: (event) => {
            if (event.type === 'listening') sendBack({ type: 'endpoint.bound', address: event.address });
            else admitConnection(services, event.connection);
          },
          error: (failure: SocketFailure) => sendBack({ type: 'endpoint.failed', failure }),
        });
      return () => subscription.unsubscribe();
    }),
  },
  actions: {
    tellRoot: sendParent({ type: 'endpoint.settled' }),
    noteBound: assign({
      address: ({ context, event }) => (event.type === 'endpoint.bound' ? event.address : context.address),
      failures: 0,
      problem: null,
    }),
    logBound: ({ context }) =>
      context.services.log.info({ endpoint: context.address }, 'listening for guests'),
    noteFailure: assign({
      address: null,
      failures: ({ context }) => context.failures + 1,
      problem: ({ event }) => (event.type === 'endpoint.failed' ? event.failure.detail : null),
    }),
    logFailure: ({ context }) => {
      context.services.counters.count('restarts', 'listener');
      context.services.log.error(
        { endpoint: formatEndpoint(context.endpoint), failures: context.failures },
        `${context.problem}`,
      );
    },
  },
  delays: {
    reopenPause: ({ context }) => pause(reopening, context.failures, context.services.settings.random),
  },
}).createMachine({
  id: 'listener',
  description: 'Listens for guests at one endpoint.',
  meta: {
    per: 'endpoint',
    events: {
      'endpoint.bound': 'The address is taken; guests can connect.',
      'endpoint.failed': 'The address could not be had, or the listening socket broke.',
    },
    delays: {
      reopenPause: 'Half a second after the first failure, growing to half a minute.',
    },
  },
  context: ({ input }) => ({ ...input, address: null, failures: 0, problem: null }),
  initial: 'open',
  states: {
    open: {
      description: 'The endpoint is bound or being bound.',
      invoke: { src: 'listen', input: ({ context: { services, endpoint } }) => ({ services, endpoint }) },
      on: { 'endpoint.failed': { target: 'backingOff', actions: ['noteFailure', 'logFailure', 'tellRoot'] } },
      initial: 'binding',
      states: {
        binding: {
          description: 'The address is being taken.',
          on: { 'endpoint.bound': { target: 'listening', actions: ['noteBound', 'logBound', 'tellRoot'] } },
        },
        listening: { description: 'Guests can connect.' },
      },
    },
    backingOff: {
      description: 'The address could not be had, or was lost; another try follows.',
      after: { reopenPause: { target: 'open' } },
    },
  },
});
