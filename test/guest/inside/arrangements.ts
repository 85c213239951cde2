/** The two arrangements: everything in one machine over vsock, or the service outside on the test machine over TCP. */
import { readFileSync } from 'node:fs';
import { Program, run } from '../../radio/air/programs.js';
import { type Arrangement, sent } from './arrangement.js';
import { plugCable } from './driver.js';
import { Host } from './host.js';

/** The port that a program says that it listens on. */
const portOf = async (program: Program): Promise<number> => {
  await program.says(/listening on \d+/);
  return Number(/listening on (\d+)/.exec(program.output)?.[1]);
};

/** Network namespace at the other end of the cable in one machine, and its address. */
const world = { name: 'world', address: '10.77.0.1' };

let one: Arrangement | undefined;

/** Service and guest in this machine; CID 1 is the machine itself. */
export const inMachine = (): Arrangement => {
  if (one === undefined) throw new Error('not set up');
  return one;
};

/** Sets it up, once for all tests. */
export const setUpInMachine = async (): Promise<void> => {
  const keeper = await Program.start(
    'keeper',
    ['node', '/out/keeper.mjs', '127.0.0.1', '/out/logs'],
    /listening/,
  );
  await plugCable('lower0', world.name, `${world.address}/24`);
  const sender = await Program.start(
    'sender',
    ['ip', 'netns', 'exec', world.name, 'node', '/out/sender.mjs', world.address, '0', String(sent)],
    /listening/,
  );
  one = {
    name: 'one machine',
    host: await Host.at('127.0.0.1', await portOf(keeper)),
    reach: { transport: 'vsock', host: '1' },
    input: { endpoints: ['vsock://1'] },
    lower: 'lower0',
    address: '10.77.0.2/24',
    peer: { address: world.address, port: await portOf(sender) },
  };
};

/** What the test machine says about its half: ports on its loopback. */
interface Outside {
  readonly keeper: number;
  readonly sender: number;
  readonly requests: number;
  readonly notifications: number;
}

let two: Arrangement | undefined;

/** The service on the test machine; eth0 reaches it, eth1 is the Ethernet under the Wi-Fi interface. */
export const twoMachines = (): Arrangement => {
  if (two === undefined) throw new Error('not set up');
  return two;
};

/** QEMU's user networks as `run.sh` makes them: the guest's address, and the test machine's loopback. */
const userNetworks = {
  eth0: { address: '10.0.2.15/24', host: '10.0.2.2' },
  eth1: { address: '10.0.3.15/24', host: '10.0.3.2' },
};

/** Sets it up, once for all tests. */
export const setUpTwoMachines = async (): Promise<void> => {
  const outside = JSON.parse(readFileSync('/out/outside.json', 'utf8')) as Outside;
  await run('modprobe', 'virtio_net');
  await run('ip', 'link', 'set', 'eth0', 'up');
  await run('ip', 'address', 'add', userNetworks.eth0.address, 'dev', 'eth0');
  two = {
    name: 'two machines',
    host: await Host.at(userNetworks.eth0.host, outside.keeper),
    reach: {
      transport: 'tcp',
      host: userNetworks.eth0.host,
      requestPort: outside.requests,
      notificationPort: outside.notifications,
    },
    input: {
      endpoints: ['tcp://127.0.0.1'],
      requestPort: outside.requests,
      notificationPort: outside.notifications,
    },
    lower: 'eth1',
    address: userNetworks.eth1.address,
    peer: { address: userNetworks.eth1.host, port: outside.sender },
  };
};

/** The one of the two that this run is for. */
export const arrangedHere = process.env.PROXY_WIFI_GUEST_MACHINES === 'two' ? twoMachines : inMachine;
