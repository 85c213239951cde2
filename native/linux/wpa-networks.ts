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
import { frequenciesOf } from './seen-networks.js';
import { type Before, beforeOf, markIn, markOf, serviceIn, type UsersNetwork } from './wpa-mark.js';
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
  /** Ours that use SAE. */
  readonly #sae = new Set<string>();
  #hashToElementSet = false;

  /** `path`: the `Interface` object. */
  constructor(bus: Dbus, path: string) {
    this.#bus = bus;
    this.#path = path;
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
      if (mark !== undefined) marks.push({ path, mark });
      else users.push({ path, ssid: textOf(ssid), enabled: network.right.Enabled === true });
    }
    const current = textOf(read.right.CurrentNetwork);
    return E.right({
      current: current === noObject ? O.none : O.some(current),
      users,
      marked: await Promise.all(
        marks.map(async ({ path, mark }) => ({
          path,
          before: beforeOf(mark, users),
          foreign: await livesElsewhere(this.#bus, serviceIn(mark)),
        })),
      ),
    });
  }

  /** Adds a network with its mark; right: its path. */
  async add(network: Properties, before: Before): Promise<E.Either<RadioFailure, string>> {
    const sae = 'sae_password' in network;
    if (sae) await this.#setHashToElement(true);
    const added = await this.#call('AddNetwork', 'a{sv}', [
      { ...network, id_str: text(markOf(this.#bus.name, before)) },
    ]);
    if (E.isLeft(added)) return added;
    const path = textOf(added.right[0]);
    if (sae) this.#sae.add(path);
    return E.right(path);
  }

  /** Connects to this network, which disables all others. */
  select(path: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    return this.#call('SelectNetwork', 'o', [path]);
  }

  /** Removes one of ours; the link ends if it is the current one. */
  async remove(path: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    const removed = await this.#call('RemoveNetwork', 'o', [path]);
    if (this.#sae.delete(path) && this.#sae.size === 0) await this.#setHashToElement(false);
    return removed;
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
