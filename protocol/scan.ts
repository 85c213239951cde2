/** Scan: the request, and the response that is an answer as well as a notification. */
import type { Option } from 'fp-ts/lib/Option.js';
import type { Bss } from './bss.js';
import type { Ssid } from './ssid.js';

/** Guest → host: which networks are there? */
export interface ScanRequest {
  readonly operation: 'scan';
  /** `none`: every network. `some`: a directed scan, the way to find a hidden network. */
  readonly ssid: Option<Ssid>;
}

/** Host → guest: the networks, as an answer or as a notification. */
export interface ScanResponse {
  readonly operation: 'scan.response';
  /** False makes the driver wait for a notification that is complete, for 10 s at most. */
  readonly complete: boolean;
  readonly networks: readonly Bss[];
}
