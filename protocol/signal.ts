/** Signal quality: the host's notification about the current session's signal. */

/** Host → guest: how strong the signal is now. */
export interface SignalNotification {
  readonly operation: 'signal';
  /** dBm; what is sent is within −128…127. */
  readonly rssi: number;
}
