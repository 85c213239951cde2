/** Months in minutes: a restless host, its guests, and what grows with the days. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Day, endure } from './plans/endurance.js';

export interface MonthsReport {
  readonly days: number;
  readonly answers: number;
  /** MiB of heap in use: the median of the first tenth of the days that count, and of the last. */
  readonly heap: readonly [number, number];
  /** Growth of the heap from the one to the other, in percent. */
  readonly growth: number;
  /** Most timers at the end of a day. */
  readonly timers: number;
  readonly violations: readonly string[];
}

setFlagsFromString('--expose-gc');
// What V8 keeps of code that it optimizes and throws away again grows for weeks, and says nothing of ours.
setFlagsFromString('--no-opt');
const collect = runInNewContext('gc') as () => void;

/** Days until code and caches are warm. */
const warmUp = 7;

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Lives through so many days with so many guests. */
export const months = async (
  days: number,
  guests: number,
  seed: number,
  progress: (day: Day) => void,
): Promise<MonthsReport> => {
  const heaps: number[] = [];
  let timers = 0;
  const drifts: string[] = [];
  const { violations, answers } = await endure({ days, guests, seed }, (day) => {
    collect();
    heaps.push(process.memoryUsage().heapUsed / 2 ** 20);
    timers = Math.max(timers, day.timers);
    if (day.late > 0 && drifts.length === 0) drifts.push(`day ${day.day} is ${day.late} ms too long`);
    progress(day);
  });
  const counted = heaps.slice(Math.min(warmUp, Math.floor(heaps.length / 3)));
  const tenth = Math.max(1, Math.ceil(counted.length / 10));
  const heap = [median(counted.slice(0, tenth)), median(counted.slice(-tenth))] as const;
  return {
    days: heaps.length,
    answers,
    heap,
    growth: (heap[1] / heap[0] - 1) * 100,
    timers,
    violations: [...violations, ...drifts],
  };
};
