/**
 * In which order the host's channels are searched for a network that has not been seen. A whole scan takes 10 s and more where the
 * regulatory domain has 6 GHz, because the host must listen for a beacon on each of those channels; most networks are on
 * channels where it may ask, which takes less than 1 s. Pure.
 */

/** What a search has found out: the network is seen, is nowhere, or may be where the search could not look. */
export type Whereabouts = 'seen' | 'absent' | 'unknown';

/** One part of a search. */
export interface SearchPart {
  /** Middles of the channels, in MHz. */
  readonly channels: readonly number[];
  /** Whether every interface has them: one that refuses the others has none to look on. */
  readonly everywhere: boolean;
}

/** So many numbers from `first` on, each `step` above the last. */
const row = (first: number, count: number, step: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => first + step * i);

/** Numbers of the preferred scanning channels of 6 GHz: 5, 21 … 229 (IEEE 802.11ax-2021, 26.17.2.3.3), by their middles. */
const preferred = row(5975, 15, 80);

/** All channels of 6 GHz: 1, 5 … 233. */
const sixGigahertz = row(5955, 59, 20);

/** First those where an access point answers, and where most are (IEEE 802.11-2020, annex E). */
export const searchParts: readonly SearchPart[] = [
  // Channels 1 to 13, 36 to 48 and 149 to 165.
  { channels: row(2412, 13, 5), everywhere: true },
  { channels: [...row(5180, 4, 20), ...row(5745, 5, 20)], everywhere: true },
  // 52 to 64 and 100 to 144, where radars go first.
  { channels: [...row(5260, 4, 20), ...row(5500, 12, 20)], everywhere: true },
  { channels: preferred, everywhere: false },
  { channels: sixGigahertz.filter((middle) => !preferred.includes(middle)), everywhere: false },
];
