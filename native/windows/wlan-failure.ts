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

/** A call that returned `error`. */
export const callFailed = (operation: string, error: number): WlanFailure => {
  const code = win32ErrorName(error);
  const todo = advice.get(error);
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

/** True for a failure that means: the service has stopped, and the handle with it. */
export const serviceIsGone = ({ error }: WlanFailure): boolean =>
  error === constants.ERROR_SERVICE_NOT_ACTIVE || error === constants.ERROR_INVALID_HANDLE;
