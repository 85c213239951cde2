/** Disconnect: the request, and the response with nothing in it. */

/** Guest → host: end this session. */
export interface DisconnectRequest {
  readonly operation: 'disconnect';
  /** 0 to 2^53−1: 64 bits on the wire, of which larger ones read as 2^53−1. */
  readonly sessionId: number;
}

/** Host → guest: the session is over. */
export interface DisconnectResponse {
  readonly operation: 'disconnect.response';
}
