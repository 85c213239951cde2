/**
 * Connections through NetworkManager (its D-Bus API, version 1.42), for interfaces that it manages: wpa_supplicant must
 * not be told what to do behind its back. Profiles are volatile: they vanish with the connection.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { merge } from 'rxjs';
import { endWith, filter, ignoreElements, map, takeUntil, tap } from 'rxjs/operators';
import { StatusCode } from '../../protocol/status.js';
import type { ConnectFailure, ConnectOrder, HostLink, RadioFailure } from '../radio.js';
import {
  abandoned,
  absent,
  type Connector,
  failed,
  follow,
  type LostLink,
  type Resumes,
  type StationView,
  Turns,
} from './connector.js';
import { type Dbus, livesElsewhere, numberOf, setProperty, textOf, Variant } from './dbus.js';
import { answerNobody, registerAgent } from './network-manager-agent.js';
import {
  activeConnection,
  callManager,
  managedDevice,
  manager,
  profileWithUuid,
  settingsOf,
} from './network-manager-objects.js';
import { beforeIn, profileOf, serviceIn } from './network-manager-profile.js';
import { pskSuites } from './wpa-networks.js';
import { noObject, wpa } from './wpa-objects.js';

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

/** A profile of the user's. */
interface UsersProfile {
  readonly path: string;
  readonly uuid: string;
}

/** A connection of ours. */
interface Ours {
  /** Path of the active connection. */
  readonly active: string;
  /** What it was made for; unknown if an earlier run of the service made it. */
  readonly order?: ConnectOrder;
}

/** Connects one device by volatile profiles. */
export class NetworkManagerConnector implements Connector {
  readonly #bus: Dbus;
  readonly #interfaceName: string;
  readonly #view: StationView;
  readonly #restore: boolean;
  #subscribed = false;
  /** The user's profile that was active before the first of ours. */
  #before: O.Option<UsersProfile> = O.none;
  #ours: Ours | undefined;
  readonly #turns = new Turns();

  /** `restore`: after `disconnect`, activate the profile again that was active before. */
  constructor(bus: Dbus, interfaceName: string, view: StationView, restore: boolean) {
    this.#bus = bus;
    this.#interfaceName = interfaceName;
    this.#view = view;
    this.#restore = restore;
    answerNobody(bus);
    view.losses.subscribe((lost) => this.#lose(lost));
  }

  connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    return this.#turns.ask(() => this.#connect(order, abort));
  }

  disconnect(): Promise<E.Either<RadioFailure, void>> {
    return this.#turns.ask(() => this.#disconnect());
  }

  recover(resumes: Resumes): Promise<void> {
    return this.#turns.ask(() => this.#recover(resumes));
  }

  /** A volatile profile takes nothing from the user's. */
  async leave(): Promise<void> {}

