/** Who may come in: decided for each connection before a byte of it is read. */
import type { Connection } from '../native/sockets/transport.js';
import { GuestDesk } from './guest-desk.js';
import type { Services } from './services.js';

/** Brings a connection to its guest's desk, or closes it. A guest that shows up for the first time gets its actors. */
export const admitConnection = (services: Services, connection: Connection): void => {
  const { settings, counters, log } = services;
  const { peer } = connection;
  const refuse = (reason: string): void => {
    counters.count('refusedConnections', reason);
    log.warn({ guest: peer, reason }, 'connection refused');
    connection.destroy();
  };
  const known = services.guests.get(peer);
  if (known !== undefined) known.intake.accept(connection);
  else if (settings.allow !== null && !settings.allow.has(peer)) refuse('guest not allowed');
  else if (services.guests.size >= settings.maximumGuests) refuse('too many guests');
  else {
    const desk = new GuestDesk(peer, services);
    services.guests.set(peer, desk);
    services.welcome(peer);
    desk.intake.accept(connection);
  }
};
