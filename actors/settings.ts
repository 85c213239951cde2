/** The input of the root actor: what a host application may say, and how it is checked. */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import type { FakeNetwork, RadioBackend } from '../native/radio.js';
import {
  defaultNotificationPort,
  defaultRequestPort,
  type Endpoint,
  type GuestId,
  parseEndpoint,
  parseGuestId,
} from '../native/sockets/endpoint.js';
import type { DriverFormat } from '../protocol/frame.js';
import { type Clock, systemClock } from '../streams/clock.js';
import type { MetricsSink } from './application/counters.js';
import type { FrameTap } from './application/frame-tap.js';
import { type Log, silentLog } from './application/log.js';
import type { Observer } from './application/observer.js';
import type { Contention } from './ownership/ownership-table.js';

/** Which Wi-Fi answers the guests, besides fake networks. */
export type RadioChoice =
  | 'host'
  | 'wpa_supplicant'
  | 'networkmanager'
  | 'simulated'
  | 'none'
  | { readonly scenario: unknown }
  | RadioBackend;

/** What a host application gives to `createActor(proxyWifi, { input })`. Everything but `endpoints` may be left out. */
export interface ProxyWifiInput {
  /** Where to listen for guests: `tcp://127.0.0.1`, `unix:///run/vm1.vsock`, `vsock://3`, `hvsocket://<vm id>`. At least one. */
  readonly endpoints: readonly string[];
  /** Default `none`. */
  readonly radio?: RadioChoice;
  /** Asked anew for every scan and connect. */
  readonly fakeNetworks?: () => readonly FakeNetwork[] | Promise<readonly FakeNetwork[]>;
  readonly observer?: Observer;
  /** Guests that may connect; without it every guest that an endpoint lets in. */
  readonly allow?: readonly string[];
  /** 0–65535, default 12345; 0 lets the system choose (TCP only). */
  readonly requestPort?: number;
  /** 1–65535, default 12346. */
  readonly notificationPort?: number;
  /** Scan-response format for guests that `guests` does not name. */
  readonly driver?: DriverFormat;
  readonly guests?: Readonly<Record<string, { readonly driver?: DriverFormat }>>;
  /** Two guests want different networks on one interface. Default `first-wins`. */
  readonly contention?: Contention;
  /** Tell guests that the host lost their network. Default true. */
  readonly notifyDisconnected?: boolean;
  /** End guest-directed connections when the service stops. Default false. */
  readonly disconnectOnStop?: boolean;
  /** Linux: connect the host again to what it had before, once the last guest has left. Default false. */
  readonly restoreHostConnection?: boolean;
  /** Results of a scan are the answer to further scans so many milliseconds; 0: every scan asks the host. Default 5000. */
  readonly scanInterval?: number;
  /** Open connections of one guest beyond which further ones are refused, 1–1024, default 16. */
  readonly backlog?: number;
  /** Most guests at a time, 1–65536, default 1024. */
  readonly maximumGuests?: number;
  /** A pino logger fits. Default: silence. */
  readonly log?: Log;
  readonly metrics?: MetricsSink;
  /** Sees every frame, keys masked. */
  readonly frameTap?: FrameTap;
  /** Give the same one to `createActor` as its `clock`. Default: real time. */
  readonly clock?: Clock;
  /** Random numbers 0 ≤ x < 1 for pauses. Default `Math.random`. */
  readonly random?: () => number;
}

/** Checked input, with every default filled in. */
export interface Settings {
  readonly endpoints: readonly Endpoint[];
  readonly radio: RadioChoice;
  readonly fakeNetworks: ProxyWifiInput['fakeNetworks'];
  readonly observer: Observer;
  /** Null: everybody. */
  readonly allow: ReadonlySet<GuestId> | null;
  readonly requestPort: number;
  readonly notificationPort: number;
  readonly driverOf: (guest: GuestId) => DriverFormat;
  readonly contention: Contention;
  readonly notifyDisconnected: boolean;
  readonly disconnectOnStop: boolean;
  readonly restoreHostConnection: boolean;
  readonly scanInterval: number;
  readonly backlog: number;
  readonly maximumGuests: number;
  readonly log: Log;
  readonly metrics: MetricsSink | undefined;
  readonly frameTap: FrameTap | undefined;
  readonly clock: Clock;
  readonly random: () => number;
}

