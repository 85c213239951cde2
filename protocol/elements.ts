/** 802.11 information elements. */
import type { Either } from 'fp-ts/lib/Either.js';

/** One information element (IEEE 802.11-2020, 9.4.2.1). */
export interface InformationElement {
  /** 8 bits. */
  readonly id: number;
  /** What follows id and length: 0 to 255 bytes. */
  readonly body: Uint8Array;
}

/** Why bytes are not a list of elements. */
export type ElementsProblem =
  /** The element at `offset` announces more bytes than there are. */
  { readonly reason: 'cut off'; readonly offset: number };

/** Element ids. */
export const ElementId = {
  ssid: 0,
  supportedRates: 1,
  dsParameterSet: 3,
  rsn: 48,
  vendorSpecific: 221,
} as const;

export declare const parseElements: (
  bytes: Uint8Array,
) => Either<ElementsProblem, readonly InformationElement[]>;
export declare const buildElements: (list: readonly InformationElement[]) => Uint8Array;
