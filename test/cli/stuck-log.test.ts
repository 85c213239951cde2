/** A service whose log nobody reads: real processes, and a real FIFO. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { freePort, nextAddress } from './serving.js';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** A frame that makes no sense, for which there is one log line. */
const nonsense = Buffer.from('ff000000000000', 'hex');

describe('serve with a log that nobody reads', () => {
  let folder: string;
  let fifo: number;
  const children: ReturnType<typeof spawn>[] = [];

  beforeEach(function () {
    if (process.platform === 'win32') this.skip();
    folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-log-'));
    execFileSync('mkfifo', [join(folder, 'log')]);
    fifo = openSync(join(folder, 'log'), constants.O_RDWR | constants.O_NONBLOCK);
  });

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    closeSync(fifo);
    rmSync(folder, { recursive: true });
  });

  const serve = async () => {
    const [address, metricsPort] = [nextAddress(), await freePort('127.0.0.1')];
    const port = await freePort(address);
    const child = spawn(
      process.execPath,
      [
        ...['--import', 'tsx', main, 'serve', '--radio', 'none', '--log-json'],
        ...['--listen', `tcp://${address}:${port}`, '--metrics', `${metricsPort}`],
      ],
      { stdio: ['ignore', fifo, fifo] },
    );
    children.push(child);
    const ended = once(child, 'exit') as Promise<[number | null]>;
    return { child, ended, address, port, metricsPort };
  };

  /** Everything that is in the FIFO now. */
  const read = (): string => {
    const buffer = Buffer.alloc(1024 * 1024);
    try {
      return buffer.toString('utf8', 0, readSync(fifo, buffer));
    } catch {
      return '';
    }
  };

  const until = async (pattern: RegExp): Promise<string> => {
    for (let text = ''; ; text += read()) {
      if (pattern.test(text)) return text;
      await setTimeout(20);
    }
  };

  /** Sends so many frames that make no sense, one connection each, and waits for every answer. */
  const flood = async (host: string, port: number, frames: number): Promise<void> => {
    for (let n = 0; n < frames; n += 64)
      await Promise.all(
        Array.from({ length: Math.min(64, frames - n) }, async () => {
          const socket = connect({ host, port });
          socket.on('error', () => undefined);
          socket.write(nonsense);
          socket.resume();
          await once(socket, 'end').catch(() => undefined);
          socket.destroy();
        }),
      );
  };

  const dropped = async (port: number): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    return Number(/^proxy_wifi_log_lines_dropped_total (\d+)$/m.exec(text)?.[1]);
  };

  it('goes on, keeps little, counts what it drops, and says so when it is read again', async () => {
    const { address, port, metricsPort } = await serve();
    await until(/Metrics are at/);
    while ((await dropped(metricsPort)) === 0) await flood(address, port, 1024);
    const said = await until(/"dropped":(\d+)/);
    const count = Number(/"dropped":(\d+)/.exec(said)?.[1]);
    expect(count).to.be.within(1, await dropped(metricsPort));
    expect(said).to.include(`${count} log lines dropped: their reader did not read`);
  }).timeout(300_000);

  /**
   * Sends SIGTERM and waits for the end. Counts 10 ms as this process gets them: where the machine is too busy to give anybody time, they
   * take longer for both.
   */
  const ticksUntilEnded = async ({ child, ended }: Awaited<ReturnType<typeof serve>>): Promise<number> => {
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 10);
    child.kill('SIGTERM');
    const [code] = await ended;
    clearInterval(ticking);
    expect(code).to.equal(143);
    return ticks;
  };

  it('ends within a second after SIGTERM, although its reader is stuck', async () => {
    const service = await serve();
    const { address, port, metricsPort } = service;
    await until(/Metrics are at/);
    while ((await dropped(metricsPort)) === 0) await flood(address, port, 1024);
    expect(await ticksUntilEnded(service)).to.be.at.most(100);
  }).timeout(300_000);

  it('ends within a second after SIGTERM, although its reader is stuck and nothing has been dropped yet', async () => {
    const service = await serve();
    const { address, port, metricsPort } = service;
    await until(/Metrics are at/);
    await flood(address, port, 1024);
    expect(await dropped(metricsPort)).to.equal(0);
    expect(await ticksUntilEnded(service)).to.be.at.most(100);
  }).timeout(300_000);
});
