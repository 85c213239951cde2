/** Winsock's event objects (`winsock2.h`), as far as one watcher of sockets needs them. */
import * as E from 'fp-ts/lib/Either.js';
import koffi from 'koffi';
import { callBegins } from '../native-calls.js';
import type { Descriptor } from '../sockets/koffi-streams-calls.js';
import { constants, WSANETWORKEVENTS } from './layouts.js';
import { winsockErrorName } from './winsock-errors.js';

/** What has happened on a socket since it was asked last. */
export interface NetworkEvents {
  /** `FD_READ`, `FD_WRITE`, … in one number. */
  readonly happened: number;
  /** Symbolic code of a connection that could not be made. */
  readonly connectError: string | undefined;
}

/** One event object, which all sockets signal that are selected, and the calls around it. A code is symbolic. */
export interface EventCalls {
  /** The object is signalled, now and by the next of these (FD_ bits) to happen or to hold already; 0 ends that. */
  readonly select: (socket: Descriptor, events: number) => E.Either<string, void>;
  /** What has happened, and forgets it. */
  readonly enumerate: (socket: Descriptor) => E.Either<string, NetworkEvents>;
  /** Signals the object. */
  readonly signal: () => void;
  readonly reset: () => void;
  /** Waits on a thread of the pool until the object is signalled; then, or when that fails, calls back. */
  readonly wait: (returned: (result: E.Either<string, void>) => void) => void;
}

/** `WSANETWORKEVENTS`. */
export const decodeNetworkEvents = (bytes: Uint8Array): NetworkEvents => {
  const { lNetworkEvents, iErrorCode } = WSANETWORKEVENTS.members;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const happened = view.getInt32(lNetworkEvents.offset, true);
  const error = view.getInt32(iErrorCode.offset + 4 * constants.FD_CONNECT_BIT, true);
  return {
    happened,
    connectError:
      (happened & constants.FD_CONNECT) !== 0 && error !== 0 ? winsockErrorName(error) : undefined,
  };
};

/** Throws where Windows has no event object left. */
export const bindEventCalls = (): EventCalls => {
  const winsock = koffi.load('ws2_32.dll');
  const lastError: () => number = winsock.func('int WSAGetLastError()');
  const create: () => bigint = winsock.func('void *WSACreateEvent()');
  const set: (event: bigint) => number = winsock.func('int WSASetEvent(void *)');
  const reset: (event: bigint) => number = winsock.func('int WSAResetEvent(void *)');
  const select: (s: Descriptor, event: bigint, events: number) => number = winsock.func(
    'int WSAEventSelect(intptr_t, void *, int32_t)',
  );
  const enumerate: (s: Descriptor, event: bigint, events: Uint8Array) => number = winsock.func(
    'int WSAEnumNetworkEvents(intptr_t, void *, void *)',
  );
  const wait = winsock.func('uint32_t WSAWaitForMultipleEvents(uint32_t, const void *, int, uint32_t, int)');

  const event = create();
  if (event === 0n || event === null)
    throw new Error(
      `Windows gives no event object (${winsockErrorName(lastError())}), without which sockets cannot be watched`,
    );
  const events = BigUint64Array.of(event);
  const answered = <T>(operation: string, call: () => number, value: () => T): E.Either<string, T> => {
    const ended = callBegins('ws2_32', operation);
    const result = call() === 0 ? E.right(value()) : E.left(winsockErrorName(lastError()));
    ended(E.isRight(result) ? 'ok' : result.left);
    return result;
  };
  return {
    select: (socket, wanted) =>
      answered(
        'WSAEventSelect',
        () => select(socket, wanted === 0 ? 0n : event, wanted),
        () => undefined,
      ),
    enumerate: (socket) => {
      const bytes = new Uint8Array(WSANETWORKEVENTS.size);
      return answered(
        'WSAEnumNetworkEvents',
        () => enumerate(socket, 0n, bytes),
        () => decodeNetworkEvents(bytes),
      );
    },
    signal: () => {
      set(event);
    },
    reset: () => {
      reset(event);
    },
    wait: (returned) => {
      const ended = callBegins('ws2_32', 'WSAWaitForMultipleEvents');
      wait.async(1, events, 0, constants.WSA_INFINITE, 0, (thrown: unknown, result: number) => {
        // The code belongs to a thread of the pool and cannot be asked for from this one.
        const failed = thrown || result === constants.WSA_WAIT_FAILED;
        ended(failed ? 'WSA_WAIT_FAILED' : 'ok');
        returned(failed ? E.left('WSA_WAIT_FAILED') : E.right(undefined));
      });
    },
  };
};
