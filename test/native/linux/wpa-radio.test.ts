import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { of } from 'rxjs';
import sinon from 'sinon';
import { Variant } from '../../../native/linux/dbus.js';
import { wpa } from '../../../native/linux/wpa-objects.js';
import { linuxRadio } from '../../../native/linux/wpa-radio.js';
import type { RadioFailure } from '../../../native/radio.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import { right } from '../../protocol/either.js';
import { refusal, settled } from './fake-bus.js';
import { capturedBsss, wlan0 } from './fake-supplicant.js';
import { RadioScene } from './radio-scene.js';

const [open = {}, psk = {}] = capturedBsss;

describe('the radio of wpa_supplicant', () => {
  let scene: RadioScene;

  beforeEach(() => {
    scene = new RadioScene();
  });

  afterEach(() => scene.end());

  describe('as a service', () => {
    it('fails when nobody owns its name', async () => {
      scene.supplicant.bus.owners.clear();
      await scene.open();
      expect(scene.failure).to.include({ code: 'NameHasNoOwner' });
    });

    it('fails when this user may not talk to it', async () => {
      scene.supplicant.bus.forbid(wpa.path);
      await scene.open();
      expect(scene.failure).to.include({ code: 'org.freedesktop.DBus.Error.AccessDenied' });
    });

    it('fails when it stops', async () => {
      await scene.open();
      scene.supplicant.bus.loseOwner(wpa.name);
      expect(scene.failure).to.include({ code: 'NameHasNoOwner', detail: 'wpa_supplicant has stopped' });
    });

    it('fails when the bus goes away', async () => {
      await scene.open();
      scene.supplicant.bus.break({ operation: 'connect', code: 'ECONNRESET', detail: 'gone' });
      expect(scene.failure).to.include({ code: 'ECONNRESET' });
    });

    it('says what to do where iwd has the radios, and does not ask for what would break them', async () => {
      scene.supplicant.bus.owners.clear();
      scene.supplicant.bus.owners.add('net.connman.iwd');
      await scene.open();
      expect(scene.failure?.code).to.equal('NameHasNoOwner');
      expect(scene.failure?.detail)
        .to.match(/^iwd has the Wi-Fi of this host/)
        .and.include('stop iwd first');
    });

    it('says so where wpa_supplicant runs beside iwd with no interface of its own', async () => {
      scene.supplicant.bus.put(wpa.path, { Interfaces: [] });
      scene.supplicant.bus.owners.add('net.connman.iwd');
      await scene.open();
      expect(scene.failure?.detail).to.include('iwd has the Wi-Fi');
    });

    it('is there where iwd runs and wpa_supplicant has an interface', async () => {
      scene.supplicant.bus.owners.add('net.connman.iwd');
      await scene.open();
      expect(scene.types).to.deep.equal(['opened', 'interface.arrived']);
    });

    it('asks nothing about interfaces for somebody who has gone as soon as it was open', async () => {
      const { bus } = scene.supplicant;
      const calls = sinon.spy(bus, 'call');
      const subscription = linuxRadio({ bus: bus.open, clock: scene.clock }).open.subscribe(() =>
        subscription.unsubscribe(),
      );
      await settled();
      expect(bus.users).to.equal(0);
      expect(calls.args.map(([{ path }]) => path))
        .to.include(wpa.path)
        .and.not.include(wlan0);
    });

    it('fails when it cannot be listened to, or be asked for', async () => {
      const { bus } = scene.supplicant;
      const failing = (member: string) =>
        Object.assign(Object.create(bus) as typeof bus, {
          subscribe: (rule: string) => async () =>
            rule.includes(member) ? refusal(member) : E.right(undefined),
          call: (call: Parameters<typeof bus.call>[0]) =>
            call.member === member ? async () => refusal(member) : bus.call(call),
        });
      for (const member of ['ScanDone', 'NameOwnerChanged', 'NameHasOwner']) {
        const failed = await new Promise<RadioFailure>((resolve) => {
          linuxRadio({ bus: of(failing(member)), clock: scene.clock }).open.subscribe({ error: resolve });
        });
        expect(failed.code, member).to.equal(member);
      }
    });

    it('takes no notice of other names', async () => {
      await scene.open();
      scene.supplicant.bus.loseOwner('org.example.Other');
      expect(scene.failure).to.equal(undefined);
    });
  });

  describe('shows interfaces', () => {
    it('that are there, after it is open', async () => {
      await scene.open();
      expect(scene.types).to.deep.equal(['opened', 'interface.arrived']);
      expect(scene.station).to.include({ id: 'wlan0', name: 'wlan0', kind: 'station' });
    });

    it('of either kernel interface', async () => {
      scene.supplicant.bus.put(wlan0, { Driver: 'wext' });
      await scene.open();
      expect(scene.types).to.deep.equal(['opened', 'interface.arrived']);
    });

    it('once each, however often they are told', async () => {
      await scene.open();
      const { bus } = scene.supplicant;
      bus.emit(wpa.path, wpa.root, 'InterfaceAdded', wlan0, {});
      scene.supplicant.change({ State: 'inactive' });
      bus.emit('/nobody', 'org.freedesktop.DBus.Properties', 'PropertiesChanged', wpa.interface, {
        State: 'inactive',
      });
      bus.emit(wpa.path, wpa.root, 'InterfaceRemoved', '/nobody');
      await settled();
      expect(scene.types).to.deep.equal(['opened', 'interface.arrived']);
    });

    it('but not one that was disabled from the start, before it is enabled', async () => {
      scene.supplicant.bus.put(wlan0, { State: 'interface_disabled' });
      await scene.open();
      scene.supplicant.change({ Scanning: false });
      await settled();
      expect(scene.types).to.deep.equal(['opened']);
      scene.supplicant.change({ State: 'inactive' });
      await settled();
      expect(scene.types).to.deep.equal(['opened', 'interface.arrived']);
    });

    it('but not those for wires and for Wi-Fi Direct', async () => {
      const { bus } = scene.supplicant;
      bus.put('/wired', { Ifname: 'eth0', Driver: 'wired', State: 'disconnected' });
      bus.put('/direct', { Ifname: 'p2p-dev-wlan0', Driver: 'nl80211', State: 'disconnected' });
      bus.put('/group', { Ifname: 'p2p-wlan0-0', Driver: 'nl80211', State: 'completed' });
      bus.put(wpa.path, { Interfaces: ['/wired', '/direct', '/group'] });
      await scene.open();
      expect(scene.types).to.deep.equal(['opened']);
    });

    it('that come and go', async () => {
      await scene.open();
      const { bus } = scene.supplicant;
      let complete = false;
      scene.station.events.subscribe({
        complete: () => {
          complete = true;
        },
      });
      bus.emit(wpa.path, wpa.root, 'InterfaceRemoved', wlan0);
      expect(scene.types.at(-1)).to.equal('interface.left');
      expect(complete).to.equal(true);
      bus.emit(wpa.path, wpa.root, 'InterfaceAdded', wlan0, {});
      await settled();
      expect(scene.types.at(-1)).to.equal('interface.arrived');
    });

    it('but not those that go while they are looked at', async () => {
      const release = scene.supplicant.bus.slow(wlan0);
      await scene.open();
      scene.supplicant.bus.emit(wpa.path, wpa.root, 'InterfaceRemoved', wlan0);
      release();
      await settled();
      expect(scene.types).to.deep.equal(['opened']);
    });

    it('but not those that are still looked at when everything ends, and asks nothing more about them', async () => {
      const { bus } = scene.supplicant;
      const release = bus.slow(wlan0);
      await scene.open();
      scene.close();
      const calls = sinon.spy(bus, 'call');
      release();
      await settled();
      expect(scene.types).to.deep.equal(['opened']);
      expect(calls.callCount).to.equal(0);
    });

    it('until they are disabled (unplugged, rfkill), and again when they are enabled', async () => {
      await scene.open();
      scene.supplicant.change({ State: 'interface_disabled' });
      expect(scene.types).to.deep.equal(['opened', 'interface.arrived', 'interface.left']);
      scene.supplicant.change({ State: 'disconnected' });
      await settled();
      expect(scene.types.at(-1)).to.equal('interface.arrived');
    });

    it('that answer with failures once they have left', async () => {
      await scene.open();
      const { station } = scene;
      scene.supplicant.bus.emit(wpa.path, wpa.root, 'InterfaceRemoved', wlan0);
      expect(await station.scan(O.none)).to.have.nested.property('left.code', 'gone');
      expect(await station.disconnect()()).to.have.nested.property('left.code', 'gone');
      expect(station.link()).to.deep.equal(O.none);
    });
  });

  describe('shows networks', () => {
    it('as they are on the air', async () => {
      scene.supplicant.sees(capturedBsss);
      await scene.open();
      const networks = scene.station.networks();
      expect(networks).to.have.length(16);
      expect(networks[15]).to.deep.equal({
        bssid: '02:00:00:00:02:00',
        ssid: right(ssidFromText('five-gigahertz')),
        capabilities: 0x11,
        rssi: -27,
        beaconInterval: 100,
        frequency: 5_180_000,
        elements: capturedBsss[15]?.IEs,
      });
      expect(networks[0]?.capabilities).to.equal(0x01);
    });

    it('after a scan anew, and tells of it once', async () => {
      await scene.open();
      const before = scene.station.networks();
      scene.supplicant.sees([open]);
      scene.supplicant.scanDone();
      expect(scene.station.networks()).to.equal(before);
      await settled();
      expect(scene.told).to.deep.equal([{ type: 'scan.completed' }]);
      expect(scene.station.networks()).to.have.length(1);
    });

    it('in the same array as long as nothing changes', async () => {
      scene.supplicant.sees([open, psk]);
      await scene.open();
      const before = scene.station.networks();
      scene.supplicant.scanDone();
      await settled();
      expect(scene.station.networks()).to.equal(before);
      scene.supplicant.sees([{ ...open, Signal: -70 }, psk]);
      scene.supplicant.scanDone();
      await settled();
      expect(scene.station.networks()).to.not.equal(before);
      expect(scene.station.networks()[1]).to.equal(before[1]);
    });

    it('once each, a hidden one with its name when it is known', async () => {
      const hidden = { ...psk, SSID: Buffer.alloc(0) };
      scene.supplicant.sees([hidden, psk, hidden]);
      await scene.open();
      expect(scene.station.networks().map(({ ssid }) => ssid)).to.deep.equal(['wpa2-psk']);
    });

    it('but no ad hoc ones and nothing malformed', async () => {
      scene.supplicant.sees([{ ...open, Mode: 'ad-hoc' }, { ...open, BSSID: Buffer.alloc(5) }, {}]);
      await scene.open();
      expect(scene.station.networks()).to.deep.equal([]);
    });

    it('no longer when wpa_supplicant has forgotten them', async () => {
      const [path = ''] = scene.supplicant.sees([open]);
      await scene.open();
      scene.supplicant.bus.emit(wlan0, wpa.interface, 'BSSRemoved', path);
      expect(scene.station.networks()).to.deep.equal([]);
    });
  });

  describe('scans', () => {
    const scanned = () => scene.supplicant.bus.last('Scan')?.body?.[0] as Record<string, Variant>;

    it('for everybody, without letting the host roam', async () => {
      await scene.open();
      expect(await scene.station.scan(O.none)).to.deep.equal(E.right('running'));
      expect(scanned()).to.deep.equal({
        Type: new Variant('s', 'active'),
        SSIDs: new Variant('aay', [Buffer.alloc(0)]),
        AllowRoam: new Variant('b', false),
      });
    });

    it('for one network, and for everybody besides', async () => {
      await scene.open();
      await scene.station.scan(O.some(right(ssidFromText('lab'))));
      const asked = scanned().SSIDs?.value as Uint8Array[];
      expect(asked.map((ssid) => Buffer.from(ssid).toString())).to.deep.equal(['lab', '']);
    });

    it('along with a scan that is pending already', async () => {
      await scene.open();
      scene.supplicant.bus.method('Scan', () => refusal(`${wpa.interface}.ScanError`));
      expect(await scene.station.scan(O.none)).to.deep.equal(E.right('running'));
      scene.supplicant.scanDone();
      await settled();
      expect(scene.told).to.deep.equal([{ type: 'scan.completed' }]);
    });

    it('for one network after the scan that is pending, and tells the end of its own', async () => {
      await scene.open();
      scene.supplicant.bus.method('Scan', () => refusal(`${wpa.interface}.ScanError`));
      await scene.station.scan(O.some(right(ssidFromText('lab'))));
      scene.supplicant.bus.method('Scan', () => E.right([]));
      scene.supplicant.scanDone();
      await settled();
      expect(scene.told).to.deep.equal([]);
      expect(scanned().SSIDs?.value).to.have.length(2);
      scene.supplicant.scanDone();
      await settled();
      expect(scene.told).to.deep.equal([{ type: 'scan.completed' }]);
      // Once: what somebody else scans afterwards is none of its business.
      const asked = (): number => scene.supplicant.bus.called.filter((call) => call === 'Scan').length;
      const before = asked();
      scene.supplicant.scanDone();
      await settled();
      expect(asked()).to.equal(before);
      expect(scene.told).to.have.length(2);
    });

    it('not when wpa_supplicant refuses', async () => {
      await scene.open();
      scene.supplicant.bus.method('Scan', () => refusal('org.freedesktop.DBus.Error.AccessDenied'));
      expect(E.isLeft(await scene.station.scan(O.none))).to.equal(true);
    });

    it('and tells when one failed', async () => {
      await scene.open();
      scene.supplicant.scanDone(false);
      await settled();
      expect(scene.told.map(({ type }) => type)).to.deep.equal(['scan.failed']);
    });
  });
});
