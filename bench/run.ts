/** `npm run bench`: measures the service against bare node:net and writes `docs/benchmarks.md`. `--json` prints one object instead, `--short` measures briefly and writes nothing, `--only NAME` measures one group and writes nothing, `--profile` shows where a notification's time goes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchmarksPage, compared, median, type Result } from './figures.js';
import { Audience, answerOf, exchange, guestAddress } from './guests.js';
import { type LeanClient, leanClient } from './lean-client.js';
import { changeOfSignal, hall, notify } from './notifications.js';
import {
  benchFile,
  built,
  messageFrom,
  processorTimeUsed,
  profiling,
  type Server,
  startServer,
  type TimedProcess,
  timeUntilPrinted,
} from './processes.js';
import { partsOf } from './profile.js';
import { interleaved } from './rounds.js';
import { wlanCalls } from './wlan-scan.js';

const short = process.argv.includes('--short');
const json = process.argv.includes('--json');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-bench-'));
const lean = leanClient(folder);
const notificationPort = 20_000 + (process.pid % 20_000);

/** A scan request for every network: header and 33 zero bytes. */
const scanRequest = Buffer.from(`01210000000100${'00'.repeat(33)}`, 'hex');

/** Thirty access points with the elements of real ones, and an open one to be connected to. */
const scenario = (): unknown => {
  const captured = readFileSync(benchFile('../test/fixtures/access-points.ndjson'), 'utf8')
    .trim()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { readonly SSID: string; readonly Frequency: number; readonly IEs: string },
    )
    .filter(({ SSID }) => SSID !== '');
  const networks = Array.from({ length: 29 }, (_, n) => {
    const { SSID, Frequency, IEs } = captured[n % captured.length] ?? { SSID: '', Frequency: 2412, IEs: '' };
    return {
      ssidHex: SSID,
      security: 'wpa2-psk',
      accessPoints: [
        {
          bssid: `02:00:00:00:01:${(n + 1).toString(16).padStart(2, '0')}`,
          frequency: Frequency,
          signal: -40 - n,
          elements: IEs,
        },
      ],
    };
  });
  return {
    seed: 1,
    interfaces: [{ name: 'wlan0', scanDuration: 0, connectDuration: 0 }],
    networks: [
      ...networks,
      {
        ssid: hall,
        security: 'open',
        accessPoints: [{ bssid: '02:00:00:00:02:01', channel: 1, signal: -50 }],
      },
    ],
  };
};

/** The path of the scenario's file. */
const writeScenario = (): string => {
  const path = join(folder, 'scenario.json');
  writeFileSync(path, JSON.stringify(scenario()));
  return path;
};

const timed = async (action: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await action();
  return performance.now() - started;
};

/** Many short rounds in turns: what else the machine does falls on both sides alike. */
const leanRoundTrip = async (client: LeanClient, service: Server, bare: Server): Promise<Result> => {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < (short ? 10 : 60); round += 1) {
    ours.push(...(await client.times(service.port, 100, scanRequest)));
    theirs.push(...(await client.times(bare.port, 100, scanRequest)));
  }
  return compared('scan-round-trip', 'ms', median(ours), median(theirs), { atMost: 1.3 });
};

/** So many requests until V8 has compiled what is hot: a service runs for days, and its compiler would be counted with it. */
const warmUp = short ? 2000 : 20_000;

const warm = async ({ port }: Server): Promise<void> => {
  for (let n = 0; n < warmUp; n += 1) await exchange(port, guestAddress(n % 8), scanRequest);
};

const scanRoundTrip = async (service: Server, bare: Server): Promise<Result> => {
  const scan = (server: Server) => () => timed(() => exchange(server.port, guestAddress(0), scanRequest));
  if (lean !== undefined) return leanRoundTrip(lean, service, bare);
  const [ours, theirs] = await interleaved(short ? 1000 : 6000, [scan(service), scan(bare)]);
  return compared('scan-round-trip', 'ms', median(ours), median(theirs), { atMost: 1.3 });
};

/** Microseconds of processor time, all threads of a server together, for each of `count` scans: no client and no neighbour is in it. */
const processorTime = async ({ child, port }: Server, count: number): Promise<number> => {
  const before = await processorTimeUsed(child);
  for (let n = 0; n < count; n += 1) await exchange(port, guestAddress(n % 8), scanRequest);
  return ((await processorTimeUsed(child)) - before) / count;
};

const scanProcessorTime = async (
  name: string,
  service: Server,
  bare: Server,
  atMost: number,
): Promise<Result> => {
  const count = short ? 400 : 1000;
  const measures = [() => processorTime(service, count), () => processorTime(bare, count)] as const;
  await interleaved(1, measures);
  const [ours, theirs] = await interleaved(short ? 3 : 15, measures);
  return compared(name, 'µs', median(ours), median(theirs), { atMost });
};

