/** Two hundred dead guests: how much later those that are well hear what concerns all. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { median } from '../../bench/figures.js';
import { answerOf, guestAddress } from '../../bench/guests.js';
import { messageFrom } from '../../bench/processes.js';
import { encodeRequest } from '../../protocol/index.js';
import { connectToOpen } from '../lobby.js';
import { Ear } from './ear.js';
import { freePort, MeasuredService } from './measured-service.js';
import type { Columns } from './page.js';

/** How a guest does not take its notifications. */
export const deaths = ['never reads', 'never accepts', 'resets', 'has closed its port'] as const;
export type Death = (typeof deaths)[number];

/** Milliseconds until all that are well have heard of a signal: medians with the dead, and without them. */
export interface BesideDead {
  readonly death: Death;
  readonly toAll: readonly [beside: number, without: number];
  /** Notifications that did not come to guests that are well. */
  readonly missing: number;
}

const well = 64;
const dead = 200;
const tellings = 30;

/** Milliseconds between two signals: of the dead some are still tried when the next one comes. */
const apart = 250;

const connect = encodeRequest(connectToOpen('Lobby'));
const addresses = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, n) => guestAddress(from + n));

/** Who is dead listens first, and no more once it has connected. */
const bury = async (death: Death, port: number): Promise<ChildProcess | undefined> => {
  if (death === 'has closed its port') return undefined;
  const child = fork(
    fileURLToPath(new URL('dead-guests.mjs', import.meta.url)),
    [death, String(port), JSON.stringify(addresses(1000, dead))],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  await messageFrom(child, 'listening');
  // A process that stands still accepts nothing.
  if (death === 'never accepts') child.kill('SIGSTOP');
  return child;
};

const medianToAll = async (service: MeasuredService, ear: Ear): Promise<readonly [number, number]> => {
  const toAll: number[] = [];
  let missing = 0;
  for (let n = 0; n < tellings; n += 1) {
    toAll.push(await ear.hears(well, () => service.fade(n % 2 === 0 ? -60 : -50)));
    missing += ear.missing;
    await new Promise((resolve) => setTimeout(resolve, apart));
  }
  return [median(toAll), missing];
};

export const besideDead = async (death: Death): Promise<BesideDead> => {
  const port = freePort();
  const service = await MeasuredService.start({ notificationPort: port, maximumGuests: 1024 });
  const ear = await Ear.open(port, addresses(0, well));
  let child: ChildProcess | undefined;
  try {
    const join = async (who: readonly string[]): Promise<void> => {
      for (const address of who) await answerOf(service.port, address, connect);
    };
    await join(addresses(0, well));
    // Once to warm up.
    await medianToAll(service, ear);
    const [without, missingWithout] = await medianToAll(service, ear);
    child = await bury(death, port);
    await join(addresses(1000, dead));
    const [beside, missing] = await medianToAll(service, ear);
    return { death, toAll: [beside, without], missing: missing + missingWithout };
  } finally {
    ear.close();
    service.end();
    if (child !== undefined) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }
};

export const deadColumns: Columns<BesideDead> = [
  ['each of the 200', ({ death }) => death],
  [
    `until all ${well} others have heard, with them and without`,
    ({ toAll: [beside, without] }) => `${beside.toFixed(1)} / ${without.toFixed(1)} ms`,
  ],
  ['ratio', ({ toAll: [beside, without] }) => (beside / without).toFixed(2)],
  ['not heard', ({ missing }) => String(missing)],
];
