/** What `serve` is to do: what flags and the configuration file say, where each came from, and the files that both name. */
import * as E from 'fp-ts/lib/Either.js';
import { type ControlAddress, defaultControlAddress, parseControlAddress } from '../control/index.js';
import { decodeInput, type FakeNetwork, type ProxyWifiInput } from '../index.js';
import { decode } from '../json/decoding.js';
import { type Problem, problemText } from '../json/problem.js';
import { flagsOf, type InputOf, isWritten, type Typed, type TypedFlag } from '../json/setting.js';
import { loadScenario, type Scenario } from '../native/simulated/index.js';
import { settingsTable } from '../settings.js';
import { type Given, readConfig } from './config-file.js';
import { defaultMetricsAddress, type HttpAddress, parseHttpAddress } from './http-address.js';
import { parseInspectorPort } from './inspector.js';
import { type LogOptions, standardError } from './log.js';
import { parseLogTarget } from './log-target.js';
import { readNetworks } from './networks-file.js';
import type { RecordOptions } from './recording.js';
import { type ownTable, serveTable } from './serve-table.js';
import { statePlace } from './state-place.js';
import { readTextFile } from './text-file.js';

/** What was typed: by the names of settings, and the configuration file. */
export interface ServeFlags {
  readonly config?: string;
  readonly [setting: string]: Typed | undefined;
}

/** Everything checked, every file read; nothing started. */
export interface ServeSettings {
  readonly input: ProxyWifiInput;
  /** To be played by the simulated radio. */
  readonly scenario: Scenario | undefined;
  readonly fakeNetworks: readonly FakeNetwork[] | undefined;
  /** The file that `fakeNetworks` came from. */
  readonly networksFile: string | undefined;
  readonly metrics: HttpAddress | undefined;
  /** Where the service can be steered. */
  readonly control: ControlAddress | undefined;
  readonly record: string | undefined;
  readonly recordOptions: RecordOptions;
  /** The inspector's port. */
  readonly inspect: number | undefined;
  /** The file for what must be known after a restart. */
  readonly state: string | undefined;
  readonly log: LogOptions;
  /** Nothing said which networks there are: the simulated ones are there to try things out. */
  readonly tryOut: boolean;
  /** What is in effect, setting by setting. */
  readonly inEffect: readonly SettingInEffect[];
}

/** One setting as it is in effect. */
export interface SettingInEffect {
  readonly name: string;
  readonly value: unknown;
  /** A flag, the path of a file, or nothing: then it is what holds by itself. */
  readonly from: string | undefined;
}

/** Where guests of this machine find a service that is told nothing. */
const defaultEndpoint = 'tcp://127.0.0.1';

const flags: ReadonlyMap<string, TypedFlag> = new Map(
  flagsOf(serveTable).map((flag) => [flag.setting, flag]),
);

/** What one flag says, checked by itself. */
const readFlag = (flag: TypedFlag, typed: Typed): E.Either<readonly string[], unknown> => {
  const codec = serveTable[flag.setting]?.codec;
  const value = flag.read(typed);
  if (E.isLeft(value)) return E.left([problemText(value.left)]);
  if (codec === undefined) return value;
  return E.mapLeft((problems: readonly Problem[]) =>
    problems.map(({ expected, value: found }) => problemText({ path: flag.name, expected, value: found })),
  )(decode(codec, value.right));
};

/** A setting that flags or a file give, and which of them. */
interface Source {
  readonly value: unknown;
  readonly from: string;
}

/** What the flags say; they go before the file. */
const readFlags = (typed: ServeFlags): E.Either<readonly string[], ReadonlyMap<string, Source>> => {
  const sources = new Map<string, Source>();
  const problems: string[] = [];
  for (const [name, flag] of flags) {
    const text = typed[name];
    if (text === undefined) continue;
    const value = readFlag(flag, text);
    if (E.isLeft(value)) problems.push(...value.left);
    else sources.set(name, { value: value.right, from: flag.name });
  }
  const { radio, scenario } = typed;
  if (scenario !== undefined && radio !== undefined && radio !== 'simulated')
    problems.push(`--scenario: expected --radio simulated beside it, found --radio ${radio}`);
  return problems.length > 0 ? E.left(problems) : E.right(sources);
};

/** What a flag of the first kind takes the place of, besides itself, in a file. */
const replaces: Readonly<Record<string, string>> = {
  radio: 'scenario',
  scenario: 'radio',
  networks: 'fakeNetworks',
};

const merged = (
  flagged: ReadonlyMap<string, Source>,
  file: string | undefined,
  config: Given,
): ReadonlyMap<string, Source> => {
  const replaced = new Set([...flagged.keys()].map((name) => replaces[name]));
  const fromFile = Object.entries(config)
    .filter(([name]) => !replaced.has(name))
    .map(([name, value]) => [name, { value, from: file ?? '' }] as const);
  return new Map([...fromFile, ...flagged]);
};

/** A sentence about the input, with the flag or the file in which the setting stands. */
const placed = (problem: string, sources: ReadonlyMap<string, Source>): string =>
  problem.replace(/^(\w+)((?:\[\d+\])*)/, (path, name: string) => {
    const from = sources.get(name)?.from;
    if (from === undefined) return flags.get(name)?.name ?? path;
    return from.startsWith('--') ? from : `${from}: ${path}`;
  });

