/**
 * Readiness by `WSAEventSelect`: every watched socket signals one event object, for which one call on one thread of the pool
 * waits; who it was is asked then. `select` would do with sockets of one provider, which those of Hyper-V and
 * of TCP are not documented to be; libuv's poll would spend a thread of Windows' own on each socket of a family that it does not
 * know, and it does not know `AF_HYPERV`.
 *
 * Windows reports an edge, and what is promised here is a level: after it was told, a socket is selected again, which
 * reports what still holds. The end of a stream is reported once, and therefore remembered.
 */
import * as E from 'fp-ts/lib/Either.js';
import { type Clock, systemClock } from '../../streams/clock.js';
import { tellProblem } from '../log.js';
import type { Descriptor, Interest, Readiness, Ready, Watch } from '../sockets/koffi-streams-calls.js';
import { constants } from './layouts.js';
import { bindEventCalls, type EventCalls } from './network-events.js';

interface Watched {
  readonly socket: Descriptor;
  wanted: Interest;
  /** The peer has ended its side, or the stream is broken: reading tells which. */
  over: boolean;
  readonly ready: (now: Ready) => void;
}

const nothing: Interest = { readable: false, writable: false };

const { FD_READ, FD_WRITE, FD_ACCEPT, FD_CONNECT, FD_CLOSE } = constants;

/** The events that tell of such readiness. */
const eventsFor = ({ readable, writable }: Interest): number =>
  (readable ? FD_READ | FD_ACCEPT | FD_CLOSE : 0) | (writable ? FD_WRITE | FD_CONNECT | FD_CLOSE : 0);

/** Milliseconds before a wait that has failed is made again, and how they grow with each failure in a row. */
const firstPause = 10;
const longestPause = 5_000;

/** A row of failures is told at its first and at each so many: once a minute at the longest pause. */
const toldEach = 12;

/** What a watcher may be told otherwise. */
export interface EventReadinessOptions {
  readonly calls?: () => EventCalls;
  readonly clock?: Clock;
}

class EventWatcher implements Readiness {
  readonly #watched = new Map<Descriptor, Watched>();
  readonly #bind: () => EventCalls;
  readonly #clock: Clock;
  #calls: EventCalls | undefined;
  #waiting = false;
  #failures = 0;

  constructor({ calls = bindEventCalls, clock = systemClock }: EventReadinessOptions) {
    this.#bind = calls;
    this.#clock = clock;
  }

  readonly watch = (socket: Descriptor, ready: (now: Ready) => void): Watch => {
    const watched: Watched = { socket, wanted: nothing, over: false, ready };
    this.#watched.set(socket, watched);
    return {
      set: (interest) => {
        const { wanted } = watched;
        if (interest.readable === wanted.readable && interest.writable === wanted.writable) return;
        if (this.#watched.get(socket) !== watched) return;
        watched.wanted = interest;
        this.#select(watched);
        if (watched.over && interest.readable) this.#calls?.signal();
        this.#follow();
      },
      close: (released) => {
        if (this.#watched.get(socket) === watched) {
          this.#watched.delete(socket);
          if (watched.wanted !== nothing) {
            this.#calls?.select(socket, 0);
            this.#follow();
          }
        }
        released();
      },
    };
  };

  /** No call holds on to a socket, only to the event object. */
  readonly whenReleased = (then: () => void): void => then();

  #select(watched: Watched): void {
    this.#calls ??= this.#bind();
    const selected = this.#calls.select(watched.socket, eventsFor(watched.wanted));
    if (E.isRight(selected)) return;
    // Its owner finds out what is wrong with it, once: it is not asked for again by itself.
    const error = selected.left;
    queueMicrotask(() => this.#tell(watched, { readable: true, writable: true, error }));
  }

  get #isWanted(): boolean {
    for (const { wanted } of this.#watched.values()) if (wanted.readable || wanted.writable) return true;
    return false;
  }

  /** Waits while anything is watched; with nothing to watch no call waits, and the process may end. */
  #follow(): void {
    if (!this.#isWanted) {
      if (this.#waiting) this.#calls?.signal();
      return;
    }
    if (this.#waiting) return;
    this.#waiting = true;
    this.#calls?.wait((result) => (E.isRight(result) ? this.#signalled() : this.#failed(result.left)));
  }

  #signalled(): void {
    this.#waiting = false;
    if (this.#failures > 0) tellProblem({ failures: this.#failures }, 'sockets can be watched again');
    this.#failures = 0;
    // Before anything is asked: what happens from here on signals anew.
    this.#calls?.reset();
    for (const watched of [...this.#watched.values()]) this.#ask(watched);
    this.#follow();
  }

  /** No socket is to blame, and asking at once would turn the event loop in circles. */
  #failed(code: string): void {
    this.#failures++;
    if (this.#failures % toldEach === 1)
      tellProblem(
        { code, failures: this.#failures },
        `Windows does not wait for sockets (WSAWaitForMultipleEvents: ${code}). Guests are answered late until it does; tried again with growing pauses.`,
      );
    const pause = Math.min(longestPause, firstPause * 2 ** (this.#failures - 1));
    this.#clock.setTimeout(() => {
      this.#waiting = false;
      // What happened meanwhile need not wait for the next try to succeed.
      for (const watched of [...this.#watched.values()]) this.#ask(watched);
      this.#follow();
    }, pause);
  }

  #ask(watched: Watched): void {
    const { socket, wanted } = watched;
    if (this.#watched.get(socket) !== watched || (!wanted.readable && !wanted.writable)) return;
    const asked = this.#calls?.enumerate(socket);
    if (asked === undefined) return;
    if (E.isLeft(asked)) {
      this.#tell(watched, { readable: true, writable: true, error: asked.left });
      return;
    }
    const { happened, connectError } = asked.right;
    if ((happened & FD_CLOSE) !== 0) watched.over = true;
    const now = {
      readable: wanted.readable && (watched.over || (happened & (FD_READ | FD_ACCEPT)) !== 0),
      writable: wanted.writable && (watched.over || (happened & (FD_WRITE | FD_CONNECT)) !== 0),
    };
    if (!now.readable && !now.writable) return;
    this.#tell(watched, connectError === undefined ? now : { ...now, error: connectError });
    if (this.#watched.get(socket) !== watched || eventsFor(watched.wanted) === 0) return;
    this.#select(watched);
    if (watched.over) this.#calls?.signal();
  }

  #tell(watched: Watched, now: Ready): void {
    // A descriptor that has changed hands meanwhile is not theirs any more.
    if (this.#watched.get(watched.socket) === watched) watched.ready(now);
  }
}

/** A watcher of its own. It holds one event object once it has watched anything. */
export const eventReadiness = (options: EventReadinessOptions = {}): Readiness => new EventWatcher(options);
