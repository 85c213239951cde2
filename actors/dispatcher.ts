/** The lane of one guest: its requests, strictly one after another, and the session that they lead to. */
import { assign, enqueueActions, fromPromise, setup } from 'xstate';
import { StatusCode } from '../protocol/status.js';
import type { DispatcherContext, DispatcherEvent } from './dispatcher-events.js';
import type { Explains } from './explains.js';
import type { GuestDesk } from './guest-desk.js';
import type { NetworkMatch } from './network-match.js';
import type { Services } from './services.js';
import { endsSession } from './session.js';

/** Time over the whole request, hooks and host together: the guest gives up after 20 s. */
const requestTime = 18_000;
/** One try to connect takes this long at most, and one interface's part of a scan. */
const tryTime = 10_000;

/** Milliseconds that are left for the request. */
const remaining = ({ request, services }: DispatcherContext): number =>
  Math.max(0, (request?.receivedAt ?? services.clock.now()) + requestTime - services.clock.now());

export const dispatcher = setup({
  types: {
    meta: {} as Explains<
      DispatcherEvent['type'],
      'requestDeadline' | 'scanTimeout' | 'tryTimeout' | 'disconnectTimeout'
    >,
    context: {} as DispatcherContext,
    events: {} as DispatcherEvent,
    input: {} as { desk: GuestDesk; services: Services },
  },
  actors: {
    tellRequested: fromPromise<void, DispatcherContext>(({ input }) =>
      input.lane.tellRequested(input.request, input.session),
    ),
    tellCompleted: fromPromise<void, DispatcherContext>(({ input }) =>
      input.lane.tellCompleted(input.request, input.attempt, input.session),
    ),
    matchNetwork: fromPromise<NetworkMatch, DispatcherContext>(({ input }) =>
      input.lane.match(input.request),
    ),
    authorize: fromPromise<'approve' | 'deny', DispatcherContext>(({ input }) =>
      input.lane.authorize(input.attempt),
    ),
  },
  actions: {
    register: ({ context, self }) => {
      context.desk.dispatcher = self;
    },
    takeRequest: assign({
      request: ({ context, event }) => ('exchange' in event ? context.lane.take(event.exchange) : null),
      attempt: null,
    }),
    publishRequested: ({ context }) => context.lane.publishRequested(context.request, context.session),
    publishCompleted: ({ context }) =>
      context.lane.publishCompleted(context.request, context.attempt, context.session),
    askInterfaces: ({ context, self }) =>
      context.lane.beginScan(context.request, (event) => self.send(event)),
    recordScan: ({ context, event }) => {
      if (event.type === 'interface.scanned')
        context.lane.recordScan(event.round, event.interfaceId, event.outcome);
    },
    beginAttempt: assign({
      attempt: ({ context }, { match }: { match: NetworkMatch }) =>
        context.lane.attempt(context.request, match),
    }),
    tryInterface: enqueueActions(({ context, enqueue }) => {
      const { attempt, guest, services } = context;
      if (attempt === null) return;
      const interfaceId = attempt.candidates[0];
      if (interfaceId === undefined) return;
      const type = attempt.type === 'hostMirroring' ? 'join.requested' : 'claim.requested';
      enqueue.sendTo(services.ownership, { type, guest, interfaceId, ssid: attempt.ssid });
    }),
    orderConnection: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'claim.granted') return;
      const actor = context.services.interfaces.get(event.interfaceId)?.actor;
      const order = context.lane.order(context.request);
      if (actor === undefined || order === null)
        enqueue.raise({
          type: 'interface.refused',
          interfaceId: event.interfaceId,
          reason: 'the interface has left',
          status: StatusCode.unspecifiedFailure,
        });
      else enqueue.sendTo(actor, { type: 'connect.requested', guest: context.guest, order });
    }),
    cancelTry: enqueueActions(({ context, enqueue }) => {
      const { attempt, guest, services } = context;
      const interfaceId = attempt?.candidates[0];
      if (attempt?.type !== 'guestDirected' || interfaceId === undefined) return;
      const actor = services.interfaces.get(interfaceId)?.actor;
      if (actor !== undefined) enqueue.sendTo(actor, { type: 'connect.cancelled', guest });
      enqueue.sendTo(services.ownership, { type: 'claim.settled', guest, interfaceId, outcome: 'failed' });
    }),
    settleClaim: enqueueActions(({ context, enqueue }, { outcome }: { outcome: 'connected' | 'failed' }) => {
      const interfaceId = context.attempt?.candidates[0];
      if (context.attempt?.type !== 'guestDirected' || interfaceId === undefined) return;
      enqueue.sendTo(context.services.ownership, {
        type: 'claim.settled',
        guest: context.guest,
        interfaceId,
        outcome,
      });
    }),
    noteRematch: assign({
      request: ({ context: { request } }) => (request === null ? null : { ...request, rematched: true }),
    }),
    noteFailure: assign({
      attempt: ({ context: { attempt } }, { status }: { status: StatusCode }) =>
        attempt === null ? null : { ...attempt, status, candidates: attempt.candidates.slice(1) },
    }),
    noteSuccess: assign({
      attempt: ({ context: { attempt }, event }) => {
        if (attempt === null) return null;
        const bssid = event.type === 'interface.connected' ? event.bssid : attempt.bssid;
        return { ...attempt, status: StatusCode.success, bssid, interfaceId: attempt.candidates[0] ?? null };
      },
    }),
    /** Ends the hold on the interface; the session itself ends with the answer. */
    leaveInterface: enqueueActions(({ context: { session, guest, services }, enqueue }) => {
      if (session === null) return;
      enqueue.sendTo(services.ownership, {
        type: 'leave.requested',
        guest,
        interfaceId: session.interfaceId,
      });
    }),
    /** The one place where a request is answered and a session begins. */
    answer: enqueueActions(({ context, enqueue }) => {
      const { lane, request, attempt, session, services, guest } = context;
      const began = lane.answer(request, attempt);
      const kept = endsSession(session, request) ? null : session;
      enqueue.assign({ request: null, attempt: null, session: began ?? kept });
      if (began === null) return;
      enqueue.sendTo(services.ownership, { type: 'session.began', guest, interfaceId: began.interfaceId });
      if (session !== null && session.interfaceId !== began.interfaceId)
        enqueue.sendTo(services.ownership, {
          type: 'leave.requested',
          guest,
          interfaceId: session.interfaceId,
        });
    }),
    loseSession: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'session.lost') return;
      const { attempt, session, lane } = context;
      if (attempt?.interfaceId === event.interfaceId)
        enqueue.assign({ attempt: { ...attempt, status: StatusCode.unspecifiedFailure, interfaceId: null } });
      if (session?.interfaceId !== event.interfaceId) return;
      lane.notifyDisconnected(session);
      enqueue.assign({ session: null });
    }),
    /** The guest never heard of the session that this exchange began: nobody is left to end it. */
    revokeSession: enqueueActions(({ context: { session, guest, services }, event, enqueue }) => {
      if (event.type !== 'answer.lost' || session?.exchange !== event.exchange) return;
      enqueue.sendTo(services.ownership, {
        type: 'leave.requested',
        guest,
        interfaceId: session.interfaceId,
      });
      enqueue.assign({ session: null });
    }),
  },
  guards: {
    isScanRequestHooked: ({ context }) => context.services.observer.has('guestScanRequested'),
    isScanCompletionHooked: ({ context }) =>
      context.lane.isScanDone && context.services.observer.has('guestScanCompleted'),
    isScan: ({ context }) => context.request?.operation === 'scan',
    isScanDone: ({ context }) => context.lane.isScanDone,
    /** The request names the session in effect, and not an older one. */
    namesSession: ({ context, event }) =>
      event.type === 'disconnect.requested' &&
      endsSession(context.session, context.lane.take(event.exchange)),
    hasNoSession: ({ context }) => context.session === null,
    isApproved: ({ event }) => 'output' in event && event.output === 'approve',
    isImpossible: ({ context }) => context.attempt?.candidates.length === 0,
    isCurrentTry: ({ context, event }) =>
      'interfaceId' in event && context.attempt?.candidates[0] === event.interfaceId,
    isLastTry: ({ context, event }) =>
      (context.attempt?.candidates.length ?? 0) <= 1 &&
      (!('interfaceId' in event) || context.attempt?.candidates[0] === event.interfaceId),
    /** Once: an interface that says something else than the table, again and again, must not keep the guest waiting. */
    mayMatchAgain: ({ context, event }) =>
      'interfaceId' in event &&
      context.attempt?.candidates[0] === event.interfaceId &&
      context.request?.rematched === false,
    isOfSession: ({ context, event }) =>
      'interfaceId' in event && context.session?.interfaceId === event.interfaceId,
    isNotDisconnecting: ({ context, event }) =>
      event.type === 'interface.released' &&
      !event.disconnecting &&
      context.session?.interfaceId === event.interfaceId,
  },
  delays: {
    requestDeadline: ({ context }) => remaining(context),
    scanTimeout: tryTime,
    /** What is left is shared by the tries that are still to come. */
    tryTimeout: ({ context }) =>
      Math.min(tryTime, remaining(context) / Math.max(1, context.attempt?.candidates.length ?? 1)),
    disconnectTimeout: 5000,
  },
}).createMachine({
  id: 'dispatcher',
  description: 'Answers the requests of one guest and keeps its session.',
  meta: {
    events: {
      'scan.requested': 'From the request channel: the guest wants to know the networks.',
      'connect.requested': 'From the request channel: the guest wants to connect.',
      'disconnect.requested': 'From the request channel: the guest ends its session.',
      'answer.lost': 'From the request channel: the guest did not get an answer.',
      'interface.scanned':
        'From an interface: its part of the scan has ended, or goes on with cached networks.',
      'interface.connected': 'From the interface: the host is connected as the guest asked.',
      'interface.refused': 'From the interface: the host could not connect.',
      'interface.disconnected': 'From the interface: the host has disconnected.',
      'claim.granted': "From the ownership table: the interface is this guest's to connect.",
      'claim.refused': 'From the ownership table: another guest holds the interface.',
      'claim.outdated':
        'From the ownership table: the interface got the wanted network meanwhile; look again.',
      'join.granted': 'From the ownership table: the guest mirrors what the host is connected to.',
      'join.refused': 'From the ownership table: the host has left that network meanwhile; look again.',
      'interface.released': 'From the ownership table: the guest has left the interface.',
      'session.lost':
        'From the ownership table: the host lost the network, or another guest took the interface.',
    },
    delays: {
      requestDeadline: 'What is left of 18 s since the request came; the guest gives up after 20 s.',
      scanTimeout: 'An interface that has not answered by then counts as having seen nothing.',
      tryTimeout: "10 s at most; tries that are still to come share what is left of the request's 18 s.",
      disconnectTimeout: 'The session ends even if the host does not disconnect in time.',
    },
  },
  context: ({ input: { desk, services } }) => ({
    guest: desk.guest,
    services,
    desk,
    lane: desk.lane,
    request: null,
    attempt: null,
    session: null,
  }),
  entry: 'register',
  on: {
    'session.lost': { actions: 'loseSession' },
    'answer.lost': { actions: 'revokeSession' },
  },
  initial: 'idle',
  states: {
    idle: {
      id: 'idle',
      description: 'The guest asks for nothing.',
      on: {
        'scan.requested': [
          {
            guard: 'isScanRequestHooked',
            target: 'busy.announcing',
            actions: ['takeRequest', 'publishRequested'],
          },
          { target: 'busy.scanning', actions: ['takeRequest', 'publishRequested'] },
        ],
        'connect.requested': { target: 'busy.matching', actions: 'takeRequest' },
        'disconnect.requested': [
          { guard: 'namesSession', target: 'busy.announcing', actions: ['takeRequest', 'publishRequested'] },
          { actions: ['takeRequest', 'answer'] },
        ],
      },
    },
    busy: {
      description: 'One request is worked on, for 18 s at most; then it is answered with what there is.',
      after: { requestDeadline: { target: 'idle', actions: ['cancelTry', 'publishCompleted', 'answer'] } },
      initial: 'announcing',
      states: {
        announcing: {
          description: 'The host application hears of the request.',
          invoke: {
            src: 'tellRequested',
            input: ({ context }) => context,
            onDone: [{ guard: 'isScan', target: 'scanning' }, { target: 'disconnecting' }],
          },
        },
        scanning: {
          description: 'The interfaces tell what they see.',
          entry: 'askInterfaces',
          always: [
            { guard: 'isScanCompletionHooked', target: 'reporting' },
            { guard: 'isScanDone', target: '#idle', actions: ['publishCompleted', 'answer'] },
          ],
          on: { 'interface.scanned': { actions: 'recordScan' } },
          after: { scanTimeout: { target: 'reporting' } },
        },
        matching: {
          description: 'Is the network there to be mirrored, or which interfaces could connect?',
          invoke: {
            src: 'matchNetwork',
            input: ({ context }) => context,
            onDone: {
              target: 'authorizing',
              actions: { type: 'beginAttempt', params: ({ event }) => ({ match: event.output }) },
            },
          },
        },
        authorizing: {
          description: 'The host application approves or denies.',
          always: { guard: 'isImpossible', target: 'reporting' },
          invoke: {
            src: 'authorize',
            input: ({ context }) => context,
            onDone: [
              { guard: 'isApproved', target: 'connecting' },
              {
                target: 'reporting',
                actions: { type: 'noteFailure', params: { status: StatusCode.requestDeclined } },
              },
            ],
          },
        },
        connecting: {
          description: 'One interface after another is tried.',
          entry: 'tryInterface',
          after: {
            tryTimeout: [
              {
                guard: 'isLastTry',
                target: 'reporting',
                actions: [
                  'cancelTry',
                  { type: 'noteFailure', params: { status: StatusCode.sequenceTimeout } },
                ],
              },
              {
                target: 'connecting',
                reenter: true,
                actions: [
                  'cancelTry',
                  { type: 'noteFailure', params: { status: StatusCode.sequenceTimeout } },
                ],
              },
            ],
          },
          on: {
            'claim.granted': { guard: 'isCurrentTry', actions: 'orderConnection' },
            'claim.refused': [
              {
                guard: 'isLastTry',
                target: 'reporting',
                actions: { type: 'noteFailure', params: { status: StatusCode.noMoreStations } },
              },
              {
                guard: 'isCurrentTry',
                target: 'connecting',
                reenter: true,
                actions: { type: 'noteFailure', params: { status: StatusCode.noMoreStations } },
              },
            ],
            'claim.outdated': [
              { guard: 'mayMatchAgain', target: 'matching', actions: 'noteRematch' },
              {
                guard: 'isCurrentTry',
                target: 'reporting',
                actions: { type: 'noteFailure', params: { status: StatusCode.refusedTemporarily } },
              },
            ],
            'join.granted': { guard: 'isCurrentTry', target: 'reporting', actions: 'noteSuccess' },
            'join.refused': [
              { guard: 'mayMatchAgain', target: 'matching', actions: 'noteRematch' },
              {
                guard: 'isCurrentTry',
                target: 'reporting',
                actions: { type: 'noteFailure', params: { status: StatusCode.refusedTemporarily } },
              },
            ],
            'interface.connected': {
              guard: 'isCurrentTry',
              target: 'reporting',
              actions: [{ type: 'settleClaim', params: { outcome: 'connected' } }, 'noteSuccess'],
            },
            'interface.refused': [
              {
                guard: 'isLastTry',
                target: 'reporting',
                actions: [
                  { type: 'settleClaim', params: { outcome: 'failed' } },
                  { type: 'noteFailure', params: ({ event }) => ({ status: event.status }) },
                ],
              },
              {
                guard: 'isCurrentTry',
                target: 'connecting',
                reenter: true,
                actions: [
                  { type: 'settleClaim', params: { outcome: 'failed' } },
                  { type: 'noteFailure', params: ({ event }) => ({ status: event.status }) },
                ],
              },
            ],
          },
        },
        disconnecting: {
          description:
            'The session ends; the last guest of a guest-directed connection disconnects the host.',
          entry: 'leaveInterface',
          always: { guard: 'hasNoSession', target: 'reporting' },
          after: { disconnectTimeout: { target: 'reporting' } },
          on: {
            'interface.released': { guard: 'isNotDisconnecting', target: 'reporting' },
            'interface.disconnected': { guard: 'isOfSession', target: 'reporting' },
            'interface.refused': { guard: 'isOfSession', target: 'reporting' },
          },
        },
        reporting: {
          description: 'The host application hears how it went; then the guest does.',
          entry: 'publishCompleted',
          invoke: {
            src: 'tellCompleted',
            input: ({ context }) => context,
            onDone: { target: '#idle', actions: 'answer' },
          },
        },
      },
    },
  },
});
