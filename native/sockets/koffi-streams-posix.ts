/** Stream sockets of a POSIX system (Linux) through koffi: sockets(7), socket(2), accept4(2), send(2). */
import { constants } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';
import koffi from 'koffi';
import type { SocketCalls, SocketError, SocketSystem } from './koffi-streams-calls.js';
import { loopReadiness } from './koffi-streams-readiness.js';
import { tracedCalls } from './koffi-streams-trace.js';

/** From Linux' `sys/socket.h` and `asm-generic/socket.h`, as on x86-64 and arm64. */
const SOCK_STREAM = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ERROR = 4;
const MSG_NOSIGNAL = 0x4000;
const SHUT_WR = 1;

/** Symbolic names by number; where two names share one (EAGAIN, EWOULDBLOCK) the first. */
const names: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

const pending: ReadonlySet<string> = new Set(['EAGAIN', 'EWOULDBLOCK', 'EINPROGRESS', 'EALREADY']);

/** accept(2): errors that belong to the new connection alone; the next one may be fine. */
const brokenNewcomer: ReadonlySet<string> = new Set([
  'ECONNABORTED',
  'EPROTO',
  'ENETDOWN',
  'ENOPROTOOPT',
  'EHOSTDOWN',
  'ENONET',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

const socketError = (number: number): SocketError => {
  const code = names.get(number) ?? `errno ${number}`;
  return { code, kind: pending.has(code) ? 'pending' : code === 'EINTR' ? 'transient' : 'fatal' };
};

const acceptError = (error: SocketError): SocketError =>
  brokenNewcomer.has(error.code) ? { ...error, kind: 'transient' } : error;

/** The calls of the C library, bound when they are first needed: a host without such sockets never loads them. */
const bindCalls = (): SocketCalls => {
  const libc = koffi.load(null);
  const socket: (family: number, type: number, protocol: number) => number = libc.func(
    'int socket(int family, int type, int protocol)',
  );
  const setsockopt: (fd: number, level: number, option: number, value: Uint8Array, size: number) => number =
    libc.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t size)');
  const getsockopt: (
    fd: number,
    level: number,
    option: number,
    value: Int32Array,
    size: Uint32Array,
  ) => number = libc.func('int getsockopt(int fd, int level, int option, void *value, void *size)');
  const bind: (fd: number, address: Uint8Array, size: number) => number = libc.func(
    'int bind(int fd, const void *address, uint32_t size)',
  );
  const listen: (fd: number, backlog: number) => number = libc.func('int listen(int fd, int backlog)');
  const accept4: (fd: number, address: Uint8Array, size: Uint32Array, flags: number) => number = libc.func(
    'int accept4(int fd, void *address, void *size, int flags)',
  );
  const connect: (fd: number, address: Uint8Array, size: number) => number = libc.func(
    'int connect(int fd, const void *address, uint32_t size)',
  );
  const recv: (fd: number, into: Uint8Array, size: number, flags: number) => number = libc.func(
    'intptr_t recv(int fd, void *into, size_t size, int flags)',
  );
  const send: (fd: number, bytes: Uint8Array, size: number, flags: number) => number = libc.func(
    'intptr_t send(int fd, const void *bytes, size_t size, int flags)',
  );
  const shutdown: (fd: number, how: number) => number = libc.func('int shutdown(int fd, int how)');
  const getsockname: (fd: number, address: Uint8Array, size: Uint32Array) => number = libc.func(
    'int getsockname(int fd, void *address, void *size)',
  );
  const close: (fd: number) => number = libc.func('int close(int fd)');

  const answer = (result: number): E.Either<SocketError, number> =>
    result < 0 ? E.left(socketError(koffi.errno())) : E.right(result);
  const done = (result: number): E.Either<SocketError, void> =>
    result < 0 ? E.left(socketError(koffi.errno())) : E.right(undefined);

  return {
    open: (family) =>
      answer(socket(family.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, family.protocol)),
    setOption: (fd, { level, option, value }) =>
      done(setsockopt(fd, level, option, new Uint8Array(Int32Array.of(value).buffer), 4)),
    bind: (fd, address) => done(bind(fd, address, address.length)),
    listen: (fd, backlog) => done(listen(fd, backlog)),
    accept: (fd, addressSize) => {
      const peer = new Uint8Array(addressSize);
      const accepted = accept4(fd, peer, Uint32Array.of(addressSize), SOCK_NONBLOCK | SOCK_CLOEXEC);
      return accepted < 0
        ? E.left(acceptError(socketError(koffi.errno())))
        : E.right({ socket: accepted, peer });
    },
    connect: (fd, address) => done(connect(fd, address, address.length)),
    pendingError: (fd) => {
      const value = Int32Array.of(0);
      const asked = getsockopt(fd, SOL_SOCKET, SO_ERROR, value, Uint32Array.of(4));
      const [error = 0] = value;
      const number = asked < 0 ? koffi.errno() : error;
      return number === 0 ? undefined : socketError(number);
    },
    receive: (fd, into) => answer(recv(fd, into, into.length, 0)),
    send: (fd, bytes) => answer(send(fd, bytes, bytes.length, MSG_NOSIGNAL)),
    endSending: (fd) => done(shutdown(fd, SHUT_WR)),
    localAddress: (fd, addressSize) => {
      const address = new Uint8Array(addressSize);
      return getsockname(fd, address, Uint32Array.of(addressSize)) < 0
        ? E.left(socketError(koffi.errno()))
        : E.right(address);
    },
    // close(2): not to be repeated after EINTR on Linux, and whatever else it says the descriptor is gone.
    close: (fd) => {
      close(fd);
    },
  };
};

let system: SocketSystem | undefined;

/** The stream sockets of this POSIX system. */
export const posixSockets = (): SocketSystem => {
  system ??= { calls: tracedCalls('libc', bindCalls()), readiness: loopReadiness };
  return system;
};
