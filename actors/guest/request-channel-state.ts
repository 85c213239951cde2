/** What a guest's request channel hears, and what others may know of it. */
import type { Texts } from '../explains.js';
import type { GuestRequest } from './guest-request.js';

export type RequestChannelEvent =
  | { readonly type: 'frame.started' }
  | { readonly type: 'frame.refused'; readonly reason: string }
  | { readonly type: 'request.received'; readonly request: GuestRequest }
  | { readonly type: 'request.ended'; readonly exchange: number }
  | { readonly type: 'request.abandoned'; readonly exchange: number }
  | { readonly type: 'answer.written'; readonly exchange: number }
  | { readonly type: 'answer.sent'; readonly exchange: number }
  | { readonly type: 'answer.failed'; readonly exchange: number };

/** What each event says: for the machine's drawing, the inspector and whoever reads the code. */
export const requestChannelEvents: Texts<RequestChannelEvent> = {
  'frame.started': 'The first bytes of a frame are here, and not yet all of it.',
  'frame.refused': 'The bytes make no valid request, or came too slowly; the guest has been told so.',
  'request.received': 'A whole, valid request is here.',
  'request.ended': 'The guest has ended its side: it waits for the answer, or has hung up.',
  'request.abandoned': 'The guest closed the connection of a request that has no answer yet.',
  'answer.written': 'The answer has been handed to the socket, and waits there.',
  'answer.sent': 'The system has taken the answer.',
  'answer.failed': 'The guest was gone, did not read, or its connection broke before it had the answer.',
};

export interface RequestChannelState {
  /** What the dispatcher works on, if that takes time. */
  readonly current: GuestRequest | null;
  /** When that was begun, in milliseconds of the clock's elapsed time. */
  readonly begunAt: number;
  /** How many were begun within the same second, and when that began. */
  readonly lately: { readonly since: number; readonly requests: number };
  /** Until when the guest leaves the service to others, if more of its requests wait or it makes many. */
  readonly yieldsUntil: number;
  /** Whole requests that wait for their turn. */
  readonly waiting: readonly GuestRequest[];
  /** Exchanges of those whose guest has ended its side. */
  readonly ended: readonly number[];
}
