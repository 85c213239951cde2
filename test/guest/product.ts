/** What a guest's users get from driver and service together: the suite that every arrangement passes. */
import { expect } from 'chai';
import { StatusCode } from '../../protocol/status.js';
import { Program, run } from '../radio/air/programs.js';
import { forbidden, passphrase } from './inside/air.js';
import { often, operations } from './inside/amounts.js';
import { type Arrangement, startSimulated } from './inside/arrangement.js';
import { receive } from './inside/data.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints, growthOver } from './inside/kernel.js';
import { iwdConnect, Station, startIwd, startWpaSupplicant } from './inside/station.js';

const networkOf = (ssid: string, ...more: readonly string[]): readonly string[] => [
  `ssid="${ssid}"`,
  'scan_ssid=1',
  ...more,
];

const psk = (ssid: string, secret = passphrase): readonly string[] =>
  networkOf(ssid, `psk="${secret}"`, 'key_mgmt=WPA-PSK');

/** The suite. `many`: is it also looked for what is kept of many operations? */
export const product = (arrange: () => Arrangement, title: string, many: boolean): void => {
  describe(title, () => {
    let all: Arrangement;
    let station: Station;
    before(async () => {
      all = arrange();
      await startSimulated(all);
      await load(all.reach);
      await addInterface(all.lower);
      station = await Station.open();
    });

    afterEach(async () => {
      await Program.stopAll('guest-wpa_supplicant', 'guest-iwd');
      // They take it down when they leave.
      await run('ip', 'link', 'set', wifi, 'up');
      if (!(await station.link()).includes('Not connected')) await station.disconnect();
      expect(await complaints()).to.equal('');
    });

    after(async () => {
      await station.close();
      await unload();
      await all.host.finish();
      expect(await complaints()).to.equal('');
    });

    it('scans: each network with its BSSID, frequency and signal', async () => {
      const heard = await station.scan();
      expect(
        heard.map(({ ssid, bssid, frequency, signal }) => [ssid, bssid, frequency, signal]),
      ).to.have.deep.members([
        ['Cafe', '02:00:5e:20:00:01', 2412, -58],
        ['Harbour', '02:00:5e:20:00:02', 5220, -48],
        ['Lighthouse', '02:00:5e:20:00:03', 5745, -67],
        ['Slipway', '02:00:5e:20:00:08', 5180, -63],
        ['Port Authority', '02:00:5e:20:00:05', 5500, -74],
        ['Crew', '02:00:5e:20:00:06', 2437, -61],
      ]);
    });

    it('finds a hidden network when asked for it', async () => {
      const heard = await station.scan('Boathouse');
      expect(heard.map(({ ssid }) => ssid)).to.include('Boathouse');
    });

    it('shows a network that the host finds by itself, without a scan of the guest', async () => {
      await station.scan();
      await all.host.perform({ do: 'network.appears', ssid: 'Ghost Ship' });
      await all.host.perform({ do: 'user.scans', interface: 'wlan0' });
      while (!(await station.known()).some(({ ssid }) => ssid === 'Ghost Ship'));
      await all.host.perform({ do: 'network.vanishes', ssid: 'Ghost Ship' });
    });

    it('connects to an open network, with a carrier, and disconnects at the host', async () => {
      const made = all.host.tells('guestConnectionCompleted');
      expect(await station.connectOpen('Cafe')).to.include('connected to 02:00:5e:20:00:01');
      expect(await made).to.include({ status: StatusCode.success, ssid: 'Cafe' });
      expect(await station.link())
        .to.include('SSID: Cafe')
        .and.include('signal: -58 dBm');
      expect(await run('cat', `/sys/class/net/${wifi}/carrier`)).to.equal('1\n');
      const left = all.host.tells('guestDisconnectionCompleted');
      await station.disconnect();
      expect((await left).ssid).to.equal('Cafe');
      expect(await run('cat', `/sys/class/net/${wifi}/carrier`)).to.equal('0\n');
    });

    it('connects to WPA2 with wpa_supplicant', async () => {
      const supplicant = await startWpaSupplicant(wifi, ...psk('Harbour'));
      await supplicant.says('CTRL-EVENT-CONNECTED');
      expect(await station.link()).to.include('SSID: Harbour');
      expect((await all.host.status()).interfaces).to.have.nested.property('[0].link.ssid', 'Harbour');
    });

    it('connects to a hidden WPA2 network with wpa_supplicant', async () => {
      const supplicant = await startWpaSupplicant(wifi, ...psk('Boathouse'));
      await supplicant.says('CTRL-EVENT-CONNECTED');
      expect(await station.link()).to.include('SSID: Boathouse');
    });

    it('tells wpa_supplicant that the key is wrong', async () => {
      const supplicant = await startWpaSupplicant(wifi, ...psk('Harbour', 'fish and ships'));
      await supplicant.says(/CTRL-EVENT-ASSOC-REJECT .*status_code=15/);
    });

    it('connects to WPA2 with iwd', async () => {
      await startIwd(wifi, { Harbour: passphrase });
      await iwdConnect(wifi, 'Harbour');
      expect(await station.link()).to.include('SSID: Harbour');
    });

    it('connects to an open network with iwd', async () => {
      await startIwd(wifi, {});
      await iwdConnect(wifi, 'Cafe', 'open');
      expect(await station.link()).to.include('SSID: Cafe');
    });

    it('mirrors a network that the host is connected to, whatever key the guest has', async () => {
      await all.host.perform({ do: 'user.connects', interface: 'wlan0', ssid: 'Port Authority' });
      const made = all.host.tells('guestConnectionCompleted');
      const supplicant = await startWpaSupplicant(wifi, ...psk('Port Authority', 'no such thing'));
      await supplicant.says('CTRL-EVENT-CONNECTED');
      expect(await made).to.include({ connection: 'hostMirroring', ssid: 'Port Authority' });
      expect(await station.link()).to.include('Connected to 02:00:5e:20:00:05');
      await supplicant.stop();
      expect((await all.host.status()).interfaces).to.have.nested.property('[0].link.ssid', 'Port Authority');
      await all.host.perform({ do: 'user.disconnects', interface: 'wlan0' });
    });

    it('is refused what the host denies', async () => {
      expect(await station.connectOpen(forbidden)).to.match(/^failed to connect.*status: [1-9]/);
      expect(await station.link()).to.include('Not connected');
    });

    it('follows a signal that fades', async () => {
      await station.connectOpen('Cafe');
      await all.host.perform({ do: 'network.fades', ssid: 'Cafe', to: -83 });
      await station.linkBecomes('signal: -83 dBm');
      await all.host.perform({ do: 'network.fades', ssid: 'Cafe', to: -58 });
      await station.linkBecomes('signal: -58 dBm');
    });

    it('tells wpa_supplicant that the signal has crossed its threshold', async () => {
      const supplicant = await startWpaSupplicant(wifi, ...psk('Harbour'), 'bgscan="simple:30:-60:300"');
      await supplicant.says('CTRL-EVENT-CONNECTED');
      supplicant.forget();
      await all.host.perform({ do: 'network.fades', ssid: 'Harbour', to: -80 });
      await supplicant.says(/CTRL-EVENT-SIGNAL-CHANGE above=0 signal=-80/);
      await all.host.perform({ do: 'network.fades', ssid: 'Harbour', to: -48 });
    });

    it('is told that the network has gone', async () => {
      await station.connectOpen('Cafe');
      station.events.forget();
      await all.host.perform({ do: 'network.vanishes', ssid: 'Cafe' });
      await station.isLost();
      expect(await station.link()).to.include('Not connected');
      expect(await run('cat', `/sys/class/net/${wifi}/carrier`)).to.equal('0\n');
      await all.host.perform({ do: 'network.appears', ssid: 'Cafe' });
    });

    it("outlives the death of the host's Wi-Fi service", async () => {
      await station.connectOpen('Cafe');
      station.events.forget();
      await all.host.perform({ do: 'service.dies' });
      await station.isLost();
      await all.host.perform({ do: 'service.returns' });
      while ((await all.host.status()).interfaces.length === 0);
      expect(await station.connectOpen('Cafe')).to.include('connected to');
    });

    it('takes a failed, a slow and a hanging connect as such, and connects afterwards', async () => {
      await all.host.perform({ do: 'connect.fails', reason: 'rejected', status: 17 });
      expect(await station.connectOpen('Cafe')).to.match(/^failed to connect.*status: 17/);
      await all.host.perform({ do: 'connect.slows', by: 2000 });
      expect(await station.connectOpen('Cafe')).to.include('connected to');
      await station.disconnect();
      await all.host.perform({ do: 'connect.hangs' });
      expect(await station.connectOpen('Cafe')).to.match(/^(failed to connect|timed out)/);
      expect(await station.connectOpen('Cafe')).to.include('connected to');
    });

    it('ends a scan that fails or hangs at the host', async () => {
      for (const fault of [{ do: 'scan.fails', refused: true }, { do: 'scan.fails' }, { do: 'scan.hangs' }]) {
        await all.host.perform(fault);
        await station.triggerScan('Nowhere');
        await station.scanEnds();
      }
      expect((await station.scan()).length).to.be.greaterThan(0);
    });

    it(`scans ${often} times`, async () => {
      for (let i = 0; i < often; i++) expect((await station.scan()).length).to.be.at.least(5);
    }).timeout(600_000);

    it(`connects and disconnects ${often} times`, async () => {
      for (let i = 0; i < often; i++) {
        expect(await station.connectOpen('Cafe')).to.include('connected to');
        await station.disconnect();
      }
    }).timeout(600_000);

    it('carries pings and 100 MB of TCP', async () => {
      await station.connectOpen('Cafe');
      await run('ip', 'address', 'add', all.address, 'dev', wifi);
      expect(await run('ping', '-c', '3', '-W', '5', '-I', wifi, all.peer.address)).to.include(
        ' 0% packet loss',
      );
      const { bytes } = await receive(all.peer, all.address);
      expect(bytes).to.equal(100_000_000);
      expect(await run('cat', `/sys/class/net/${wifi}/statistics/rx_bytes`).then(Number)).to.be.greaterThan(
        100_000_000,
      );
      await run('ip', 'address', 'flush', 'dev', wifi);
    });

    if (many)
      it(`keeps nothing of ${operations} connects, and as many disconnects and scans`, async () => {
        const act = async (): Promise<void> => {
          await station.connectOpen('Cafe');
          await station.disconnect();
          await station.scan();
        };
        const { kept } = await growthOver(operations, act, 'connects, disconnects and scans');
        expect(kept).to.deep.equal([]);
      }).timeout(3_600_000);
  });
};
