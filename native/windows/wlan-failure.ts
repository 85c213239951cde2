/** Why something asked of the Wlan service did not work. */
import type { RadioFailure } from '../radio.js';
import { constants, newerConstants } from './layouts.js';
import { win32ErrorName } from './win32-errors.js';
import type { Malformed } from './wlan-decoding.js';

/** A call that failed: `code` is the symbolic name. */
export interface WlanFailure extends RadioFailure {
  /** The Win32 error; `undefined` when the call succeeded and what it returned makes no sense. */
  readonly error: number | undefined;
}

/** Where a user allows it, and how it is allowed for a service, which runs in session 0 where Windows asks nobody. */
export const locationConsent =
  'Windows 11 24H2 and later want consent to use the location: Settings > Privacy & security > Location, "Location services" and "Let desktop apps access your location". A service is asked for nothing: switch both on for all users of this computer before it starts.';

/** The calls that need that consent (Microsoft, "Changes to API behavior for Wi-Fi access and location"). */
const locating: ReadonlySet<string> = new Set([
  'WlanGetAvailableNetworkList',
  'WlanGetNetworkBssList',
  'WlanQueryInterface',
  'WlanRegisterNotification',
  'WlanScan',
]);

const advice = (operation: string, error: number): string | undefined => {
  switch (error) {
    case constants.ERROR_SERVICE_NOT_ACTIVE:
      return 'The Wi-Fi service does not run. Start "WLAN AutoConfig": Start-Service WlanSvc.';
    case constants.ERROR_ACCESS_DENIED:
      return locating.has(operation) ? locationConsent : 'Windows refuses it to this user.';
    case newerConstants.ERROR_NDIS_DOT11_POWER_STATE_INVALID:
      return 'The radio is switched off. Switch Wi-Fi on.';
    default:
      return undefined;
  }
};

/** A call that returned `error`. */
export const callFailed = (operation: string, error: number): WlanFailure => {
  const code = win32ErrorName(error);
  const todo = advice(operation, error);
  return { operation, error, code, detail: `${operation}: ${code}${todo === undefined ? '' : `. ${todo}`}` };
};

/** A call that succeeded, and what it returned makes no sense. */
export const malformed =
  (operation: string) =>
  (problem: Malformed): WlanFailure => ({
    operation,
    error: undefined,
    code: 'MALFORMED',
    detail: `${operation} returned ${problem}`,
  });

/** True for a failure that means: this user is not allowed to know, whatever there is to know. */
export const isDenied = ({ error }: WlanFailure): boolean => error === constants.ERROR_ACCESS_DENIED;

/** The service has stopped, and the handle with it: as it says itself, or as the calls to it fail while it ends. */
const gone: ReadonlySet<number | undefined> = new Set([
  constants.ERROR_INVALID_HANDLE,
  constants.ERROR_SERVICE_NOT_ACTIVE,
  constants.RPC_S_SERVER_UNAVAILABLE,
  constants.RPC_S_CALL_FAILED,
  constants.EPT_S_NOT_REGISTERED,
]);

/** True for a failure that means: the service has to be looked for again. */
export const serviceIsGone = ({ error }: WlanFailure): boolean => gone.has(error);
