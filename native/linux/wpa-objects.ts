/** The D-Bus objects of wpa_supplicant (its D-Bus API, version 2.10): names, match rules, and an access point as we see it. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Bss } from '../../protocol/bss.js';
import { bssidFromBytes } from '../../protocol/bssid.js';
import { Capability } from '../../protocol/capabilities.js';
import { ssidFromBytes } from '../../protocol/ssid.js';
import { bytesOf, numberOf, type Properties, propertiesInterface, textOf } from './dbus.js';

/** Bus name and interfaces. */
export const wpa = {
  name: 'fi.w1.wpa_supplicant1',
  path: '/fi/w1/wpa_supplicant1',
  root: 'fi.w1.wpa_supplicant1',
  interface: 'fi.w1.wpa_supplicant1.Interface',
  bss: 'fi.w1.wpa_supplicant1.BSS',
  network: 'fi.w1.wpa_supplicant1.Network',
} as const;

/** How a user gets the right to talk to wpa_supplicant. */
export const wpaRights =
  'run as root, or as a member of the group that its D-Bus policy names (Debian: usermod -aG netdev USER, then log in again)';

const rule = (from: string, more: string): string =>
  `type='signal',sender='${wpa.name}',interface='${from}',${more}`;

/** What we want to hear: interfaces, ends of scans, networks that appear and vanish, and the properties of interfaces. */
export const wpaRules: readonly string[] = [
  rule(wpa.root, "member='InterfaceAdded'"),
  rule(wpa.root, "member='InterfaceRemoved'"),
  rule(wpa.interface, "member='ScanDone'"),
  rule(wpa.interface, "member='BSSRemoved'"),
  rule(wpa.interface, "member='PskMismatch'"),
  rule(wpa.interface, "member='NetworkAdded'"),
  rule(propertiesInterface, `member='PropertiesChanged',arg0='${wpa.interface}'`),
];

/** The path that stands for no object. */
export const noObject = '/';

/** Beacon interval of practically every access point, in time units; wpa_supplicant does not tell it on D-Bus. */
const usualBeaconInterval = 100;

/** The access point of a `BSS` object; none for something else than an infrastructure network. */
export const bssOf = (properties: Properties): O.Option<Bss> => {
  const bssid = bssidFromBytes(bytesOf(properties.BSSID));
  const ssid = ssidFromBytes(bytesOf(properties.SSID));
  if (E.isLeft(bssid) || E.isLeft(ssid) || textOf(properties.Mode) !== 'infrastructure') return O.none;
  return O.some({
    bssid: bssid.right,
    ssid: ssid.right,
    capabilities: Capability.ess | (properties.Privacy === true ? Capability.privacy : 0),
    rssi: numberOf(properties.Signal),
    beaconInterval: usualBeaconInterval,
    frequency: numberOf(properties.Frequency) * 1000,
    elements: bytesOf(properties.IEs),
  });
};

/** Whether two readings of an access point say the same. */
export const sameBss = (a: Bss, b: Bss): boolean =>
  a.bssid === b.bssid &&
  a.ssid === b.ssid &&
  a.capabilities === b.capabilities &&
  a.rssi === b.rssi &&
  a.frequency === b.frequency &&
  Buffer.compare(a.elements, b.elements) === 0;
