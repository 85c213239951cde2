/** The report of a Windows host, with the stand-in as its Wlan API. */
import os from 'node:os';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { type HostReport, reportHost } from '../../native/report/report.js';
import { windowsSurvey } from '../../native/report/windows.js';
import { windowsChecks } from '../../native/windows/checks.js';
import { bssidBytes } from '../../protocol/bssid.js';
import { hexOf } from '../../protocol/hex.js';
import { cast } from '../compliance/radio-stage.js';
import { address } from './commands.js';
import { bssOf, show } from './rig.js';
import { StandIn, standInPath } from './stand-in.js';

const { open, secured } = cast;
const ports = { request: 12345, notification: 12346 };
const vmId = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';

describe('the report of a Windows host', () => {
  const standIn = new StandIn();
  let guid = '';

  beforeEach(() => {
    standIn.reset();
    guid = standIn.interface(0, 'Adapter of Jane Doe');
    for (const network of [open, secured]) show(standIn, network);
    standIn.tell(`saved 0 ${address(secured)} At Jane's`);
    standIn.tell('cache 0');
    standIn.tell(`connected 0 ${address(secured)}`);
  });

  afterEach(() => {
    expect(standIn.tell('handles')).to.equal(0);
    expect(standIn.tell('outstanding')).to.equal(0);
  });

  const report = (patience = 5_000): Promise<HostReport> =>
    reportHost(ports, {
      check: () => windowsChecks({ ports: [12345, 12346], dll: standInPath }),
      survey: async () =>
        windowsSurvey({
          ports: [12345, 12346],
          dll: standInPath,
          patience,
          wsl: async (parameters) =>
            E.right({ code: 0, output: Buffer.from(parameters[0] === '--list' ? 'Janes Ubuntu\n' : vmId) }),
        }),
    });

  const resultsOf = ({ calls }: HostReport, operation: string): readonly string[] =>
    calls.filter((call) => call.operation === operation).map(({ result }) => result);

  it('has every call of the Wlan API that changes nothing, and none that does', async () => {
    const whole = await report();
    for (const operation of [
      'WlanOpenHandle',
      'WlanRegisterNotification',
      'WlanEnumInterfaces',
      'WlanQueryInterface',
      'WlanGetNetworkBssList',
      'WlanGetAvailableNetworkList',
      'WlanScan',
      'WlanCloseHandle',
      'RegOpenKeyExW',
    ])
      expect(resultsOf(whole, operation).length, operation).to.be.greaterThan(0);
    expect(resultsOf(whole, 'notification ACM 7')).to.deep.equal(['0 bytes']);
    expect(whole.notCalled).to.include.members(['WlanConnect', 'WlanDisconnect', 'RegSetValueExW']);
    for (const operation of whole.notCalled) expect(resultsOf(whole, operation), operation).to.deep.equal([]);
    expect(standIn.tell('calls WlanConnect') + standIn.tell('calls WlanDisconnect')).to.equal(0);
  });

  it('has what was found in numbers: connection, access points, security, scan, sockets, WSL', async () => {
    const { found } = await report();
    const { interfaces } = found.wlan as unknown as { interfaces: readonly Record<string, unknown>[] };
    const { scan, ...rest } = interfaces[0] ?? {};
    const elementBytes = [open, secured].reduce((sum, network) => sum + bssOf(network).elements.length, 0);
    const accessPoints = { count: 2, elementBytes, withoutSignal: 0 };
    expect(rest).to.deep.equal({
      connection: { connected: true, mode: 4, hasProfile: true, signalQuality: 80 },
      accessPoints,
      networks: { count: 2, authAndCipher: { '1/0': 1, '7/4': 1 }, notConnectable: {} },
      accessPointsAfter: accessPoints,
    });
    expect(scan).to.include({ end: 'scan.complete' });
    expect(scan).to.have.property('after').that.is.at.least(0);
    expect(Object.keys(found)).to.deep.equal(['elevated', 'wlan', 'hyperV', 'registry', 'wsl']);
    expect(found.registry).to.deep.equal({ 'not.registered': 2 });
    expect(found.hyperV).to.deep.equal({ failed: 'listen', code: 'EAFNOSUPPORT' });
    expect(found.wsl).to.deep.equal({ running: 1, hasId: true });
    expect(found.elevated).to.be.a('boolean');
  });

  it('has the code of each call that is denied, and goes on', async () => {
    for (const what of [
      'WlanQueryInterface',
      'WlanGetNetworkBssList',
      'WlanGetAvailableNetworkList',
      'WlanScan',
      'msm',
    ])
      standIn.tell(`deny ${what}`);
    const whole = await report();
    const { withheld, interfaces } = whole.found.wlan as unknown as {
      withheld: string;
      interfaces: readonly Record<string, { failed: string; code: string }>[];
    };
    expect(withheld).to.equal('ERROR_ACCESS_DENIED');
    for (const [what, call] of [
      ['connection', 'WlanQueryInterface'],
      ['accessPoints', 'WlanGetNetworkBssList'],
      ['networks', 'WlanGetAvailableNetworkList'],
      ['scan', 'WlanScan'],
    ] as const)
      expect(interfaces[0]?.[what]).to.deep.equal({ failed: call, code: 'ERROR_ACCESS_DENIED' });
    expect(resultsOf(whole, 'WlanScan')).to.deep.equal(['ERROR_ACCESS_DENIED']);
  });

  it('says that a scan had no end, that the service does not run, and that there is no DLL', async () => {
    standIn.tell('scan 0 0 silent');
    expect(JSON.stringify((await report(50)).found)).to.include('"end":"nothing"');
    standIn.tell('service stop');
    expect((await report()).found.wlan).to.deep.equal({
      failed: 'WlanOpenHandle',
      code: 'ERROR_SERVICE_NOT_ACTIVE',
    });
    const none = await windowsSurvey({ ports: [], dll: 'C:\\none.dll', patience: 50 }).look();
    expect(none.wlan).to.deep.equal({ failed: 'LoadLibrary', code: 'ERROR_MOD_NOT_FOUND' });
    expect(none.wsl).to.deep.include({ failed: 'wsl.exe' });
  });

  it('has no name, no address and no key in it', async () => {
    const text = JSON.stringify(await report()).toLowerCase();
    const secrets = [
      'jane',
      'adapter of',
      guid,
      vmId,
      os.hostname(),
      ...[open, secured].flatMap((network) => [
        network.ssid,
        Buffer.from(network.ssid).toString('hex'),
        network.bssid,
        hexOf(bssidBytes(network.bssid)),
        hexOf(bssOf(network).elements),
      ]),
    ];
    for (const secret of secrets) expect(text).to.not.include(secret.toLowerCase());
    expect(text)
      .to.not.match(/([0-9a-f]{2}:){5}[0-9a-f]{2}/)
      .and.not.match(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  });
});
