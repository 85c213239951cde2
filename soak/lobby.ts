/** A host with the open network Lobby, and what guests ask of it: for services that are measured or fired at as a process of their own. */
import * as O from 'fp-ts/lib/Option.js';
import { KeyMaterial, type Request } from '../protocol/index.js';
import { ssid } from '../test/stage/networks.js';

const lobby = {
  ssid: 'Lobby',
  security: 'open',
  accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 1, signal: -50 }],
};

/** A scenario in which everything is done at once: Lobby and so many other networks, `Network 0` and on. */
export const lobbyScenario = (others: number) => ({
  seed: 1,
  interfaces: [{ name: 'wlan0', scanDuration: 0, connectDuration: 0 }],
  networks: [
    lobby,
    ...Array.from({ length: others }, (_, n) => ({
      ssid: `Network ${n}`,
      security: 'wpa2-psk',
      accessPoints: [{ bssid: `02:00:00:00:01:${(n + 16).toString(16)}`, channel: 6, signal: -60 }],
    })),
  ],
});

export const scanForAll: Request = { operation: 'scan', ssid: O.none };

/** An open network: nothing but its name. */
export const connectToOpen = (name: string): Request => ({
  operation: 'connect',
  ssid: ssid(name),
  bssid: O.none,
  authType: 0,
  wpaVersions: 0,
  akmSuites: [],
  pairwiseCipherSuites: [],
  groupCipherSuite: 0,
  key: KeyMaterial.none,
});
