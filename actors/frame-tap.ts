/** A look at every frame that goes over a channel, for recordings and the inspector. */
import type { GuestId } from '../native/sockets/endpoint.js';

/** One whole frame as it was on the wire, except that the bytes of a key are zero. */
export interface SeenFrame {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly guest: GuestId;
  readonly channel: 'request' | 'notification';
  readonly from: 'guest' | 'host';
  readonly frame: Uint8Array;
}

export type FrameTap = (seen: SeenFrame) => void;
