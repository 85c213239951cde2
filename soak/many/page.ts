/** Figures as tables, for docs/reliability.md. */
import type { ManyGuests } from './measure.js';

/** The title of a column, and what stands in it. */
export type Columns<Row> = readonly (readonly [string, (row: Row) => string])[];

export const manyGuestsColumns: Columns<ManyGuests> = [
  ['guests', ({ guests }) => guests.toLocaleString('en')],
  ['scan, median', ({ scanMedian }) => `${scanMedian.toFixed(2)} ms`],
  ['p99', ({ scanP99 }) => `${scanP99.toFixed(1)} ms`],
  ['scans a second', ({ scansPerSecond }) => scansPerSecond.toFixed(0)],
  ['processor time of a scan', ({ scanProcessor }) => `${scanProcessor.toFixed(0)} µs`],
  ['of a first request', ({ firstProcessor }) => `${firstProcessor.toFixed(0)} µs`],
  [
    'signal to all',
    ({ signalToAll, signalProcessor }) =>
      `${signalToAll.toFixed(0)} ms, ${signalProcessor.toFixed(0)} µs each`,
  ],
  [
    'results to all',
    ({ resultsToAll, resultsProcessor }) =>
      `${resultsToAll.toFixed(0)} ms, ${resultsProcessor.toFixed(0)} µs each`,
  ],
  ['not heard', ({ missing }) => String(missing)],
  // Of a few guests it is less than what the system rounds to.
  ['memory a guest', ({ guests, memory }) => (guests < 100 ? '' : `${memory.toFixed(1)} KiB`)],
  ['stop', ({ stop }) => `${stop.toFixed(0)} ms`],
];

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export const tableOf = <Row>(columns: Columns<Row>, rows: readonly Row[]): string =>
  [
    line(columns.map(([name]) => name)),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map(([, cell]) => cell(row)))),
  ].join('\n');
