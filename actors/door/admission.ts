/** Who may come in: decided for each connection before a byte of it is read. */
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Connection } from '../../native/sockets/transport.js';
import type { Settings } from '../application/settings.js';
import type { Guests } from '../guest/guest-register.js';
import type { Service } from '../service.js';

/** Is the guest on the allow-list, if there is one? */
export const mayComeIn = ({ allow }: Settings, guest: GuestId): boolean => allow === null || allow.has(guest);

/** Brings a connection to its guest, or closes it. `onClosed` hears when one that was let in is gone, and whether it had sent a byte. */
export const admitConnection = (
  service: Service,
  guests: Guests,
  connection: Connection,
  onClosed: (hadBytes: boolean) => void,
): void => {
  const { settings, counters, log } = service;
  const { peer } = connection;
  if (!mayComeIn(settings, peer)) {
    counters.count('refusedConnections', 'guest not allowed');
    log.warn({ guest: peer, reason: 'guest not allowed' }, 'connection refused');
    connection.destroy();
    return;
  }
  guests.connectionsOf(peer).accept(connection, (hadBytes) => {
    guests.release(peer);
    onClosed(hadBytes);
  });
};

/** A connection of this guest is closed because too many wait, or because it comes in vain again and again. One line for each would be what a flood is after. */
export const noteTurnedAway = ({ counters, log }: Service, guest: GuestId): void => {
  counters.count('refusedConnections', 'flood');
  log.debug({ guest }, 'connection refused: too many come');
};
