/** The functions of `wlanapi.dll` as koffi binds them: prototypes of `wlanapi.h` with plain pointers. */
import type { LibraryHandle } from 'koffi';

/** A native pointer or handle (0n is NULL), or memory of ours whose address is passed. */
export type Pointer = bigint | Uint8Array | Uint32Array | BigUint64Array;

/** A function that is only ever called on a thread of the pool. `settle` gets what it returned. */
export interface Call<Parameters extends readonly unknown[]> {
  readonly async: (...parameters: [...Parameters, settle: (thrown: unknown, result: number) => void]) => void;
}

/** Every function in use. Parameters in the order of `wlanapi.h`; `bigint` alone: a handle or NULL. */
export interface WlanFunctions {
  readonly WlanOpenHandle: Call<[version: number, reserved: bigint, negotiated: Pointer, handle: Pointer]>;
  readonly WlanCloseHandle: Call<[handle: bigint, reserved: bigint]>;
  readonly WlanRegisterNotification: Call<
    [
      handle: bigint,
      sources: number,
      ignoreDuplicates: number,
      callback: bigint,
      context: bigint,
      reserved: bigint,
      previous: bigint,
    ]
  >;
  readonly WlanEnumInterfaces: Call<[handle: bigint, reserved: bigint, list: Pointer]>;
  readonly WlanQueryInterface: Call<
    [
      handle: bigint,
      guid: Pointer,
      opcode: number,
      reserved: bigint,
      size: Pointer,
      data: Pointer,
      valueType: bigint,
    ]
  >;
  readonly WlanScan: Call<[handle: bigint, guid: Pointer, ssid: Pointer, elements: bigint, reserved: bigint]>;
  readonly WlanGetNetworkBssList: Call<
    [
      handle: bigint,
      guid: Pointer,
      ssid: bigint,
      bssType: number,
      securityEnabled: number,
      reserved: bigint,
      list: Pointer,
    ]
  >;
  readonly WlanGetAvailableNetworkList: Call<
    [handle: bigint, guid: Pointer, flags: number, reserved: bigint, list: Pointer]
  >;
  readonly WlanConnect: Call<[handle: bigint, guid: Pointer, parameters: Pointer, reserved: bigint]>;
  readonly WlanDisconnect: Call<[handle: bigint, guid: Pointer, reserved: bigint]>;
  readonly WlanFreeMemory: Call<[memory: bigint]>;
}

/** Looks every function up; throws when one is missing. `DWORD` and `BOOL` are 32 bits, `HANDLE` is a pointer. */
export const bindWlanFunctions = (library: LibraryHandle): WlanFunctions => ({
  WlanOpenHandle: library.func('uint32_t WlanOpenHandle(uint32_t, void *, void *, void *)'),
  WlanCloseHandle: library.func('uint32_t WlanCloseHandle(void *, void *)'),
  WlanRegisterNotification: library.func(
    'uint32_t WlanRegisterNotification(void *, uint32_t, int32_t, void *, void *, void *, void *)',
  ),
  WlanEnumInterfaces: library.func('uint32_t WlanEnumInterfaces(void *, void *, void *)'),
  WlanQueryInterface: library.func(
    'uint32_t WlanQueryInterface(void *, const void *, uint32_t, void *, void *, void *, void *)',
  ),
  WlanScan: library.func('uint32_t WlanScan(void *, const void *, const void *, const void *, void *)'),
  WlanGetNetworkBssList: library.func(
    'uint32_t WlanGetNetworkBssList(void *, const void *, const void *, uint32_t, int32_t, void *, void *)',
  ),
  WlanGetAvailableNetworkList: library.func(
    'uint32_t WlanGetAvailableNetworkList(void *, const void *, uint32_t, void *, void *)',
  ),
  WlanConnect: library.func('uint32_t WlanConnect(void *, const void *, const void *, void *)'),
  WlanDisconnect: library.func('uint32_t WlanDisconnect(void *, const void *, void *)'),
  WlanFreeMemory: library.func('void WlanFreeMemory(void *)'),
});