type Own = InputOf<typeof ownTable>;

/** What is right by itself and wrong beside something else, or without it. */
const ownProblems = (
  sources: ReadonlyMap<string, Source>,
  own: Own,
  metrics: HttpAddress | undefined,
  inspect: number | undefined,
): readonly string[] => {
  const problems: string[] = [];
  if (metrics !== undefined && inspect === metrics.port && inspect !== 0)
    problems.push(`inspect: expected another port than that of the metrics, found ${inspect}`);
  if (own.record === undefined && own.overwriteRecording === true)
    problems.push('overwriteRecording: expected --record beside it: there is nothing to overwrite');
  // One that is steered may be told later to record.
  if (own.record === undefined && own.control === undefined && own.recordLimit !== undefined)
    problems.push('recordLimit: expected --record or --control beside it: nothing is recorded');
  return problems.map((problem) => placed(problem, sources));
};

/** Reads everything that `serve` needs to know. Left: one sentence for each thing that is wrong. */
export const serveSettings = async (
  typed: ServeFlags,
): Promise<E.Either<readonly string[], ServeSettings>> => {
  const config = typed.config === undefined ? E.right<never, Given>({}) : await readConfig(typed.config);
  const flagged = readFlags(typed);
  if (E.isLeft(config) || E.isLeft(flagged)) return E.left(problemsIn(config, flagged));

  const sources = merged(flagged.right, typed.config, config.right);
  const given = Object.fromEntries([...sources].map(([name, { value }]) => [name, value]));
  // Each was checked by the codec of its row.
  const own = given as Own;
  const scenario = own.scenario === undefined ? E.right(undefined) : await scenarioOf(own.scenario);
  const networks = own.networks === undefined ? E.right(own.fakeNetworks) : await readNetworks(own.networks);
  const tryOut =
    given.radio === undefined &&
    own.scenario === undefined &&
    E.isRight(networks) &&
    networks.right === undefined;
  const input = {
    endpoints: [defaultEndpoint],
    ...Object.fromEntries(Object.entries(given).filter(([name]) => isInput(name))),
    ...(tryOut || own.scenario !== undefined ? { radio: 'simulated' } : {}),
  };
  const metrics = metricsOf(own.metrics);
  const inspect = inspectOf(own.inspect);
  const problems = [
    ...problemsIn(decodeInput(input)).map((problem) => placed(problem, sources)),
    ...ownProblems(sources, own, metrics, inspect),
    ...problemsIn(scenario, networks),
  ];
  if (E.isLeft(scenario) || E.isLeft(networks) || problems.length > 0) return E.left(problems);
  return E.right({
    // `decodeInput` has checked it.
    input: input as ProxyWifiInput,
    scenario: scenario.right,
    fakeNetworks: networks.right,
    networksFile: own.networks,
    metrics,
    control: controlOf(own.control),
    record: own.record,
    recordOptions: { force: own.overwriteRecording, limit: own.recordLimit },
    inspect,
    state: statePlace(own.state, input),
    log: {
      level: own.logLevel ?? 'info',
      json: own.logJson ?? false,
      targets: own.logTo === undefined ? standardError : rights(own.logTo.map(parseLogTarget)),
    },
    tryOut,
    inEffect: Object.entries(serveTable).map(([name, row]) => {
      const source = sources.get(name);
      const value: unknown = (input as Given)[name] ?? row.otherwise;
      return { name, value: source === undefined ? value : source.value, from: source?.from };
    }),
  });
};

/** Is it a setting of the root actor that a document can hold? */
const isInput = (name: string): boolean => {
  const row = Object.hasOwn(settingsTable, name)
    ? settingsTable[name as keyof typeof settingsTable]
    : undefined;
  return row !== undefined && isWritten(row);
};

const metricsOf = (metrics: string | boolean | undefined): HttpAddress | undefined => {
  if (typeof metrics === 'string') return parseHttpAddress(metrics);
  return metrics === true ? defaultMetricsAddress : undefined;
};

const controlOf = (control: string | boolean | undefined): ControlAddress | undefined => {
  if (control === true) return defaultControlAddress();
  const address = typeof control === 'string' ? parseControlAddress(control) : undefined;
  return address !== undefined && E.isRight(address) ? address.right : undefined;
};

const inspectOf = (inspect: number | boolean | undefined): number | undefined => {
  if (inspect === undefined || inspect === false) return undefined;
  const port = parseInspectorPort(inspect === true ? true : String(inspect));
  return E.isRight(port) ? port.right : undefined;
};

const scenarioOf = async (file: string): Promise<E.Either<readonly string[], Scenario>> => {
  const text = await readTextFile(file);
  return E.isLeft(text) ? text : loadScenario(text.right, file);
};

const rights = <L, R>(results: readonly E.Either<L, R>[]): readonly R[] =>
  results.flatMap((result) => (E.isRight(result) ? [result.right] : []));

const problemsIn = (...results: readonly E.Either<readonly string[], unknown>[]): readonly string[] =>
  results.flatMap((result) => (E.isLeft(result) ? result.left : []));
