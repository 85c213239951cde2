/** What an interface has seen last, kept so that what has not changed stays the same object. */
import type { Bss } from '../../protocol/bss.js';
import type { Bssid } from '../../protocol/bssid.js';

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && Buffer.compare(a, b) === 0;

const same = (a: Bss, b: Bss): boolean =>
  a.ssid === b.ssid &&
  a.rssi === b.rssi &&
  a.frequency === b.frequency &&
  a.capabilities === b.capabilities &&
  a.beaconInterval === b.beaconInterval &&
  sameBytes(a.elements, b.elements);

/**
 * The networks of `seen`, one a BSSID: Windows lists a hidden network twice after a directed scan, and the entry with
 * its name counts. A network that is as it was in `known` is the same object, and when all are, `known` itself.
 */
export const updatedNetworks = (known: readonly Bss[], seen: readonly Bss[]): readonly Bss[] => {
  const before = new Map<Bssid, Bss>(known.map((bss) => [bss.bssid, bss]));
  const now = new Map<Bssid, Bss>();
  for (const bss of seen) {
    if (bss.ssid === '' && now.has(bss.bssid)) continue;
    const old = before.get(bss.bssid);
    now.set(bss.bssid, old !== undefined && same(old, bss) ? old : bss);
  }
  const list = [...now.values()];
  return list.length === known.length && list.every((bss, i) => bss === known[i]) ? known : list;
};
