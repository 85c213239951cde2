/** On what a guest's dispatcher decides, as far as that depends on what it knows and not on the state it is in. */
import { StatusCode } from '../../protocol/status.js';
import { currentTry } from './attempt.js';
import { type DispatcherContext, roundAfter } from './dispatcher-context.js';
import type { DispatcherEvent } from './dispatcher-state.js';
import { isAnsweredAtOnce } from './fresh-scan.js';
import { hasForgotten } from './hello.js';
import { isDone } from './scan-round.js';
import { endsSession } from './session.js';

interface Asked {
  readonly context: DispatcherContext;
  readonly event: DispatcherEvent;
}

const asked = <Questions extends Readonly<Record<string, (asked: Asked) => boolean>>>(
  questions: Questions,
): Questions => questions;

const isScanCompletionHooked = ({ service }: DispatcherContext): boolean =>
  service.observer.has('guestScanCompleted');

export const questions = asked({
  isScanRequestHooked: ({ context }) => context.service.observer.has('guestScanRequested'),
  /** Fresh results are the answer, and no hook has to hear of them first. */
  isAnsweredAtOnce: ({ context, event }) =>
    event.type === 'scan.requested' && isAnsweredAtOnce(context, context, event.request, event.takenAt),
  isScan: ({ context }) => context.request?.body.operation === 'scan',
  isScanDone: ({ context }) => context.round !== null && isDone(context.round),
  /** With this answer all are there, and nothing else is to be said to anybody. */
  isLastOfScan: ({ context, event }) => {
    const round = roundAfter(context, event);
    return round !== null && isDone(round) && context.untold === null && !isScanCompletionHooked(context);
  },
  /** The request names the session in effect, and not an older one. */
  endsSession: ({ context, event }) =>
    event.type === 'disconnect.requested' && endsSession(context.session, event.request),
  hasNoSession: ({ context }) => context.session === null,
  hasSession: ({ context }) => context.session !== null,
  /** Nothing can be delivered to it; one that waits for an answer is there all the same. */
  isGone: ({ context }) => context.session !== null && context.request === null,
  isToBeAsked: ({ context, event }) =>
    event.type === 'sign.requested' &&
    context.request === null &&
    context.session?.interfaceId === event.interfaceId,
  /** The driver was loaded anew and says that it holds none. */
  hasForgottenSession: ({ context, event }) =>
    event.type === 'hello.requested' && hasForgotten(context, event.request),
  isWorkedOn: ({ context: { request }, event }) =>
    event.type === 'request.abandoned' && event.exchange === request?.exchange,
  isDisconnectGivenUp: ({ context: { request }, event }) =>
    request?.body.operation === 'disconnect' &&
    (event.type !== 'request.abandoned' || event.exchange === request.exchange),
  isApproved: ({ event }) => 'output' in event && event.output === StatusCode.success,
  isImpossible: ({ context }) => currentTry(context.attempt) === undefined,
  isMirroringApproved: ({ context, event }) =>
    'output' in event && event.output === StatusCode.success && context.attempt?.type === 'hostMirroring',
  hasCandidate: ({ context }) => currentTry(context.attempt) !== undefined,
  isOfThisTry: ({ context, event }) =>
    'interfaceId' in event && event.interfaceId === currentTry(context.attempt),
  /** The interface may have left while its table was asked. */
  isStillThere: ({ context, event }) =>
    'interfaceId' in event &&
    event.interfaceId === currentTry(context.attempt) &&
    context.interfaces.isAwake(event.interfaceId),
  /** Once: an interface that says something else than the table, again and again, must not keep the guest waiting. */
  mayMatchAgain: ({ context, event }) =>
    'interfaceId' in event &&
    event.interfaceId === currentTry(context.attempt) &&
    context.attempt?.rematched === false,
  isOfSession: ({ context, event }) =>
    'interfaceId' in event && context.session?.interfaceId === event.interfaceId,
  isLeft: ({ context, event }) =>
    event.type === 'interface.released' &&
    !event.disconnecting &&
    context.session?.interfaceId === event.interfaceId,
});