/** The same where each request begins a scan of the host. What V8 makes of the same code differs by a tenth from one service to the next. */
const hostScanProcessorTime = async (bare: Server, scenarioFile: string): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (let n = 0; n < (short ? 1 : 5); n += 1) {
    const service = await startServer('service.mjs', [scenarioFile, String(notificationPort), 'host-scans']);
    await warm(service);
    results.push(await scanProcessorTime('scan-cpu-host', service, bare, 2.5));
    service.child.disconnect();
  }
  const middle = results.sort((a, b) => a.ratio - b.ratio)[Math.floor(results.length / 2)];
  return middle === undefined ? [] : [middle];
};

/** How long a service takes to stop, and for how long it lets nothing else run meanwhile. */
const stopped = async (
  guests: number,
): Promise<{ readonly milliseconds: number; readonly longest: number }> => {
  const service = await startServer('service.mjs', [join(folder, 'scenario.json'), String(notificationPort)]);
  for (let n = 0; n < guests; n += 1) await exchange(service.port, guestAddress(n), scanRequest);
  service.child.send({ type: 'stop' });
  const took = await messageFrom<Awaited<ReturnType<typeof stopped>>>(service.child, 'stopped');
  service.child.disconnect();
  return took;
};

/** A service stops once: several of them, one after the other, say how long that takes. */
const stop = async (guests: number, atMost: number): Promise<readonly Result[]> => {
  const stops: Awaited<ReturnType<typeof stopped>>[] = [];
  for (let n = 0; n < (short ? 1 : 7); n += 1) stops.push(await stopped(guests));
  const times = stops.map(({ milliseconds }) => milliseconds);
  const longest = Math.max(...stops.map((one) => one.longest));
  return [
    compared(`stop-${guests}`, 'ms', median(times), atMost, { atMost: 1 }),
    compared(`stop-${guests}-block`, 'ms', longest, 50, { atMost: 1 }),
  ];
};

/** The same with the inspector on and no page open, against the service without it. */
const inspectedRoundTrip = async (service: Server, scenarioFile: string): Promise<Result> => {
  const inspected = await startServer('service.mjs', [scenarioFile, String(notificationPort), 'inspected']);
  const scan = (server: Server) => () => timed(() => exchange(server.port, guestAddress(0), scanRequest));
  // Long enough, too, for all that it keeps to be there, and for the oldest of it to make room.
  await warm(inspected);
  const [ours, theirs] = await interleaved(short ? 1000 : 6000, [scan(inspected), scan(service)]);
  inspected.child.disconnect();
  return compared('inspected-round-trip', 'ms', median(ours), median(theirs), { atMost: 1.15 });
};

const scanThroughput = async (service: Server, bare: Server): Promise<Result> => {
  const guests = Array.from({ length: 64 }, (_, n) => guestAddress(n));
  const perSecond = (server: Server, milliseconds: number) => async (): Promise<number> => {
    if (lean !== undefined) return lean.load(server.port, guests.length, milliseconds / 1000, scanRequest);
    const until = performance.now() + milliseconds;
    let scans = 0;
    const started = performance.now();
    await Promise.all(
      guests.map(async (address) => {
        while (performance.now() < until) {
          await exchange(server.port, address, scanRequest);
          scans += 1;
        }
      }),
    );
    return (scans * 1000) / (performance.now() - started);
  };
  await interleaved(2, [perSecond(service, 1500), perSecond(bare, 1500)]);
  const [ours, theirs] = await interleaved(short ? 2 : 5, [perSecond(service, 1000), perSecond(bare, 1000)]);
  return compared('scan-throughput-64', '1/s', median(ours), median(theirs), { atLeast: 0.75 });
};

/** Prints where the time of a notification goes. */
const profileNotify = async (): Promise<void> => {
  const profiles = join(folder, 'profiles');
  const service = await startServer(
    'service.mjs',
    [writeScenario(), String(notificationPort)],
    profiling(profiles),
  );
  const audience = new Audience();
  const guests = 256;
  const change = await changeOfSignal(service, audience, { guests, port: notificationPort });
  const rounds = 400;
  for (let round = 0; round < rounds; round += 1) await change();
  audience.close();
  const ended = new Promise((resolve) => service.child.once('exit', resolve));
  service.child.disconnect();
  await ended;
  for (const [part, microseconds] of partsOf(profiles, rounds * guests))
    console.log(`${microseconds.toFixed(1).padStart(7)} µs  ${part}`);
};

/** V8 lets its young generation grow to 16 MiB with what survives in it: from the start here, so that only what a guest keeps is counted. */
const grownYoungGeneration = ['--min-semi-space-size=16'];

