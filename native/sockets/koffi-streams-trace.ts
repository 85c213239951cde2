/** The calls on stream sockets, each of them told to whoever watches native calls. */
import * as E from 'fp-ts/lib/Either.js';
import { callBegins, type NativeCall } from '../native-calls.js';
import type { SocketCalls, SocketError } from './koffi-streams-calls.js';

/** The same calls under the names that the systems have for them. */
export const tracedCalls = (
  library: Extract<NativeCall['library'], 'libc' | 'ws2_32'>,
  calls: SocketCalls,
): SocketCalls => {
  const traced =
    <Parameters extends readonly unknown[], T>(
      operation: string,
      call: (...parameters: Parameters) => E.Either<SocketError, T>,
    ) =>
    (...parameters: Parameters): E.Either<SocketError, T> => {
      const ended = callBegins(library, operation);
      const result = call(...parameters);
      ended(E.isLeft(result) ? result.left.code : 'ok');
      return result;
    };
  return {
    open: traced('socket', calls.open),
    setOption: traced('setsockopt', calls.setOption),
    bind: traced('bind', calls.bind),
    listen: traced('listen', calls.listen),
    accept: traced('accept', calls.accept),
    connect: traced('connect', calls.connect),
    pendingError: (socket) => {
      const ended = callBegins(library, 'getsockopt SO_ERROR');
      const error = calls.pendingError(socket);
      ended(error?.code ?? 'ok');
      return error;
    },
    receive: traced('recv', calls.receive),
    send: traced('send', calls.send),
    endSending: traced('shutdown', calls.endSending),
    localAddress: traced('getsockname', calls.localAddress),
    close: (socket) => {
      const ended = callBegins(library, 'close');
      calls.close(socket);
      ended('ok');
    },
  };
};
