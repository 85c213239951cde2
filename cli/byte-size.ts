/** Numbers of bytes as people type them: `4096`, `500k`, `100M`, `2G`. */
import * as E from 'fp-ts/lib/Either.js';

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** Left: what was expected. */
export const parseByteSize = (text: string): E.Either<string, number> => {
  const [, digits, unit = ''] = /^(\d{1,12})([kmg]?)$/i.exec(text) ?? [];
  const size = Number(digits) * (units[unit.toLowerCase()] ?? Number.NaN);
  return Number.isSafeInteger(size)
    ? E.right(size)
    : E.left('a number of bytes such as 65536, 500k, 100M or 2G');
};
