/** The radio compliance suite, with wpa_supplicant and access points that are really on the (simulated) air. */
import { readdirSync, readlinkSync } from 'node:fs';
import * as O from 'fp-ts/lib/Option.js';
import { linuxRadio } from '../../native/linux/wpa-radio.js';
import { ssidHex } from '../../protocol/ssid.js';
import { radioCompliance } from '../compliance/radio.js';
import { type AirNetwork, cast, type RadioRig, type RadioStart } from '../compliance/radio-stage.js';
import { AirRadio, security, takeCapturedOff } from './air/access-points.js';
import { forgetScans, startSupplicant, station } from './air/host.js';
import { type Program, run } from './air/programs.js';

/** Which radio carries which access point. */
const carriers = new Map([
  [cast.open.bssid, 'wlan0'],
  [cast.secured.bssid, 'wlan1'],
  [cast.hidden.bssid, 'wlan2'],
  [cast.latecomer.bssid, 'wlan4'],
]);

const onAir = new Map<string, AirRadio>();

const putOnAir = async (network: AirNetwork): Promise<void> => {
  const carrier = carriers.get(network.bssid) ?? '';
  if (onAir.has(network.bssid)) return;
  const passphrase = O.toUndefined(network.passphrase);
  const protection =
    passphrase === undefined ? security.open : { ...security.psk, wpa_passphrase: passphrase };
  const point = {
    ssid: ssidHex(network.ssid),
    bssid: network.bssid,
    settings: { ...protection, ignore_broadcast_ssid: network.hidden ? 1 : 0 },
  };
  const channel = network.frequency > 5_000_000 ? 36 : 1;
  onAir.set(network.bssid, await AirRadio.start(carrier, channel, [point]));
};

const takeOff = async (network: AirNetwork): Promise<void> => {
  await onAir.get(network.bssid)?.stop();
  onAir.delete(network.bssid);
};

/** The network as its user would write it into wpa_supplicant's configuration. */
const configured = ({ ssid, passphrase }: AirNetwork): string => {
  const key = O.isSome(passphrase) ? `psk="${passphrase.value}"` : 'key_mgmt=NONE';
  return `network={\nssid=${ssidHex(ssid)}\n${key}\n}\n`;
};

const openSockets = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;

const wpaCli = (...words: string[]): Promise<string> => run('wpa_cli', '-i', station, ...words);

let supplicant: Program;

const setup = async ({ networks, connectedTo }: RadioStart): Promise<RadioRig> => {
  for (const network of networks) await putOnAir(network);
  await takeOff(cast.latecomer);
  const remembered = await run('iw', 'dev', station, 'scan', 'dump');
  // By their addresses: another suite's networks have had the same.
  if ([cast.hidden, cast.latecomer].some(({ bssid }) => remembered.includes(bssid))) await forgetScans();
  supplicant = await startSupplicant(connectedTo === undefined ? '' : configured(connectedTo));
  if (connectedTo !== undefined) await supplicant.says('CTRL-EVENT-CONNECTED');
  const sockets = openSockets();
  let silenced = false;
  return {
    backend: linuxRadio(),
    // A scan stays on a channel for 30 ms; on a busy machine hostapd does not answer its probe in that time.
    scansToFind: 5,
    // Two of the sockets are what wpa_supplicant writes to.
    holds: () => openSockets() - sockets + (supplicant.ended ? 2 : 0),
    world: {
      pass: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      hasNetwork: putOnAir,
      dropAccessPoint: takeOff,
      // The air of simulated radios has the same strength everywhere.
      setSignal: async () => {},
      userConnects: async (network) => {
        await wpaCli('add_network');
        await wpaCli('set_network', '0', 'ssid', ssidHex(network.ssid));
        const passphrase = O.toUndefined(network.passphrase);
        if (passphrase === undefined) await wpaCli('set_network', '0', 'key_mgmt', 'NONE');
        else await wpaCli('set_network', '0', 'psk', `"${passphrase}"`);
        await wpaCli('select_network', '0');
      },
      userDisconnects: async () => {
        await wpaCli('disconnect');
      },
      removeInterface: async () => {
        await run('iw', 'dev', station, 'del');
      },
      serviceDies: () => supplicant.stop('SIGKILL'),
      serviceReturns: async () => {
        supplicant = await startSupplicant();
      },
      slowConnect: async () => {
        silenced = true;
        // Its beacons come from the kernel, its answers from hostapd.
        onAir.get(cast.secured.bssid)?.silence(true);
      },
    },
    release: async () => {
      if (silenced) onAir.get(cast.secured.bssid)?.silence(false);
      await supplicant.stop();
      const interfaces = await run('iw', 'dev');
      if (!interfaces.includes(`Interface ${station}`))
        await run('iw', 'phy', 'phy3', 'interface', 'add', station, 'type', 'managed');
    },
  };
};

describe('in the air', () => {
  before(takeCapturedOff);

  after(async () => {
    for (const radio of onAir.values()) await radio.stop();
    onAir.clear();
  });

  radioCompliance('wpa_supplicant', setup, { cannot: new Set(['change a signal']), patience: 12_000 });
});
