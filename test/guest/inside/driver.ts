/** The driver in the machine: loading it, its interface, the Ethernet device underneath. */
import { existsSync, readFileSync } from 'node:fs';
import { Program, run } from '../../radio/air/programs.js';

/** The Wi-Fi interface of every test. */
export const wifi = 'wifi0';

/** How the driver reaches the host; ports are the protocol's unless others are given. */
export interface Reach {
  readonly transport: 'vsock' | 'tcp';
  /** The host: a CID or an IP address. */
  readonly host: string;
  readonly requestPort?: number;
  readonly notificationPort?: number;
}

/** `sae: false`: WPA3 networks are shown as WPA2, for a supplicant that cannot leave SAE to a driver. */
export interface Choices {
  readonly sae?: boolean;
}

/** Is the module there? */
export const loaded = (): boolean => existsSync('/sys/module/proxy_wifi');

/** Loads the module. */
export const load = async (
  { transport, host, requestPort, notificationPort }: Reach,
  { sae = true }: Choices = {},
): Promise<void> => {
  await run(
    'insmod',
    '/out/proxy_wifi.ko',
    `transport=${transport}`,
    `host=${host}`,
    ...(requestPort === undefined ? [] : [`request_port=${requestPort}`]),
    ...(notificationPort === undefined ? [] : [`notification_port=${notificationPort}`]),
    ...(sae ? [] : ['sae=0']),
  );
};

/** Unloads it, in whatever state it is. */
export const unload = async (): Promise<void> => {
  if (loaded()) await run('rmmod', 'proxy_wifi');
};

/** Makes the Wi-Fi interface on top of an Ethernet device and brings it up. */
export const addInterface = async (lower: string, name = wifi): Promise<void> => {
  await run('ip', 'link', 'set', lower, 'up');
  await run('ip', 'link', 'add', 'link', lower, 'name', name, 'type', 'proxy_wifi');
  await run('ip', 'link', 'set', name, 'up');
};

/** Moves an interface of the driver into a namespace that is there, and brings it up again in it. */
export const moveInterface = async (namespace: string, name = wifi): Promise<void> => {
  const phy = (await run('cat', `/sys/class/net/${name}/phy80211/name`)).trim();
  await run('iw', 'phy', phy, 'set', 'netns', 'name', namespace);
  await run('ip', '-n', namespace, 'link', 'set', name, 'up');
};

/** An Ethernet cable that ends in a network namespace with an address; afterwards the near end's name is `lower`. */
export const plugCable = async (lower: string, namespace: string, address: string): Promise<void> => {
  await run('ip', 'netns', 'add', namespace);
  await run('ip', 'link', 'add', lower, 'type', 'veth', 'peer', 'name', 'far', 'netns', namespace);
  await run('ip', '-n', namespace, 'address', 'add', address, 'dev', 'far');
  await run('ip', '-n', namespace, 'link', 'set', 'far', 'up');
  await run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
};

/** Pulls it out: both ends and the namespace go. */
export const unplugCable = async (lower: string, namespace: string): Promise<void> => {
  await run('ip', 'link', 'delete', lower).catch(() => '');
  await run('ip', 'netns', 'delete', namespace).catch(() => '');
};

/** Has the process a socket of generic netlink (protocol 16) that has joined a group? libnl numbers it by the process. */
const listens = (pid: number): boolean =>
  readFileSync(`/proc/${pid}/net/netlink`, 'utf8')
    .split('\n')
    .some((line) => {
      const [, protocol, port, groups = ''] = line.trim().split(/\s+/);
      return protocol === '16' && Number(port) % 2 ** 22 === pid && !/^0*$/.test(groups);
    });

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What the kernel's wireless events say of the interface, from when it was started on. */
export class WirelessEvents {
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  /** `enter`: the words with which a command is run where the interface is. */
  static async start(enter: readonly string[] = []): Promise<WirelessEvents> {
    const program = await Program.start('iw-event', [...enter, 'stdbuf', '-oL', 'iw', 'event', '-t'], '');
    // `iw event` does not say when it begins to listen: the kernel's table of netlink sockets does.
    while (!listens(program.pid)) await turn();
    return new WirelessEvents(program);
  }

  /** Forgets what was said. */
  forget(): void {
    this.#program.forget();
  }

  says(text: string | RegExp): Promise<void> {
    return this.#program.says(text);
  }

  get output(): string {
    return this.#program.output;
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}
