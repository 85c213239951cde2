/**
 * What a transport gives to the actors, and what its guest side gives to tools and tests. Every transport
 * passes `test/compliance/transport.ts`.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Observable } from 'rxjs';
import type { Endpoint, GuestId } from './endpoint.js';

/** Why a socket operation failed: `code` is the symbolic name (`EADDRINUSE`, `WSAEACCES`). */
export interface SocketFailure {
  readonly operation: 'listen' | 'accept' | 'connect' | 'read' | 'write';
  /** Where: the URL of the endpoint or guest. */
  readonly where: string;
  readonly code: string;
  /** One sentence for people: what was wrong and what to do. */
  readonly detail: string;
}

/** One open stream. Nothing is read before `bytes` is subscribed. */
export interface Connection {
  /** Who is at the other end. */
  readonly peer: GuestId;
  /**
   * What arrives, in the chunks in which it arrives; one subscriber. Completes when the peer ends its side, errors with
   * a `SocketFailure` when the stream breaks. Unsubscribing stops delivery, and does not close.
   */
  readonly bytes: Observable<Uint8Array>;
  /**
   * Writes everything in one write, ends our side and resolves once the bytes are handed to the system.
   * Fails when the peer is gone. The connection closes by itself afterwards.
   */
  readonly finish: (bytes: Uint8Array) => TaskEither<SocketFailure, void>;
  /** Closes at once, whatever is pending. Any number of times. */
  readonly destroy: () => void;
  /** Emits once and completes when the stream is closed for good, for whatever reason. */
  readonly closed: Observable<void>;
}

export type ListenerEvent =
  /** Bound; `address` is the URL with the port really taken. */
  | { readonly type: 'listening'; readonly address: string }
  | { readonly type: 'accepted'; readonly connection: Connection };

export interface ListenOptions {
  /** Port for guest requests unless the endpoint names one; 0 lets the system choose (TCP). */
  readonly requestPort: number;
}

/** The host's side of one address family. */
export interface Transport {
  readonly scheme: Endpoint['scheme'];
  /**
   * Cold: subscribing binds, unsubscribing stops listening (accepted connections live on). Errors with a
   * `SocketFailure` when the address cannot be had or the listener breaks.
   */
  readonly listen: (endpoint: Endpoint, options: ListenOptions) => Observable<ListenerEvent>;
  /** Opens a stream to a guest's port, for one notification. */
  readonly connect: (guest: GuestId, port: number, abort: AbortSignal) => TaskEither<SocketFailure, Connection>;
}

/** The guest's side of one address family: what the driver does, for tools and tests. */
export interface GuestSide {
  /** Opens a stream to the host's request port. */
  readonly connect: () => TaskEither<SocketFailure, Connection>;
  /** Cold: subscribing listens for the host's notifications. */
  readonly notifications: Observable<ListenerEvent>;
}
