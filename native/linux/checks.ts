/** What this Linux host can do, for `doctor`: looks at things and changes nothing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { concatMap, firstValueFrom, timeout } from 'rxjs';
import type { HostCheck } from '../check.js';
import {
  accessDenied,
  type Dbus,
  getAll,
  hasOwner,
  type OpenDbus,
  propertiesOf,
  textOf,
  textsOf,
} from './dbus.js';
import { fromIwd, hasIwd } from './iwd.js';
import { managedDevice, managerPermissions } from './network-manager-objects.js';
import { openBus } from './system-bus.js';
import { wpa, wpaRights } from './wpa-objects.js';

/** Where to look; the real system unless a test says otherwise. */
export interface CheckedSystem {
  readonly bus?: OpenDbus;
  /** In place of `/`, for files below `/sys` and `/dev`. */
  readonly root?: string;
}

/** Milliseconds that the bus may take to answer at all. */
const busLimit = 5000;

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);

const textIn = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');

const interfaceCheck = (root: string): HostCheck => {
  const net = join(root, 'sys/class/net');
  const names = namesIn(net).filter((name) => existsSync(join(net, name, 'phy80211')));
  return names.length > 0
    ? { name: 'Wi-Fi interfaces', state: 'ok', detail: names.join(', ') }
    : {
        name: 'Wi-Fi interfaces',
        state: 'missing',
        detail: 'this machine has none',
        fix: 'plug in a Wi-Fi adapter, or look into dmesg for firmware that its driver misses',
      };
};

const rfkillCheck = (root: string): HostCheck => {
  const folder = join(root, 'sys/class/rfkill');
  const switches = namesIn(folder).filter((name) => textIn(join(folder, name, 'type')) === 'wlan');
  const blocked = (kind: 'soft' | 'hard'): readonly string[] =>
    switches
      .filter((name) => textIn(join(folder, name, kind)) === '1')
      .map((name) => textIn(join(folder, name, 'name')));
  const [hard, soft] = [blocked('hard'), blocked('soft')];
  if (hard.length > 0)
    return {
      name: 'rfkill',
      state: 'missing',
      detail: `switched off in hardware: ${hard.join(', ')}`,
      fix: 'use the switch or key of the machine for its radios',
    };
  if (soft.length > 0)
    return {
      name: 'rfkill',
      state: 'missing',
      detail: `switched off in software: ${soft.join(', ')}`,
      fix: 'rfkill unblock wlan',
    };
  return { name: 'rfkill', state: 'ok', detail: 'no radio is switched off' };
};

const vsockChecks = (root: string): readonly HostCheck[] => [
  existsSync(join(root, 'dev/vsock'))
    ? { name: 'vsock', state: 'ok', detail: 'the kernel has AF_VSOCK sockets' }
    : {
        name: 'vsock',
        state: 'missing',
        detail: 'no /dev/vsock: vsock:// endpoints do not work, unix:// and tcp:// do',
        fix: 'modprobe vhost_vsock',
      },
  existsSync(join(root, 'dev/vhost-vsock'))
    ? { name: 'vhost-vsock', state: 'ok', detail: 'QEMU and KVM guests can have a CID' }
    : {
        name: 'vhost-vsock',
        state: 'limited',
        detail:
          'no /dev/vhost-vsock: QEMU guests cannot have a CID; Firecracker and Cloud Hypervisor need none',
        fix: 'modprobe vhost_vsock',
      },
];

const supplicantCheck = async (bus: Dbus): Promise<{ check: HostCheck; interfaces: readonly string[] }> => {
  const name = 'wpa_supplicant';
  const without = (check: Omit<HostCheck, 'name'>) => ({ check: { name, ...check }, interfaces: [] });
  const running = await hasOwner(bus, wpa.name)();
  const iwd = await hasIwd(bus);
  const fix = `either leave iwd in charge and do without --radio host, or ${fromIwd}`;
  if (E.isLeft(running) || !running.right)
    return without(
      iwd
        ? { state: 'missing', detail: 'iwd has the radios of this host in its place', fix }
        : {
            state: 'missing',
            detail: 'it is not on the system bus',
            fix: 'systemctl start wpa_supplicant (Debian: apt install wpasupplicant); by hand: wpa_supplicant -u',
          },
    );
  const root = await getAll(bus, wpa.name, wpa.path, wpa.root)();
  if (E.isLeft(root))
    return without({
      state: 'missing',
      detail: root.left.code === accessDenied ? 'this user may not talk to it' : root.left.detail,
      fix: wpaRights,
    });
  const interfaces: string[] = [];
  for (const path of textsOf(root.right.Interfaces)) {
    const read = await getAll(bus, wpa.name, path, wpa.interface)();
    if (E.isRight(read)) interfaces.push(textOf(read.right.Ifname));
  }
  if (interfaces.length === 0)
    return without(
      iwd
        ? { state: 'missing', detail: 'it runs, but iwd has the radios of this host', fix }
        : {
            state: 'missing',
            detail: 'it runs, but has no interface',
            fix: 'let NetworkManager manage the interface, or start wpa_supplicant with it: wpa_supplicant -u -i wlan0 -c /etc/wpa_supplicant/wpa_supplicant.conf',
          },
    );
  return { check: { name, state: 'ok', detail: `it has ${interfaces.join(', ')}` }, interfaces };
};

const managerCheck = async (bus: Dbus, interfaces: readonly string[]): Promise<HostCheck> => {
  const name = 'NetworkManager';
  const managed: string[] = [];
  for (const candidate of interfaces)
    if (O.isSome(await managedDevice(bus, candidate))) managed.push(candidate);
  if (managed.length === 0)
    return {
      name,
      state: 'ok',
      detail: 'it manages none of them: connections are made through wpa_supplicant',
    };
  const permissions = await managerPermissions(bus);
  const denied = ['network-control', 'settings.modify.system'].filter(
    (action) => permissions[`org.freedesktop.NetworkManager.${action}`] !== 'yes',
  );
  return denied.length === 0
    ? { name, state: 'ok', detail: `connections of ${managed.join(', ')} are made through it` }
    : {
        name,
        state: 'limited',
        detail: `guests cannot connect ${managed.join(', ')}: this user lacks the permission for ${denied.join(' and ')}`,
        fix: 'run as root, or allow org.freedesktop.NetworkManager.* for this user in a polkit rule (docs/linux.md has one)',
      };
};

const serviceChecks = async (bus: Dbus): Promise<readonly HostCheck[]> => {
  const { check, interfaces } = await supplicantCheck(bus);
  const reached: HostCheck = { name: 'D-Bus', state: 'ok', detail: 'the system bus answers' };
  return interfaces.length === 0 ? [reached, check] : [reached, check, await managerCheck(bus, interfaces)];
};

const unreachable = (error: unknown): HostCheck => ({
  name: 'D-Bus',
  state: 'missing',
  detail: error instanceof Error ? 'the system bus does not answer' : textOf(propertiesOf(error).detail),
  fix: 'systemctl start dbus (Debian: apt install dbus); in a container, mount /run/dbus',
});

/** Everything, in an order in which it can be read from top to bottom. Resolves within some seconds, never rejects. */
export const linuxChecks = async ({
  bus = openBus(),
  root = '/',
}: CheckedSystem = {}): Promise<readonly HostCheck[]> => {
  const services = await firstValueFrom(
    bus.pipe(timeout({ first: busLimit }), concatMap(serviceChecks)),
  ).catch((error: unknown) => [unreachable(error)]);
  return [interfaceCheck(root), rfkillCheck(root), ...services, ...vsockChecks(root)];
};
