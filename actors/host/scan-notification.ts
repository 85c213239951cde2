/** Tells guests what a scan has brought that they were not answered with. */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Guests } from '../guest/guest-register.js';
import type { Post } from '../seat.js';
import type { Interfaces } from './interface-register.js';

/**
 * Notifies guests of a scan's results, along with what the other stations have seen: a newer notification takes the place of one
 * that still waits, and must not take networks from a guest.
 */
export const notifyResults = (
  interfaces: Interfaces,
  guests: Guests,
  post: Post,
  id: InterfaceId,
  to: Iterable<GuestId>,
): void => {
  if (!interfaces.has(id)) return;
  const stations = interfaces.entries.flatMap(({ device }) => (device.kind === 'station' ? [device.id] : []));
  const networks = interfaces.networks(stations);
  for (const guest of to) {
    // The driver of the older format does not know scan notifications.
    if (guests.get(guest)?.driver === 'without-scan-complete') continue;
    const complete = !interfaces.isPromisedElsewhere(id, guest);
    guests.notify(post, guest, 'scan', (driver) => interfaces.shown.frame(networks, complete, driver));
  }
};
