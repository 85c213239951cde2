import { createServer } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { doctor } from '../../cli/doctor.js';
import { register } from '../../cli/register.js';
import type { HostCheck } from '../../index.js';

/** A terminal that only keeps what is written. */
const keeping = () => ({
  out: sinon.fake<[string], void>(),
  err: sinon.fake<[string], void>(),
  colour: false,
  ask: undefined,
  readInput: sinon.fake.resolves(''),
});

const linesOf = (spy: sinon.SinonSpy<[string], void>): readonly string[] => spy.args.map(([line]) => line);

describe('proxy-wifi doctor', () => {
  it('has a line for each thing, says how to fix what is missing, and ends with 0', async () => {
    const terminal = keeping();
    expect(await doctor({}, terminal)).to.equal(0);
    const lines = linesOf(terminal.out);
    expect(lines.length).to.be.greaterThan(4);
    for (const line of lines) expect(line).to.match(/^(ok {5}|limited|missing) {2}\S/);
    for (const line of lines.filter((text) => text.startsWith('missing'))) expect(line).to.match(/\n +→ \S/);
    expect(terminal.err.callCount).to.equal(0);
  }).timeout(20_000);

  it('tells the same as JSON to programs', async () => {
    const terminal = keeping();
    expect(await doctor({ json: true }, terminal)).to.equal(0);
    const [text = ''] = linesOf(terminal.out);
    const { checks } = JSON.parse(text) as { readonly checks: readonly HostCheck[] };
    expect(checks.map(({ name }) => name)).to.include.members([
      'Node',
      'native calls',
      'port 12345',
      'port 12346',
    ]);
    expect(checks.find(({ name }) => name === 'Node')).to.deep.equal({
      name: 'Node',
      state: 'ok',
      detail: process.version,
    });
  }).timeout(20_000);

  it('finds a port that is taken, and says what to do', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const terminal = keeping();
    await doctor({ requestPort: String(port) }, terminal);
    server.close();
    const line = linesOf(terminal.out).find((text) => text.includes(`port ${port}`));
    expect(line).to.match(/^limited .*EADDRINUSE.*\n +→ .*--request-port/);
  }).timeout(20_000);

  it('refuses a port that is none with exit code 2', async () => {
    const terminal = keeping();
    expect(await doctor({ notificationPort: '0' }, terminal)).to.equal(2);
    expect(linesOf(terminal.err)).to.deep.equal([
      'error: --notification-port: expected a port from 1 to 65535, got "0"',
    ]);
  });
});

describe('proxy-wifi register', () => {
  for (const port of ['0', '65536', 'x', '12345 '])
    it(`refuses --port ${JSON.stringify(port)} with exit code 2 and changes nothing`, async () => {
      const terminal = keeping();
      expect(await register({ port: [port] }, terminal)).to.equal(2);
      expect(linesOf(terminal.err)).to.have.length(1);
    });

  if (process.platform !== 'win32')
    it('says elsewhere than on Windows that there is nothing to register, with exit code 1', async () => {
      const terminal = keeping();
      expect(await register({}, terminal)).to.equal(1);
      expect(linesOf(terminal.err)[0]).to.match(/^error: Hyper-V's registry of services is on Windows only/);
      expect(terminal.out.callCount).to.equal(0);
    });
});
