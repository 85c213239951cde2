/** Addresses without end: each comes once, and the last one is served like the first. */
import { connect } from 'node:net';
import { median } from '../../bench/figures.js';
import { answerOf } from '../../bench/guests.js';
import { encodeRequest } from '../../protocol/index.js';
import { scanForAll } from '../lobby.js';
import { freePort, MeasuredService } from './measured-service.js';

export interface AddressesReport {
  readonly addresses: number;
  /** Those that got another answer than the first one. */
  readonly otherwise: number;
  /** Milliseconds of a scan: the medians of an early thousand, and of the last. */
  readonly scan: readonly [early: number, late: number];
  /** MiB of resident memory: once the table of guests is full and code is warm, and at the end. */
  readonly memory: readonly [early: number, late: number];
}

/** Guests that the service knows at a time. */
const places = 1024;

/** Addresses until all is warm: heap and code. */
const warm = 4 * places;

const scan = encodeRequest(scanForAll);

const addressOf = (n: number): string => `127.${64 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}`;

/** A connection without a byte. */
const touch = (port: number, localAddress: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, localAddress }, () => socket.destroy());
    socket.once('error', reject);
    socket.once('close', () => resolve());
  });

/** Every third address opens a connection and sends nothing; the others scan. */
export const manyAddresses = async (
  addresses: number,
  progress: (n: number) => void,
): Promise<AddressesReport> => {
  const service = await MeasuredService.start({ notificationPort: freePort(), maximumGuests: places });
  try {
    let first: Buffer | undefined;
    let otherwise = 0;
    let early: number | undefined;
    const took: number[] = [];
    for (let n = 0; n < addresses; n += 1) {
      if (n === Math.min(warm, Math.floor(addresses / 2))) early = await service.memory();
      if (n % 3 === 1) await touch(service.port, addressOf(n));
      else {
        const begun = performance.now();
        const answer = await answerOf(service.port, addressOf(n), scan);
        took.push(performance.now() - begun);
        first ??= answer;
        if (answer.length === 0 || !answer.equals(first)) otherwise += 1;
      }
      progress(n + 1);
    }
    const late = await service.memory();
    const part = Math.min(1000, Math.floor(took.length / 4));
    return {
      addresses,
      otherwise,
      scan: [median(took.slice(part, 2 * part)), median(took.slice(-part))],
      memory: [(early ?? late) / 2 ** 20, late / 2 ** 20],
    };
  } finally {
    service.end();
  }
};
