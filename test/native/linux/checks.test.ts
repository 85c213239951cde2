import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { NEVER, throwError } from 'rxjs';
import sinon from 'sinon';
import type { HostCheck } from '../../../native/check.js';
import { linuxChecks } from '../../../native/linux/checks.js';
import { wpa } from '../../../native/linux/wpa-objects.js';
import { FakeSupplicant, wlan0 } from './fake-supplicant.js';

const manager = 'org.freedesktop.NetworkManager';

describe('the checks of a Linux host', () => {
  let root: string;
  let supplicant: FakeSupplicant;

  const file = (path: string, text = ''): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  const rfkill = (kind: 'soft' | 'hard'): void => {
    file('sys/class/rfkill/rfkill0/type', 'wlan\n');
    file('sys/class/rfkill/rfkill0/name', 'phy0\n');
    file(`sys/class/rfkill/rfkill0/${kind}`, '1\n');
  };

  const check = async (name: string, bus = supplicant.bus.open): Promise<HostCheck | undefined> =>
    (await linuxChecks({ bus, root })).find((result) => result.name === name);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'proxy-wifi-checks-'));
    supplicant = new FakeSupplicant();
  });

  afterEach(() => {
    rmSync(root, { recursive: true });
    expect(supplicant.bus.users).to.equal(0);
  });

  it('are all good where everything is there, and come in the order of what depends on what', async () => {
    file('sys/class/net/wlan0/phy80211/name');
    file('dev/vsock');
    file('dev/vhost-vsock');
    const checks = await linuxChecks({ bus: supplicant.bus.open, root });
    expect(checks.map(({ name, state }) => `${name} ${state}`)).to.deep.equal([
      'Wi-Fi interfaces ok',
      'rfkill ok',
      'D-Bus ok',
      'wpa_supplicant ok',
      'NetworkManager ok',
      'vsock ok',
      'vhost-vsock ok',
    ]);
    expect(checks.filter(({ fix }) => fix !== undefined)).to.deep.equal([]);
  });

  it('say how to get what the kernel lacks', async () => {
    expect(await check('Wi-Fi interfaces')).to.include({ state: 'missing' });
    expect(await check('vsock')).to.include({ state: 'missing', fix: 'modprobe vhost_vsock' });
    expect(await check('vhost-vsock')).to.include({ state: 'limited', fix: 'modprobe vhost_vsock' });
  });

  it('count the interfaces for Wi-Fi, and none for wires', async () => {
    file('sys/class/net/eth0/address');
    file('sys/class/net/lo/address');
    expect(await check('Wi-Fi interfaces')).to.include({ state: 'missing' });
    file('sys/class/net/wlan1/phy80211/name');
    expect(await check('Wi-Fi interfaces')).to.include({ state: 'ok', detail: 'wlan1' });
  });

  it('name iwd where it has the radios, and give no advice that breaks it', async () => {
    supplicant.bus.owners.add('net.connman.iwd');
    expect(await check('iwd')).to.equal(undefined);
    expect(await check('wpa_supplicant')).to.include({ state: 'ok' });
    supplicant.bus.put(wpa.path, { Interfaces: [] });
    const idle = await check('wpa_supplicant');
    expect(idle).to.include({ state: 'missing', detail: 'it runs, but iwd has the radios of this host' });
    supplicant.bus.owners.delete(wpa.name);
    const absent = await check('wpa_supplicant');
    expect(absent).to.include({ state: 'missing', detail: 'iwd has the radios of this host in its place' });
    for (const found of [idle, absent])
      expect(found?.fix)
        .to.match(/^either leave iwd/)
        .and.include('systemctl disable --now iwd');
  });

  it('tell the two switches of a radio apart', async () => {
    rfkill('soft');
    expect(await check('rfkill')).to.include({ state: 'missing', fix: 'rfkill unblock wlan' });
    rfkill('hard');
    expect((await check('rfkill'))?.detail).to.equal('switched off in hardware: phy0');
  });

  it('do not care about the switches of other radios', async () => {
    rfkill('soft');
    file('sys/class/rfkill/rfkill0/type', 'bluetooth\n');
    expect(await check('rfkill')).to.include({ state: 'ok' });
  });

  it('say that the bus cannot be reached, and how the rest is', async () => {
    const bus = throwError(() => ({ operation: 'connect', code: 'ENOENT', detail: 'no such file' }));
    const names = (await linuxChecks({ bus, root })).map(({ name }) => name);
    expect(names).to.deep.equal(['Wi-Fi interfaces', 'rfkill', 'D-Bus', 'vsock', 'vhost-vsock']);
    expect(await check('D-Bus', bus)).to.include({ state: 'missing', detail: 'no such file' });
  });

  it('wait 5 s for the bus', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    try {
      let isOver = false;
      const checks = linuxChecks({ bus: NEVER, root }).finally(() => {
        isOver = true;
      });
      clock.tick(4999);
      await new Promise((resolve) => setImmediate(resolve));
      expect(isOver).to.equal(false);
      clock.tick(1);
      expect((await checks).find(({ name }) => name === 'D-Bus')).to.include({
        state: 'missing',
        detail: 'the system bus does not answer',
      });
    } finally {
      clock.restore();
    }
  });

  it('tell a wpa_supplicant that does not run, has no interface, or may not be talked to', async () => {
    supplicant.bus.put(wpa.path, { Interfaces: [] });
    expect((await check('wpa_supplicant'))?.detail).to.equal('it runs, but has no interface');
    supplicant.bus.forbid(wpa.path);
    expect((await check('wpa_supplicant'))?.detail).to.equal('this user may not talk to it');
    supplicant.bus.owners.clear();
    expect((await check('wpa_supplicant'))?.detail).to.equal('it is not on the system bus');
  });

  describe('with NetworkManager', () => {
    const permit = (answer: string): void =>
      supplicant.bus.method('GetPermissions', () =>
        E.right([
          {
            [`${manager}.network-control`]: 'yes',
            [`${manager}.settings.modify.system`]: answer,
          },
        ]),
      );

    beforeEach(() => {
      supplicant.bus.owners.add(manager);
      supplicant.bus.put('/device', { Managed: true });
      supplicant.bus.method('GetDeviceByIpIface', () => E.right(['/device']));
    });

    it('name the interfaces that it connects', async () => {
      permit('yes');
      expect(await check('NetworkManager')).to.include({
        state: 'ok',
        detail: 'connections of wlan0 are made through it',
      });
    });

    it('name the permission that this user lacks', async () => {
      permit('auth');
      const result = await check('NetworkManager');
      expect(result).to.include({ state: 'limited' });
      expect(result?.detail).to.include('settings.modify.system').and.not.include('network-control');
    });

    it('leave interfaces alone that it does not manage', async () => {
      supplicant.bus.put('/device', { Managed: false });
      supplicant.bus.put(wlan0, { Ifname: 'wlan0' });
      expect((await check('NetworkManager'))?.detail).to.include(
        'connections are made through wpa_supplicant',
      );
    });
  });
});
