/** One open stream over a non-blocking socket: the connection of the port. */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { AsyncSubject, Observable, type Subscriber } from 'rxjs';
import type { GuestId } from './endpoint.js';
import type { Descriptor, Interest, SocketSystem, StreamFamily, Watch } from './koffi-streams-calls.js';
import { familyFailure } from './koffi-streams-failure.js';
import { type Delivery, type GuestConnection, type SocketFailure, unaskedLimit } from './transport.js';

/** Takes what one read brings, for all connections; each chunk is copied out of it before the next read. */
const receiveBuffer = new Uint8Array(65_536);

/** Reads of one connection before others get their turn. */
const readsPerTurn = 4;

/** Takes over an open, connected, non-blocking socket; `peer` is who is at the other end. */
export const openConnection = (
  system: SocketSystem,
  family: StreamFamily,
  socket: Descriptor,
  peer: GuestId,
): SocketConnection => new SocketConnection(system, family, socket, peer);

/** What is to be written, and who waits for it. */
interface Writing {
  readonly bytes: Uint8Array;
  sent: number;
  readonly settle: (result: E.Either<SocketFailure, void>) => void;
}

export class SocketConnection implements GuestConnection {
  readonly peer: GuestId;
  readonly bytes: Observable<Uint8Array>;

  readonly #system: SocketSystem;
  readonly #family: StreamFamily;
  readonly #socket: Descriptor;
  readonly #watch: Watch;
  readonly #closed = new AsyncSubject<void>();
  /** Why the socket is closed; `undefined` while it is open. */
  #closedBy: string | undefined;
  #peerEnded = false;
  /** `finishing`: our side ends once everything is written. */
  #sending: 'open' | 'finishing' | 'ended' = 'open';
  #subscribed = false;
  /** The one notification that this stream is for; undefined when it is over, or given up. */
  #delivery: Delivery | undefined;
  /** Bytes that have been read for nobody. */
  #unasked = 0;
  #reader: Subscriber<Uint8Array> | undefined;
  /** In order; the first one is under way. */
  readonly #writes: Writing[] = [];

