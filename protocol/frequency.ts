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

/** Numbers in a row: the first one, how many they are, and how far each is from the one before. */
type Row = readonly [first: number, count: number, step: number];

const isIn = ([first, count, step]: Row, number: number): boolean => {
  const place = (number - first) / step;
  return Number.isInteger(place) && place >= 0 && place < count;
};

/** 20 MHz channels: 2.4 GHz 1–14, 5 GHz 36–64, 100–144 and 149–177, 6 GHz 1–233. */
const channelRows: Readonly<Record<Band, readonly Row[]>> = {
  '2.4': [[1, 14, 1]],
  '5': [
    [36, 8, 4],
    [100, 12, 4],
    [149, 8, 4],
  ],
  '6': [[1, 59, 4]],
};

const firstMegahertz: Readonly<Record<Band, number>> = { '2.4': 2407, '5': 5000, '6': 5950 };

/** Centre frequency of a 20 MHz channel in kHz: 2.4 GHz 1–14, 5 GHz 36–177, 6 GHz 1–233. `none`: no such channel. */
export const frequencyOfChannel = (channel: number, band: Band): O.Option<number> => {
  if (!channelRows[band].some((row) => isIn(row, channel))) return O.none;
  return O.some(1000 * (band === '2.4' && channel === 14 ? 2484 : firstMegahertz[band] + 5 * channel));
};

const channels: ReadonlyMap<number, Channel> = new Map(
  bands.flatMap((band) =>
    channelRows[band].flatMap(([first, count, step]) =>
      Array.from({ length: count }, (_, i) => first + i * step).flatMap((channel) => {
        const frequency = frequencyOfChannel(channel, band);
        return O.isSome(frequency) ? [[frequency.value, { channel, band }] as const] : [];
      }),
    ),
  ),
);

/** The 20 MHz channel that is centred on a frequency in kHz. */
export const channelOfFrequency = (frequency: number): O.Option<Channel> =>
  O.fromNullable(channels.get(frequency));

/** Frequencies in MHz that the guest driver knows: 2412–2472, 2484, 5160–5885, 5955–7115. */
const driverRows: readonly Row[] = [
  [2412, 13, 5],
  [2484, 1, 5],
  [5160, 146, 5],
  [5955, 59, 20],
];

/** Does the guest driver know this frequency (in kHz)? It drops networks on any other. */
export const inDriverChannelTable = (frequency: number): boolean =>
  driverRows.some((row) => isIn(row, frequency / 1000));
