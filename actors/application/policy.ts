/**
 * Which connections guests may have: rules in the settings, asked before anything is touched and before the host application is.
 * The same rules are a function for host applications that decide by more than these.
 */
import * as E from 'fp-ts/lib/Either.js';
import { FlagType, IntegerType, ListType, ParsedTextType } from '../../json/codecs.js';
import { decode } from '../../json/decoding.js';
import { problemText } from '../../json/problem.js';
import { absent, type InputOf, inputCodec, plain, type SettledOf } from '../../json/setting.js';
import { type Ssid, type SsidProblem, ssidFromHex, ssidFromText } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import { type Clock, systemClock } from '../../streams/clock.js';
import type { ConnectionProposal, Decision, Refusal } from './decision.js';

const notEmpty = (read: (text: string) => E.Either<SsidProblem, Ssid>) => (text: string) =>
  text === '' ? E.left(undefined) : E.mapLeft(() => undefined)(read(text));

const ssidText = new ParsedTextType('an SSID of 1 to 32 bytes of UTF-8', notEmpty(ssidFromText));
const ssidHexText = new ParsedTextType('an SSID of 1 to 32 bytes in hex', notEmpty(ssidFromHex));

const ssids = new ListType(ssidText, 1, 'SSID');
const ssidsHex = new ListType(ssidHexText, 1, 'SSID');
const none: readonly string[] = [];

/** The rules, a row for each. */
export const policyTable = {
  mirrorOnly: plain({
    live: true,
    codec: new FlagType(),
    doc: 'let guests share what the host is connected to, and never connect the host for a guest',
    otherwise: false,
    flag: {},
  }),
  allowSsids: plain({
    live: true,
    codec: ssids,
    doc: 'the networks that guests may connect to or share; all others are refused',
    otherwise: none,
    otherwiseText: 'every network',
    flag: { name: 'allow-ssid', value: 'ssid' },
  }),
  allowSsidsHex: plain({
    live: true,
    codec: ssidsHex,
    doc: 'the same for SSIDs that are no text, in hex',
    otherwise: none,
    otherwiseText: 'no others',
    flag: { name: 'allow-ssid-hex', value: 'hex' },
  }),
  denySsids: plain({
    live: true,
    codec: ssids,
    doc: 'networks that guests may neither connect to nor share, even if they are allowed elsewhere',
    otherwise: none,
    otherwiseText: 'none',
    flag: { name: 'deny-ssid', value: 'ssid' },
  }),
  denySsidsHex: plain({
    live: true,
    codec: ssidsHex,
    doc: 'the same for SSIDs that are no text, in hex',
    otherwise: none,
    otherwiseText: 'none',
    flag: { name: 'deny-ssid-hex', value: 'hex' },
  }),
  refuseOpenNetworks: plain({
    live: true,
    codec: new FlagType(),
    doc: 'refuse networks without encryption, also where the host is connected to one',
    otherwise: false,
    flag: {},
  }),
  changesPerMinute: absent({
    live: true,
    codec: new IntegerType(1, 600, 'changes'),
    doc: 'how often within a minute guests, all of them together, may have the host connect to a network',
    otherwiseText: 'as often as they like',
    flag: { value: 'number' },
  }),
} as const;

/** Which connections guests may have; what is left out restricts nothing. `docs/configuration.md` says what each rule is. */
export interface PolicyRules extends InputOf<typeof policyTable> {}

/** The rules under their names, as a log line says which one refused. */
type Rule = 'mirrorOnly' | 'allowSsids' | 'denySsids' | 'refuseOpenNetworks' | 'changesPerMinute';

const minute = 60_000;

const listed = (texts: readonly string[] = none, hexes: readonly string[] = none): ReadonlySet<Ssid> =>
  new Set(
    [...texts.map(ssidFromText), ...hexes.map(ssidFromHex)].flatMap((read) =>
      E.isRight(read) ? [read.right] : [],
    ),
  );

type Rules = Partial<SettledOf<typeof policyTable>>;

/**
 * The rules as a question: why a connection is refused, or nothing. It counts the changes that it lets pass. `current` gives the rules
 * that hold now.
 */
export const refusing = (
  current: () => Rules,
  clock: Clock,
): ((proposal: ConnectionProposal) => Refusal | undefined) => {
  /** When the host was moved for a guest, on the clock's elapsed time. */
  let changes: readonly number[] = [];

  const ruleAgainst = ({ type, ssid, auth }: ConnectionProposal): Rule | undefined => {
    const rules = current();
    const { mirrorOnly = false, refuseOpenNetworks = false, changesPerMinute } = rules;
    const allowed = listed(rules.allowSsids, rules.allowSsidsHex);
    const denied = listed(rules.denySsids, rules.denySsidsHex);
    const isDirected = type === 'guestDirected';
    if (isDirected && mirrorOnly) return 'mirrorOnly';
    if (denied.has(ssid)) return 'denySsids';
    if (allowed.size > 0 && !allowed.has(ssid)) return 'allowSsids';
    if (refuseOpenNetworks && auth === 'open') return 'refuseOpenNetworks';
    if (!isDirected || changesPerMinute === undefined) return undefined;
    const now = clock.elapsed();
    changes = changes.filter((at) => now - at < minute);
    if (changes.length >= changesPerMinute) return 'changesPerMinute';
    changes = [...changes, now];
    return undefined;
  };
  return (proposal) => {
    const rule = ruleAgainst(proposal);
    return rule === undefined ? undefined : { status: StatusCode.requestDeclined, rule };
  };
};

const rulesCodec = inputCodec('rules for connections of guests', policyTable);

/**
 * Rules as a hook: `observer: { authorizeGuestConnection: connectionPolicy({ mirrorOnly: true }) }`. `next` is asked about what they
 * let pass. `clock`: the one of the service. Throws a `TypeError` with a sentence for each rule that is wrong.
 */
export const connectionPolicy = (
  rules: PolicyRules,
  next: (proposal: ConnectionProposal) => Decision | Promise<Decision> = () => 'approve',
  clock: Clock = systemClock,
): ((proposal: ConnectionProposal) => Decision | Promise<Decision>) => {
  const checked = decode(rulesCodec, rules);
  if (E.isLeft(checked)) throw new TypeError(checked.left.map(problemText).join('; '));
  const refuses = refusing(() => rules, clock);
  return (proposal) => refuses(proposal) ?? next(proposal);
};
