/** The door of one guest: its requests are taken from their connections one at a time, in the order they came. */
import { assign, enqueueActions, fromEventObservable, sendTo, setup } from 'xstate';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Explains } from '../explains.js';
import type { Interfaces } from '../host/interface-register.js';
import type { Seat } from '../seat.js';
import type { Service } from '../service.js';
import type { GuestConnections } from './connections.js';
import type { DispatcherEvent, DispatcherState } from './dispatcher-state.js';
import { isAnsweredAtOnce } from './fresh-scan.js';
import type { GuestEntry } from './guest-register.js';
import { type GuestRequest, isOf } from './guest-request.js';
import {
  type RequestChannelEvent,
  type RequestChannelState,
  requestChannelEvents,
} from './request-channel-state.js';
import { countBegun, isHasty, unhurried, yieldsUntil, yieldToOthers } from './yield-to-others.js';

export interface RequestChannelContext extends RequestChannelState {
  readonly guest: GuestId;
  readonly service: Service;
  readonly interfaces: Interfaces;
  readonly connections: GuestConnections;
  readonly seat: Seat<RequestChannelState, RequestChannelEvent>;
  readonly dispatcher: Seat<DispatcherState, DispatcherEvent>;
}

/** How the dispatcher hears of a request that is taken up now, on the clock's elapsed time. */
const requested = (request: GuestRequest, takenAt: number): DispatcherEvent => {
  if (isOf(request, 'scan')) return { type: 'scan.requested', request, takenAt };
  if (isOf(request, 'connect')) return { type: 'connect.requested', request };
  if (isOf(request, 'disconnect')) return { type: 'disconnect.requested', request };
  if (isOf(request, 'hello')) return { type: 'hello.requested', request };
  throw new Error(`no dispatcher takes ${request.body.operation}`);
};

const begunNow = (context: RequestChannelContext): Pick<RequestChannelState, 'begunAt' | 'lately'> => {
  const now = context.service.clock.elapsed();
  return { begunAt: now, lately: countBegun(context, now) };
};

/** What ends the current request, also while its answer is still being written. */
const onceAnswered = {
  'answer.sent': [
    { guard: 'isLast', target: 'idle', actions: 'forgetCurrent' },
    { guard: 'isCurrent', target: 'advancing', actions: 'forgetCurrent' },
  ],
  'answer.failed': [
    { guard: 'isLast', target: 'idle', actions: ['reportUndelivered', 'forgetCurrent'] },
    { guard: 'isCurrent', target: 'advancing', actions: ['reportUndelivered', 'forgetCurrent'] },
  ],
} as const;

