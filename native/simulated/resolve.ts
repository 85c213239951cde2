/**
 * From the file's shape to the scenario that is played: names become identities, defaults become values, elements
 * are built. What the codecs cannot see because it depends on another part of the file is found wrong here.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { Finding, type Problem } from '../../json/problem.js';
import { channelOfFrequency, frequencyOfChannel } from '../../protocol/frequency.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from '../../protocol/network-elements.js';
import type { Ssid } from '../../protocol/ssid.js';
import { interfaceId } from '../radio.js';
import { capabilitiesOf } from './capabilities.js';
import { Cast, checkedBytes } from './cast.js';
import { elementsFault } from './network-fields.js';
import { resolveStep } from './resolve-step.js';
import {
  plainInterface,
  type Scenario,
  type ScenarioAccessPoint,
  type ScenarioInterface,
  type ScenarioNetwork,
} from './scenario.js';
import type { AccessPointEntry, InterfaceEntry, NetworkEntry, ScenarioFile } from './scenario-file.js';

/** The scenario behind a file of the right shape, or everything in it that does not fit together. */
export const resolveScenario = (file: ScenarioFile): E.Either<readonly Problem[], Scenario> => {
  const cast = new Cast(file);
  const scenario: Scenario = {
    seed: O.fromNullable(file.seed),
    startAt: O.map(Date.parse)(O.fromNullable(file.startAt)),
    jitter: O.fromNullable(file.jitter),
    interfaces: file.interfaces.map((entry, i) => resolveInterface(cast, `interfaces[${i}]`, entry)),
    networks: file.networks.map((entry, i) => resolveNetwork(cast, `networks[${i}]`, entry)),
    timeline: (file.timeline ?? []).map((entry, i) => resolveStep(cast, `timeline[${i}]`, entry)),
  };
  return cast.problems.length === 0 ? E.right(scenario) : E.left(unrepeated(cast.problems));
};

const resolveInterface = (cast: Cast, path: string, entry: InterfaceEntry): ScenarioInterface => {
  const { name, id = name, link, supports, ...rest } = entry;
  return {
    ...plainInterface(name),
    ...rest,
    id: interfaceId(id),
    ...(supports === undefined ? {} : { supports: new Set(supports) }),
    link: link === undefined ? O.none : O.some(cast.choice(`${path}.link`, link)),
  };
};

const resolveNetwork = (cast: Cast, path: string, entry: NetworkEntry): ScenarioNetwork => {
  const ssid = cast.ssid(path, entry);
  const security = networkSecurity(cast, path, entry);
  return {
    ssid,
    secret:
      entry.secret === undefined ? O.none : O.some(new KeyMaterial(new TextEncoder().encode(entry.secret))),
    hidden: entry.hidden ?? false,
    accessPoints: entry.accessPoints.map((accessPoint, i) =>
      resolveAccessPoint(cast, `${path}.accessPoints[${i}]`, accessPoint, { entry, ssid, security }),
    ),
  };
};

/** Securities in which there is a passphrase to know. */
const withSecret: ReadonlySet<NetworkSecurity['kind']> = new Set<NetworkSecurity['kind']>([
  'wpa-psk',
  'wpa/wpa2-psk',
  'wpa2-psk',
  'psk-sha256',
  'ft-psk',
  'wpa2/wpa3-transition',
  'wpa3-sae',
]);

const networkSecurity = (
  cast: Cast,
  path: string,
  { security, cipher, secret, accessPoints }: NetworkEntry,
): O.Option<NetworkSecurity> => {
  if (cipher !== undefined && security !== 'wpa2-psk')
    cast.report(`${path}.cipher`, cipher, 'no cipher unless the security is "wpa2-psk"');
  if (security === undefined) {
    if (accessPoints.some(({ elements }) => elements === undefined))
      cast.report(`${path}.security`, undefined, 'the security, or elements for each access point');
    return O.none;
  }
  if (secret !== undefined && !withSecret.has(security))
    cast.report(`${path}.secret`, new Finding('one'), `no secret in a network that is "${security}"`);
  return O.some(security === 'wpa2-psk' ? { kind: security, cipher: cipher ?? 'ccmp' } : { kind: security });
};

interface Around {
  readonly entry: NetworkEntry;
  readonly ssid: Ssid;
  readonly security: O.Option<NetworkSecurity>;
}

const resolveAccessPoint = (
  cast: Cast,
  path: string,
  entry: AccessPointEntry,
  { entry: network, ssid, security }: Around,
): ScenarioAccessPoint => {
  const frequency = frequencyOf(cast, path, entry);
  const seenBy = entry.seenBy ?? network.seenBy;
  const seenPath = entry.seenBy === undefined ? path.replace(/\.accessPoints.*/, '') : path;
  const accessPoint = {
    bssid: cast.bssid(entry.bssid),
    frequency,
    signal: entry.signal,
    beaconInterval: entry.beaconInterval ?? 100,
    seenBy:
      seenBy === undefined
        ? ('all' as const)
        : new Set(seenBy.map((name, i) => cast.interface(`${seenPath}.seenBy[${i}]`, name))),
    present: entry.present ?? network.present ?? true,
  };
  if (entry.elements === undefined) {
    const built = O.getOrElse((): NetworkSecurity => ({ kind: 'open' }))(security);
    const elements = elementsFor(built, ssid, frequency);
    return { ...accessPoint, elements, capabilities: capabilitiesFor(built) };
  }
  const elements = checkedBytes(entry.elements);
  const fault = elementsFault(elements, ssid);
  if (fault !== undefined) cast.report(`${path}.elements`, new Finding(fault.value), fault.expected);
  const whole = { ...accessPoint, elements };
  const privacy = O.isSome(security) ? security.value.kind !== 'open' : undefined;
  return { ...whole, capabilities: capabilitiesOf({ ssid }, whole, privacy) };
};

/** In kHz. */
const frequencyOf = (cast: Cast, path: string, { channel, band, frequency }: AccessPointEntry): number => {
  if (channel === undefined) {
    const kilohertz = (frequency ?? 0) * 1000;
    if (O.isNone(channelOfFrequency(kilohertz)))
      cast.report(`${path}.frequency`, frequency, 'the centre of a 20 MHz channel in MHz, such as 5240');
    return kilohertz;
  }
  const chosen = band ?? (channel <= 14 ? '2.4' : '5');
  const found = frequencyOfChannel(channel, chosen);
  if (O.isNone(found)) cast.report(`${path}.channel`, channel, `a 20 MHz channel of the ${chosen} GHz band`);
  return O.getOrElse(() => 0)(found);
};

/** An SSID that is wrong in itself is met at several places on the way. */
const unrepeated = (problems: readonly Problem[]): readonly Problem[] =>
  problems.filter(
    ({ path, expected }, i) => problems.findIndex((p) => p.path === path && p.expected === expected) === i,
  );
