/**
 * When connections for notifications are opened. A guest's driver reads what is written within 10 ms of its connection, so only
 * so many are opened at a time, over all guests, as can be written in that time; the others wait, in order, guests that are slow
 * behind those that are prompt.
 */
import type { Clock } from './clock.js';
import type { Deadlining } from './deadlines.js';

/** Whoever wants to open a connection. */
export interface Turn {
  /** Opens it. */
  readonly begin: () => void;
}

/** Milliseconds from the opening of a connection after which a guest may not have read what was written. */
export const uncertainty = 8;

/** The same of a guest that reads for 1 s and says so. */
export const patientUncertainty = 800;

/**
 * Of the 5 ms in which all is to be written: whatever else holds up the event loop, and V8's collections of 2 to 5 ms above all, makes
 * all late that are open just then. With 0.7 ms a thirtieth of those are late that are with 2.5, at a cost of about 1 %.
 */
const aimed = 0.7;

/** Bounds of how many are opened at a time: fewer make no difference to the time, more none to the speed. */
const least = 4;
const most = 64;

/** Milliseconds for which a connection that does not open keeps others waiting. */
const patience = 10;

/** The same where the event loop is never idle, so that nobody can tell whether it is open. */
const blindPatience = 100;

/** When a turn began: on the clock, how long the event loop had been at work until then, and how often idle. */
interface Beginning {
  readonly at: number;
  readonly busy: number;
  readonly pauses: number;
  readonly isSlow: boolean;
}

export class Pacing {
  readonly #clock: Clock;
  readonly #deadlines: Deadlining;
  /** Those that wait, in order. */
  readonly #prompt = new Set<Turn>();
  readonly #slow = new Set<Turn>();
  /** Those that are being opened and written, oldest first. */
  readonly #open = new Map<Turn, Beginning>();
  /** Those that do not open, and are not waited for. */
  readonly #hanging = new Map<Turn, Beginning>();
  #slowOpen = 0;
  /** Milliseconds of work from the opening of one connection to the writing of its frame, as estimated so far. */
  #effort = aimed / 16;
  /** Frames written since the last estimate, and the milliseconds by which the latest of them was late. */
  #written = 0;
  #lateness = 0;
  #isWatched = false;
  /** Milliseconds for which the event loop had been idle, and at work, when it was looked at last. */
  #idle = 0;
  #busy = 0;
  /** What was open when it had been at work for so long has been noticed: it has been idle since. */
  #noticed = 0;
  /** How often it was found to have been idle. */
  #pauses = 0;
  /** Whoever asks at present has yet to ask for all. */
  #isAsked = false;
  /** What is to be told when the event loop has seen to all connections that were ready; undefined: nobody waits for it. */
  #round: (() => void)[] | undefined;

  constructor(clock: Clock, deadlines: Deadlining) {
    this.#clock = clock;
    this.#deadlines = deadlines;
  }

  /** How many are opened at a time at present. */
  get limit(): number {
    return Math.max(least, Math.floor(aimed / this.#effort));
  }

  /**
   * Begins the turn when it may begin, which is never now: who has something for many guests asks for all of them first, or the
   * connection of the first would be open all the while. Slow: the guest lets others wait, or its own connections.
   */
  wait(turn: Turn, isSlow: boolean): void {
    (isSlow ? this.#slow : this.#prompt).add(turn);
    if (this.#isAsked) return;
    this.#isAsked = true;
    queueMicrotask(() => {
      this.#isAsked = false;
      this.#goOn();
    });
  }

  /**
   * Calls `tell` when nothing that is open has to wait for it: at once if nothing is, else when the event loop has written to all
   * connections that are ready. Writing to many, telling of many and opening many, one after the other, also costs a third less
   * than all of it for each in turn.
   */
  later(tell: () => void): void {
    if (this.#round === undefined && this.#open.size === 0) tell();
    else this.#nextRound().push(tell);
  }

  /**
   * The turn is over, or nobody wants it any more. Gives for how many of the milliseconds since it began the event loop was at
   * work: so late, at most, the frame was written.
   */
  end(turn: Turn, isWritten: boolean): number {
    this.#prompt.delete(turn);
    this.#slow.delete(turn);
    const beginning = this.#open.get(turn) ?? this.#hanging.get(turn);
    this.#hanging.delete(turn);
    if (beginning === undefined) return 0;
    if (this.#open.delete(turn) && beginning.isSlow) this.#slowOpen -= 1;
    this.#look();
    const late = this.#busy - Math.max(beginning.busy, this.#noticed);
    if (isWritten) {
      this.#written += 1;
      this.#lateness = Math.max(this.#lateness, late);
    }
    if (this.#prompt.size + this.#slow.size > 0) this.#nextRound();
    return late;
  }

  #nextRound(): (() => void)[] {
    if (this.#round !== undefined) return this.#round;
    const round: (() => void)[] = [];
    this.#round = round;
    setImmediate(() => {
      this.#round = undefined;
      for (const tell of round) tell();
      this.#goOn();
    });
    return round;
  }

  /**
   * What one costs of the time in which they are all to be written. A pause in which the machine did something else says little
   * about that, and a few frames say less than many.
   */
  #estimate(): void {
    if (this.#written === 0) return;
    const effort = Math.min(this.#lateness / this.#written, 4 * this.#effort);
    const change = ((effort - this.#effort) * Math.min(1, this.#written / this.limit)) / 4;
    this.#effort = Math.max(aimed / most, this.#effort + change);
    this.#written = 0;
    this.#lateness = 0;
  }

  #goOn(): void {
    this.#estimate();
    for (let next = this.#next(); next !== undefined; next = this.#next()) next.begin();
    if (this.#prompt.size + this.#slow.size > 0) this.#watch();
  }

  /** The one whose turn it is, taken out of the queue; a quarter of all places is for slow guests at most. */
  #next(): Turn | undefined {
    if (this.#open.size >= this.limit) return undefined;
    const isSlow = this.#prompt.size === 0;
    if (isSlow && this.#slowOpen >= this.limit / 4) return undefined;
    const queue = isSlow ? this.#slow : this.#prompt;
    for (const turn of queue) {
      queue.delete(turn);
      const at = this.#look();
      this.#open.set(turn, { at, busy: this.#busy, pauses: this.#pauses, isSlow });
      if (isSlow) this.#slowOpen += 1;
      return turn;
    }
    return undefined;
  }

  /** While others wait it is noticed that one does not open. */
  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    this.#deadlines.in(patience, () => {
      this.#isWatched = false;
      this.#passOver();
      this.#goOn();
    });
  }

  #passOver(): void {
    const now = this.#look();
    for (const [turn, beginning] of this.#open) {
      const waited = now - beginning.at;
      const isClosed = this.#pauses > beginning.pauses;
      if (waited < patience || (!isClosed && waited < blindPatience)) continue;
      this.#open.delete(turn);
      this.#hanging.set(turn, beginning);
      if (beginning.isSlow) this.#slowOpen -= 1;
    }
  }

  /** What the event loop has done since somebody looked last. Gives the time. */
  #look(): number {
    const now = this.#clock.elapsed();
    const idle = this.#clock.idle?.() ?? now;
    // It is idle only when nothing is left that it could notice.
    if (idle > this.#idle) {
      this.#noticed = this.#busy;
      this.#pauses += 1;
    }
    this.#idle = idle;
    this.#busy = Math.max(this.#busy, now - idle);
    return now;
  }
}
