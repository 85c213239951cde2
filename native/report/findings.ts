/** What a part of a report is asked and says: numbers, codes and yes or no. Nothing here can hold what somebody has named. */

/** A number, a yes or no, a symbolic code or a word of ours. */
type Fact = number | boolean | Code;

/** A symbolic code or a word of this program's; never text from outside. */
export type Code = string & { readonly Code: unique symbol };

/** What was found in one place, by our own words for it. */
export interface Findings {
  readonly [what: string]: Fact | readonly Findings[] | Findings;
}

/** What is asked of one system beyond `doctor`'s checks. */
export interface Survey {
  readonly look: () => Promise<Findings>;
  /** Functions that are left alone, because they would change what the host is connected to. */
  readonly notCalled: readonly string[];
}

/** A code as the systems have them: `ERROR_ACCESS_DENIED`, `error 4711`, `exit code 1`, `572 bytes`, `org.freedesktop.DBus.Error.Failed`. */
const shape =
  /^(?:[A-Za-z][A-Za-z0-9_.]{0,80}|(?:WSA )?error -?\d{1,10}|errno \d{1,5}|exit code (?:\d{1,10}|none)|\d{1,10} bytes|4way_handshake|not made)$/;

/** Takes text for a code if it looks like one; text of any other kind is not repeated. */
export const code = (text: string): Code => (shape.test(text) ? text : 'text that is no code') as Code;

/** How often each of these comes. */
export const tally = (values: Iterable<number | string>): Findings => {
  const counts: Record<string, number> = {};
  for (const value of values) {
    const name = String(value);
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
};

/** Milliseconds to the tenth. */
export const rounded = (milliseconds: number): number => Math.round(milliseconds * 10) / 10;
