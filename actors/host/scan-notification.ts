/** Tells dispatchers what became of their part in an interface's scan, and guests what they were not answered with. */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Guests } from '../guest/guest-register.js';
import type { ScanOutcome } from '../guest/scan-round.js';
import type { Enqueue } from '../seat.js';
import type { Interfaces } from './interface-register.js';
import type { Waiter } from './scan-state.js';

/** What became of the part that each of these has in the interface's scan, to its dispatcher. */
export const tellOutcome = (
  guests: Guests,
  post: Enqueue,
  interfaceId: InterfaceId,
  waiters: readonly Pick<Waiter, 'guest' | 'round'>[],
  outcome: ScanOutcome,
): void => {
  for (const { guest, round } of waiters)
    guests.tell(post, guest, { type: 'interface.scanned', interfaceId, round, outcome });
};

/** Is a scan of this guest worked on, or have its results been promised? */
const isAwaiting = (interfaces: Interfaces, guests: Guests, guest: GuestId): boolean =>
  guests.get(guest)?.dispatcher.state?.request?.body.operation === 'scan' || interfaces.isPromised(guest);

/** `without`: an interface that is leaving; null for none. */
const notify = (
  interfaces: Interfaces,
  guests: Guests,
  post: Enqueue,
  without: InterfaceId | null,
  to: Iterable<GuestId>,
): void => {
  const there = interfaces.ids.filter((other) => other !== without);
  for (const guest of to) {
    const { format, skills } = guests.readerOf(guest);
    // The driver of the older format does not know scan notifications.
    if (format === 'without-scan-complete') continue;
    const networks = interfaces.networks(there, skills);
    // When it is sent the guest may have begun another scan, which a word of this one must not end.
    guests.notify(post, guest, 'scan', () =>
      interfaces.shown.frame(networks, !isAwaiting(interfaces, guests, guest), format),
    );
  }
};

/**
 * Notifies guests of a scan's results, along with what the others have seen, and the fake networks: a newer notification takes the place of one
 * that still waits, and must not take networks from a guest.
 */
export const notifyResults = (
  interfaces: Interfaces,
  guests: Guests,
  post: Enqueue,
  id: InterfaceId,
  to: Iterable<GuestId>,
): void => {
  if (interfaces.has(id)) notify(interfaces, guests, post, null, to);
};

/** The interface leaves in the middle of its scan: who was promised results gets what the others have seen. */
export const notifyWithout = (
  interfaces: Interfaces,
  guests: Guests,
  post: Enqueue,
  id: InterfaceId,
  to: Iterable<GuestId>,
): void => notify(interfaces, guests, post, id, to);