/** The input was wrong: `problems` has one sentence each, with the path, the value and what was expected. */
export class InvalidInputError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`proxy-wifi input: ${problems.join('; ')}`);
    this.name = 'InvalidInputError';
    this.problems = problems;
  }
}

const checked = <T>(name: string, is: (value: unknown) => value is T): t.Type<T> =>
  new t.Type<T>(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );

const integer = (least: number, most: number) =>
  checked(
    `a whole number from ${least} to ${most}`,
    (value): value is number => Number.isInteger(value) && Number(value) >= least && Number(value) <= most,
  );

const callback = checked(
  'a function',
  (value): value is (...parameters: never[]) => unknown => typeof value === 'function',
);

const methods = (what: string, names: readonly string[]) =>
  checked(what, (value): value is object => {
    if (typeof value !== 'object' || value === null) return false;
    return names.every((name) => typeof Reflect.get(value, name) === 'function');
  });

const word = <Words extends Readonly<Record<string, null>>>(words: Words) => t.keyof(words);

const driver = word({ 'with-scan-complete': null, 'without-scan-complete': null });

const endpoint = checked(
  'an endpoint URL such as tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>',
  (value): value is string => typeof value === 'string' && E.isRight(parseEndpoint(value)),
);

const guest = checked(
  'a guest such as tcp://127.0.1.7, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>',
  (value): value is string => typeof value === 'string' && E.isRight(parseGuestId(value)),
);

const observerNames = [
  'guestScanRequested',
  'guestScanCompleted',
  'authorizeGuestConnection',
  'guestConnectionCompleted',
  'guestDisconnectionRequested',
  'guestDisconnectionCompleted',
  'hostConnected',
  'hostDisconnected',
] as const satisfies readonly (keyof Observer)[];

const backend = checked('a radio back end', (value): value is RadioBackend => {
  if (typeof value !== 'object' || value === null) return false;
  const open: unknown = Reflect.get(value, 'open');
  return (
    typeof Reflect.get(value, 'name') === 'string' &&
    typeof open === 'object' &&
    open !== null &&
    'subscribe' in open
  );
});

const scenario = checked(
  '{ scenario }',
  (value): value is { readonly scenario: unknown } =>
    typeof value === 'object' && value !== null && 'scenario' in value,
);

const radio = t.union([
  word({ host: null, wpa_supplicant: null, networkmanager: null, simulated: null, none: null }),
  backend,
  scenario,
]);

const optionalFields = {
  radio,
  fakeNetworks: callback,
  observer: t.partial(Object.fromEntries(observerNames.map((name) => [name, callback]))),
  allow: t.readonlyArray(guest),
  requestPort: integer(0, 65535),
  notificationPort: integer(1, 65535),
  driver,
  guests: t.record(t.string, t.partial({ driver })),
  contention: word({ 'first-wins': null, 'last-wins': null }),
  notifyDisconnected: t.boolean,
  disconnectOnStop: t.boolean,
  restoreHostConnection: t.boolean,
  scanInterval: integer(0, 3_600_000),
  backlog: integer(1, 1024),
  maximumGuests: integer(1, 65536),
  log: methods('a logger with isLevelEnabled, debug, info, warn and error', [
    'isLevelEnabled',
    'debug',
    'info',
    'warn',
    'error',
  ]),
  metrics: methods('a metrics sink with count and requestAnswered', ['count', 'requestAnswered']),
  frameTap: callback,
  clock: methods('a clock with now, setTimeout and clearTimeout', ['now', 'setTimeout', 'clearTimeout']),
  random: callback,
} satisfies { readonly [Name in Exclude<keyof ProxyWifiInput, 'endpoints'>]: t.Mixed };

const atLeastOne = checked(
  'a list of at least one endpoint URL',
  (value): value is readonly unknown[] => Array.isArray(value) && value.length > 0,
);

