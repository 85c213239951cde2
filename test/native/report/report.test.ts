import { createRequire } from 'node:module';
import os from 'node:os';
import { expect } from 'chai';
import fc from 'fast-check';
import type { HostCheck } from '../../../native/check.js';
import { callBegins } from '../../../native/native-calls.js';
import { code, rounded, type Survey, tally } from '../../../native/report/findings.js';
import { reportHost } from '../../../native/report/report.js';

const { version }: { readonly version: string } = createRequire(import.meta.url)('proxy-wifi/package.json');

const ports = { request: 12345, notification: 12346 };
const checks: readonly HostCheck[] = [
  { name: 'Wi-Fi interfaces', state: 'ok', detail: 'Adapter of Jane' },
  { name: 'Wlan service', state: 'missing', detail: 'Jane has stopped it', fix: 'ask Jane' },
];

const reporting = (look: Survey['look']) =>
  reportHost(ports, {
    check: async () => checks,
    survey: async () => ({ look, notCalled: ['WlanConnect'] }),
  });

describe('a report of a host', () => {
  it('has each call while it is made, in order, with its time and result', async () => {
    const begun = Date.now();
    const started = performance.now();
    callBegins('wlanapi', 'before')('ok');
    const report = await reporting(async () => {
      callBegins('wlanapi', 'WlanScan')('ERROR_ACCESS_DENIED');
      callBegins('ws2_32', 'bind')('EACCES');
      return { elevated: false };
    });
    callBegins('wlanapi', 'after')('ok');
    expect(
      report.calls.map(({ library, operation, result }) => `${library} ${operation} ${result}`),
    ).to.deep.equal(['wlanapi WlanScan ERROR_ACCESS_DENIED', 'ws2_32 bind EACCES']);
    const passed = Math.ceil(performance.now() - started);
    for (const { at, milliseconds } of report.calls) {
      expect(at).to.be.within(0, passed);
      expect(milliseconds).to.be.at.least(0);
    }
    expect(report).to.deep.include({ format: 1, found: { elevated: false }, notCalled: ['WlanConnect'] });
    expect(report.versions).to.deep.equal({
      'proxy-wifi': version,
      node: process.version,
      system: `${os.type()} ${os.release()}`,
    });
    expect(report).to.include({
      platform: `${process.platform}-${process.arch}`,
      processors: os.cpus().length,
      callsLeftOut: 0,
    });
    expect(Date.parse(report.made)).to.be.within(begun, Date.now());
  });

  it('has the states of the checks, and not their sentences', async () => {
    const report = await reporting(async () => ({}));
    expect(report.checks).to.deep.equal([
      { name: 'Wi-Fi interfaces', state: 'ok' },
      { name: 'Wlan service', state: 'missing' },
    ]);
    expect(JSON.stringify(report)).to.not.include('Jane');
  });

  it('counts the calls that are too many to be shown', async () => {
    const report = await reporting(async () => {
      for (let i = 0; i < 2_010; i++) callBegins('ws2_32', 'recv')('EWOULDBLOCK');
      return {};
    });
    expect([report.calls.length, report.callsLeftOut]).to.deep.equal([2_000, 10]);
  });

  it('stops listening although the survey fails', async () => {
    let failure: unknown;
    await reporting(async () => {
      throw new Error('broken');
    }).catch((error: unknown) => {
      failure = error;
    });
    expect(failure).to.be.an('error');
    expect(callBegins('wlanapi', 'one'), 'a call that nobody hears').to.equal(callBegins('wlanapi', 'other'));
  });

  it('takes for codes what systems have for codes, and no text of any other kind', () => {
    for (const good of [
      'ERROR_ACCESS_DENIED',
      'error 4711',
      'WSA error 10999',
      'exit code 4294967295',
      '572 bytes',
      'not made',
      '4way_handshake',
      'org.freedesktop.DBus.Error.AccessDenied',
      'ok',
    ])
      expect(code(good)).to.equal(good);
    for (const bad of [
      'Harbour Cafe',
      'C:\\Users\\jane',
      '02:00:00:00:01:02',
      '192.168.0.7',
      '',
      'Jane Doe 1',
    ])
      expect(code(bad)).to.equal('text that is no code');
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(code(`${text} `)).to.equal('text that is no code');
      }),
    );
  });

  it('has times to the tenth of a millisecond', () => {
    expect([0, 1234.56, 0.04, 0.05, 7].map(rounded)).to.deep.equal([0, 1234.6, 0, 0.1, 7]);
  });

  it('counts what comes several times', () => {
    expect(tally([7, '7/4', 7])).to.deep.equal({ 7: 2, '7/4': 1 });
  });
});
