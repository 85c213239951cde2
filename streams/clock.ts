/**
 * The one clock of a service: state machines (`after`), streams and timestamps all take their time from it, so
 * that a test moves everything at once.
 */

/** Opaque; only good for `clearTimeout` of the clock that gave it. */
export type TimerHandle = unknown;

/** Satisfies XState's `Clock`, so the same object goes into `createActor(proxyWifi, { clock, input: { clock } })`. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly setTimeout: (callback: () => void, milliseconds: number) => TimerHandle;
  readonly clearTimeout: (handle: TimerHandle) => void;
}

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

interface PendingTimer {
  readonly due: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is moved. Timers that re-arm themselves fire as often as they are due. */
export class ManualClock implements Clock {
  #now: number;
  #next = 1;
  readonly #timers = new Map<number, PendingTimer>();

  /** `start`: milliseconds since the epoch. */
  constructor(start = 0) {
    this.#now = start;
  }

  readonly now = (): number => this.#now;

  readonly setTimeout = (callback: () => void, milliseconds: number): TimerHandle => {
    const handle = this.#next++;
    this.#timers.set(handle, { due: this.#now + Math.max(0, milliseconds), callback });
    return handle;
  };

  readonly clearTimeout = (handle: TimerHandle): void => {
    this.#timers.delete(handle as number);
  };

  /** How many timers wait: 0 after a clean stop. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Fires everything due within `milliseconds`, in order, without letting promises settle in between. */
  advanceNow(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (let due = this.#firstDue(until); due !== undefined; due = this.#firstDue(until)) this.#fire(due);
    this.#now = until;
  }

  /** Like `advanceNow`, but promises and already arrived I/O are handled before and after each timer. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    await settle();
    for (let due = this.#firstDue(until); due !== undefined; due = this.#firstDue(until)) {
      this.#fire(due);
      await settle();
    }
    this.#now = until;
    await settle();
  }

  #firstDue(until: number): number | undefined {
    let first: number | undefined;
    let earliest = until;
    for (const [handle, { due }] of this.#timers) {
      if (due < earliest || (due === earliest && first === undefined)) {
        first = handle;
        earliest = due;
      }
    }
    return first;
  }

  #fire(handle: number): void {
    const timer = this.#timers.get(handle);
    if (timer === undefined) return;
    this.#timers.delete(handle);
    this.#now = Math.max(this.#now, timer.due);
    timer.callback();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
