/**
 * Every setting of the root actor, a row for each. The input and its check, the settings that the machines read, the
 * configuration file, its schema, the flags of `serve` and `docs/configuration.md` come from here.
 */
import * as E from 'fp-ts/lib/Either.js';
import {
  CodeType,
  DurationType,
  FlagType,
  hooks,
  IntegerType,
  JudgedType,
  ListType,
  MapType,
  ObjectType,
  optional,
  ParsedTextType,
  TextType,
  WordType,
} from '../../json/codecs.js';
import { absent, needed, plain, settled } from '../../json/setting.js';
import type { FakeNetwork, RadioBackend } from '../../native/radio.js';
import {
  defaultNotificationPort,
  defaultRequestPort,
  type Endpoint,
  type EndpointProblem,
  type GuestId,
  parseEndpoint,
  parseGuestId,
} from '../../native/sockets/endpoint.js';
import type { StateStore } from '../../native/state-store.js';
import type { DriverFormat } from '../../protocol/frame.js';
import { type Clock, systemClock } from '../../streams/clock.js';
import type { Contention } from '../ownership/ownership-table.js';
import type { MetricsSink } from './counters.js';
import type { FrameTap } from './frame-tap.js';
import { type Log, silentLog } from './log.js';
import type { Observer } from './observer.js';
import { policyTable } from './policy.js';

/** Which Wi-Fi answers the guests, besides fake networks. */
export type RadioChoice =
  | 'host'
  | 'wpa_supplicant'
  | 'networkmanager'
  | 'simulated'
  | 'none'
  | { readonly scenario: unknown }
  | RadioBackend;

/** The host application's own networks, asked anew for every scan and connect. */
export type FakeNetworks = () => readonly FakeNetwork[] | Promise<readonly FakeNetwork[]>;

/** What is expected of a text whose scheme is known; the examples do for all others. */
const formOfScheme = ({ expected, scheme }: EndpointProblem): string | undefined =>
  scheme === undefined ? undefined : expected;

const endpoint = new ParsedTextType(
  'an endpoint URL such as tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>',
  (text) => E.mapLeft(formOfScheme)(parseEndpoint(text)),
);

const guest = new ParsedTextType(
  'a guest such as tcp://127.0.1.7, unix:///run/vm1.vsock, vsock://3 or hvsocket://<vm id>',
  (text) => E.mapLeft(formOfScheme)(parseGuestId(text)),
);

/** On an allow-list: everybody, said on purpose. */
export const anyGuest = 'any';

const allowed = new ParsedTextType(`${guest.name}, or ${anyGuest}`, (text) =>
  text === anyGuest ? E.right(text) : E.mapLeft(formOfScheme)(parseGuestId(text)),
);

const driver = new WordType<DriverFormat>({
  'with-scan-complete': 'The driver of today: a scan response says whether the scan is complete.',
  'without-scan-complete': 'The older driver, for which the answer is the end of the scan.',
});

const radioWords = new WordType({
  host: 'The Wi-Fi of this machine: the Wlan API on Windows, wpa_supplicant or NetworkManager on Linux.',
  wpa_supplicant: 'Linux: wpa_supplicant, whatever else runs.',
  networkmanager: 'Linux: connections are made through NetworkManager.',
  simulated: 'A simulated host with networks to try things out.',
  none: 'No radio: fake networks alone.',
});

const isObject = (u: unknown): u is object => typeof u === 'object' && u !== null;

const isBackend = (u: unknown): u is RadioBackend => {
  if (!isObject(u)) return false;
  const open: unknown = Reflect.get(u, 'open');
  return typeof Reflect.get(u, 'name') === 'string' && isObject(open) && 'subscribe' in open;
};

const isScenario = (u: unknown): u is { readonly scenario: unknown } =>
  isObject(u) && Object.keys(u).join() === 'scenario';

const radio = new JudgedType(
  `${radioWords.name}, { scenario } or a radio back end`,
  (u): u is RadioChoice => radioWords.is(u) || isScenario(u) || isBackend(u),
  {
    oneOf: [
      ...Object.entries(radioWords.meanings).map(([word, description]) => ({ const: word, description })),
      {
        type: 'object',
        description: 'A scenario for the simulated radio.',
        properties: { scenario: { $ref: 'scenario.schema.json' } },
        required: ['scenario'],
        additionalProperties: false,
      },
    ],
  },
);

const callback = <F>() => new CodeType('a function', (u): u is F => typeof u === 'function');

