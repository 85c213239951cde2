/** One call into `wlanapi.dll`, and what it hands out. */
import * as E from 'fp-ts/lib/Either.js';
import type * as TE from 'fp-ts/lib/TaskEither.js';
import koffi from 'koffi';
import { callBegins } from '../native-calls.js';
import { constants, WLAN_BSS_LIST } from './layouts.js';
import { win32ErrorName } from './win32-errors.js';
import type { Malformed } from './wlan-decoding.js';
import { callFailed, type WlanFailure } from './wlan-failure.js';
import type { Call } from './wlan-functions.js';

/** More interfaces or networks than this are a count that has gone wrong: such lists do not tell their size. */
const mostItems = 4096;

/** A BSS list larger than this is a size that has gone wrong. */
const mostBytes = 16 * 1024 * 1024;

/** One call on a thread of the pool. koffi holds `settle` until then, and that holds the parameters' memory. */
export const call =
  <Parameters extends readonly unknown[]>(
    operation: string,
    native: Call<Parameters>,
    ...parameters: Parameters
  ): TE.TaskEither<WlanFailure, void> =>
  () =>
    new Promise((resolve) => {
      const ended = callBegins('wlanapi', operation);
      const settle = (thrown: unknown, result: number): void => {
        ended(thrown ? 'not made' : win32ErrorName(result));
        if (thrown) resolve(E.left(callFailed(operation, constants.ERROR_NO_SYSTEM_RESOURCES)));
        else
          resolve(
            result === constants.ERROR_SUCCESS ? E.right(undefined) : E.left(callFailed(operation, result)),
          );
      };
      try {
        native.async(...parameters, settle);
      } catch (thrown) {
        // koffi's queue of calls is full.
        settle(thrown ?? true, 0);
      }
    });

/** Room for one pointer or handle that a call gives back. */
export const slot = (): BigUint64Array => new BigUint64Array(1);

/** What the call has left there; 0n for nothing. */
export const held = (room: BigUint64Array): bigint => room[0] ?? 0n;

/** A copy of what a pointer points to; `size` finds out how many bytes that is. */
export const copied = (
  pointer: bigint,
  size: (pointer: bigint) => E.Either<Malformed, number>,
): E.Either<Malformed, Uint8Array> =>
  E.map((bytes: number): Uint8Array => koffi.decode(pointer, 'uint8_t', bytes))(size(pointer));

/** The size of a list that starts with its count. */
export const countedSize = (
  pointer: bigint,
  size: (count: number) => number,
): E.Either<Malformed, number> => {
  const count: number = koffi.decode(pointer, 'uint32_t');
  return count > mostItems ? E.left(`a list of ${count} items`) : E.right(size(count));
};

/** The size of a BSS list, which it tells itself. */
export const bssListSize = (pointer: bigint): E.Either<Malformed, number> => {
  const total: number = koffi.decode(pointer, WLAN_BSS_LIST.members.dwTotalSize.offset, 'uint32_t');
  return total > mostBytes ? E.left(`a BSS list of ${total} bytes`) : E.right(total);
};
