/**
 * Stream sockets of Windows (`ws2_32.dll`) through koffi. Node has started Winsock for the process already. Codes are
 * named as Node names them on every system: `EADDRINUSE` for WSAEADDRINUSE.
 */
import * as E from 'fp-ts/lib/Either.js';
import koffi from 'koffi';
import type { Descriptor, SocketCalls, SocketError, SocketSystem } from '../sockets/koffi-streams-calls.js';
import { tracedCalls } from '../sockets/koffi-streams-trace.js';
import { eventReadiness } from './event-readiness.js';
import { constants } from './layouts.js';
import { winsockErrorName } from './winsock-errors.js';

/** What `socket` and `accept` return on failure, read as a signed pointer. */
const invalidSocket = -1;

const pending: ReadonlySet<string> = new Set(['EWOULDBLOCK', 'EINPROGRESS', 'EALREADY']);

const socketError = (number: number): SocketError => {
  const code = winsockErrorName(number);
  return { code, kind: pending.has(code) ? 'pending' : code === 'EINTR' ? 'transient' : 'fatal' };
};

/** accept: a newcomer that was gone before it could be accepted. */
const acceptError = (error: SocketError): SocketError =>
  error.code === 'ECONNRESET' || error.code === 'ECONNABORTED' ? { ...error, kind: 'transient' } : error;

const bindCalls = (): SocketCalls => {
  const winsock = koffi.load('ws2_32.dll');
  const lastError: () => number = winsock.func('int WSAGetLastError()');
  const open: (
    family: number,
    type: number,
    protocol: number,
    info: null,
    group: number,
    flags: number,
  ) => Descriptor = winsock.func('intptr_t WSASocketW(int, int, int, void *, uint32_t, uint32_t)');
  const setsockopt: (
    s: Descriptor,
    level: number,
    option: number,
    value: Uint8Array,
    size: number,
  ) => number = winsock.func('int setsockopt(intptr_t, int, int, const void *, int)');
  const getsockopt: (
    s: Descriptor,
    level: number,
    option: number,
    value: Int32Array,
    size: Int32Array,
  ) => number = winsock.func('int getsockopt(intptr_t, int, int, void *, void *)');
  const ioctlsocket: (s: Descriptor, command: number, value: Uint32Array) => number = winsock.func(
    'int ioctlsocket(intptr_t, int32_t, void *)',
  );
  const bind: (s: Descriptor, address: Uint8Array, size: number) => number = winsock.func(
    'int bind(intptr_t, const void *, int)',
  );
  const listen: (s: Descriptor, backlog: number) => number = winsock.func('int listen(intptr_t, int)');
  const accept: (s: Descriptor, address: Uint8Array, size: Int32Array) => Descriptor = winsock.func(
    'intptr_t accept(intptr_t, void *, void *)',
  );
  const connect: (s: Descriptor, address: Uint8Array, size: number) => number = winsock.func(
    'int connect(intptr_t, const void *, int)',
  );
  const recv: (s: Descriptor, into: Uint8Array, size: number, flags: number) => number = winsock.func(
    'int recv(intptr_t, void *, int, int)',
  );
  const send: (s: Descriptor, bytes: Uint8Array, size: number, flags: number) => number = winsock.func(
    'int send(intptr_t, const void *, int, int)',
  );
  const shutdown: (s: Descriptor, how: number) => number = winsock.func('int shutdown(intptr_t, int)');
  const getsockname: (s: Descriptor, address: Uint8Array, size: Int32Array) => number = winsock.func(
    'int getsockname(intptr_t, void *, void *)',
  );
  const closesocket: (s: Descriptor) => number = winsock.func('int closesocket(intptr_t)');

  const failure = (): SocketError => socketError(lastError());
  const answer = (result: number): E.Either<SocketError, number> =>
    result < 0 ? E.left(failure()) : E.right(result);
  const done = (result: number): E.Either<SocketError, void> =>
    result < 0 ? E.left(failure()) : E.right(undefined);
  const unblocked = (socket: Descriptor): E.Either<SocketError, Descriptor> => {
    if (ioctlsocket(socket, constants.FIONBIO, Uint32Array.of(1)) === 0) return E.right(socket);
    const error = failure();
    closesocket(socket);
    return E.left(error);
  };

  return {
    open: ({ family, protocol }) => {
      const flags = constants.WSA_FLAG_OVERLAPPED | constants.WSA_FLAG_NO_HANDLE_INHERIT;
      const socket = open(family, constants.SOCK_STREAM, protocol, null, 0, flags);
      return socket === invalidSocket ? E.left(failure()) : unblocked(socket);
    },
    setOption: (socket, { level, option, value }) =>
      done(setsockopt(socket, level, option, new Uint8Array(Int32Array.of(value).buffer), 4)),
    bind: (socket, address) => done(bind(socket, address, address.length)),
    listen: (socket, backlog) => done(listen(socket, backlog)),
    accept: (socket, addressSize) => {
      const peer = new Uint8Array(addressSize);
      const accepted = accept(socket, peer, Int32Array.of(addressSize));
      if (accepted === invalidSocket) return E.left(acceptError(failure()));
      return E.map((ready: Descriptor) => ({ socket: ready, peer }))(unblocked(accepted));
    },
    connect: (socket, address) => done(connect(socket, address, address.length)),
    pendingError: (socket) => {
      const value = Int32Array.of(0);
      const asked = getsockopt(socket, constants.SOL_SOCKET, constants.SO_ERROR, value, Int32Array.of(4));
      const number = asked < 0 ? lastError() : (value[0] ?? 0);
      return number === 0 ? undefined : socketError(number);
    },
    receive: (socket, into) => answer(recv(socket, into, into.length, 0)),
    send: (socket, bytes) => answer(send(socket, bytes, bytes.length, 0)),
    endSending: (socket) => done(shutdown(socket, constants.SD_SEND)),
    localAddress: (socket, addressSize) => {
      const address = new Uint8Array(addressSize);
      return getsockname(socket, address, Int32Array.of(addressSize)) < 0
        ? E.left(failure())
        : E.right(address);
    },
    close: (socket) => {
      closesocket(socket);
    },
  };
};

let system: SocketSystem | undefined;

/** The stream sockets of this Windows. */
export const windowsSockets = (): SocketSystem => {
  system ??= { calls: tracedCalls('ws2_32', bindCalls()), readiness: eventReadiness() };
  return system;
};
