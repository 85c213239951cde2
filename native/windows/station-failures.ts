/** What a station interface of Windows answers with when it cannot do what was asked, apart from Windows' own reasons. */
import { StatusCode } from '../../protocol/status.js';
import type { ConnectFailure, RadioFailure } from '../radio.js';

/** Given up by the one who asked. */
export const abandoned: ConnectFailure = {
  reason: 'abandoned',
  status: StatusCode.unspecifiedFailure,
  detail: 'given up before Windows had connected',
};

/** Security that no profile can ask for. */
export const unsupported: ConnectFailure = {
  reason: 'unsupported',
  status: StatusCode.invalidPairwiseCipher,
  detail: 'Windows connects with CCMP only',
};

/** Anything else; `detail` is for people. */
export const failed = (detail: string): ConnectFailure => ({
  reason: 'failed',
  status: StatusCode.unspecifiedFailure,
  detail,
});

/** Asked of an interface that is not there any more. */
export const gone = (operation: string): RadioFailure => ({
  operation,
  code: 'GONE',
  detail: 'the interface has left, or the Wlan service has stopped',
});
