import * as O from 'fp-ts/lib/Option.js';
import { simulatedBackend } from '../../../native/simulated/radio.js';
import { plainInterface, type ScenarioNetwork } from '../../../native/simulated/scenario.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from '../../../protocol/network-elements.js';
import { ManualClock } from '../../../streams/clock.js';
import { type AirNetwork, type RadioRig, type RadioStart, radioCompliance } from '../../compliance/radio.js';
import { silent } from './log.js';

const scenarioNetwork = ({
  ssid,
  bssid,
  frequency,
  signal,
  passphrase,
  hidden,
}: AirNetwork): ScenarioNetwork => {
  const security: NetworkSecurity = O.isSome(passphrase)
    ? { kind: 'wpa2-psk', cipher: 'ccmp' }
    : { kind: 'open' };
  return {
    ssid,
    secret: O.map((text: string) => new KeyMaterial(new TextEncoder().encode(text)))(passphrase),
    hidden,
    accessPoints: [
      {
        bssid,
        frequency,
        signal,
        beaconInterval: 100,
        capabilities: capabilitiesFor(security),
        elements: elementsFor(security, ssid, frequency),
        seenBy: 'all',
        present: true,
      },
    ],
  };
};

/** A simulated radio whose scans and connects take so many milliseconds. */
const rig =
  (scanDuration: number, connectDuration: number) =>
  ({ networks, connectedTo }: RadioStart): RadioRig => {
    const clock = new ManualClock(1_700_000_000_000);
    const link =
      connectedTo === undefined
        ? O.none
        : O.some({ ssid: connectedTo.ssid, bssid: O.some(connectedTo.bssid) });
    const station = { ...plainInterface('wlan0'), scanDuration, connectDuration, link };
    const backend = simulatedBackend(
      {
        startAt: O.none,
        seed: O.some(1),
        jitter: O.none,
        interfaces: [station],
        networks: networks.map(scenarioNetwork),
        timeline: [],
      },
      { clock, log: silent },
    );
    const { control } = backend;
    const target = ({ bssid }: AirNetwork) => ({ kind: 'bssid', bssid }) as const;
    return {
      backend,
      holds: () => clock.pending,
      world: {
        pass: (milliseconds) => clock.advance(milliseconds),
        hasNetwork: async (network) => control.addNetwork(scenarioNetwork(network)),
        dropAccessPoint: async (network) => control.vanish(target(network)),
        setSignal: async (network, dBm) => control.fade(target(network), dBm, 0),
        userConnects: async ({ ssid, bssid }) =>
          control.connectByUser(station.id, { ssid, bssid: O.some(bssid) }),
        userDisconnects: async () => control.disconnectByUser(station.id),
        removeInterface: async () => control.leave(station.id),
        serviceDies: async () => control.dieService(),
        serviceReturns: async () => control.reviveService(),
        slowConnect: async () => control.arm({ kind: 'connect.slows', by: 2000 }),
      },
    };
  };

radioCompliance('a simulated radio that takes its time', rig(800, 300));
radioCompliance('a simulated radio that is instant', rig(0, 0));
