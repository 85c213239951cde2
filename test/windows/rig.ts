/** A radio over the stand-in, and the world around it, for the radio compliance suite and the tests of faults. */
import * as O from 'fp-ts/lib/Option.js';
import type { Log } from '../../native/log.js';
import { derivePmk } from '../../native/pmk.js';
import { wlanRadio } from '../../native/windows/wlan-radio.js';
import type { Bss } from '../../protocol/bss.js';
import { hexOf } from '../../protocol/hex.js';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from '../../protocol/network-elements.js';
import { ManualClock } from '../../streams/clock.js';
import type { AirNetwork, RadioRig, RadioStart } from '../compliance/radio.js';
import { right } from '../protocol/either.js';
import { address } from './commands.js';
import { StandIn, standInPath } from './stand-in.js';

/** Real milliseconds for the stand-in's threads whenever the radio's clock is moved. */
const breath = 10;

/** Lets real time pass. */
export const breathe = (milliseconds = breath): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A network as its access point shows it. */
export const bssOf = ({ ssid, bssid, frequency, signal, passphrase }: AirNetwork): Bss => {
  const security: NetworkSecurity = O.isSome(passphrase)
    ? { kind: 'wpa2-psk', cipher: 'ccmp' }
    : { kind: 'open' };
  return {
    ssid,
    bssid,
    frequency,
    rssi: signal,
    beaconInterval: 100,
    capabilities: capabilitiesFor(security),
    elements: elementsFor(security, ssid, frequency),
  };
};

/** Puts a network on the air of interface 0. */
export const show = (standIn: StandIn, network: AirNetwork): void => {
  const { ssid, passphrase, hidden } = network;
  standIn.network(0, bssOf(network), {
    hidden,
    ...(O.isSome(passphrase)
      ? { key: hexOf(right(derivePmk(passphrase.value, ssid)).reveal()) }
      : { auth: 1, cipher: 0 }),
  });
};

/** What the radio has logged as a warning. */
export interface Warning {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** How a rig differs from the usual one. */
export interface RigOptions {
  readonly restore?: boolean;
  /** Commands to the stand-in before the radio is opened. */
  readonly told?: readonly string[];
}

/** A rig whose clock is moved by hand; the stand-in's threads take a few real milliseconds for each thing. */
export const windowsRig = (
  { networks, connectedTo }: RadioStart,
  { restore = false, told = [] }: RigOptions = {},
): RadioRig & {
  readonly standIn: StandIn;
  readonly clock: ManualClock;
  readonly warnings: readonly Warning[];
} => {
  const standIn = new StandIn();
  standIn.reset();
  standIn.interface(0);
  for (const network of networks) show(standIn, network);
  if (connectedTo !== undefined) standIn.tell(`connected 0 ${address(connectedTo)}`);
  const clock = new ManualClock(1_700_000_000_000);
  for (const line of told) standIn.tell(line);
  const warnings: Warning[] = [];
  const log: Log = {
    info: () => undefined,
    warn: (facts, message) => warnings.push({ facts, message }),
  };
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.advance(milliseconds);
    await breathe();
  };
  return {
    standIn,
    clock,
    warnings,
    backend: wlanRadio({ log, clock, restore, dll: standInPath }),
    holds: () =>
      clock.pending + standIn.tell('handles') + standIn.tell('callbacks') + standIn.tell('outstanding'),
    world: {
      pass,
      hasNetwork: async (network) => show(standIn, network),
      dropAccessPoint: async (network) => {
        standIn.tell(`gone 0 ${address(network)}`);
        standIn.tell('lose 0 0x3800b');
      },
      setSignal: async (network, dBm) => {
        standIn.tell(`fade 0 ${address(network)} ${2 * (dBm + 100)}`);
      },
      userConnects: async (network) => {
        standIn.tell(`join 0 ${address(network)}`);
      },
      userDisconnects: async () => {
        standIn.tell('lose 0 0');
      },
      removeInterface: async () => {
        standIn.tell('remove 0');
      },
      serviceDies: async () => {
        standIn.tell('service stop');
      },
      serviceReturns: async () => {
        standIn.tell('service start');
      },
      slowConnect: async () => {
        standIn.tell('slow 0 300');
      },
      slowScan: async () => {
        standIn.tell('scan 0 300 complete');
      },
    },
  };
};
