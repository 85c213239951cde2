/** The access points that one interface of wpa_supplicant has seen. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Bss } from '../../protocol/bss.js';
import type { Bssid } from '../../protocol/bssid.js';
import type { ConnectOrder } from '../radio.js';
import { type Dbus, getAll, textsOf } from './dbus.js';
import { bssOf, sameBss, wpa } from './wpa-objects.js';

/** Where a network has been seen, in MHz. */
export const frequenciesOf = ({ ssid, bssid }: ConnectOrder, seen: readonly Bss[]): readonly number[] => {
  const fitting = seen.filter((bss) => bss.ssid === ssid && (O.isNone(bssid) || bss.bssid === bssid.value));
  return [...new Set(fitting.map(({ frequency }) => frequency / 1000))];
};

/** Reads `BSS` objects, and keeps what has not changed as it is: what is derived from a `Bss` is cached by its identity. */
export class SeenNetworks {
  readonly #bus: Dbus;
  readonly #interface: string;
  readonly #byPath = new Map<string, Bss>();
  #list: readonly Bss[] = [];

  /** `path`: the `Interface` object. */
  constructor(bus: Dbus, path: string) {
    this.#bus = bus;
    this.#interface = path;
  }

  /** One entry per BSSID; the same array until something changes. */
  get list(): readonly Bss[] {
    return this.#list;
  }

  /** Reads every access point anew: changes of single properties are not followed. */
  async refresh(): Promise<void> {
    const read = await getAll(this.#bus, wpa.name, this.#interface, wpa.interface)();
    if (E.isLeft(read)) return;
    const paths = textsOf(read.right.BSSs);
    await Promise.all(paths.map((path) => this.#read(path)));
    for (const path of this.#byPath.keys()) if (!paths.includes(path)) this.#byPath.delete(path);
    this.#update();
  }

  /** The access point behind a path, read if it is new. */
  async at(path: string): Promise<Bss | undefined> {
    return this.#byPath.get(path) ?? (await this.#read(path));
  }

  /** wpa_supplicant has forgotten it. */
  forget(path: string): void {
    if (this.#byPath.delete(path)) this.#update();
  }

  async #read(path: string): Promise<Bss | undefined> {
    const read = await getAll(this.#bus, wpa.name, path, wpa.bss)();
    const bss = E.isLeft(read) ? O.none : bssOf(read.right);
    if (O.isNone(bss)) {
      this.#byPath.delete(path);
      return undefined;
    }
    const known = this.#byPath.get(path);
    if (known !== undefined && sameBss(known, bss.value)) return known;
    this.#byPath.set(path, bss.value);
    return bss.value;
  }

  /** A hidden network has an entry without its SSID and one with it: the latter counts. */
  #update(): void {
    const byBssid = new Map<Bssid, Bss>();
    for (const bss of this.#byPath.values()) {
      const other = byBssid.get(bss.bssid);
      if (other === undefined || other.ssid === '') byBssid.set(bss.bssid, bss);
    }
    const list = [...byBssid.values()];
    const same = list.length === this.#list.length && list.every((bss, i) => bss === this.#list[i]);
    if (!same) this.#list = list;
  }
}
