/** What the driver makes of single words of a host, of which the service would not say each: sessions, notifications, names, signals. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import { encodeHostMessage } from '../../protocol/frame.js';
import type { HostMessage } from '../../protocol/messages.js';
import { capabilitiesFor, elementsFor } from '../../protocol/network-elements.js';
import type { StatusCode } from '../../protocol/status.js';
import { run, until } from '../radio/air/programs.js';
import { bss, bssidNumber, ssid } from '../stage/networks.js';
import { inMachine } from './inside/arrangements.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { ScriptedHost } from './inside/scripted-host.js';
import { Station } from './inside/station.js';

const open = { kind: 'open' } as const;
const pier = bss('Pier', 4, {
  capabilities: capabilitiesFor(open),
  elements: elementsFor(open, ssid('Pier'), 5_180_000),
});

describe('the words of a host', () => {
  let host: ScriptedHost;
  let station: Station;

  before(async () => {
    host = await ScriptedHost.listen({ request: 23_471, notification: 23_472 });
    await load(host.reach);
    await addInterface(inMachine().lower);
    station = await Station.open();
    await station.triggerScan();
    (await host.asked()).answer(
      encodeHostMessage({ operation: 'scan.response', complete: true, networks: [pier] }),
    );
    expect(await station.scanEnds()).to.equal('finished');
  });

  beforeEach(() => host.forget());

  afterEach(async () => {
    if (!(await station.link()).includes('Not connected')) await station.disconnect();
    expect(await complaints()).to.equal('');
  });

  after(async () => {
    await station.close();
    host.close();
    await unload();
  });

  const say = async (message: HostMessage): Promise<void> =>
    host.say(await host.notify(), encodeHostMessage(message));

  /** Starts to connect; what gives the answer. */
  const connecting = async (): Promise<
    (sessionId: number, accessPoint?: number, status?: StatusCode) => void
  > => {
    station.events.forget();
    await station.iw('connect', 'Pier');
    const { answer } = await host.asked();
    return (sessionId, accessPoint = 4, status = 0) =>
      answer(
        encodeHostMessage({
          operation: 'connect.response',
          status,
          bssid: bssidNumber(accessPoint),
          sessionId,
        }),
      );
  };

  const connected = async (sessionId: number): Promise<void> => {
    (await connecting())(sessionId);
    expect(await station.connectEnds()).to.include('connected to 02:00:00:00:00:04');
    station.events.forget();
  };

  it('end a connection by its own session and by a newer one, and not by an older one', async () => {
    for (const lost of [8, 9]) {
      await connected(8);
      await say({ operation: 'disconnected', sessionId: 7 });
      expect(await station.link()).to.include('SSID: Pier');
      await say({ operation: 'disconnected', sessionId: lost });
      await station.isLost();
      expect(await station.link()).to.include('Not connected');
    }
  });

  it('end a connection whose loss has overtaken its answer, and no other', async () => {
    const answer = await connecting();
    await say({ operation: 'disconnected', sessionId: 11 });
    answer(11);
    await station.isLost();
    expect(await station.link()).to.include('Not connected');
    const next = await connecting();
    await say({ operation: 'disconnected', sessionId: 11 });
    next(12);
    expect(await station.connectEnds()).to.include('connected to');
    expect(await station.link()).to.include('SSID: Pier');
  });

  it('name the access point, also one that no scan has shown', async () => {
    (await connecting())(21, 9);
    expect(await station.connectEnds()).to.include('connected to 02:00:00:00:00:09');
    expect(await station.link()).to.include('Connected to 02:00:00:00:00:09');
  });

  it('say why a connection is refused', async () => {
    (await connecting())(0, 4, 17);
    expect(await station.connectEnds()).to.match(/^failed to connect.*status: 17/);
  });

  it('are taken from the host alone', async () => {
    await connected(31);
    await say({ operation: 'signal', rssi: -61 });
    await host.sayFrom('127.0.0.2', encodeHostMessage({ operation: 'signal', rssi: -70 }));
    await host.sayFrom('127.0.0.2', encodeHostMessage({ operation: 'disconnected', sessionId: 31 }));
    expect(await station.link()).to.include('signal: -61 dBm');
    expect(await run('dmesg')).to.match(/a connection from somewhere else to the port for notifications/);
  });

  it('may come in pieces, for a second, and hold up nothing that comes meanwhile', async () => {
    await connected(41);
    const slow = await host.notify();
    const bytes = encodeHostMessage({ operation: 'signal', rssi: -66 });
    slow.write(bytes.subarray(0, 4));
    await say({ operation: 'signal', rssi: -62 });
    expect(await station.link()).to.include('signal: -62 dBm');
    await host.say(slow, bytes.subarray(4));
    expect(await station.link()).to.include('signal: -66 dBm');
    const silent = await host.notify();
    await once(silent, 'close');
  });

  it('are asked for by each name of a scan', async () => {
    await station.triggerScan('Attic', 'Cellar');
    const names: string[] = [];
    for (let i = 0; i < 2; i++) {
      const { request, answer } = await host.asked();
      if (request.operation === 'scan') names.push(O.toUndefined(request.ssid) ?? '');
      answer(encodeHostMessage({ operation: 'scan.response', complete: true, networks: [pier] }));
    }
    expect(names).to.deep.equal(['Attic', 'Cellar']);
    expect(await station.scanEnds()).to.equal('finished');
    expect(host.isAsked).to.equal(false);
  });

  it('make the rate that is shown go with the signal', async () => {
    await connected(51);
    const rate = async (): Promise<number> =>
      Number(/tx bitrate: ([\d.]+) MBit/.exec(await station.link())?.[1]);
    await say({ operation: 'signal', rssi: -45 });
    const near = await rate();
    await say({ operation: 'signal', rssi: -88 });
    expect(await rate())
      .to.be.lessThan(near)
      .and.greaterThan(0);
  });

  it('may be of any channel of three bands', async () => {
    const phy = (await run('cat', `/sys/class/net/${wifi}/phy80211/name`)).trim();
    const shown = [
      ...(await run('iw', 'phy', phy, 'info')).matchAll(/^\s*\* (\d+)(?:\.0)? MHz \[\d+\](.*)$/gm),
    ];
    const usable = shown.flatMap(([, mhz, more = '']) => (more.includes('disabled') ? [] : [Number(mhz)]));
    expect(usable.filter((mhz) => mhz < 5000))
      .to.have.lengthOf(14)
      .and.include(2484);
    expect(usable.filter((mhz) => mhz > 5000 && mhz < 5950))
      .to.have.lengthOf(146)
      .and.include(5885);
    expect(usable.filter((mhz) => mhz > 5950))
      .to.have.lengthOf(59)
      .and.include(7115);
  });

  it('need no hello: a host that knows none is asked once', async () => {
    await until(async () => host.hellos > 0);
    expect(host.hellos).to.equal(1);
    await new Promise((resolve) => setTimeout(resolve, 40_000));
    expect(host.hellos).to.equal(1);
  });

  it('may come late: a driver that is unloaded meanwhile has left before it is gone', async () => {
    await connected(61);
    await station.triggerScan();
    const { answer } = await host.asked();
    const unloaded = unload();
    while (existsSync(`/sys/class/net/${wifi}`)) await new Promise((resolve) => setTimeout(resolve, 10));
    // All that is left of the driver is what waits for this answer.
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(host.left).to.not.include(61);
    answer(encodeHostMessage({ operation: 'scan.response', complete: true, networks: [pier] }));
    await unloaded;
    expect(host.left).to.include(61);
    await load(host.reach);
    await addInterface(inMachine().lower);
  });
});
