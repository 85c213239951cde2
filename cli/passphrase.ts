/** Passphrases come from a prompt, from standard input or from a file; an argument would show in the list of processes. */
import * as E from 'fp-ts/lib/Either.js';
import { derivePmk, passphraseProblemText } from '../native/guest/index.js';
import type { KeyMaterial, Ssid } from '../protocol/index.js';
import type { Terminal } from './terminal.js';
import { readTextFile } from './text-file.js';

/** Where the passphrase comes from; from a prompt unless told otherwise. */
export interface PassphraseSource {
  readonly passphraseStdin?: boolean;
  readonly passphraseFile?: string;
}

/** One line without its end; a passphrase may begin or end with spaces. */
const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';

const missing = [
  'no passphrase. Give it with --passphrase-stdin or --passphrase-file FILE, or --open for a network without one.',
];

const textOf = async (
  { passphraseStdin, passphraseFile }: PassphraseSource,
  ssid: Ssid,
  { ask, readInput }: Pick<Terminal, 'ask' | 'readInput'>,
): Promise<E.Either<readonly string[], string>> => {
  if (passphraseStdin === true) return E.right(firstLine(await readInput()));
  if (passphraseFile !== undefined) return E.map(firstLine)(await readTextFile(passphraseFile));
  const answer = await ask?.(`Passphrase of ${ssid}: `);
  return answer === undefined ? E.left(missing) : E.right(answer);
};

/** The key of a network from its passphrase. Left: why there is none; never the passphrase itself. */
export const readKey = async (
  source: PassphraseSource,
  ssid: Ssid,
  terminal: Pick<Terminal, 'ask' | 'readInput'>,
): Promise<E.Either<readonly string[], KeyMaterial>> => {
  const text = await textOf(source, ssid, terminal);
  if (E.isLeft(text)) return text;
  return E.mapLeft((problem: Parameters<typeof passphraseProblemText>[0]) => [
    passphraseProblemText(problem),
  ])(derivePmk(text.right, ssid));
};
