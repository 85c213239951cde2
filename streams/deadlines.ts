/**
 * Many deadlines on one timer: what thousands of short steps need, where a timer for each would cost a third of the step.
 * Measured on the clock's elapsed time.
 */
import type { Clock, TimerHandle } from './clock.js';

/** One deadline that has yet to come. */
export interface Deadline {
  /** What it was for is over: nobody is called any more. */
  readonly cancel: () => void;
}

/**
 * One object for each deadline: there are two for every request. A ring through the deadlines themselves: a set that so many enter
 * and leave makes a new table every few of them, and the old tables keep what hung on their deadlines until V8 collects everything.
 */
class Pending implements Deadline {
  readonly due: number;
  readonly expire: () => void;
  /** Those beside it in the ring, itself if it is alone; undefined once it is over. */
  #before: Pending | undefined = this;
  #after: Pending | undefined = this;

  constructor(due: number, expire: () => void) {
    this.due = due;
    this.expire = expire;
  }

  get isOver(): boolean {
    return this.#after === undefined;
  }

  /** The others of the ring, from the one behind this one on. None of them may leave meanwhile. */
  *others(): Generator<Pending> {
    for (let one = this.#after; one !== undefined && one !== this; one = one.#after) yield one;
  }

  /** Takes the last place of a ring that begins behind `head`. */
  join(head: Pending): void {
    const last = head.#before ?? head;
    this.#before = last;
    this.#after = head;
    last.#after = this;
    head.#before = this;
  }

  cancel(): void {
    const [before, after] = [this.#before, this.#after];
    if (before === undefined || after === undefined) return;
    before.#after = after;
    after.#before = before;
    this.#before = undefined;
    this.#after = undefined;
  }
}

/** Whatever calls back in time. */
export type Deadlining = Pick<Deadlines, 'in'>;

/** Deadlines with a timer each, which is gone with its deadline: where there are few. */
export const timersOf = (clock: Clock): Deadlining => ({
  in: (milliseconds, expire) => {
    const timer = clock.setTimeout(expire, milliseconds);
    return { cancel: () => clock.clearTimeout(timer) };
  },
});

/** One deadline at a time: a new one takes the place of the one before. */
export class Alarm {
  readonly #deadlines: Deadlines;
  #pending: Deadline | undefined;

  constructor(deadlines: Deadlines) {
    this.#deadlines = deadlines;
  }

  /** Calls `expire` in so many milliseconds, and whoever was to be called before never. */
  set(milliseconds: number, expire: () => void): void {
    this.cancel();
    this.#pending = this.#deadlines.in(milliseconds, expire);
  }

  cancel(): void {
    this.#pending?.cancel();
    this.#pending = undefined;
  }
}

export class Deadlines {
  readonly #clock: Clock;
  /** Where the ring begins, and no deadline itself. */
  readonly #head = new Pending(Number.POSITIVE_INFINITY, () => {});
  #timer: TimerHandle | undefined;
  /** When the timer fires. A deadline that was cancelled leaves it running: it finds nothing to do then. */
  #timerDue = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `expire` in so many milliseconds unless it is cancelled before. */
  in(milliseconds: number, expire: () => void): Deadline {
    const due = this.#clock.elapsed() + Math.max(0, milliseconds);
    if (due < this.#timerDue) this.#arm(due);
    const pending = new Pending(due, expire);
    pending.join(this.#head);
    return pending;
  }

  /** Nothing expires any more, and no timer is left. */
  clear(): void {
    for (const pending of [...this.#head.others()]) pending.cancel();
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#timerDue = Number.POSITIVE_INFINITY;
  }

  #arm(due: number): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = this.#clock.setTimeout(this.#sweep, Math.max(0, due - this.#clock.elapsed()));
  }

  readonly #sweep = (): void => {
    this.#timer = undefined;
    this.#timerDue = Number.POSITIVE_INFINITY;
    const now = this.#clock.elapsed();
    let next = Number.POSITIVE_INFINITY;
    const due: Pending[] = [];
    for (const pending of this.#head.others())
      if (pending.due > now) next = Math.min(next, pending.due);
      else due.push(pending);
    for (const pending of due) {
      if (pending.isOver) continue;
      pending.cancel();
      pending.expire();
    }
    // What was added meanwhile may have armed the timer already, for an earlier moment.
    if (next < this.#timerDue) this.#arm(next);
  };
}
