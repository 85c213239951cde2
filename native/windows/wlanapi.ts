/**
 * The Wlan API (`wlanapi.dll`) through koffi. Each call is a `TaskEither`, made on a thread of the pool: these are
 * remote procedure calls that take up to hundreds of milliseconds, and some wait for callbacks that the event
 * loop's thread has to run. Memory that the API hands out is copied and given back before anything is decoded.
 */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Task } from 'fp-ts/lib/Task.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import koffi from 'koffi';
import type { Observable } from 'rxjs';
import type { Bss } from '../../protocol/bss.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { RadioFailure } from '../radio.js';
import { guidBytes } from './guid.js';
import { constants, newerConstants, WLAN_BSS_LIST } from './layouts.js';
import { encodeWideText } from './wide-text.js';
import { win32ErrorName } from './win32-errors.js';
import {
  type AvailableNetwork,
  availableNetworkListSize,
  type CurrentConnection,
  decodeAvailableNetworks,
  decodeBssList,
  decodeCurrentConnection,
  decodeInterfaceList,
  interfaceListSize,
  type Malformed,
  type WlanInterface,
} from './wlan-decoding.js';
import { encodeBssidList, encodeConnectionParameters, encodeSsid } from './wlan-encoding.js';
import { bindWlanFunctions, type Call, type WlanFunctions } from './wlan-functions.js';
import { notificationHub, type WlanNotification } from './wlan-notifications.js';

/** A call that failed: `code` is the symbolic name. */
export interface WlanFailure extends RadioFailure {
  /** The Win32 error; `undefined` when the call succeeded and what it returned makes no sense. */
  readonly error: number | undefined;
}

/** A connection to the Wlan service. */
export interface WlanClient {
  /** Hot: in order, each after the callback that brought it has returned. Completes on `close`. */
  readonly notifications: Observable<WlanNotification>;
  /** The station interfaces; virtual ones are not among them. */
  readonly interfaces: TE.TaskEither<WlanFailure, readonly WlanInterface[]>;
  /** `none` when the interface is not connected. */
  readonly currentConnection: (guid: string) => TE.TaskEither<WlanFailure, O.Option<CurrentConnection>>;
  /** What the service has seen last, in its order. */
  readonly bssList: (guid: string) => TE.TaskEither<WlanFailure, readonly Bss[]>;
  readonly availableNetworks: (guid: string) => TE.TaskEither<WlanFailure, readonly AvailableNetwork[]>;
  /** Starts a scan, directed at `ssid` if there is one. */
  readonly scan: (guid: string, ssid: O.Option<Ssid>) => TE.TaskEither<WlanFailure, void>;
  /** Starts to connect with a temporary profile (XML), at one access point if there is a BSSID. */
  readonly connect: (
    guid: string,
    profile: string,
    bssid: O.Option<Bssid>,
  ) => TE.TaskEither<WlanFailure, void>;
  readonly disconnect: (guid: string) => TE.TaskEither<WlanFailure, void>;
  /** Ends notifications and closes the handle. Never fails: a service that is gone has closed it itself. */
  readonly close: Task<void>;
}

/** A loaded `wlanapi.dll`. */
export interface WlanApi {
  /** Opens a handle and registers for notifications. */
  readonly open: TE.TaskEither<WlanFailure, WlanClient>;
}

/** The client's interface of Windows Vista and later. */
const clientVersion = 2;

/** More interfaces or networks than this are a count that has gone wrong: such lists do not tell their size. */
const mostItems = 4096;

/** A BSS list larger than this is a size that has gone wrong. */
const mostBytes = 16 * 1024 * 1024;

/** Windows' own copy, by its full path: a DLL of that name elsewhere on the search path is never loaded. */
export const systemWlanApi = (): string =>
  `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\wlanapi.dll`;

/** What to do about an error, where there is something. */
const advice: ReadonlyMap<number, string> = new Map([
  [
    constants.ERROR_SERVICE_NOT_ACTIVE,
    'The Wi-Fi service does not run. Start "WLAN AutoConfig": Start-Service WlanSvc.',
  ],
  [
    constants.ERROR_ACCESS_DENIED,
    'Windows refuses. Allow desktop apps to use the location in the privacy settings.',
  ],
  [newerConstants.ERROR_NDIS_DOT11_POWER_STATE_INVALID, 'The radio is switched off. Switch Wi-Fi on.'],
]);

const callFailed = (operation: string, error: number): WlanFailure => {
  const code = win32ErrorName(error);
  const todo = advice.get(error);
  return { operation, error, code, detail: `${operation}: ${code}${todo === undefined ? '' : `. ${todo}`}` };
};

