/** Streams inside this process, for tests: ordered, never re-entrant, with half close, reset and refusal. */
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { AsyncSubject, Observable, type Subscriber, throwError } from 'rxjs';
import { formatEndpoint, type GuestId, guestAddress, guestIdOf } from './endpoint.js';
import { socketFailure } from './failure.js';
import {
  type Connection,
  type Delivery,
  type GuestConnection,
  type ListenerEvent,
  type SocketFailure,
  type SocketFamily,
  unaskedLimit,
} from './transport.js';

/** What travels to one end of a stream, in order. */
type Moving = Uint8Array | 'end' | 'reset';

/** One way through the network: from one machine to another. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** A stream that has been opened. */
export interface OpenStream extends Way {
  /** Breaks it for both ends, with this code. */
  readonly break: (code: string) => void;
}

/** How a network behaves: what a simulation decides. */
export interface Wires {
  /** Calls later, never from within the call: when something moves on its way. */
  readonly later: (way: Way, move: () => void) => void;
  /** Does everything that has arrived reach its reader in one move, or one thing at a time? */
  readonly inOneMove: boolean;
  /** The pieces in which bytes arrive that were written at once. */
  readonly pieces: (way: Way, bytes: Uint8Array) => readonly Uint8Array[];
  /** Why this connection does not come about: a code such as `ECONNREFUSED`; undefined if it does. */
  readonly refusal: (way: Way) => string | undefined;
  /** The system has taken what was written: at once, or when this calls back. */
  readonly taken: (way: Way) => Promise<void> | undefined;
  readonly opened: (stream: OpenStream) => void;
  /** Both ends of a stream are closed. */
  readonly closed: (stream: OpenStream) => void;
}

/** A network on which nothing ever goes wrong. */
const flawless: Wires = {
  later: (_way, move) => queueMicrotask(move),
  inOneMove: true,
  pieces: (_way, bytes) => [bytes],
  refusal: () => undefined,
  taken: () => undefined,
  opened: () => undefined,
  closed: () => undefined,
};

/** One end of a stream. */
class StreamEnd {
  readonly #peerId: GuestId;
  readonly #peer: StreamEnd;
  readonly #wires: Wires;
  /** The way of what arrives here. */
  readonly #way: Way;
  readonly #arrived: Moving[] = [];
  readonly #closed = new AsyncSubject<void>();
  #subscriber: Subscriber<Uint8Array> | undefined;
  #subscribed = false;
  #pumping = false;
  /** Bytes that were read for nobody. */
  #unasked = 0;
  /** We have ended our side. */
  #finished = false;
  /** The peer has ended its side, and everything before that has been delivered. */
  #ended = false;
  /** Why nothing moves any more, once it does not. */
  #brokenBy: string | undefined;

  /** `peer` is the other end, or, for the first of the two, the identity that the other end sees. */
  private constructor(wires: Wires, way: Way, peerId: GuestId, peer: StreamEnd | GuestId) {
    const { from, to, port } = way;
    this.#wires = wires;
    this.#way = { from: to, to: from, port };
    this.#peerId = peerId;
    this.#peer = typeof peer === 'string' ? new StreamEnd(wires, this.#way, peer, this) : peer;
  }

