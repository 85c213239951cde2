/** TCP ports of this machine: a free one, and one that somebody else has. */
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Listens on a port that the system chooses. */
export const occupy = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => resolve(server));
  });

export const release = (server: Server): Promise<void> =>
  new Promise((resolve) => server.close(() => resolve()));

/** A port that was free a moment ago. */
export const freePort = async (): Promise<number> => {
  const server = await occupy();
  const { port } = server.address() as AddressInfo;
  await release(server);
  return port;
};