  constructor(system: SocketSystem, family: StreamFamily, socket: Descriptor, peer: GuestId) {
    this.#system = system;
    this.#family = family;
    this.#socket = socket;
    this.peer = peer;
    this.#watch = system.readiness.watch(socket, (now) => this.#ready(now));
    this.bytes = new Observable((subscriber) => this.#subscribe(subscriber));
  }

  readonly write =
    (bytes: Uint8Array): TaskEither<SocketFailure, void> =>
    () =>
      this.#enqueue(bytes, 'open');

  readonly finish =
    (bytes: Uint8Array): TaskEither<SocketFailure, void> =>
    () =>
      this.#enqueue(bytes, 'finishing');

  readonly onClosed = (tell: () => void): void => void this.#closed.subscribe(tell);

  readonly destroy = (): void => this.#close('ECANCELED');

  /** Writes the notification of `delivery`, and tells it what becomes of it. */
  deliver(delivery: Delivery): void {
    this.#delivery = delivery;
    const settle = (written: E.Either<SocketFailure, void>): void => {
      if (E.isRight(written)) this.#delivery?.written();
      else {
        this.#delivery?.failed(written.left);
        this.#delivery = undefined;
      }
    };
    this.#sending = 'finishing';
    this.#writes.push({ bytes: delivery.opened(), sent: 0, settle });
    this.#write();
  }

  /** Closes, and tells the notification's `delivery` nothing more. */
  abandon(): void {
    this.#delivery = undefined;
    this.destroy();
  }

  #subscribe(subscriber: Subscriber<Uint8Array>): () => void {
    if (this.#subscribed) throw new Error(`the bytes of a connection have one subscriber: ${this.peer}`);
    this.#subscribed = true;
    if (this.#peerEnded) subscriber.complete();
    else if (this.#closedBy !== undefined) subscriber.error(this.#failure('read', this.#closedBy));
    else {
      this.#reader = subscriber;
      this.#updateInterest();
    }
    return () => {
      if (this.#reader !== subscriber) return;
      this.#reader = undefined;
      this.#updateInterest();
    };
  }

  #enqueue(bytes: Uint8Array, sending: 'open' | 'finishing'): Promise<E.Either<SocketFailure, void>> {
    const refused = this.#closedBy ?? (this.#sending === 'open' ? undefined : 'EALREADY');
    if (refused !== undefined) return Promise.resolve(E.left(this.#failure('write', refused)));
    return new Promise((settle) => {
      this.#sending = sending;
      this.#writes.push({ bytes, sent: 0, settle });
      if (this.#writes.length === 1) this.#write();
    });
  }

  #ready(now: Interest): void {
    if (now.writable) this.#write();
    if (now.readable) this.#read();
    // A watch that has reported an error has stopped by itself: ask again for what is still wanted.
    this.#updateInterest();
  }

  #read(): void {
    for (let i = 0; i < readsPerTurn && this.#wantsToRead(); i++) {
      const received = this.#system.calls.receive(this.#socket, receiveBuffer);
      if (E.isLeft(received)) {
        if (received.left.kind === 'transient') continue;
        if (received.left.kind === 'fatal') this.#close(received.left.code);
        return;
      }
      if (received.right === 0) {
        this.#endOfPeer();
        return;
      }
      if (this.#reader !== undefined) this.#reader.next(receiveBuffer.slice(0, received.right));
      else this.#discard(received.right);
      if (received.right < receiveBuffer.length) return;
    }
  }

  /** Nobody wants these bytes. Too many of them close the stream. */
  #discard(size: number): void {
    this.#unasked += size;
    if (this.#unasked > unaskedLimit) this.#close('ECANCELED');
  }

  #write(): void {
    for (let writing = this.#writes[0]; writing !== undefined; writing = this.#writes[0]) {
      while (writing.sent < writing.bytes.length) {
        const sent = this.#system.calls.send(this.#socket, writing.bytes.subarray(writing.sent));
        if (E.isRight(sent)) writing.sent += sent.right;
        else if (sent.left.kind !== 'transient') {
          if (sent.left.kind === 'pending') this.#updateInterest();
          else this.#close(sent.left.code);
          return;
        }
      }
      if (this.#writes.length === 1 && this.#sending === 'finishing' && !this.#endSending()) return;
      this.#writes.shift();
      writing.settle(E.right(undefined));
    }
    if (this.#sending === 'ended' && this.#peerEnded) this.#close('ECANCELED');
    else this.#updateInterest();
  }

  /** Tells the peer that nothing more comes. False when the stream turned out to be broken. */
  #endSending(): boolean {
    const ended = this.#system.calls.endSending(this.#socket);
    if (E.isLeft(ended)) {
      this.#close(ended.left.code);
      return false;
    }
    this.#sending = 'ended';
    return true;
  }

  #endOfPeer(): void {
    this.#peerEnded = true;
    const reader = this.#reader;
    this.#reader = undefined;
    reader?.complete();
    if (this.#sending === 'ended') this.#close('ECANCELED');
  }

  /** Closes for good; who reads or writes is told `code`. */
  #close(code: string): void {
    if (this.#closedBy !== undefined) return;
    this.#closedBy = code;
    for (const { settle } of this.#writes.splice(0)) settle(E.left(this.#failure('write', code)));
    this.#reader?.error(this.#failure('read', code));
    this.#reader = undefined;
    this.#watch.close(() => {
      this.#system.calls.close(this.#socket);
      this.#closed.next();
      this.#closed.complete();
      this.#delivery?.closed();
      this.#delivery = undefined;
    });
  }

  /**
   * Once our side has ended, everything is read until the peer's end: closing with unread bytes would make the
   * system reset the stream, and the peer could lose the answer that is on its way.
   */
  #wantsToRead(): boolean {
    return (
      this.#closedBy === undefined &&
      !this.#peerEnded &&
      (this.#reader !== undefined || this.#sending === 'ended')
    );
  }

  #updateInterest(): void {
    if (this.#closedBy !== undefined) return;
    this.#watch.set({ readable: this.#wantsToRead(), writable: this.#writes.length > 0 });
  }

  #failure(operation: 'read' | 'write', code: string): SocketFailure {
    return familyFailure(this.#family, operation, this.peer, code);
  }
}
