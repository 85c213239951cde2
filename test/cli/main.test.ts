import { expect } from 'chai';
import { endAll, endOf, startCli } from './cli-process.js';

describe('the program proxy-wifi', function () {
  this.timeout(60_000);
  afterEach(endAll);

  it('ends with 0 for what was asked for, 1 for what failed and 2 for what was typed wrongly', async () => {
    const nobody = ['guest', 'scan', '--endpoint', 'unix:///nowhere/at/all.vsock'];
    const [help, failure, usage] = await Promise.all([
      endOf(['--help']),
      endOf(nobody),
      endOf(['serve', '--now']),
    ]);
    expect([help.code, failure.code, usage.code]).to.deep.equal([0, 1, 2]);
    expect(failure.err).to.match(/^error: connect unix:\/\/\/nowhere.*ENOENT/);
    for (const { err } of [failure, usage]) expect(err).not.to.match(/\n\s+at /);
  });

  it('has nothing to say when nobody reads its output any more', async () => {
    const demo = startCli(['demo']);
    await demo.says(/The host listens/);
    demo.stopReading();
    const { code, err } = await demo.ended;
    expect(err).to.equal('');
    expect(code).to.equal(0);
  });
});
