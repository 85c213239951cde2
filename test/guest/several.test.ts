/** Several interfaces in one guest, each on an Ethernet device of its own, and a scan that its user takes back. */
import { expect } from 'chai';
import { Program, run } from '../radio/air/programs.js';
import { type Arrangement, startSimulated } from './inside/arrangement.js';
import { inMachine } from './inside/arrangements.js';
import { addInterface, load, moveInterface, plugCable, unload, unplugCable, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { Station } from './inside/station.js';

/** The second interface, and the cable below it. */
const second = 'wifi1';
const spare = 'spare0';

describe('several interfaces in one guest', () => {
  let all: Arrangement;
  let one: Station;
  let other: Station;
  before(async () => {
    all = inMachine();
    await startSimulated(all);
    await load(all.reach);
    await plugCable(spare, 'spare', '10.78.0.1/24');
    await addInterface(all.lower);
    await addInterface(spare, second);
    one = await Station.open(wifi);
    other = await Station.open(second);
  });

  after(async () => {
    await Program.stopAll('iw-event');
    await unload();
    await run('ip', 'netns', 'delete', 'guest').catch(() => '');
    await unplugCable(spare, 'spare');
    await all.host.finish();
  });

  afterEach(async () => {
    expect(await complaints()).to.equal('');
  });

  it('scan at the same time', async () => {
    const heard = await Promise.all([one.scan(), other.scan()]);
    for (const networks of heard) expect(networks.map(({ ssid }) => ssid)).to.include('Cafe');
  });

  it('have one session, which is that of the one that connected last', async () => {
    expect(await one.connectOpen('Cafe')).to.include('connected to');
    one.events.forget();
    expect(await other.connectOpen('Cafe')).to.include('connected to');
    await one.isLost();
    expect(await one.link()).to.include('Not connected');
    expect(await other.link()).to.include('SSID: Cafe');
    expect((await all.host.status()).interfaces).to.have.nested.property('[0].link.ssid', 'Cafe');
    await other.disconnect();
  });

  it('work in namespaces of their own', async () => {
    await run('ip', 'netns', 'add', 'guest');
    await moveInterface('guest', second);
    const moved = await Station.open(second, 'guest');
    expect((await moved.scan()).map(({ ssid }) => ssid)).to.include('Cafe');
    expect(await moved.connectOpen('Cafe')).to.include('connected to');
    expect((await one.scan()).map(({ ssid }) => ssid)).to.include('Cafe');
    expect(await moved.link()).to.include('SSID: Cafe');
    await moved.disconnect();
    await moved.close();
  });

  it('go one by one: the other one works on', async () => {
    await run('ip', '-n', 'guest', 'link', 'delete', second);
    expect((await one.scan()).map(({ ssid }) => ssid)).to.include('Cafe');
    expect(await one.connectOpen('Cafe')).to.include('connected to');
    await one.disconnect();
  });

  it('take back a scan that the host does not end, and scan again', async () => {
    await all.host.perform({ do: 'scan.hangs' });
    const asked = all.host.tells('guestScanRequested');
    await one.triggerScan('Nowhere');
    await asked;
    await one.iw('scan', 'abort');
    expect(await one.scanEnds()).to.equal('aborted');
    await startSimulated(all);
    expect((await one.scan()).map(({ ssid }) => ssid)).to.include('Cafe');
  });
});
