/** TCP ports of this machine: a free one, and one that somebody else has. */
import { createServer, type Server } from 'node:net';

/**
 * Ports below those that systems give to outgoing connections: a guest's own connections must not take the port on which
 * it is about to listen. Processes that run at the same time begin at different ones.
 */
const [first, count] = [20_000, 12_000];
let next = (process.pid * 97) % count;

/** Listens on `port` of this address; undefined if somebody else does. */
const listenOn = (host: string, port: number): Promise<Server | undefined> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(undefined))
      .listen({ host, port, exclusive: true }, () => resolve(server));
  });

/** Listens on a port that nobody else uses, at this address. */
export const occupy = async (host = '127.0.0.1'): Promise<Server> => {
  next = (next + 1) % count;
  return (await listenOn(host, first + next)) ?? occupy(host);
};

export const release = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));

/** The port of a listening server. */
export const portOf = (server: Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on TCP');
  return address.port;
};

/** A port that was free a moment ago, at this address. */
export const freePort = async (host?: string): Promise<number> => {
  const server = await occupy(host);
  const port = portOf(server);
  await release(server);
  return port;
};
