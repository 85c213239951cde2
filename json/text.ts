/** Reading JSON that a person wrote. Node's own messages quote the text, which may hold a secret, or give no place. */
import * as E from 'fp-ts/lib/Either.js';
import { type Problem, shownValue } from './problem.js';

/** The value of a JSON text, or where it stops being one. A field that an object has twice is refused: one would be lost. */
export const parseJson = (text: string): E.Either<Problem, unknown> => {
  const json = text.replace(/^\uFEFF/, '');
  const parsed = E.tryCatch(
    (): unknown => JSON.parse(json),
    () => undefined,
  );
  const { at, repeated } = scan(json);
  if (E.isRight(parsed) && repeated === undefined) return parsed;
  const before = json.slice(0, at);
  const path = `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
  if (repeated !== undefined)
    return E.left({ path, value: `${shownValue(repeated)} again`, expected: 'each field of an object once' });
  const value = at === json.length ? 'the end of the text' : 'something else';
  return E.left({ path, value, expected: 'valid JSON' });
};

const space = /[ \t\n\r]*/y;
const scalar =
  /"(?:[^"\\\p{Cc}]|[\x7f-\x9f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/uy;

interface Scan {
  /** Where the text stops being JSON, or a field is repeated: the text's length if something is missing at its end. */
  readonly at: number;
  readonly repeated: string | undefined;
}

const scan = (text: string): Scan => {
  let at = 0;
  let repeated: string | undefined;
  /** What closes each object and list that is open, and the fields that an object has so far. */
  const open: { readonly closing: '}' | ']'; readonly fields: Set<string> }[] = [];
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
    const start = at;
    if (text[at] !== '"' || !skip(scalar)) return false;
    const field = String(JSON.parse(text.slice(start, at)));
    const fields = open.at(-1)?.fields;
    if (fields?.has(field) === true) {
      at = start;
      repeated = field;
      return false;
    }
    fields?.add(field);
    return take(':');
  };
  /** Goes past a scalar, an empty object or list, or into one that is not empty. */
  const enter = (): 'past' | 'into' | 'broken' => {
    if (take('{')) {
      if (take('}')) return 'past';
      open.push({ closing: '}', fields: new Set() });
      return key() ? 'into' : 'broken';
    }
    if (take('[')) {
      if (take(']')) return 'past';
      open.push({ closing: ']', fields: new Set() });
      return 'into';
    }
    return skip(scalar) ? 'past' : 'broken';
  };
  /** Closes what ends here and goes past a comma to the next item, if there is one. */
  const next = (): boolean => {
    for (let closing = open.at(-1)?.closing; closing !== undefined; closing = open.at(-1)?.closing) {
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
  if (repeated === undefined) skip(space);
  return { at, repeated };
};