  async #recover(resumes: Resumes): Promise<void> {
    const device = await managedDevice(this.#bus, this.#interfaceName);
    if (O.isNone(device)) return;
    const now = await activeConnection(this.#bus, device.value);
    if (O.isNone(now)) return;
    const settings = await settingsOf(this.#bus, now.value.profile);
    const before = beforeIn(settings);
    if (before === undefined || (await livesElsewhere(this.#bus, serviceIn(settings)))) return;
    const path = O.isSome(before) ? await profileWithUuid(this.#bus, before.value) : O.none;
    if (O.isSome(before) && O.isSome(path)) this.#before = O.some({ path: path.value, uuid: before.value });
    const link = (await this.#view.settledLink())?.link;
    if (link !== undefined && resumes(link)) {
      this.#ours = { active: now.value.active };
      return;
    }
    await this.#deactivate(now.value.active);
    await this.#reactivate(this.#before, device.value);
  }

  /** wpa_supplicant would come back to our connection as long as NetworkManager has patience with it. */
  #lose({ onPurpose }: LostLink): void {
    const ours = this.#ours;
    if (this.#turns.asking || ours === undefined) return;
    this.#ours = undefined;
    this.#turns.follow(async () => {
      // Refused if it is not active any more: the user has chosen another one then.
      const ended = await this.#deactivate(ours.active);
      if (E.isLeft(ended) || onPurpose || !this.#restore) return;
      const device = await managedDevice(this.#bus, this.#interfaceName);
      if (O.isSome(device)) await this.#reactivate(this.#before, device.value);
    });
  }

  async #connect(order: ConnectOrder, abort: AbortSignal): Promise<E.Either<ConnectFailure, HostLink>> {
    const possible = profileOf(order, O.none, '');
    if (E.isLeft(possible)) return possible;
    const device = await managedDevice(this.#bus, this.#interfaceName);
    if (O.isNone(device)) return E.left(failed(this.#unmanaged('connect')));
    const subscribed = await this.#subscribe();
    if (E.isLeft(subscribed)) return E.left(failed(subscribed.left));
    const whereabouts = await this.#view.find(order, abort);
    if (abort.aborted) return E.left(abandoned);
    if (whereabouts === 'absent') return E.left(absent);
    await registerAgent(this.#bus);
    const users = await this.#takeStock(device.value);
    const earlier = this.#ours;

    const stopped = new AbortController();
    const stop = (): void => stopped.abort();
    abort.addEventListener('abort', stop, { once: true });
    if (abort.aborted) stop();
    let active: string | undefined;
    const outcome = follow(
      this.#watched(() => active),
      order.security.kind === 'wpa3-sae',
      stopped.signal,
      async () => {
        const settled = await this.#view.settledLink();
        return settled?.link.ssid === order.ssid ? settled.link : undefined;
      },
    );
    const added = await this.#withoutSae(order, () => this.#activate(order, device.value), outcome);
    if (E.isLeft(added)) stop();
    else active = added.right;
    const result = await outcome;
    abort.removeEventListener('abort', stop);
    if (E.isLeft(added)) return E.left(failed(added.left));
    if (E.isRight(result)) {
      this.#ours = { active: added.right, order };
      return result;
    }
    await this.#takeBack(added.right, earlier, users, device.value);
    return result;
  }

  /**
   * NetworkManager adds SAE to the key managements of a PSK profile wherever it can. wpa_supplicant prefers it in a
   * WPA2/WPA3 transition network, finds a PMK and no password, and never falls back. So SAE is taken out of the network
   * that NetworkManager makes for us, as soon as it is there.
   */
  async #withoutSae<T>(order: ConnectOrder, activate: () => Promise<T>, until: Promise<unknown>): Promise<T> {
    if (order.security.kind !== 'wpa2-psk') return activate();
    const suites = new Variant('a{sv}', { key_mgmt: new Variant('s', pskSuites) });
    const added = this.#view.added.subscribe((path) => {
      // If it fails, NetworkManager has taken the network back already.
      void setProperty(this.#bus, wpa.name, path, wpa.network, 'Properties', suites)();
    });
    void until.finally(() => added.unsubscribe());
    return activate();
  }

  async #disconnect(): Promise<E.Either<RadioFailure, void>> {
    const device = await managedDevice(this.#bus, this.#interfaceName);
    if (O.isNone(device)) return E.left(this.#unmanaged('disconnect'));
    const ended = await callManager(this.#bus, device.value, manager.device, 'Disconnect')();
    const ours = this.#ours;
    this.#ours = undefined;
    if (ours !== undefined && this.#restore) await this.#reactivate(this.#before, device.value);
    // Not connected is what was wanted.
    if (E.isLeft(ended) && ended.left.code.endsWith('.NotActive')) return E.right(undefined);
    return E.map(() => undefined)(ended);
  }

  /**
   * What the station reports, and what NetworkManager says of our own activation. A search counts if it can have looked for
   * our network: the first that ends after NetworkManager has given that to wpa_supplicant may have begun before.
   */
  #watched(active: () => string | undefined): StationView {
    let searches = Number.NEGATIVE_INFINITY;
    const given = this.#view.added.pipe(
      tap(() => {
        searches = Math.max(searches, 0);
      }),
      ignoreElements(),
    );
    const reported = merge(given, this.#view.facts).pipe(
      filter(({ type }) => type !== 'searched' || searches++ > 0),
    );
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
      // The interface has left.
      takeUntil(this.#view.facts.pipe(ignoreElements(), endWith(undefined))),
    );
    return { ...this.#view, facts: merge(reported, ended) };
  }

  async #subscribe(): Promise<E.Either<RadioFailure, void>> {
    if (this.#subscribed) return E.right(undefined);
    const subscribed = await this.#bus.subscribe(activeRule)();
    this.#subscribed = E.isRight(subscribed);
    return subscribed;
  }

  /** Right: the path of the active connection. */
  async #activate(order: ConnectOrder, device: string): Promise<E.Either<RadioFailure, string>> {
    const profile = profileOf(order, O.map(({ uuid }: UsersProfile) => uuid)(this.#before), this.#bus.name);
    if (E.isLeft(profile))
      return E.left({ operation: 'connect', code: 'unsupported', detail: profile.left.detail });
    // Volatile: gone with the connection. Bound to no client: a guest's connection outlives this service.
    const options = { persist: new Variant('s', 'volatile'), 'bind-activation': new Variant('s', 'none') };
    const added = await callManager(this.#bus, manager.path, manager.root, 'AddAndActivateConnection2', {
      signature: 'a{sa{sv}}ooa{sv}',
      body: [profile.right, device, noObject, options],
    })();
    return E.map(([, active]: readonly unknown[]) => textOf(active))(added);
  }

  /** The user's profile that is active now, which a failed try gives back; notes whether ours still is. */
  async #takeStock(device: string): Promise<O.Option<UsersProfile>> {
    const now = await activeConnection(this.#bus, device);
    if (O.isSome(now) && now.value.active === this.#ours?.active) return O.none;
    const lost = this.#ours !== undefined;
    this.#ours = undefined;
    const profile = O.map(({ profile: path, uuid }: { profile: string; uuid: string }) => ({ path, uuid }))(
      now,
    );
    if (!lost || O.isSome(profile)) this.#before = profile;
    return profile;
  }

  async #reactivate(profile: O.Option<UsersProfile>, device: string): Promise<void> {
    if (O.isNone(profile)) return;
    // If it fails, the user has removed the profile meanwhile: then that counts.
    await callManager(this.#bus, manager.path, manager.root, 'ActivateConnection', {
      signature: 'ooo',
      body: [profile.value.path, device, noObject],
    })();
  }

  /**
   * A try that failed does not cost the host the connection that it had. A volatile profile of ours is gone for good: the
   * same is made again.
   */
  async #takeBack(
    active: string,
    earlier: Ours | undefined,
    users: O.Option<UsersProfile>,
    device: string,
  ): Promise<void> {
    this.#ours = undefined;
    await this.#deactivate(active);
    if (earlier?.order === undefined) return this.#reactivate(users, device);
    const { order } = earlier;
    const again = await this.#activate(order, device);
    if (E.isRight(again)) this.#ours = { active: again.right, order };
  }

  #deactivate(active: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    const body = [active];
    return callManager(this.#bus, manager.path, manager.root, 'DeactivateConnection', {
      signature: 'o',
      body,
    })();
  }

  #unmanaged(operation: string): RadioFailure {
    return {
      operation: `${operation} through NetworkManager`,
      code: 'unmanaged',
      detail: `NetworkManager does not manage ${this.#interfaceName}: nmcli device set ${this.#interfaceName} managed yes`,
    };
  }
}
