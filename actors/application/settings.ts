/** The input of the root actor: what a host application may say, how it is checked, and what the machines read. */
import * as E from 'fp-ts/lib/Either.js';
import { decode } from '../../json/decoding.js';
import { type Problem, problemText, shownValue } from '../../json/problem.js';
import { type InputOf, inputCodec, type SettledOf, settle } from '../../json/setting.js';
import { canLetIn, formatEndpoint, type GuestId, parseGuestId } from '../../native/sockets/endpoint.js';
import type { DriverFormat } from '../../protocol/frame.js';
import { anyGuest, settingsTable } from './settings-table.js';

export type { RadioChoice } from './settings-table.js';

/**
 * What a host application gives to `createActor(proxyWifi, { input })`. Everything but `endpoints` may be left out;
 * `docs/configuration.md` says what each is, with its range and its default. Times are milliseconds.
 */
export interface ProxyWifiInput extends InputOf<typeof settingsTable> {}

/** Checked input, with every default filled in. */
export interface Settings extends SettledOf<typeof settingsTable> {
  /** How this guest's scan responses look. */
  readonly driverOf: (guest: GuestId) => DriverFormat;
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

const input = inputCodec('an object with at least endpoints', settingsTable);

/** Checks everything and reports every problem at once, one sentence each. */
export const decodeInput = (given: unknown): E.Either<readonly string[], Settings> =>
  E.mapLeft((problems: readonly Problem[]) => problems.map(problemText))(checkInput(given));

/** As `decodeInput`, with the problems as data. */
export const checkInput = (given: unknown): E.Either<readonly Problem[], Settings> => {
  const decoded = decode(input, given);
  if (E.isLeft(decoded)) return decoded;
  const settings = withDefaults(given as ProxyWifiInput);
  const problems = contradictions(given as ProxyWifiInput, settings);
  return problems.length > 0 ? E.left(problems) : E.right(settings);
};

const rights = <L, R>(results: readonly E.Either<L, R>[]): readonly R[] =>
  results.flatMap((result) => (E.isRight(result) ? [result.right] : []));

const withDefaults = (given: ProxyWifiInput): Settings => {
  const settings = settle(settingsTable, given);
  return { ...settings, driverOf: (guest) => settings.guests.get(guest)?.driver ?? settings.driver };
};

/** Addresses on which everybody is heard who reaches this machine. */
const wildcards: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** What is right by itself and wrong beside something else. */
const contradictions = (given: Pick<ChangedSettings, 'allow'>, settings: Settings): readonly Problem[] => {
  const { endpoints, allow, requestPort, notificationPort } = settings;
  const problems: Problem[] = [];
  const report = (path: string, found: unknown, expected: string): void => {
    problems.push({ path, value: shownValue(found), expected });
  };
  const urls = endpoints.map(formatEndpoint);
  for (const [i, endpoint] of endpoints.entries()) {
    const url = formatEndpoint(endpoint);
    if (urls.indexOf(url) < i) report(`endpoints[${i}]`, url, 'each endpoint once');
    if (endpoint.scheme === 'tcp' && wildcards.has(endpoint.host) && given.allow === undefined)
      report(
        `endpoints[${i}]`,
        url,
        `a list of who may connect (allow, --allow) beside an address that everybody reaches; "${anyGuest}" on it is everybody`,
      );
  }
  for (const [i, text] of (allow === null ? [] : (given.allow ?? [])).entries())
    for (const guest of rights([parseGuestId(text)]))
      if (!endpoints.some((endpoint) => canLetIn(endpoint, guest)))
        report(`allow[${i}]`, text, 'a guest that one of the endpoints can let in');
  if (requestPort === notificationPort)
    report('notificationPort', notificationPort, 'another port than that for requests');
  return problems;
};

/** Other values while the service runs: only of settings that take effect at once. `undefined`: what holds where nothing is given. */
export type ChangedSettings = { readonly [K in keyof ProxyWifiInput]?: ProxyWifiInput[K] | undefined };

/** Does this setting of the service take effect at once? */
const isLive = (name: string): boolean =>
  Object.hasOwn(settingsTable, name) && settingsTable[name as keyof typeof settingsTable].live === true;

/** The settings with these changes, checked as the input is. Left: everything that is wrong; then nothing changes. */
export const reconfigured = (
  current: Settings,
  changes: ChangedSettings,
): E.Either<readonly string[], Settings> => {
  const problems = Object.keys(changes)
    .filter((name) => !isLive(name))
    .map((name) => `${name}: expected a setting that takes effect at once; this one needs a restart`);
  if (problems.length > 0) return E.left(problems);
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const rows = Object.fromEntries(
    Object.entries(settingsTable).filter(([name]) => Object.hasOwn(changes, name)),
  );
  const decoded = decode(inputCodec('an object with settings', rows), given);
  if (E.isLeft(decoded)) return E.left(decoded.left.map(problemText));
  const settings: Settings = { ...current, ...settle(rows, given) };
  // A list that stays is none of this change's.
  const wrong = Object.hasOwn(changes, 'allow') ? contradictions(changes, settings) : [];
  return wrong.length > 0 ? E.left(wrong.map(problemText)) : E.right(settings);
};
