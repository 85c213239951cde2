/** Reading JSON that a person wrote. Node's own messages quote the text, which may hold a secret, or give no place. */
import * as E from 'fp-ts/lib/Either.js';
import type { Problem } from './problem.js';

/** The value of a JSON text, or where it stops being one. */
export const parseJson = (text: string): E.Either<Problem, unknown> => {
  const json = text.replace(/^\uFEFF/, '');
  try {
    return E.right(JSON.parse(json));
  } catch {
    const before = json.slice(0, brokenAt(json)).split('\n');
    const column = (before.at(-1)?.length ?? 0) + 1;
    return E.left({
      path: `line ${before.length}, column ${column}`,
      value: before.join('\n').length === json.length ? 'the end of the text' : 'something else',
      expected: 'valid JSON',
    });
  }
};

const space = /[ \t\n\r]*/y;
const scalar =
  /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

/** Where the text stops being JSON: an offset, the text's length if something is missing at its end. */
const brokenAt = (text: string): number => {
  let at = 0;
  /** What closes each object and list that is open. */
  const open: ('}' | ']')[] = [];
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    at += found?.[0].length ?? 0;
    return found !== null;
  };
  const take = (character: string): boolean => {
    skip(space);
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  const key = (): boolean => {
    skip(space);
    return text[at] === '"' && skip(scalar) && take(':');
  };
  /** Goes past a scalar, an empty object or list, or into one that is not empty. */
  const enter = (): 'past' | 'into' | 'broken' => {
    if (take('{')) {
      if (take('}')) return 'past';
      open.push('}');
      return key() ? 'into' : 'broken';
    }
    if (take('[')) {
      if (take(']')) return 'past';
      open.push(']');
      return 'into';
    }
    return skip(scalar) ? 'past' : 'broken';
  };
  /** Closes what ends here and goes past a comma to the next item, if there is one. */
  const next = (): boolean => {
    for (let closing = open.at(-1); closing !== undefined; closing = open.at(-1)) {
      if (take(',')) return closing === ']' || key();
      if (!take(closing)) return false;
      open.pop();
    }
    return false;
  };
  for (let on = true; on; ) {
    const entered = enter();
    on = entered === 'into' || (entered === 'past' && next());
  }
  skip(space);
  return at;
};