const fields: Readonly<Record<string, t.Mixed>> = {
  endpoints: atLeastOne.pipe(
    t.readonlyArray(endpoint) as unknown as t.Type<readonly string[], readonly unknown[], readonly unknown[]>,
    atLeastOne.name,
  ),
  ...optionalFields,
};

/** The value as a person may see it in an error: short, and never the inside of an object that may hold a secret. */
const shown = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? `a list of ${value.length}` : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
};

const wanted: Readonly<Record<string, string>> = {
  radio: "'host', 'wpa_supplicant', 'networkmanager', 'simulated', 'none', { scenario } or a radio back end",
  driver: "'with-scan-complete' or 'without-scan-complete'",
  contention: "'first-wins' or 'last-wins'",
  boolean: 'true or false',
};

const problemsOf = (name: string, codec: t.Mixed, value: unknown): readonly string[] => {
  const decoded = codec.decode(value);
  if (E.isRight(decoded)) return [];
  if (wanted[name] !== undefined) return [`${name}: expected ${wanted[name]}, got ${shown(value)}`];
  return decoded.left.map((error) => {
    const steps = error.context.slice(1).map(({ key }) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`));
    const last = error.context.at(-1);
    const expected = last?.type.name ?? codec.name;
    return `${name}${steps.join('')}: expected ${wanted[steps.at(-1)?.slice(1) ?? ''] ?? wanted[expected] ?? expected}, got ${shown(error.value)}`;
  });
};

/** Checks everything and reports every problem at once. */
export const decodeInput = (input: unknown): E.Either<readonly string[], Settings> => {
  if (typeof input !== 'object' || input === null)
    return E.left([`input: expected an object with at least endpoints, got ${shown(input)}`]);
  const given = input as Readonly<Record<string, unknown>>;
  const problems = Object.keys(given)
    .filter((name) => fields[name] === undefined)
    .map((name) => `${name}: unknown, expected one of ${Object.keys(fields).join(', ')}`);
  for (const [name, codec] of Object.entries(fields)) {
    if (given[name] === undefined && name !== 'endpoints') continue;
    problems.push(...problemsOf(name, codec, given[name]));
  }
  if (typeof given.guests === 'object' && given.guests !== null)
    for (const name of Object.keys(given.guests))
      if (E.isLeft(parseGuestId(name))) problems.push(`guests: expected ${guest.name}, got ${shown(name)}`);
  return problems.length > 0 ? E.left(problems) : E.right(withDefaults(input as ProxyWifiInput));
};

const rights = <L, R>(results: readonly E.Either<L, R>[]): readonly R[] =>
  results.flatMap((result) => (E.isRight(result) ? [result.right] : []));

const withDefaults = (input: ProxyWifiInput): Settings => {
  const drivers = new Map<GuestId, DriverFormat>();
  for (const [name, { driver: format }] of Object.entries(input.guests ?? {})) {
    const id = parseGuestId(name);
    if (E.isRight(id) && format !== undefined) drivers.set(id.right, format);
  }
  const otherwise = input.driver ?? 'with-scan-complete';
  return {
    endpoints: rights(input.endpoints.map(parseEndpoint)),
    radio: input.radio ?? 'none',
    fakeNetworks: input.fakeNetworks,
    observer: input.observer ?? {},
    allow: input.allow === undefined ? null : new Set(rights(input.allow.map(parseGuestId))),
    requestPort: input.requestPort ?? defaultRequestPort,
    notificationPort: input.notificationPort ?? defaultNotificationPort,
    driverOf: (id) => drivers.get(id) ?? otherwise,
    contention: input.contention ?? 'first-wins',
    notifyDisconnected: input.notifyDisconnected ?? true,
    disconnectOnStop: input.disconnectOnStop ?? false,
    restoreHostConnection: input.restoreHostConnection ?? false,
    scanInterval: input.scanInterval ?? 5000,
    backlog: input.backlog ?? 16,
    maximumGuests: input.maximumGuests ?? 1024,
    log: input.log ?? silentLog,
    metrics: input.metrics,
    frameTap: input.frameTap,
    clock: input.clock ?? systemClock,
    random: input.random ?? Math.random,
  };
};
