/**
 * SSIDs. An SSID is 0 to 32 arbitrary bytes (IEEE 802.11-2020, 9.4.2.2), chosen by whoever runs the access point: it
 * may hold NULs, terminal escapes, half a UTF-8 sequence. Inside the service it is one canonical printable text,
 * so that it can be compared with `===`, be a map key and stand in a log line as it is.
 */
import * as E from 'fp-ts/lib/Either.js';
import { bytesFromHex, hexOf, hexOfByte } from './hex.js';

/** Most bytes in an SSID (IEEE 802.11-2020, 9.4.2.2). */
export const maximumSsidSize = 32;

/**
 * The canonical printable text of an SSID's bytes. Printable UTF-8 stands for itself, a backslash is `\\`, and every
 * other byte (control and format characters, separators of lines, unassigned code points, invalid UTF-8) is `\xNN`
 * with lower-case digits. One text for each sequence of bytes, and one sequence of bytes for each text.
 */
export type Ssid = string & { readonly Ssid: unique symbol };

/** Why something is not an SSID. */
export type SsidProblem =
  /** `size` bytes, where 32 are the most. */
  | { readonly reason: 'too long'; readonly size: number }
  /** The hex text has an odd number of digits or something else than digits. */
  | { readonly reason: 'not hex' }
  /** The text holds half a surrogate pair, which no UTF-8 can carry. */
  | { readonly reason: 'not Unicode' };

/** One sentence for people: what is wrong with the SSID. */
export const ssidProblemText = (problem: SsidProblem): string => {
  switch (problem.reason) {
    case 'too long':
      return `an SSID has at most ${maximumSsidSize} bytes, this one has ${problem.size}`;
    case 'not hex':
      return 'an SSID in hex is an even number of the digits 0-9 and a-f';
    case 'not Unicode':
      return 'this SSID holds half a surrogate pair, which is no text: give its bytes in hex';
  }
};

const encoder = new TextEncoder();
/** Without `ignoreBOM` a byte order mark would vanish. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Control, format, surrogate, private-use and unassigned code points, and the separators of lines and paragraphs. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u;

/** The SSID of 0 to 32 bytes. */
export const ssidFromBytes = (bytes: Uint8Array): E.Either<SsidProblem, Ssid> =>
  bytes.length > maximumSsidSize
    ? E.left({ reason: 'too long', size: bytes.length })
    : E.right(canonicalText(bytes) as Ssid);

/** The SSID whose bytes are the UTF-8 of `text`, taken literally: a backslash is a backslash. */
export const ssidFromText = (text: string): E.Either<SsidProblem, Ssid> =>
  /\p{Cs}/u.test(text) ? E.left({ reason: 'not Unicode' }) : ssidFromBytes(encoder.encode(text));

/** The SSID whose bytes are given as hex digits. */
export const ssidFromHex = (hex: string): E.Either<SsidProblem, Ssid> => {
  const bytes = bytesFromHex(hex);
  return bytes._tag === 'None' ? E.left({ reason: 'not hex' }) : ssidFromBytes(bytes.value);
};

/** The bytes of an SSID: 0 to 32, in a new array. */
export const ssidBytes = (ssid: Ssid): Uint8Array => {
  if (!ssid.includes('\\')) return encoder.encode(ssid);
  const bytes: number[] = [];
  for (const part of ssid.match(/\\\\|\\x[0-9a-f]{2}|[^\\]+/g) ?? []) {
    if (part === '\\\\') bytes.push(0x5c);
    else if (part.startsWith('\\x')) bytes.push(Number.parseInt(part.slice(2), 16));
    else bytes.push(...encoder.encode(part));
  }
  return Uint8Array.from(bytes);
};

/** The bytes of an SSID as lower-case hex digits. */
export const ssidHex = (ssid: Ssid): string => hexOf(ssidBytes(ssid));

/** The SSID in the `size` bytes (at most 32) of `view` from `at` on, which must be there. */
export const ssidAt = (view: DataView, at: number, size: number): Ssid =>
  canonicalText(new Uint8Array(view.buffer, view.byteOffset + at, size)) as Ssid;

const canonicalText = (bytes: Uint8Array): string => {
  // Nearly every SSID is plain ASCII, and each is read on every scan.
  if (bytes.every((byte) => byte >= 0x20 && byte < 0x7f && byte !== 0x5c))
    return String.fromCharCode(...bytes);
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const size = sequenceSize(bytes, at);
    const sequence = bytes.subarray(at, at + Math.max(1, size));
    const character = size === 0 ? '' : decoder.decode(sequence);
    if (character === '\\') text += '\\\\';
    else if (size === 0 || unprintable.test(character))
      for (const byte of sequence) text += `\\x${hexOfByte(byte)}`;
    else text += character;
    at += sequence.length;
  }
  return text;
};

/**
 * Size of the well-formed UTF-8 sequence at `at` (Unicode, table 3-7), 0 if there is none. What begins with 0xf4 is for private use,
 * so that it makes no difference whether it is well-formed.
 */
const sequenceSize = (bytes: Uint8Array, at: number): number => {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const size =
    lead >= 0xc2 && lead <= 0xdf
      ? 2
      : lead >= 0xe0 && lead <= 0xef
        ? 3
        : lead >= 0xf0 && lead <= 0xf3
          ? 4
          : 0;
  if (size === 0 || at + size > bytes.length) return 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : 0xbf;
  if (second < lowest || second > highest) return 0;
  return bytes.subarray(at + 2, at + size).every((byte) => (byte & 0xc0) === 0x80) ? size : 0;
};
