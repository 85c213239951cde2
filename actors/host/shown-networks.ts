/** What guests are shown: the networks of all interfaces merged, and their frames, each made once for everybody. */
import type { Bss } from '../../protocol/bss.js';
import { type DriverFormat, encodeHostMessage } from '../../protocol/frame.js';
import { type GuestSkills, noSkills, shownToGuest } from '../../protocol/security.js';

/** The frame of a list of networks. */
type Frames = WeakMap<readonly Bss[], Uint8Array>;

/** In one format, by whether the results are complete. */
interface FramesOfFormat {
  readonly complete: Frames;
  readonly partial: Frames;
}

const noFrames = (): FramesOfFormat => ({ complete: new WeakMap(), partial: new WeakMap() });

interface Merged {
  readonly lists: readonly (readonly Bss[])[];
  readonly networks: readonly Bss[];
}

/** How a guest's driver reads scan responses and notifications, and what the guest can do. */
export interface Reader {
  readonly format: DriverFormat;
  readonly skills: GuestSkills;
  /** Milliseconds from the opening of a notification's connection after which it may not read what is written. */
  readonly patience: number;
}

export class ShownNetworks {
  /** The last lists that were merged, for guests with each kind of skills. */
  readonly #merged = new Map<boolean, Merged>();
  readonly #frames: Readonly<Record<DriverFormat, FramesOfFormat>> = {
    'with-scan-complete': noFrames(),
    'without-scan-complete': noFrames(),
  };

  /**
   * One entry per BSSID, the first list that has it wins; what a guest cannot use by itself is shown as WPA2-PSK/CCMP. The same
   * lists give the same array.
   */
  merge(lists: readonly (readonly Bss[])[], skills: GuestSkills = noSkills): readonly Bss[] {
    const before = this.#merged.get(skills.sae);
    if (before?.lists.length === lists.length && lists.every((list, i) => list === before.lists[i]))
      return before.networks;
    const byBssid = new Map<string, Bss>();
    for (const list of lists)
      for (const bss of list) if (!byBssid.has(bss.bssid)) byBssid.set(bss.bssid, shownToGuest(bss, skills));
    const networks = [...byBssid.values()];
    this.#merged.set(skills.sae, { lists, networks });
    return networks;
  }

  /** The scan response with these networks, encoded once per array, format and completeness. */
  frame(networks: readonly Bss[], complete: boolean, format: DriverFormat): Uint8Array {
    const frames = this.#frames[format][complete ? 'complete' : 'partial'];
    const known = frames.get(networks);
    if (known !== undefined) return known;
    const frame = encodeHostMessage({ operation: 'scan.response', complete, networks }, format);
    frames.set(networks, frame);
    return frame;
  }
}
