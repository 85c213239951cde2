/** The steps of a guest's dispatcher: what it asks and tells. `dispatcher.ts` says when, `dispatcher-questions.ts` whether. */
import { assign, enqueueActions, fromPromise, setup } from 'xstate';
import type { InterfaceId } from '../../native/radio.js';
import { encodeHostMessage } from '../../protocol/frame.js';
import type { Ssid } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import type { DisconnectionOutcome } from '../application/facts.js';
import type { Explains } from '../explains.js';
import { orderOf } from '../host/connect-order.js';
import { matchNetwork, type NetworkMatch } from '../host/network-match.js';
import type { Enqueue } from '../seat.js';
import { replyScanned, replySettled, scanResult, settlementOf } from './answer.js';
import { attemptOf, currentTry, failed, lost, succeeded } from './attempt.js';
import { type DispatcherContext, type DispatcherInput, roundAfter } from './dispatcher-context.js';
import { questions } from './dispatcher-questions.js';
import type { DispatcherEvent } from './dispatcher-state.js';
import { interfacesToAsk } from './fresh-scan.js';
import { type GuestRequest, ssidOf } from './guest-request.js';
import { helloPatience, readerOf, replyHello } from './hello.js';
import { requestedFact, scannedFact, settledFact } from './request-facts.js';
import { beginRound, unanswered } from './scan-round.js';
import { untoldAfter } from './session.js';
import { signOf } from './sign-of-life.js';

/** Time over the whole request, hooks and host together: the guest gives up after 20 s. */
const requestTime = 18_000;
/** One try to connect takes this long at most, and one interface's part of a scan. */
const tryTime = 10_000;

/** Milliseconds that are left for the request. */
const remaining = ({ request, service: { clock } }: DispatcherContext): number =>
  Math.max(0, (request?.receivedAt ?? clock.elapsed()) + requestTime - clock.elapsed());

/** Is the word that a session of the guest is over under way? */
const isBeingTold = ({ entry }: DispatcherContext): boolean => {
  const { inHand = null, outbox = [] } = entry.notificationChannel.state ?? {};
  return [inHand, ...outbox].some((notification) => notification?.kind === 'disconnected');
};

/** The guest's session is over without its doing. */
const tellDisconnected = (
  { guest, guests, service }: DispatcherContext,
  post: Enqueue,
  sessionId: number,
): void => {
  if (!service.settings.notifyDisconnected) return;
  const frame = encodeHostMessage({ operation: 'disconnected', sessionId });
  guests.notify(post, guest, 'disconnected', () => frame);
};

/** A session of the guest is over, and nobody knows whether it has heard of that. */
const tellIfUntold = (context: DispatcherContext, post: Enqueue, untold: number | null): void => {
  if (untold !== null && !isBeingTold(context)) tellDisconnected(context, post, untold);
};

/** How the current request went; null if the host application has nothing to hear of it. */
const completedFact = (context: DispatcherContext, event?: DispatcherEvent) => {
  const { guest, round, interfaces, reader } = context;
  return round === null
    ? settledFact(guest, context)
    : scannedFact(guest, scanResult(interfaces, round, reader), event?.type === 'request.abandoned');
};

/** Interfaces without fresh results are to be asked what they see. */
const nextRound = (
  context: DispatcherContext,
  request: GuestRequest,
  at: number,
): Pick<DispatcherContext, 'rounds' | 'round'> => {
  const rounds = context.rounds + 1;
  const stale = interfacesToAsk(context, request, at);
  return { rounds, round: beginRound(rounds, context.interfaces.ids, stale) };
};

/**
 * Everything that the dispatcher can do, ask and wait for, by name.
 *
 * @internal Not all that its type is made of has a name in XState.
 */
