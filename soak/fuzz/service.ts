/**
 * The whole service under fire, as a process of its own: hostile guests on many addresses, hostile pages at its inspector and its
 * metrics, and guests that behave, whose every answer is looked at.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { quantile } from '../../bench/figures.js';
import { parseEndpoint } from '../../index.js';
import { CliProcess } from '../../test/cli/cli-process.js';
import type { Dice } from '../dice.js';
import { hostileFrame, hostileText, inPieces } from './hostile-bytes.js';
import { behave, behavedScenario } from './well-behaved.js';

/** Hostile connections at a time. */
const crowd = 64;

/** Addresses from which they come. */
const hostileAddresses = 200;

export interface ServiceReport {
  /** Frames, or what passes for them, that hostile guests have sent. */
  readonly frames: number;
  /** Requests and upgrades that hostile pages have sent. */
  readonly requests: number;
  /** Exchanges of guests that behave. */
  readonly served: number;
  /** Milliseconds of such an exchange: half of them took less, 99 of 100. */
  readonly median: number;
  readonly p99: number;
  /** MiB of resident memory after a fifth of the time, and at the end. */
  readonly memory: readonly [number, number];
  /** Everything that must not have been. */
  readonly findings: readonly string[];
}

/** A connection whose failures are none of ours, until it is closed. */
const attack = (
  to: { readonly port: number; readonly localAddress?: string },
  act: (socket: Socket) => void,
  limit: number,
): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', ...to, allowHalfOpen: true });
    const timer = setTimeout(() => socket.destroy(), limit);
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.on('end', () => socket.end());
    socket.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('connect', () => act(socket));
  });

const send = (socket: Socket, bytes: Uint8Array, dice: Dice): void => {
  const pieces = dice.chance(0.3) ? inPieces(bytes, dice) : [bytes];
  const ending = dice.below(8);
  const next = (n: number): void => {
    const piece = pieces[n];
    if (socket.destroyed) return;
    if (piece !== undefined && !(ending === 0 && n === pieces.length - 1 && n > 0)) {
      socket.write(piece);
      setImmediate(() => next(n + 1));
      return;
    }
    // Node never closes a socket that is reset while its end is on its way.
    if (ending <= 1 && !socket.writableEnded) socket.resetAndDestroy();
    else if (ending <= 1) socket.destroy();
    else if (ending <= 3) socket.destroySoon();
    else if (ending <= 5) socket.end();
  };
  next(0);
};

const pageRequest =
  'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n';

const hostilePage = (dice: Dice): Uint8Array =>
  new TextEncoder().encode(
    dice.chance(0.2)
      ? dice.pick([
          'GET // HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
          'GET / HTTP/1.0\r\n\r\n',
          '\r\n\r\n',
        ])
      : hostileText(
          dice.pick([
            pageRequest,
            pageRequest.replace('/metrics', '/'),
            pageRequest.replace('/metrics', '/?token=x'),
          ]),
          dice,
        ),
  );

const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length;

/** Fires at a service of its own until `until`, in milliseconds since the epoch, or for so many frames. */
export const fuzzService = async (
  dice: Dice,
  {
    until,
    frames: most,
    progress,
  }: { readonly until: number; readonly frames: number; readonly progress: (frames: number) => void },
): Promise<ServiceReport> => {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-soak-'));
  await writeFile(join(folder, 'scenario.json'), JSON.stringify(behavedScenario));
  const cli = new CliProcess(
    [
      'serve',
      '--listen',
      'tcp://127.0.0.1:0',
      '--scenario',
      join(folder, 'scenario.json'),
      '--inspect',
      '0',
      '--metrics',
      '127.0.0.1:0',
      '--log-level',
      'error',
    ],
    '',
    {},
  );
  const findings: string[] = [];
  try {
    return await underFire(cli, dice, { until, frames: most, progress }, findings);
  } finally {
    cli.signal('SIGKILL');
    await cli.ended;
    await rm(folder, { recursive: true, force: true });
  }
};

