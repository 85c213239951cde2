/**
 * Readiness through libuv's own poll (`koffi.node.poll`): the sockets hang in the event loop like Node's own, and no
 * thread waits. It is not in koffi's manual, and koffi's types leave out that its callback gets a status before
 * the events; so it is used in this one file.
 */
import koffi from 'koffi';
import type { Descriptor, Interest, Readiness, Watch } from './koffi-streams-calls.js';

/** What koffi 3.3 really calls back with: libuv's status (negative: the socket is in error, the poll has stopped). */
type Polled = (status: number, events: Interest) => void;

/** Watches through libuv: epoll on Linux; on Windows for the families that libuv knows (TCP). */
export const loopReadiness: Readiness = {
  watch: (socket, ready) => new LoopWatch(socket, ready),
  // libuv forgets a descriptor as soon as it is told to.
  whenReleased: (then) => then(),
};

class LoopWatch implements Watch {
  readonly #socket: Descriptor;
  readonly #polled: Polled;
  #handle: ReturnType<typeof koffi.node.poll> | undefined;
  #wanted: Interest = { readable: false, writable: false };
  #closed = false;

  constructor(socket: Descriptor, ready: (now: Interest) => void) {
    this.#socket = socket;
    this.#polled = (status, { readable, writable }) => {
      if (this.#closed) return;
      runQueuedSoon();
      if (status < 0) {
        this.#wanted = { readable: false, writable: false };
        ready({ readable: true, writable: true });
      } else ready({ readable, writable });
    };
  }

  readonly set = (interest: Interest): void => {
    if (this.#closed || sameInterest(interest, this.#wanted)) return;
    this.#wanted = interest;
    if (!interest.readable && !interest.writable) this.#handle?.stop();
    else if (this.#handle === undefined)
      this.#handle = koffi.node.poll(this.#socket, interest, asTyped(this.#polled));
    else this.#handle.start(interest, asTyped(this.#polled));
  };

  readonly close = (released: () => void): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle?.close();
    this.#handle = undefined;
    released();
  };
}

let isTurnAwaited = false;

/**
 * Node 26 runs no microtasks and ticks behind a callback of native code that entered JavaScript by itself, as koffi does: what a promise
 * leads to would wait for the next timer. Behind an immediate, in the same turn of the loop, every version runs them.
 */
const runQueuedSoon = (): void => {
  if (isTurnAwaited) return;
  isTurnAwaited = true;
  setImmediate(() => {
    isTurnAwaited = false;
  });
};

const sameInterest = (a: Interest, b: Interest): boolean =>
  a.readable === b.readable && a.writable === b.writable;

/** Bends the real shape of the callback into the one that koffi's declarations state. */
const asTyped = (
  polled: Polled,
): ((events: { readable: boolean; writable: boolean; disconnect: boolean }) => void) =>
  polled as unknown as (events: { readable: boolean; writable: boolean; disconnect: boolean }) => void;
