import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { serviceSupervisor, unixAddress } from '../../../native/linux/systemd.js';
import { listenAt } from './notify-socket.js';

if (process.platform === 'linux')
  describe('systemd', () => {
    let folder = '';
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-notify-'));
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));
    const fail = (problem: string): never => expect.fail(problem);

    for (const abstract of [false, true])
      it(`hears when the service is ready, reads its settings again and stops, at ${abstract ? 'an abstract' : 'a'} socket`, async () => {
        const name = abstract ? `@proxy-wifi-${process.pid}` : join(folder, 'notify');
        const systemd = listenAt(name);
        const supervisor = await serviceSupervisor({ NOTIFY_SOCKET: name }, fail);
        supervisor?.ready('guests at\ntcp://127.0.0.1');
        expect(await systemd.next()).to.equal('READY=1\nSTATUS=guests at tcp://127.0.0.1\n');
        supervisor?.reloading();
        expect(await systemd.next()).to.match(/^RELOADING=1\nMONOTONIC_USEC=\d+\n$/);
        supervisor?.ready('again');
        expect(await systemd.next()).to.include('READY=1');
        supervisor?.stopping();
        expect(await systemd.next()).to.include('STOPPING=1');
        systemd.close();
      });

    it('has an address with a zero at the end of a path, and at the beginning of an abstract name', () => {
      const bytesOf = (name: string) => Buffer.from(unixAddress(name) ?? []).toString('latin1');
      expect(bytesOf('/run/notify')).to.equal('\u0001\0/run/notify\0');
      expect(bytesOf('@notify')).to.equal('\u0001\0\0notify');
      expect(unixAddress(`/${'x'.repeat(106)}`)).to.have.length(2 + 108);
      expect(unixAddress(`/${'x'.repeat(107)}`), 'no room for the zero').to.equal(undefined);
    });

    it('gets signs of life while the service runs, if it watches this very process', async () => {
      const name = join(folder, 'notify');
      const systemd = listenAt(name);
      const env = { NOTIFY_SOCKET: name, WATCHDOG_USEC: '20000', WATCHDOG_PID: String(process.pid) };
      const supervisor = await serviceSupervisor(env, fail);
      supervisor?.ready('');
      await systemd.next();
      expect([await systemd.next(), await systemd.next()]).to.deep.equal(['WATCHDOG=1\n', 'WATCHDOG=1\n']);
      supervisor?.stopping();
      let said = await systemd.next();
      while (said === 'WATCHDOG=1\n') said = await systemd.next();
      expect(said).to.include('STOPPING=1');
      systemd.close();
    });

    let names = 0;
    const beatIn = async (env: Record<string, string>): Promise<readonly unknown[]> => {
      const name = `@proxy-wifi-beat-${process.pid}-${names++}`;
      const systemd = listenAt(name);
      const timer = { unref: () => timer };
      const intervals = sinon.stub(globalThis, 'setInterval').returns(timer as never);
      try {
        const supervisor = await serviceSupervisor({ NOTIFY_SOCKET: name, ...env }, fail);
        supervisor?.ready('');
        supervisor?.ready('');
        return intervals.args.map(([, milliseconds]) => milliseconds);
      } finally {
        intervals.restore();
        systemd.close();
      }
    };

    it('gets a sign of life in half of its time, and none where it does not watch this process', async () => {
      expect(await beatIn({ WATCHDOG_USEC: '30000000' })).to.deep.equal([15_000]);
      expect(await beatIn({ WATCHDOG_USEC: '5001999' })).to.deep.equal([2500]);
      expect(await beatIn({ WATCHDOG_USEC: '1' })).to.deep.equal([1]);
      expect(await beatIn({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) })).to.deep.equal([
        15_000,
      ]);
      expect(await beatIn({ WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' })).to.deep.equal([]);
      for (const none of ['0', '-1', 'x', ''])
        expect(await beatIn({ WATCHDOG_USEC: none })).to.deep.equal([]);
      expect(await beatIn({})).to.deep.equal([]);
    });

    it('hears since when the settings are read again, on the clock that it has itself', async () => {
      const systemd = listenAt(join(folder, 'notify'));
      const supervisor = await serviceSupervisor({ NOTIFY_SOCKET: join(folder, 'notify') }, fail);
      const [before, , after] = [
        process.hrtime.bigint() / 1000n,
        supervisor?.reloading(),
        process.hrtime.bigint() / 1000n,
      ];
      const [, since = '0'] = /^MONOTONIC_USEC=(\d+)$/m.exec(await systemd.next()) ?? [];
      expect(BigInt(since) >= before && BigInt(since) <= after).to.equal(true);
      systemd.close();
    });

    it('is not there on other systems', async () => {
      const platform = sinon.stub(process, 'platform').value('darwin');
      expect(await serviceSupervisor({ NOTIFY_SOCKET: join(folder, 'notify') }, fail)).to.equal(undefined);
      platform.restore();
    });

    it('is not there for a service that somebody has started by hand, and a socket that is gone ends nothing', async () => {
      expect(await serviceSupervisor({}, fail)).to.equal(undefined);
      expect(await serviceSupervisor({ NOTIFY_SOCKET: '' }, fail)).to.equal(undefined);
      const faults: string[] = [];
      const supervisor = await serviceSupervisor({ NOTIFY_SOCKET: join(folder, 'none') }, (problem) =>
        faults.push(problem),
      );
      supervisor?.ready('');
      expect(faults).to.deep.equal(['sendto: ENOENT']);
      expect(
        await serviceSupervisor({ NOTIFY_SOCKET: 'vsock:2:1' }, (problem) => faults.push(problem)),
      ).to.equal(undefined);
      expect(faults[1]).to.match(/^NOTIFY_SOCKET: expected/);
    });
  });
