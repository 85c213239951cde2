/** The D-Bus objects of NetworkManager (its D-Bus API, version 1.42): names, and what is asked of them. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { type Dbus, type DbusCall, getAll, hasOwner, type Properties, propertiesOf, textOf } from './dbus.js';

/** Bus name and interfaces. */
export const manager = {
  name: 'org.freedesktop.NetworkManager',
  path: '/org/freedesktop/NetworkManager',
  root: 'org.freedesktop.NetworkManager',
  device: 'org.freedesktop.NetworkManager.Device',
  active: 'org.freedesktop.NetworkManager.Connection.Active',
  settingsPath: '/org/freedesktop/NetworkManager/Settings',
  settings: 'org.freedesktop.NetworkManager.Settings',
  profile: 'org.freedesktop.NetworkManager.Settings.Connection',
  agentsPath: '/org/freedesktop/NetworkManager/AgentManager',
  agents: 'org.freedesktop.NetworkManager.AgentManager',
} as const;

/** Calls a method of NetworkManager. */
export const callManager = (
  bus: Dbus,
  path: string,
  of: string,
  member: string,
  rest: Partial<DbusCall> = {},
): ReturnType<Dbus['call']> => bus.call({ destination: manager.name, path, interface: of, member, ...rest });

/** Path of the device with this interface name if NetworkManager runs and manages it. */
export const managedDevice = async (bus: Dbus, interfaceName: string): Promise<O.Option<string>> => {
  // Asked first: a call to a name without an owner could start the service.
  const running = await hasOwner(bus, manager.name)();
  if (E.isLeft(running) || !running.right) return O.none;
  const found = await callManager(bus, manager.path, manager.root, 'GetDeviceByIpIface', {
    signature: 's',
    body: [interfaceName],
  })();
  if (E.isLeft(found)) return O.none;
  const path = textOf(found.right[0]);
  const device = await getAll(bus, manager.name, path, manager.device)();
  return E.isRight(device) && device.right.Managed === true ? O.some(path) : O.none;
};

/** What this user may do: `yes`, `auth` or `no` by polkit action; empty when NetworkManager does not say. */
export const managerPermissions = async (bus: Dbus): Promise<Properties> => {
  const asked = await callManager(bus, manager.path, manager.root, 'GetPermissions')();
  return E.isRight(asked) ? propertiesOf(asked.right[0]) : {};
};

/** The active connection of a device. */
export interface ActiveConnection {
  /** Path of the active connection. */
  readonly active: string;
  /** Path of its profile. */
  readonly profile: string;
  /** The profile's UUID. */
  readonly uuid: string;
}

/** What is active on a device; none if nothing is. */
export const activeConnection = async (bus: Dbus, device: string): Promise<O.Option<ActiveConnection>> => {
  const read = await getAll(bus, manager.name, device, manager.device)();
  const active = E.isRight(read) ? textOf(read.right.ActiveConnection) : '';
  const connection = await getAll(bus, manager.name, active, manager.active)();
  if (E.isLeft(connection)) return O.none;
  const { Connection, Uuid } = connection.right;
  return O.some({ active, profile: textOf(Connection), uuid: textOf(Uuid) });
};

/** The settings of a profile, without secrets; empty if they cannot be read. */
export const settingsOf = async (bus: Dbus, profile: string): Promise<Properties> => {
  const read = await callManager(bus, profile, manager.profile, 'GetSettings')();
  return E.isRight(read) ? propertiesOf(read.right[0]) : {};
};

/** Path of the profile with this UUID, if it is still there. */
export const profileWithUuid = async (bus: Dbus, uuid: string): Promise<O.Option<string>> => {
  const found = await callManager(bus, manager.settingsPath, manager.settings, 'GetConnectionByUuid', {
    signature: 's',
    body: [uuid],
  })();
  return E.isRight(found) ? O.some(textOf(found.right[0])) : O.none;
};
