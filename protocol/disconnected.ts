/** Disconnected: the host's notification that a session has ended. */

/** Host → guest: this session has ended on the host. The driver ignores one that is older than its own. */
export interface DisconnectedNotification {
  readonly operation: 'disconnected';
  /** 0 to 2^53−1: 64 bits on the wire, of which larger ones read as 2^53−1. */
  readonly sessionId: number;
}
