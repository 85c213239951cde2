/** Every metric as data: what is registered, and what `docs/metrics.md` lists. */
import type { CounterName } from '../index.js';

/** One metric: its name, how Prometheus is to take it, its labels, and what it says. */
export interface MetricEntry {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

const counter = (name: string, labels: readonly string[], help: string): MetricEntry => ({
  name: `proxy_wifi_${name}_total`,
  type: 'counter',
  labels,
  help,
});

const gauge = (name: string, labels: readonly string[], help: string): MetricEntry => ({
  name: `proxy_wifi_${name}`,
  type: 'gauge',
  labels,
  help,
});

/** The service's own counters, by the name that the service gives them. */
export const counterMetrics: Readonly<Record<CounterName, MetricEntry>> = {
  requests: counter('requests', ['operation', 'outcome'], 'Requests that were answered.'),
  refusedFrames: counter('refused_frames', ['reason'], 'Frames that made no sense and were refused.'),
  refusedConnections: counter(
    'refused_connections',
    ['reason'],
    'Connections closed before a byte of them was read.',
  ),
  notificationsSent: counter(
    'notifications_sent',
    ['kind'],
    'Notifications that were written in time to be read.',
  ),
  notificationsUncertain: counter(
    'notifications_uncertain',
    ['kind'],
    'Notifications written so late (more than 8 ms; 800 ms for a guest that reads for 1 s and has said so in its hello) that the guest may not have read them; each is sent once more.',
  ),
  notificationsRetried: counter(
    'notifications_retried',
    ['kind'],
    'Further tries to deliver a notification.',
  ),
  notificationsConflated: counter(
    'notifications_conflated',
    ['kind'],
    'Notifications replaced by a newer one while they waited.',
  ),
  notificationsDropped: counter('notifications_dropped', ['kind'], 'Notifications given up.'),
  restarts: counter(
    'restarts',
    ['part'],
    'Failures of listeners, radios and actors that were followed by a restart.',
  ),
};

/** Not of the service, but of its log. */
export const logLinesDropped = counter(
  'log_lines_dropped',
  [],
  'Log lines dropped because their reader did not read.',
);

export const requestDuration: MetricEntry = {
  name: 'proxy_wifi_request_duration_seconds',
  type: 'histogram',
  labels: ['operation', 'outcome'],
  help: 'Time from the last byte of a request to its answer.',
};

export const notificationDelay: MetricEntry = {
  name: 'proxy_wifi_notification_delay_seconds',
  type: 'histogram',
  labels: ['kind'],
  help: 'Time from the opening of the connection of a notification to its writing, at most.',
};

export const guests = gauge('guests', [], 'Guests that have shown up and are not forgotten yet.');
export const interfaces = gauge(
  'interfaces',
  ['kind'],
  'Interfaces of the host, stations, real or simulated, and that of fake networks.',
);
export const sessions = gauge(
  'sessions',
  ['type'],
  'Guests that are connected, by whether the host was already.',
);
export const eventLoopDelay = gauge(
  'event_loop_delay_seconds',
  ['quantile'],
  'How late the event loop was since the last scrape.',
);

export const scanAge = gauge(
  'scan_age_seconds',
  ['interface'],
  "Since an interface's last completed scan; none before its first, and for fake networks.",
);
export const nativeCallDuration: MetricEntry = {
  name: 'proxy_wifi_native_call_duration_seconds',
  type: 'histogram',
  labels: ['library', 'operation'],
  help: "Time of a call into the host's own libraries and services, of all services of the process.",
};

/** All of them, in the order in which they are exposed. */
export const metricTable: readonly MetricEntry[] = [
  ...Object.values(counterMetrics),
  logLinesDropped,
  requestDuration,
  notificationDelay,
  guests,
  interfaces,
  sessions,
  scanAge,
  nativeCallDuration,
  eventLoopDelay,
];

/** Upper bounds of the histogram of delays in seconds: 5 ms are wanted, and the vendor's driver waits for 10. */
export const delayBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.008, 0.01, 0.025, 0.1, 0.5] as const;

/** Upper bounds of the histogram of durations in seconds, up to the 18 s that a request may take. */
export const durationBuckets = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 18,
] as const;

/** Upper bounds of the histogram of native calls in seconds. */
export const nativeCallBuckets = [0.0001, 0.001, 0.01, 0.1, 1, 10] as const;
