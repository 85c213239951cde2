/**
 * What stream sockets outside `node:net` need from a system, and what tells one address family from another. The
 * calls are made on the event loop's thread: every socket is non-blocking, so none of them waits.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { GuestId } from './endpoint.js';

/** A file descriptor (POSIX) or a SOCKET (Windows); both are small whole numbers. */
export type Descriptor = number;

/** Why a socket call failed. */
export interface SocketError {
  /** Symbolic name: `ECONNREFUSED`, `WSAECONNREFUSED`. */
  readonly code: string;
  /**
   * `pending`: nothing went wrong, readiness has to be awaited (EAGAIN, EINPROGRESS). `transient`: try again at once
   * (EINTR; for `accept` also what was wrong with one newcomer). `fatal`: it will not get better.
   */
  readonly kind: 'pending' | 'transient' | 'fatal';
}

/** A socket option that every socket of a family gets; the value is a 32-bit integer. */
export interface SocketOption {
  readonly level: number;
  readonly option: number;
  readonly value: number;
}

/** One address family as data, and how its socket addresses read. */
export interface StreamFamily {
  /** `AF_VSOCK`, `AF_HYPERV`. */
  readonly name: string;
  /** First argument of `socket`. */
  readonly family: number;
  /** Third argument of `socket`; the type is always SOCK_STREAM. */
  readonly protocol: number;
  /** Bytes in the family's socket address. */
  readonly addressSize: number;
  readonly options: readonly SocketOption[];
  /** The bound address as URL, port included. */
  readonly url: (address: Uint8Array) => string;
  /** Who the peer with this address is. */
  readonly guest: (address: Uint8Array) => GuestId;
  /** What was wrong, where the family knows better than `failure.ts` does from the code alone. */
  readonly what?: (code: string) => string | undefined;
  /** What to do about it, likewise. */
  readonly advice?: (code: string) => string | undefined;
}

/** A system's stream sockets. Addresses are complete socket addresses in the family's byte layout. */
export interface SocketCalls {
  /** A non-blocking socket that child processes do not inherit. */
  readonly open: (family: StreamFamily) => Either<SocketError, Descriptor>;
  readonly setOption: (socket: Descriptor, option: SocketOption) => Either<SocketError, void>;
  readonly bind: (socket: Descriptor, address: Uint8Array) => Either<SocketError, void>;
  readonly listen: (socket: Descriptor, backlog: number) => Either<SocketError, void>;
  /** The next waiting connection as a non-blocking socket, and its peer's address (`addressSize` bytes). */
  readonly accept: (
    socket: Descriptor,
    addressSize: number,
  ) => Either<SocketError, { readonly socket: Descriptor; readonly peer: Uint8Array }>;
  readonly connect: (socket: Descriptor, address: Uint8Array) => Either<SocketError, void>;
  /** The pending error of a socket (SO_ERROR), which asking clears; `undefined` when there is none. */
  readonly pendingError: (socket: Descriptor) => SocketError | undefined;
  /** How many bytes came into `into`; 0 when the peer has ended its side. */
  readonly receive: (socket: Descriptor, into: Uint8Array) => Either<SocketError, number>;
  /** How many of the bytes the system took; never raises SIGPIPE. */
  readonly send: (socket: Descriptor, bytes: Uint8Array) => Either<SocketError, number>;
  /** Ends our side of the stream; the peer reads an end after what was sent. */
  readonly endSending: (socket: Descriptor) => Either<SocketError, void>;
  readonly localAddress: (socket: Descriptor, addressSize: number) => Either<SocketError, Uint8Array>;
  readonly close: (socket: Descriptor) => void;
}

/** Which readiness is asked for. */
export interface Interest {
  readonly readable: boolean;
  readonly writable: boolean;
}

/** What a socket is ready for. */
export interface Ready extends Interest {
  /** Symbolic code of what went wrong, where the watcher knows it: then the socket need not tell it any more. */
  readonly error?: string;
}

/** One socket under watch. */
export interface Watch {
  /** Replaces what is asked for; with neither, nothing is reported and the event loop is not kept alive. */
  readonly set: (interest: Interest) => void;
  /** Ends the watch, once. `released` is called as soon as the socket may be closed: at once, or a little later. */
  readonly close: (released: () => void) => void;
}

/**
 * Tells when sockets are ready, without a thread or a timer for each. Level-triggered: what is not read is reported
 * again. A socket with an error counts as ready for everything; the next call on it tells the error.
 */
export interface Readiness {
  readonly watch: (socket: Descriptor, ready: (now: Ready) => void) => Watch;
  /** Calls `then` when every socket whose watch was closed is released: its address is free again. */
  readonly whenReleased: (then: () => void) => void;
}

/** Everything the streams need of one system. */
export interface SocketSystem {
  readonly calls: SocketCalls;
  readonly readiness: Readiness;
}
