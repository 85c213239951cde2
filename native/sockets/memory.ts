/** Streams inside this process, for tests: ordered, never re-entrant, with half close, reset and refusal. */
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { AsyncSubject, Observable, type Subscriber, throwError } from 'rxjs';
import { formatEndpoint, type GuestId, guestAddress, guestIdOf } from './endpoint.js';
import { socketFailure } from './failure.js';
import type { Connection, GuestConnection, ListenerEvent, SocketFailure, SocketFamily } from './transport.js';

/** What travels to one end of a stream, in order. */
type Delivery = Uint8Array | 'end' | 'reset';

/** One end of a stream. */
class StreamEnd {
  readonly #peerId: GuestId;
  readonly #peer: StreamEnd;
  readonly #arrived: Delivery[] = [];
  readonly #closed = new AsyncSubject<void>();
  #subscriber: Subscriber<Uint8Array> | undefined;
  #subscribed = false;
  #pumping = false;
  /** We have ended our side. */
  #finished = false;
  /** The peer has ended its side, and everything before that has been delivered. */
  #ended = false;
  /** Why nothing moves any more, once it does not. */
  #brokenBy: string | undefined;

  /** `peer` is the other end, or, for the first of the two, the identity that the other end sees. */
  private constructor(peerId: GuestId, peer: StreamEnd | GuestId) {
    this.#peerId = peerId;
    this.#peer = typeof peer === 'string' ? new StreamEnd(peer, this) : peer;
  }

  /** Both ends of a new stream; each with the identity that the other one sees. */
  static pair(near: GuestId, far: GuestId): readonly [GuestConnection, GuestConnection] {
    const end = new StreamEnd(far, near);
    return [end.#connection(), end.#peer.#connection()];
  }

  #connection(): GuestConnection {
    return {
      peer: this.#peerId,
      bytes: new Observable((subscriber) => this.#subscribe(subscriber)),
      write: (bytes) => async () => this.#write(bytes),
      finish: (bytes) => async () => this.#finish(bytes),
      destroy: () => this.#close('ECANCELED'),
      closed: this.#closed.asObservable(),
    };
  }

  #subscribe(subscriber: Subscriber<Uint8Array>): (() => void) | undefined {
    if (this.#subscribed) throw new Error(`the bytes of a connection have one subscriber: ${this.#peerId}`);
    this.#subscribed = true;
    this.#subscriber = subscriber;
    this.#wake();
    return () => {
      this.#subscriber = undefined;
      this.#wake();
    };
  }

  #failure(operation: 'read' | 'write', code: string): SocketFailure {
    return socketFailure(operation, this.#peerId, code);
  }

  #write(bytes: Uint8Array): E.Either<SocketFailure, void> {
    if (this.#finished) return E.left(this.#failure('write', 'EALREADY'));
    if (this.#brokenBy === undefined && this.#peer.#brokenBy !== undefined) this.#close('EPIPE');
    if (this.#brokenBy !== undefined) return E.left(this.#failure('write', 'EPIPE'));
    if (bytes.length > 0) this.#peer.#receive(bytes);
    return E.right(undefined);
  }

  #finish(bytes: Uint8Array): E.Either<SocketFailure, void> {
    const written = this.#write(bytes);
    if (E.isLeft(written)) return written;
    this.#finished = true;
    this.#peer.#receive('end');
    this.#wake();
    return written;
  }

  #receive(delivery: Delivery): void {
    if (this.#brokenBy !== undefined) return;
    this.#arrived.push(delivery);
    this.#wake();
  }

  /** Deliveries happen in a microtask of their own: nobody is called from within his own call. */
  #wake(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    queueMicrotask(() => {
      this.#pumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#brokenBy === undefined && (this.#subscriber !== undefined || this.#finished)) {
      const delivery = this.#arrived.shift();
      if (delivery === undefined) break;
      if (delivery === 'reset') this.#close('ECONNRESET');
      else if (delivery === 'end') this.#ended = true;
      else this.#subscriber?.next(delivery);
    }
    if (this.#ended) this.#subscriber?.complete();
    else if (this.#brokenBy !== undefined) this.#subscriber?.error(this.#failure('read', this.#brokenBy));
    if (this.#ended && this.#finished) this.#close('ECANCELED');
  }

  /** The peer learns of it as of an end, or as of a reset if something that it sent was never read. */
  #close(code: string): void {
    if (this.#brokenBy !== undefined) return;
    this.#brokenBy = code;
    const unread = this.#arrived.some((delivery) => delivery instanceof Uint8Array);
    this.#arrived.length = 0;
    if (unread) this.#peer.#receive('reset');
    else if (!this.#finished) this.#peer.#receive('end');
    this.#wake();
    queueMicrotask(() => {
      this.#closed.next();
      this.#closed.complete();
    });
  }
}

type Accept = (connection: Connection) => void;

/** Who listens where: names stand for machines, each with its own ports. */
class MemoryNetwork {
  readonly #listeners = new Map<string, Accept>();

  listen(name: string, port: number): Observable<ListenerEvent> {
    const address = formatEndpoint({ scheme: 'memory', name });
    const key = `${name}:${port}`;
    return new Observable((subscriber) => {
      if (this.#listeners.has(key)) {
        const failure = socketFailure('listen', address, 'EADDRINUSE');
        queueMicrotask(() => subscriber.error(failure));
        return;
      }
      const accept: Accept = (connection) => subscriber.next({ type: 'accepted', connection });
      this.#listeners.set(key, accept);
      queueMicrotask(() => subscriber.next({ type: 'listening', address }));
      return () => this.#listeners.delete(key);
    });
  }

  connect(
    from: string,
    to: string,
    port: number,
    abort?: AbortSignal,
  ): TE.TaskEither<SocketFailure, GuestConnection> {
    const near = guestIdOf({ scheme: 'memory', address: from });
    const far = guestIdOf({ scheme: 'memory', address: to });
    const failure = (code: string) => E.left(socketFailure('connect', `${far} port ${port}`, code));
    return async () => {
      await Promise.resolve();
      if (abort?.aborted) return failure('ABORT_ERR');
      const accept = this.#listeners.get(`${to}:${port}`);
      if (accept === undefined) return failure('ECONNREFUSED');
      const [ours, theirs] = StreamEnd.pair(near, far);
      accept(theirs);
      return E.right(ours);
    };
  }
}

/** One for the process, as there is one network stack for all sockets. */
const network = new MemoryNetwork();

/** What the host is called when it connects to a guest. */
const hostName = 'host';

/** A guest that has not been given a name. */
const defaultGuest = 'guest';

const unsupported = (operation: 'listen' | 'connect', where: string): SocketFailure =>
  socketFailure(operation, where, 'EAFNOSUPPORT');

/** Streams inside this process. */
export const memory: SocketFamily = {
  transport: () => ({
    scheme: 'memory',
    listen: (endpoint, { requestPort }) =>
      endpoint.scheme === 'memory'
        ? network.listen(endpoint.name, requestPort)
        : throwError(() => unsupported('listen', formatEndpoint(endpoint))),
    connect: (guest, port, abort) => network.connect(hostName, guestAddress(guest).address, port, abort),
  }),
  guestSide: (endpoint, { requestPort, notificationPort, address = defaultGuest }) => {
    if (endpoint.scheme !== 'memory') {
      const failure = unsupported('connect', formatEndpoint(endpoint));
      return { connect: () => TE.left(failure), notifications: throwError(() => failure) };
    }
    return {
      connect: () => network.connect(address, endpoint.name, requestPort),
      notifications: network.listen(address, notificationPort),
    };
  },
};