export const dispatching = setup({
  types: {
    meta: {} as Explains<DispatcherEvent['type'], 'tryTimeout' | 'disconnectTimeout'>,
    context: {} as DispatcherContext,
    events: {} as DispatcherEvent,
    input: {} as DispatcherInput,
  },
  actors: {
    tellRequested: fromPromise<void, DispatcherContext>(async ({ input }) => {
      const fact = requestedFact(input.guest, input.request, input.session);
      if (fact !== null) await input.service.observer.tell(fact);
    }),
    tellCompleted: fromPromise<void, DispatcherContext>(async ({ input }) => {
      const fact = completedFact(input);
      if (fact !== null) await input.service.observer.tell(fact);
    }),
    matchNetwork: fromPromise<NetworkMatch | null, DispatcherContext>(async ({ input }) => {
      const { interfaces, request } = input;
      if (request?.body.operation !== 'connect') return null;
      await interfaces.askApplication();
      interfaces.noteWish();
      return matchNetwork(interfaces, request.body);
    }),
    authorize: fromPromise<StatusCode, DispatcherContext>(async ({ input: { guest, attempt, service } }) => {
      if (attempt === null) return StatusCode.requestDeclined;
      const { type, ssid, auth, networkAuth } = attempt;
      return service.observer.authorize({ guest, type, ssid, auth, networkAuth });
    }),
  },
  actions: {
    takeSeat: ({ context, self }) => context.entry.dispatcher.take(self),
    takeRequest: assign({
      request: ({ context, event }) => ('request' in event ? event.request : context.request),
    }),
    publishRequested: ({ context: { guest, request, session, facts } }) => {
      const fact = requestedFact(guest, request, session);
      if (fact !== null) facts.publish(fact);
    },
    publishCompleted: ({ context, event }) => {
      const fact = completedFact(context, event);
      if (fact !== null) context.facts.publish(fact);
    },
    /** The request is over, whatever a hook still does: nobody waits for it. */
    announceCompleted: ({ context, event }) => {
      const fact = completedFact(context, event);
      if (fact !== null) context.facts.announce(fact);
    },
    /** On the deadlines of all guests together, as each scan begins and ends one: two timers of XState's own were a fifth of its cost. */
    setRequestDeadline: ({ context }) => {
      const { deadline, dispatcher } = context.entry;
      deadline.set(remaining(context), () => dispatcher.send({ type: 'request.overdue' }));
    },
    setScanDeadline: ({ context }) => {
      const { deadline, dispatcher } = context.entry;
      deadline.set(Math.min(tryTime, remaining(context)), () => dispatcher.send({ type: 'scan.overdue' }));
    },
    clearDeadline: ({ context }) => context.entry.deadline.cancel(),
    /** Nothing has to be asked, waited for or decided. */
    answerFreshScan: ({ context: { guest, reader, interfaces, facts }, event }) => {
      if (event.type !== 'scan.requested') return;
      const { request } = event;
      interfaces.noteWish();
      const result = scanResult(interfaces, null, reader);
      facts.publish({ type: 'guestScanRequested', guest, ssid: ssidOf(request) });
      replyScanned(request, result, interfaces, reader);
      facts.publish(scannedFact(guest, result));
    },
    /** A scan that no hook has to hear of first. */
    takeScan: assign(({ context, event }) =>
      event.type === 'scan.requested'
        ? { request: event.request, ...nextRound(context, event.request, event.takenAt) }
        : { request: context.request },
    ),
    beginRound: assign(({ context }) =>
      context.request === null ? {} : nextRound(context, context.request, context.service.clock.elapsed()),
    ),
    noteWish: ({ context }) => context.interfaces.noteWish(),
    askInterfaces: enqueueActions(({ context, enqueue }) => {
      const { guest, reader, interfaces, request, round } = context;
      if (request === null || round === null) return;
      const waits = reader.format === 'without-scan-complete';
      for (const id of unanswered(round))
        interfaces.tellScan(enqueue, id, {
          type: 'scan.requested',
          guest,
          round: round.number,
          ssid: ssidOf(request),
          waits,
        });
    }),
    recordScan: assign({ round: ({ context, event }) => roundAfter(context, event) }),
    beginAttempt: assign({
      attempt: ({ context: { request, attempt } }, { match }: { match: NetworkMatch | null }) =>
        match === null || request?.body.operation !== 'connect'
          ? null
          : attemptOf(request.body.ssid, match, attempt),
    }),
    askToJoin: enqueueActions(({ context: { attempt, guest, ownership }, enqueue }) => {
      const interfaceId = currentTry(attempt);
      if (attempt !== null && interfaceId !== undefined)
        ownership.tell(enqueue, { type: 'join.requested', guest, interfaceId, ssid: attempt.ssid });
    }),
    claimInterface: enqueueActions(({ context: { attempt, guest, ownership }, enqueue }) => {
      const interfaceId = currentTry(attempt);
      if (attempt !== null && interfaceId !== undefined)
        ownership.tell(enqueue, { type: 'claim.requested', guest, interfaceId, ssid: attempt.ssid });
    }),
    orderConnection: enqueueActions(({ context: { attempt, request, guest, interfaces }, enqueue }) => {
      const interfaceId = currentTry(attempt);
      const order = request?.body.operation === 'connect' ? orderOf(request.body) : null;
      if (interfaceId !== undefined && order !== null)
        interfaces.tell(enqueue, interfaceId, { type: 'connect.requested', guest, order });
    }),
    settleClaim: enqueueActions(({ context, enqueue }, { outcome }: { outcome: 'connected' | 'failed' }) => {
      const { attempt, guest, ownership } = context;
      const interfaceId = currentTry(attempt);
      if (interfaceId !== undefined)
        ownership.tell(enqueue, { type: 'claim.settled', guest, interfaceId, outcome });
    }),
    cancelTry: enqueueActions(({ context: { attempt, guest, interfaces, ownership }, enqueue }) => {
      const interfaceId = currentTry(attempt);
      if (attempt?.type !== 'guestDirected' || interfaceId === undefined) return;
      interfaces.tell(enqueue, interfaceId, { type: 'connect.cancelled', guest });
      ownership.tell(enqueue, { type: 'claim.settled', guest, interfaceId, outcome: 'failed' });
    }),
    noteFailure: assign({
      attempt: ({ context: { attempt } }, { status }: { status: StatusCode }) =>
        attempt === null ? null : failed(attempt, status),
    }),
    noteSuccess: assign({
      attempt: ({ context: { attempt, interfaces }, event }) => {
        if (attempt === null) return null;
        if (event.type !== 'interface.connected') return succeeded(attempt, null);
        const { interfaceId, bssid } = event;
        return succeeded(attempt, bssid, interfaces.networkAuthOf(interfaceId, bssid));
      },
    }),
    noteDisconnection: assign({
      disconnection: (_, { outcome }: { outcome: DisconnectionOutcome }) => outcome,
    }),
    /** Ends the hold on the interface; the session itself ends with the answer. */
    leaveInterface: enqueueActions(({ context: { session, guest, ownership }, enqueue }) => {
      if (session !== null)
        ownership.tell(enqueue, { type: 'leave.requested', guest, interfaceId: session.interfaceId });
    }),
    /** In one step with the last interface's answer: most scans come to their end here. */
    answerScan: ({ context, event }) => {
      const { request, guest, interfaces, reader, facts } = context;
      if (request === null) return;
      const result = scanResult(interfaces, roundAfter(context, event), reader);
      facts.publish(scannedFact(guest, result));
      replyScanned(request, result, interfaces, reader);
    },
    forgetScan: assign({ request: null, round: null }),
    /** The one place where any other request is answered that was worked on, and where a session begins. */
    answer: enqueueActions(({ context, enqueue }) => {
      const { request, attempt, round, guest, reader, interfaces, ownership } = context;
      if (request === null) return;
      const { lastSessionId, session, began, left } = settlementOf(request, context);
      enqueue(() =>
        request.body.operation === 'scan'
          ? replyScanned(request, scanResult(interfaces, round, reader), interfaces, reader)
          : replySettled(request, attempt, lastSessionId),
      );
      const untold = untoldAfter(context.untold, request, session);
      enqueue.assign({
        request: null,
        attempt: null,
        round: null,
        disconnection: null,
        lastSessionId,
        session,
        untold,
      });
      if (request.body.operation !== 'scan') enqueue(() => context.service.memory.noteChange());
      tellIfUntold(context, enqueue, untold);
      if (began !== null)
        ownership.tell(enqueue, { type: 'session.began', guest, interfaceId: began.interfaceId });
      if (left !== null) ownership.tell(enqueue, { type: 'leave.requested', guest, interfaceId: left });
    }),
    loseSession: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'session.lost') return;
      const { attempt, session, guest, service } = context;
      const isLost = ({ interfaceId, ssid }: { interfaceId: InterfaceId | null; ssid: Ssid }): boolean =>
        interfaceId === event.interfaceId && (event.ssid === undefined || event.ssid === ssid);
      if (attempt !== null && isLost(attempt)) enqueue.assign({ attempt: lost(attempt) });
      if (session === null || !isLost(session)) return;
      enqueue.assign({ session: null, untold: session.id });
      enqueue(() => service.log.info({ guest, session: session.id, ssid: session.ssid }, 'session lost'));
      tellDisconnected(context, enqueue, session.id);
    }),
    /** The host application ends it: the guest has to hear of that. */
    tellDismissed: enqueueActions(({ context, enqueue }) => {
      if (context.session !== null) tellDisconnected(context, enqueue, context.session.id);
    }),
    /** It was out of reach, and is not any more. */
    tellUntold: enqueueActions(({ context, enqueue }) => tellIfUntold(context, enqueue, context.untold)),
    noteTold: enqueueActions(({ context: { service }, enqueue }) => {
      enqueue.assign({ untold: null });
      enqueue(() => service.memory.noteChange());
    }),
    /** Before the answer: whether the guest gets that when the service dies cannot be known. */
    noteAttempt: ({ context: { service } }) => service.memory.noteChange(),
    /** Only a notification that arrives shows that the guest is there. */
    askForSign: enqueueActions(({ context: { entry, interfaces, session }, enqueue }) => {
      if (session !== null)
        entry.notificationChannel.tell(enqueue, {
          type: 'sign.requested',
          frame: signOf(interfaces, session),
        });
    }),
    attest: enqueueActions(({ context: { ownership, guest }, enqueue }) =>
      ownership.tell(enqueue, { type: 'guest.attested', guest }),
    ),
    noteHello: assign(({ context, event }) =>
      event.type === 'hello.requested'
        ? { reader: readerOf(event.request.body), instance: event.request.body.instance, untold: null }
        : { reader: context.reader, instance: context.instance, untold: context.untold },
    ),
    /** On the deadlines of all guests together: XState's own timers would make the stop of thousands quadratic. */
    awaitNextHello: ({ context: { entry } }) =>
      entry.silence.set(helloPatience, () => entry.dispatcher.send({ type: 'hellos.missed' })),
    answerHello: ({ context: { session, interfaces, guests }, event }) => {
      if (event.type === 'hello.requested') replyHello(event.request, session, interfaces, guests.instance);
    },
    /** Nobody asked for it: a guest that is gone must not hold the host's interface for ever, or the host application wants it. */
    endSession: enqueueActions(({ context, event, enqueue }) => {
      const { session, guest, ownership, facts, service } = context;
      if (session === null) return;
      const { interfaceId, ssid, type: connection } = session;
      ownership.tell(enqueue, { type: 'leave.requested', guest, interfaceId });
      // It may come back and believe itself connected.
      enqueue.assign({ session: null, untold: session.id });
      enqueue(() => {
        service.log.info(
          { guest, session: session.id, ssid, reason: event.type },
          event.type === 'session.dismissed'
            ? 'the host application ends the session'
            : 'the guest is gone: its session ends',
        );
        facts.announce({
          type: 'guestDisconnectionCompleted',
          guest,
          connection,
          interfaceId,
          ssid,
          outcome: event.type === 'session.dismissed' ? 'dismissed' : 'guest gone',
        });
      });
    }),
    /**
     * The guest never heard of the session that this exchange began: nobody is left to end it. One whose place it took is
     * over, and in that one the guest still believes.
     */
    revokeSession: enqueueActions(({ context, event, enqueue }) => {
      const { session, guest, guests, ownership, service } = context;
      if (event.type !== 'answer.lost' || session?.exchange !== event.exchange) return;
      ownership.tell(enqueue, { type: 'leave.requested', guest, interfaceId: session.interfaceId });
      enqueue.assign({ session: null });
      if (session.replaced === undefined || !service.settings.notifyDisconnected) return;
      const frame = encodeHostMessage({ operation: 'disconnected', sessionId: session.id });
      guests.notify(enqueue, guest, 'disconnected', () => frame);
    }),
  },
  guards: questions,
  delays: {
    /** What is left is shared by the tries that are still to come. */
    tryTimeout: ({ context }) =>
      Math.min(tryTime, remaining(context) / (context.attempt?.candidates.length ?? 1)),
    disconnectTimeout: 5000,
  },
});
