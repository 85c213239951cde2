/** One fake network: as the host application writes it, and as the access point that guests see. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import {
  IntegerType,
  ListType,
  ObjectType,
  optional,
  required,
  type ValueOf,
  WordType,
} from '../../json/codecs.js';
import { decode } from '../../json/decoding.js';
import { fieldPath, type Problem, shownValue } from '../../json/problem.js';
import type { Bss } from '../../protocol/bss.js';
import { type Bssid, parseBssid } from '../../protocol/bssid.js';
import { channelOfFrequency } from '../../protocol/frequency.js';
import { bytesFromHex } from '../../protocol/hex.js';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from '../../protocol/network-elements.js';
import { ssidFromHex, ssidFromText } from '../../protocol/ssid.js';
import {
  beaconInterval,
  bssidText,
  elementsFault,
  elementsHex,
  expectedSsid,
  oneSsid,
  signal,
  ssidFields,
} from '../simulated/network-fields.js';

const fields = {
  ...ssidFields,
  bssid: required(bssidText, 'The address of the access point.'),
  security: optional(
    new WordType({ 'wpa2-psk': 'WPA2 with CCMP; any key is accepted.', open: 'No security.' }),
    'Default: wpa2-psk.',
  ),
  rssi: optional(signal, 'Default: -50.'),
  frequency: optional(new IntegerType(2_400_000, 7_125_000, 'kHz'), 'Default: 5240000.'),
  beaconInterval: optional(beaconInterval, 'Default: 100.'),
  elements: optional(elementsHex, 'Default: those of a plain beacon with this SSID and security.'),
};
const fakeNetwork = new ObjectType('a fake network as an object', fields, [oneSsid]);

/**
 * A network that the host application makes up: `ssid` (text) or `ssidHex`, and `bssid`. `rssi` in dBm, `frequency` in kHz,
 * `beaconInterval` in time units of 1024 µs, `elements` in hex.
 */
export type FakeNetwork = ValueOf<typeof fields>;

/** Fake networks as a file holds them. What one field does not say of another is for `decodeFakeNetworks`. */
export const fakeNetworkList = new ListType(fakeNetwork, 0, 'fake networks');

/** The list of fake networks at `path`, or everything that is wrong with it. No two have one BSSID. */
export const decodeFakeNetworks = (
  value: unknown,
  path = '',
): E.Either<readonly Problem[], readonly FakeNetwork[]> => {
  const list = decode(fakeNetworkList, value, path);
  if (E.isLeft(list)) return list;
  const bssids = new Set<Bssid>();
  const problems = list.right.flatMap((entry, i) => {
    const bss = fakeBss(entry, `${path}[${i}]`);
    if (E.isLeft(bss)) return bss.left;
    const { bssid } = bss.right;
    const known = bssids.has(bssid);
    bssids.add(bssid);
    return known
      ? [{ path: `${path}[${i}].bssid`, value: shownValue(bssid), expected: 'a BSSID of its own' }]
      : [];
  });
  return problems.length > 0 ? E.left(problems) : list;
};

/** The access point that the entry at `path` describes, or everything that is wrong with it. */
export const fakeBss = (entry: unknown, path: string): E.Either<readonly Problem[], Bss> =>
  E.chain((network: FakeNetwork) => build(network, path))(decode(fakeNetwork, entry, path));

const build = (entry: FakeNetwork, path: string): E.Either<readonly Problem[], Bss> => {
  const wrong = (field: string, value: string, expected: string): E.Either<readonly Problem[], never> =>
    E.left([{ path: fieldPath(path, field), value, expected }]);
  const ssid = entry.ssid === undefined ? ssidFromHex(entry.ssidHex ?? '') : ssidFromText(entry.ssid);
  if (E.isLeft(ssid)) return wrong('ssid', shownValue(entry.ssid), expectedSsid);
  const bssid = parseBssid(entry.bssid);
  if (E.isLeft(bssid)) return wrong('bssid', shownValue(entry.bssid), bssidText.name);
  const { frequency = 5_240_000, rssi = -50 } = entry;
  if (O.isNone(channelOfFrequency(frequency)))
    return wrong('frequency', String(frequency), 'the centre of a 20 MHz channel in kHz, such as 5240000');
  const security: NetworkSecurity =
    entry.security === 'open' ? { kind: 'open' } : { kind: 'wpa2-psk', cipher: 'ccmp' };
  const given = O.chain(bytesFromHex)(O.fromNullable(entry.elements));
  const elements = O.getOrElse(() => elementsFor(security, ssid.right, frequency))(given);
  const fault = elementsFault(elements, ssid.right);
  if (fault !== undefined) return wrong('elements', fault.value, fault.expected);
  return E.right({
    bssid: bssid.right,
    ssid: ssid.right,
    capabilities: capabilitiesFor(security),
    rssi,
    beaconInterval: entry.beaconInterval ?? 100,
    frequency,
    elements,
  });
};
