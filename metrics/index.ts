/**
 * `proxy-wifi/metrics`: the service in the terms of Prometheus, for those who have prom-client beside this package: read from its
 * status when somebody scrapes, durations as they happen.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Clock, type CounterName, type MetricsSink, type ServiceStatus, systemClock } from '../index.js';
import { nativeCalls } from '../native/index.js';
import {
  counterMetrics,
  delayBuckets,
  durationBuckets,
  eventLoopDelay,
  guests,
  interfaces,
  logLinesDropped,
  type MetricEntry,
  metricTable,
  nativeCallBuckets,
  nativeCallDuration,
  notificationDelay,
  requestDuration,
  scanAge,
  sessions,
} from './metric-table.js';

export { type MetricEntry, metricTable } from './metric-table.js';

/** Metrics of one service in a registry. */
export interface RegisteredMetrics {
  /** For the service's input. */
  readonly sink: MetricsSink;
  /** Takes the metrics out of the registry again and ends what is measured for them. */
  readonly close: () => void;
}

/** What Prometheus scrapes. */
export interface Metrics extends RegisteredMetrics {
  readonly contentType: string;
  /** The text of one scrape. */
  readonly expose: () => Promise<string>;
}

/** The values of an entry's labels from the one label that the service counts by: of two, the first is one word. */
const labelsOf = (
  { labels: [first, second] }: MetricEntry,
  label: string,
): Readonly<Record<string, string>> => {
  if (first === undefined) return {};
  if (second === undefined) return { [first]: label };
  const space = label.indexOf(' ');
  return { [first]: label.slice(0, space), [second]: label.slice(space + 1) };
};

const named = ({ name, help, labels }: MetricEntry) => ({ name, help, labelNames: labels });

const nanoseconds = 1e9;

/** How often the event loop's delay is measured, in milliseconds. */
const resolution = 20;

const quantiles = [0.5, 0.9, 0.99, 1] as const;

const countBy = <T>(
  items: readonly T[],
  keyOf: (item: T) => string | undefined,
): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  for (const item of items) {
    const key = keyOf(item);
    if (key !== undefined) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
};

/**
 * Adds the metrics of a service, whose status `read` gives, to the registry of a host application. One service to a registry:
 * throws when it has metrics of these names already. `clock`: the service's, where it has one of its own. `linesDropped`: log
 * lines that were dropped so far, where the log may drop any.
 */
export const registerMetrics = (
  registry: Registry,
  read: () => ServiceStatus,
  clock: Clock = systemClock,
  linesDropped: () => number = () => 0,
): RegisteredMetrics => {
  const registers = [registry];
  for (const [counter, entry] of Object.entries(counterMetrics) as [CounterName, MetricEntry][]) {
    new Counter({
      ...named(entry),
      registers,
      collect() {
        this.reset();
        for (const [label, count] of Object.entries(read().counters[counter]))
          this.inc(labelsOf(entry, label), count);
      },
    });
  }
  new Counter({
    ...named(logLinesDropped),
    registers,
    collect() {
      this.reset();
      this.inc(linesDropped());
    },
  });
  const durations = new Histogram({ ...named(requestDuration), registers, buckets: [...durationBuckets] });
  const delays = new Histogram({ ...named(notificationDelay), registers, buckets: [...delayBuckets] });
  new Gauge({
    ...named(guests),
    registers,
    collect() {
      this.set(read().guests.length);
    },
  });
  const grouped = (
    entry: MetricEntry,
    expected: readonly string[],
    keys: () => ReadonlyMap<string, number>,
  ) =>
    new Gauge({
      ...named(entry),
      registers,
      collect() {
        const counts = keys();
        for (const key of expected) this.set(labelsOf(entry, key), counts.get(key) ?? 0);
      },
    });
  grouped(interfaces, ['station', 'fake'], () => countBy(read().interfaces, ({ kind }) => kind));
  grouped(sessions, ['hostMirroring', 'guestDirected'], () =>
    countBy(read().guests, ({ session }) => session?.type),
  );
  new Gauge({
    ...named(scanAge),
    registers,
    collect() {
      this.reset();
      for (const { kind, name, scannedAt } of read().interfaces)
        if (kind === 'station' && scannedAt !== null)
          this.set({ interface: name }, (clock.elapsed() - scannedAt) / 1000);
    },
  });
  const native = new Histogram({
    ...named(nativeCallDuration),
    registers,
    buckets: [...nativeCallBuckets],
  });
  const watching = nativeCalls.subscribe(({ library, operation, milliseconds }) =>
    native.observe({ library, operation }, milliseconds / 1000),
  );
  const loop = monitorEventLoopDelay({ resolution });
  loop.enable();
  new Gauge({
    ...named(eventLoopDelay),
    registers,
    collect() {
      for (const quantile of quantiles) {
        const measured = loop.percentile(quantile * 100) / nanoseconds;
        this.set({ quantile: String(quantile) }, Math.max(0, measured - resolution / 1000));
      }
      loop.reset();
    },
  });
  return {
    sink: {
      count: () => undefined,
      requestAnswered: (operation, outcome, milliseconds) =>
        durations.observe({ operation, outcome }, milliseconds / 1000),
      notificationWritten: (kind, milliseconds) => delays.observe({ kind }, milliseconds / 1000),
    },
    close: () => {
      loop.disable();
      watching.unsubscribe();
      for (const { name } of metricTable) registry.removeSingleMetric(name);
    },
  };
};

/** Metrics of a service, whose status `read` gives, in a registry of their own. */
export const createMetrics = (
  read: () => ServiceStatus,
  clock?: Clock,
  linesDropped?: () => number,
): Metrics => {
  const registry = new Registry();
  return {
    ...registerMetrics(registry, read, clock, linesDropped),
    contentType: registry.contentType,
    expose: () => registry.metrics(),
  };
};
