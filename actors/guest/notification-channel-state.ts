/** What a guest's notification channel hears, and what others may know of it. */
import type { Notification, Outbox } from '../../streams/outbox.js';
import type { Texts } from '../explains.js';

/** Gives the frame when it is sent; frames for several guests are encoded once. */
export type FrameMaker = () => Uint8Array;

export type NotificationChannelEvent =
  | { readonly type: 'notification.queued'; readonly notification: Notification<FrameMaker> }
  | { readonly type: 'connection.opened' }
  /** `lateness`: milliseconds from the opening of the connection to the writing, at most. */
  | { readonly type: 'notification.delivered'; readonly lateness: number }
  /** `waited`: milliseconds for which the try waited for its turn; they are not the guest's. */
  | { readonly type: 'delivery.failed'; readonly code: string; readonly waited: number }
  | { readonly type: 'redelivery.due' }
  | { readonly type: 'sign.requested'; readonly frame: FrameMaker };

/** What each event says: for the machine's drawing, the inspector and whoever reads the code. */
export const notificationChannelEvents: Texts<NotificationChannelEvent> = {
  'notification.queued': 'There is something for this guest.',
  'connection.opened': 'The guest has accepted; the frame is being written.',
  'notification.delivered': 'The system has taken the frame.',
  'redelivery.due': 'The pause is over: 0.1 s after the first failure, then three times as long each.',
  'sign.requested': 'From the dispatcher: is the guest there? The first outcome from now on is the answer.',
  'delivery.failed': 'The guest could not be reached, its connection broke, or 2 s of its own have passed.',
};

export interface NotificationChannelState {
  /** What waits, in order. */
  readonly outbox: Outbox<FrameMaker>;
  readonly inHand: Notification<FrameMaker> | null;
  /** Tries so far of the notification in hand. */
  readonly attempts: number;
  /** It was written too late to be sure of, and is sent once more. */
  readonly isRepeated: boolean;
  /** When its first try began, on the clock's elapsed time, later by what tries waited for their turn. */
  readonly since: number;
  /** When tries began to fail, on the clock's elapsed time; null while the last one did not. */
  readonly failingSince: number | null;
  /** Somebody wants to know whether the guest is there. */
  readonly isAsked: boolean;
}