const malformed =
  (operation: string) =>
  (problem: Malformed): WlanFailure => ({
    operation,
    error: undefined,
    code: 'MALFORMED',
    detail: `${operation} returned ${problem}`,
  });

/** True for a failure that means: the service has stopped, and the handle with it. */
export const serviceIsGone = ({ error }: WlanFailure): boolean =>
  error === constants.ERROR_SERVICE_NOT_ACTIVE || error === constants.ERROR_INVALID_HANDLE;

/** Loads a `wlanapi.dll`. Windows Server without the feature "Wireless LAN Service" has none. */
export const loadWlanApi = (path: string): E.Either<WlanFailure, WlanApi> =>
  pipe(
    E.tryCatch(
      () => bindWlanFunctions(koffi.load(path)),
      (thrown) => ({
        ...callFailed('load wlanapi.dll', constants.ERROR_MOD_NOT_FOUND),
        detail: `${path} cannot be loaded (${thrown instanceof Error ? thrown.message : String(thrown)}). On Windows Server, install the feature "Wireless LAN Service".`,
      }),
    ),
    E.map((functions) => ({ open: openClient(functions) })),
  );

/** One call on a thread of the pool. */
const call =
  <Parameters extends readonly unknown[]>(
    operation: string,
    native: Call<Parameters>,
    ...parameters: Parameters
  ): TE.TaskEither<WlanFailure, void> =>
  () =>
    new Promise((resolve) => {
      const settle = (thrown: unknown, result: number): void => {
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
const slot = (): BigUint64Array => new BigUint64Array(1);

const held = (room: BigUint64Array): bigint => room[0] ?? 0n;

/**
 * Buffers whose address has been given to a call that is under way. Nothing else need hold them, and nobody may free
 * them before the call has returned.
 */
const pinned = new Set<Uint8Array>();

const openClient =
  (functions: WlanFunctions): TE.TaskEither<WlanFailure, WlanClient> =>
  async () => {
    const handle = slot();
    const opened = await call(
      'WlanOpenHandle',
      functions.WlanOpenHandle,
      clientVersion,
      0n,
      new Uint32Array(1),
      handle,
    )();
    if (E.isLeft(opened)) return opened;
    const client = new Client(functions, held(handle));
    const registered = await client.register();
    if (E.isRight(registered)) return E.right(client);
    await client.close();
    return registered;
  };

class Client implements WlanClient {
  readonly notifications: Observable<WlanNotification>;
  readonly #functions: WlanFunctions;
  readonly #handle: bigint;
  readonly #context: number;

  constructor(functions: WlanFunctions, handle: bigint) {
    this.#functions = functions;
    this.#handle = handle;
    const { context, notifications } = notificationHub.add();
    this.#context = context;
    this.notifications = notifications.asObservable();
  }

  readonly register: TE.TaskEither<WlanFailure, void> = () =>
    this.#registration(
      constants.WLAN_NOTIFICATION_SOURCE_ACM | constants.WLAN_NOTIFICATION_SOURCE_MSM,
      notificationHub.callback,
    )();

  readonly interfaces: WlanClient['interfaces'] = () => {
    const list = slot();
    return this.#answer(
      call('WlanEnumInterfaces', this.#functions.WlanEnumInterfaces, this.#handle, 0n, list),
      list,
      'WlanEnumInterfaces',
      (pointer) => countedSize(pointer, interfaceListSize),
      decodeInterfaceList,
    )();
  };

  readonly currentConnection: WlanClient['currentConnection'] = (guid) => () => {
    const operation = 'WlanQueryInterface';
    const size = new Uint32Array(1);
    const data = slot();
    return pipe(
      this.#answer(
        call(
          operation,
          this.#functions.WlanQueryInterface,
          this.#handle,
          guidBytes(guid),
          constants.wlan_intf_opcode_current_connection,
          0n,
          size,
          data,
          0n,
        ),
        data,
        operation,
        () => E.right(size[0] ?? 0),
        decodeCurrentConnection,
      ),
      TE.orElse((failure) =>
        failure.error === constants.ERROR_INVALID_STATE ? TE.right(O.none) : TE.left(failure),
      ),
    )();
  };

  readonly bssList: WlanClient['bssList'] = (guid) => () => {
    const operation = 'WlanGetNetworkBssList';
    const list = slot();
    return this.#answer(
      call(
        operation,
        this.#functions.WlanGetNetworkBssList,
        this.#handle,
        guidBytes(guid),
        0n,
        constants.dot11_BSS_type_any,
        0,
        0n,
        list,
      ),
      list,
      operation,
      bssListSize,
      decodeBssList,
    )();
  };

  readonly availableNetworks: WlanClient['availableNetworks'] = (guid) => () => {
    const operation = 'WlanGetAvailableNetworkList';
    const list = slot();
    return this.#answer(
      call(
        operation,
        this.#functions.WlanGetAvailableNetworkList,
        this.#handle,
        guidBytes(guid),
        0,
        0n,
        list,
      ),
      list,
      operation,
      (pointer) => countedSize(pointer, availableNetworkListSize),
      decodeAvailableNetworks,
    )();
  };

  readonly scan: WlanClient['scan'] = (guid, ssid) =>
    call(
      'WlanScan',
      this.#functions.WlanScan,
      this.#handle,
      guidBytes(guid),
      O.isSome(ssid) ? encodeSsid(ssid.value) : 0n,
      0n,
      0n,
    );

  readonly connect: WlanClient['connect'] = (guid, profile, bssid) => async () => {
    const xml = encodeWideText(profile);
    const bssids = O.isSome(bssid) ? encodeBssidList(bssid.value) : undefined;
    const parameters = encodeConnectionParameters(
      koffi.address(xml),
      bssids === undefined ? 0n : koffi.address(bssids),
    );
    pinned.add(xml);
    if (bssids !== undefined) pinned.add(bssids);
    const connected = await call(
      'WlanConnect',
      this.#functions.WlanConnect,
      this.#handle,
      guidBytes(guid),
      parameters,
      0n,
    )();
    // The profile holds the key.
    xml.fill(0);
    pinned.delete(xml);
    if (bssids !== undefined) pinned.delete(bssids);
    return connected;
  };

  readonly disconnect: WlanClient['disconnect'] = (guid) =>
    call('WlanDisconnect', this.#functions.WlanDisconnect, this.#handle, guidBytes(guid), 0n);

  readonly close: Task<void> = async () => {
    // Waits for callbacks that are running, which the event loop's thread is free to run meanwhile.
    await this.#registration(constants.WLAN_NOTIFICATION_SOURCE_NONE, 0n)();
    await call('WlanCloseHandle', this.#functions.WlanCloseHandle, this.#handle, 0n)();
    notificationHub.remove(this.#context);
  };

  #registration(source: number, callback: bigint): TE.TaskEither<WlanFailure, void> {
    const { WlanRegisterNotification } = this.#functions;
    const context = BigInt(this.#context);
    return call(
      'WlanRegisterNotification',
      WlanRegisterNotification,
      this.#handle,
      source,
      0,
      callback,
      context,
      0n,
      0n,
    );
  }

  /** What `made` has left in `room`: copied, given back with `WlanFreeMemory` whatever it is, then decoded. */
  #answer<T>(
    made: TE.TaskEither<WlanFailure, void>,
    room: BigUint64Array,
    operation: string,
    size: (pointer: bigint) => E.Either<Malformed, number>,
    decode: (bytes: Uint8Array) => E.Either<Malformed, T>,
  ): TE.TaskEither<WlanFailure, T> {
    return async () => {
      const result = await made();
      const pointer = held(room);
      if (pointer === 0n) return E.isLeft(result) ? result : E.left(malformed(operation)('nothing'));
      const bytes = E.isLeft(result) ? result : E.mapLeft(malformed(operation))(copied(pointer, size));
      await new Promise<void>((resolve) => this.#functions.WlanFreeMemory.async(pointer, () => resolve()));
      return E.isLeft(bytes) ? bytes : E.mapLeft(malformed(operation))(decode(bytes.right));
    };
  }
}

const copied = (
  pointer: bigint,
  size: (pointer: bigint) => E.Either<Malformed, number>,
): E.Either<Malformed, Uint8Array> =>
  E.map((bytes: number): Uint8Array => koffi.decode(pointer, 'uint8_t', bytes))(size(pointer));

/** The size of a list that starts with its count. */
const countedSize = (pointer: bigint, size: (count: number) => number): E.Either<Malformed, number> => {
  const count: number = koffi.decode(pointer, 'uint32_t');
  return count > mostItems ? E.left(`a list of ${count} items`) : E.right(size(count));
};

const bssListSize = (pointer: bigint): E.Either<Malformed, number> => {
  const total: number = koffi.decode(pointer, WLAN_BSS_LIST.members.dwTotalSize.offset, 'uint32_t');
  return total > mostBytes ? E.left(`a BSS list of ${total} bytes`) : E.right(total);
};
