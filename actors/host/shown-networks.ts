/** What guests are shown: the networks of all interfaces merged, and their frames, each made once for everybody. */
import type { Bss } from '../../protocol/bss.js';
import { type DriverFormat, encodeHostMessage } from '../../protocol/frame.js';
import { shownToGuest } from '../../protocol/security.js';

type Frames = Map<string, Uint8Array>;

export class ShownNetworks {
  #lists: readonly (readonly Bss[])[] = [];
  #merged: readonly Bss[] = [];
  readonly #frames = new WeakMap<readonly Bss[], Frames>();

  /**
   * One entry per BSSID, the first list that has it wins; what a guest cannot use by itself is shown as WPA2-PSK/CCMP. The same
   * lists give the same array.
   */
  merge(lists: readonly (readonly Bss[])[]): readonly Bss[] {
    if (lists.length === this.#lists.length && lists.every((list, i) => list === this.#lists[i]))
      return this.#merged;
    const byBssid = new Map<string, Bss>();
    for (const list of lists)
      for (const bss of list) if (!byBssid.has(bss.bssid)) byBssid.set(bss.bssid, shownToGuest(bss));
    this.#lists = lists;
    this.#merged = [...byBssid.values()];
    return this.#merged;
  }

  /** The scan response with these networks, encoded once per array, format and completeness. */
  frame(networks: readonly Bss[], complete: boolean, driver: DriverFormat): Uint8Array {
    const frames: Frames = this.#frames.get(networks) ?? new Map();
    this.#frames.set(networks, frames);
    const key = `${driver} ${complete}`;
    const known = frames.get(key);
    if (known !== undefined) return known;
    const frame = encodeHostMessage({ operation: 'scan.response', complete, networks }, driver);
    frames.set(key, frame);
    return frame;
  }
}
