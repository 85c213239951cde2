/** The key of a WPA2-PSK network from what people type. */
import { pbkdf2Sync } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { KeyMaterial } from '../protocol/key-material.js';
import { type Ssid, ssidBytes } from '../protocol/ssid.js';

/** Bytes in a pairwise master key (IEEE 802.11-2020, 12.7.1.3). */
export const pmkSize = 32;

/** How often PBKDF2 hashes (IEEE 802.11-2020, annex J.4). */
const rounds = 4096;

/** Why a text is no passphrase; never the text itself. */
export type PassphraseProblem =
  /** Neither 8 to 63 characters nor 64 hexadecimal digits. */
  | { readonly reason: 'wrong length'; readonly length: number }
  /** A character outside ASCII 32 to 126. `position` counts from 1. */
  | { readonly reason: 'not printable ASCII'; readonly position: number };

/** One sentence for people, without the passphrase. */
export const passphraseProblemText = (problem: PassphraseProblem): string => {
  const expected = 'Give 8 to 63 printable ASCII characters, or the key itself as 64 hexadecimal digits.';
  switch (problem.reason) {
    case 'wrong length':
      return `The passphrase has ${problem.length} characters. ${expected}`;
    case 'not printable ASCII':
      return `Character ${problem.position} of the passphrase is not printable ASCII. ${expected}`;
  }
};

/**
 * The pairwise master key: PBKDF2 with HMAC-SHA-1 over the passphrase, the SSID as salt (IEEE 802.11-2020, annex J.4);
 * 64 hexadecimal digits are the key itself. Takes some milliseconds.
 */
export const derivePmk = (passphrase: string, ssid: Ssid): E.Either<PassphraseProblem, KeyMaterial> => {
  if (/^[\da-f]{64}$/i.test(passphrase)) return E.right(new KeyMaterial(Buffer.from(passphrase, 'hex')));
  const unprintable = passphrase.search(/[^ -~]/);
  if (unprintable >= 0) return E.left({ reason: 'not printable ASCII', position: unprintable + 1 });
  const { length } = passphrase;
  if (length < 8 || length > 63) return E.left({ reason: 'wrong length', length });
  return E.right(new KeyMaterial(pbkdf2Sync(passphrase, ssidBytes(ssid), rounds, pmkSize, 'sha1')));
};
