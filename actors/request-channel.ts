/** The requests of one guest: read from their connections, handed on one at a time, answered in the order they came. */
import { assign, enqueueActions, sendTo, setup } from 'xstate';
import type { GuestId } from '../native/sockets/endpoint.js';
import type { Request } from '../protocol/messages.js';
import type { DispatcherEvent } from './dispatcher-events.js';
import type { Explains } from './explains.js';
import type { GuestDesk } from './guest-desk.js';

export type RequestChannelEvent =
  /** The first bytes of a frame are here, and not yet all of it. */
  | { readonly type: 'frame.started'; readonly exchange: number }
  | { readonly type: 'frame.refused'; readonly exchange: number; readonly reason: string }
  | { readonly type: 'request.received'; readonly exchange: number; readonly operation: Request['operation'] }
  /** The system has yet to take some of the answer. */
  | { readonly type: 'answer.written'; readonly exchange: number }
  /** The system has all of the answer. */
  | { readonly type: 'answer.sent'; readonly exchange: number }
  /** The guest was gone, or did not read. */
  | { readonly type: 'answer.failed'; readonly exchange: number };

interface Waiting {
  readonly exchange: number;
  readonly operation: Request['operation'];
}

export interface RequestChannelContext {
  readonly guest: GuestId;
  readonly desk: GuestDesk;
  /** The exchange that is being dealt with. */
  readonly exchange: number | null;
  /** Whole requests that wait for their turn. */
  readonly waiting: readonly Waiting[];
}

/** Of the requests that wait, those whose guest has not hung up meanwhile. */
const stillThere = ({ waiting, desk }: RequestChannelContext): readonly Waiting[] =>
  waiting.length === 0
    ? waiting
    : waiting.filter(({ exchange }) => desk.intake.request(exchange) !== undefined);

export const requestChannel = setup({
  types: {
    meta: {} as Explains<RequestChannelEvent['type'], 'answerDeadline'>,
    context: {} as RequestChannelContext,
    events: {} as RequestChannelEvent,
    input: {} as { desk: GuestDesk },
  },
  actions: {
    openIntake: ({ context, self }) => {
      context.desk.intake.channel = self;
    },
    queueRequest: assign({
      waiting: ({ context, event }) =>
        event.type === 'request.received'
          ? [...context.waiting, { exchange: event.exchange, operation: event.operation }]
          : context.waiting,
    }),
    dispatchNext: enqueueActions(({ context, enqueue }) => {
      const [next, ...waiting] = stillThere(context);
      if (next === undefined) return;
      enqueue.assign({ exchange: next.exchange, waiting });
      if (context.desk.dispatcher !== undefined)
        enqueue.sendTo(context.desk.dispatcher, {
          type: `${next.operation}.requested`,
          exchange: next.exchange,
        });
    }),
    /** Nothing has to be asked, waited for or decided: the answer is written at once. */
    answerScan: ({ context, event }) => {
      if (event.type === 'request.received') context.desk.lane.answerScan(event.exchange);
    },
    begin: assign({
      exchange: ({ context, event }) =>
        event.type === 'request.received' ? event.exchange : context.exchange,
    }),
    dispatch: sendTo(
      ({ context }) => context.desk.dispatching,
      ({ event }): DispatcherEvent => {
        if (event.type !== 'request.received') throw new Error(`dispatch on ${event.type}`);
        return { type: `${event.operation}.requested`, exchange: event.exchange };
      },
    ),
    reportUndelivered: sendTo(
      ({ context }) => context.desk.dispatching,
      ({ event }): DispatcherEvent => {
        if (event.type !== 'answer.failed') throw new Error(`no answer failed by ${event.type}`);
        return { type: 'answer.lost', exchange: event.exchange };
      },
    ),
    giveUpAnswer: enqueueActions(({ context, enqueue }) => {
      if (context.exchange === null) return;
      context.desk.intake.drop(context.exchange);
      if (context.desk.dispatcher !== undefined)
        enqueue.sendTo(context.desk.dispatcher, { type: 'answer.lost', exchange: context.exchange });
    }),
  },
  guards: {
    isKnownScan: ({ context, event }) =>
      event.type === 'request.received' && event.operation === 'scan' && context.desk.lane.isAllKnown,
    isCurrent: ({ context, event }) => 'exchange' in event && event.exchange === context.exchange,
    hasWaiting: ({ context }) => stillThere(context).length > 0,
  },
  delays: {
    /** A guest that does not read its answer is given up. */
    answerDeadline: 2000,
  },
}).createMachine({
  id: 'requestChannel',
  description: 'Takes the requests of one guest from their connections and hands them on, one at a time.',
  meta: {
    events: {
      'frame.started': 'The first bytes of a frame are here, and not yet all of it.',
      'frame.refused': 'The bytes make no valid request, or came too slowly; the guest has been told so.',
      'request.received': 'A whole, valid request is here.',
      'answer.written': 'From the dispatcher: the answer has been handed to the socket.',
      'answer.sent': 'The system has taken the answer.',
      'answer.failed': 'The guest was gone, or its connection broke, before it had the answer.',
    },
    delays: {
      answerDeadline: 'A guest that does not read its answer is given up.',
    },
  },
  context: ({ input }) => ({
    guest: input.desk.guest,
    desk: input.desk,
    exchange: null,
    waiting: [],
  }),
  entry: 'openIntake',
  on: {
    'answer.failed': { actions: 'reportUndelivered' },
  },
  initial: 'idle',
  states: {
    idle: {
      description: 'No request is being dealt with.',
      always: { guard: 'hasWaiting', target: 'dispatching', actions: 'dispatchNext' },
      on: {
        'frame.started': { target: 'receiving' },
        'request.received': [
          { guard: 'isKnownScan', actions: 'answerScan' },
          { target: 'dispatching', actions: ['begin', 'dispatch'] },
        ],
      },
    },
    receiving: {
      description: 'A frame is arriving in pieces; it must be complete 2 s after its connection.',
      on: {
        'frame.refused': { target: 'idle' },
        'request.received': { target: 'dispatching', actions: ['begin', 'dispatch'] },
      },
    },
    dispatching: {
      description: 'The dispatcher works on a request.',
      on: {
        'request.received': { actions: 'queueRequest' },
        'answer.written': { guard: 'isCurrent', target: 'answering' },
        'answer.sent': { guard: 'isCurrent', target: 'idle' },
        'answer.failed': { guard: 'isCurrent', target: 'idle', actions: 'reportUndelivered' },
      },
    },
    answering: {
      description: 'The answer is on its way to the guest.',
      after: { answerDeadline: { target: 'idle', actions: 'giveUpAnswer' } },
      on: {
        'request.received': { actions: 'queueRequest' },
        'answer.sent': { guard: 'isCurrent', target: 'idle' },
        'answer.failed': { guard: 'isCurrent', target: 'idle', actions: 'reportUndelivered' },
      },
    },
  },
});
