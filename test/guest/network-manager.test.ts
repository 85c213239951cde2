/**
 * NetworkManager in the guest, on wpa_supplicant and on iwd: the service outside with a simulated radio, over TCP; and in the same
 * machine with the host's real Wi-Fi, over vsock.
 */
import { expect } from 'chai';
import { AirRadio, passphrase as airPassphrase, security } from '../radio/air/access-points.js';
import { addressOf, station as hostStation, startSupplicant } from '../radio/air/host.js';
import { Program, run } from '../radio/air/programs.js';
import { passphrase } from './inside/air.js';
import { mine } from './inside/amounts.js';
import { type Arrangement, startSimulated } from './inside/arrangement.js';
import { arrangedHere, inMachine, twoMachines } from './inside/arrangements.js';
import { runInGuest } from './inside/bus.js';
import { receive } from './inside/data.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { setSignal } from './inside/software-radio.js';
import { Station, startBareWpaSupplicant, startIwd, startNetworkManager } from './inside/station.js';

/** Where the service gets its Wi-Fi from. */
interface Air {
  readonly title: string;
  readonly arrange: () => Arrangement;
  readonly wpa2: string;
  readonly wpa3: string;
  readonly passphrase: string;
  /** How a connection gets its address: NetworkManager's own settings. */
  readonly addressing: (all: Arrangement) => readonly string[];
  readonly open: () => Promise<void>;
  /** Starts the service, in place of one that runs. */
  readonly serve: (all: Arrangement) => Promise<void>;
  /** The host loses the WPA2 network, and can have it again. */
  readonly lose: (all: Arrangement) => Promise<void>;
  readonly fade: (all: Arrangement, dbm: number) => Promise<void>;
  /** The host's user connects to the WPA3 network. */
  readonly join: (all: Arrangement) => Promise<void>;
  readonly close: () => Promise<void>;
}

const simulated: Air = {
  title: 'the service outside with a simulated radio',
  arrange: twoMachines,
  wpa2: 'Harbour',
  wpa3: 'Lighthouse',
  passphrase,
  addressing: () => ['ipv4.method', 'auto'],
  open: async () => undefined,
  serve: (all) => startSimulated(all),
  lose: async ({ host }) => {
    const lost = host.tells('hostDisconnected');
    await host.perform({ do: 'network.vanishes', ssid: 'Harbour' });
    await lost;
    await host.perform({ do: 'network.appears', ssid: 'Harbour' });
  },
  fade: ({ host }, to) => host.perform({ do: 'network.fades', ssid: 'Harbour', to }),
  join: ({ host }) => host.perform({ do: 'user.connects', interface: 'wlan0', ssid: 'Lighthouse' }),
  close: async () => undefined,
};

const wpaCli = (...words: readonly string[]): Promise<string> =>
  run('wpa_cli', '-p', '/run/wpa_supplicant', '-i', hostStation, ...words);

let points: readonly AirRadio[] = [];
let supplicant: Program | undefined;

const real: Air = {
  title: "the host's real Wi-Fi in the same machine",
  arrange: inMachine,
  wpa2: 'pier-psk',
  wpa3: 'pier-sae',
  passphrase: airPassphrase,
  // Nobody gives addresses there.
  addressing: ({ address }) => ['ipv4.method', 'manual', 'ipv4.addresses', address],
  open: async () => {
    const hex = (text: string): string => Buffer.from(text).toString('hex');
    points = [
      await AirRadio.start('wlan0', 1, [
        { ssid: hex('pier-psk'), bssid: '02:00:00:cc:00:01', settings: security.psk },
      ]),
      await AirRadio.start('wlan1', 6, [
        { ssid: hex('pier-sae'), bssid: '02:00:00:cc:00:02', settings: security.sae },
      ]),
    ];
    supplicant = await startSupplicant();
  },
  serve: async ({ host, input }) => {
    await host.start({ input: { ...input, radio: 'host', disconnectOnStop: true } });
    while (!(await host.status()).interfaces.some(({ name }) => name === hostStation));
  },
  lose: async ({ host }) => {
    const lost = host.tells('hostDisconnected');
    await points[0]?.deauthenticate(await addressOf(hostStation));
    await lost;
  },
  fade: (_all, dbm) => setSignal('wlan0', dbm),
  join: async () => {
    const id = (await wpaCli('add_network')).trim();
    const settings = {
      ssid: '"pier-sae"',
      key_mgmt: 'SAE',
      sae_password: `"${airPassphrase}"`,
      ieee80211w: '2',
    };
    for (const [name, value] of Object.entries(settings)) await wpaCli('set_network', id, name, value);
    await wpaCli('select_network', id);
  },
  close: async () => {
    await supplicant?.stop();
    for (const point of points) await point.stop();
  },
};

const combinations = (
  [
    [simulated, 'wpa_supplicant'],
    [simulated, 'iwd'],
    [real, 'iwd'],
    [real, 'wpa_supplicant'],
  ] as const
).filter(([{ arrange }]) => arrange === arrangedHere);

