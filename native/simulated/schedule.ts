/**
 * What is going to happen in a simulated world, in order of time. While nobody watches, no timer is armed: what
 * was due then is made up for, in order and each thing at its own time, before the world is touched or watched again.
 */
import type { Clock, TimerHandle } from '../../streams/clock.js';

/** Takes back what was scheduled. Any number of times. */
export type Cancel = () => void;

interface Item {
  readonly due: number;
  readonly run: () => void;
}

/** One timer at most for everything that is going to happen. */
export class Schedule {
  readonly #clock: Clock;
  /** By time; of the same time, in the order in which they were scheduled. */
  readonly #items: Item[] = [];
  /** What the elapsed time is behind the time in this world. */
  readonly #origin: number;
  #now: number;
  #watched = false;
  #running = false;
  #timer: { readonly due: number; readonly handle: TimerHandle } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#origin = clock.now() - clock.elapsed();
    this.#now = this.clockTime();
  }

  /**
   * The time in this world, in milliseconds since the epoch as it was when the world began: a wall clock that is set changes
   * nothing. While something happens, the time at which it was due.
   */
  now(): number {
    if (!this.#running) this.#now = Math.max(this.#now, this.clockTime());
    return this.#now;
  }

  /** The same, however late this world is. */
  clockTime(): number {
    return this.#origin + this.#clock.elapsed();
  }

  /** Does `run` in so many milliseconds; never before this call returns. */
  in(milliseconds: number, run: () => void): Cancel {
    const item: Item = { due: this.now() + milliseconds, run };
    const after = this.#items.findIndex(({ due }) => due > item.due);
    this.#items.splice(after < 0 ? this.#items.length : after, 0, item);
    this.#arm();
    return () => {
      const at = this.#items.indexOf(item);
      if (at < 0) return;
      this.#items.splice(at, 1);
      this.#arm();
    };
  }

  /** Does `run` as of a time that has passed, and makes up for what has been due since. */
  since(time: number, run: () => void): void {
    this.#now = time;
    this.#running = true;
    try {
      run();
    } finally {
      this.#running = false;
    }
    this.catchUp();
  }

  /** Does everything that is due by now. */
  catchUp(): void {
    this.#runUntil(this.clockTime());
  }

  /** From now on things happen when they are due. */
  watch(): void {
    this.#watched = true;
    this.#arm();
  }

  /** Leaves no timer behind. */
  unwatch(): void {
    this.#watched = false;
    this.#arm();
  }

  #runUntil(until: number): void {
    if (this.#running) return;
    this.#running = true;
    try {
      for (let item = this.#items[0]; item !== undefined && item.due <= until; item = this.#items[0]) {
        this.#items.shift();
        this.#now = Math.max(this.#now, item.due);
        item.run();
      }
    } finally {
      this.#running = false;
      this.#arm();
    }
  }

  #arm(): void {
    if (this.#running) return;
    const due = this.#watched ? this.#items[0]?.due : undefined;
    if (due === this.#timer?.due) return;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer.handle);
    this.#timer = undefined;
    if (due === undefined) return;
    const handle = this.#clock.setTimeout(
      () => {
        this.#timer = undefined;
        // A timer of Node may fire a little before the clock gets there.
        this.#runUntil(Math.max(due, this.clockTime()));
      },
      Math.max(0, due - this.clockTime()),
    );
    this.#timer = { due, handle };
  }
}
