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

/** One object for each deadline: there are two for every request. */
class Pending implements Deadline {
  readonly due: number;
  readonly expire: () => void;
  readonly #others: Set<Pending>;

  constructor(due: number, expire: () => void, others: Set<Pending>) {
    this.due = due;
    this.expire = expire;
    this.#others = others;
    others.add(this);
  }

  cancel(): void {
    this.#others.delete(this);
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
  readonly #pending = new Set<Pending>();
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
    return new Pending(due, expire, this.#pending);
  }

  /** Nothing expires any more, and no timer is left. */
  clear(): void {
    this.#pending.clear();
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
    for (const pending of this.#pending) {
      if (pending.due > now) next = Math.min(next, pending.due);
      else if (this.#pending.delete(pending)) pending.expire();
    }
    // What was added meanwhile may have armed the timer already, for an earlier moment.
    if (next < this.#timerDue) this.#arm(next);
  };
}
