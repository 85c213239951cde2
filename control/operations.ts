/**
 * What can be asked of a running service, as a table: method, path, what goes in and what comes out. The server's routes, the
 * client and the OpenAPI document come from it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import {
  FlagType,
  IntegerType,
  JudgedType,
  ListType,
  MapType,
  NullableType,
  ObjectType,
  optional,
  ParsedTextType,
  required,
  TextType,
  WordType,
} from '../json/codecs.js';
import { type LogLevel, logLevels } from '../json/log-level.js';
import { fakeNetworkList } from '../native/fake/fake-network.js';
import { scenarioFile } from '../native/simulated/scenario-file.js';
import { airStep } from '../native/simulated/scenario-steps.js';
import { parseGuestId } from '../native/sockets/endpoint.js';

const text = new TextType('a text');
const count = new IntegerType(0, Number.MAX_SAFE_INTEGER, '');
const dBm = new IntegerType(-128, 127, 'dBm');
const elapsed = new JudgedType<number>(
  'milliseconds on the clock of the service',
  (u): u is number => typeof u === 'number' && Number.isFinite(u),
  { type: 'number' },
);
const nullable = <C extends t.Mixed>(codec: C): NullableType<C> => new NullableType(codec);

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u);

const stateValue = new JudgedType<unknown>(
  'the state of a machine, as XState writes it',
  (u) => u === null || typeof u === 'string' || isRecord(u),
  { type: ['string', 'object', 'null'] },
);

const session = new ObjectType('a session', {
  id: required(count, 'The id in the answer with which it began.'),
  type: required(
    new WordType({
      hostMirroring: 'The host was connected already.',
      guestDirected: 'The host connected because a guest asked.',
    }),
    'How it came about.',
  ),
  interfaceId: required(text, 'On which interface.'),
  ssid: required(text, 'To which network.'),
  exchange: required(count, 'The exchange of that answer.'),
  replaced: optional(count, 'The id of the session whose place it took, if there was one.'),
});

const guest = new ObjectType('a guest', {
  id: required(text, 'Who it is: tcp://127.0.0.1, unix:///run/vm1.vsock, vsock://3, hvsocket://…'),
  requestChannel: required(stateValue, 'State of its request channel.'),
  dispatcher: required(stateValue, 'State of its dispatcher.'),
  notificationChannel: required(stateValue, 'State of its notification channel.'),
  session: required(nullable(session), 'The session in effect.'),
  lastSessionId: required(count, 'The id of the last connect answer; 0 before the first.'),
  connections: required(count, 'Open request connections.'),
  queue: required(count, 'Notifications that wait.'),
});

const status = new ObjectType(
  'the state of everything',
  {
    state: required(
      new WordType({
        stopped: 'Nothing is open.',
        starting: 'Endpoints are being bound.',
        running: 'Guests are served.',
        stopping: 'Everything is being closed.',
      }),
      'Of the service.',
    ),
    endpoints: required(
      new ListType(
        new ObjectType('an endpoint', {
          endpoint: required(text, 'As it was given.'),
          state: required(stateValue, 'State of its listener.'),
          address: required(nullable(text), 'With the port really taken; null while it does not listen.'),
          problem: required(nullable(text), 'Why it does not listen.'),
        }),
      ),
      'Where guests are heard.',
    ),
    radios: required(
      new ListType(
        new ObjectType('a radio', {
          name: required(text, 'Of the back end.'),
          state: required(stateValue, 'State of its machine.'),
          problem: required(nullable(text), 'Why it is not there.'),
        }),
      ),
      'Where interfaces come from.',
    ),
    interfaces: required(
      new ListType(
        new ObjectType('an interface', {
          id: required(text, 'Its identity.'),
          name: required(text, "The host's name for it."),
          kind: required(
            new WordType({ station: 'Of a radio.', fake: 'Made up by the host application.' }),
            'What it is.',
          ),
          radio: required(text, 'The radio that it is of.'),
          state: required(stateValue, 'States of the machines of its link and of its scans.'),
          link: required(
            nullable(
              new ObjectType('a link', {
                ssid: required(text, 'The network.'),
                bssid: required(text, 'The access point.'),
              }),
            ),
            'What it is connected to.',
          ),
          rssi: required(nullable(dBm), 'The signal of that link.'),
          scannedAt: required(
            nullable(elapsed),
            'When its last scan completed, on a clock that only tells durations; null before the first.',
          ),
        }),
      ),
      'The interfaces of the host, in their order.',
    ),
    guests: required(new ListType(guest), 'The guests that have shown up, in their order.'),
    ownership: required(
      new JudgedType('an object', isRecord, { type: 'object' }),
      'By interface: who uses it, and for what.',
    ),
    counters: required(
      new MapType('counters', text, new MapType('counts', text, count)),
      'By counter and label.',
    ),
  },
  [],
  // A new counter or field of the service is no fault of who reads it.
  true,
);

const guestParameter = new ParsedTextType(
  'a guest, such as tcp://127.0.0.1, unix:///run/vm1.vsock or vsock://3',
  (given) => E.mapLeft(() => undefined)(parseGuestId(given)),
);

const file = new TextType('the absolute path of a file', { pattern: '^(?:/|[A-Za-z]:[\\\\/])[^\\0]+$' });

/** One thing that can be asked. */
export interface Operation {
  readonly method: 'GET' | 'POST';
  /** `{guest}` stands for a percent-encoded guest. */
  readonly path: string;
  readonly summary: string;
  /** What the body must be. */
  readonly body?: t.Mixed;
  /** What the answer is. Left out: a stream of events. */
  readonly answer?: t.Mixed;
  /** Statuses of refusals, besides those that everything may get. */
  readonly refusals: readonly number[];
}

