/** Guests as bare as they can be: what they cost is the same for every server that is measured. */
import { connect, createServer, type Server } from 'node:net';

/** Every guest has its own loopback address. */
export const guestAddress = (n: number): string => `127.1.${Math.floor(n / 250)}.${(n % 250) + 1}`;

/** One request on a new connection. Resolves with the size of the answer once the server has closed. */
export const exchange = (port: number, localAddress: string, request: Uint8Array): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true }, () =>
      socket.write(request),
    );
    let size = 0;
    socket.on('data', (chunk) => {
      size += chunk.length;
    });
    socket.on('end', () => {
      socket.end();
      resolve(size);
    });
    socket.on('error', reject);
  });

/** The answer's bytes. */
export const answerOf = (port: number, localAddress: string, request: Uint8Array): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress }, () => socket.write(request));
    const chunks: Buffer[] = [];
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => {
      socket.end();
      resolve(Buffer.concat(chunks));
    });
    socket.on('error', reject);
  });

/** Guests that listen for notifications, each at its own address. */
export class Audience {
  readonly #servers: Server[] = [];
  #expected = 0;
  /** Who has been told since the cause. */
  readonly #reached = new Set<number>();
  #arrived: (() => void) | undefined;

  /** Listens at the addresses of `count` guests. */
  async open(count: number, port: number): Promise<void> {
    for (let n = 0; n < count; n += 1) {
      const server = createServer({ noDelay: true }, (socket) => {
        let size = 0;
        socket.on('error', () => {});
        socket.on('data', (chunk) => {
          size += chunk.length;
        });
        socket.on('end', () => {
          socket.end();
          if (size > 0) this.#count(n);
        });
      });
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, guestAddress(n), () => resolve());
      });
      this.#servers.push(server);
    }
  }

  /** Milliseconds until `count` notifications have come after `cause`. */
  async time(count: number, cause: () => void): Promise<number> {
    const started = performance.now();
    const arrived = new Promise<void>((resolve) => {
      this.#expected = count;
      this.#reached.clear();
      this.#arrived = resolve;
    });
    cause();
    await arrived;
    return performance.now() - started;
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }

  /** Each guest once: what was written late is sent once more. */
  #count(guest: number): void {
    this.#reached.add(guest);
    if (this.#reached.size === this.#expected) this.#arrived?.();
  }
}
