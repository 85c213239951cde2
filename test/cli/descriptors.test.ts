/** A service whose process may open few files: real processes under a real limit. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { encodeRequest } from '../../protocol/index.js';
import { driverExchange } from './driver-exchange.js';
import { freePort, newFolder, nextAddress } from './serving.js';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

const scanRequest = encodeRequest({ operation: 'scan', ssid: { _tag: 'None' } });

if (process.platform === 'linux')
  describe('serve without descriptors', function () {
    this.timeout(120_000);
    let folder: Awaited<ReturnType<typeof newFolder>>;
    let child: ReturnType<typeof spawn> | undefined;

    beforeEach(async () => {
      folder = await newFolder();
    });
    afterEach(async () => {
      child?.kill('SIGKILL');
      await folder.remove();
    });

    it('guests 8: says so once for each endpoint, keeps some for itself, serves who is there, and whoever comes once there are some', async () => {
      const host = nextAddress();
      const [port, machine] = [await freePort(host), folder.path('vm')];
      const endpoints = ['--listen', `tcp://${host}:${port}`, '--listen', `unix://${machine}`];
      const service = spawn(
        'bash',
        [
          '-c',
          'ulimit -n 96 && exec "$@"',
          'bash',
          process.execPath,
          ...['--import', 'tsx', main, 'serve', '--log-json', '--state', 'none', ...endpoints],
        ],
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      child = service;
      const lines: { readonly endpoint?: string; readonly code?: string; readonly times?: number }[] = [];
      let text = '';
      const running = new Promise<void>((resolve) => {
        service.stderr.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
          const whole = text.split('\n');
          text = whole.pop() ?? '';
          lines.push(...whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)));
          if (whole.some((line) => line.includes('"state":"running"'))) resolve();
        });
      });
      await running;
      const saidOf = (scheme: string) =>
        lines.filter(({ endpoint, code }) => endpoint?.startsWith(scheme) && code === 'EMFILE');

      const come = async (options: NetConnectOpts): Promise<{ socket: Socket; isRefused: boolean }> => {
        const socket = connect(options);
        socket.on('error', () => undefined);
        socket.resume();
        // The header of a request: it has a place, and waits for the rest.
        socket.write(scanRequest.subarray(0, 3));
        const refused = new Promise<boolean>((resolve) => socket.once('close', () => resolve(true)));
        const kept = new Promise<boolean>((resolve) => setTimeout(resolve, 300, false));
        return { socket, isRefused: await Promise.race([refused, kept]) };
      };
      const guests: Socket[] = [];
      const first = nextAddress();
      let refused = 0;
      while (refused < 5) {
        const addresses = [nextAddress(), nextAddress()];
        const came = await Promise.all(
          addresses.flatMap((localAddress) =>
            Array.from({ length: 12 }, () => come({ host, port, localAddress })),
          ),
        );
        refused += came.filter(({ isRefused }) => isRefused).length;
        guests.push(...came.map(({ socket }) => socket));
      }
      expect((await come({ path: `${machine}_12345` })).isRefused, 'the Unix socket too').to.equal(true);
      for (const scheme of ['tcp://', 'unix://'])
        while (saidOf(scheme).length === 0) await once(service.stderr, 'data');
      expect(saidOf('tcp://')).to.have.length(1);
      expect(saidOf('tcp://')[0]).to.include({ times: 1 });
      expect(saidOf('unix://')).to.have.length(1);

      for (const guest of guests) guest.destroy();
      let size = 0;
      while (size === 0)
        size = await driverExchange({ host, port, localAddress: first }, scanRequest).then(
          ({ length }) => length,
          () => 0,
        );
      expect(size).to.be.greaterThan(100);
      service.kill('SIGTERM');
      expect((await once(service, 'exit'))[0]).to.equal(143);
    });
  });
