/** Hears the notifications of many guests at once. */
import { createServer, type Server } from 'node:net';

/** Milliseconds after which nothing more is to be expected: longer than all tries of a notification. */
const patience = 20_000;

export class Ear {
  readonly #servers: readonly Server[];
  #expected = 0;
  readonly #reached = new Set<string>();
  #heard: () => void = () => undefined;

  private constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  /** On Linux a server at 0.0.0.0 hears every address of loopback; where others hear some of them, each wants one of its own. */
  static async open(port: number, addresses: readonly string[] = ['0.0.0.0']): Promise<Ear> {
    const servers = addresses.map(() => createServer({ noDelay: true }));
    const ear = new Ear(servers);
    await Promise.all(
      servers.map(
        (server, n) =>
          new Promise<void>((resolve, reject) => {
            ear.#listen(server);
            server.once('error', reject);
            server.listen({ port, host: addresses[n], backlog: 8192 }, resolve);
          }),
      ),
    );
    return ear;
  }

  /** Milliseconds until `count` guests have heard of `cause`. Those that hear nothing are waited for no longer than 20 s. */
  async hears(count: number, cause: () => void): Promise<number> {
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#expected = count;
      this.#reached.clear();
      this.#heard = resolve;
      timer = setTimeout(resolve, patience);
      cause();
    });
    clearTimeout(timer);
    return performance.now() - started;
  }

  /** How many have not heard of the last cause. */
  get missing(): number {
    return this.#expected - this.#reached.size;
  }

  close(): void {
    for (const server of this.#servers) server.close();
  }

  #listen(server: Server): void {
    server.on('connection', (socket) => {
      let size = 0;
      // Each guest counts once: what was written late is sent once more.
      const guest = socket.localAddress ?? '';
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        size += chunk.length;
      });
      socket.on('end', () => {
        socket.end();
        if (size === 0) return;
        this.#reached.add(guest);
        if (this.#reached.size === this.#expected) this.#heard();
      });
    });
  }
}
