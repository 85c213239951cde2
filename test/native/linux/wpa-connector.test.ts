import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { wpa } from '../../../native/linux/wpa-objects.js';
import type { StationEvent } from '../../../native/radio.js';
import { parseBssid } from '../../../protocol/bssid.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import type { ManualClock } from '../../../streams/clock.js';
import { right } from '../../protocol/either.js';
import { plain, refusal, settled } from './fake-bus.js';
import { wlan0 } from './fake-supplicant.js';
import { order, pmk, psk, ssid, suites, WpaScene } from './wpa-scene.js';

describe('connections through wpa_supplicant', () => {
  let scene: WpaScene;

  beforeEach(() => {
    scene = new WpaScene();
  });

  afterEach(() => scene.close());

  it('add a network with the PMK as bytes, and look for it by name', async () => {
    await scene.open();
    scene.succeeds();
    expect(await scene.connect()).to.deep.equal(E.right({ ssid, bssid: '02:00:00:00:00:01' }));
    const { psk: key, ...rest } = scene.added();
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
      const clock = await scene.open();
      events.length = 0;
      scene.station.events.subscribe((event) => {
        if (event.type.startsWith('scan.')) events.push(event);
      });
      scene.succeeds();
      scene.supplicant.change({ Scanning: true });
      return clock;
    };
    const selected = () => scene.supplicant.bus.last('SelectNetwork') !== undefined;

    it('to a network that has been seen give the scan up, and wait for its end', async () => {
      await scanning();
      await scene.station.scan(O.some(right(ssidFromText('attic'))));
      const connected = scene.connect();
      await settled();
      expect([scene.supplicant.bus.last('AbortScan') !== undefined, selected()]).to.deep.equal([true, false]);
      scene.supplicant.change({ Scanning: false });
      scene.supplicant.scanDone();
      expect(E.isRight(await connected)).to.equal(true);
      expect(events).to.deep.equal([{ type: 'scan.failed', reason: 'given up for a connection' }]);
      scene.supplicant.scanDone();
      await settled();
      expect(events.at(-1), 'the next scan is a whole one').to.deep.equal({ type: 'scan.completed' });
    });

    it('go on where the scan cannot be given up, or does not end', async () => {
      const clock = await scanning();
      scene.supplicant.bus.method('AbortScan', () => refusal('fi.w1.wpa_supplicant1.Interface.AbortError'));
      expect(E.isRight(await scene.connect())).to.equal(true);
      scene.supplicant.bus.method('AbortScan', () => E.right([]));
      const connected = scene.connect();
      await settled();
      await clock.advance(999);
      expect(scene.supplicant.bus.called.filter((call) => call.includes('SelectNetwork'))).to.have.length(1);
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
      scene.supplicant.bus.calls
        .filter(({ member }) => member === 'Scan')
        .map(({ body }) =>
          (plain(body?.[0]).Channels as [number, number][]).map(([middle, width]) => {
            expect(width).to.equal(20);
            return middle;
          }),
        );
    const told: StationEvent[] = [];
    const ends = async (success = true): Promise<void> => {
      scene.supplicant.scanDone(success);
      await settled();
    };

    beforeEach(async () => {
      await scene.open();
      told.length = 0;
      scene.station.events.subscribe((event) => told.push(event));
      scene.succeeds();
    });

    it('look for it by name, first where access points answer, and connect where it is', async () => {
      const result = scene.connect(away);
      await settled();
      expect(searched()).to.deep.equal([Array.from({ length: 13 }, (_, i) => 2412 + 5 * i)]);
      const names = plain(scene.supplicant.bus.last('Scan')?.body?.[0]).SSIDs as Uint8Array[];
      expect(names.map((bytes) => Buffer.from(bytes).toString())).to.deep.equal(['away', '']);
      await ends();
      expect(searched()).to.have.length(2);
      [, scene.bss = ''] = scene.supplicant.sees([psk, awayBss]);
      await ends();
      expect(await result).to.deep.equal(E.right({ ssid: away.ssid, bssid: '02:00:00:00:0a:00' }));
      expect(scene.added().scan_freq).to.equal('5180');
      expect(searched(), 'no more than that').to.have.length(2);
      expect(
        told.map(({ type }) => type),
        'a part is no scan for anybody',
      ).to.deep.equal(['connected']);
      await ends();
      expect(told.at(-1), 'the next scan is a whole one').to.deep.equal({ type: 'scan.completed' });
    });

    it('leave the host as it is where no channel has it', async () => {
      const result = scene.connect(away);
      await settled();
      // No channels of 6 GHz here.
      for (const success of [true, true, true, false, false]) await ends(success);
      expect(await result).to.have.nested.property('left.reason', 'network not found');
      const channels = searched().flat();
      expect(channels).to.include.members([2412, 2472, 5180, 5320, 5500, 5720, 5825, 5955, 7115]);
      expect(new Set(channels).size, 'each once').to.equal(channels.length);
      expect(scene.since(0).filter((call) => /Network|Reconnect/.test(call))).to.deep.equal([]);
    });

    it('let wpa_supplicant look everywhere where a part is refused that every interface has', async () => {
      const result = scene.connect(away);
      await settled();
      for (const success of [true, false, true, true, true]) await ends(success);
      expect(scene.supplicant.bus.last('AddNetwork')).to.not.equal(undefined);
      expect(scene.added()).to.not.have.any.keys('scan_freq');
      expect(E.isRight(await result)).to.equal(true);
    });

    it('let wpa_supplicant look everywhere where none can be asked for', async () => {
      scene.supplicant.bus.method('Scan', () => refusal('fi.w1.wpa_supplicant1.Interface.ScanError'));
      expect(E.isRight(await scene.connect(away))).to.equal(true);
      expect(searched()).to.have.length(5);
      expect(scene.added()).to.not.have.any.keys('scan_freq');
    });

    it('give up a scan of the host, and what is asked for meanwhile', async () => {
      scene.supplicant.change({ Scanning: true });
      const result = scene.connect(away);
      await settled();
      expect([scene.supplicant.bus.last('AbortScan') !== undefined, searched().length]).to.deep.equal([
        true,
        0,
      ]);
      await ends(false);
      expect(searched()).to.have.length(1);
      expect(await scene.station.scan(O.none)).to.deep.equal(E.right('running'));
      scene.supplicant.sees([psk, awayBss]);
      await ends();
      await result;
      const given = { type: 'scan.failed', reason: 'given up for a connection' };
      expect(told.filter(({ type }) => type.startsWith('scan.'))).to.deep.equal([given, given]);
      expect(searched()).to.have.length(1);
    });

    it('end with the try', async () => {
      const result = scene.connect(away);
      await settled();
      scene.supplicant.change({ Scanning: true });
      scene.abort.abort();
      await settled();
      expect(scene.supplicant.bus.last('AbortScan')).to.not.equal(undefined);
      await ends(false);
      expect(await result).to.have.nested.property('left.reason', 'abandoned');
      expect(searched()).to.have.length(1);
    });

    it('fail when the interface leaves on the way', async () => {
      const result = scene.connect(away);
      await settled();
      scene.supplicant.change({ State: 'interface_disabled' });
      expect(await result).to.have.nested.property('left.reason', 'failed');
    });
  });

  it('look for a network where it has been seen', async () => {
    const elsewhere = { ...psk, BSSID: Buffer.from('020000000109', 'hex'), Frequency: 5180 };
    scene.supplicant.sees([psk, elsewhere, { ...elsewhere, BSSID: Buffer.from('02000000010a', 'hex') }]);
    await scene.open();
    scene.succeeds();
    await scene.connect();
    expect(scene.added().scan_freq).to.equal('2412 5180');
    await scene.connect(order({ bssid: O.some(right(parseBssid('02:00:00:00:01:09'))) }));
    expect(scene.added().scan_freq).to.equal('5180');
  });

  it('to an open network need no key', async () => {
    await scene.open();
    scene.succeeds();
    await scene.connect(order({ security: { kind: 'open' }, key: KeyMaterial.none }));
    expect(scene.added()).to.include({ key_mgmt: 'NONE' }).and.not.have.any.keys('psk', 'proto');
  });

  it('by SAE hand the password on', async () => {
    await scene.open();
    scene.succeeds();
    const key = new KeyMaterial(new TextEncoder().encode('correct horse'));
    await scene.connect(order({ security: { kind: 'wpa3-sae', ...suites }, key }));
    const [network, beside] = scene.supplicant.bus.calls
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
    await scene.open();
    scene.succeeds();
    await scene.connect(order({ bssid: O.some(right(parseBssid('02:00:00:00:00:01'))) }));
    expect(scene.added()).to.include({ bssid: '02:00:00:00:00:01' });
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
      await scene.open();
      const before = scene.supplicant.bus.called.length;
      expect(await scene.connect(wanted)).to.have.nested.property('left.reason', 'unsupported');
      expect(scene.since(before)).to.deep.equal([]);
    });

  it('that fail leave no network behind, and never tell the key', async () => {
    await scene.open();
    scene.refusesKey();
    const result = await scene.connect(
      order({ key: new KeyMaterial(new TextEncoder().encode('0123456789abcdef0123456789abcdef')) }),
    );
    expect(result).to.have.nested.property('left.reason', 'wrong key');
    expect(JSON.stringify(result)).to.not.include('0123456789abcdef');
    expect(scene.since(0)).to.deep.equal(['AddNetwork', 'SelectNetwork 0', 'RemoveNetwork 0']);
  });

  it('that fail give the host its own link and networks back', async () => {
    const home = scene.supplicant.network({ ssid: 'home' }, true);
    scene.supplicant.network({ ssid: 'office' }, true);
    scene.supplicant.network({ ssid: 'never' }, false);
    scene.supplicant.bus.put('/wlan', {});
    scene.supplicant.change({ CurrentNetwork: home });
    await scene.open();
    scene.refusesKey();
    await scene.connect();
    expect(scene.since(0)).to.deep.equal([
      'AddNetwork',
      'SelectNetwork 3',
      'RemoveNetwork 3',
      'SelectNetwork 0',
      'Set 1 Enabled true',
    ]);
  });

  it("that fail give a guest's link back", async () => {
    await scene.open();
    scene.succeeds();
    await scene.connect();
    scene.refusesKey();
    const before = scene.supplicant.bus.called.length;
    await scene.connect();
    expect(scene.since(before)).to.deep.equal([
      'AddNetwork',
      'SelectNetwork 1',
      'RemoveNetwork 1',
      'SelectNetwork 0',
    ]);
  });

  it('that fail after the user has left ours for his own network leave him there', async () => {
    const home = scene.supplicant.network({ ssid: 'home' }, true);
    await scene.open();
    scene.succeeds();
    await scene.connect();
    scene.supplicant.completes(scene.bss, home);
    await settled();
    scene.refusesKey();
    const before = scene.supplicant.bus.called.length;
    await scene.connect();
    expect(scene.since(before)).to.deep.equal([
      'RemoveNetwork 1',
      'AddNetwork',
      'SelectNetwork 2',
      'RemoveNetwork 2',
      'SelectNetwork 0',
    ]);
  });

  describe('that are lost', () => {
    const lose = async (properties: Record<string, unknown> = { DisconnectReason: -4 }): Promise<void> => {
      scene.supplicant.change({ ...properties, State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
      await settled();
    };

    const connectedAway = async (restore = false): Promise<number> => {
      const home = scene.supplicant.network({ ssid: 'home' }, true);
      scene.supplicant.change({ CurrentNetwork: home });
      await scene.open(restore);
      scene.succeeds();
      await scene.connect();
      return scene.supplicant.bus.called.length;
    };

    it("take our network with them and give the user's networks back", async () => {
      const before = await connectedAway();
      await lose();
      expect(scene.since(before)).to.deep.equal(['RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('bring back the link that the host had, if that is wanted', async () => {
      const before = await connectedAway(true);
      await lose();
      expect(scene.since(before)).to.deep.equal(['RemoveNetwork 1', 'SelectNetwork 0']);
    });

    it('bring nothing back when somebody on the host has ended them', async () => {
      const before = await connectedAway(true);
      await lose({ DisconnectReason: -3 });
      expect(scene.since(before)).to.deep.equal(['RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('take our network with them when the interface is blocked', async () => {
      const before = await connectedAway();
      scene.supplicant.change({ State: 'interface_disabled' });
      await settled();
      expect(scene.since(before)).to.deep.equal(['RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('are no business of ours when they are links of the user', async () => {
      const home = scene.supplicant.network({ ssid: 'home' }, true);
      await scene.open();
      scene.supplicant.completes(scene.bss, home);
      await settled();
      await lose();
      expect(scene.since(0)).to.deep.equal([]);
    });

    it('by a request of ours cost nothing more than that', async () => {
      const before = await connectedAway();
      scene.supplicant.bus.method('Disconnect', () => {
        scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
        return E.right([]);
      });
      await scene.station.disconnect()();
      await settled();
      expect(scene.since(before)).to.deep.equal(['Disconnect', 'RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('are forgotten before the next try begins', async () => {
      const before = await connectedAway();
      scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
      await scene.connect();
      expect(scene.since(before)).to.deep.equal([
        'RemoveNetwork 1',
        'Set 0 Enabled true',
        'AddNetwork',
        'SelectNetwork 2',
      ]);
    });

    it('only on the way to another access point of the network are not lost', async () => {
      const before = await connectedAway();
      const ours = String(scene.supplicant.bus.last('SelectNetwork')?.body?.[0]);
      scene.supplicant.change({ State: 'authenticating' });
      scene.supplicant.change({ State: 'associating' });
      scene.supplicant.completes(scene.bss, ours);
      await settled();
      expect(scene.since(before)).to.deep.equal([]);
    });
  });

  it('that replace another one of ours remove it', async () => {
    await scene.open();
    scene.succeeds();
    await scene.connect();
    await scene.connect();
    expect(scene.since(0)).to.deep.equal([
      'AddNetwork',
      'SelectNetwork 0',
      'AddNetwork',
      'SelectNetwork 1',
      'RemoveNetwork 0',
    ]);
  });

  it('leave nobody waiting for an abort that comes too late, however they went', async () => {
    await scene.open();
    scene.succeeds();
    expect(E.isRight(await scene.connect())).to.equal(true);
    expect(getEventListeners(scene.abort.signal, 'abort')).to.deep.equal([]);
    scene.refusesKey();
    expect(E.isLeft(await scene.connect())).to.equal(true);
    expect(getEventListeners(scene.abort.signal, 'abort')).to.deep.equal([]);
  });

  it('that are given up take their network back', async () => {
    await scene.open();
    const result = scene.connect();
    await settled();
    scene.abort.abort();
    expect(await result).to.have.nested.property('left.reason', 'abandoned');
    expect(scene.since(0).at(-1)).to.equal('RemoveNetwork 0');
  });

  it('that were given up before touch nothing', async () => {
    await scene.open();
    scene.abort.abort();
    expect(await scene.connect()).to.have.nested.property('left.reason', 'abandoned');
    expect(scene.supplicant.bus.called).to.deep.equal([]);
  });

  it('fail when the interface leaves on the way', async () => {
    await scene.open();
    const result = scene.connect();
    await settled();
    scene.supplicant.change({ State: 'interface_disabled' });
    expect(await result).to.have.nested.property('left.reason', 'failed');
  });

  it('fail with the error of the bus', async () => {
    await scene.open();
    scene.supplicant.bus.method('AddNetwork', () => refusal('org.freedesktop.DBus.Error.AccessDenied'));
    const result = await scene.connect();
    expect(result).to.have.nested.property('left.detail').that.includes('AccessDenied');
  });

  it('are not taken for done by the completion of another network', async () => {
    const home = scene.supplicant.network({ ssid: 'home' }, true);
    await scene.open();
    const result = scene.connect();
    await settled();
    scene.supplicant.completes(scene.bss, home);
    await settled();
    scene.supplicant.completes(scene.bss, scene.supplicant.bus.last('SelectNetwork')?.body?.[0] as string);
    expect(E.isRight(await result)).to.equal(true);
  });

  describe('end', () => {
    it("with our network removed and the user's networks as they were, but no link", async () => {
      const home = scene.supplicant.network({ ssid: 'home' }, true);
      scene.supplicant.change({ CurrentNetwork: home });
      await scene.open();
      scene.succeeds();
      await scene.connect();
      const before = scene.supplicant.bus.called.length;
      expect(E.isRight(await scene.station.disconnect()())).to.equal(true);
      expect(scene.since(before)).to.deep.equal(['Disconnect', 'RemoveNetwork 1', 'Set 0 Enabled true']);
    });

    it('with the link that the host had, if that is wanted', async () => {
      const home = scene.supplicant.network({ ssid: 'home' }, true);
      scene.supplicant.change({ CurrentNetwork: home });
      await scene.open(true);
      scene.succeeds();
      await scene.connect();
      const before = scene.supplicant.bus.called.length;
      await scene.station.disconnect()();
      expect(scene.since(before)).to.deep.equal(['Disconnect', 'RemoveNetwork 1', 'SelectNetwork 0']);
    });

    it('with the search that there was, if that is wanted', async () => {
      scene.supplicant.network({ ssid: 'home' }, true);
      await scene.open(true);
      scene.succeeds();
      await scene.connect();
      const before = scene.supplicant.bus.called.length;
      await scene.station.disconnect()();
      expect(scene.since(before)).to.deep.equal([
        'Disconnect',
        'RemoveNetwork 1',
        'Set 0 Enabled true',
        'Reconnect',
      ]);
    });

    it('well when there was none', async () => {
      await scene.open();
      scene.supplicant.bus.method('Disconnect', () => refusal('fi.w1.wpa_supplicant1.NotConnected'));
      expect(E.isRight(await scene.station.disconnect()())).to.equal(true);
    });

    it('with a failure when the bus refuses', async () => {
      await scene.open();
      scene.supplicant.bus.method('Disconnect', () => refusal('org.freedesktop.DBus.Error.AccessDenied'));
      expect(E.isLeft(await scene.station.disconnect()())).to.equal(true);
    });
  });

  describe('that fail on the way from another one of ours', () => {
    const failsSecond = async (restore = false): Promise<number> => {
      const home = scene.supplicant.network({ ssid: 'home' }, true);
      scene.supplicant.change({ CurrentNetwork: home });
      await scene.open(restore);
      scene.succeeds();
      await scene.connect();
      scene.refusesKey();
      const before = scene.supplicant.bus.called.length;
      await scene.connect();
      return before;
    };

    it('and cannot go back to it leave no network of ours', async () => {
      const before = await failsSecond();
      await settled();
      expect(scene.since(before)).to.deep.equal([
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
      expect(scene.since(before).slice(-2)).to.deep.equal(['RemoveNetwork 1', 'SelectNetwork 0']);
    });

    it('keep it where its old link is told lost only on the way back', async () => {
      await scene.open();
      scene.succeeds();
      await scene.connect();
      const ours = scene.supplicant.bus.last('SelectNetwork')?.body?.[0] as string;
      scene.supplicant.bus.method('SelectNetwork', ({ body }) => {
        if (body?.[0] !== ours) scene.supplicant.bus.emit(wlan0, wpa.interface, 'PskMismatch');
        return E.right([]);
      });
      const before = scene.supplicant.bus.called.length;
      await scene.connect();
      await settled();
      scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
      await settled();
      scene.supplicant.completes(scene.bss, ours);
      await settled();
      expect(scene.since(before)).to.deep.equal([
        'AddNetwork',
        'SelectNetwork 1',
        'RemoveNetwork 1',
        'SelectNetwork 0',
      ]);
      expect(O.isSome(scene.station.link())).to.equal(true);
    });

    it('give up the way back for the next wish', async () => {
      scene.supplicant.network({ ssid: 'home' }, true);
      await scene.open();
      scene.succeeds();
      await scene.connect();
      scene.supplicant.bus.method('SelectNetwork', ({ body }) => {
        if (String(body?.[0]).endsWith('2')) scene.supplicant.change({ State: '4way_handshake' });
        if (String(body?.[0]).endsWith('2'))
          scene.supplicant.change({ DisconnectReason: 15, State: 'disconnected' });
        return E.right([]);
      });
      await scene.connect();
      await settled();
      const before = scene.supplicant.bus.called.length;
      scene.succeeds();
      expect(E.isRight(await scene.connect())).to.equal(true);
      expect(scene.since(before)).to.deep.equal(['AddNetwork', 'SelectNetwork 3', 'RemoveNetwork 1']);
    });
  });

  it('happen one after another, whoever asks', async () => {
    await scene.open();
    const first = scene.connect();
    await settled();
    const second = scene.connect();
    await settled();
    expect(scene.since(0)).to.deep.equal(['AddNetwork', 'SelectNetwork 0']);
    scene.succeeds();
    scene.supplicant.completes(scene.bss, scene.supplicant.bus.last('SelectNetwork')?.body?.[0] as string);
    expect(E.isRight(await first)).to.equal(true);
    expect(E.isRight(await second)).to.equal(true);
    expect(scene.since(0).slice(2)).to.deep.equal(['AddNetwork', 'SelectNetwork 1', 'RemoveNetwork 0']);
  });
});
