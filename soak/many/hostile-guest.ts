/**
 * One hostile guest as a process of its own, at one address or at hundreds: it does the same thing as often as it can until it is told to stop, and
 * then tells how often it did. It is as polite to this machine as it can be, so that others pay for what it does to the service only.
 */
import { execFileSync } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import { setPriority } from 'node:os';
import { encodeRequest } from '../../protocol/index.js';
import { Dice } from '../dice.js';
import { hostileFrame } from '../fuzz/hostile-bytes.js';
import { connectToOpen } from '../lobby.js';
import { type Hostility, hostileAddresses } from './hostility.js';

const [, , hostility, port] = process.argv as unknown as readonly [string, string, Hostility, string];
const dice = new Dice(1);
const request = encodeRequest(connectToOpen('Nowhere'));
const refused = Uint8Array.of(255, ...request.subarray(1));
const flood = new Uint8Array(64 * 1024);

const floods = (socket: Socket): void => {
  const more = (): void => {
    while (!socket.destroyed && socket.write(flood));
  };
  socket.on('drain', more);
  more();
};

const opensAndCloses = (socket: Socket): void => {
  if (dice.chance(0.5)) socket.resetAndDestroy();
  else socket.destroy();
};

/** What it does with each of its connections. */
const acts: Readonly<Record<Hostility, (socket: Socket) => void>> = {
  'opens and closes': opensAndCloses,
  'opens and closes, from 400 addresses': opensAndCloses,
  'sends halves of frames': (socket) => socket.write(request.subarray(0, 20)),
  'sends on after its refusal': (socket) => {
    socket.write(refused);
    floods(socket);
  },
  'sends noise': (socket) => socket.write(hostileFrame(dice)),
  'asks for connects that fail': (socket) => socket.write(request),
};

const addresses = hostileAddresses(hostility);

/** Connections at a time: of halves as many as the service lets it have. */
const crowd = hostility === 'sends halves of frames' ? 600 : Math.max(32, addresses.length);

let isOver = false;
let times = 0;

/** The `n`th one. */
const once = (n: number): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect({
      host: '127.0.0.1',
      port: Number(port),
      localAddress: addresses[n % addresses.length],
      noDelay: true,
    });
    socket.on('error', () => undefined);
    socket.on('data', () => undefined);
    socket.on('end', () => socket.destroy());
    socket.setTimeout(5000, () => socket.destroy());
    socket.once('close', () => resolve());
    socket.once('connect', () => {
      times += 1;
      acts[hostility](socket);
    });
  });

/** A virtual machine has processors of its own; this process gets what nobody else wants. Where `chrt` is missing it is a weak neighbour, and still one. */
const giveWay = (): void => {
  setPriority(19);
  try {
    execFileSync('chrt', ['--all-tasks', '--idle', '--pid', '0', String(process.pid)], { stdio: 'ignore' });
  } catch {
    console.error('chrt(1) is missing: the figures are those of a busy machine, too');
  }
};

giveWay();
process.on('message', () => {
  isOver = true;
  setTimeout(() => {
    process.send?.({ type: 'times', times });
    process.disconnect();
  }, 300).unref();
});
process.on('disconnect', () => process.exit());
for (let n = 0; n < crowd; n += 1)
  void (async () => {
    while (!isOver) await once(n);
  })();
process.send?.({ type: 'begun' });
