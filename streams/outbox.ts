/**
 * The notifications that wait for one guest, in order. Of signals only the newest waits, scan results are
 * replaced by newer ones, and a disconnected notification never makes way for anything.
 */

export type NotificationKind = 'signal' | 'scan' | 'disconnected';

export interface Notification<Frame> {
  readonly kind: NotificationKind;
  readonly frame: Frame;
}

export type Outbox<Frame> = readonly Notification<Frame>[];

/** What became of a notification that was put in. */
export type Admission =
  | { readonly outcome: 'queued' }
  /** An older one of the same kind has been taken out for it. */
  | { readonly outcome: 'conflated' }
  /** A disconnected notification took the place of a signal or of scan results. */
  | { readonly outcome: 'displaced'; readonly kind: NotificationKind }
  /** There are `limit` waiting already, none of which may make way. */
  | { readonly outcome: 'full' };

/** Most notifications that wait for one guest. */
const outboxLimit = 64;

/** Puts a notification behind the others. */
export const put = <Frame>(
  outbox: Outbox<Frame>,
  notification: Notification<Frame>,
  limit = outboxLimit,
): { readonly outbox: Outbox<Frame>; readonly admission: Admission } => {
  const insteadOf = (older: Notification<Frame>, admission: Admission) => ({
    outbox: [...outbox.filter((waiting) => waiting !== older), notification],
    admission,
  });
  const lesser = notification.kind !== 'disconnected';
  const older = lesser ? outbox.find(({ kind }) => kind === notification.kind) : undefined;
  if (older !== undefined) return insteadOf(older, { outcome: 'conflated' });
  if (outbox.length < limit) return { outbox: [...outbox, notification], admission: { outcome: 'queued' } };
  const displaced = lesser ? undefined : outbox.find(({ kind }) => kind !== 'disconnected');
  return displaced === undefined
    ? { outbox, admission: { outcome: 'full' } }
    : insteadOf(displaced, { outcome: 'displaced', kind: displaced.kind });
};
