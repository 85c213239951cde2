import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { Variant } from '../../../native/linux/dbus.js';
import { profileOf } from '../../../native/linux/network-manager-profile.js';
import { wpa } from '../../../native/linux/wpa-objects.js';
import { linuxRadio } from '../../../native/linux/wpa-radio.js';
import type { ConnectOrder, HostLink, StationInterface } from '../../../native/radio.js';
import { parseBssid } from '../../../protocol/bssid.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import { ManualClock } from '../../../streams/clock.js';
import { right } from '../../protocol/either.js';
import { plain, refusal, settled } from './fake-bus.js';
import { capturedBsss, FakeSupplicant, wlan0 } from './fake-supplicant.js';

const name = 'org.freedesktop.NetworkManager';
const device = '/org/freedesktop/NetworkManager/Devices/3';
const active = '/org/freedesktop/NetworkManager/ActiveConnection/7';
const [, psk = {}] = capturedBsss;
const ssid = right(ssidFromText('wpa2-psk'));
const suites = { pairwise: 0x000fac04, group: 0x000fac04 };

const order: ConnectOrder = {
  ssid,
  bssid: O.none,
  security: { kind: 'wpa2-psk', ...suites },
  key: new KeyMaterial(new Uint8Array(32).fill(0xab)),
};

describe('a profile for NetworkManager', () => {
  const settings = (wanted: ConnectOrder) =>
    Object.fromEntries(
      Object.entries(right(profileOf(wanted, O.some('1f0c'), ':1.42'))).map(([setting, values]) => [
        setting,
        plain(values),
      ]),
    );

  it('has the PMK in hex, and is never activated by itself', () => {
    expect(settings(order)).to.deep.equal({
      connection: { type: '802-11-wireless', id: 'proxy-wifi: wpa2-psk', autoconnect: false },
      user: { data: { 'proxy-wifi.before': '1f0c', 'proxy-wifi.service': ':1.42' } },
      '802-11-wireless': { ssid: new TextEncoder().encode('wpa2-psk'), hidden: true },
      '802-11-wireless-security': { 'key-mgmt': 'wpa-psk', psk: 'ab'.repeat(32) },
      ipv4: { method: 'auto', 'may-fail': true },
      ipv6: { method: 'auto', 'may-fail': true },
    });
  });

  it('of an open network has no security', () => {
    expect(settings({ ...order, security: { kind: 'open' }, key: KeyMaterial.none })).to.not.have.property(
      '802-11-wireless-security',
    );
  });

  it('has the password for SAE, and the access point that was asked for', () => {
    const key = new KeyMaterial(new TextEncoder().encode('correct horse'));
    const bssid = O.some(right(parseBssid('02:00:00:00:00:01')));
    const sae = settings({ ...order, security: { kind: 'wpa3-sae', ...suites }, key, bssid });
    expect(sae['802-11-wireless-security']).to.deep.equal({ 'key-mgmt': 'sae', psk: 'correct horse' });
    expect(sae['802-11-wireless']).to.deep.include({ bssid: Uint8Array.of(2, 0, 0, 0, 0, 1) });
  });
});

