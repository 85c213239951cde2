/** NetworkManager in the guest, on wpa_supplicant and on iwd, the service on the test machine. */
import { expect } from 'chai';
import { Program, run } from '../radio/air/programs.js';
import { passphrase } from './inside/air.js';
import { type Arrangement, startSimulated } from './inside/arrangement.js';
import { twoMachines } from './inside/arrangements.js';
import { receive } from './inside/data.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { Station, startBareWpaSupplicant, startIwd, startNetworkManager } from './inside/station.js';

for (const backend of ['wpa_supplicant', 'iwd'] as const)
  describe(`NetworkManager on ${backend} in the guest`, () => {
    let all: Arrangement;
    let station: Station;
    let manager: Program;
    before(async () => {
      all = twoMachines();
      await startSimulated(all);
      await load(all.reach);
      await addInterface(all.lower);
      if (backend === 'iwd') await startIwd(wifi, {});
      else await startBareWpaSupplicant();
      station = await Station.open();
      manager = await startNetworkManager(wifi, backend);
    });

    after(async () => {
      await station.close();
      await manager.stop();
      await Program.stopAll('guest-wpa_supplicant', 'guest-iwd');
      await unload();
      await all.host.finish();
      expect(await complaints()).to.equal('');
    });

    it('lists the networks of the host', async () => {
      for (;;) {
        const list = await run('nmcli', '-t', '-f', 'SSID,SECURITY', 'device', 'wifi', 'list');
        if (list.includes('Harbour:WPA2') && list.includes('Cafe:')) return;
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    });

    it('connects to WPA2, gets an address by DHCP, and carries data', async () => {
      await run('nmcli', 'device', 'wifi', 'connect', 'Harbour', 'password', passphrase, 'ifname', wifi);
      expect(await station.link()).to.include('SSID: Harbour');
      const address = /inet (\S+)/.exec(await run('ip', '-4', 'address', 'show', 'dev', wifi))?.[1] ?? '';
      expect(address).to.match(/^10\.0\.3\./);
      expect((await receive(all.peer, address)).bytes).to.equal(100_000_000);
    });

    it('comes back by itself when the network does', async () => {
      station.events.forget();
      await all.host.perform({ do: 'network.vanishes', ssid: 'Harbour' });
      await station.events.says(/: disconnected/);
      const again = all.host.tells('guestConnectionCompleted');
      await all.host.perform({ do: 'network.appears', ssid: 'Harbour' });
      expect(await again).to.include({ ssid: 'Harbour', status: 0 });
      await station.linkBecomes('SSID: Harbour');
    }).timeout(180_000);

    it('comes back by itself when the service was killed and started again', async () => {
      await all.host.kill();
      await startSimulated(all);
      station.events.forget();
      // What the kill has left at the guest is a connection to nothing; the user's switch shows that all works again.
      await run('nmcli', 'device', 'disconnect', wifi);
      const again = all.host.tells('guestConnectionCompleted');
      await run('nmcli', 'connection', 'up', 'Harbour');
      expect(await again).to.include({ ssid: 'Harbour', status: 0 });
    });
  });