const methods = <A>(what: string, names: readonly (keyof A & string)[]) =>
  new CodeType(
    what,
    (u): u is A => isObject(u) && names.every((name) => typeof Reflect.get(u, name) === 'function'),
  );

const observer = hooks<Observer>('an object with hooks', [
  'guestScanRequested',
  'guestScanCompleted',
  'authorizeGuestConnection',
  'guestConnectionCompleted',
  'guestDisconnectionRequested',
  'guestDisconnectionCompleted',
  'hostConnected',
  'hostDisconnected',
  'endpointFailed',
]);

const ofGuest = new ObjectType('what is different for a guest', {
  driver: optional(driver, 'How the scan responses of this guest look. Default: as `driver`.'),
});

/** What is different for one guest. */
export interface GuestSettings {
  readonly driver?: DriverFormat;
}

const rights = <L, R>(results: readonly E.Either<L, R>[]): readonly R[] =>
  results.flatMap((result) => (E.isRight(result) ? [result.right] : []));

/** The rows, in the order in which documents show them. */
export const settingsTable = {
  endpoints: needed({
    codec: new ListType(endpoint, 1, 'endpoint'),
    doc: 'where to listen for guests: tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://any, hvsocket://children',
    otherwise: [],
    otherwiseText: 'tcp://127.0.0.1',
    flag: { name: 'listen', value: 'url' },
    settle: (urls): readonly Endpoint[] => rights(urls.map(parseEndpoint)),
  }),
  radio: plain({
    codec: radio,
    doc: 'which Wi-Fi answers, besides fake networks',
    otherwise: 'none',
    flag: {
      value: 'kind',
      words: Object.keys(radioWords.meanings),
      read: (word) => (radioWords.is(word) ? E.right(word) : E.left(radioWords.name)),
    },
  }),
  fakeNetworks: absent({
    codec: callback<FakeNetworks>(),
    doc: 'gives networks that the host application makes up; asked anew for every scan and connect',
    otherwiseText: 'no fake networks',
  }),
  observer: plain({
    codec: observer,
    doc: 'hooks that are told what happens, and one that decides about connections',
    otherwise: {},
    otherwiseText: 'no hooks; every connection is approved that the rules below allow',
  }),
  hookTime: plain({
    live: true,
    codec: new DurationType(10, 15_000),
    doc: 'how long a step waits for a hook; an authorization that has not come by then is none',
    otherwise: 5000,
  }),
  ...policyTable,
  allow: settled({
    live: true,
    codec: new ListType(allowed, 1, 'guest'),
    doc: `the guests that may connect: tcp://127.0.1.7, vsock://3, or ${anyGuest}`,
    otherwise: null,
    otherwiseText: 'every guest that an endpoint lets in',
    flag: { value: 'guest' },
    settle: (guests): ReadonlySet<GuestId> | null =>
      guests.includes(anyGuest) ? null : new Set(rights(guests.map(parseGuestId))),
  }),
  requestPort: plain({
    codec: new IntegerType(0, 65535, ''),
    doc: 'the port for requests of guests; 0 lets the system choose (TCP only)',
    otherwise: defaultRequestPort,
    flag: { value: 'port' },
  }),
  notificationPort: plain({
    codec: new IntegerType(1, 65535, ''),
    doc: "the guests' port for notifications",
    otherwise: defaultNotificationPort,
    flag: { value: 'port' },
  }),
  socketOwner: absent({
    codec: new TextType('USER, USER:GROUP or :GROUP, each a name or a number', {
      pattern: '^(?:[^:\\s]+(?::[^:\\s]+)?|:[^:\\s]+)$',
    }),
    doc: 'whose the files of unix:// sockets are to be: a user, user:group or :group',
    otherwiseText: 'the owner and group of the folder, where the service may give them away',
    flag: { value: 'user' },
  }),
  socketMode: absent({
    codec: new TextType('octal mode bits up to 777, such as 0660', { pattern: '^0?[0-7]{1,3}$' }),
    doc: 'the mode of the files of unix:// sockets, in octal',
    otherwiseText: '0600, or 0660 in a folder that the service shares with its group',
    flag: { value: 'mode' },
  }),
  scanInterval: plain({
    live: true,
    codec: new DurationType(0, 3_600_000),
    doc: 'how old the results of a scan may be to answer the next one without asking the host again; 0: not at all',
    otherwise: 5000,
    flag: { value: 'time' },
  }),
  driver: plain({
    codec: driver,
    doc: 'how scan responses look to guests that have no setting of their own',
    otherwise: 'with-scan-complete',
    flag: { value: 'format' },
  }),
  guests: settled({
    codec: new MapType('settings by guest', guest, ofGuest),
    doc: 'what is different for single guests, by guest',
    otherwise: new Map<GuestId, GuestSettings>() as ReadonlyMap<GuestId, GuestSettings>,
    otherwiseText: 'nothing',
    settle: (byName): ReadonlyMap<GuestId, GuestSettings> =>
      new Map(
        Object.entries(byName).flatMap(([name, settings]) =>
          rights([parseGuestId(name)]).map((id) => [id, settings] as const),
        ),
      ),
  }),
  contention: plain({
    live: true,
    codec: new WordType<Contention>({
      'first-wins': 'The guest that has the interface keeps it.',
      'last-wins': 'The guest that wants it gets it; the other one is told that it is disconnected.',
    }),
    doc: 'who gets an interface that two guests want for different networks',
    otherwise: 'first-wins',
    flag: { value: 'rule' },
  }),
  goneAfter: plain({
    live: true,
    codec: new DurationType(0, 3_600_000),
    doc: 'how long nothing can be delivered to a guest, and nothing comes from it, until its session ends; 0: never',
    otherwise: 60_000,
    flag: { value: 'time' },
  }),
  notifyDisconnected: plain({
    live: true,
    codec: new FlagType(),
    doc: 'tell guests when the host loses their network',
    otherwise: true,
    flag: { doc: 'do not tell guests when the host loses their network' },
  }),
  disconnectOnStop: plain({
    live: true,
    codec: new FlagType(),
    doc: 'end the connections that guests made, when stopping',
    otherwise: false,
    flag: {},
  }),
  restoreHostConnection: plain({
    codec: new FlagType(),
    doc: 'when the last guest leaves, connect the host to what it had before',
    otherwise: false,
    flag: {},
  }),
  unsave: plain({
    codec: new FlagType(),
    doc: 'Linux: take out of the configuration file of wpa_supplicant what somebody saves there of a network of a guest',
    otherwise: true,
    flag: {
      doc: 'Linux: leave in the configuration file of wpa_supplicant what somebody saves there of a network of a guest',
    },
  }),
  backlog: plain({
    live: true,
    codec: new IntegerType(1, 1024, 'connections'),
    doc: 'open connections of one guest, beyond which further ones are refused',
    otherwise: 16,
    flag: { value: 'number' },
  }),
  maximumGuests: plain({
    live: true,
    codec: new IntegerType(1, 65536, 'guests'),
    doc: 'most guests at a time; the one that has been idle longest makes room',
    otherwise: 1024,
    flag: { value: 'number' },
  }),
  stateStore: absent({
    codec: new CodeType(
      'a store with open, save and close',
      (u): u is StateStore =>
        isObject(u) && ['open', 'save', 'close'].every((name) => typeof Reflect.get(u, name) === 'function'),
    ),
    doc: 'where the service keeps what it must know after a restart; `stateFile` of `proxy-wifi/host` is one',
    otherwiseText: 'nothing is remembered',
  }),
  log: plain({
    codec: methods<Log>('a logger with isLevelEnabled, debug, info, warn and error', [
      'isLevelEnabled',
      'debug',
      'info',
      'warn',
      'error',
    ]),
    doc: 'where log lines go; a pino logger fits',
    otherwise: silentLog,
    otherwiseText: 'silence',
  }),
  metrics: absent({
    codec: methods<MetricsSink>('a metrics sink with count and requestAnswered', [
      'count',
      'requestAnswered',
    ]),
    doc: 'receives every count and every duration',
    otherwiseText: 'nobody',
  }),
  frameTap: absent({
    codec: callback<FrameTap>(),
    doc: 'sees every frame, keys masked',
    otherwiseText: 'nobody',
  }),
  clock: plain({
    codec: methods<Clock>('a clock with now, elapsed, setTimeout and clearTimeout', [
      'now',
      'elapsed',
      'setTimeout',
      'clearTimeout',
    ]),
    doc: 'the time; give the same one to createActor',
    otherwise: systemClock,
    otherwiseText: 'real time',
  }),
  random: plain({
    codec: callback<() => number>(),
    doc: 'random numbers 0 ≤ x < 1, for pauses',
    otherwise: Math.random,
    otherwiseText: 'Math.random',
  }),
} as const;
