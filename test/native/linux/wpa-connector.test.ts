import { createHash } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { textsOf } from '../../../native/linux/dbus.js';
import { markOf } from '../../../native/linux/wpa-mark.js';
import { wpa } from '../../../native/linux/wpa-objects.js';
import { linuxRadio } from '../../../native/linux/wpa-radio.js';
import type { ConnectOrder, HostLink, StationEvent, StationInterface } from '../../../native/radio.js';
import { parseBssid } from '../../../protocol/bssid.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import { ManualClock } from '../../../streams/clock.js';
import { right } from '../../protocol/either.js';
import { plain, refusal, settled } from './fake-bus.js';
import { capturedBsss, FakeSupplicant, wlan0 } from './fake-supplicant.js';

const [, psk = {}] = capturedBsss;
const ssid = right(ssidFromText('wpa2-psk'));
const suites = { pairwise: 0x000fac04, group: 0x000fac04 };
const pmk = new Uint8Array(32).fill(7);

const order = (parts: Partial<ConnectOrder> = {}): ConnectOrder => ({
  ssid,
  bssid: O.none,
  security: { kind: 'wpa2-psk', ...suites },
  key: new KeyMaterial(pmk),
  ...parts,
});

describe('connections through wpa_supplicant', () => {
  let supplicant: FakeSupplicant;
  let station: StationInterface;
  let close: () => void;
  let bss: string;
  let abort: AbortController;

  const open = async (
    restore = false,
    resumes: (link: HostLink) => boolean = () => false,
  ): Promise<ManualClock> => {
    const clock = new ManualClock();
    const radio = linuxRadio({
      bus: supplicant.bus.open,
      clock,
      restore,
      resumes: (_, link) => resumes(link),
    });
    const subscription = radio.open.subscribe((event) => {
      if (event.type === 'interface.arrived' && event.interface.kind === 'station') station = event.interface;
    });
    close = () => subscription.unsubscribe();
    await settled();
    return clock;
  };

  beforeEach(() => {
    supplicant = new FakeSupplicant();
    abort = new AbortController();
    [bss = ''] = supplicant.sees([psk]);
  });

  afterEach(() => close());

  /** Selecting a network leads to a link at once. */
  const succeeds = (): void =>
    supplicant.bus.method('SelectNetwork', ({ body }) => {
      supplicant.change({ State: '4way_handshake' });
      supplicant.completes(bss, String(body?.[0]));
      return E.right([]);
    });

  /** Selecting a network of ours leads to a wrong key. */
  const refusesKey = (): void =>
    supplicant.bus.method('SelectNetwork', () => {
      supplicant.change({ State: '4way_handshake' });
      supplicant.change({ DisconnectReason: 15, State: 'disconnected' });
      return E.right([]);
    });

  const added = () => {
    const { id_str: _, ...rest } = plain(supplicant.bus.last('AddNetwork')?.body?.[0]);
    return rest;
  };
  const connect = (wanted = order()) => station.connect(wanted, abort.signal)();
  const since = (start: number): readonly string[] =>
    supplicant.bus.called.slice(start).map((call) => call.replace(/\/fi\S*\//, ''));

  it('add a network with the PMK as bytes, and look for it by name', async () => {
    await open();
    succeeds();
    expect(await connect()).to.deep.equal(E.right({ ssid, bssid: '02:00:00:00:00:01' }));
    const { psk: key, ...rest } = added();
    expect(key).to.deep.equal(pmk);
    expect(rest).to.deep.equal({
      ssid: new TextEncoder().encode('wpa2-psk'),
      scan_ssid: 1,
      scan_freq: '2412',
      key_mgmt: 'WPA-PSK WPA-PSK-SHA256 FT-PSK',
      proto: 'RSN',
      pairwise: 'CCMP GCMP CCMP-256 GCMP-256',
      group: 'CCMP GCMP CCMP-256 GCMP-256 TKIP',
      mem_only_psk: 1,
      ieee80211w: 1,
    });
  });

  describe('while the host scans', () => {
    const events: StationEvent[] = [];
    const scanning = async (): Promise<ManualClock> => {
      const clock = await open();
      events.length = 0;
      station.events.subscribe((event) => {
        if (event.type.startsWith('scan.')) events.push(event);
      });
      succeeds();
      supplicant.change({ Scanning: true });
      return clock;
    };
    const selected = () => supplicant.bus.last('SelectNetwork') !== undefined;

    it('to a network that has been seen give the scan up, and wait for its end', async () => {
      await scanning();
      await station.scan(O.some(right(ssidFromText('attic'))));
      const connected = connect();
      await settled();
      expect([supplicant.bus.last('AbortScan') !== undefined, selected()]).to.deep.equal([true, false]);
      supplicant.change({ Scanning: false });
      supplicant.scanDone();
      expect(E.isRight(await connected)).to.equal(true);
      expect(events).to.deep.equal([{ type: 'scan.failed', reason: 'given up for a connection' }]);
      supplicant.scanDone();
      await settled();
      expect(events.at(-1), 'the next scan is a whole one').to.deep.equal({ type: 'scan.completed' });
    });

    it('go on where the scan cannot be given up, or does not end', async () => {
      const clock = await scanning();
      supplicant.bus.method('AbortScan', () => refusal('fi.w1.wpa_supplicant1.Interface.AbortError'));
      expect(E.isRight(await connect())).to.equal(true);
      supplicant.bus.method('AbortScan', () => E.right([]));
      const connected = connect();
      await settled();
      await clock.advance(999);
      expect(supplicant.bus.called.filter((call) => call.includes('SelectNetwork'))).to.have.length(1);
      await clock.advance(1);
      expect(E.isRight(await connected)).to.equal(true);
    });
  });

  describe('to a network that has not been seen', () => {
    const away = order({ ssid: right(ssidFromText('away')) });
    const awayBss = {
      ...psk,
      SSID: Buffer.from('away'),
      BSSID: Buffer.from('020000000a00', 'hex'),
      Frequency: 5180,
    };
    /** The channels of each search so far, in MHz. */
    const searched = (): readonly (readonly number[])[] =>
      supplicant.bus.calls
        .filter(({ member }) => member === 'Scan')
        .map(({ body }) =>
          (plain(body?.[0]).Channels as [number, number][]).map(([middle, width]) => {
            expect(width).to.equal(20);
            return middle;
          }),
        );
    const told: StationEvent[] = [];
    const ends = async (success = true): Promise<void> => {
      supplicant.scanDone(success);
      await settled();
    };

    beforeEach(async () => {
      await open();
      told.length = 0;
      station.events.subscribe((event) => told.push(event));
      succeeds();
    });

    it('look for it by name, first where access points answer, and connect where it is', async () => {
      const result = connect(away);
      await settled();
      expect(searched()).to.deep.equal([Array.from({ length: 13 }, (_, i) => 2412 + 5 * i)]);
      const names = plain(supplicant.bus.last('Scan')?.body?.[0]).SSIDs as Uint8Array[];
      expect(names.map((bytes) => Buffer.from(bytes).toString())).to.deep.equal(['away', '']);
      await ends();
      expect(searched()).to.have.length(2);
      [, bss = ''] = supplicant.sees([psk, awayBss]);
      await ends();
      expect(await result).to.deep.equal(E.right({ ssid: away.ssid, bssid: '02:00:00:00:0a:00' }));
      expect(added().scan_freq).to.equal('5180');
      expect(searched(), 'no more than that').to.have.length(2);
      expect(
        told.map(({ type }) => type),
        'a part is no scan for anybody',
      ).to.deep.equal(['connected']);
      await ends();
      expect(told.at(-1), 'the next scan is a whole one').to.deep.equal({ type: 'scan.completed' });
    });

    it('leave the host as it is where no channel has it', async () => {
      const result = connect(away);
      await settled();
      // No channels of 6 GHz here.
      for (const success of [true, true, true, false, false]) await ends(success);
      expect(await result).to.have.nested.property('left.reason', 'network not found');
      const channels = searched().flat();
      expect(channels).to.include.members([2412, 2472, 5180, 5320, 5500, 5720, 5825, 5955, 7115]);
      expect(new Set(channels).size, 'each once').to.equal(channels.length);
      expect(since(0).filter((call) => /Network|Reconnect/.test(call))).to.deep.equal([]);
    });

    it('let wpa_supplicant look everywhere where a part is refused that every interface has', async () => {
      const result = connect(away);
      await settled();
      for (const success of [true, false, true, true, true]) await ends(success);
      expect(supplicant.bus.last('AddNetwork')).to.not.equal(undefined);
      expect(added()).to.not.have.any.keys('scan_freq');
      expect(E.isRight(await result)).to.equal(true);
    });

    it('give up a scan of the host, and what is asked for meanwhile', async () => {
      supplicant.change({ Scanning: true });
      const result = connect(away);
      await settled();
      expect([supplicant.bus.last('AbortScan') !== undefined, searched().length]).to.deep.equal([true, 0]);
      await ends(false);
      expect(searched()).to.have.length(1);
      expect(await station.scan(O.none)).to.deep.equal(E.right('running'));
      supplicant.sees([psk, awayBss]);
      await ends();
      await result;
      const given = { type: 'scan.failed', reason: 'given up for a connection' };
      expect(told.filter(({ type }) => type.startsWith('scan.'))).to.deep.equal([given, given]);
      expect(searched()).to.have.length(1);
    });

    it('end with the try', async () => {
      const result = connect(away);
      await settled();
      supplicant.change({ Scanning: true });
      abort.abort();
      await settled();
      expect(supplicant.bus.last('AbortScan')).to.not.equal(undefined);
      await ends(false);
      expect(await result).to.have.nested.property('left.reason', 'abandoned');
      expect(searched()).to.have.length(1);
    });

    it('fail when the interface leaves on the way', async () => {
      const result = connect(away);
      await settled();
      supplicant.change({ State: 'interface_disabled' });
      expect(await result).to.have.nested.property('left.reason', 'failed');
    });
  });

  it('look for a network where it has been seen', async () => {
    const elsewhere = { ...psk, BSSID: Buffer.from('020000000109', 'hex'), Frequency: 5180 };
    supplicant.sees([psk, elsewhere, { ...elsewhere, BSSID: Buffer.from('02000000010a', 'hex') }]);
    await open();
    succeeds();
    await connect();
    expect(added().scan_freq).to.equal('2412 5180');
    await connect(order({ bssid: O.some(right(parseBssid('02:00:00:00:01:09'))) }));
    expect(added().scan_freq).to.equal('5180');
  });

  it('to an open network need no key', async () => {
    await open();
    succeeds();
    await connect(order({ security: { kind: 'open' }, key: KeyMaterial.none }));
    expect(added()).to.include({ key_mgmt: 'NONE' }).and.not.have.any.keys('psk', 'proto');
  });

  it('by SAE hand the password on', async () => {
    await open();
    succeeds();
    const key = new KeyMaterial(new TextEncoder().encode('correct horse'));
    await connect(order({ security: { kind: 'wpa3-sae', ...suites }, key }));
    const [network, beside] = supplicant.bus.calls
      .filter(({ member }) => member === 'AddNetwork')
      .map(({ body }) => plain(body?.[0]));
    // A network with the key management PSK and no PSK is never written to a file: the password would be.
    expect(network).to.include({
      key_mgmt: 'SAE WPA-PSK',
      sae_password: 'correct horse',
      ieee80211w: 2,
    });
    expect(network).to.not.have.any.keys('psk');
    // This one is, so that what its mark says of the user's networks is not lost.
    expect(beside).to.deep.equal({
      ssid: Buffer.from('proxy-wifi'),
      key_mgmt: 'WPA-EAP',
      id_str: network?.id_str,
    });
  });

  it('to one access point name it', async () => {
    await open();
    succeeds();
    await connect(order({ bssid: O.some(right(parseBssid('02:00:00:00:00:01'))) }));
    expect(added()).to.include({ bssid: '02:00:00:00:00:01' });
  });

  for (const [title, wanted] of [
    ['a PMK of another size', order({ key: new KeyMaterial(new Uint8Array(31)) })],
    [
      'a password that is no text',
      order({ security: { kind: 'wpa3-sae', ...suites }, key: new KeyMaterial(Uint8Array.of(0xff)) }),
    ],
    [
      'a password with a NUL',
      order({ security: { kind: 'wpa3-sae', ...suites }, key: new KeyMaterial(Uint8Array.of(0x61, 0)) }),
    ],
    ['no password', order({ security: { kind: 'wpa3-sae', ...suites }, key: KeyMaterial.none })],
  ] as const)
    it(`with ${title} are refused without touching the host`, async () => {
      await open();
      const before = supplicant.bus.called.length;
      expect(await connect(wanted)).to.have.nested.property('left.reason', 'unsupported');
      expect(since(before)).to.deep.equal([]);
    });

  it('that fail leave no network behind, and never tell the key', async () => {
    await open();
    refusesKey();
    const result = await connect(
      order({ key: new KeyMaterial(new TextEncoder().encode('0123456789abcdef0123456789abcdef')) }),
    );
    expect(result).to.have.nested.property('left.reason', 'wrong key');
    expect(JSON.stringify(result)).to.not.include('0123456789abcdef');
    expect(since(0)).to.deep.equal(['AddNetwork', 'SelectNetwork 0', 'RemoveNetwork 0']);
  });

  it('that fail give the host its own link and networks back', async () => {
    const home = supplicant.network({ ssid: 'home' }, true);
    supplicant.network({ ssid: 'office' }, true);
    supplicant.network({ ssid: 'never' }, false);
    supplicant.bus.put('/wlan', {});
    supplicant.change({ CurrentNetwork: home });
    await open();
    refusesKey();
    await connect();
    expect(since(0)).to.deep.equal([
      'AddNetwork',
      'SelectNetwork 3',
      'RemoveNetwork 3',
      'SelectNetwork 0',
      'Set 1 Enabled true',
    ]);
  });

  it("that fail give a guest's link back", async () => {
    await open();
    succeeds();
    await connect();
    refusesKey();
    const before = supplicant.bus.called.length;
    await connect();
    expect(since(before)).to.deep.equal([
      'AddNetwork',
      'SelectNetwork 1',
      'RemoveNetwork 1',
      'SelectNetwork 0',
    ]);
  });

  it('that fail after the user has left ours for his own network leave him there', async () => {
    const home = supplicant.network({ ssid: 'home' }, true);
    await open();
    succeeds();
    await connect();
    supplicant.completes(bss, home);
    await settled();
    refusesKey();
    const before = supplicant.bus.called.length;
    await connect();
    expect(since(before)).to.deep.equal([
      'RemoveNetwork 1',
      'AddNetwork',
      'SelectNetwork 2',
      'RemoveNetwork 2',
      'SelectNetwork 0',
    ]);
  });

  describe('that are lost', () => {
    const lose = async (properties: Record<string, unknown> = { DisconnectReason: -4 }): Promise<void> => {
      supplicant.change({ ...properties, State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
      await settled();
    };

    const connectedAway = async (restore = false): Promise<number> => {
      const home = supplicant.network({ ssid: 'home' }, true);
      supplicant.change({ CurrentNetwork: home });
      await open(restore);
      succeeds();
      await connect();
      return supplicant.bus.called.length;
    };

    it("take our network with them and give the user's networks back", async () => {
      const before = await connectedAway();
      await lose();
      expect(since(before)).to.deep.equal(['RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('bring back the link that the host had, if that is wanted', async () => {
      const before = await connectedAway(true);
      await lose();
      expect(since(before)).to.deep.equal(['RemoveNetwork 1', 'SelectNetwork 0']);
    });

    it('bring nothing back when somebody on the host has ended them', async () => {
      const before = await connectedAway(true);
      await lose({ DisconnectReason: -3 });
      expect(since(before)).to.deep.equal(['RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('take our network with them when the interface is blocked', async () => {
      const before = await connectedAway();
      supplicant.change({ State: 'interface_disabled' });
      await settled();
      expect(since(before)).to.deep.equal(['RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('are no business of ours when they are links of the user', async () => {
      const home = supplicant.network({ ssid: 'home' }, true);
      await open();
      supplicant.completes(bss, home);
      await settled();
      await lose();
      expect(since(0)).to.deep.equal([]);
    });

    it('by a request of ours cost nothing more than that', async () => {
      const before = await connectedAway();
      supplicant.bus.method('Disconnect', () => {
        supplicant.change({ State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
        return E.right([]);
      });
      await station.disconnect()();
      await settled();
      expect(since(before)).to.deep.equal(['Disconnect', 'RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('are forgotten before the next try begins', async () => {
      const before = await connectedAway();
      supplicant.change({ State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
      await connect();
      expect(since(before)).to.deep.equal([
        'RemoveNetwork 1',
        'Set 0 Enabled true',
        'AddNetwork',
        'SelectNetwork 2',
      ]);
    });

    it('only on the way to another access point of the network are not lost', async () => {
      const before = await connectedAway();
      const ours = String(supplicant.bus.last('SelectNetwork')?.body?.[0]);
      supplicant.change({ State: 'authenticating' });
      supplicant.change({ State: 'associating' });
      supplicant.completes(bss, ours);
      await settled();
      expect(since(before)).to.deep.equal([]);
    });
  });

  it('that replace another one of ours remove it', async () => {
    await open();
    succeeds();
    await connect();
    await connect();
    expect(since(0)).to.deep.equal([
      'AddNetwork',
      'SelectNetwork 0',
      'AddNetwork',
      'SelectNetwork 1',
      'RemoveNetwork 0',
    ]);
  });

  it('leave nobody waiting for an abort that comes too late, however they went', async () => {
    await open();
    succeeds();
    expect(E.isRight(await connect())).to.equal(true);
    expect(getEventListeners(abort.signal, 'abort')).to.deep.equal([]);
    refusesKey();
    expect(E.isLeft(await connect())).to.equal(true);
    expect(getEventListeners(abort.signal, 'abort')).to.deep.equal([]);
  });

  it('that are given up take their network back', async () => {
    await open();
    const result = connect();
    await settled();
    abort.abort();
    expect(await result).to.have.nested.property('left.reason', 'abandoned');
    expect(since(0).at(-1)).to.equal('RemoveNetwork 0');
  });

  it('that were given up before touch nothing', async () => {
    await open();
    abort.abort();
    expect(await connect()).to.have.nested.property('left.reason', 'abandoned');
    expect(supplicant.bus.called).to.deep.equal([]);
  });

  it('fail when the interface leaves on the way', async () => {
    await open();
    const result = connect();
    await settled();
    supplicant.change({ State: 'interface_disabled' });
    expect(await result).to.have.nested.property('left.reason', 'failed');
  });

  it('fail with the error of the bus', async () => {
    await open();
    supplicant.bus.method('AddNetwork', () => refusal('org.freedesktop.DBus.Error.AccessDenied'));
    const result = await connect();
    expect(result).to.have.nested.property('left.detail').that.includes('AccessDenied');
  });

  it('are not taken for done by the completion of another network', async () => {
    const home = supplicant.network({ ssid: 'home' }, true);
    await open();
    const result = connect();
    await settled();
    supplicant.completes(bss, home);
    await settled();
    supplicant.completes(bss, supplicant.bus.last('SelectNetwork')?.body?.[0] as string);
    expect(E.isRight(await result)).to.equal(true);
  });

  describe('end', () => {
    it("with our network removed and the user's networks as they were, but no link", async () => {
      const home = supplicant.network({ ssid: 'home' }, true);
      supplicant.change({ CurrentNetwork: home });
      await open();
      succeeds();
      await connect();
      const before = supplicant.bus.called.length;
      expect(E.isRight(await station.disconnect()())).to.equal(true);
      expect(since(before)).to.deep.equal(['Disconnect', 'RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('with the link that the host had, if that is wanted', async () => {
      const home = supplicant.network({ ssid: 'home' }, true);
      supplicant.change({ CurrentNetwork: home });
      await open(true);
      succeeds();
      await connect();
      const before = supplicant.bus.called.length;
      await station.disconnect()();
      expect(since(before)).to.deep.equal(['Disconnect', 'RemoveNetwork 1', 'SelectNetwork 0']);
    });

    it('with the search that there was, if that is wanted', async () => {
      supplicant.network({ ssid: 'home' }, true);
      await open(true);
      succeeds();
      await connect();
      const before = supplicant.bus.called.length;
      await station.disconnect()();
      expect(since(before)).to.deep.equal([
        'Disconnect',
        'RemoveNetwork 1',
        'Set 0 Enabled true',
        'Reconnect',
      ]);
    });

    it('well when there was none', async () => {
      await open();
      supplicant.bus.method('Disconnect', () => refusal('fi.w1.wpa_supplicant1.NotConnected'));
      expect(E.isRight(await station.disconnect()())).to.equal(true);
    });

    it('with a failure when the bus refuses', async () => {
      await open();
      supplicant.bus.method('Disconnect', () => refusal('org.freedesktop.DBus.Error.AccessDenied'));
      expect(E.isLeft(await station.disconnect()())).to.equal(true);
    });
  });

  /** Connects where wpa_supplicant has this file, which is looked at first. */
  const connectBeside = async (file: string): Promise<void> => {
    writeFileSync(file, '');
    supplicant.bus.put(wlan0, { ConfigFile: file });
    const before = station;
    await open();
    while (station === before) await settled();
    succeeds();
    await connect();
  };

  it('that end take out of the file what somebody has saved of them, wherever that is now', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-saved-'));
    try {
      const [file, other] = [join(folder, 'a.conf'), join(folder, 'b', 'wpa_supplicant.conf')];
      mkdirSync(join(folder, 'b'));
      await connectBeside(file);
      // In a folder that nobody watches.
      const mark = markOf(':1.7', { enabled: [], current: O.none });
      writeFileSync(other, `network={\n\tssid="cafe"\n\tid_str="${mark}"\n}\n`);
      supplicant.bus.put(wlan0, { ConfigFile: other });
      await station.disconnect()();
      expect(readFileSync(other, 'utf8').trim()).to.equal('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that replace another one of ours are followed in the file as that was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-saved-'));
    try {
      const file = join(folder, 'wpa_supplicant.conf');
      await connectBeside(file);
      await connect();
      const mark = markOf(':1.7', { enabled: [], current: O.none });
      writeFileSync(file, `network={\n\tssid="cafe"\n\tid_str="${mark}"\n}\n`);
      while (readFileSync(file, 'utf8').includes(mark)) await settled();
      await station.disconnect()();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe('by SAE allow hash-to-element', () => {
    const sae = order({
      security: { kind: 'wpa3-sae', ...suites },
      key: new KeyMaterial(new TextEncoder().encode('correct horse')),
    });
    const settings = (): readonly string[] => since(0).filter((call) => call.startsWith('Set 0 SaePwe'));

    it('as long as there is such a network, and no longer', async () => {
      supplicant.bus.put(wlan0, { SaePwe: '0' });
      await open();
      succeeds();
      await connect(sae);
      await connect(sae);
      expect(settings()).to.deep.equal(['Set 0 SaePwe 2']);
      await station.disconnect()();
      expect(settings()).to.deep.equal(['Set 0 SaePwe 2', 'Set 0 SaePwe 0']);
      expect(supplicant.bus.object(wlan0)).to.deep.include({ Networks: [] });
    });

    it('until the next run of a service that was killed', async () => {
      supplicant.bus.put(wlan0, { SaePwe: '0' });
      await open();
      succeeds();
      await connect(sae);
      supplicant.bus.mute();
      close();
      await settled();
      supplicant.bus.unmute();
      await open();
      expect(supplicant.bus.object(wlan0)).to.deep.include({ Networks: [], SaePwe: '0' });
    });

    it('until the next run also where only what stands beside the network was saved', async () => {
      supplicant.bus.put(wlan0, { SaePwe: '0' });
      await open();
      succeeds();
      await connect(sae);
      const [ours] = textsOf(supplicant.bus.object(wlan0)?.Networks);
      supplicant.bus.mute();
      close();
      await settled();
      supplicant.bus.unmute();
      supplicant.forget(ours);
      await open();
      expect(supplicant.bus.object(wlan0)).to.deep.include({ Networks: [], SaePwe: '0' });
    });

    it('also where a guest needs the network of a killed service, and has what stands beside it anew', async () => {
      supplicant.bus.put(wlan0, { SaePwe: '0' });
      await open();
      succeeds();
      await connect(sae);
      supplicant.bus.mute();
      close();
      await settled();
      supplicant.bus.unmute();
      const [ours] = textsOf(supplicant.bus.object(wlan0)?.Networks);
      await open(false, () => true);
      expect(supplicant.bus.object(wlan0)?.Networks).to.deep.equal([ours, `${wlan0}/Networks/2`]);
      expect(supplicant.bus.object(wlan0)).to.include({ SaePwe: '2' });
      await station.disconnect()();
      expect(supplicant.bus.object(wlan0)).to.deep.include({ Networks: [], SaePwe: '0' });
    });

    it('unless somebody has chosen something, or wpa_supplicant does not know it', async () => {
      supplicant.bus.put(wlan0, { SaePwe: '1' });
      await open();
      succeeds();
      await connect(sae);
      expect(settings()).to.deep.equal([]);
      supplicant.bus.put(wlan0, { SaePwe: undefined });
      await connect(sae);
      expect(settings()).to.deep.equal([]);
    });
  });

  describe('that fail on the way from another one of ours', () => {
    const failsSecond = async (restore = false): Promise<number> => {
      const home = supplicant.network({ ssid: 'home' }, true);
      supplicant.change({ CurrentNetwork: home });
      await open(restore);
      succeeds();
      await connect();
      refusesKey();
      const before = supplicant.bus.called.length;
      await connect();
      return before;
    };

    it('and cannot go back to it leave no network of ours', async () => {
      const before = await failsSecond();
      await settled();
      expect(since(before)).to.deep.equal([
        'AddNetwork',
        'SelectNetwork 2',
        'RemoveNetwork 2',
        'SelectNetwork 1',
        'RemoveNetwork 1',
        'Set 0 Enabled true',
      ]);
    });

    it("and cannot go back to it give the user's back, if that is wanted", async () => {
      const before = await failsSecond(true);
      await settled();
      expect(since(before).slice(-2)).to.deep.equal(['RemoveNetwork 1', 'SelectNetwork 0']);
    });

    it('keep it where its old link is told lost only on the way back', async () => {
      await open();
      succeeds();
      await connect();
      const ours = supplicant.bus.last('SelectNetwork')?.body?.[0] as string;
      supplicant.bus.method('SelectNetwork', ({ body }) => {
        if (body?.[0] !== ours) supplicant.bus.emit(wlan0, wpa.interface, 'PskMismatch');
        return E.right([]);
      });
      const before = supplicant.bus.called.length;
      await connect();
      await settled();
      supplicant.change({ State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
      await settled();
      supplicant.completes(bss, ours);
      await settled();
      expect(since(before)).to.deep.equal([
        'AddNetwork',
        'SelectNetwork 1',
        'RemoveNetwork 1',
        'SelectNetwork 0',
      ]);
      expect(O.isSome(station.link())).to.equal(true);
    });

    it('give up the way back for the next wish', async () => {
      supplicant.network({ ssid: 'home' }, true);
      await open();
      succeeds();
      await connect();
      supplicant.bus.method('SelectNetwork', ({ body }) => {
        if (String(body?.[0]).endsWith('2')) supplicant.change({ State: '4way_handshake' });
        if (String(body?.[0]).endsWith('2'))
          supplicant.change({ DisconnectReason: 15, State: 'disconnected' });
        return E.right([]);
      });
      await connect();
      await settled();
      const before = supplicant.bus.called.length;
      succeeds();
      expect(E.isRight(await connect())).to.equal(true);
      expect(since(before)).to.deep.equal(['AddNetwork', 'SelectNetwork 3', 'RemoveNetwork 1']);
    });
  });

  it('happen one after another, whoever asks', async () => {
    await open();
    const first = connect();
    await settled();
    const second = connect();
    await settled();
    expect(since(0)).to.deep.equal(['AddNetwork', 'SelectNetwork 0']);
    succeeds();
    supplicant.completes(bss, supplicant.bus.last('SelectNetwork')?.body?.[0] as string);
    expect(E.isRight(await first)).to.equal(true);
    expect(E.isRight(await second)).to.equal(true);
    expect(since(0).slice(2)).to.deep.equal(['AddNetwork', 'SelectNetwork 1', 'RemoveNetwork 0']);
  });

  describe('when the service ends', () => {
    it("stay, but nothing of the user's stays disabled", async () => {
      const home = supplicant.network({ ssid: 'home' }, true);
      supplicant.network({ ssid: 'never' }, false);
      supplicant.change({ CurrentNetwork: home });
      await open();
      succeeds();
      await connect();
      const before = supplicant.bus.called.length;
      close();
      await settled();
      expect(since(before)).to.deep.equal(['Set 0 Enabled true']);
      expect(supplicant.bus.users).to.equal(0);
    });

    it('do not keep it from ending when wpa_supplicant is stuck', async () => {
      const clock = await open();
      succeeds();
      supplicant.network({ ssid: 'home' }, true);
      await connect();
      supplicant.bus.hold('Set');
      close();
      await settled();
      expect(supplicant.bus.users).to.equal(1);
      await clock.advance(499);
      await settled();
      expect(supplicant.bus.users).to.equal(1);
      await clock.advance(1);
      await settled();
      expect(supplicant.bus.users).to.equal(0);
    });
  });

  describe('of an earlier run of the service', () => {
    /** Two networks of the user's, the first one current, and what a killed service has made of them. */
    const kill = async (): Promise<string> => {
      const home = supplicant.network({ ssid: 'home' }, true);
      const office = supplicant.network({ ssid: 'office' }, true);
      supplicant.network({ ssid: 'never' }, false);
      supplicant.change({ CurrentNetwork: home });
      await open();
      succeeds();
      await connect();
      // A killed service says nothing more.
      supplicant.bus.mute();
      close();
      await settled();
      supplicant.bus.unmute();
      for (const path of [home, office]) supplicant.bus.put(path, { Enabled: false });
      return supplicant.bus.last('SelectNetwork')?.body?.[0] as string;
    };

    it("are ended, and the user's networks and link are as they were", async () => {
      await kill();
      const before = supplicant.bus.called.length;
      await open();
      expect(since(before)).to.deep.equal(['RemoveNetwork 3', 'SelectNetwork 0', 'Set 1 Enabled true']);
    });

    it("are ended without disturbing the user's link that there is by now", async () => {
      await kill();
      supplicant.completes(bss, `${wlan0}/Networks/2`);
      const before = supplicant.bus.called.length;
      await open();
      expect(since(before)).to.deep.equal(['RemoveNetwork 3', 'Set 0 Enabled true', 'Set 1 Enabled true']);
    });

    it("go on where a guest still needs them, and give the user's networks back afterwards", async () => {
      await kill();
      const before = supplicant.bus.called.length;
      await open(true, ({ ssid: found }) => found === ssid);
      expect(since(before)).to.deep.equal([]);
      expect(station.link()).to.deep.equal(O.some({ ssid, bssid: '02:00:00:00:00:01' }));
      await station.disconnect()();
      expect(since(before)).to.deep.equal([
        'Disconnect',
        'RemoveNetwork 3',
        'SelectNetwork 0',
        'Set 1 Enabled true',
      ]);
    });

    it('that is still there stay, and what it has disabled is known', async () => {
      const home = supplicant.network({ ssid: 'home' }, false);
      const digest = createHash('sha256').update('"home"').digest('hex').slice(0, 4);
      const living = supplicant.network({ ssid: 'lab', id_str: `proxy-wifi :1.9 0-${digest}` }, true);
      supplicant.bus.owners.add(':1.9');
      supplicant.completes(bss, living);
      await open();
      expect(since(0)).to.deep.equal([]);
      succeeds();
      await connect();
      await station.disconnect()();
      expect(since(0)).to.deep.equal([
        'AddNetwork',
        'SelectNetwork 2',
        'Disconnect',
        'RemoveNetwork 2',
        'Set 0 Enabled true',
      ]);
      expect(supplicant.bus.object(home)).to.include({ Enabled: true });
    });

    it("that say nothing of the user's networks are removed", async () => {
      supplicant.network({ id_str: 'proxy-wifi' });
      await open();
      expect(since(0)).to.deep.equal(['RemoveNetwork 0']);
    });
  });
});
