/** A `serve` process of its own, on ports and addresses that nobody else has. */
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CliProcess, endAll, startCli } from './cli-process.js';

let guests = 0;

/** An address of loopback that no other test of this process takes; the process's id keeps others away. */
export const nextAddress = (): string => {
  guests++;
  return `127.${100 + (process.pid % 100)}.${1 + (Math.floor(process.pid / 100) % 250)}.${guests}`;
};

/** A port that is free at an address of loopback. */
export const freePort = (address: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, address, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });

export interface Serving {
  readonly cli: CliProcess;
  /** `tcp://ADDRESS:PORT`, with the port really taken. */
  readonly endpoint: string;
  readonly notificationPort: number;
  /** Options for guests of this host, with an address of their own. */
  readonly asGuest: (address?: string) => readonly string[];
}

/** Starts `serve` over TCP and waits until it listens. */
export const serving = async (...options: readonly string[]): Promise<Serving> => {
  const address = nextAddress();
  const notificationPort = await freePort(address);
  const ports = ['--listen', `tcp://${address}:0`, '--notification-port', `${notificationPort}`];
  const cli = startCli(['serve', ...ports, ...options]);
  const [, endpoint = ''] = await cli.says(/Listening for guests at (tcp:\S+\d)\./);
  return {
    cli,
    endpoint,
    notificationPort,
    asGuest: (own = nextAddress()) => [
      '--endpoint',
      endpoint,
      '--notification-port',
      `${notificationPort}`,
      '--address',
      own,
    ],
  };
};

interface Folder {
  readonly path: (name: string) => string;
}

/** A folder of its own for files and sockets. */
export const newFolder = async (): Promise<Folder & { readonly remove: () => Promise<void> }> => {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-cli-'));
  return { path: (name) => join(folder, name), remove: () => rm(folder, { recursive: true, force: true }) };
};

/** Within a `describe`: a folder for each test, which goes with it, after the programs that it has left running. */
export const folderOfEach = (): Folder => {
  let folder: Awaited<ReturnType<typeof newFolder>>;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(async () => {
    await endAll();
    await folder.remove();
  });
  return { path: (name) => folder.path(name) };
};
