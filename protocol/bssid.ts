/** BSSIDs: the 48-bit addresses of access points (IEEE 802.11-2020, 9.2.4.3.4). */
import * as E from 'fp-ts/lib/Either.js';
import { hexOf, hexOfByte } from './hex.js';

/** Bytes in a BSSID. */
export const bssidSize = 6;

/** `aa:bb:cc:dd:ee:ff`, always lower case: `===` compares. */
export type Bssid = string & { readonly Bssid: unique symbol };

/** All zero: in a request any access point, in the answer to a failed one none. */
export const anyBssid = '00:00:00:00:00:00' as Bssid;

/** Why something is not a BSSID. */
export type BssidProblem =
  /** `size` bytes instead of 6. */
  | { readonly reason: 'wrong size'; readonly size: number }
  /** The text is not six pairs of hex digits between colons or dashes. */
  | { readonly reason: 'not a BSSID'; readonly text: string };

/** One sentence for people: what is wrong with the BSSID. */
export const bssidProblemText = (problem: BssidProblem): string =>
  problem.reason === 'wrong size'
    ? `a BSSID has ${bssidSize} bytes, this one has ${problem.size}`
    : `a BSSID looks like 02:00:00:00:00:01, not like ${JSON.stringify(problem.text)}`;

/** The BSSID of exactly 6 bytes. */
export const bssidFromBytes = (bytes: Uint8Array): E.Either<BssidProblem, Bssid> =>
  bytes.length === bssidSize
    ? E.right(hexOf(bytes, ':') as Bssid)
    : E.left({ reason: 'wrong size', size: bytes.length });

/** Reads `02:00:00:00:00:01` or `02-00-00-00-00-01`, digits in either case. */
export const parseBssid = (text: string): E.Either<BssidProblem, Bssid> =>
  /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i.test(text)
    ? E.right(text.toLowerCase().replaceAll('-', ':') as Bssid)
    : E.left({ reason: 'not a BSSID', text });

/** The 6 bytes of a BSSID, in a new array. */
export const bssidBytes = (bssid: Bssid): Uint8Array =>
  Uint8Array.from({ length: bssidSize }, (_, i) => Number.parseInt(bssid.slice(3 * i, 3 * i + 2), 16));

/** The BSSID in the 6 bytes of `view` from `at` on, which must be there. */
export const bssidAt = (view: DataView, at: number): Bssid => {
  let text = hexOfByte(view.getUint8(at));
  for (let i = 1; i < bssidSize; i++) text += `:${hexOfByte(view.getUint8(at + i))}`;
  return text as Bssid;
};
