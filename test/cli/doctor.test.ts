import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { doctor } from '../../cli/doctor.js';
import type { HostCheck, HostReport } from '../../native/index.js';
import { code } from '../../native/report/findings.js';
import { KeptTerminal, ran } from './kept-terminal.js';

const checks: readonly HostCheck[] = [
  { name: 'Node', state: 'ok', detail: 'v20.19.0' },
  { name: 'D-Bus', state: 'missing', detail: 'the system bus does not answer', fix: 'systemctl start dbus' },
  { name: 'vhost-vsock', state: 'limited', detail: 'no /dev/vhost-vsock', fix: 'modprobe vhost_vsock' },
];

describe('proxy-wifi doctor', () => {
  it('has a line for each thing in columns, below it what to do, and ends with 0 although things are missing', async () => {
    const terminal = new KeptTerminal();
    expect(await doctor({}, terminal, sinon.fake.resolves(checks))).to.equal(0);
    expect(terminal.lines).to.deep.equal([
      'ok       Node         v20.19.0',
      'missing  D-Bus        the system bus does not answer',
      '                      → systemctl start dbus',
      'limited  vhost-vsock  no /dev/vhost-vsock',
      '                      → modprobe vhost_vsock',
    ]);
    expect(terminal.complaints).to.deep.equal([]);
  });

  it('colours the state alone, where there is colour', async () => {
    const out = sinon.fake<[string], void>();
    await doctor({}, { ...new KeptTerminal(), out, colour: true }, sinon.fake.resolves(checks));
    expect(out.args.flat().filter((line) => line.includes('\u001b'))).to.deep.equal([
      '\u001b[32mok     \u001b[39m  Node         v20.19.0',
      '\u001b[31mmissing\u001b[39m  D-Bus        the system bus does not answer',
      '\u001b[33mlimited\u001b[39m  vhost-vsock  no /dev/vhost-vsock',
    ]);
  });

  it('gives programs the same as one line of JSON', async () => {
    const terminal = new KeptTerminal();
    expect(await doctor({ json: true }, terminal, sinon.fake.resolves(checks))).to.equal(0);
    expect(terminal.lines.map((line) => JSON.parse(line))).to.deep.equal([{ checks }]);
  });

  it('looks at the ports of the flags, which are 12345 and 12346 where there are none', async () => {
    const check = sinon.fake.resolves(checks);
    await doctor({}, new KeptTerminal(), check);
    await doctor({ requestPort: '2000', notificationPort: '2001' }, new KeptTerminal(), check);
    expect(check.args).to.deep.equal([
      [{ request: 12345, notification: 12346 }],
      [{ request: 2000, notification: 2001 }],
    ]);
  });

  it('names all wrong ports at once with exit code 2, and looks at nothing', async () => {
    const check = sinon.fake.resolves(checks);
    const terminal = new KeptTerminal();
    expect(await doctor({ requestPort: '0', notificationPort: 'x' }, terminal, check)).to.equal(2);
    expect(terminal.complaints).to.deep.equal([
      'error: --request-port: expected a whole number from 1 to 65535, found "0"',
      'error: --notification-port: expected a whole number from 1 to 65535, found "x"',
    ]);
    sinon.assert.notCalled(check);
  });

  it('looks at this very host when it is typed', async () => {
    const { code, out, err } = await ran(['doctor', '--json']);
    expect([code, err]).to.deep.equal([0, '']);
    expect(JSON.parse(out).checks[0]).to.deep.equal({ name: 'Node', state: 'ok', detail: process.version });
  }).timeout(20_000);

  describe('with --report', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-report-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    const report: HostReport = {
      format: 1,
      made: '2026-01-01T00:00:00.000Z',
      versions: { 'proxy-wifi': '1.0.0', node: 'v20.19.0', system: 'Linux 6.1' },
      platform: 'linux-x64',
      processors: 2,
      checks: [],
      found: {},
      calls: [{ at: 1, library: 'wlanapi', operation: 'WlanScan', milliseconds: 1, result: code('ok') }],
      callsLeftOut: 2,
      notCalled: [],
    };

    it('writes the report of this host to the file, and says what is in it', async () => {
      const file = join(folder, 'report.json');
      const terminal = new KeptTerminal();
      const make = sinon.fake.resolves(report);
      const check = sinon.fake.resolves(checks);
      expect(await doctor({ report: file, requestPort: '2000' }, terminal, check, make)).to.equal(0);
      sinon.assert.calledOnceWithExactly(make, { request: 2000, notification: 12346 });
      expect(JSON.parse(await readFile(file, 'utf8'))).to.deep.equal(report);
      expect(terminal.lines.join()).to.include(`Written to ${file}: what 3 calls`);
    });

    it('says why the file cannot be written', async () => {
      const terminal = new KeptTerminal();
      const make = sinon.fake.resolves(report);
      expect(await doctor({ report: folder }, terminal, sinon.fake.resolves(checks), make)).to.equal(1);
      expect(terminal.complaints.join()).to.include('EISDIR');
    });

    it('looks at this very host when it is typed, and tells nobody its name', async () => {
      const file = join(folder, 'report.json');
      expect(await ran(['doctor', '--report', file])).to.include({ code: 0, err: '' });
      const text = await readFile(file, 'utf8');
      expect(JSON.parse(text)).to.include({ format: 1, platform: `${process.platform}-${process.arch}` });
      expect(text).to.not.include(hostname());
    }).timeout(30_000);
  });

  it('says in its help what its exit code means', async () => {
    const { out } = await ran(['doctor', '--help']);
    expect(out.replaceAll(/\s+/g, ' ')).to.include('exit code 0 whatever is missing');
  });
});
