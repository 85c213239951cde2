/**
 * `npm run bench:guest`, in the virtual machine: the driver's interface beside a plain one, in turns. The rows of the
 * table in docs/guest-benchmarks.md go to /out/measurements.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { compared, median, type Result } from '../../bench/figures.js';
import { AirRadio, security } from '../radio/air/access-points.js';
import { station as hostStation, plugRadios, startBus, startSupplicant } from '../radio/air/host.js';
import { logs, Program, run } from '../radio/air/programs.js';
import { sent } from './inside/arrangement.js';
import { inMachine, setUpInMachine } from './inside/arrangements.js';
import { receive } from './inside/data.js';
import { addInterface, load, plugCable, wifi } from './inside/driver.js';
import { growthOver } from './inside/kernel.js';
import { Station } from './inside/station.js';

/** A station of the same software radios, without host or guest in between. */
const plain = 'wlan4';
const rounds = { scans: 5, connects: 10, transfers: 5, operations: 1000 };

mkdirSync(logs, { recursive: true });
await run('modprobe', '-a', 'vsock_loopback', 'veth');
await plugRadios();
await startBus();
await setUpInMachine();
const all = inMachine();

const ssid = 'quay-open';
await AirRadio.start('wlan0', 1, [
  { ssid: Buffer.from(ssid).toString('hex'), bssid: '02:00:00:bb:00:01', settings: security.open },
]);
await startSupplicant();
await all.host.start({ input: { ...all.input, radio: 'host', disconnectOnStop: true, scanInterval: 0 } });
await load(all.reach);
await addInterface(all.lower);
await run('ip', 'link', 'set', plain, 'up');
const ours = await Station.open(wifi);
const theirs = await Station.open(plain);
while (!(await all.host.status()).interfaces.some(({ name }) => name === hostStation));

const timed = async (act: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await act();
  return performance.now() - began;
};

/** Both sides in turns; the medians. */
const inTurns = async (times: number, one: () => Promise<number>, other: () => Promise<number>) => {
  const values: number[] = [];
  const baselines: number[] = [];
  for (let i = 0; i < times; i++) {
    values.push(await one());
    baselines.push(await other());
  }
  return [median(values), median(baselines)] as const;
};

const scans = (station: Station) => () => timed(() => station.scan());
const connects = (station: Station) => async () => {
  const time = await timed(async () => {
    const end = await station.connectOpen(ssid);
    if (!end.startsWith('connected')) throw new Error(end);
  });
  await station.disconnect();
  return time;
};

const results: Result[] = [];
const note = (result: Result): void => {
  results.push(result);
  console.log(`${result.name}: ${result.value} ${result.unit}, beside ${result.baseline}: ${result.ratio}`);
};
const scan = await inTurns(rounds.scans, scans(ours), scans(theirs));
note(compared('guest-scan', 'ms', ...scan, { atMost: 1.5 }));
const connect = await inTurns(rounds.connects, connects(ours), async () => {
  // Its kernel connects only to what it knows, and forgets a network now and then that it has left.
  await theirs.scan(ssid);
  return connects(theirs)();
});
note(compared('guest-connect', 'ms', ...connect, { atMost: 3 }));

// The bare Ethernet: a second cable without the driver on top.
await plugCable('bare0', 'beyond', '10.79.0.1/24');
await run('ip', 'link', 'set', 'bare0', 'up');
await run('ip', 'address', 'add', '10.79.0.2/24', 'dev', 'bare0');
const sender = await Program.start(
  'sender',
  ['ip', 'netns', 'exec', 'beyond', 'node', '/out/sender.mjs', '10.79.0.1', '4000', String(sent)],
  /listening/,
);
await ours.connectOpen(ssid);
await run('ip', 'address', 'add', all.address, 'dev', wifi);
const rate = async (peer: { address: string; port: number }, address: string): Promise<number> => {
  const { bytes, milliseconds } = await receive(peer, address);
  return bytes / 1000 / milliseconds;
};
const throughput = await inTurns(
  rounds.transfers,
  () => rate(all.peer, all.address),
  () => rate({ address: '10.79.0.1', port: 4000 }, '10.79.0.2/24'),
);
note(compared('guest-throughput', 'MB/s', ...throughput, { atLeast: 0.95 }));
await sender.stop();
await ours.disconnect();

// The host's radio would be the slower part of a thousand connects: a simulated one takes its place.
await all.host.start({
  input: all.input,
  scenario: {
    interfaces: [{ name: 'wlan0' }],
    networks: [
      { ssid, security: 'open', accessPoints: [{ bssid: '02:00:00:bb:00:01', channel: 1, signal: -50 }] },
    ],
  },
});
await ours.scan();
const times: number[] = [];
const growth = await growthOver(
  rounds.operations,
  async () => {
    times.push(await connects(ours)());
  },
  'connects',
);
const hundred = [times.slice(-100), times.slice(0, 100)] as const;
note(compared('guest-1000th-connect', 'ms', median(hundred[0]), median(hundred[1]), { atMost: 1.2 }));

const kernel = (await run('uname', '-r')).trim();
const rows = results.map(
  ({ name, value, unit, baseline, ratio, target, met }) =>
    `| \`${name}\` | ${kernel} | ${value} ${unit} | ${baseline} ${unit} | ${ratio} | ${target} | ${met ? 'yes' : '**no**'} |`,
);
const { kept, seen } = growth;
rows.push(
  `| \`guest-kept\` | ${kernel} | ${seen} | as before | | < 0.5 of a cache for each connect | ${kept.length === 0 ? 'yes' : '**no**'} |`,
);
writeFileSync('/out/measurements.md', `${rows.join('\n')}\n`);
console.log(rows.join('\n'));
await Program.stopAll('iw-event');
process.exit(kept.length === 0 && results.every(({ met }) => met) ? 0 : 1);
