/** The measurements of many guests, each with what is wanted of it, and written to docs/reliability.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { withMarked } from '../../bench/marked.js';
import { manyAddresses } from './addresses.js';
import { besideDead, deadColumns, deaths } from './dead.js';
import { besideHostile, hostileColumns, ratioOf } from './hostile.js';
import { hostilities } from './hostility.js';
import { type ManyGuests, measureGuests } from './measure.js';
import { manyGuestsColumns, tableOf } from './page.js';
import { plotOf } from './plot.js';

const page = (name: string): URL => new URL(`../../docs/${name}`, import.meta.url);

const circumstances = (): string =>
  `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} processors (${cpus()[0]?.model.trim()}), load ${loadavg()[0]?.toFixed(1)}.`;

const record = (name: string, figures: string): void => {
  console.log(figures);
  writeFileSync(
    page('reliability.md'),
    withMarked(readFileSync(page('reliability.md'), 'utf8'), name, figures),
  );
};

/** Scan cost at the most guests against that at ten, and microseconds of a first request. */
const [wantedGrowth, wantedFirst] = [1.3, 600];

export const measureMany = async (most: number, rounds: number): Promise<boolean> => {
  const numbers = [1, 10, 100, 1000, 4000].filter((count) => count <= most);
  const measured: ManyGuests[] = [];
  for (const count of numbers) measured.push(await measureGuests(count, rounds));
  const ten = measured.find(({ guests }) => guests === 10);
  const last = measured.at(-1);
  const growth = ten === undefined || last === undefined ? 1 : last.scanProcessor / ten.scanProcessor;
  const first = Math.max(...measured.map(({ firstProcessor }) => firstProcessor));
  const figures = `${circumstances()} Scan at ${last?.guests} guests: ${growth.toFixed(2)} of that at ten (wanted ≤ ${wantedGrowth}). First request: ${first.toFixed(0)} µs at most (wanted ≤ ${wantedFirst}).\n\n![Processor time against the number of guests](many-guests.svg)\n\n${tableOf(manyGuestsColumns, measured)}`;
  if (measured.length === 5) {
    writeFileSync(page('many-guests.svg'), plotOf(measured));
    record('many guests', figures);
  } else console.log(figures);
  return growth <= wantedGrowth && first <= wantedFirst;
};

/** Of what the others notice, beside hostile or dead guests against without them. */
const wantedRatio = 1.5;

export const measureHostile = async (turns: number): Promise<boolean> => {
  const measured = [];
  for (const hostility of hostilities) measured.push(await besideHostile(hostility, turns));
  record('hostile', `${circumstances()}\n\n${tableOf(hostileColumns, measured)}`);
  return measured.every(({ p99 }) => ratioOf(p99) <= wantedRatio);
};

export const measureDead = async (): Promise<boolean> => {
  const measured = [];
  for (const death of deaths) measured.push(await besideDead(death));
  record('dead', `${circumstances()}\n\n${tableOf(deadColumns, measured)}`);
  return measured.every(({ toAll, missing }) => ratioOf(toAll) <= wantedRatio && missing === 0);
};

/** MiB by which memory may differ between two looks at the same heap. */
const memoryNoise = 8;

export const measureAddresses = async (count: number, progress: (n: number) => void): Promise<boolean> => {
  const { addresses, otherwise, scan, memory } = await manyAddresses(count, progress);
  const [early, late] = memory;
  record(
    'addresses',
    `${circumstances()} ${addresses.toLocaleString('en')} addresses: ${otherwise} were answered otherwise than the first; a scan took ${scan[0].toFixed(2)} ms early and ${scan[1].toFixed(2)} ms at the end; resident ${early.toFixed(1)} MiB with a full table, ${late.toFixed(1)} MiB at the end.`,
  );
  return otherwise === 0 && late <= early + memoryNoise;
};
