/** Channels and their centre frequencies (IEEE 802.11-2020, annex E). Frequencies are in kHz, as on the wire. */
import * as O from 'fp-ts/lib/Option.js';

/** A frequency band in GHz. */
export type Band = '2.4' | '5' | '6';

/** A 20 MHz channel. */
export interface Channel {
  readonly channel: number;
  readonly band: Band;
}

const bands: readonly Band[] = ['2.4', '5', '6'];

const isChannel = (channel: number, band: Band): boolean => {
  if (!Number.isInteger(channel)) return false;
  switch (band) {
    case '2.4':
      return channel >= 1 && channel <= 14;
    case '5':
      return (
        (channel >= 36 && channel <= 64 && channel % 4 === 0) ||
        (channel >= 100 && channel <= 144 && channel % 4 === 0) ||
        (channel >= 149 && channel <= 177 && channel % 4 === 1)
      );
    case '6':
      return channel >= 1 && channel <= 233 && channel % 4 === 1;
  }
};

const firstMegahertz: Readonly<Record<Band, number>> = { '2.4': 2407, '5': 5000, '6': 5950 };

/** Centre frequency of a 20 MHz channel in kHz: 2.4 GHz 1–14, 5 GHz 36–177, 6 GHz 1–233. `none`: no such channel. */
export const frequencyOfChannel = (channel: number, band: Band): O.Option<number> => {
  if (!isChannel(channel, band)) return O.none;
  return O.some(1000 * (band === '2.4' && channel === 14 ? 2484 : firstMegahertz[band] + 5 * channel));
};

const channels: ReadonlyMap<number, Channel> = new Map(
  bands.flatMap((band) =>
    Array.from({ length: 233 }, (_, i) => i + 1).flatMap((channel) => {
      const frequency = frequencyOfChannel(channel, band);
      return O.isSome(frequency) ? [[frequency.value, { channel, band }] as const] : [];
    }),
  ),
);

/** The 20 MHz channel that is centred on a frequency in kHz. */
export const channelOfFrequency = (frequency: number): O.Option<Channel> =>
  O.fromNullable(channels.get(frequency));

/** Frequencies in MHz that the guest driver knows, by range: lowest, highest, step. */
const driverRanges = [
  [2412, 2472, 5],
  [2484, 2484, 5],
  [5160, 5885, 5],
  [5955, 7115, 20],
] as const;

/** Does the guest driver know this frequency (in kHz)? It drops networks on any other. */
export const inDriverChannelTable = (frequency: number): boolean => {
  const megahertz = frequency / 1000;
  return driverRanges.some(
    ([lowest, highest, step]) =>
      megahertz >= lowest && megahertz <= highest && (megahertz - lowest) % step === 0,
  );
};
