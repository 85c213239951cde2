/** What the hello of the wire protocol gives: these tests need both halves to speak it. */
import { expect } from 'chai';
import { AkmSuite } from '../../protocol/suites.js';
import { Program, run } from '../radio/air/programs.js';
import { passphrase } from './inside/air.js';
import { type Arrangement, startSimulated } from './inside/arrangement.js';
import { arrangedHere } from './inside/arrangements.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { iwdConnect, Station, startIwd, startWpaSupplicant } from './inside/station.js';

/** Operations of the request channel. */
const hello = { request: 9, answer: 10 };
const connectRequest = 3;

describe('hello', () => {
  let all: Arrangement;
  let station: Station;
  before(async () => {
    all = arrangedHere();
    await startSimulated(all);
    await load(all.reach);
    await addInterface(all.lower);
    station = await Station.open();
  });

  afterEach(() => Program.stopAll('guest-iwd', 'guest-wpa_supplicant'));

  after(async () => {
    await station.close();
    await unload();
    await all.host.finish();
    expect(await complaints()).to.equal('');
  });

  it('is said when the interface comes up, and answered', async () => {
    await run('ip', 'link', 'set', wifi, 'down');
    const asked = all.host.passes(hello.request);
    const answered = all.host.passes(hello.answer);
    await run('ip', 'link', 'set', wifi, 'up');
    expect((await asked).from).to.equal('guest');
    expect((await answered).from).to.equal('host');
  });

  it('shows a WPA3 network as WPA3', async () => {
    const heard = (await station.scan()).find(({ ssid }) => ssid === 'Lighthouse');
    expect(heard?.text).to.match(/Authentication suites: SAE/);
  });

  it('connects to WPA3 with iwd', async () => {
    await startIwd(wifi, { Lighthouse: passphrase });
    const made = all.host.tells('guestConnectionCompleted');
    await iwdConnect(wifi, 'Lighthouse');
    expect(await made).to.include({ ssid: 'Lighthouse', status: 0 });
    expect(await station.link()).to.include('SSID: Lighthouse');
  });

  for (const [supplicant, suite, connect] of [
    [
      'iwd',
      AkmSuite.sae,
      () => startIwd(wifi, { Slipway: passphrase }).then(() => iwdConnect(wifi, 'Slipway')),
    ],
    [
      'wpa_supplicant',
      AkmSuite.psk,
      async () => {
        const words = ['ssid="Slipway"', `psk="${passphrase}"`, 'key_mgmt=WPA-PSK'];
        await (await startWpaSupplicant(wifi, ...words)).says('CTRL-EVENT-CONNECTED');
      },
    ],
  ] as const)
    it(`connects to a network with WPA2 and WPA3 by what ${supplicant} leaves to the driver`, async () => {
      // iwd and wpa_supplicant take it down when they leave.
      await run('ip', 'link', 'set', wifi, 'up');
      const asked = all.host.passes(connectRequest);
      await connect();
      expect((await asked).akmSuites).to.deep.equal([suite]);
      expect(await station.link()).to.include('SSID: Slipway');
    });

  it('lets a connected guest notice by its next hello that the service was killed and started again', async () => {
    // iwd takes it down when it leaves.
    await run('ip', 'link', 'set', wifi, 'up');
    if ((await station.link()).includes('Not connected')) await station.connectOpen('Cafe');
    station.events.forget();
    await all.host.kill();
    const first = all.host.passes(hello.answer);
    await startSimulated(all);
    await first;
    const heard = station.isLost().then(() => 'disconnected');
    const second = all.host.passes(hello.answer).then(() => 'another hello');
    expect(await Promise.race([heard, second])).to.equal('disconnected');
    expect(await run('cat', `/sys/class/net/${wifi}/carrier`)).to.equal('0\n');
    expect(await station.connectOpen('Cafe')).to.include('connected to');
  });
});
