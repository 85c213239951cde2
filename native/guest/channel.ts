/** A guest's way to its host: one connection per request, and one per notification. */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Clock } from '../../streams/clock.js';
import { timersOf } from '../../streams/deadlines.js';
import { type HostFrameRefusal, hostFrame } from '../../streams/frames.js';
import type { Connection, GuestConnection, GuestSide, SocketFailure } from '../sockets/transport.js';
import type { GuestFailure } from './failure.js';

/** Milliseconds that the driver waits for an answer. */
export const answerTimeout = 20_000;

/** Milliseconds that AF_VSOCK waits for a connection unless told otherwise (`VSOCK_DEFAULT_CONNECT_TIMEOUT` of Linux). */
const connectTimeout = 2000;

type Outcome<A> = E.Either<GuestFailure, A>;
type Settle<A> = (outcome: Outcome<A>) => void;

/** A failure of the socket as the guest's. */
export const ofSocket = (failure: SocketFailure): GuestFailure => ({ reason: 'socket', failure });

const ofRefusal = (refusal: HostFrameRefusal, milliseconds: number): GuestFailure => {
  switch (refusal.reason) {
    case 'incomplete':
      return refusal.cause === 'timed out'
        ? { reason: 'timed out', milliseconds }
        : { reason: 'incomplete answer', received: refusal.received, expected: refusal.expected };
    case 'broken':
      // What a transport's stream fails with, by its contract.
      return ofSocket(refusal.error as SocketFailure);
    default:
      return { reason: 'malformed answer', fault: refusal };
  }
};

/** Opens, exchanges and gives up. */
export class GuestChannel {
  readonly #load: TaskEither<SocketFailure, GuestSide>;
  readonly #clock: Clock;
  /** What `close` has to give up. */
  readonly #pending = new Set<() => void>();
  #side: Promise<E.Either<SocketFailure, GuestSide>> | undefined;
  #closed = false;

  /** `side` is loaded once, with the first use. */
  constructor(side: TaskEither<SocketFailure, GuestSide>, clock: Clock) {
    this.#load = side;
    this.#clock = clock;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The address family's guest side. */
  side(): Promise<E.Either<SocketFailure, GuestSide>> {
    this.#side ??= this.#load();
    return this.#side;
  }

  /** Calls `giveUp` when the channel closes. Returns how to call that off. */
  onClose(giveUp: () => void): () => void {
    this.#pending.add(giveUp);
    return () => this.#pending.delete(giveUp);
  }

  /** Gives up everything under way. What is begun from now on fails with `closed`. */
  close(): void {
    this.#closed = true;
    for (const giveUp of [...this.#pending]) giveUp();
  }

  /** The bytes of the answer to these bytes, on a connection of their own, `deadline` milliseconds after it opened. */
  async exchange(request: Uint8Array, deadline = answerTimeout): Promise<Outcome<Uint8Array>> {
    const opened = await this.#open();
    if (E.isLeft(opened)) return opened;
    const connection = opened.right;
    return this.#untilClosed((settle) => {
      const giveUp = this.readFrame(connection, deadline, settle);
      // A failure to write shows in what is read: a host may have answered before it closed.
      void connection.write(request)();
      return giveUp;
    });
  }

  /** Reads the one frame of a connection and closes it. Returns how to give up. */
  readFrame(connection: Connection, deadline: number, settle: Settle<Uint8Array>): () => void {
    const frames = connection.bytes.pipe(hostFrame({ deadlines: timersOf(this.#clock), deadline }));
    const subscription = frames.subscribe((event) => {
      if (event.type === 'started') return;
      connection.destroy();
      settle(event.type === 'frame' ? E.right(event.frame) : E.left(ofRefusal(event.refusal, deadline)));
    });
    return () => {
      subscription.unsubscribe();
      connection.destroy();
    };
  }

  #open(): Promise<Outcome<GuestConnection>> {
    return this.#untilClosed((settle) => {
      let waiting = true;
      const timer = this.#clock.setTimeout(() => {
        waiting = false;
        settle(E.left({ reason: 'timed out', milliseconds: connectTimeout }));
      }, connectTimeout);
      const giveUp = (): void => {
        waiting = false;
        this.#clock.clearTimeout(timer);
      };
      void this.side()
        .then((side) => (E.isLeft(side) ? side : side.right.connect()()))
        .then((opened) => {
          if (waiting) {
            giveUp();
            settle(E.mapLeft(ofSocket)(opened));
          } else if (E.isRight(opened)) {
            opened.right.destroy();
          }
        });
      return giveUp;
    });
  }

  /** What `start` settles with, or `closed` when the channel is closed before; then calls what `start` has returned. */
  #untilClosed<A>(start: (settle: Settle<A>) => () => void): Promise<Outcome<A>> {
    return new Promise((resolve) => {
      const closed = E.left<GuestFailure, A>({ reason: 'closed' });
      if (this.#closed) return resolve(closed);
      const settle: Settle<A> = (outcome) => {
        callOff();
        resolve(outcome);
      };
      const callOff = this.onClose(() => {
        cancel();
        settle(closed);
      });
      const cancel = start(settle);
    });
  }
}
