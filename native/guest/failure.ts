/** Why something that a guest wanted did not come about. */
import type { Bssid } from '../../protocol/bssid.js';
import type { HostMessageFault } from '../../protocol/frame.js';
import type { HostMessage } from '../../protocol/messages.js';
import { type StatusCode, statusName } from '../../protocol/status.js';
import type { HostFrameRefusal } from '../../streams/frames.js';
import type { SocketFailure } from '../sockets/transport.js';
import type { AnswerFault } from './answer.js';

/** A guest's failure, tagged by `reason`. */
export type GuestFailure =
  /** No connection, or it broke. */
  | { readonly reason: 'socket'; readonly failure: SocketFailure }
  /** The host answered operation 0: it could not make sense of the request. */
  | { readonly reason: 'refused by host' }
  /** The host answered a connect request with a status other than 0. */
  | {
      readonly reason: 'connection denied';
      readonly status: StatusCode;
      readonly bssid: Bssid;
      readonly sessionId: number;
    }
  /** Nothing, or not everything, came within `milliseconds`. */
  | { readonly reason: 'timed out'; readonly milliseconds: number }
  /** The host closed after `received` bytes of an answer of `expected`. */
  | { readonly reason: 'incomplete answer'; readonly received: number; readonly expected: number | undefined }
  /** What came is not a frame that the driver could use. */
  | {
      readonly reason: 'malformed answer';
      readonly fault:
        | Exclude<HostFrameRefusal, { reason: 'incomplete' | 'broken' }>
        | AnswerFault
        | HostMessageFault;
    }
  /** A good frame, but of an operation that does not belong here. */
  | { readonly reason: 'unexpected answer'; readonly operation: HostMessage['operation'] }
  /** The guest was closed meanwhile. */
  | { readonly reason: 'closed' };

const faultText = (fault: { readonly reason: string }): string => {
  const numbers = Object.entries(fault).filter(([name]) => name !== 'reason');
  const details = numbers.map(([name, value]) => `${name} ${String(value)}`).join(', ');
  return details === '' ? fault.reason : `${fault.reason} (${details})`;
};

/** One line for people. */
export const guestFailureText = (failure: GuestFailure): string => {
  switch (failure.reason) {
    case 'socket':
      return failure.failure.detail;
    case 'refused by host':
      return 'The host refused the request: it could not process it. Its log says why.';
    case 'connection denied':
      return `The host did not connect: ${statusName(failure.status)} (status ${failure.status}).`;
    case 'timed out':
      return `The host did not answer within ${failure.milliseconds / 1000} s.`;
    case 'incomplete answer':
      return `The host closed the connection after ${failure.received} of ${failure.expected ?? 'at least 7'} bytes.`;
    case 'malformed answer':
      return `The host's answer is malformed: ${faultText(failure.fault)}.`;
    case 'unexpected answer':
      return `The host answered with a message that does not belong here: ${failure.operation}.`;
    case 'closed':
      return 'The guest was closed.';
  }
};
