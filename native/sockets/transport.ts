/**
 * What a transport gives to the actors, and what its guest side gives to tools and tests. Every transport
 * passes `test/compliance/transport.ts`.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Observable } from 'rxjs';
import type { Clock } from '../../streams/clock.js';
import type { Endpoint, GuestId } from './endpoint.js';

/** Why a socket operation failed: `code` is the symbolic name (`EADDRINUSE`, `WSAEACCES`). */
export interface SocketFailure {
  readonly operation: 'listen' | 'accept' | 'connect' | 'read' | 'write';
  /** Where: the URL of the endpoint or guest. */
  readonly where: string;
  readonly code: string;
  /** The whole message for people: operation, place, what was wrong, code, what to do. `failure.ts` writes it. */
  readonly detail: string;
}

/** One open stream. Nothing is read before `bytes` is subscribed. */
export interface Connection {
  /** Who is at the other end. */
  readonly peer: GuestId;
  /**
   * What arrives, in the chunks in which it arrives; one subscriber. Completes when the peer ends its side, errors with
   * a `SocketFailure` when the stream breaks or is destroyed. Unsubscribing stops delivery, and does not close.
   */
  readonly bytes: Observable<Uint8Array>;
  /**
   * Writes everything in one write, ends our side and resolves once the bytes are handed to the system.
   * Fails when the peer is gone. The connection closes by itself once the peer has ended its side too; what still
   * arrives from then on without a subscriber of `bytes` is discarded, and too much of it breaks the stream. A peer that never ends is for the caller to
   * `destroy`.
   */
  readonly finish: (bytes: Uint8Array) => TaskEither<SocketFailure, void>;
  /** Has the system taken everything that was written? Left out where only `finish` can tell. */
  readonly isFlushed?: () => boolean;
  /** Closes at once, whatever is pending. Any number of times. */
  readonly destroy: () => void;
  /** Calls once when the stream is closed for good, for whatever reason; at once if it is. */
  readonly onClosed: (tell: () => void) => void;
}

/** A guest's own stream to the host: it may write and then wait for the answer with its side still open. */
export interface GuestConnection extends Connection {
  /** Writes everything in one write and resolves once the bytes are handed to the system. */
  readonly write: (bytes: Uint8Array) => TaskEither<SocketFailure, void>;
}

export type ListenerEvent =
  /** Bound; `address` is the endpoint's URL (`parseEndpoint` reads it), for TCP with the port really taken. */
  | { readonly type: 'listening'; readonly address: string }
  | { readonly type: 'accepted'; readonly connection: Connection };

interface ListenOptions {
  /** Port for guest requests unless the endpoint names one; 0 lets the system choose (TCP). */
  readonly requestPort: number;
  /**
   * Whose the files of Unix sockets are to be: `USER`, `USER:GROUP` or `:GROUP`, names or numbers. What is left out follows
   * the folder.
   */
  readonly socketOwner?: string | undefined;
  /** Their mode in octal, such as `0660`. */
  readonly socketMode?: string | undefined;
}

/**
 * Connections that the system holds for a listener until they are accepted. A flood fills the 511 that Node asks for at once, and whoever
 * comes then tries again a second later. The system takes what it allows itself: Linux `net.core.somaxconn`, 4096 since 5.4.
 */
export const acceptQueue = 4096;

/** So many bytes of a guest are discarded that writes where nobody reads; then its stream is closed. */
export const unaskedLimit = 65_536;

/**
 * One notification on its way: what is to be written, and who hears what becomes of it. Nothing of it is called from within
 * `send` itself.
 */
export interface Delivery {
  /** The stream is open: gives all the bytes, which are written at once. */
  readonly opened: () => Uint8Array;
  /** The system has taken all of them, and our side has ended. */
  readonly written: () => void;
  /** It came to nothing, and nothing more is told. */
  readonly failed: (failure: SocketFailure) => void;
  /** What was written may have been read: the stream is closed for good. */
  readonly closed: () => void;
}

/** The host's side of one address family. */
export interface Transport {
  readonly scheme: Endpoint['scheme'];
  /**
   * Cold: subscribing binds, unsubscribing stops listening (accepted connections live on). Errors with a
   * `SocketFailure` when the address cannot be had or the listener breaks.
   */
  readonly listen: (endpoint: Endpoint, options: ListenOptions) => Observable<ListenerEvent>;
  /**
   * Sends one notification: opens a stream to a guest's port, writes as soon as it is open, ends our side, and waits for
   * the guest to close. What the guest writes is discarded, and too much of it ends the stream. The result closes at once,
   * whatever is under way, and from then on nothing is told.
   */
  readonly send: (guest: GuestId, port: number, delivery: Delivery) => () => void;
  /** Opens a stream to a guest's port, for tools that look at it. */
  readonly connect: (
    guest: GuestId,
    port: number,
    abort: AbortSignal,
  ) => TaskEither<SocketFailure, Connection>;
}

/** The guest's side of one address family: what the driver does, for tools and tests. */
export interface GuestSide {
  /** Opens a stream to the host's request port. */
  readonly connect: () => TaskEither<SocketFailure, GuestConnection>;
  /** Cold: subscribing listens for the host's notifications. */
  readonly notifications: Observable<ListenerEvent>;
}

/** How a guest reaches its host and is reached by it. */
export interface GuestSideOptions {
  /** The host's port for requests, unless the endpoint names one. */
  readonly requestPort: number;
  /** The guest's port for notifications; 0 lets the system choose (TCP). */
  readonly notificationPort: number;
  /** The guest's own address where the family lets a guest choose it: an IP address (TCP), a name (memory). */
  readonly address?: string | undefined;
}

/** Both sides of one address family. `transports.ts` has the table of all. */
export interface SocketFamily {
  /** `clock` times handshakes that the family may have. */
  readonly transport: (clock: Clock) => Transport;
  /** The guest's side towards a host at `endpoint`. */
  readonly guestSide: (endpoint: Endpoint, options: GuestSideOptions, clock: Clock) => GuestSide;
}
