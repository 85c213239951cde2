/** What is on the air when nobody says otherwise: for `serve` with nothing configured, and for the demo. */
import * as E from 'fp-ts/lib/Either.js';
import { resolveScenario } from './resolve.js';
import type { Scenario } from './scenario.js';
import type { ScenarioFile } from './scenario-file.js';

/** Passphrase of the network `Harbour Cafe`. */
export const harbourCafeSecret = 'fish and chips';

const neighbourhood: ScenarioFile = {
  interfaces: [{ name: 'wlan0', scanDuration: 800, connectDuration: 300 }],
  networks: [
    {
      ssid: 'Harbour Cafe',
      security: 'wpa2-psk',
      secret: harbourCafeSecret,
      accessPoints: [
        { bssid: '02:00:5e:10:00:01', channel: 6, signal: -61 },
        { bssid: '02:00:5e:10:00:02', channel: 44, signal: -48 },
      ],
    },
    {
      ssid: 'Harbour Guests',
      security: 'open',
      accessPoints: [{ bssid: '02:00:5e:10:00:03', channel: 1, signal: -58 }],
    },
    {
      ssid: 'Lighthouse',
      security: 'wpa3-sae',
      secret: 'seventeen seconds',
      accessPoints: [{ bssid: '02:00:5e:10:00:04', channel: 149, signal: -67 }],
    },
    {
      ssid: 'Boathouse',
      security: 'wpa2-psk',
      secret: 'mind the tide',
      hidden: true,
      accessPoints: [{ bssid: '02:00:5e:10:00:05', channel: 11, signal: -70 }],
    },
    {
      ssid: 'Port Authority',
      security: 'wpa2-enterprise',
      accessPoints: [{ bssid: '02:00:5e:10:00:06', channel: 100, signal: -74 }],
    },
  ],
};

/** A small neighbourhood: one interface, five networks, each of another kind, in both bands. */
export const defaultScenario: Scenario = E.getOrElse((): Scenario => {
  throw new Error('the default scenario does not fit together');
})(resolveScenario(neighbourhood));
