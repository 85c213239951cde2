/** When a connection is closed for good, as a promise. */
import type { Connection } from '../../native/sockets/transport.js';

export const closedFor = (connection: Pick<Connection, 'onClosed'>): Promise<void> =>
  new Promise((resolve) => connection.onClosed(resolve));
