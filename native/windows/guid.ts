/** GUIDs between text and the bytes that Windows keeps in memory. */
import { hexOfByte } from '../../protocol/hex.js';
import { guidSize } from './layouts.js';

/** The order of the bytes in memory as they come in the text: the first three groups are little-endian numbers. */
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

/** The GUID at `offset` as lower-case text without braces. `bytes` must have 16 from there. */
export const guidAt = (bytes: Uint8Array, offset: number): string => {
  const hex = order.map((place) => hexOfByte(bytes[offset + place] ?? 0)).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};

/** The 16 bytes of a GUID in lower- or upper-case text without braces. */
export const guidBytes = (guid: string): Uint8Array => {
  const hex = guid.replaceAll('-', '');
  const bytes = new Uint8Array(guidSize);
  for (const [i, place] of order.entries()) bytes[place] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return bytes;
};
