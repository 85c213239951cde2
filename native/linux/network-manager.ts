/**
 * Connections through NetworkManager (its D-Bus API, version 1.42), for interfaces that it manages: wpa_supplicant must
 * not be told what to do behind its back. Profiles are volatile: they vanish with the connection.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { merge } from 'rxjs';
import { filter, map } from 'rxjs/operators';
import { bssidBytes } from '../../protocol/bssid.js';
import { hexOf } from '../../protocol/hex.js';
import { ssidBytes } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import type { ConnectFailure, ConnectOrder, HostLink, RadioFailure } from '../radio.js';
import {
  type Connector,
  failed,
  follow,
  type GuestKey,
  keyOf,
  type LostLink,
  type StationView,
  Turns,
} from './connector.js';
import {
  type Dbus,
  type DbusCall,
  getAll,
  hasOwner,
  numberOf,
  type Properties,
  propertiesOf,
  textOf,
  Variant,
} from './dbus.js';
import { noObject } from './wpa-objects.js';

const manager = {
  name: 'org.freedesktop.NetworkManager',
  path: '/org/freedesktop/NetworkManager',
  root: 'org.freedesktop.NetworkManager',
  device: 'org.freedesktop.NetworkManager.Device',
  active: 'org.freedesktop.NetworkManager.Connection.Active',
} as const;

const activeRule = `type='signal',sender='${manager.name}',interface='${manager.active}',member='StateChanged'`;

/** `NM_ACTIVE_CONNECTION_STATE_DEACTIVATED`. */
const deactivated = 4;

/** `NMActiveConnectionStateReason`, as far as they say something. */
const reasons: ReadonlyMap<number, string> = new Map([
  [2, 'disconnected by the user'],
  [3, 'the device was disconnected'],
  [5, 'no usable IP configuration'],
  [6, 'the connection attempt timed out'],
  [9, 'the key was not accepted'],
  [10, 'authentication failed'],
  [11, 'the profile was removed'],
  [14, 'the device was removed'],
]);

/** Reasons that mean a wrong key: no secrets (the stored one was refused), authentication failed. */
const keyReasons: readonly number[] = [9, 10];

const call = (bus: Dbus, path: string, of: string, member: string, rest: Partial<DbusCall> = {}) =>
  bus.call({ destination: manager.name, path, interface: of, member, ...rest });

