/**
 * The one clock of a service: state machines (`after`), streams and timestamps all take their time from it, so
 * that a test moves everything at once.
 */

/** Opaque; only good for `clearTimeout` of the clock that gave it. */
export type TimerHandle = unknown;

/** Satisfies XState's `Clock`, so the same object goes into `createActor(proxyWifi, { clock, input: { clock } })`. */
export interface Clock {
  /** Points in time for people: milliseconds since the Unix epoch. It jumps when somebody sets the clock of the system. */
  readonly now: () => number;
  /** Durations and deadlines: milliseconds since some moment, never backwards and never by a jump. */
  readonly elapsed: () => number;
  /**
   * For how many of the elapsed milliseconds the event loop had nothing to do, and would have noticed anything at once. Left out,
   * all of them count as such.
   */
  readonly idle?: () => number;
  readonly setTimeout: (callback: () => void, milliseconds: number) => TimerHandle;
  readonly clearTimeout: (handle: TimerHandle) => void;
}

/** Node's account of its event loop; a browser has none. */
const loop = Reflect.get(performance, 'nodeTiming') as { readonly idleTime: number } | undefined;

/** Real time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  idle: () => loop?.idleTime ?? performance.now(),
  setTimeout: (callback, milliseconds) => setTimeout(callback, milliseconds),
  clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

interface PendingTimer {
  readonly due: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is moved. Timers that re-arm themselves fire as often as they are due. */
export class ManualClock implements Clock {
  #elapsed = 0;
  /** For so long the event loop has been at work. */
  #busy = 0;
  /** What the wall clock is ahead of the elapsed time. */
  #ahead: number;
  #next = 1;
  readonly #timers = new Map<number, PendingTimer>();

  /** `start`: milliseconds since the epoch. */
  constructor(start = 0) {
    this.#ahead = start;
  }

  readonly now = (): number => this.#elapsed + this.#ahead;

  readonly elapsed = (): number => this.#elapsed;

  /** The time for which it was moved: nothing else happens meanwhile. */
  readonly idle = (): number => this.#elapsed - this.#busy;

  /** The event loop is at work for so long: time passes, and nobody notices anything. */
  work(milliseconds: number): void {
    this.#elapsed += milliseconds;
    this.#busy += milliseconds;
  }

  /** Sets the wall clock forwards or, with a negative number, back, as a person or a time server does: no time passes. */
  setWallClock(by: number): void {
    this.#ahead += by;
  }

  readonly setTimeout = (callback: () => void, milliseconds: number): TimerHandle => {
    const handle = this.#next++;
    this.#timers.set(handle, { due: this.#elapsed + Math.max(0, milliseconds), callback });
    return handle;
  };

  readonly clearTimeout = (handle: TimerHandle): void => {
    this.#timers.delete(handle as number);
  };

  /** How many timers wait: 0 after a clean stop. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, on the elapsed time; undefined if none waits. */
  get nextDue(): number | undefined {
    let earliest: number | undefined;
    for (const { due } of this.#timers.values()) if (earliest === undefined || due < earliest) earliest = due;
    return earliest;
  }

  /** Fires everything due within `milliseconds`, in order, without letting promises settle in between. */
  advanceNow(milliseconds: number): void {
    const until = this.#elapsed + milliseconds;
    for (let due = this.#firstDue(until); due !== undefined; due = this.#firstDue(until)) this.#fire(due);
    this.#elapsed = until;
  }

  /** Like `advanceNow`, but promises and already arrived I/O are handled before and after each timer. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#elapsed + milliseconds;
    await settle();
    for (let due = this.#firstDue(until); due !== undefined; due = this.#firstDue(until)) {
      this.#fire(due);
      await settle();
    }
    this.#elapsed = until;
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
    this.#elapsed = Math.max(this.#elapsed, timer.due);
    timer.callback();
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
