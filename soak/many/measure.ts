/**
 * What a guest costs, and whether it costs more where there are more of them. The service is a process of its own and counts
 * its own processor time, which no client and no neighbour changes.
 */
import { fork } from 'node:child_process';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { answerOf, exchange, guestAddress } from '../../bench/guests.js';
import { messageFrom } from '../../bench/processes.js';
import { encodeRequest, KeyMaterial } from '../../protocol/index.js';
import { ssid } from '../../test/stage/networks.js';

/** How many guests there are, and what was measured then. Times in milliseconds of the wall, unless they say processor. */
export interface ManyGuests {
  readonly guests: number;
  readonly scanMedian: number;
  readonly scanP99: number;
  readonly scansPerSecond: number;
  /** Microseconds of the service's processor time. */
  readonly scanProcessor: number;
  /** The same, of the first request of a guest that was never seen. */
  readonly firstProcessor: number;
  /** Until a change of the signal has reached all guests, and the service's processor time for each, in microseconds. */
  readonly signalToAll: number;
  readonly signalProcessor: number;
  /** The same of the results of a scan that the host made by itself. */
  readonly resultsToAll: number;
  readonly resultsProcessor: number;
  /** KiB of resident memory. */
  readonly memory: number;
  /** Processor time of the stop, in milliseconds. */
  readonly stop: number;
}

const scenario = {
  seed: 1,
  interfaces: [{ name: 'wlan0', scanDuration: 0, connectDuration: 0 }],
  networks: [
    {
      ssid: 'Lobby',
      security: 'open',
      accessPoints: [{ bssid: '02:00:00:00:00:00', channel: 1, signal: -50 }],
    },
    ...Array.from({ length: 29 }, (_, n) => ({
      ssid: `Network ${n}`,
      security: 'wpa2-psk',
      accessPoints: [{ bssid: `02:00:00:00:01:${(n + 16).toString(16)}`, channel: 6, signal: -60 }],
    })),
  ],
};

const none = { _tag: 'None' } as const;
const scan = encodeRequest({ operation: 'scan', ssid: none });
const connect = encodeRequest({
  operation: 'connect',
  ssid: ssid('Lobby'),
  bssid: none,
  authType: 0,
  wpaVersions: 0,
  akmSuites: [],
  pairwiseCipherSuites: [],
  groupCipherSuite: 0,
  key: KeyMaterial.none,
});

const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? 0;

/** One ear for all guests: on Linux a server at 0.0.0.0 hears every address of loopback. */
class Ear {
  readonly #server: Server;
  #expected = 0;
  #heard: () => void = () => undefined;

  constructor(port: number) {
    this.#server = createServer({ noDelay: true }, (socket) => {
      let size = 0;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        size += chunk.length;
      });
      socket.on('end', () => {
        socket.end();
        if (size === 0) return;
        this.#expected -= 1;
        if (this.#expected === 0) this.#heard();
      });
    }).listen({ port, host: '0.0.0.0', backlog: 8192 });
  }

  /** Milliseconds until `count` notifications have come after `cause`. Those that are given up are not waited for. */
  async hears(count: number, cause: () => void): Promise<number> {
    const started = performance.now();
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#expected = count;
      this.#heard = resolve;
      timer = setTimeout(resolve, 20_000);
      cause();
    });
    clearTimeout(timer);
    return performance.now() - started;
  }

  close(): void {
    this.#server.close();
  }
}

/** Measures a service with so many guests, each with a session. */
export const measureGuests = async (guests: number, rounds: number): Promise<ManyGuests> => {
  const notificationPort = 20_000 + (process.pid % 10_000);
  const child = fork(
    fileURLToPath(new URL('service.mjs', import.meta.url)),
    [JSON.stringify(scenario), String(notificationPort)],
    {
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
  const ear = new Ear(notificationPort);
  try {
    const { port } = await messageFrom<{ readonly port: number }>(child, 'listening');
    const told = async <T>(type: string): Promise<T> => {
      const answer = messageFrom<T>(child, type);
      child.send({ type });
      return answer;
    };
    const processor = async (): Promise<number> => {
      const { user, system } = await told<{ readonly user: number; readonly system: number }>('cpu');
      return user + system;
    };
    /** Microseconds of the service's processor time for each of `count`. */
    const costs = async (count: number, act: () => Promise<unknown>): Promise<number> => {
      const before = await processor();
      await act();
      return ((await processor()) - before) / count;
    };
    // Guests that warm up code and heap; they are beyond those that are counted.
    for (let n = 0; n < 1500; n += 1) await exchange(port, guestAddress(20_000 + (n % 50)), scan);
    const { rss: before } = await told<{ readonly rss: number }>('memory');
    const firstProcessor = await costs(guests, async () => {
      for (let n = 0; n < guests; n += 1) await exchange(port, guestAddress(n), scan);
    });
    const { rss: after } = await told<{ readonly rss: number }>('memory');
    for (let n = 0; n < guests; n += 1) await answerOf(port, guestAddress(n), connect);
    const took: number[] = [];
    const started = performance.now();
    const scanProcessor = await costs(rounds, async () => {
      for (let n = 0; n < rounds; n += 1) {
        const begun = performance.now();
        await exchange(port, guestAddress((n * 7919) % guests), scan);
        took.push(performance.now() - begun);
      }
    });
    const scansPerSecond = (rounds * 1000) / (performance.now() - started);
    let signal = -50;
    let signalToAll = 0;
    const signalProcessor = await costs(guests, async () => {
      signal = signal === -50 ? -60 : -50;
      signalToAll = await ear.hears(guests, () => child.send({ type: 'signal', signal }));
    });
    let resultsToAll = 0;
    const resultsProcessor = await costs(guests, async () => {
      resultsToAll = await ear.hears(guests, () => child.send({ type: 'scan' }));
    });
    const stopped = messageFrom<{ readonly milliseconds: number }>(child, 'stopped');
    child.send({ type: 'stop' });
    const { milliseconds: stop } = await stopped;
    return {
      guests,
      scanMedian: quantile(took, 0.5),
      scanP99: quantile(took, 0.99),
      scansPerSecond,
      scanProcessor,
      firstProcessor,
      signalToAll,
      signalProcessor,
      resultsToAll,
      resultsProcessor,
      memory: (after - before) / 1024 / guests,
      stop,
    };
  } finally {
    ear.close();
    child.disconnect();
  }
};