export const requestChannel = setup({
  types: {
    meta: {} as Explains<RequestChannelEvent['type'], never>,
    context: {} as RequestChannelContext,
    events: {} as RequestChannelEvent,
    input: {} as { entry: GuestEntry; service: Service; interfaces: Interfaces },
  },
  actors: {
    /** Whatever happens on the guest's connections; they are closed when this ends. */
    connections: fromEventObservable<RequestChannelEvent, GuestConnections>(({ input }) => input.events),
    yieldToOthers,
  },
  actions: {
    takeSeat: ({ context, self }) => context.seat.take(self),
    begin: assign(({ context, event }) => ({
      current: 'request' in event ? event.request : context.current,
      ...begunNow(context),
    })),
    beginNext: assign(({ context }) => ({
      current: context.waiting[0] ?? null,
      waiting: context.waiting.slice(1),
      ...begunNow(context),
    })),
    /** Drivers ask one thing at a time: who asks again has given up what it ended its side of. */
    queueRequest: enqueueActions(({ context: { waiting, ended, connections }, event, enqueue }) => {
      if (event.type !== 'request.received') return;
      const isGivenUp = ({ exchange }: GuestRequest): boolean => ended.includes(exchange);
      enqueue.assign({ waiting: [...waiting.filter((request) => !isGivenUp(request)), event.request] });
      for (const { exchange } of waiting.filter(isGivenUp)) enqueue(() => connections.drop(exchange));
    }),
    noteEnded: assign({
      ended: ({ context: { ended, waiting, current }, event }) => {
        if (event.type !== 'request.ended') return ended;
        const known = [event.exchange, ...ended];
        return known.filter((id) => id === current?.exchange || waiting.some((w) => w.exchange === id));
      },
    }),
    forgetRequest: assign({
      waiting: ({ context, event }) =>
        event.type === 'request.abandoned'
          ? context.waiting.filter(({ exchange }) => exchange !== event.exchange)
          : context.waiting,
    }),
    forgetCurrent: assign(({ context: { service, begunAt } }) => ({
      current: null,
      yieldsUntil: yieldsUntil(begunAt, service.clock.elapsed()),
    })),
    followAnswer: ({ context: { connections, current } }) => {
      if (current !== null) connections.follow(current);
    },
    /** The dispatcher starts before the channel and stops after it. */
    dispatchReceived: sendTo(
      ({ context }) => context.dispatcher.holder,
      ({ event }) => {
        if (event.type !== 'request.received') throw new Error(`dispatched on ${event.type}`);
        return requested(event.request, event.request.receivedAt);
      },
    ),
    dispatchCurrent: enqueueActions(({ context: { dispatcher, current, begunAt }, enqueue }) => {
      if (current !== null) dispatcher.tell(enqueue, requested(current, begunAt));
    }),
    reportAbandoned: enqueueActions(({ context, event, enqueue }) => {
      if (event.type === 'request.abandoned')
        context.dispatcher.tell(enqueue, { type: 'request.abandoned', exchange: event.exchange });
    }),
    abandonEnded: enqueueActions(({ context: { current, ended, waiting, dispatcher }, enqueue }) => {
      if (current !== null && waiting.length > 0 && ended.includes(current.exchange))
        dispatcher.tell(enqueue, { type: 'request.abandoned', exchange: current.exchange });
    }),
    reportUndelivered: enqueueActions(({ context, event, enqueue }) => {
      if (event.type === 'answer.failed')
        context.dispatcher.tell(enqueue, { type: 'answer.lost', exchange: event.exchange });
    }),
  },
  guards: {
    /** The dispatcher answers such a scan within the step that brings it there. */
    isAnsweredAtOnce: ({ context, event }) => {
      const { dispatcher } = context;
      if (event.type !== 'request.received' || !isOf(event.request, 'scan')) return false;
      const { request } = event;
      return (
        dispatcher.state !== undefined &&
        isAnsweredAtOnce(context, dispatcher.state, request, request.receivedAt)
      );
    },
    isCurrent: ({ context, event }) => 'exchange' in event && event.exchange === context.current?.exchange,
    /** No other request waits behind the current one. */
    isLast: ({ context, event }) =>
      'exchange' in event && event.exchange === context.current?.exchange && context.waiting.length === 0,
    hasNoneWaiting: ({ context }) => context.waiting.length === 0,
    isHasty: ({ context }) => isHasty(context, context.service.clock.elapsed()),
  },
}).createMachine({
  id: 'requestChannel',
  description: 'Takes the requests of one guest from their connections and hands them on, one at a time.',
  meta: {
    events: requestChannelEvents,
    delays: {},
  },
  context: ({ input: { entry, service, interfaces } }) => ({
    guest: entry.guest,
    service,
    interfaces,
    connections: entry.connections,
    seat: entry.requestChannel,
    dispatcher: entry.dispatcher,
    current: null,
    begunAt: 0,
    ...unhurried,
    waiting: [],
    ended: [],
  }),
  entry: 'takeSeat',
  invoke: { src: 'connections', input: ({ context }) => context.connections },
  on: {
    'request.abandoned': { actions: 'forgetRequest' },
    'answer.failed': { actions: 'reportUndelivered' },
  },
  initial: 'idle',
  states: {
    idle: {
      description: 'No request is being dealt with. A scan that is answered at once leaves it so.',
      on: {
        'frame.started': { target: 'receiving' },
        'request.received': [
          { guard: 'isAnsweredAtOnce', actions: 'dispatchReceived' },
          { guard: 'isHasty', target: 'advancing', actions: 'queueRequest' },
          { target: 'dispatching', actions: ['begin', 'followAnswer', 'dispatchReceived'] },
        ],
      },
    },
    receiving: {
      description: 'A frame is arriving in pieces; it must be complete 2 s after its connection.',
      on: {
        'frame.refused': { target: 'idle' },
        'request.received': [
          { guard: 'isAnsweredAtOnce', target: 'idle', actions: 'dispatchReceived' },
          { guard: 'isHasty', target: 'advancing', actions: 'queueRequest' },
          { target: 'dispatching', actions: ['begin', 'followAnswer', 'dispatchReceived'] },
        ],
      },
    },
    dispatching: {
      description: 'The dispatcher works on a request.',
      on: {
        'request.received': { actions: ['queueRequest', 'abandonEnded'] },
        'request.ended': { actions: ['noteEnded', 'abandonEnded'] },
        'request.abandoned': [
          { guard: 'isCurrent', actions: 'reportAbandoned' },
          { actions: 'forgetRequest' },
        ],
        'answer.written': { guard: 'isCurrent', target: 'answering' },
        ...onceAnswered,
      },
    },
    answering: {
      description: 'The answer is on its way to a guest that has 2 s to read it.',
      on: {
        'request.received': { actions: 'queueRequest' },
        ...onceAnswered,
      },
    },
    advancing: {
      description:
        'Other guests have their turn: after a pause, 10 ms at most, the next request is taken, one that waited or one of too many.',
      always: { guard: 'hasNoneWaiting', target: 'idle' },
      invoke: {
        src: 'yieldToOthers',
        input: ({ context: { service, yieldsUntil } }) => ({ service, until: yieldsUntil }),
        onDone: { target: 'dispatching', actions: ['beginNext', 'followAnswer', 'dispatchCurrent'] },
      },
      on: {
        'request.received': { actions: 'queueRequest' },
        'request.ended': { actions: 'noteEnded' },
      },
    },
  },
});