/** Path of the device with this interface name if NetworkManager runs and manages it. */
export const managedDevice = async (bus: Dbus, interfaceName: string): Promise<O.Option<string>> => {
  // Asked first: a call to a name without an owner could start the service.
  const running = await hasOwner(bus, manager.name)();
  if (E.isLeft(running) || !running.right) return O.none;
  const found = await call(bus, manager.path, manager.root, 'GetDeviceByIpIface', {
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
  const asked = await call(bus, manager.path, manager.root, 'GetPermissions')();
  return E.isRight(asked) ? propertiesOf(asked.right[0]) : {};
};

/** A profile as `AddAndActivateConnection2` takes it: settings of settings (nm-settings-dbus(5)). */
export const profileOf = (
  order: ConnectOrder,
): E.Either<ConnectFailure, Readonly<Record<string, Properties>>> =>
  E.map((key: GuestKey): Readonly<Record<string, Properties>> => {
    const automatic = { method: new Variant('s', 'auto'), 'may-fail': new Variant('b', true) };
    const security =
      key.kind === 'none'
        ? {}
        : {
            '802-11-wireless-security':
              key.kind === 'pmk'
                ? { 'key-mgmt': new Variant('s', 'wpa-psk'), psk: new Variant('s', hexOf(key.bytes)) }
                : { 'key-mgmt': new Variant('s', 'sae'), psk: new Variant('s', key.text) },
          };
    return {
      connection: {
        type: new Variant('s', '802-11-wireless'),
        id: new Variant('s', `proxy-wifi: ${order.ssid}`),
        autoconnect: new Variant('b', false),
      },
      '802-11-wireless': {
        ssid: new Variant('ay', ssidBytes(order.ssid)),
        hidden: new Variant('b', true),
        ...(O.isSome(order.bssid) ? { bssid: new Variant('ay', bssidBytes(order.bssid.value)) } : {}),
      },
      ...security,
      ipv4: automatic,
      ipv6: automatic,
    };
  })(keyOf(order));

/** Connects one device by volatile profiles. */
export class NetworkManagerConnector implements Connector {
  readonly #bus: Dbus;
  readonly #interfaceName: string;
  readonly #view: StationView;
  readonly #restore: boolean;
  #subscribed = false;
  /** The user's profile that was active before the first of ours. */
  #before: O.Option<string> = O.none;
  /** Path of our active connection. */
  #ours: string | undefined;
  readonly #turns = new Turns();

  /** `restore`: after `disconnect`, activate the profile again that was active before. */
  constructor(bus: Dbus, interfaceName: string, view: StationView, restore: boolean) {
    this.#bus = bus;
    this.#interfaceName = interfaceName;
    this.#view = view;
    this.#restore = restore;
    view.losses.subscribe((lost) => this.#lose(lost));
  }

  connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    return this.#turns.ask(() => this.#connect(order, abort));
  }

  disconnect(): Promise<E.Either<RadioFailure, void>> {
    return this.#turns.ask(() => this.#disconnect());
  }

  /** wpa_supplicant would come back to our connection as long as NetworkManager has patience with it. */
  #lose({ onPurpose }: LostLink): void {
    const ours = this.#ours;
    if (this.#turns.asking || ours === undefined) return;
    this.#ours = undefined;
    this.#turns.follow(async () => {
      // Refused if it is not active any more: the user has chosen another one then.
      const ended = await this.#deactivate(ours);
      if (E.isLeft(ended) || onPurpose || !this.#restore) return;
      const device = await managedDevice(this.#bus, this.#interfaceName);
      if (O.isSome(device)) await this.#reactivate(this.#before, device.value);
    });
  }

  async #connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    const profile = profileOf(order);
    if (E.isLeft(profile)) return profile;
    const device = await managedDevice(this.#bus, this.#interfaceName);
    if (O.isNone(device)) return E.left(failed(this.#unmanaged('connect')));
    const subscribed = await this.#subscribe();
    if (E.isLeft(subscribed)) return E.left(failed(subscribed.left));
    const earlier = await this.#takeStock(device.value);

    const stopped = new AbortController();
    const stop = (): void => stopped.abort();
    abort.addEventListener('abort', stop, { once: true });
    if (abort.aborted) stop();
    let active: string | undefined;
    const sae = order.security.kind === 'wpa3-sae';
    const outcome = follow(
      this.#watched(() => active),
      sae,
      stopped.signal,
      async () => {
        const settled = await this.#view.settledLink();
        return settled?.link.ssid === order.ssid ? settled.link : undefined;
      },
    );
    const added = await this.#activate(profile.right, device.value);
    if (E.isLeft(added)) stop();
    else active = added.right;
    const result = await outcome;
    abort.removeEventListener('abort', stop);
    if (E.isLeft(added)) return E.left(failed(added.left));
    if (E.isRight(result)) this.#ours = added.right;
    else await this.#takeBack(added.right, earlier, device.value);
    return result;
  }

  async #disconnect(): Promise<E.Either<RadioFailure, void>> {
    const device = await managedDevice(this.#bus, this.#interfaceName);
    if (O.isNone(device)) return E.left(this.#unmanaged('disconnect'));
    const ended = await call(this.#bus, device.value, manager.device, 'Disconnect')();
    const ours = this.#ours;
    this.#ours = undefined;
    if (ours !== undefined && this.#restore) await this.#reactivate(this.#before, device.value);
    // Not connected is what was wanted.
    if (E.isLeft(ended) && ended.left.code.endsWith('.NotActive')) return E.right(undefined);
    return E.map(() => undefined)(ended);
  }

  /** What the station reports, and what NetworkManager says of our own activation. */
  #watched(active: () => string | undefined): StationView {
    const ended = this.#bus.signals.pipe(
      filter(
        (signal) =>
          signal.interface === manager.active &&
          signal.path === active() &&
          numberOf(signal.body[0]) === deactivated,
      ),
      map(({ body }) => {
        const reason = numberOf(body[1]);
        const wrongKey = keyReasons.includes(reason);
        return {
          type: 'failed' as const,
          failure: {
            reason: wrongKey ? ('wrong key' as const) : ('failed' as const),
            status: wrongKey ? StatusCode.challengeFailure : StatusCode.unspecifiedFailure,
            detail: `NetworkManager: ${reasons.get(reason) ?? `reason ${reason}`}`,
          },
        };
      }),
    );
    return { ...this.#view, facts: merge(this.#view.facts, ended) };
  }

  async #subscribe(): Promise<E.Either<RadioFailure, void>> {
    if (this.#subscribed) return E.right(undefined);
    const subscribed = await this.#bus.subscribe(activeRule)();
    this.#subscribed = E.isRight(subscribed);
    return subscribed;
  }

  /** Right: the path of the active connection. */
  async #activate(
    profile: Readonly<Record<string, Properties>>,
    device: string,
  ): Promise<E.Either<RadioFailure, string>> {
    // Volatile: gone with the connection. Bound to no client: a guest's connection outlives this service.
    const options = { persist: new Variant('s', 'volatile'), 'bind-activation': new Variant('s', 'none') };
    const added = await call(this.#bus, manager.path, manager.root, 'AddAndActivateConnection2', {
      signature: 'a{sa{sv}}ooa{sv}',
      body: [profile, device, noObject, options],
    })();
    return E.map(([, active]: readonly unknown[]) => textOf(active))(added);
  }

  /** The user's profile that is active now, which a failed try gives back; notes whether ours still is. */
  async #takeStock(device: string): Promise<O.Option<string>> {
    const read = await getAll(this.#bus, manager.name, device, manager.device)();
    const active = E.isRight(read) ? textOf(read.right.ActiveConnection) : '';
    if (active === this.#ours) return O.none;
    const lost = this.#ours !== undefined;
    this.#ours = undefined;
    const connection = await getAll(this.#bus, manager.name, active, manager.active)();
    const profile = E.isRight(connection) ? O.some(textOf(connection.right.Connection)) : O.none;
    if (!lost || O.isSome(profile)) this.#before = profile;
    return profile;
  }

  async #reactivate(profile: O.Option<string>, device: string): Promise<void> {
    if (O.isNone(profile)) return;
    // If it fails, the user has removed the profile meanwhile: then that counts.
    await call(this.#bus, manager.path, manager.root, 'ActivateConnection', {
      signature: 'ooo',
      body: [profile.value, device, noObject],
    })();
  }

  /** A try that failed does not cost the host the connection that it had. A volatile profile of ours is gone for good. */
  async #takeBack(active: string, earlier: O.Option<string>, device: string): Promise<void> {
    this.#ours = undefined;
    await this.#deactivate(active);
    await this.#reactivate(earlier, device);
  }

  #deactivate(active: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    const body = [active];
    return call(this.#bus, manager.path, manager.root, 'DeactivateConnection', { signature: 'o', body })();
  }

  #unmanaged(operation: string): RadioFailure {
    return {
      operation: `${operation} through NetworkManager`,
      code: 'unmanaged',
      detail: `NetworkManager does not manage ${this.#interfaceName}: nmcli device set ${this.#interfaceName} managed yes`,
    };
  }
}
