/** What `serve` is to do: the flags, what the configuration file adds to them, and the files that both name. */
import * as E from 'fp-ts/lib/Either.js';
import { type FakeNetwork, loadScenario, type Scenario } from '../index.js';
import { type Config, defaultEndpoint, inputProblems, readConfig, type WrittenInput } from './config-file.js';
import { parseInspectorPort } from './inspector.js';
import type { LogOptions } from './log.js';
import {
  defaultMetricsAddress,
  type HttpAddress,
  httpAddressForm,
  parseHttpAddress,
} from './metrics-server.js';
import { readNetworks } from './networks-file.js';
import { readTextFile } from './text-file.js';

/** The flags as they were typed. */
export interface ServeFlags {
  readonly listen?: readonly string[];
  readonly radio?: string;
  readonly scenario?: string;
  readonly networks?: string;
  readonly config?: string;
  readonly allow?: readonly string[];
  readonly requestPort?: string;
  readonly notificationPort?: string;
  readonly driver?: string;
  readonly contention?: string;
  readonly disconnectOnStop?: boolean;
  readonly restoreHostConnection?: boolean;
  /** True without an address. */
  readonly metrics?: string | true;
  readonly record?: string;
  /** True without a port. */
  readonly inspect?: string | true;
  readonly logLevel?: LogOptions['level'];
  readonly logJson?: boolean;
}

/** Everything checked, every file read; nothing started. */
export interface ServeSettings {
  readonly input: WrittenInput & { readonly endpoints: readonly string[] };
  /** To be played by the simulated radio. */
  readonly scenario: Scenario | undefined;
  readonly fakeNetworks: readonly FakeNetwork[] | undefined;
  /** The file that `fakeNetworks` came from. */
  readonly networksFile: string | undefined;
  readonly metrics: HttpAddress | undefined;
  readonly record: string | undefined;
  /** The inspector's port. */
  readonly inspect: number | undefined;
  readonly log: LogOptions;
  /** Nothing said which networks there are: the simulated ones are there to try things out. */
  readonly tryOut: boolean;
}

/** What each flag is called in the input. */
const flagNames: Readonly<Record<string, string>> = {
  endpoints: '--listen',
  radio: '--radio',
  allow: '--allow',
  requestPort: '--request-port',
  notificationPort: '--notification-port',
  driver: '--driver',
  contention: '--contention',
};

/** The number that was typed, or the text for an error message. */
const numberIn = (text: string): number | string => (/^-?\d+$/.test(text) ? Number(text) : text);

const given = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;

/** The input that the flags say, or what is wrong with them. */
const inputOf = (flags: ServeFlags): E.Either<readonly string[], WrittenInput> => {
  const { listen, radio, allow, requestPort, notificationPort, driver, contention } = flags;
  const input = given({
    endpoints: listen,
    radio,
    allow,
    requestPort: requestPort === undefined ? undefined : numberIn(requestPort),
    notificationPort: notificationPort === undefined ? undefined : numberIn(notificationPort),
    driver,
    contention,
    disconnectOnStop: flags.disconnectOnStop,
    restoreHostConnection: flags.restoreHostConnection,
  });
  const problems = inputProblems(input).map((problem) =>
    problem.replace(/^(\w+)(\[\d+\])?/, (path, name: string) => flagNames[name] ?? path),
  );
  // `inputProblems` has checked it.
  return problems.length > 0 ? E.left(problems) : E.right(input as WrittenInput);
};

const metricsOf = (
  metrics: string | boolean | undefined,
): E.Either<readonly string[], HttpAddress | undefined> => {
  if (typeof metrics !== 'string') return E.right(metrics === true ? defaultMetricsAddress : undefined);
  const address = parseHttpAddress(metrics);
  return address === undefined
    ? E.left([`--metrics: expected ${httpAddressForm}, got ${JSON.stringify(metrics)}`])
    : E.right(address);
};

const inspectOf = (
  inspect: string | boolean | number | undefined,
): E.Either<readonly string[], number | undefined> =>
  inspect === undefined || inspect === false
    ? E.right(undefined)
    : E.mapLeft((problem: string): readonly string[] => [problem])(
        parseInspectorPort(inspect === true ? true : String(inspect)),
      );

const scenarioOf = async (file: string): Promise<E.Either<readonly string[], Scenario>> => {
  const text = await readTextFile(file);
  return E.isLeft(text) ? text : loadScenario(text.right, file);
};

const noConfig: Config = { input: {} };

const problemsIn = (...results: readonly E.Either<readonly string[], unknown>[]): readonly string[] =>
  results.flatMap((result) => (E.isLeft(result) ? result.left : []));

/** Reads everything that `serve` needs to know. Left: one sentence for each thing that is wrong. */
export const serveSettings = async (
  flags: ServeFlags,
): Promise<E.Either<readonly string[], ServeSettings>> => {
  const config = flags.config === undefined ? E.right(noConfig) : await readConfig(flags.config);
  const flagged = inputOf(flags);
  const metrics = metricsOf(flags.metrics ?? (E.isRight(config) ? config.right.metrics : undefined));
  const inspect = inspectOf(flags.inspect ?? (E.isRight(config) ? config.right.inspect : undefined));
  const conflict =
    flags.scenario !== undefined && flags.radio !== undefined && flags.radio !== 'simulated'
      ? E.left([`--scenario: expected --radio simulated beside it, got --radio ${flags.radio}`])
      : E.right(undefined);
  if (E.isLeft(config) || E.isLeft(flagged) || E.isLeft(metrics) || E.isLeft(inspect) || E.isLeft(conflict))
    return E.left(problemsIn(config, flagged, metrics, inspect, conflict));

  const { input, ...own } = config.right;
  // A radio that a flag names goes before a scenario that the file names.
  const scenarioFile = flags.scenario ?? (flags.radio === undefined ? own.scenario : undefined);
  const networksFile = flags.networks ?? own.networks;
  const scenario = scenarioFile === undefined ? E.right(undefined) : await scenarioOf(scenarioFile);
  const networks = networksFile === undefined ? E.right(own.fakeNetworks) : await readNetworks(networksFile);
  if (E.isLeft(scenario) || E.isLeft(networks)) return E.left(problemsIn(scenario, networks));

  const merged = { ...input, ...flagged.right };
  const tryOut = merged.radio === undefined && scenario.right === undefined && networks.right === undefined;
  return E.right({
    input: {
      ...merged,
      endpoints: merged.endpoints ?? [defaultEndpoint],
      ...(tryOut ? { radio: 'simulated' } : {}),
    },
    scenario: scenario.right,
    fakeNetworks: networks.right,
    networksFile,
    metrics: metrics.right,
    record: flags.record ?? own.record,
    inspect: inspect.right,
    log: { level: flags.logLevel ?? own.logLevel ?? 'info', json: flags.logJson ?? own.logJson ?? false },
    tryOut,
  });
};
