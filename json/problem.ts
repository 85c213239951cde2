/** What is wrong with something that a person wrote, as data and as a sentence. */

/** One thing that is wrong. */
export interface Problem {
  /** Where, as one would write it in JavaScript: `networks[0].signal`; empty for the whole. */
  readonly path: string;
  /** What is there, abbreviated and printable; never a secret. */
  readonly value: string;
  /** What should be there. */
  readonly expected: string;
}

/** One sentence: path, what was expected, what was found. */
export const problemText = ({ path, value, expected }: Problem): string =>
  `${path === '' ? '' : `${path}: `}expected ${expected}, found ${value}`;

/** Stands for what was found where no single value is to blame. */
export class Finding {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The path of a field of the object at `path`. */
export const fieldPath = (path: string, key: string): string => {
  if (!/^[a-z_$][\w$]*$/i.test(key)) return `${path}[${shownValue(key)}]`;
  return path === '' ? key : `${path}.${key}`;
};

/** Code units of a text that a message shows. */
const longest = 60;

/** A value as a message shows it: texts and numbers as in JSON, larger things by their kind only. */
export const shownValue = (value: unknown): string => {
  if (value instanceof Finding) return value.text;
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const shown = value.length > longest ? `${value.slice(0, longest)}…` : value;
  // JSON leaves line separators, directional marks and half surrogate pairs as they are; no terminal should get them.
  return JSON.stringify(shown).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
};

/** Words as messages list them. */
export const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');
