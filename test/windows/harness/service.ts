/** The whole service under Wine with the stand-in as its `wlanapi.dll`, driven from Linux. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Running, Wine } from './wine.js';

/** A TCP port of loopback that is free now. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
};

/** Commands to a stand-in in another process. */
class RemoteStandIn {
  readonly #port: number;
  readonly #socket: Socket = createSocket('udp4');
  #queue: Promise<unknown> = Promise.resolve();

  constructor(port: number) {
    this.#port = port;
  }

  /** One command; rejects when it is not understood. */
  tell(line: string): Promise<number> {
    const answer = this.#queue.then(() => this.#ask(line));
    this.#queue = answer.catch(() => undefined);
    return answer;
  }

  async #ask(line: string): Promise<number> {
    // The DLL listens once the service has loaded it; until then datagrams are lost.
    for (let tries = 0; tries < 200; tries++) {
      const answered = once(this.#socket, 'message', { signal: AbortSignal.timeout(100) });
      this.#socket.send(line, this.#port, '127.0.0.1');
      const answer = await answered.then(
        ([data]) => Number(String(data)),
        () => undefined,
      );
      if (answer === undefined) continue;
      if (answer < 0) throw new Error(`the stand-in does not understand: ${line}`);
      return answer;
    }
    throw new Error(`the stand-in does not answer: ${line}`);
  }

  close(): void {
    this.#socket.close();
  }
}

export interface ServiceOptions {
  /** `stand-in`, or a system without the DLL. */
  readonly wlanapi: 'stand-in' | 'none';
  /** Commands to the stand-in before anything calls it. */
  readonly script?: readonly string[];
  /** Further arguments of `serve`. */
  readonly arguments?: readonly string[];
  /** A service that has ended, whose ports this one takes: its guests find it again. */
  readonly insteadOf?: WindowsService;
}

/** A running `serve --radio host`. */
export interface WindowsService {
  readonly running: Running;
  readonly requestPort: number;
  readonly notificationPort: number;
  readonly standIn: RemoteStandIn;
  /** Every log line so far. */
  readonly log: () => readonly Readonly<Record<string, unknown>>[];
  /** Waits for something in the log. */
  readonly logged: (what: (line: Readonly<Record<string, unknown>>) => boolean) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Starts the service and waits until it listens. */
export const startService = async (
  wine: Wine,
  prefix: string,
  dll: string,
  options: ServiceOptions,
): Promise<WindowsService> => {
  copyFileSync(dll, join(prefix, 'drive_c', 'windows', 'system32', 'wlanapi.dll'));
  const requestPort = options.insteadOf?.requestPort ?? (await freePort());
  const notificationPort = options.insteadOf?.notificationPort ?? (await freePort());
  const control = await freePort();
  const running = wine.node(
    [
      'cli/main.js',
      'serve',
      ...['--listen', `tcp://127.0.0.1:${requestPort}`],
      ...['--radio', 'host'],
      ...['--notification-port', String(notificationPort)],
      '--log-json',
      ...(options.arguments ?? []),
    ],
    {
      WLANAPI_STAND_IN_PORT: String(control),
      WLANAPI_STAND_IN_SCRIPT: (options.script ?? []).join(';'),
      // `n`: a native DLL, that is ours; nothing after the sign: none at all.
      WINEDLLOVERRIDES: `mscoree,mshtml,winedbg.exe=;wlanapi=${options.wlanapi === 'none' ? '' : 'n'}`,
    },
    90_000,
  );
  const standIn = new RemoteStandIn(control);
  const log = (): readonly Readonly<Record<string, unknown>>[] =>
    running
      .output()
      .split('\n')
      .flatMap((line) => {
        try {
          return [JSON.parse(line) as Record<string, unknown>];
        } catch {
          return [];
        }
      });
  let ended = false;
  void running.ended.then(() => {
    ended = true;
  });
  const logged = async (what: (line: Readonly<Record<string, unknown>>) => boolean): Promise<void> => {
    while (!log().some(what)) {
      if (ended) throw new Error(`the service has ended:\n${running.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const service: WindowsService = {
    running,
    requestPort,
    notificationPort,
    standIn,
    log,
    logged,
    stop: async () => {
      standIn.close();
      running.kill();
      await running.ended;
    },
  };
  try {
    await logged(({ msg }) => msg === 'listening for guests');
  } catch (problem) {
    standIn.close();
    throw problem;
  }
  return service;
};
