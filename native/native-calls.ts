/**
 * Each call into the host's own libraries and services as it ends: for the log level `trace`, for `doctor --report`, and for
 * whoever embeds the service. The stream belongs to the process, as sockets and libraries do.
 */
import { type Observable, Subject } from 'rxjs';

/** One call that has ended, or one notification that has come. Never a name, an address or a key. */
export interface NativeCall {
  /** Whose function it is. `libc` and `ws2_32` are sockets. */
  readonly library: 'wlanapi' | 'ws2_32' | 'advapi32' | 'wsl' | 'libc' | 'D-Bus';
  /** `WlanScan`, `bind`, `org.freedesktop.DBus.Properties.GetAll`, `notification ACM 7`. */
  readonly operation: string;
  /** From the call to its return, with the wait for a thread of the pool; on a monotonic clock. */
  readonly milliseconds: number;
  /** Symbolic: `ERROR_SUCCESS`, `EWOULDBLOCK`, `ok`. */
  readonly result: string;
}

const calls = new Subject<NativeCall>();

/** Hot. While nobody subscribes, no call is timed. */
export const nativeCalls: Observable<NativeCall> = calls.asObservable();

const unheard = (): void => undefined;

/** A call begins; what is returned is to be told how it ended. */
export const callBegins = (library: NativeCall['library'], operation: string): ((result: string) => void) => {
  if (!calls.observed) return unheard;
  const begun = performance.now();
  return (result) => calls.next({ library, operation, milliseconds: performance.now() - begun, result });
};
