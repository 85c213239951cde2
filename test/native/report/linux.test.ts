/** The survey of a Linux host, over a bus of the test's own. */
import os from 'node:os';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { map, NEVER, throwError } from 'rxjs';
import sinon from 'sinon';
import { linuxChecks } from '../../../native/linux/checks.js';
import { wpa } from '../../../native/linux/wpa-objects.js';
import { linuxSurvey } from '../../../native/report/linux.js';
import { type HostReport, reportHost } from '../../../native/report/report.js';
import { tracedBus } from '../../../native/traced-bus.js';
import { plain } from '../linux/fake-bus.js';
import { capturedBsss, FakeSupplicant, wlan0 } from '../linux/fake-supplicant.js';

const ports = { request: 12345, notification: 12346 };

describe('the report of a Linux host', () => {
  let supplicant: FakeSupplicant;

  beforeEach(() => {
    supplicant = new FakeSupplicant();
    const paths = capturedBsss.map((bss, i) => {
      const path = `${wlan0}/BSSs/${i}`;
      supplicant.bus.put(path, bss);
      return path;
    });
    supplicant.bus.put(wlan0, { BSSs: paths });
  });

  const report = (patience = 50): Promise<HostReport> => {
    const bus = supplicant.bus.open.pipe(map(tracedBus));
    return reportHost(ports, {
      check: () => linuxChecks({ bus }),
      survey: async () => linuxSurvey({ bus, patience }),
    });
  };

  it('has each call on the bus with what it gave, and what was found in numbers', async () => {
    supplicant.network({ ssid: 'Harbour Cafe' });
    supplicant.bus.put(wlan0, {
      CurrentAuthMode: 'WPA2-PSK',
      Capabilities: { KeyMgmt: ['none', 'wpa-psk', 'sae'], MaxScanSSID: 4 },
    });
    supplicant.bus.method('Scan', () => {
      supplicant.bus.put(wlan0, { BSSs: capturedBsss.slice(1).map((_, i) => `${wlan0}/BSSs/${i}`) });
      setImmediate(() => {
        supplicant.bus.emit('/another', wpa.interface, 'ScanDone', false);
        supplicant.bus.emit(wlan0, wpa.interface, 'ScanStarted', false);
        supplicant.bus.emit(wlan0, wpa.interface, 'ScanDone', true);
      });
      return E.right([]);
    });
    const begun = performance.now();
    const { calls, found, notCalled } = await report(5_000);
    const passed = Math.ceil(performance.now() - begun);
    const [one] = (found.wpaSupplicant as { interfaces: readonly Record<string, unknown>[] }).interfaces;
    const { scan, ...rest } = one ?? {};
    expect(rest).to.deep.equal({
      state: 'disconnected',
      driver: 'nl80211',
      authMode: 'WPA2.PSK',
      keyManagement: { none: 1, 'wpa-psk': 1, sae: 1 },
      maxScanSsids: 4,
      accessPoints: capturedBsss.length,
      savedNetworks: 1,
      accessPointsAfter: capturedBsss.length - 1,
    });
    expect(scan).to.include({ end: 'ScanDone' });
    expect(
      plain(supplicant.bus.last('Scan')?.body?.[0]),
      'the host does not change its access point',
    ).to.deep.equal({ Type: 'active', AllowRoam: false });
    expect(scan).to.have.property('after').that.is.within(0, passed);
    const onBus = calls.filter(({ library }) => library === 'D-Bus');
    expect(onBus.map(({ operation, result }) => `${operation} ${result}`)).to.include.members([
      'org.freedesktop.DBus.NameHasOwner ok',
      'org.freedesktop.DBus.Properties.GetAll ok',
      'fi.w1.wpa_supplicant1.Interface.Scan ok',
    ]);
    expect(calls.some(({ library, operation }) => library === 'libc' && operation === 'socket')).to.equal(
      true,
    );
    expect(Object.keys(found)).to.deep.equal(['wpaSupplicant', 'vsock']);
    // As this machine has AF_VSOCK: a connection, or the call that has failed.
    expect(found.vsock).to.satisfy(
      (vsock: Record<string, unknown>) =>
        'connect' in vsock || (vsock.failed === 'listen' && 'code' in vsock),
    );
    expect(notCalled).to.include('fi.w1.wpa_supplicant1.Interface.SelectNetwork').and.have.length(5);
    for (const name of notCalled) expect(supplicant.bus.called.join()).to.not.include(name.split('.').at(-1));
  });

  it('says what a refusal says, and that a scan had no end', async () => {
    supplicant.bus.method('Scan', () => E.right([]));
    const silent = await report();
    expect(JSON.stringify(silent.found)).to.include('"end":"nothing"');
    supplicant.bus.forbid(wpa.path);
    const refused = await report();
    expect(refused.found.wpaSupplicant).to.deep.equal({
      failed: true,
      code: 'org.freedesktop.DBus.Error.AccessDenied',
    });
  });

  it('says that there is no bus', async () => {
    const bus = throwError(() => ({ operation: 'connect', code: 'ENOENT', detail: 'at /home/jane/bus' }));
    const found = await linuxSurvey({ bus, patience: 50 }).look();
    expect(found.wpaSupplicant).to.deep.equal({ failed: true, code: 'ENOENT' });
  });

  it('waits 12 s for the bus', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    try {
      let isOver = false;
      const found = linuxSurvey({ bus: NEVER })
        .look()
        .finally(() => {
          isOver = true;
        });
      clock.tick(11_999);
      await new Promise((resolve) => setImmediate(resolve));
      expect(isOver).to.equal(false);
      clock.tick(1);
      expect((await found).wpaSupplicant).to.deep.equal({ failed: true, code: 'unreachable' });
    } finally {
      clock.restore();
    }
  });

  it('says that the bus does not answer', async () => {
    const found = await linuxSurvey({ bus: NEVER, patience: 1 }).look();
    expect(found.wpaSupplicant).to.deep.equal({ failed: true, code: 'unreachable' });
  });

  it('has no name, no address and no key in it', async () => {
    supplicant.bus.method('Scan', () =>
      E.left({ operation: 'Scan', code: 'Harbour Cafe', detail: 'at Harbour Cafe' }),
    );
    const text = JSON.stringify(await report());
    const secrets = [
      'wlan0',
      'Harbour',
      os.hostname(),
      os.userInfo().homedir,
      ...capturedBsss.flatMap(({ SSID, BSSID, IEs }) => {
        const [ssid, bssid, elements] = [SSID, BSSID, IEs] as Buffer[];
        return [
          ssid?.toString('latin1') ?? '',
          ssid?.toString('hex') ?? '',
          bssid?.toString('hex') ?? '',
          bssid?.toString('hex').match(/../g)?.join(':') ?? '',
          elements?.toString('hex') ?? '',
        ];
      }),
    ].filter((secret) => secret.length > 2);
    expect(secrets.length).to.be.greaterThan(10);
    for (const secret of secrets) expect(text.toLowerCase()).to.not.include(secret.toLowerCase());
    expect(text)
      .to.not.match(/([0-9a-f]{2}:){5}[0-9a-f]{2}/i)
      .and.not.match(/\b\d+\.\d+\.\d+\.\d+\b/);
  });
});
