/**
 * Networks of wpa_supplicant that are ours: added for a guest, marked, removed afterwards. The user's networks stay what
 * they were: `SelectNetwork` disables all others, so those that were enabled are enabled again. Which those are stands in
 * the mark, so that it outlives a service that was killed.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Bss } from '../../protocol/bss.js';
import { ssidBytes } from '../../protocol/ssid.js';
import type { ConnectFailure, ConnectOrder, RadioFailure } from '../radio.js';
import { type GuestKey, keyOf } from './connector.js';
import {
  type Dbus,
  getAll,
  livesElsewhere,
  type Properties,
  propertiesOf,
  setProperty,
  textOf,
  textsOf,
  Variant,
} from './dbus.js';
import { SavedNetworks } from './saved-networks.js';
import { frequenciesOf } from './seen-networks.js';
import {
  allowsHashToElement,
  type Before,
  beforeOf,
  markIn,
  markOf,
  serviceIn,
  type UsersNetwork,
} from './wpa-mark.js';
import { noObject, wpa } from './wpa-objects.js';

/** Key managements for which a PMK is enough. */
export const pskSuites = 'WPA-PSK WPA-PSK-SHA256 FT-PSK';

/** Ciphers that the host may use on its own link, best first; the guest's link to us is another one. */
const ciphers = 'CCMP GCMP CCMP-256 GCMP-256';

const text = (value: string): Variant => new Variant('s', value);
const number = (value: number): Variant => new Variant('u', value);

const protection: Properties = {
  proto: text('RSN'),
  pairwise: text(ciphers),
  group: text(`${ciphers} TKIP`),
};

/**
 * Security as wpa_supplicant.conf(5) has it, so that nobody's `SaveConfig` writes a key to disk. A PMK can be kept in memory
 * only. An SAE password cannot, but a network that could also be used with a PSK and has none is not written at all
 * (`wpa_config_write` of hostap 2.10).
 */
const securityOf = (key: GuestKey): Properties => {
  switch (key.kind) {
    case 'none':
      return { key_mgmt: text('NONE') };
    case 'pmk':
      // As bytes it is taken for the PMK, a string would be taken for a passphrase.
      return {
        ...protection,
        key_mgmt: text(pskSuites),
        psk: new Variant('ay', key.bytes),
        mem_only_psk: number(1),
        ieee80211w: number(1),
      };
    case 'password':
      return {
        ...protection,
        key_mgmt: text('SAE WPA-PSK'),
        sae_password: text(key.text),
        ieee80211w: number(2),
      };
  }
};

/**
 * Stands beside a network that is not written to disk, so that its mark is: what `SelectNetwork` and `SaePwe` change is saved
 * with or without it. It is disabled, as every network is that nobody selects, and leads nowhere.
 */
const companion: Properties = {
  ssid: new Variant('ay', Buffer.from('proxy-wifi')),
  key_mgmt: text('WPA-EAP'),
};

/** A network as `AddNetwork` takes it, without its mark. `seen`: what is on the air. */
export const networkOf = (order: ConnectOrder, seen: readonly Bss[]): E.Either<ConnectFailure, Properties> =>
  E.map((key: GuestKey) => {
    const frequencies = frequenciesOf(order, seen);
    return {
      ssid: new Variant('ay', ssidBytes(order.ssid)),
      // Ask for it by name, so that a hidden network answers.
      scan_ssid: number(1),
      // Results older than 5 s are not connected to but looked for again, which takes 10 s where all of 6 GHz is searched.
      ...(frequencies.length > 0 ? { scan_freq: text(frequencies.join(' ')) } : {}),
      ...(O.isSome(order.bssid) ? { bssid: text(order.bssid.value) } : {}),
      ...securityOf(key),
    };
  })(keyOf(order));

/** The networks of an interface. */
export interface NetworksNow {
  /** Path of the one that the interface is connected or connecting to. */
  readonly current: O.Option<string>;
  /** The user's. */
  readonly users: readonly UsersNetwork[];
  /** Ours, and those of other services. */
  readonly marked: readonly MarkedNetwork[];
}

/** A network that a service has added for a guest. */
interface MarkedNetwork {
  readonly path: string;
  /** What the user had before. */
  readonly before: Before;
  /** Another service has made it, which is still there: it is none of ours. */
  readonly foreign: boolean;
}

/** One of ours, with what stands in its mark. */
interface Marked {
  readonly path: string;
  readonly mark: string;
}

/** What wpa_supplicant can be told about the networks of one interface. */
export class WpaNetworks {
  readonly #bus: Dbus;
  readonly #path: string;
  readonly #saved: SavedNetworks;
  /** Ours that there are. */
  readonly #ours = new Set<string>();
  /** Those of them that use SAE, with what stands beside them. */
  readonly #sae = new Map<string, string>();
  #hashToElementSet = false;

  /** `path`: the `Interface` object. `unsave`: what others save of ours is taken out of wpa_supplicant's file. */
  constructor(bus: Dbus, path: string, unsave = true) {
    this.#bus = bus;
    this.#path = path;
    this.#saved = new SavedNetworks(bus, path, unsave);
  }