/** Parameters of paths. */
export const parameters = { guest: guestParameter } as const;

/** Everything that can be asked. */
export const operations = {
  readStatus: {
    method: 'GET',
    path: '/status',
    summary: 'The state of everything.',
    answer: status,
    refusals: [],
  },
  listGuests: {
    method: 'GET',
    path: '/guests',
    summary: 'The guests that have shown up.',
    answer: new ObjectType('guests', { guests: required(new ListType(guest), 'In their order.') }),
    refusals: [],
  },
  watchEvents: {
    method: 'GET',
    path: '/events',
    summary:
      'Facts and frames as they happen, as server-sent events: `fact`, `frame`, and `missed` where the reader was too slow. Keys are zero. `?only=facts` or `?only=frames` leaves the others out.',
    refusals: [503],
  },
  act: {
    method: 'POST',
    path: '/air',
    summary: "A step of a scenario's timeline, done now on the simulated radio.",
    body: airStep,
    answer: new ObjectType('what was done', { done: required(text, 'The step.') }),
    refusals: [409, 422],
  },
  replaceScenario: {
    method: 'POST',
    path: '/scenario',
    summary: 'Another scenario for the simulated radio, played from now on.',
    body: scenarioFile,
    answer: new ObjectType('what is played', {
      interfaces: required(count, 'How many.'),
      networks: required(count, 'How many.'),
      seed: required(count, 'All random choices come from it.'),
    }),
    refusals: [409, 422],
  },
  replaceNetworks: {
    method: 'POST',
    path: '/networks',
    summary: 'Other fake networks.',
    body: fakeNetworkList,
    answer: new ObjectType('what is there', { networks: required(count, 'How many.') }),
    refusals: [409, 422],
  },
  disconnectGuest: {
    method: 'POST',
    path: '/guests/{guest}/disconnect',
    summary: 'Ends the session of a guest, which is told.',
    answer: new ObjectType('what has ended', {
      guest: required(text, 'Whose.'),
      session: required(count, 'The id of the session.'),
    }),
    refusals: [404, 409],
  },
  record: {
    method: 'POST',
    path: '/record',
    summary: 'Begins to write every frame to a file of the service, keys left out, or ends that.',
    body: new ObjectType('a recording', {
      file: required(
        nullable(file),
        'Where it goes: pcapng where its name ends so, else NDJSON. Null ends it.',
      ),
      force: optional(new FlagType(), 'Overwrite that file. Default: false.'),
    }),
    answer: new ObjectType('what is recorded', { file: required(nullable(text), 'Where to.') }),
    refusals: [409, 422],
  },
  changeLogLevel: {
    method: 'POST',
    path: '/log-level',
    summary: 'What is logged from now on.',
    body: new ObjectType('a log level', {
      level: required(new WordType<LogLevel>(logLevels), 'From the quietest to the most talkative.'),
    }),
    answer: new ObjectType('what is logged', { level: required(text, 'The level.') }),
    refusals: [409, 422],
  },
  openInspector: {
    method: 'POST',
    path: '/inspect',
    summary: "A new address of the live inspector's page.",
    answer: new ObjectType('a page', { url: required(text, 'For one page, unless its token is fixed.') }),
    refusals: [409],
  },
  readDescription: {
    method: 'GET',
    path: '/openapi.json',
    summary: 'All of this as OpenAPI.',
    answer: new JudgedType('an OpenAPI document', isRecord, { type: 'object' }),
    refusals: [],
  },
} as const satisfies Readonly<Record<string, Operation>>;

/** What a service can be asked, by the names of its OpenAPI document. */
export type OperationName = keyof typeof operations;

type Bodies = {
  [N in OperationName]: (typeof operations)[N] extends { readonly body: infer C extends t.Mixed }
    ? t.TypeOf<C>
    : undefined;
};

/** What an operation takes. */
export type BodyOf<N extends OperationName> = Bodies[N];

type Answers = {
  [N in OperationName]: (typeof operations)[N] extends { readonly answer: infer C extends t.Mixed }
    ? t.TypeOf<C>
    : undefined;
};

/** What an operation gives. */
export type AnswerOf<N extends OperationName> = Answers[N];

/** What a refusal says. */
export const refusalCodec = new ObjectType('a refusal', {
  error: required(
    new ObjectType('an error', {
      message: required(text, 'For people: what was wrong, where, and what to do.'),
      problems: optional(
        new ListType(
          new ObjectType('a problem', {
            path: required(text, 'Where in the body: `networks[0].signal`; empty for the whole.'),
            value: required(text, 'What is there; never a secret.'),
            expected: required(text, 'What should be there.'),
          }),
        ),
        'Each thing that is wrong with the body.',
      ),
    }),
    'What was wrong.',
  ),
});