  /** Both ends of a new stream; each with the identity that the other one sees. */
  static pair(
    wires: Wires,
    way: Way,
    near: GuestId,
    far: GuestId,
  ): readonly [GuestConnection, GuestConnection] {
    const end = new StreamEnd(wires, way, far, near);
    const breakBoth = (code: string): void => {
      end.#close(code);
      end.#peer.#close(code);
    };
    const stream = { ...way, break: breakBoth };
    let open = 2;
    for (const each of [end, end.#peer])
      each.#closed.subscribe(() => {
        open -= 1;
        if (open === 0) wires.closed(stream);
      });
    wires.opened(stream);
    return [end.#connection(), end.#peer.#connection()];
  }

  #connection(): GuestConnection {
    return {
      peer: this.#peerId,
      bytes: new Observable((subscriber) => this.#subscribe(subscriber)),
      write: (bytes) => () => this.#handOver(this.#write(bytes)),
      finish: (bytes) => () => this.#handOver(this.#finish(bytes)),
      destroy: () => this.#close('ECANCELED'),
      onClosed: (tell) => void this.#closed.subscribe(tell),
    };
  }

  #subscribe(subscriber: Subscriber<Uint8Array>): (() => void) | undefined {
    if (this.#subscribed) throw new Error(`the bytes of a connection have one subscriber: ${this.#peerId}`);
    this.#subscribed = true;
    this.#subscriber = subscriber;
    this.#wake();
    return () => {
      this.#subscriber = undefined;
    };
  }

  /** What came of a write, once the system has taken it. */
  async #handOver(written: E.Either<SocketFailure, void>): Promise<E.Either<SocketFailure, void>> {
    const taken = E.isLeft(written) ? undefined : this.#wires.taken(this.#peer.#way);
    if (taken === undefined) return written;
    await taken;
    return this.#brokenBy === undefined || this.#brokenBy === 'ECANCELED'
      ? written
      : E.left(this.#failure('write', this.#brokenBy));
  }

  #failure(operation: 'read' | 'write', code: string): SocketFailure {
    return socketFailure(operation, this.#peerId, code);
  }

  #write(bytes: Uint8Array): E.Either<SocketFailure, void> {
    if (this.#finished) return E.left(this.#failure('write', 'EALREADY'));
    if (this.#peer.#brokenBy !== undefined) this.#close('EPIPE');
    if (this.#brokenBy !== undefined) return E.left(this.#failure('write', 'EPIPE'));
    for (const piece of this.#wires.pieces(this.#peer.#way, bytes))
      if (piece.length > 0) this.#peer.#receive(piece);
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

  #receive(delivery: Moving): void {
    if (this.#brokenBy !== undefined) return;
    this.#arrived.push(delivery);
    this.#wake();
  }

  /** Deliveries happen later: nobody is called from within his own call. */
  #wake(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#wires.later(this.#way, () => {
      this.#pumping = false;
      this.#pump();
    });
  }

  /** Nobody wants these bytes: too many of them break the stream. */
  #discard(size: number): void {
    this.#unasked += size;
    if (this.#unasked > unaskedLimit) this.#close('ECANCELED');
  }

  #pump(): void {
    while (this.#brokenBy === undefined && (this.#subscriber !== undefined || this.#finished)) {
      const delivery = this.#arrived.shift();
      if (delivery === undefined) break;
      if (delivery === 'reset') this.#close('ECONNRESET');
      else if (delivery === 'end') this.#ended = true;
      else if (this.#subscriber !== undefined) this.#subscriber.next(delivery);
      else this.#discard(delivery.length);
      if (!this.#wires.inOneMove && this.#arrived.length > 0) {
        this.#wake();
        return;
      }
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
      // Readers hear of it first, whatever else is still on its way.
      if (!this.#ended) this.#subscriber?.error(this.#failure('read', code));
      this.#closed.next();
      this.#closed.complete();
    });
  }
}

type Accept = (connection: Connection) => void;

/** Who listens where: names stand for machines, each with its own ports. */
class MemoryNetwork {
  readonly #listeners = new Map<string, Accept>();
  readonly #wires: Wires;

  constructor(wires: Wires) {
    this.#wires = wires;
  }

  /** Who listens: `name:port`. */
  get listeners(): readonly string[] {
    return [...this.#listeners.keys()];
  }

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
    const way = { from, to, port };
    const failure = (code: string) => E.left(socketFailure('connect', `${far} port ${port}`, code));
    return () =>
      new Promise((resolve) => {
        const abandon = (): void => resolve(failure('ABORT_ERR'));
        abort?.addEventListener('abort', abandon, { once: true });
        this.#wires.later(way, () => {
          abort?.removeEventListener('abort', abandon);
          if (abort?.aborted) return abandon();
          const accept = this.#listeners.get(`${to}:${port}`);
          const refusal = this.#wires.refusal(way) ?? (accept === undefined ? 'ECONNREFUSED' : undefined);
          if (accept === undefined || refusal !== undefined)
            return resolve(failure(refusal ?? 'ECONNREFUSED'));
          const [ours, theirs] = StreamEnd.pair(this.#wires, way, near, far);
          accept(theirs);
          resolve(E.right(ours));
        });
      });
  }
}

/** Sends one notification on a stream that `connect` opens. */
const sendOn = (
  connect: (abort: AbortSignal) => TE.TaskEither<SocketFailure, Connection>,
  delivery: Delivery,
): (() => void) => {
  const abort = new AbortController();
  let open: Connection | undefined;
  const carry = async (): Promise<void> => {
    const opened = await connect(abort.signal)();
    if (E.isRight(opened)) open = opened.right;
    if (abort.signal.aborted) return open?.destroy();
    if (E.isLeft(opened)) return delivery.failed(opened.left);
    const written = await opened.right.finish(delivery.opened())();
    if (abort.signal.aborted) return;
    if (E.isLeft(written)) return delivery.failed(written.left);
    delivery.written();
    opened.right.onClosed(() => {
      if (!abort.signal.aborted) delivery.closed();
    });
  };
  void carry();
  return () => {
    abort.abort();
    open?.destroy();
  };
};

/** What the host is called when it connects to a guest. */
const hostName = 'host';

/** A guest that has not been given a name. */
const defaultGuest = 'guest';

const unsupported = (operation: 'listen' | 'connect', where: string): SocketFailure =>
  socketFailure(operation, where, 'EAFNOSUPPORT');

/** The streams of one network inside this process. */
export interface MemoryFamily extends SocketFamily {
  /** Who listens at the moment: `name:port`. */
  readonly listeners: () => readonly string[];
}

/** A network of its own, with these wires. */
export const memoryOn = (wires: Wires): MemoryFamily => {
  const network = new MemoryNetwork(wires);
  return {
    listeners: () => network.listeners,
    transport: () => ({
      scheme: 'memory',
      listen: (endpoint, { requestPort }) =>
        endpoint.scheme === 'memory'
          ? network.listen(endpoint.name, requestPort)
          : throwError(() => unsupported('listen', formatEndpoint(endpoint))),
      send: (guest, port, delivery) =>
        sendOn((abort) => network.connect(hostName, guestAddress(guest).address, port, abort), delivery),
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
};

/** One for the process, as there is one network stack for all sockets. */
export const memory: SocketFamily = memoryOn(flawless);