describe('connections through NetworkManager', () => {
  let supplicant: FakeSupplicant;
  let station: StationInterface;
  let close: () => void;
  let bss: string;

  const open = async (
    connections: 'auto' | 'wpa_supplicant' | 'networkmanager' = 'auto',
    restore = false,
    resumes: (link: HostLink) => boolean = () => false,
  ): Promise<void> => {
    const radio = linuxRadio({
      bus: supplicant.bus.open,
      clock: new ManualClock(),
      connections,
      restore,
      resumes: (_, link) => resumes(link),
    });
    const subscription = radio.open.subscribe((event) => {
      if (event.type === 'interface.arrived' && event.interface.kind === 'station') station = event.interface;
    });
    close = () => subscription.unsubscribe();
    await settled();
  };

  beforeEach(() => {
    supplicant = new FakeSupplicant();
    [bss = ''] = supplicant.sees([psk]);
    const { bus } = supplicant;
    bus.owners.add(name);
    bus.put(device, { Managed: true, ActiveConnection: '/' });
    bus.method('GetDeviceByIpIface', ({ body }) =>
      body?.[0] === 'wlan0' ? E.right([device]) : refusal(`${name}.UnknownDevice`),
    );
    bus.method('AddAndActivateConnection2', () => {
      supplicant.completes(bss, '/n');
      return E.right(['/profile', active, {}]);
    });
    bus.method('DeactivateConnection', () => E.right([]));
    bus.method('ActivateConnection', () => E.right([]));
  });

  afterEach(() => close());

  const connect = (abort = new AbortController().signal) => station.connect(order, abort)();
  const called = (): readonly string[] =>
    supplicant.bus.called.filter((call) => !/^(GetDeviceByIpIface|Register|GetSettings) ?/.test(call));

  it('are made when it manages the interface, with a volatile profile', async () => {
    await open();
    expect(await connect()).to.deep.equal(E.right({ ssid, bssid: '02:00:00:00:00:01' }));
    expect(called()).to.deep.equal([`AddAndActivateConnection2 ${device} /`]);
    const [, , , options] = supplicant.bus.last('AddAndActivateConnection2')?.body ?? [];
    expect(options).to.deep.equal({
      persist: new Variant('s', 'volatile'),
      'bind-activation': new Variant('s', 'none'),
    });
  });

  it('are followed by what it says of them, for which the bus is asked once', async () => {
    await open();
    const asked = (): readonly string[] =>
      supplicant.bus.rules.filter((rule) => rule.includes(`'${name}.Connection.Active'`));
    expect(asked()).to.deep.equal([]);
    await connect();
    await connect();
    expect(asked()).to.deep.equal([
      `type='signal',sender='${name}',interface='${name}.Connection.Active',member='StateChanged'`,
    ]);
  });

  it('are left to wpa_supplicant when it does not manage the interface, does not run or is not wanted', async () => {
    supplicant.bus.method('SelectNetwork', ({ body }) => {
      supplicant.completes(bss, String(body?.[0]));
      return E.right([]);
    });
    supplicant.bus.put(device, { Managed: false });
    await open();
    expect(E.isRight(await connect())).to.equal(true);
    close();
    supplicant.bus.owners.delete(name);
    await open();
    expect(E.isRight(await connect())).to.equal(true);
    close();
    supplicant.bus.owners.add(name);
    supplicant.bus.put(device, { Managed: true });
    await open('wpa_supplicant');
    expect(E.isRight(await connect())).to.equal(true);
    expect(called().filter((call) => call.startsWith('AddAndActivate'))).to.deep.equal([]);
  });

  it('fail with what to do when it is wanted but does not manage the interface', async () => {
    supplicant.bus.put(device, { Managed: false });
    await open('networkmanager');
    expect(await connect())
      .to.have.nested.property('left.detail')
      .that.includes('nmcli device set wlan0 managed yes');
  });

  it('fail with a wrong key when it misses secrets', async () => {
    await open();
    supplicant.bus.method('AddAndActivateConnection2', () => E.right(['/profile', active, {}]));
    const result = connect();
    await settled();
    supplicant.bus.emit(active, `${name}.Connection.Active`, 'StateChanged', 4, 9);
    expect(await result).to.have.nested.property('left.reason', 'wrong key');
    expect(called().at(-1)).to.equal(`DeactivateConnection ${active}`);
  });

  for (const [reason, text] of [
    [2, 'disconnected by the user'],
    [3, 'the device was disconnected'],
    [5, 'no usable IP configuration'],
    [6, 'the connection attempt timed out'],
    [9, 'the key was not accepted'],
    [10, 'authentication failed'],
    [11, 'the profile was removed'],
    [14, 'the device was removed'],
  ] as const)
    it(`say for reason ${reason}: ${text}`, async () => {
      await open();
      supplicant.bus.method('AddAndActivateConnection2', () => E.right(['/profile', active, {}]));
      const result = connect();
      await settled();
      supplicant.bus.emit(active, `${name}.Connection.Active`, 'StateChanged', 4, reason);
      expect(await result)
        .to.have.property('left')
        .that.includes({
          reason: reason === 9 || reason === 10 ? 'wrong key' : 'failed',
          detail: `NetworkManager: ${text}`,
        });
    });

  it('leave nobody waiting for an abort that comes too late', async () => {
    await open();
    const abort = new AbortController();
    expect(E.isRight(await connect(abort.signal))).to.equal(true);
    expect(getEventListeners(abort.signal, 'abort')).to.deep.equal([]);
  });

  it('fail with its reason otherwise, and take no notice of other connections', async () => {
    await open();
    supplicant.bus.method('AddAndActivateConnection2', () => E.right(['/profile', active, {}]));
    const result = connect();
    await settled();
    supplicant.bus.emit('/other', `${name}.Connection.Active`, 'StateChanged', 4, 9);
    supplicant.bus.emit(active, `${name}.VPN.Connection`, 'StateChanged', 4, 9);
    supplicant.bus.emit(active, `${name}.Connection.Active`, 'StateChanged', 3, 9);
    supplicant.bus.emit(active, `${name}.Connection.Active`, 'StateChanged', 4, 6);
    expect(await result)
      .to.have.property('left')
      .that.includes({
        reason: 'failed',
        detail: 'NetworkManager: the connection attempt timed out',
      });
  });

  it('are not given up for a search that began before wpa_supplicant knew the network', async () => {
    await open();
    supplicant.bus.method('AddAndActivateConnection2', () => E.right(['/profile', active, {}]));
    const result = connect();
    await settled();
    const search = async (): Promise<void> => {
      supplicant.change({ Scanning: true });
      supplicant.change({ Scanning: false });
      supplicant.scanDone();
      await settled();
    };
    await search();
    supplicant.change({ Scanning: true });
    supplicant.bus.emit(wlan0, wpa.interface, 'NetworkAdded', '/n', {});
    supplicant.change({ Scanning: false });
    supplicant.scanDone();
    await settled();
    expect(called().at(-1)).to.equal(`AddAndActivateConnection2 ${device} /`);
    await search();
    expect(await result).to.have.nested.property('left.reason', 'network not found');
    expect(called().at(-1)).to.equal(`DeactivateConnection ${active}`);
  });

  it('fail when the interface leaves on the way', async () => {
    await open();
    supplicant.bus.method('AddAndActivateConnection2', () => E.right(['/profile', active, {}]));
    const result = connect();
    await settled();
    supplicant.bus.emit(wpa.path, wpa.root, 'InterfaceRemoved', wlan0);
    expect(await result).to.have.nested.property('left.detail', 'the interface left during the try');
  });

  it('that fail give the host the profile back that was active', async () => {
    supplicant.bus.put(device, { ActiveConnection: '/active/1' });
    supplicant.bus.put('/active/1', { Connection: '/settings/1' });
    await open();
    supplicant.bus.method('AddAndActivateConnection2', () => E.right(['/profile', active, {}]));
    const abort = new AbortController();
    const result = connect(abort.signal);
    await settled();
    abort.abort();
    expect(await result).to.have.nested.property('left.reason', 'abandoned');
    expect(called().slice(-2)).to.deep.equal([
      `DeactivateConnection ${active}`,
      `ActivateConnection /settings/1 ${device} /`,
    ]);
  });

  it("that fail give back what the user has activated after a guest's", async () => {
    await open();
    await connect();
    supplicant.bus.put(device, { ActiveConnection: '/active/2' });
    supplicant.bus.put('/active/2', { Connection: '/settings/2' });
    supplicant.bus.method('AddAndActivateConnection2', () => E.right(['/profile', active, {}]));
    const abort = new AbortController();
    const result = connect(abort.signal);
    await settled();
    abort.abort();
    expect(await result).to.have.nested.property('left.reason', 'abandoned');
    expect(called().at(-1)).to.equal(`ActivateConnection /settings/2 ${device} /`);
  });

  it('end through it, and give the profile back if that is wanted', async () => {
    supplicant.bus.put(device, { ActiveConnection: '/active/1' });
    supplicant.bus.put('/active/1', { Connection: '/settings/1' });
    await open('auto', true);
    await connect();
    expect(E.isRight(await station.disconnect()())).to.equal(true);
    expect(called().slice(-2)).to.deep.equal(['Disconnect', `ActivateConnection /settings/1 ${device} /`]);
  });

  describe('that are lost', () => {
    const lose = async (reason = -4): Promise<void> => {
      supplicant.change({ DisconnectReason: reason, State: 'disconnected', CurrentBSS: '/' });
      await settled();
    };

    const connectedAway = async (restore: boolean): Promise<void> => {
      supplicant.bus.put(device, { ActiveConnection: '/active/1' });
      supplicant.bus.put('/active/1', { Connection: '/settings/1' });
      await open('auto', restore);
      await connect();
    };

    it('are ended for good, and give the profile back if that is wanted', async () => {
      await connectedAway(true);
      await lose();
      expect(called().slice(-2)).to.deep.equal([
        `DeactivateConnection ${active}`,
        `ActivateConnection /settings/1 ${device} /`,
      ]);
    });

    it('give nothing back that is not wanted back', async () => {
      await connectedAway(false);
      await lose();
      expect(called().at(-1)).to.equal(`DeactivateConnection ${active}`);
    });

    it('give nothing back when somebody on the host has ended them', async () => {
      await connectedAway(true);
      await lose(-3);
      expect(called().at(-1)).to.equal(`DeactivateConnection ${active}`);
    });

    it('give nothing back when the user has activated another profile', async () => {
      await connectedAway(true);
      supplicant.bus.method('DeactivateConnection', () => refusal(`${name}.ConnectionNotActive`));
      await lose();
      expect(called().at(-1)).to.equal(`DeactivateConnection ${active}`);
    });

    it("are no business of ours when they are the user's", async () => {
      await open();
      supplicant.completes(bss, '/n');
      await settled();
      await lose();
      expect(called()).to.deep.equal([]);
    });
  });

  describe('of an earlier run of the service', () => {
    const leave = (before: string): void => {
      supplicant.bus.put(device, { ActiveConnection: active });
      supplicant.bus.put(active, { Connection: '/settings/9', Uuid: '9' });
      supplicant.bus.method('GetSettings', () =>
        E.right([{ user: { data: { 'proxy-wifi.before': before } } }]),
      );
      supplicant.bus.method('GetConnectionByUuid', ({ body }) =>
        body?.[0] === '1f0c' ? E.right(['/settings/1']) : refusal(`${name}.Settings.InvalidConnection`),
      );
      supplicant.completes(bss, '/n');
    };

    it('are ended, and the profile is given back that was active before them', async () => {
      leave('1f0c');
      await open();
      expect(called()).to.deep.equal([
        'GetConnectionByUuid 1f0c',
        `DeactivateConnection ${active}`,
        `ActivateConnection /settings/1 ${device} /`,
      ]);
    });

    it('are ended where nothing was active before them, or the profile is gone', async () => {
      leave('nothing');
      await open();
      expect(called()).to.deep.equal([`DeactivateConnection ${active}`]);
      close();
      leave('gone');
      await open();
      expect(called().at(-1)).to.equal(`DeactivateConnection ${active}`);
    });

    it('go on where a guest still needs them, and give the profile back afterwards', async () => {
      leave('1f0c');
      await open('auto', true, ({ ssid: found }) => found === ssid);
      expect(called()).to.deep.equal(['GetConnectionByUuid 1f0c']);
      await station.disconnect()();
      expect(called().slice(-2)).to.deep.equal(['Disconnect', `ActivateConnection /settings/1 ${device} /`]);
    });

    it('stay where that one is still there', async () => {
      leave('1f0c');
      const data = { 'proxy-wifi.before': '1f0c', 'proxy-wifi.service': ':1.9' };
      supplicant.bus.method('GetSettings', () => E.right([{ user: { data } }]));
      supplicant.bus.owners.add(':1.9');
      await open();
      expect(called()).to.deep.equal([]);
    });

    it("are told from the user's own, which stay", async () => {
      leave('1f0c');
      supplicant.bus.method('GetSettings', () => E.right([{ connection: { id: 'home' } }]));
      await open();
      expect(called()).to.deep.equal([]);
    });
  });

  it('write down which profile was active before the first of them', async () => {
    supplicant.bus.put(device, { ActiveConnection: '/active/1' });
    supplicant.bus.put('/active/1', { Connection: '/settings/1', Uuid: '1f0c' });
    await open();
    const written = () => {
      const [profile] = supplicant.bus.last('AddAndActivateConnection2')?.body ?? [];
      return plain((profile as { user: unknown }).user).data;
    };
    await connect();
    expect(written()).to.deep.equal({ 'proxy-wifi.before': '1f0c', 'proxy-wifi.service': ':1.7' });
    supplicant.bus.put(device, { ActiveConnection: active });
    supplicant.bus.put(active, { Connection: '/settings/9', Uuid: '9' });
    await connect();
    expect(written()).to.deep.equal({ 'proxy-wifi.before': '1f0c', 'proxy-wifi.service': ':1.7' });
  });

  it('to a WPA2 network take SAE out of what NetworkManager makes of it, for which a PMK is no password', async () => {
    await open();
    supplicant.bus.put('/n', {});
    supplicant.bus.method('AddAndActivateConnection2', () => {
      supplicant.bus.emit(wlan0, wpa.interface, 'NetworkAdded', '/n', {});
      supplicant.completes(bss, '/n');
      return E.right(['/profile', active, {}]);
    });
    await connect();
    expect(supplicant.bus.object('/n')).to.deep.equal({
      Properties: { key_mgmt: new Variant('s', 'WPA-PSK WPA-PSK-SHA256 FT-PSK') },
    });
    supplicant.bus.put('/m', {});
    supplicant.bus.emit(wlan0, wpa.interface, 'NetworkAdded', '/m', {});
    await settled();
    expect(supplicant.bus.object('/m')).to.deep.equal({});
  });

  it('never lead to a question for another key, and leave the questions of others to their agents', async () => {
    await open();
    await connect();
    expect(supplicant.bus.called).to.include(`Register proxy-wifi.${process.pid}`);
    const agent = `${name.replaceAll('.', '/').replace(/^/, '/')}/SecretAgent ${name}.SecretAgent.GetSecrets`;
    const ours = { user: { data: { 'proxy-wifi.before': 'nothing' } } };
    expect(supplicant.bus.refusalOf(agent, ours)).to.equal(`${name}.SecretAgent.UserCanceled`);
    expect(supplicant.bus.refusalOf(agent, { connection: { id: 'home' } })).to.equal(
      `${name}.SecretAgent.NoSecrets`,
    );
  });

  it("that fail make a guest's connection again, which is gone with its profile", async () => {
    await open();
    await connect();
    supplicant.bus.put(device, { ActiveConnection: active });
    supplicant.bus.put(active, { Connection: '/settings/9', Uuid: '9' });
    supplicant.bus.method('AddAndActivateConnection2', () => E.right(['/profile', '/active/8', {}]));
    const abort = new AbortController();
    supplicant.sees([psk, { ...psk, SSID: Buffer.from('other'), BSSID: Buffer.from('020000000a00', 'hex') }]);
    supplicant.scanDone();
    await settled();
    const result = station.connect({ ...order, ssid: right(ssidFromText('other')) }, abort.signal)();
    await settled();
    abort.abort();
    await result;
    expect(called().slice(-2)).to.deep.equal([
      'DeactivateConnection /active/8',
      `AddAndActivateConnection2 ${device} /`,
    ]);
    const [profile] = supplicant.bus.last('AddAndActivateConnection2')?.body ?? [];
    expect(plain((profile as { connection: unknown }).connection).id).to.equal('proxy-wifi: wpa2-psk');
  });

  it('to a network that has not been seen look for it first, and are not begun where it is nowhere', async () => {
    await open();
    const result = station.connect(
      { ...order, ssid: right(ssidFromText('other')) },
      new AbortController().signal,
    )();
    await settled();
    for (let part = 0; part < 5; part++) {
      supplicant.scanDone();
      await settled();
    }
    expect(await result).to.have.nested.property('left.reason', 'network not found');
    expect(supplicant.bus.last('AddAndActivateConnection2')).to.equal(undefined);
  });

  it('end well when there was none', async () => {
    await open();
    supplicant.bus.method('Disconnect', () => refusal(`${name}.Device.NotActive`));
    expect(E.isRight(await station.disconnect()())).to.equal(true);
  });
});
