/** Networks and interfaces for scenarios, written in one line each. */
import * as O from 'fp-ts/lib/Option.js';
import {
  plainInterface,
  type ScenarioInterface,
  type ScenarioNetwork,
} from '../../native/simulated/scenario.js';
import type { Bss } from '../../protocol/bss.js';
import { type Bssid, KeyMaterial, parseBssid, type Ssid, ssidFromText } from '../../protocol/index.js';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from '../../protocol/network-elements.js';
import { right } from '../protocol/either.js';

export const ssid = (text: string): Ssid => right(ssidFromText(text));

const bssid = (text: string): Bssid => right(parseBssid(text));

/** 02:00:00:00:00:`number`. */
export const bssidNumber = (number: number): Bssid =>
  bssid(`02:00:00:00:00:${number.toString(16).padStart(2, '0')}`);

/** A PMK; networks without a secret take any. */
export const anyKey = new KeyMaterial(new Uint8Array(32).fill(7));

const wpa2: NetworkSecurity = { kind: 'wpa2-psk', cipher: 'ccmp' };

export interface NetworkParts {
  readonly security?: NetworkSecurity;
  readonly secret?: string;
  readonly hidden?: boolean;
  readonly signal?: number;
  /** kHz. */
  readonly frequency?: number;
  /** Names of the interfaces that hear it; all unless given. */
  readonly seenBy?: readonly string[];
}

/** A network with one access point, WPA2-PSK/CCMP unless told otherwise. */
export const network = (name: string, accessPoint: number, parts: NetworkParts = {}): ScenarioNetwork => {
  const { security = wpa2, secret, hidden = false, signal = -50, frequency = 5_180_000, seenBy } = parts;
  const key = secret === undefined ? O.none : O.some(new KeyMaterial(new TextEncoder().encode(secret)));
  return {
    ssid: ssid(name),
    secret: key,
    hidden,
    accessPoints: [
      {
        bssid: bssidNumber(accessPoint),
        frequency,
        signal,
        beaconInterval: 100,
        capabilities: capabilitiesFor(security),
        elements: elementsFor(security, ssid(name), frequency),
        seenBy: seenBy === undefined ? 'all' : new Set(seenBy.map((id) => plainInterface(id).id)),
        present: true,
      },
    ],
  };
};

export type StationParts = Partial<Omit<ScenarioInterface, 'link'>> & {
  /** SSID that it is connected to when it arrives. */
  readonly link?: string;
};

/** A simulated interface that does everything at once unless told otherwise. */
export const station = (name: string, { link, ...parts }: StationParts = {}): ScenarioInterface => ({
  ...plainInterface(name),
  ...parts,
  link: link === undefined ? O.none : O.some({ ssid: ssid(link), bssid: O.none }),
});

/** An access point as an interface reports it. */
export const bss = (name: string, accessPoint: number, parts: Partial<Bss> = {}): Bss => ({
  bssid: bssidNumber(accessPoint),
  ssid: ssid(name),
  capabilities: capabilitiesFor(wpa2),
  rssi: -50,
  beaconInterval: 100,
  frequency: 5_180_000,
  elements: elementsFor(wpa2, ssid(name), 5_180_000),
  ...parts,
});
