/** One endpoint: bound, listened at, and bound again with growing pauses. */
import { Observable } from 'rxjs';
import { assign, enqueueActions, fromEventObservable, setup } from 'xstate';
import { type Endpoint, formatEndpoint } from '../../native/sockets/endpoint.js';
import type { SocketFailure } from '../../native/sockets/transport.js';
import type { FactStream } from '../application/fact-stream.js';
import type { Explains } from '../explains.js';
import type { Guests } from '../guest/guest-register.js';
import type { Seat } from '../seat.js';
import type { Service } from '../service.js';
import { pause, reopening } from '../supervision/retry-schedule.js';
import { supervised } from '../supervision/supervised.js';
import { admitConnection, noteTurnedAway } from './admission.js';
import { Arrivals } from './arrivals.js';

type ListenerEvent =
  /** `address`: with the port really taken. */
  | { readonly type: 'endpoint.bound'; readonly address: string }
  | { readonly type: 'endpoint.failed'; readonly failure: SocketFailure };

interface ListenerState {
  /** Where it listens; null while it does not. */
  readonly address: string | null;
  /** Failures since it last listened. */
  readonly failures: number;
  /** The last failure in a sentence. */
  readonly problem: string | null;
}

/** One endpoint and the place of its actor. */
export interface EndpointPlace {
  readonly endpoint: Endpoint;
  readonly seat: Seat<ListenerState, ListenerEvent>;
}

export interface ListenerInput extends EndpointPlace {
  readonly service: Service;
  readonly facts: FactStream;
  readonly guests: Guests;
  /** Hears that the endpoint is bound, or could not be. */
  readonly onSettled: () => void;
}

interface ListenerContext extends ListenerState, ListenerInput {}

/** Connections go straight to their guests: the machine hears of the endpoint only. */
const listening = ({ service, guests, endpoint }: ListenerInput): Observable<ListenerEvent> => {
  const { requestPort, socketOwner, socketMode } = service.settings;
  const transport = service.transport(endpoint.scheme);
  return new Observable((subscriber) => {
    const arrivals = new Arrivals(
      service.clock,
      (connection) =>
        admitConnection(service, guests, connection, (hadBytes) =>
          arrivals.noteClosed(connection.peer, hadBytes),
        ),
      ({ peer }) => noteTurnedAway(service, peer),
    );
    subscriber.add(() => arrivals.close());
    subscriber.add(
      transport.listen(endpoint, { requestPort, socketOwner, socketMode }).subscribe({
        next: (event) => {
          if (event.type === 'accepted') arrivals.add(event.connection);
          else subscriber.next({ type: 'endpoint.bound', address: event.address });
        },
        error: (failure: SocketFailure) => subscriber.next({ type: 'endpoint.failed', failure }),
      }),
    );
  });
};

const listenerMachine = setup({
  types: {
    meta: {} as Explains<ListenerEvent['type'], 'reopenPause'>,
    context: {} as ListenerContext,
    events: {} as ListenerEvent,
    input: {} as ListenerInput,
  },
  actors: {
    listen: fromEventObservable<ListenerEvent, ListenerInput>(({ input }) => listening(input)),
  },
  actions: {
    takeSeat: ({ context, self }) => context.seat.take(self),
    /** The root looks at what this actor knows once it is through with this step. */
    tellRoot: enqueueActions(({ context: { onSettled }, enqueue }) =>
      enqueue(() => queueMicrotask(onSettled)),
    ),
    noteBound: assign({
      address: ({ context, event }) => (event.type === 'endpoint.bound' ? event.address : context.address),
      failures: 0,
      problem: null,
    }),
    logBound: ({ context: { service, address } }) =>
      service.log.info({ endpoint: address }, 'listening for guests'),
    noteFailure: assign({
      address: null,
      failures: ({ context }) => context.failures + 1,
      problem: ({ event }) => (event.type === 'endpoint.failed' ? event.failure.detail : null),
    }),
    announceFailure: ({ context: { service, facts, endpoint, failures }, event }) => {
      if (event.type !== 'endpoint.failed') return;
      const { code, detail: problem } = event.failure;
      const url = formatEndpoint(endpoint);
      service.counters.count('restarts', 'listener');
      service.log.error({ endpoint: url, failures }, problem);
      facts.announce({ type: 'endpointFailed', endpoint: url, code, problem, failures });
    },
  },
  delays: {
    reopenPause: ({ context: { failures, service } }) => pause(reopening, failures, service.settings.random),
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
  entry: 'takeSeat',
  initial: 'open',
  states: {
    open: {
      description: 'The endpoint is bound or being bound.',
      invoke: { src: 'listen', input: ({ context }) => context },
      on: {
        'endpoint.failed': { target: 'backingOff', actions: ['noteFailure', 'announceFailure', 'tellRoot'] },
      },
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

export const listener = supervised<ListenerInput>({
  part: 'listener',
  children: { listener: listenerMachine },
  facts: ({ endpoint }) => ({ endpoint: formatEndpoint(endpoint) }),
});
