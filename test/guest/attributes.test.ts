/** A link that says itself how the host is reached: its attributes go before the module's parameters. */
import { expect } from 'chai';
import { encodeHostMessage } from '../../protocol/frame.js';
import { run } from '../radio/air/programs.js';
import { bss } from '../stage/networks.js';
import { inMachine } from './inside/arrangements.js';
import { load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { addLink, type LinkAttributes, shows } from './inside/rtnetlink.js';
import { ScriptedHost } from './inside/scripted-host.js';
import { Station } from './inside/station.js';

describe('attributes of a link', () => {
  const { lower } = inMachine();
  const here: LinkAttributes = {
    transport: 'tcp',
    host: '127.0.0.1',
    requestPort: 23_481,
    notificationPort: 23_482,
  };
  let host: ScriptedHost;

  before(async () => {
    host = await ScriptedHost.listen({ request: here.requestPort, notification: here.notificationPort });
    await load({ transport: 'vsock', host: '1' });
    await run('ip', 'link', 'set', lower, 'up');
  });

  after(async () => {
    host.close();
    await unload();
    expect(await complaints()).to.equal('');
  });

  it('say where the host is, whatever the module was told, and are shown', async () => {
    expect(addLink(lower, wifi, here)).to.equal(0);
    await run('ip', 'link', 'set', wifi, 'up');
    expect(shows(wifi, here)).to.equal(true);
    expect(shows(wifi, { ...here, requestPort: 1 })).to.equal(false);
    const station = await Station.open();
    await station.triggerScan();
    const seen = [bss('Pier', 4)];
    (await host.asked()).answer(
      encodeHostMessage({ operation: 'scan.response', complete: true, networks: seen }),
    );
    expect(await station.scanEnds()).to.equal('finished');
    await host.say(await host.notify(), encodeHostMessage({ operation: 'signal', rssi: -60 }));
    await station.close();
    await run('ip', 'link', 'delete', wifi);
  });

  for (const [what, wrong] of [
    ['another transport', { transport: 'udp' }],
    ['a name in place of an address', { host: 'localhost' }],
    ['no port', { requestPort: 0 }],
    ['a port that is too high', { notificationPort: 65_536 }],
  ] as const)
    it(`are refused with ${what}`, () => {
      expect(addLink(lower, wifi, { ...here, ...wrong })).to.be.lessThan(0);
    });
});
