/** What a guest costs, and whether it costs more where there are more of them. */
import { median, quantile } from '../../bench/figures.js';
import { answerOf, exchange, guestAddress } from '../../bench/guests.js';
import { encodeRequest } from '../../protocol/index.js';
import { connectToOpen, scanForAll } from '../lobby.js';
import { Ear } from './ear.js';
import { freePort, MeasuredService } from './measured-service.js';

/** How many guests there are, and what was measured then. Times in milliseconds of the wall, unless they say processor. */
export interface ManyGuests {
  readonly guests: number;
  readonly scanMedian: number;
  readonly scanP99: number;
  readonly scansPerSecond: number;
  /** Microseconds of the service's processor time. */
  readonly scanProcessor: number;
  /** The same, of the first request of one more guest. */
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
  /** Notifications that did not come within 20 s. */
  readonly missing: number;
}

const scan = encodeRequest(scanForAll);
const connect = encodeRequest(connectToOpen('Lobby'));

/** Newcomers whose first request is measured. */
const newcomers = 250;

/** Guests that warm up a service, and how often they come and go for it. */
const [warming, warmth] = [400, 6];

/** Scans between two looks at the processor time. */
const batch = 100;

/** So often something is told to all guests. */
const tellings = 5;

/** Every guest once. */
const each = async (from: number, count: number, act: (address: string) => Promise<unknown>) => {
  for (let n = from; n < from + count; n += 1) await act(guestAddress(n));
};

/** The medians over some tellings: milliseconds to all, and microseconds of processor time a guest. */
const tell = async (
  service: MeasuredService,
  ear: Ear,
  { guests, cause }: { readonly guests: number; readonly cause: (n: number) => void },
) => {
  const toAll: number[] = [];
  const processor: number[] = [];
  let missing = 0;
  for (let n = 0; n < tellings; n += 1) {
    const cost = await service.costs(guests, async () => {
      toAll.push(await ear.hears(guests, () => cause(n)));
    });
    processor.push(cost);
    missing += ear.missing;
  }
  return { toAll: median(toAll), processor: median(processor), missing };
};

/** Measures a service with so many guests, each with a session. */
export const measureGuests = async (guests: number, rounds: number): Promise<ManyGuests> => {
  const notificationPort = freePort();
  const service = await MeasuredService.start({ notificationPort, maximumGuests: 8192 });
  const ear = await Ear.open(notificationPort);
  const ask = (address: string): Promise<unknown> => exchange(service.port, address, scan);
  try {
    // Code and heap are warm, and equally so for few guests and for many; then all who warmed them are forgotten.
    for (let turn = 0; turn < warmth; turn += 1) {
      for (let scans = 0; scans < 5; scans += 1) await each(10_000, warming, ask);
      await each(10_000, warming, (address) => answerOf(service.port, address, connect));
      await ear.hears(warming, () => service.fade(turn % 2 === 0 ? -60 : -50));
      await ear.hears(warming, () => service.scan());
      await service.restart();
    }
    const before = await service.memory();
    await each(0, guests, ask);
    const after = await service.memory();
    await each(0, guests, (address) => answerOf(service.port, address, connect));

    const took: number[] = [];
    const processor: number[] = [];
    const started = performance.now();
    for (let n = 0; n < rounds; ) {
      const cost = await service.costs(batch, async () => {
        for (const end = n + batch; n < end; n += 1) {
          const begun = performance.now();
          await ask(guestAddress((n * 7919) % guests));
          took.push(performance.now() - begun);
        }
      });
      processor.push(cost);
    }
    const scansPerSecond = (took.length * 1000) / (performance.now() - started);

    const signal = await tell(service, ear, {
      guests,
      cause: (n) => service.fade(n % 2 === 0 ? -60 : -50),
    });
    const results = await tell(service, ear, { guests, cause: () => service.scan() });
    const stop = await service.stop();

    await service.restart();
    await each(0, guests, ask);
    const firstProcessor = await service.costs(newcomers, () => each(10_000, newcomers, ask));
    return {
      guests,
      scanMedian: median(took),
      scanP99: quantile(took, 0.99),
      scansPerSecond,
      scanProcessor: median(processor),
      firstProcessor,
      signalToAll: signal.toAll,
      signalProcessor: signal.processor,
      resultsToAll: results.toAll,
      resultsProcessor: results.processor,
      memory: (after - before) / 1024 / guests,
      stop,
      missing: signal.missing + results.missing,
    };
  } finally {
    ear.close();
    service.end();
  }
};