const underFire = async (
  cli: CliProcess,
  dice: Dice,
  {
    until,
    frames: most,
    progress,
  }: { readonly until: number; readonly frames: number; readonly progress: (frames: number) => void },
  findings: string[],
): Promise<ServiceReport> => {
  const [, url = ''] = await cli.says(/Listening for guests at (tcp:\S+\d)\./);
  const [, inspector = ''] = await cli.says(/The inspector is at http:\/\/127\.0\.0\.1:(\d+)/);
  const [, metrics = ''] = await cli.says(/Metrics are at http:\/\/127\.0\.0\.1:(\d+)/);
  const parsed = parseEndpoint(url);
  if (E.isLeft(parsed) || parsed.right.scheme !== 'tcp') throw new Error(`no endpoint in ${url}`);
  const port = parsed.right.port ?? 0;
  const started = Date.now();
  let frames = 0;
  let requests = 0;
  const took: number[] = [];
  let early: number | undefined;
  const isOver = (): boolean =>
    Date.now() >= until || frames >= most || findings.length >= 10 || cli.hasEnded;

  const attackers = Array.from({ length: crowd }, async () => {
    while (!isOver()) {
      const localAddress = `127.77.0.${1 + dice.below(hostileAddresses)}`;
      await attack(
        { port, localAddress },
        (socket) => {
          // Some send several, though one connection carries one request.
          for (let more = dice.chance(0.1) ? 3 : 1; more > 0; more--) {
            frames += 1;
            send(socket, hostileFrame(dice), dice);
          }
        },
        dice.chance(0.002) ? 3000 : dice.pick([10, 30, 60]),
      );
      progress(frames);
    }
  });
  const pages = Array.from({ length: 4 }, async () => {
    while (!isOver()) {
      requests += 1;
      await attack(
        { port: Number(dice.chance(0.5) ? inspector : metrics) },
        (socket) => send(socket, hostilePage(dice), dice),
        200,
      );
    }
  });
  const wellBehaved = (async () => {
    for (let n = 0; !isOver(); n++) {
      const answered = await behave(port, `127.88.0.${1 + (n % 100)}`);
      took.push(...answered.took);
      findings.push(...answered.findings);
      if (early === undefined && (Date.now() - started) * 5 > until - started) early = residentMiB(cli.pid);
    }
  })();
  await Promise.all([...attackers, ...pages, wellBehaved]);

  if (cli.hasEnded) findings.push(`the service has ended: ${cli.err.slice(-2000)}`);
  else {
    const last = await fetch(`http://127.0.0.1:${metrics}/metrics`).then((page) => page.text());
    const crashes = /restarts\w*\{[^}]*part="(?!listener|radio)\w+"[^}]*\} [1-9]/.exec(last);
    if (crashes !== null) findings.push(`a part of the service has crashed: ${crashes[0]}`);
    await settled(
      () => openFiles(cli.pid) < 60,
      `${openFiles(cli.pid)} files are open when all have gone`,
      findings,
    );
  }
  const late = cli.hasEnded ? 0 : residentMiB(cli.pid);
  const ended = Date.now();
  cli.signal('SIGTERM');
  const { code, err } = await cli.ended;
  if (code !== 143 && code !== 0) findings.push(`the service ended with ${code}: ${err.slice(-2000)}`);
  if (Date.now() - ended > 5000) findings.push(`the service took ${Date.now() - ended} ms to stop`);
  if (/uncaught|unhandled|crashed/i.test(err)) findings.push(`the service said: ${err.slice(-2000)}`);
  return {
    frames,
    requests,
    served: took.length,
    median: quantile(took, 0.5),
    p99: quantile(took, 0.99),
    memory: [early ?? late, late],
    findings,
  };
};

/** Waits for what the system takes its time with. */
const settled = async (isSo: () => boolean, otherwise: string, findings: string[]): Promise<void> => {
  for (let tries = 0; tries < 100 && !isSo(); tries++)
    await new Promise((resolve) => setTimeout(resolve, 100));
  if (!isSo()) findings.push(otherwise);
};
