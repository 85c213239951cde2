/** Win32 error codes as names. */
import { newerConstants } from './layouts.js';

/** The codes that the calls of this folder are known to return (`winerror.h`). */
export const win32ErrorNames: ReadonlyMap<number, string> = new Map([
  [0, 'ERROR_SUCCESS'],
  [2, 'ERROR_FILE_NOT_FOUND'],
  [5, 'ERROR_ACCESS_DENIED'],
  [6, 'ERROR_INVALID_HANDLE'],
  [8, 'ERROR_NOT_ENOUGH_MEMORY'],
  [14, 'ERROR_OUTOFMEMORY'],
  [21, 'ERROR_NOT_READY'],
  [31, 'ERROR_GEN_FAILURE'],
  [50, 'ERROR_NOT_SUPPORTED'],
  [87, 'ERROR_INVALID_PARAMETER'],
  [120, 'ERROR_CALL_NOT_IMPLEMENTED'],
  [126, 'ERROR_MOD_NOT_FOUND'],
  [127, 'ERROR_PROC_NOT_FOUND'],
  [170, 'ERROR_BUSY'],
  [193, 'ERROR_BAD_EXE_FORMAT'],
  [259, 'ERROR_NO_MORE_ITEMS'],
  [1062, 'ERROR_SERVICE_NOT_ACTIVE'],
  [1150, 'ERROR_OLD_WIN_VERSION'],
  [1168, 'ERROR_NOT_FOUND'],
  [1206, 'ERROR_BAD_PROFILE'],
  [1223, 'ERROR_CANCELLED'],
  [1450, 'ERROR_NO_SYSTEM_RESOURCES'],
  [1722, 'RPC_S_SERVER_UNAVAILABLE'],
  [1726, 'RPC_S_CALL_FAILED'],
  [1753, 'EPT_S_NOT_REGISTERED'],
  [5023, 'ERROR_INVALID_STATE'],
  [newerConstants.ERROR_NDIS_DOT11_POWER_STATE_INVALID, 'ERROR_NDIS_DOT11_POWER_STATE_INVALID'],
]);

/** `ERROR_INVALID_STATE`, or `error 12345` for a code without a name here. */
export const win32ErrorName = (code: number): string => win32ErrorNames.get(code) ?? `error ${code}`;
