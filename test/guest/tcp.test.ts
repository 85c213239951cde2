/** Where the driver's sockets over TCP are: in the namespace of the Ethernet device, and there again as soon as a link is made anew. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import type { Bss } from '../../protocol/bss.js';
import { encodeHostMessage } from '../../protocol/frame.js';
import { capabilitiesFor, elementsFor } from '../../protocol/network-elements.js';
import { run, until } from '../radio/air/programs.js';
import { bss, bssidNumber, ssid } from '../stage/networks.js';
import { inMachine } from './inside/arrangements.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { ScriptedHost } from './inside/scripted-host.js';
import { Station } from './inside/station.js';

/** The host's end of the cable, and the guest's, which is moved from one namespace to another. */
const near = 'near0';
const spare = 'spare0';
const namespaces = ['guest', 'other'] as const;
/** The host's address on the cable, and the guest's in each namespace. */
const hostAddress = '10.79.0.1';
const addresses = { guest: '10.79.0.2', other: '10.79.0.3' } as const;
type Namespace = (typeof namespaces)[number];

const open = { kind: 'open' } as const;
const openNetwork = (name: string): Partial<Bss> => ({
  capabilities: capabilitiesFor(open),
  elements: elementsFor(open, ssid(name), 2_412_000),
});

const seen = (...ssids: readonly string[]): Uint8Array =>
  encodeHostMessage({
    operation: 'scan.response',
    complete: true,
    networks: ssids.map((name, i) => bss(name, i + 1, openNetwork(name))),
  });

describe('sockets of the driver over TCP', () => {
  let host: ScriptedHost;

  const serve = async (address: string): Promise<void> => {
    host = await ScriptedHost.listen({ request: 23_491, notification: 23_492 }, address);
    await load(host.reach);
  };

  afterEach(async () => {
    host.close();
    await unload();
    await run('ip', 'link', 'delete', near).catch(() => '');
    for (const name of namespaces) await run('ip', 'netns', 'delete', name).catch(() => '');
    expect(await complaints()).to.equal('');
  });

  /** A cable from here into the first namespace. */
  const plug = async (): Promise<void> => {
    for (const name of namespaces) await run('ip', 'netns', 'add', name);
    await run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', spare, 'netns', 'guest');
    await run('ip', 'address', 'add', `${hostAddress}/24`, 'dev', near);
    await run('ip', 'link', 'set', near, 'up');
  };

  const serveByCable = async (): Promise<void> => {
    await plug();
    await serve(hostAddress);
  };

  /** A link on top of the cable's end, which has been put into the namespace. */
  const addInside = async (namespace: Namespace): Promise<void> => {
    const ip = (...words: readonly string[]): Promise<string> => run('ip', '-n', namespace, ...words);
    await ip('address', 'add', `${addresses[namespace]}/24`, 'dev', spare);
    await ip('link', 'set', spare, 'up');
    await ip('link', 'add', 'link', spare, 'name', wifi, 'type', 'proxy_wifi');
    await ip('link', 'set', wifi, 'up');
  };

  /** Scans by the link of a namespace, or by that of this one: the address that the host is asked from. */
  const asksFrom = async (namespace?: Namespace): Promise<string> => {
    const station = await Station.open(wifi, namespace);
    await station.triggerScan();
    const { from, answer } = await host.asked();
    answer(seen('Cafe'));
    expect(await station.scanEnds()).to.equal('finished');
    await station.close();
    return from;
  };

  const knows = async (ssid: string, namespace?: Namespace): Promise<boolean> => {
    const station = await Station.open(wifi, namespace);
    const known = await station.known();
    await station.close();
    return known.some((network) => network.ssid === ssid);
  };

  it('are in the namespace of its Ethernet device, for each link with the same host by itself', async () => {
    await serveByCable();
    await addInterface(inMachine().lower);
    await addInside('guest');
    expect(await asksFrom()).to.equal(hostAddress);
    expect(await asksFrom('guest')).to.equal(addresses.guest);
    await host.sayFrom(hostAddress, seen('Attic'), addresses.guest);
    expect(await knows('Attic', 'guest')).to.equal(true);
    expect(await knows('Attic')).to.equal(false);
    await host.sayFrom(hostAddress, seen('Cellar'));
    expect(await knows('Cellar')).to.equal(true);
    expect(await knows('Cellar', 'guest')).to.equal(false);
  });

  it('go with a link whose Ethernet device goes into another namespace, and come back there with the next link', async () => {
    await serveByCable();
    await addInside('guest');
    expect(await asksFrom('guest')).to.equal(addresses.guest);
    await run('ip', '-n', 'guest', 'link', 'set', spare, 'netns', 'other');
    expect(await run('ip', '-n', 'guest', '-o', 'link')).to.not.include(wifi);
    await addInside('other');
    expect(await asksFrom('other')).to.equal(addresses.other);
    await host.sayFrom(hostAddress, seen('Attic'), addresses.other);
    expect(await knows('Attic', 'other')).to.equal(true);
  });

  it('go with the namespace, after the driver has left the host by them', async () => {
    await serveByCable();
    await addInside('guest');
    expect(await asksFrom('guest')).to.equal(addresses.guest);
    const station = await Station.open(wifi, 'guest');
    await station.iw('connect', 'Cafe');
    (await host.asked()).answer(
      encodeHostMessage({ operation: 'connect.response', status: 0, bssid: bssidNumber(1), sessionId: 71 }),
    );
    expect(await station.connectEnds()).to.include('connected to');
    await station.close();
    await run('ip', 'netns', 'delete', 'guest');
    // The other end of the cable goes with it, when all else there has gone.
    await until(async () => !existsSync(`/sys/class/net/${near}`));
    expect(host.left).to.deep.equal([71]);
  });

  for (const [address, family] of [
    ['127.0.0.1', 'IPv4'],
    ['::1', 'IPv6'],
  ] as const)
    it(`are there again at once with a new link, although the driver was the one to close a connection (${family})`, async () => {
      await serve(address);
      await addInterface(inMachine().lower);
      // Nobody says a word: the driver closes, and its side of the connection stays for a minute.
      const silent = await host.notify();
      await once(silent, 'close');
      await run('ip', 'link', 'delete', wifi);
      await addInterface(inMachine().lower);
      expect(await asksFrom()).to.equal(address);
      await host.say(await host.notify(), seen('Attic'));
      expect(await knows('Attic')).to.equal(true);
    });
});
