/** Figures, and the page that holds them. */
import { stepsSection } from './steps.js';

/** One measurement. `ratio`: value ÷ baseline in the same run; `target` is what the project wants of it. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  readonly ratio: number;
  /** What is wanted, as `≤ 1.4`: of the ratio, or of the value where there is no baseline. */
  readonly target: string;
  readonly met: boolean;
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/** The value below which such a part of them lies: 0.99 for all but the slowest hundredth. */
export const quantile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ??
  Number.NaN;

const rounded = (value: number): number => Number(value.toPrecision(4));

/** A figure against its baseline. */
export const compared = (
  name: string,
  unit: string,
  value: number,
  baseline: number,
  target: { readonly atMost: number } | { readonly atLeast: number },
): Result => {
  const ratio = value / baseline;
  const met = 'atMost' in target ? ratio <= target.atMost : ratio >= target.atLeast;
  const wanted = 'atMost' in target ? `≤ ${target.atMost}` : `≥ ${target.atLeast}`;
  return {
    name,
    value: rounded(value),
    unit,
    baseline: rounded(baseline),
    ratio: rounded(ratio),
    target: wanted,
    met,
  };
};

const meanings: Readonly<Record<string, string>> = {
  'scan-round-trip':
    'median of a 30-BSS scan, a new connection each time, against a bare server that answers the same bytes',
  'scan-cpu':
    'processor time of the server for the same scan, all its threads, counted by itself: no client and no neighbour is in it. The way of a scan whose results are fresh, as hosts answer it: request channel, dispatcher',
  'scan-cpu-host':
    'the same where each request begins a scan of the host (scan interval 0): request channel, dispatcher, scans of the interface, radio, and back; the middle one of five services',
  'stop-1000':
    'until a service of 1,000 guests has stopped; the median of seven services; the baseline is the target',
  'stop-1000-block':
    'the longest time for which the event loop of any of them was blocked meanwhile; the baseline is the target',
  'stop-4000': 'the same with 4,000 guests',
  'stop-4000-block': 'the same with 4,000 guests',
  'inspected-round-trip':
    'the same scan with the inspector on and no page open, against the service without the inspector',
  'scan-throughput-64': 'scans a second with 64 guests at once, against the bare server',
  'notify-256': 'one signal change delivered to 256 guests, against the bare connects and writes',
  'notify-256-cpu': 'processor time of the service for each of these notifications, against the bare sender',
  'notify-256-written':
    'from the opening of a connection to the writing of the notification, all but the slowest thousandth of them; the driver closes after 10 ms; the baseline is the target',
  'memory-per-guest':
    'growth of resident memory over 1,000 idle guests that have each made a request; the baseline is the target',
  start:
    '`serve` from process start to listening, against a bare Node server; from the second start on, with the compiled code that the first one has kept',
  'start-first': 'the same without compiled code that was kept',
  'wlan-scan-64':
    'time for which the event loop is busy with a scan of 64 BSS entries through koffi, under Wine; the median; the baseline is the target',
  'wlan-slow-call':
    'longest delay of the event loop while each call of a scan takes 500 ms, under Wine; the longest of all rounds; the baseline is the target',
};

/** `docs/benchmarks.md`. */
export const benchmarksPage = (results: readonly Result[], circumstances: string): string => `# Benchmarks

Written by \`npm run bench\`. Both sides of a figure are separate processes, measured in turns in one run by the same
client; what counts is the ratio. Before scans are measured both sides have answered 20,000, so that V8 has compiled what is hot.
In a virtual machine a server also pays for waking a client on a processor that has gone to sleep, the more the longer its answer takes:
\`taskset -c 0 npm run bench -- --only scan\` has both on one processor, and leaves that out.

${circumstances}

| measure | value | baseline | ratio | target | met |
| --- | --- | --- | --- | --- | --- |
${results
  .map(
    ({ name, value, unit, baseline, ratio, target, met }) =>
      `| \`${name}\` | ${value} ${unit} | ${baseline} ${unit} | ${ratio} | ${target} | ${met ? 'yes' : '**no**'} |`,
  )
  .join('\n')}

Where the time of a notification goes: [notify-profile.md](notify-profile.md). In the guest, beside a plain radio and a bare
Ethernet device: [guest-benchmarks.md](guest-benchmarks.md).

${results.map(({ name }) => `- \`${name}\`: ${meanings[name] ?? ''}`).join('\n')}

${stepsSection()}`;
