/** Who may come in: decided for each connection before a byte of it is read. */
import type { Connection } from '../../native/sockets/transport.js';
import type { Guests } from '../guest/guest-register.js';
import type { Service } from '../service.js';

/** Brings a connection to its guest, or closes it. */
export const admitConnection = (service: Service, guests: Guests, connection: Connection): void => {
  const { settings, counters, log } = service;
  const { peer } = connection;
  if (settings.allow !== null && !settings.allow.has(peer)) {
    counters.count('refusedConnections', 'guest not allowed');
    log.warn({ guest: peer, reason: 'guest not allowed' }, 'connection refused');
    connection.destroy();
    return;
  }
  guests.connectionsOf(peer).accept(connection, () => guests.release(peer));
};
