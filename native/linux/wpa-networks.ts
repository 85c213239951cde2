/**
 * Networks of wpa_supplicant that are ours: added for a guest, marked, removed afterwards. The user's networks stay what
 * they were: `SelectNetwork` disables all others, so those that were enabled are enabled again.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { ssidBytes } from '../../protocol/ssid.js';
import type { ConnectFailure, ConnectOrder, RadioFailure } from '../radio.js';
import { type GuestKey, keyOf } from './connector.js';
import {
  type Dbus,
  getAll,
  type Properties,
  propertiesOf,
  setProperty,
  textOf,
  textsOf,
  Variant,
} from './dbus.js';
import { noObject, wpa } from './wpa-objects.js';

/** `id_str` of our networks: by it a service that was restarted knows its own again. */
const mark = 'proxy-wifi';

/** Ciphers that the host may use on its own link, best first; the guest's link to us is another one. */
const ciphers = 'CCMP GCMP CCMP-256 GCMP-256';

const text = (value: string): Variant => new Variant('s', value);
const number = (value: number): Variant => new Variant('u', value);

const protection: Properties = {
  proto: text('RSN'),
  pairwise: text(ciphers),
  group: text(`${ciphers} TKIP`),
};

/** Security as wpa_supplicant.conf(5) has it. */
const securityOf = (key: GuestKey): Properties => {
  switch (key.kind) {
    case 'none':
      return { key_mgmt: text('NONE') };
    case 'pmk':
      // As bytes it is taken for the PMK, a string would be taken for a passphrase.
      return {
        ...protection,
        key_mgmt: text('WPA-PSK WPA-PSK-SHA256 FT-PSK'),
        psk: new Variant('ay', key.bytes),
        ieee80211w: number(1),
      };
    case 'password':
      return { ...protection, key_mgmt: text('SAE'), sae_password: text(key.text), ieee80211w: number(2) };
  }
};

/** A network as `AddNetwork` takes it. */
export const networkOf = (order: ConnectOrder): E.Either<ConnectFailure, Properties> =>
  E.map((key: GuestKey) => ({
    ssid: new Variant('ay', ssidBytes(order.ssid)),
    // Ask for it by name, so that a hidden network answers.
    scan_ssid: number(1),
    id_str: text(mark),
    ...(O.isSome(order.bssid) ? { bssid: text(order.bssid.value) } : {}),
    ...securityOf(key),
  }))(keyOf(order));

/** The networks of an interface. All are paths. */
export interface NetworksNow {
  /** The one that the interface is connected or connecting to. */
  readonly current: O.Option<string>;
  /** The user's networks that are enabled. */
  readonly enabled: readonly string[];
  /** Ours. */
  readonly marked: readonly string[];
}

/** What wpa_supplicant can be told about the networks of one interface. */
export class WpaNetworks {
  readonly #bus: Dbus;
  readonly #path: string;

  /** `path`: the `Interface` object. */
  constructor(bus: Dbus, path: string) {
    this.#bus = bus;
    this.#path = path;
  }

  /** The networks as they are now. */
  async read(): Promise<E.Either<RadioFailure, NetworksNow>> {
    const read = await getAll(this.#bus, wpa.name, this.#path, wpa.interface)();
    if (E.isLeft(read)) return read;
    const enabled: string[] = [];
    const marked: string[] = [];
    for (const path of textsOf(read.right.Networks)) {
      const network = await getAll(this.#bus, wpa.name, path, wpa.network)();
      if (E.isLeft(network)) continue;
      // wpa_supplicant gives strings as its configuration file has them: in quotes.
      if (textOf(propertiesOf(network.right.Properties).id_str) === `"${mark}"`) marked.push(path);
      else if (network.right.Enabled === true) enabled.push(path);
    }
    const current = textOf(read.right.CurrentNetwork);
    return E.right({ current: current === noObject ? O.none : O.some(current), enabled, marked });
  }

  /** Adds a network; right: its path. */
  async add(network: Properties): Promise<E.Either<RadioFailure, string>> {
    const added = await this.#call('AddNetwork', 'a{sv}', [network]);
    return E.map(([path]: readonly unknown[]) => textOf(path))(added);
  }

  /** Connects to this network, which disables all others. */
  select(path: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    return this.#call('SelectNetwork', 'o', [path]);
  }

  /** Removes one of ours; the link ends if it is the current one. */
  remove(path: string): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    return this.#call('RemoveNetwork', 'o', [path]);
  }

  /** Ends the link; wpa_supplicant does not connect again until it is told to. */
  disconnect(): Promise<E.Either<RadioFailure, readonly unknown[]>> {
    return this.#call('Disconnect');
  }

  /**
   * Gives the user's networks their state back; with `reconnect` also the link that there was, or the search for
   * one. What fails here fails because the user has changed the networks meanwhile: then that counts.
   */
  async restore(before: NetworksNow, reconnect: boolean): Promise<void> {
    const selected = reconnect ? O.toUndefined(before.current) : undefined;
    if (selected !== undefined) await this.select(selected);
    for (const path of before.enabled) {
      if (path === selected) continue;
      await setProperty(this.#bus, wpa.name, path, wpa.network, 'Enabled', new Variant('b', true))();
    }
    if (reconnect && selected === undefined && before.enabled.length > 0) await this.#call('Reconnect');
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