  /** The networks as they are now. */
  async read(): Promise<E.Either<RadioFailure, NetworksNow>> {
    const read = await getAll(this.#bus, wpa.name, this.#path, wpa.interface)();
    if (E.isLeft(read)) return read;
    const users: UsersNetwork[] = [];
    const marks: Marked[] = [];
    for (const path of textsOf(read.right.Networks)) {
      const network = await getAll(this.#bus, wpa.name, path, wpa.network)();
      if (E.isLeft(network)) continue;
      const { id_str, ssid } = propertiesOf(network.right.Properties);
      const mark = markIn(textOf(id_str));
      if (this.#isCompanion(path)) continue;
      if (mark !== undefined) marks.push({ path, mark });
      else users.push({ path, ssid: textOf(ssid), enabled: network.right.Enabled === true });
    }
    const current = textOf(read.right.CurrentNetwork);
    const marked: MarkedNetwork[] = [];
    for (const { path, mark } of marks) {
      const foreign = await livesElsewhere(this.#bus, serviceIn(mark));
      if (!foreign && allowsHashToElement(mark)) this.#inherit(path);
      marked.push({ path, before: beforeOf(mark, users), foreign });
    }
    return E.right({ current: current === noObject ? O.none : O.some(current), users, marked });
  }

  /** Adds a network with its mark; right: its path. */
  async add(network: Properties, before: Before): Promise<E.Either<RadioFailure, string>> {
    const sae = 'sae_password' in network;
    await this.#saved.follow();
    if (sae) await this.#setHashToElement(true);
    const added = await this.#addMarked(network, before, sae);
    if (E.isLeft(added)) {
      await this.#settle();
      return added;
    }
    this.#ours.add(added.right);
    if (sae) await this.#accompany(added.right, before);
    return added;
  }

  /** Connects to this network, which disables all others. */
  select(path: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    return this.#call('SelectNetwork', 'o', [path]);
  }

  /** Removes one of ours; the link ends if it is the current one. */
  async remove(path: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    const removed = await this.#call('RemoveNetwork', 'o', [path]);
    const beside = this.#sae.get(path) ?? noObject;
    if (beside !== noObject) await this.#call('RemoveNetwork', 'o', [beside]);
    this.#sae.delete(path);
    this.#ours.delete(path);
    await this.#settle();
    return removed;
  }

  /** Takes over one of ours that an earlier run of the service has left. */
  async adopt(path: string, before: Before): Promise<void> {
    this.#ours.add(path);
    await this.#saved.follow();
    if (this.#sae.has(path)) await this.#accompany(path, before);
  }

  /** Takes out of wpa_supplicant's file what was saved there of ours and of those who have gone. */
  tidy(): Promise<void> {
    return this.#saved.clean();
  }

  /** Nobody follows from now on what is saved. */
  leave(): Promise<void> {
    return this.#saved.end();
  }

  /** Ends the link; wpa_supplicant does not connect again until it is told to. */
  disconnect(): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    return this.#call('Disconnect');
  }

  /**
   * Gives the user's networks their state back; with `reconnect` also the link that there was, or the search for
   * one. What fails here fails because the user has changed the networks meanwhile: then that counts.
   */
  async restore(before: Before, reconnect: boolean): Promise<void> {
    const selected = reconnect ? O.toUndefined(before.current)?.path : undefined;
    if (selected !== undefined) await this.select(selected);
    for (const { path } of before.enabled) {
      if (path === selected) continue;
      await setProperty(this.#bus, wpa.name, path, wpa.network, 'Enabled', new Variant('b', true))();
    }
    if (reconnect && selected === undefined && before.enabled.length > 0) await this.#call('Reconnect');
  }

  /**
   * `SaePwe` 2: besides the older way (0) also hash-to-element, which 6 GHz and some access points insist on. Left as it is
   * where somebody has chosen something or wpa_supplicant is too old for it.
   */
  async #setHashToElement(wanted: boolean): Promise<void> {
    const [from, to] = wanted ? ['0', '2'] : ['2', '0'];
    if (this.#hashToElementSet === wanted) return;
    const read = await getAll(this.#bus, wpa.name, this.#path, wpa.interface)();
    if (E.isLeft(read) || read.right.SaePwe !== from) return;
    await setProperty(this.#bus, wpa.name, this.#path, wpa.interface, 'SaePwe', text(to))();
    this.#hashToElementSet = wanted;
  }

  async #addMarked(
    network: Properties,
    before: Before,
    sae: boolean,
  ): Promise<E.Either<RadioFailure, string>> {
    const mark = markOf(this.#bus.name, before, sae && this.#hashToElementSet);
    const added = await this.#call('AddNetwork', 'a{sv}', [{ ...network, id_str: text(mark) }]);
    return E.map(([path]: readonly unknown[]) => textOf(path))(added);
  }

  async #accompany(path: string, before: Before): Promise<void> {
    const beside = await this.#addMarked(companion, before, true);
    this.#sae.set(path, E.isRight(beside) ? beside.right : noObject);
  }

  /** What stands beside a network of ours goes with it. */
  #isCompanion(path: string): boolean {
    return [...this.#sae.values()].includes(path);
  }

  /** A service that has gone has allowed hash-to-element for this one. */
  #inherit(path: string): void {
    if (!this.#sae.has(path)) this.#sae.set(path, noObject);
    this.#hashToElementSet = true;
  }

  /** What was changed for networks of ours goes with the last one that needs it. */
  async #settle(): Promise<void> {
    if (this.#sae.size === 0) await this.#setHashToElement(false);
    if (this.#ours.size === 0) await this.#saved.end();
  }

  #call(member: string, signature?: string, body?: readonly unknown[]) {
    const values = signature === undefined || body === undefined ? {} : { signature, body };
    return this.#bus.call({
      destination: wpa.name,
      path: this.#path,
      interface: wpa.interface,
      member,
      ...values,
    })();
  }
}