const memoryPerGuest = async (): Promise<Result> => {
  const service = await startServer(
    'service.mjs',
    [join(folder, 'scenario.json'), String(notificationPort)],
    grownYoungGeneration,
  );
  const resident = async (): Promise<number> => {
    service.child.send({ type: 'memory' });
    return (await messageFrom<{ readonly rss: number }>(service.child, 'memory')).rss;
  };
  // Guests before the count warm up code and heap.
  for (let k = 0; k < warmUp; k += 1)
    await exchange(service.port, guestAddress(2000 + (k % 64)), scanRequest);
  const before = await resident();
  for (let n = 0; n < 1000; n += 1) await exchange(service.port, guestAddress(n), scanRequest);
  const after = await resident();
  service.child.disconnect();
  return compared('memory-per-guest', 'KiB', (after - before) / 1024 / 1000, 16, { atMost: 1 });
};

/** As it is from the second start on, with the code that the first one kept, and without that. */
const start = async (): Promise<readonly Result[]> => {
  const bareScript = `require('net').createServer().listen(0,'127.0.0.1',()=>console.log('listening'))`;
  const command = [
    built('cli/main.js'),
    ...['serve', '--listen', 'tcp://127.0.0.1', '--request-port', '0', '--log-json'],
  ];
  const ours = (options: TimedProcess) => () => timeUntilPrinted(command, /listening for guests/i, options);
  const kept = { XDG_CACHE_HOME: join(folder, 'cache') };
  const theirs = () => timeUntilPrinted(['-e', bareScript], /listening/);
  await ours({ env: kept, end: 'SIGTERM' })();
  const measures = [ours({ env: kept }), ours({ env: { NODE_DISABLE_COMPILE_CACHE: '1' } }), theirs] as const;
  await interleaved(2, measures);
  const [values, first, baselines] = await interleaved(short ? 5 : 15, measures);
  return [
    compared('start', 'ms', median(values), median(baselines), { atMost: 1.9 }),
    compared('start-first', 'ms', median(first), median(baselines), { atMost: 2.6 }),
  ];
};

/** Every group of measures, in the order of the page; `--only NAME` measures one of them. */
const groups = (
  service: Server,
  bare: Server,
  scenarioFile: string,
): Readonly<Record<string, () => Promise<readonly Result[]>>> => ({
  scan: async () => {
    await warm(service);
    await warm(bare);
    return [
      await scanRoundTrip(service, bare),
      await scanProcessorTime('scan-cpu', service, bare, 1.4),
      ...(await hostScanProcessorTime(bare, scenarioFile)),
      await inspectedRoundTrip(service, scenarioFile),
      await scanThroughput(service, bare),
    ];
  },
  notify: () => notify(service, bare, notificationPort, short),
  memory: async () => [await memoryPerGuest()],
  stop: async () => [...(await stop(1000, 100)), ...(await stop(4000, 400))],
  start,
  wlan: () => wlanCalls(short),
});

const measure = async (): Promise<readonly Result[]> => {
  const scenarioFile = writeScenario();
  const service = await startServer('service.mjs', [scenarioFile, String(notificationPort)]);
  const answer = await answerOf(service.port, guestAddress(0), scanRequest);
  if (answer.readUInt32LE(8) !== 30)
    throw new Error(`the scan shows ${answer.readUInt32LE(8)} networks, not 30`);
  const answerFile = join(folder, 'answer.bin');
  writeFileSync(answerFile, answer);
  const bare = await startServer('bare-server.mjs', [answerFile]);
  const results: Result[] = [];
  for (const [name, group] of Object.entries(groups(service, bare, scenarioFile)))
    if (only === undefined || only === name) results.push(...(await group()));
  service.child.disconnect();
  bare.child.disconnect();
  return results;
};

const report = async (): Promise<void> => {
  const results = await measure();
  if (json)
    console.log(
      JSON.stringify({
        results: results.map(({ name, value, unit, baseline, ratio }) => ({
          name,
          value,
          unit,
          baseline,
          ratio,
        })),
      }),
    );
  else
    for (const { name, value, unit, baseline, ratio, target, met } of results)
      console.log(
        `${name}: ${value} ${unit} against ${baseline} ${unit}, ratio ${ratio} (target ${target}${met ? '' : ', missed'})`,
      );
  const client = lean === undefined ? 'Node, for want of a compiler' : 'C';
  const circumstances = `Node ${process.version} on ${process.platform}, ${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}). Round trip and throughput are measured by a client in ${client}.`;
  if (!short && only === undefined)
    writeFileSync(benchFile('../docs/benchmarks.md'), benchmarksPage(results, circumstances));
};

try {
  await (process.argv.includes('--profile') ? profileNotify() : report());
} finally {
  rmSync(folder, { recursive: true, force: true });
}
