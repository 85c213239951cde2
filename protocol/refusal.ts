/** Why a frame from a guest is refused. */

/** A refusal: tagged by `reason`, with the numbers that make it understandable. Never a byte of the body. */
export type FrameRefusal =
  /** No operation has this code. */
  | { readonly reason: 'unknown operation'; readonly operation: number }
  /** Only the host sends this operation. */
  | { readonly reason: 'not a request'; readonly operation: number }
  | { readonly reason: 'wrong version'; readonly version: number }
  /** The header announces a body that this operation cannot have. */
  | { readonly reason: 'impossible size'; readonly operation: number; readonly size: number }
  /** A count in the body points outside its array: `value` where `limit` is the most. */
  | {
      readonly reason:
        | 'ssid too long'
        | 'too many AKM suites'
        | 'too many pairwise cipher suites'
        | 'key beyond body';
      readonly value: number;
      readonly limit: number;
    }
  /** The stream ended, or the time for the frame was over, after `received` bytes; `expected` once the header is there. */
  | {
      readonly reason: 'incomplete';
      readonly cause: 'ended' | 'timed out';
      readonly received: number;
      readonly expected: number | undefined;
    };

/** One line for the log. */
export const refusalText = (refusal: FrameRefusal): string => refusal.reason;