for (const [air, backend] of mine(combinations))
  describe(`NetworkManager on ${backend} in the guest, ${air.title}`, () => {
    let all: Arrangement;
    let station: Station;
    let manager: Program | undefined;
    before(async () => {
      all = air.arrange();
      await air.open();
      await air.serve(all);
      // Debian 12's wpa_supplicant cannot leave SAE to a driver.
      await load(all.reach, { sae: backend === 'iwd' });
      await addInterface(all.lower);
      if (backend === 'iwd') await startIwd(wifi, {});
      else await startBareWpaSupplicant();
      station = await Station.open();
      manager = await startNetworkManager(wifi, backend);
    });

    after(async () => {
      await station.close();
      await manager?.stop();
      await Program.stopAll('guest-wpa_supplicant', 'guest-iwd');
      await unload();
      await all.host.finish();
      await air.close();
      expect(await complaints()).to.equal('');
    });

    /** Makes a connection as a user does who fills in a form, and brings it up. */
    const connect = async (ssid: string): Promise<void> => {
      // On iwd too, which chooses by itself between PSK and SAE: NetworkManager knows of its networks no more than that there is
      // a passphrase, and finds none for a profile that wants `sae`.
      const secret = ['wifi-sec.key-mgmt', 'wpa-psk', 'wifi-sec.psk', air.passphrase];
      const settings = ['ssid', ssid, ...secret, ...air.addressing(all)];
      const made = ['type', 'wifi', 'con-name', ssid, 'ifname', wifi, ...settings];
      await runInGuest('nmcli', 'connection', 'add', ...made);
      await runInGuest('nmcli', '--wait', '120', 'connection', 'up', ssid);
    };

    /** 100 MB from the world behind the interface. */
    const transfer = async (): Promise<void> => {
      const address = /inet (\S+)/.exec(await run('ip', '-4', 'address', 'show', 'dev', wifi))?.[1] ?? '';
      expect(address).to.match(/^10\./);
      expect((await receive(all.peer, address)).bytes).to.equal(100_000_000);
    };

    /** Somebody behind the interface answers. */
    const ping = async (): Promise<void> => {
      const said = await run('ping', '-c', '1', '-W', '30', '-I', wifi, all.peer.address);
      expect(said).to.include(' 0% packet loss');
    };

    /** Waits until the guest is connected to the network by a connect that `act` has led to. */
    const reconnects = async (ssid: string, act: () => Promise<void>): Promise<void> => {
      station.events.forget();
      await act();
      await station.isLost();
      while (!new RegExp(`${wifi} .*: disconnected[^]*${wifi} .*: connected to`).test(station.events.output))
        await new Promise((resolve) => setTimeout(resolve, 50));
      await station.linkBecomes(`SSID: ${ssid}`);
      while (!(await runInGuest('nmcli', '-g', 'GENERAL.STATE', 'device', 'show', wifi)).startsWith('100 '));
    };

    it('lists the networks of the host', async () => {
      for (;;) {
        const list = await runInGuest('nmcli', '-t', '-f', 'SSID,SECURITY', 'device', 'wifi', 'list');
        if ([air.wpa2, air.wpa3].every((ssid) => list.includes(`${ssid}:WPA`))) return;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    });

    it('connects to WPA2, gets an address, and carries data', async () => {
      await connect(air.wpa2);
      expect(await station.link()).to.include(`SSID: ${air.wpa2}`);
      await transfer();
    });

    it('follows the signal', async () => {
      for (const dbm of [-81, -46]) {
        await air.fade(all, dbm);
        await station.linkBecomes(`signal: ${dbm} dBm`).catch(async (error: Error) => {
          const host = await run('iw', 'dev', hostStation, 'station', 'dump');
          throw new Error(`${error.message}\nthe host's own: ${host}`);
        });
      }
    });

    it('is told of a loss, and comes back by itself', async () => {
      await reconnects(air.wpa2, () => air.lose(all));
      await ping();
    });

    it('comes back by itself when the service was killed and started again', async () => {
      await reconnects(air.wpa2, async () => {
        await all.host.kill();
        await air.serve(all);
      });
      await ping();
    });

    if (backend === 'iwd')
      it('connects to WPA3, and carries data', async () => {
        const made = all.host.tells('guestConnectionCompleted');
        await connect(air.wpa3);
        expect(await made).to.include({ ssid: air.wpa3, status: 0, connection: 'guestDirected' });
        expect(await station.link()).to.include(`SSID: ${air.wpa3}`);
        await ping();
      });
    // It has handed over a key that is none for SAE: what the host has connected to is all that it can use.
    else
      it('shares WPA3 with the host, and carries data', async () => {
        await runInGuest('nmcli', 'connection', 'down', air.wpa2);
        const joined = all.host.tells('hostConnected');
        await air.join(all);
        expect((await joined).ssid).to.equal(air.wpa3);
        const made = all.host.tells('guestConnectionCompleted');
        await connect(air.wpa3);
        expect(await made).to.include({ ssid: air.wpa3, status: 0, connection: 'hostMirroring' });
        expect(await station.link()).to.include(`SSID: ${air.wpa3}`);
        await ping();
      });
  });
