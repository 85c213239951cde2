/** What may end or stop while something is under way, in every state: service, module, interface, cable, namespace. */
import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { createPlainGuest } from '../../native/guest/index.js';
import { StatusCode } from '../../protocol/status.js';
import { Program, run } from '../radio/air/programs.js';
import { passphrase } from './inside/air.js';
import { mine } from './inside/amounts.js';
import { type Arrangement, startSimulated } from './inside/arrangement.js';
import { inMachine } from './inside/arrangements.js';
import { addInterface, load, loaded, plugCable, unload, unplugCable, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { Station } from './inside/station.js';

/** A cable that is pulled here; the arrangement's own stays in. */
const spare = 'spare0';

/** Operation of the request channel. */
const disconnectRequest = 5;

/** Brings a connected or unconnected station into the state and leaves it there. */
const states: Readonly<Record<string, (all: Arrangement, station: Station) => Promise<void>>> = {
  idle: async () => undefined,
  scanning: async ({ host }, station) => {
    await host.perform({ do: 'scan.hangs' });
    const asked = host.tells('guestScanRequested');
    await station.triggerScan('Nowhere');
    await asked;
  },
  connecting: async ({ host }, station) => {
    await host.perform({ do: 'connect.hangs' });
    await station.iw('connect', 'Cafe');
    let under = false;
    while (!under)
      under = (await host.status()).interfaces.some(({ state }) =>
        JSON.stringify(state).includes('connecting'),
      );
  },
  connected: async (_all, station) => {
    expect(await station.connectOpen('Cafe')).to.include('connected to');
  },
  disconnecting: async ({ host }, station) => {
    await station.connectOpen('Cafe');
    await host.perform({ do: 'disconnect.hangs' });
    const asked = host.tells('guestDisconnectionRequested');
    await station.disconnect();
    await asked;
  },
};

/** Each ends something. Afterwards the driver is loaded or not, the interface there or not. */
const ends: Readonly<Record<string, (all: Arrangement) => Promise<void>>> = {
  'the service is killed and started again': async (all) => {
    await all.host.kill();
    await startSimulated(all);
  },
  'the service is stopped properly and started again': async (all) => {
    await all.host.finish();
    await startSimulated(all);
  },
  'the module is unloaded': unload,
  'the interface goes down': async () => {
    await run('ip', 'link', 'set', wifi, 'down');
    await run('ip', 'link', 'set', wifi, 'up');
  },
  'the interface is deleted': async () => {
    await run('ip', 'link', 'delete', wifi);
  },
  'the device underneath is pulled out': async () => {
    await unplugCable(spare, 'spare');
  },
};

describe('something ends while something is under way', () => {
  let all: Arrangement;
  let station: Station;
  before(async () => {
    all = inMachine();
    await startSimulated(all);
  });
  beforeEach(async () => {
    if (!loaded()) await load(all.reach);
    // What a test has left that failed.
    await unplugCable(spare, 'spare');
    await plugCable(spare, 'spare', '10.78.0.1/24');
    await addInterface(spare);
    station = await Station.open();
  });
  afterEach(async () => {
    await Program.stopAll('iw-event');
    await run('ip', 'link', 'delete', wifi).catch(() => '');
    await unplugCable(spare, 'spare');
    expect(await complaints()).to.equal('');
  });
  after(async () => {
    await unload();
    await all.host.finish();
  });

  /** All is well again: whatever has gone is put back, then a scan and a connect must succeed. */
  const recover = async (): Promise<void> => {
    if (!loaded()) await load(all.reach);
    if (!(await run('ip', '-o', 'link')).includes(`${spare}@`))
      await plugCable(spare, 'spare', '10.78.0.1/24');
    if (!(await run('ip', '-o', 'link')).includes(`${wifi}@`)) await addInterface(spare);
    // What was under way may have to come to its end first; then the kernel takes new orders.
    for (;;) {
      const answer = await station.scan().catch((error: Error) => error);
      if (!(answer instanceof Error)) {
        expect(answer.map(({ ssid }) => ssid)).to.include('Cafe');
        break;
      }
      expect(answer.message).to.match(/busy|aborted|-114|-11\b/i);
    }
    if ((await station.link()).includes('Not connected'))
      expect(await station.connectOpen('Cafe')).to.include('connected to');
    await station.disconnect();
  };

  for (const [state, enter] of mine(Object.entries(states))) {
    for (const [what, end] of Object.entries(ends))
      it(`${what} while the guest is ${state}`, async () => {
        await enter(all, station);
        await end(all);
        await recover();
      });
    it(`the network namespace is deleted while the guest in it is ${state}`, async () => {
      await run('ip', 'netns', 'add', 'guest');
      await run('ip', 'link', 'delete', wifi);
      await run('ip', 'link', 'set', spare, 'netns', 'guest');
      await run('ip', '-n', 'guest', 'link', 'set', spare, 'up');
      await run('ip', '-n', 'guest', 'link', 'add', 'link', spare, 'name', wifi, 'type', 'proxy_wifi');
      await run('ip', '-n', 'guest', 'link', 'set', wifi, 'up');
      const inside = await Station.open(wifi, 'guest');
      await enter(all, inside);
      await inside.close();
      const left = state === 'connected' ? all.host.tells('guestDisconnectionCompleted') : undefined;
      await run('ip', 'netns', 'delete', 'guest');
      await left;
      await unplugCable(spare, 'spare');
      await recover();
    });
  }

  it('ends a scan and a connect that the service never answers after its 20 s, and works when it is back', async () => {
    await all.host.freeze();
    await station.triggerScan('Nowhere');
    await station.scanEnds();
    expect(await station.connectOpen('Cafe')).to.match(/^(failed to connect|timed out)/);
    await all.host.thaw();
    await recover();
  }).timeout(150_000);

  it('lets a connected guest disconnect from a service that does not answer', async () => {
    await station.connectOpen('Cafe');
    await all.host.freeze();
    await station.disconnect();
    expect(await station.link()).to.include('Not connected');
    await all.host.thaw();
    await recover();
  });

  it('unloads while the service does not answer a scan, a connect, a disconnect', async () => {
    await station.connectOpen('Cafe');
    await all.host.freeze();
    await station.disconnect();
    await unload();
    expect(loaded()).to.equal(false);
    await recoverLoaded();
    await run('iw', 'dev', wifi, 'connect', 'Cafe');
    await unload();
    await recoverLoaded();
    await run('iw', 'dev', wifi, 'scan', 'trigger', 'ssid', 'Nowhere');
    await unload();
    await all.host.thaw();
    await recover();
  }).timeout(150_000);

  const recoverLoaded = async (): Promise<void> => {
    await load(all.reach);
    await addInterface(spare);
  };

  it('leaves the host when it is unloaded, deleted or switched off', async () => {
    for (const leave of [
      () => run('ip', 'link', 'set', wifi, 'down'),
      () => run('ip', 'link', 'delete', wifi),
      () => unload(),
    ]) {
      if (!loaded()) await load(all.reach);
      if (!(await run('ip', '-o', 'link')).includes(`${wifi}@`)) await addInterface(spare);
      await run('ip', 'link', 'set', wifi, 'up');
      await station.connectOpen('Cafe');
      const left = all.host.tells('guestDisconnectionCompleted');
      await leave();
      expect((await left).ssid).to.equal('Cafe');
    }
  });

  it('leaves its interface of the host to another guest when its module is unloaded while it is connected', async () => {
    const endpoints = [...all.input.endpoints, 'tcp://127.0.0.1'];
    await startSimulated(all, { input: { ...all.input, endpoints } });
    const other = createPlainGuest({ endpoint: 'tcp://127.0.0.1' });
    const wanted = { ssid: 'Harbour', passphrase };
    expect(await station.connectOpen('Cafe')).to.include('connected to');
    const refused = await other.connect(wanted).catch(String);
    expect(refused).to.include(`status ${StatusCode.noMoreStations}`);
    await unload();
    expect((await other.connect(wanted)).status).to.equal(StatusCode.success);
    await other.leave();
    await startSimulated(all);
    await recover();
  });

  it('leaves the host before the machine sleeps, and works when it wakes', async () => {
    await station.connectOpen('Cafe');
    // The guest's own word: a guest that says nothing is given up by the service after a while.
    const left = all.host.passes(disconnectRequest);
    // Everybody is told and every process frozen, for a second that the kernel spends in a loop; the devices stay awake: 9p over
    // virtio does not outlive their sleep.
    writeFileSync('/sys/module/suspend/parameters/pm_test_delay', '1');
    writeFileSync('/sys/power/pm_test', 'freezer');
    writeFileSync('/sys/power/state', 'freeze');
    writeFileSync('/sys/power/pm_test', 'none');
    expect((await left).from).to.equal('guest');
    await recover();
  });
});
