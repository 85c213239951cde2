/** What TCP and Unix sockets share: listening, dialling and connections, all on node:net. */
import { connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { Observable, type Subscriber, type TeardownLogic } from 'rxjs';
import type { GuestId } from './endpoint.js';
import { descriptorOf, Exhaustion, firstBeyond } from './exhaustion.js';
import { codeOf, socketFailure } from './failure.js';
import { varySocketShapes } from './socket-shapes.js';
import {
  type Connection,
  type Delivery,
  type GuestConnection,
  type ListenerEvent,
  type SocketFailure,
  unaskedLimit,
} from './transport.js';

/** For a socket whose errors are told by `close`, or to nobody. Without a listener they would end the process. */
const ignoreError = (): void => {};

/** Has the system taken everything? After a failed write nothing waits to be written either. */
const isFlushed = (socket: Socket): boolean => socket.writableLength === 0 && socket.errored === null;

const nobody: readonly (() => void)[] = [];

/** A connection on a socket of node:net, which was paused. One object with its methods: there is one for every request. */
class StreamConnection implements GuestConnection {
  readonly peer: GuestId;
  readonly #socket: Socket;
  #isSubscribed = false;
  #isFinishing = false;
  #reader: Subscriber<Uint8Array> | undefined;
  #tellClosed: readonly (() => void)[] = nobody;
  /** Bytes that came for nobody after our side had ended. */
  #unasked = 0;

  constructor(socket: Socket, peer: GuestId) {
    this.#socket = socket;
    this.peer = peer;
    socket.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
  }

  get bytes(): Observable<Uint8Array> {
    return new Observable((subscriber) => this.#deliverTo(subscriber));
  }

  onClosed(tell: () => void): void {
    if (this.#socket.closed) tell();
    else this.#tellClosed = [...this.#tellClosed, tell];
  }

  write(data: Uint8Array): TaskEither<SocketFailure, void> {
    return () =>
      new Promise((resolve) => {
        this.#socket.write(data, (error) => {
          // Node calls back without an error when the socket is destroyed on the way.
          const isLost = error || this.#socket.destroyed;
          resolve(isLost ? E.left(this.#broken('write', error)) : E.right(undefined));
        });
      });
  }

  finish(data: Uint8Array): TaskEither<SocketFailure, void> {
    return () =>
      new Promise((resolve) => {
        this.#isFinishing = true;
        this.#socket.end(data, (error?: Error | null) => {
          resolve(error ? E.left(this.#broken('write', error)) : E.right(undefined));
        });
        // Only a flowing socket sees the peer's end, without which it would never close by itself.
        this.#socket.resume();
      });
  }

  isFlushed(): boolean {
    return isFlushed(this.#socket);
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** What comes behind the answer is for nobody. A peer that floods is not read any longer. */
  readonly #onData = (chunk: Uint8Array): void => {
    if (this.#reader !== undefined) {
      this.#reader.next(chunk);
      return;
    }
    this.#unasked += chunk.length;
    if (this.#unasked > unaskedLimit) this.#socket.destroy();
  };

  readonly #onEnd = (): void => this.#reader?.complete();

  readonly #onClose = (): void => {
    this.#reader?.error(this.#broken('read'));
    for (const tell of this.#tellClosed) tell();
    // V8 keeps a closed socket until it collects everything: nothing of ours is to stay with it.
    this.#reader = undefined;
    this.#tellClosed = nobody;
  };

  #broken(operation: 'read' | 'write', error?: unknown): SocketFailure {
    return socketFailure(
      operation,
      this.peer,
      codeOf(this.#socket.errored ?? error ?? { code: 'ECANCELED' }),
    );
  }

  #deliverTo(subscriber: Subscriber<Uint8Array>): TeardownLogic {
    if (this.#isSubscribed) throw new Error(`the bytes of a connection have one subscriber: ${this.peer}`);
    this.#isSubscribed = true;
    if (this.#socket.destroyed) return subscriber.error(this.#broken('read'));
    this.#reader = subscriber;
    this.#socket.resume();
    return this.#forgetReader;
  }

  readonly #forgetReader = (): void => {
    this.#reader = undefined;
    if (!this.#isFinishing) this.#socket.pause();
  };
}

/** Takes a paused socket from `listenOn` or `dial`, and from then on everything about it. */
export const connectionOf = (socket: Socket, peer: GuestId): GuestConnection =>
  new StreamConnection(socket, peer);

/** How one kind of listener differs from another. */
export interface Binding {
  /** The URL for error messages, and the option that chooses its port. */
  readonly where: string;
  readonly portOption?: string | undefined;
  /** Calls `server.listen`. */
  readonly bind: (server: Server) => void;
  /** The URL of what was bound. */
  readonly address: (server: Server) => string;
  /** Turns an accepted, paused socket into a connection, or destroys it. Called with an `error` listener in place. */
  readonly admit: (socket: Socket, deliver: (connection: Connection) => void) => void;
}

/** Cold: binds on subscription; unsubscribing stops listening and leaves the accepted connections alone. */
export const listenOn = ({ where, portOption, bind, address, admit }: Binding): Observable<ListenerEvent> =>
  new Observable((subscriber) => {
    varySocketShapes();
    // Without `noDelay`: an answer is written in one piece, and its end pushes what is left of it.
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    const deliver = (connection: Connection): void => {
      if (subscriber.closed) connection.destroy();
      else subscriber.next({ type: 'accepted', connection });
    };
    const beyond = firstBeyond();
    const exhaustion = new Exhaustion(where, (code) => socketFailure('accept', where, code).detail);
    server.on('connection', (socket) => {
      socket.on('error', ignoreError);
      if ((descriptorOf(socket) ?? 0) < beyond) return admit(socket, deliver);
      socket.destroy();
      exhaustion.note('EMFILE');
    });
    server.on('listening', () => subscriber.next({ type: 'listening', address: address(server) }));
    const fail = (error: unknown): void => {
      const accepting = error instanceof Error && 'syscall' in error && error.syscall === 'accept';
      subscriber.error(socketFailure(accepting ? 'accept' : 'listen', where, codeOf(error), { portOption }));
    };
    server.on('error', fail);
    try {
      bind(server);
    } catch (error) {
      fail(error);
    }
    return () => {
      exhaustion.close();
      if (server.listening) server.close();
      else server.once('listening', () => server.close());
    };
  });

/** Opens a socket, paused: nothing of it is read until someone asks. Aborting leaves nothing behind. */
export const dial =
  (options: NetConnectOpts, where: string, abort?: AbortSignal): TaskEither<SocketFailure, Socket> =>
  () =>
    new Promise((resolve) => {
      if (abort?.aborted) return resolve(E.left(socketFailure('connect', where, 'ABORT_ERR')));
      const socket = connect({ ...options, allowHalfOpen: true });
      const settle = (result: E.Either<SocketFailure, Socket>): void => {
        socket.off('connect', onConnect).off('close', onClose);
        abort?.removeEventListener('abort', onAbort);
        resolve(result);
      };
      const onConnect = (): void => settle(E.right(socket));
      const onClose = (): void =>
        settle(E.left(socketFailure('connect', where, codeOf(socket.errored ?? { code: 'ECANCELED' }))));
      const onAbort = (): void => {
        socket.destroy();
        settle(E.left(socketFailure('connect', where, 'ABORT_ERR')));
      };
      socket.on('error', ignoreError).on('connect', onConnect).on('close', onClose);
      abort?.addEventListener('abort', onAbort);
      socket.pause();
    });

/** Sends one notification on a socket that is being opened or, after a handshake, is open and paused. */
class Sending {
  readonly #socket: Socket;
  readonly #delivery: Delivery;
  readonly #where: () => string;
  #stage: 'opening' | 'writing' | 'written' = 'opening';
  #unasked = 0;

  constructor(socket: Socket, delivery: Delivery, where: () => string) {
    this.#socket = socket;
    this.#delivery = delivery;
    this.#where = where;
    socket.on('error', ignoreError).on('close', this.#onClose);
  }

  readonly write = (): void => {
    const socket = this.#socket;
    socket.on('data', this.#onData).resume();
    this.#stage = 'writing';
    socket.end(this.#delivery.opened());
    if (isFlushed(socket)) this.#onWritten();
    else socket.once('finish', this.#onWritten);
  };

  readonly giveUp = (): void => {
    this.#socket.off('close', this.#onClose).off('finish', this.#onWritten).off('connect', this.write);
    this.#socket.destroy();
  };

  readonly #onWritten = (): void => {
    if (this.#stage !== 'writing') return;
    this.#stage = 'written';
    this.#delivery.written();
  };

  /** Nobody reads it. A guest that floods is not read any longer. */
  readonly #onData = (chunk: Uint8Array): void => {
    this.#unasked += chunk.length;
    if (this.#unasked > unaskedLimit) this.#socket.destroy();
  };

  readonly #onClose = (): void => {
    const { errored } = this.#socket;
    if (this.#stage === 'written') this.#delivery.closed();
    else
      this.#delivery.failed(
        socketFailure(
          this.#stage === 'opening' ? 'connect' : 'write',
          this.#where(),
          codeOf(errored ?? { code: 'ECANCELED' }),
        ),
      );
  };
}

/** Opens a socket for one notification, and writes in the callback that says that it is open. */
export const sendTo = (options: NetConnectOpts, where: () => string, delivery: Delivery): (() => void) => {
  const socket = connect(options);
  const sending = new Sending(socket, delivery, where);
  socket.on('connect', sending.write);
  return sending.giveUp;
};

/** The same on a stream that is open already, as after a handshake. */
export const sendOn = (socket: Socket, where: () => string, delivery: Delivery): (() => void) => {
  const sending = new Sending(socket, delivery, where);
  sending.write();
  return sending.giveUp;
};
