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
import { guidBytes } from './guid.js';
import { constants } from './layouts.js';
import { encodeWideText } from './wide-text.js';
import { bssListSize, call, copied, countedSize, held, slot } from './wlan-call.js';
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
import { callFailed, isDenied, malformed, type WlanFailure } from './wlan-failure.js';
import { bindWlanFunctions, type WlanFunctions } from './wlan-functions.js';
import { notificationHub, type WlanNotification } from './wlan-notifications.js';

/** A connection to the Wlan service. */
export interface WlanClient {
  /** Hot: in order, each after the callback that brought it has returned. Completes on `close`. */
  readonly notifications: Observable<WlanNotification>;
  /** Why nothing is reported of associations and signals (ACM alone is registered); `none` where it is. */
  readonly withheld: O.Option<WlanFailure>;
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
  /** Starts to connect with a profile that Windows has saved, by its name. */
  readonly connectSaved: (guid: string, profile: string) => TE.TaskEither<WlanFailure, void>;
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

/** Windows' own copy, by its full path: a DLL of that name elsewhere on the search path is never loaded. */
export const systemWlanApi = (): string =>
  `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\wlanapi.dll`;

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
  withheld: O.Option<WlanFailure> = O.none;
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

  /** For everything; where only what tells of access points is denied, for the rest. */
  readonly register: TE.TaskEither<WlanFailure, void> = async () => {
    const { WLAN_NOTIFICATION_SOURCE_ACM: acm, WLAN_NOTIFICATION_SOURCE_MSM: msm } = constants;
    const whole = await this.#registration(acm | msm, notificationHub.callback)();
    if (E.isRight(whole) || !isDenied(whole.left)) return whole;
    this.withheld = O.some(whole.left);
    return this.#registration(acm, notificationHub.callback)();
  };

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
    const connected = await this.#connect(
      guid,
      constants.wlan_connection_mode_temporary_profile,
      xml,
      bssids,
    );
    // The profile holds the key.
    xml.fill(0);
    return connected;
  };

  readonly connectSaved: WlanClient['connectSaved'] = (guid, profile) => () =>
    this.#connect(guid, constants.wlan_connection_mode_profile, encodeWideText(profile), undefined);

  readonly disconnect: WlanClient['disconnect'] = (guid) =>
    call('WlanDisconnect', this.#functions.WlanDisconnect, this.#handle, guidBytes(guid), 0n);

  readonly close: Task<void> = async () => {
    // Waits for callbacks that are running, which the event loop's thread is free to run meanwhile.
    await this.#registration(constants.WLAN_NOTIFICATION_SOURCE_NONE, 0n)();
    await call('WlanCloseHandle', this.#functions.WlanCloseHandle, this.#handle, 0n)();
    notificationHub.remove(this.#context);
  };

  async #connect(
    guid: string,
    mode: number,
    profile: Uint8Array,
    bssids: Uint8Array | undefined,
  ): Promise<E.Either<WlanFailure, void>> {
    const parameters = encodeConnectionParameters(
      mode,
      koffi.address(profile),
      bssids === undefined ? 0n : koffi.address(bssids),
    );
    pinned.add(profile);
    if (bssids !== undefined) pinned.add(bssids);
    const connected = await call(
      'WlanConnect',
      this.#functions.WlanConnect,
      this.#handle,
      guidBytes(guid),
      parameters,
      0n,
    )();
    pinned.delete(profile);
    if (bssids !== undefined) pinned.delete(bssids);
    return connected;
  }

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
