/**
 * The notifications that wait for one guest, in order. Of signals only the newest waits, scan results are
 * replaced by newer ones, and a disconnected notification never makes way for anything.
 */

export type NotificationKind = 'signal' | 'scan' | 'disconnected';

export interface Notification<Frame> {
  readonly kind: NotificationKind;
  readonly frame: Frame;
}

/** What became of a notification that was put in. */
export type Admission =
  | { readonly outcome: 'queued' }
  /** An older one of the same kind has been taken out for it. */
  | { readonly outcome: 'conflated' }
  /** A disconnected notification took the place of a signal or of scan results. */
  | { readonly outcome: 'displaced'; readonly kind: NotificationKind }
  /** There are `limit` waiting already, none of which may make way. */
  | { readonly outcome: 'full' };

export class Outbox<Frame> {
  readonly #limit: number;
  #waiting: Notification<Frame>[] = [];

  /** `limit`: most notifications that wait. */
  constructor(limit = 64) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.length;
  }

  put(notification: Notification<Frame>): Admission {
    if (notification.kind !== 'disconnected') {
      const older = this.#waiting.findIndex(({ kind }) => kind === notification.kind);
      if (older >= 0) {
        this.#waiting.splice(older, 1);
        this.#waiting.push(notification);
        return { outcome: 'conflated' };
      }
    }
    if (this.#waiting.length < this.#limit) {
      this.#waiting.push(notification);
      return { outcome: 'queued' };
    }
    const lesser = this.#waiting.findIndex(({ kind }) => kind !== 'disconnected');
    if (notification.kind !== 'disconnected' || lesser < 0) return { outcome: 'full' };
    const [displaced] = this.#waiting.splice(lesser, 1);
    this.#waiting.push(notification);
    return displaced === undefined ? { outcome: 'queued' } : { outcome: 'displaced', kind: displaced.kind };
  }

  /** Takes the oldest out. */
  take(): Notification<Frame> | undefined {
    return this.#waiting.shift();
  }

  clear(): void {
    this.#waiting = [];
  }
}
