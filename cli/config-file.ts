/** The configuration file of `serve`: JSON with the names of `ProxyWifiInput`, and of the flags that are no input. */
import { dirname, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import {
  atMostOne,
  decode,
  decodeInput,
  type FakeNetwork,
  FlagType,
  ObjectType,
  optional,
  type ProxyWifiInput,
  parseJson,
  problemText,
  TextType,
  thisPlatform,
  WordType,
} from '../index.js';
import { parseInspectorPort } from './inspector.js';
import { type LogLevel, logLevels } from './log.js';
import { httpAddressForm, parseHttpAddress } from './metrics-server.js';
import { decodeNetworks } from './networks-file.js';
import { readTextFile } from './text-file.js';

/** What JSON can say of the service's input. `decodeInput` knows what each of them takes. */
const inputNames = [
  'endpoints',
  'radio',
  'allow',
  'requestPort',
  'notificationPort',
  'driver',
  'guests',
  'contention',
  'notifyDisconnected',
  'disconnectOnStop',
  'restoreHostConnection',
  'backlog',
  'maximumGuests',
] as const satisfies readonly (keyof ProxyWifiInput)[];

/** The part of the input that a file or flags can give. */
export type WrittenInput = Partial<Pick<ProxyWifiInput, (typeof inputNames)[number]>>;

const path = new TextType('the path of a file', { minLength: 1 });

const metricsAddress = new t.Type<string | boolean>(
  `true, false or ${httpAddressForm}`,
  (u): u is string | boolean => isMetricsAddress(u),
  (u, context) => (isMetricsAddress(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
);

const isMetricsAddress = (u: unknown): u is string | boolean =>
  typeof u === 'boolean' || (typeof u === 'string' && parseHttpAddress(u) !== undefined);

const isInspectorPort = (u: unknown): u is number | boolean =>
  typeof u === 'boolean' || (typeof u === 'number' && E.isRight(parseInspectorPort(String(u))));

const inspectorPort = new t.Type<number | boolean>(
  'true, false or a port from 0 (any) to 65535',
  isInspectorPort,
  (u, context) => (isInspectorPort(u) ? t.success(u) : t.failure(u, context)),
  t.identity,
);

const ownFields = {
  scenario: optional(path, 'A scenario file. Relative to the configuration.'),
  networks: optional(path, 'A file of fake networks. Relative to the configuration.'),
  fakeNetworks: optional(t.unknown, 'Fake networks, instead of a file of them.'),
  metrics: optional(metricsAddress, 'As --metrics.'),
  inspect: optional(inspectorPort, 'As --inspect.'),
  record: optional(path, 'As --record. Relative to the configuration.'),
  logLevel: optional(new WordType<LogLevel>(logLevels), 'As --log-level.'),
  logJson: optional(new FlagType(), 'As --log-json.'),
};

const inputFields = Object.fromEntries(
  inputNames.map((name) => [name, optional(t.unknown, 'As in ProxyWifiInput.')]),
) as Readonly<Record<(typeof inputNames)[number], ReturnType<typeof optional<t.UnknownC>>>>;

const configFile = new ObjectType('a configuration', { ...inputFields, ...ownFields }, [
  atMostOne('radio', 'scenario'),
  atMostOne('fakeNetworks', 'networks'),
]);

/** A configuration as it was read; paths are absolute. */
export interface Config {
  readonly input: WrittenInput;
  readonly scenario?: string;
  readonly networks?: string;
  readonly fakeNetworks?: readonly FakeNetwork[];
  readonly metrics?: string | boolean;
  readonly inspect?: number | boolean;
  readonly record?: string;
  readonly logLevel?: LogLevel;
  readonly logJson?: boolean;
}

/** Stands in for what a part of the input does not say. */
export const defaultEndpoint = 'tcp://127.0.0.1';

/** What is wrong with a part of the input, as `decodeInput` and the platform say it. */
export const inputProblems = (input: object): readonly string[] => {
  const settings = decodeInput({ endpoints: [defaultEndpoint], ...input });
  return E.isLeft(settings) ? settings.left : thisPlatform.problemsOf(settings.right);
};

const decodeConfig = (text: string, folder: string): E.Either<readonly string[], Config> => {
  const json = parseJson(text);
  if (E.isLeft(json)) return E.left([problemText(json.left)]);
  const decoded = decode(configFile, json.right);
  if (E.isLeft(decoded)) return E.left(decoded.left.map(problemText));
  const { scenario, networks, fakeNetworks, metrics, inspect, record, logLevel, logJson, ...input } =
    decoded.right;
  const list = fakeNetworks === undefined ? undefined : decodeNetworks(fakeNetworks, 'fakeNetworks');
  const problems = [...inputProblems(input), ...(list !== undefined && E.isLeft(list) ? list.left : [])];
  if (problems.length > 0) return E.left(problems);
  return E.right({
    // `inputProblems` has checked it.
    input: input as WrittenInput,
    ...(scenario === undefined ? {} : { scenario: resolve(folder, scenario) }),
    ...(networks === undefined ? {} : { networks: resolve(folder, networks) }),
    ...(list === undefined || E.isLeft(list) ? {} : { fakeNetworks: list.right }),
    ...(metrics === undefined ? {} : { metrics }),
    ...(inspect === undefined ? {} : { inspect }),
    ...(record === undefined ? {} : { record: resolve(folder, record) }),
    ...(logLevel === undefined ? {} : { logLevel }),
    ...(logJson === undefined ? {} : { logJson }),
  });
};

/** Reads a configuration file. Left: one sentence for each thing that is wrong, beginning with the file's name. */
export const readConfig = async (file: string): Promise<E.Either<readonly string[], Config>> => {
  const text = await readTextFile(file);
  if (E.isLeft(text)) return text;
  return E.mapLeft((problems: readonly string[]) => problems.map((problem) => `${file}: ${problem}`))(
    decodeConfig(text.right, dirname(resolve(file))),
  );
};
