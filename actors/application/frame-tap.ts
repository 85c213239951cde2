/** A look at every frame that goes over a channel, for recordings and the inspector. */
import type { GuestId } from '../../native/sockets/endpoint.js';
import { encodeRequest } from '../../protocol/frame.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import type { Request } from '../../protocol/messages.js';
import type { Clock } from '../../streams/clock.js';

/** One whole frame as it was on the wire, except that the bytes of a key are zero. */
export interface SeenFrame {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly guest: GuestId;
  readonly channel: 'request' | 'notification';
  readonly from: 'guest' | 'host';
  readonly frame: Uint8Array;
}

/** Is shown each frame, as it was read or is about to be written. */
export type FrameTap = (seen: SeenFrame) => void;

/** Who looks, and by which clock. */
interface Tapped {
  readonly frameTap: FrameTap | undefined;
  readonly clock: Clock;
}

/** Shows a frame to whoever records. */
export const tapFrame = (
  { frameTap, clock }: Tapped,
  guest: GuestId,
  channel: SeenFrame['channel'],
  from: SeenFrame['from'],
  frame: Uint8Array,
): void => frameTap?.({ time: clock.now(), guest, channel, from, frame });

/** Shows a guest's request to whoever records, its key zeroed. */
export const tapRequest = (tapped: Tapped, guest: GuestId, request: Request): void => {
  if (tapped.frameTap === undefined) return;
  const shown =
    request.operation === 'connect'
      ? { ...request, key: new KeyMaterial(new Uint8Array(request.key.length)) }
      : request;
  tapFrame(tapped, guest, 'request', 'guest', encodeRequest(shown));
};
