/** One hostile guest among a hundred: what the others notice of it, in turns with and without it. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, quantile } from '../../bench/figures.js';
import { answerOf, exchange, guestAddress } from '../../bench/guests.js';
import { messageFrom } from '../../bench/processes.js';
import { encodeRequest } from '../../protocol/index.js';
import { connectToOpen, scanForAll } from '../lobby.js';
import type { Hostility } from './hostility.js';
import { freePort, MeasuredService } from './measured-service.js';
import type { Columns } from './page.js';

/** Milliseconds of a scan of the others, half of which took less, or 99 of 100; beside it, and without it. */
export interface BesideHostile {
  readonly hostility: Hostility;
  /** How often it did that, a second. */
  readonly perSecond: number;
  readonly median: readonly [beside: number, without: number];
  readonly p99: readonly [beside: number, without: number];
}

const others = 99;

/** Scans of the others between two changes. */
const turn = 300;

const scan = encodeRequest(scanForAll);
const connect = encodeRequest(connectToOpen('Lobby'));

const begin = async (hostility: Hostility, port: number): Promise<() => Promise<number>> => {
  const child = fork(fileURLToPath(new URL('hostile-guest.ts', import.meta.url)), [hostility, String(port)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await messageFrom(child, 'begun');
  return async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const told = messageFrom<{ readonly times: number }>(child, 'times');
    child.send({ type: 'stop' });
    const { times } = await told;
    await ended;
    return times;
  };
};

/** So many turns each with and without. */
export const besideHostile = async (hostility: Hostility, turns: number): Promise<BesideHostile> => {
  const service = await MeasuredService.start({ notificationPort: freePort(), maximumGuests: 1024 });
  const { port } = service;
  const took = async (into: number[]): Promise<void> => {
    for (let n = 0; n < turn; n += 1) {
      const begun = performance.now();
      const size = await exchange(port, guestAddress(n % others), scan);
      if (size === 0) throw new Error('a guest that behaves got no answer');
      into.push(performance.now() - begun);
    }
  };
  try {
    for (let n = 0; n < others; n += 1) await answerOf(port, guestAddress(n), connect);
    for (let n = 0; n < 5; n += 1) await took([]);
    const [beside, without]: [number[], number[]] = [[], []];
    let [times, hostileTime] = [0, 0];
    for (let n = 0; n < turns; n += 1) {
      await took(without);
      const end = await begin(hostility, port);
      const begun = performance.now();
      await took(beside);
      hostileTime += performance.now() - begun;
      times += await end();
    }
    return {
      hostility,
      perSecond: (times * 1000) / hostileTime,
      median: [median(beside), median(without)],
      p99: [quantile(beside, 0.99), quantile(without, 0.99)],
    };
  } finally {
    service.end();
  }
};

export const ratioOf = ([beside, without]: readonly [number, number]): number => beside / without;

const pair = ([beside, without]: readonly [number, number]): string =>
  `${beside.toFixed(2)} / ${without.toFixed(2)} ms`;

export const hostileColumns: Columns<BesideHostile> = [
  ['one of 100', ({ hostility }) => hostility],
  ['times a second', ({ perSecond }) => perSecond.toFixed(0)],
  ['median of the others, beside it and without', ({ median: both }) => pair(both)],
  ['p99', ({ p99 }) => pair(p99)],
  ['ratio of p99', ({ p99 }) => ratioOf(p99).toFixed(2)],
];
