/** Channels and their centre frequencies (IEEE 802.11-2020, annex E). */
import type { Option } from 'fp-ts/lib/Option.js';

/** A frequency band in GHz. */
export type Band = '2.4' | '5' | '6';

/** Centre frequency of a 20 MHz channel in kHz. */
export declare const frequencyOfChannel: (channel: number, band: Band) => Option<number>;
/** The 20 MHz channel that is centred on a frequency in kHz. */
export declare const channelOfFrequency: (
  frequency: number,
) => Option<{ readonly channel: number; readonly band: Band }>;
/** Does the guest driver know this frequency (in kHz)? It drops networks on any other. */
export declare const inDriverChannelTable: (frequency: number) => boolean;
