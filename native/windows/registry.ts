/**
 * A few keys of Windows' registry, through koffi and `advapi32.dll` rather than reg.exe: reg.exe tells a missing key
 * from a missing right only in a sentence of the system's language.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import koffi from 'koffi';
import { callBegins } from '../native-calls.js';
import { constants } from './layouts.js';
import { decodeWideText, encodeWideText } from './wide-text.js';
import { win32ErrorName } from './win32-errors.js';
import type { Call, Pointer } from './wlan-functions.js';

/** A key that could not be read or changed. */
export interface RegistryFailure {
  readonly operation: string;
  /** The key's path below HKEY_LOCAL_MACHINE. */
  readonly key: string;
  /** The Win32 error and its symbolic name. */
  readonly error: number;
  readonly code: string;
}

/** String values of keys below HKEY_LOCAL_MACHINE, in the 64-bit view. */
export interface Registry {
  /** The text of a value; `undefined` where the key or the value is not there. */
  readonly read: (key: string, value: string) => TaskEither<RegistryFailure, string | undefined>;
  /** Makes the key, with all keys above it, and sets the value. */
  readonly write: (key: string, value: string, text: string) => TaskEither<RegistryFailure, void>;
  /** Removes the key and what is below it; one that is not there is no failure. */
  readonly remove: (key: string) => TaskEither<RegistryFailure, void>;
}

interface Functions {
  readonly RegCreateKeyExW: Call<
    [
      root: bigint,
      key: Pointer,
      reserved: number,
      kind: bigint,
      options: number,
      rights: number,
      security: bigint,
      handle: Pointer,
      disposition: bigint,
    ]
  >;
  readonly RegOpenKeyExW: Call<
    [root: bigint, key: Pointer, options: number, rights: number, handle: Pointer]
  >;
  readonly RegSetValueExW: Call<
    [handle: bigint, value: Pointer, reserved: number, type: number, data: Pointer, size: number]
  >;
  readonly RegQueryValueExW: Call<
    [handle: bigint, value: Pointer, reserved: bigint, type: Pointer, data: Pointer, size: Pointer]
  >;
  readonly RegDeleteTreeW: Call<[handle: bigint, key: Pointer]>;
  readonly RegCloseKey: Call<[handle: bigint]>;
}

const bindFunctions = (): Functions => {
  const library = koffi.load('advapi32.dll');
  return {
    RegCreateKeyExW: library.func(
      'int32_t RegCreateKeyExW(void *, const void *, uint32_t, void *, uint32_t, uint32_t, void *, void *, void *)',
    ),
    RegOpenKeyExW: library.func('int32_t RegOpenKeyExW(void *, const void *, uint32_t, uint32_t, void *)'),
    RegSetValueExW: library.func(
      'int32_t RegSetValueExW(void *, const void *, uint32_t, uint32_t, const void *, uint32_t)',
    ),
    RegQueryValueExW: library.func(
      'int32_t RegQueryValueExW(void *, const void *, void *, void *, void *, void *)',
    ),
    RegDeleteTreeW: library.func('int32_t RegDeleteTreeW(void *, const void *)'),
    RegCloseKey: library.func('int32_t RegCloseKey(void *)'),
  };
};

/** More text than any value of ours has, in bytes. */
const mostText = 2_048;

/** `HKEY_LOCAL_MACHINE`: a negative 32-bit number, widened to a handle (`winreg.h`). */
const localMachine = BigInt.asUintN(64, BigInt(constants.HKEY_LOCAL_MACHINE | 0));

const call = <Parameters extends readonly unknown[]>(
  operation: keyof Functions,
  native: Call<Parameters>,
  ...parameters: Parameters
): Promise<number> =>
  new Promise((resolve, reject) => {
    const ended = callBegins('advapi32', operation);
    native.async(...parameters, (thrown, result) => {
      ended(thrown ? 'not made' : win32ErrorName(result));
      if (thrown) reject(thrown);
      else resolve(result);
    });
  });

/** Windows' own registry. */
export const openRegistry = (): Registry => {
  const functions = bindFunctions();
  const failed = (operation: string, key: string, error: number): E.Either<RegistryFailure, never> =>
    E.left({ operation, key, error, code: win32ErrorName(error) });

  const withKey = async <T>(
    handle: bigint,
    task: (handle: bigint) => Promise<E.Either<RegistryFailure, T>>,
  ): Promise<E.Either<RegistryFailure, T>> => {
    const result = await task(handle);
    await call('RegCloseKey', functions.RegCloseKey, handle);
    return result;
  };

  return {
    read: (key, value) => async () => {
      const room = new BigUint64Array(1);
      const rights = constants.KEY_READ | constants.KEY_WOW64_64KEY;
      const opened = await call(
        'RegOpenKeyExW',
        functions.RegOpenKeyExW,
        localMachine,
        encodeWideText(key),
        0,
        rights,
        room,
      );
      if (opened === constants.ERROR_FILE_NOT_FOUND) return E.right(undefined);
      if (opened !== constants.ERROR_SUCCESS) return failed('RegOpenKeyExW', key, opened);
      return withKey(room[0] ?? 0n, async (handle) => {
        const text = new Uint8Array(mostText);
        const size = Uint32Array.of(text.length);
        const type = new Uint32Array(1);
        const read = await call(
          'RegQueryValueExW',
          functions.RegQueryValueExW,
          handle,
          encodeWideText(value),
          0n,
          type,
          text,
          size,
        );
        if (read === constants.ERROR_FILE_NOT_FOUND) return E.right(undefined);
        if (read !== constants.ERROR_SUCCESS) return failed('RegQueryValueExW', key, read);
        return E.right(type[0] === constants.REG_SZ ? decodeWideText(text.subarray(0, size[0])) : '');
      });
    },
    write: (key, value, text) => async () => {
      const room = new BigUint64Array(1);
      const rights = constants.KEY_WRITE | constants.KEY_WOW64_64KEY;
      const created = await call(
        'RegCreateKeyExW',
        functions.RegCreateKeyExW,
        localMachine,
        encodeWideText(key),
        0,
        0n,
        0,
        rights,
        0n,
        room,
        0n,
      );
      if (created !== constants.ERROR_SUCCESS) return failed('RegCreateKeyExW', key, created);
      return withKey(room[0] ?? 0n, async (handle) => {
        const data = encodeWideText(text);
        const set = await call(
          'RegSetValueExW',
          functions.RegSetValueExW,
          handle,
          encodeWideText(value),
          0,
          constants.REG_SZ,
          data,
          data.length,
        );
        return set === constants.ERROR_SUCCESS ? E.right(undefined) : failed('RegSetValueExW', key, set);
      });
    },
    remove: (key) => async () => {
      const removed = await call(
        'RegDeleteTreeW',
        functions.RegDeleteTreeW,
        localMachine,
        encodeWideText(key),
      );
      return removed === constants.ERROR_SUCCESS || removed === constants.ERROR_FILE_NOT_FOUND
        ? E.right(undefined)
        : failed('RegDeleteTreeW', key, removed);
    },
  };
};
