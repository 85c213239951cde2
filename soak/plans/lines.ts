/** The way between guests and their host, in memory or over real sockets. */
import type { Clock, GuestId } from '../../index.js';
import type { GuestSide } from '../../native/sockets/transport.js';

/** Each guest has a name there. */
export interface Lines {
  readonly guestSide: (name: string, clock: Clock) => GuestSide;
  /** What the service calls it. */
  readonly guestId: (name: string) => GuestId;
  /** How often something went wrong with this guest's connections so far. */
  readonly disturbances: (name: string) => number;
  /** Is something wrong with them now? */
  readonly isTroubled: (name: string) => boolean;
}
