/** The whole product: the service on the test machine, the guest in QEMU, over TCP through QEMU's user network. */
import { expect } from 'chai';
import { run } from '../radio/air/programs.js';
import { mine } from './inside/amounts.js';
import { type Arrangement, startSimulated } from './inside/arrangement.js';
import { twoMachines } from './inside/arrangements.js';
import { addInterface, load, moveInterface, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { Station } from './inside/station.js';
import { product } from './product.js';

product(
  twoMachines,
  'the service on the test machine, the guest in QEMU, over TCP',
  mine([0, 1]).includes(1),
);

describe('one network device under the Wi-Fi interface and to the service', () => {
  let all: Arrangement;
  let station: Station;
  before(async () => {
    all = twoMachines();
    await startSimulated(all);
    await load(all.reach);
    await addInterface('eth0');
    station = await Station.open();
  });

  after(async () => {
    await station.close();
    await unload();
    await all.host.finish();
    expect(await complaints()).to.equal('');
  });

  it('scans, is told of the signal and of a loss, and disconnects, while it is connected', async () => {
    await station.scan();
    expect(await station.connectOpen('Cafe')).to.include('connected to');
    expect((await station.scan()).map(({ ssid }) => ssid)).to.include('Harbour');
    await all.host.perform({ do: 'network.fades', ssid: 'Cafe', to: -83 });
    await station.linkBecomes('signal: -83 dBm');
    station.events.forget();
    await all.host.perform({ do: 'network.vanishes', ssid: 'Cafe' });
    await station.isLost();
    await all.host.perform({ do: 'network.appears', ssid: 'Cafe' });
    expect(await station.connectOpen('Cafe')).to.include('connected to');
    const left = all.host.tells('guestDisconnectionCompleted');
    await station.disconnect();
    expect((await left).ssid).to.equal('Cafe');
    expect(await run('cat', `/sys/class/net/${wifi}/carrier`)).to.equal('0\n');
  });

  // In one namespace the words of the service would come to the driver's sockets by either device.
  it('is to the service also while the Wi-Fi interface is connected in another namespace', async () => {
    await run('ip', 'netns', 'add', 'guest');
    await moveInterface('guest');
    const moved = await Station.open(wifi, 'guest');
    expect(await moved.connectOpen('Cafe')).to.include('connected to');
    // Nothing is asked of the host's keeper meanwhile: all but the words of the service comes to the interface.
    expect((await moved.scan()).map(({ ssid }) => ssid)).to.include('Harbour');
    expect(await moved.link()).to.include('SSID: Cafe');
    await moved.disconnect();
    await moved.close();
    await run('ip', '-n', 'guest', 'link', 'delete', wifi);
    await run('ip', 'netns', 'delete', 'guest');
  });
});
