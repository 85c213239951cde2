/**
 * Captures of access points as scenarios: one JSON object a line, with the fields of a BSS as wpa_supplicant reports
 * it on D-Bus. Bytes are in hex; fields that are not named here are left alone.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import {
  FlagType,
  IntegerType,
  ObjectType,
  optional,
  required,
  TextType,
  type ValueOf,
} from '../../json/codecs.js';
import { decode } from '../../json/decoding.js';
import type { Problem } from '../../json/problem.js';
import { parseJson } from '../../json/text.js';
import { bssidFromBytes } from '../../protocol/bssid.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { ssidFromHex } from '../../protocol/ssid.js';
import { capabilitiesOf } from './capabilities.js';
import { checked, checkedBytes } from './cast.js';
import { elementsFault, elementsHex, secretText, signal } from './network-fields.js';
import { plainInterface, type Scenario, type ScenarioNetwork } from './scenario.js';

const fields = {
  SSID: required(
    new TextType('an SSID of 0 to 32 bytes in hex', { pattern: '^([0-9a-fA-F]{2}){0,32}$' }),
    '',
  ),
  BSSID: required(new TextType('a BSSID in hex: 020000000001', { pattern: '^[0-9a-fA-F]{12}$' }), ''),
  Frequency: required(new IntegerType(2400, 7125, 'MHz'), ''),
  Signal: required(signal, ''),
  IEs: required(elementsHex, ''),
  Privacy: optional(new FlagType(), ''),
  secret: optional(secretText, ''),
};
const accessPointLine = new ObjectType('an access point as a JSON object', fields, [], true);

/** Does this line look like one of a capture? */
export const isAccessPointLine = (line: string): boolean => {
  const value = O.tryCatch((): unknown => JSON.parse(line));
  return O.isSome(value) && typeof value.value === 'object' && value.value !== null && 'BSSID' in value.value;
};

/**
 * A host with one instant interface, `wlan0`, that hears every access point of a capture; blank lines do not count,
 * and of several lines about one BSSID the last one does. What the passphrases were is not in a capture: any 32-byte
 * PMK is accepted where no `secret` was added to the line. Left: everything that is wrong, by line.
 */
export const scenarioFromAccessPoints = (
  lines: readonly string[],
): E.Either<readonly Problem[], Scenario> => {
  const problems: Problem[] = [];
  const networks = new Map<string, ScenarioNetwork>();
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const read = networkOf(line);
    if (E.isRight(read)) networks.set(read.right.accessPoints.map(({ bssid }) => bssid).join(), read.right);
    else
      for (const { path, ...problem } of read.left)
        problems.push({ ...problem, path: `line ${i + 1}${path === '' ? '' : `: ${path}`}` });
  }
  if (problems.length > 0) return E.left(problems);
  return E.right({
    startAt: O.none,
    seed: O.none,
    jitter: O.none,
    interfaces: [plainInterface('wlan0')],
    networks: [...networks.values()],
    timeline: [],
  });
};

const networkOf = (line: string): E.Either<readonly Problem[], ScenarioNetwork> => {
  const value = parseJson(line);
  // The only line of it is the line of the file.
  if (E.isLeft(value)) return E.left([{ ...value.left, path: value.left.path.replace('line 1, ', '') }]);
  return E.chain(build)(decode(accessPointLine, value.right));
};

const build = (line: ValueOf<typeof fields>): E.Either<readonly Problem[], ScenarioNetwork> => {
  const ssid = checked(ssidFromHex(line.SSID));
  const bssid = checked(bssidFromBytes(checkedBytes(line.BSSID)));
  const elements = checkedBytes(line.IEs);
  const fault = elementsFault(elements, ssid);
  if (fault !== undefined) return E.left([{ path: 'IEs', ...fault }]);
  const accessPoint = {
    bssid,
    frequency: line.Frequency * 1000,
    signal: line.Signal,
    beaconInterval: 100,
    elements,
    seenBy: 'all' as const,
    present: true,
  };
  const capabilities = capabilitiesOf({ ssid }, accessPoint, line.Privacy);
  return E.right({
    ssid,
    secret:
      line.secret === undefined ? O.none : O.some(new KeyMaterial(new TextEncoder().encode(line.secret))),
    hidden: false,
    accessPoints: [{ ...accessPoint, capabilities }],
  });
};
