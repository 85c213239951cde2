/** Why a frame from a guest is refused. */

/** A count in the body is not that of its array: it is `value` where `limit` is the most. */
export interface CountRefusal {
  readonly reason:
    | 'ssid too long'
    | 'too many AKM suites'
    | 'too many pairwise cipher suites'
    | 'key beyond body'
    | 'bytes behind the key';
  readonly value: number;
  readonly limit: number;
}

/** A refusal: tagged by `reason`, with the numbers that make it understandable. Never a byte of the body. */
export type FrameRefusal =
  /** No operation has this code. */
  | { readonly reason: 'unknown operation'; readonly operation: number }
  /** Only the host sends this operation. */
  | { readonly reason: 'not a request'; readonly operation: number }
  | { readonly reason: 'wrong version'; readonly version: number }
  /** The header announces a body that this operation cannot have. */
  | { readonly reason: 'impossible size'; readonly operation: number; readonly size: number }
  | CountRefusal
  /** The stream ended, or the time for the frame was over, after `received` bytes; `expected` once the header is there. */
  | {
      readonly reason: 'incomplete';
      readonly cause: 'ended' | 'timed out';
      readonly received: number;
      readonly expected: number | undefined;
    };

/** One line for the log. */
export const refusalText = (refusal: FrameRefusal): string => {
  switch (refusal.reason) {
    case 'unknown operation':
      return `operation ${refusal.operation} is unknown`;
    case 'not a request':
      return `operation ${refusal.operation} is nothing that a guest may send`;
    case 'wrong version':
      return `protocol version ${refusal.version} instead of 1`;
    case 'impossible size':
      return `a body of ${refusal.size} bytes is impossible for operation ${refusal.operation}`;
    case 'ssid too long':
      return `ssid_len is ${refusal.value}, at most ${refusal.limit} are possible`;
    case 'too many AKM suites':
      return `num_akm_suites is ${refusal.value}, at most ${refusal.limit} are possible`;
    case 'too many pairwise cipher suites':
      return `num_pairwise_cipher_suites is ${refusal.value}, at most ${refusal.limit} are possible`;
    case 'key beyond body':
      return `key_len is ${refusal.value}, but only ${refusal.limit} bytes are left in the body`;
    case 'bytes behind the key':
      return `the body goes on for ${refusal.value} bytes behind key_len, which is ${refusal.limit}`;
    case 'incomplete': {
      const of = refusal.expected === undefined ? 'without a whole header' : `of ${refusal.expected}`;
      return refusal.cause === 'ended'
        ? `the guest closed after ${refusal.received} bytes ${of}`
        : `the time for a request was over after ${refusal.received} bytes ${of}`;
    }
  }
};
