/** Bytes as lower-case hex text and back. */
import * as O from 'fp-ts/lib/Option.js';

const digits: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

/** Two lower-case hex digits for a value of 0–255. */
export const hexOfByte = (byte: number): string => digits[byte & 0xff] ?? '';

/** `bytes` as lower-case hex digits, with `separator` between the bytes. */
export const hexOf = (bytes: Uint8Array, separator = ''): string => {
  let text = '';
  for (const byte of bytes) text += text === '' ? hexOfByte(byte) : separator + hexOfByte(byte);
  return text;
};

/** The bytes that an even number of hex digits (either case, no separators) stands for; `none` for anything else. */
export const bytesFromHex = (hex: string): O.Option<Uint8Array> => {
  if (hex.length % 2 !== 0 || /[^0-9a-f]/i.test(hex)) return O.none;
  return O.some(
    Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16)),
  );
};
