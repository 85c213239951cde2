/** Fake networks from a file: a JSON list, checked when it is read and read again when it changes. */
import { unwatchFile, watchFile } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { FakeNetwork, Log } from '../index.js';
import { type Problem, problemText } from '../json/problem.js';
import { parseJson } from '../json/text.js';
import { decodeFakeNetworks } from '../settings.js';
import { readTextFile } from './text-file.js';

/** How often the file is looked at, in milliseconds. */
const interval = 500;

/** Reads the file once. */
export const readNetworks = async (
  path: string,
): Promise<E.Either<readonly string[], readonly FakeNetwork[]>> => {
  const text = await readTextFile(path);
  if (E.isLeft(text)) return text;
  const json = parseJson(text.right);
  const networks = E.isLeft(json) ? E.left([json.left]) : decodeFakeNetworks(json.right);
  return E.mapLeft((problems: readonly Problem[]) =>
    problems.map((problem) => `${path}: ${problemText(problem)}`),
  )(networks);
};

/** A list that follows its file. */
export interface FollowedNetworks {
  readonly current: () => readonly FakeNetwork[];
  readonly close: () => void;
}

/** Follows a file whose list is `first` now. A change that is wrong costs log lines and is not taken over. */
export const followNetworks = (path: string, first: readonly FakeNetwork[], log: Log): FollowedNetworks => {
  let networks = first;
  const reread = async (): Promise<void> => {
    const read = await readNetworks(path);
    if (E.isLeft(read)) {
      for (const problem of read.left)
        log.warn({ file: path }, `fake networks stay as they were: ${problem}`);
      return;
    }
    networks = read.right;
    log.info({ file: path, networks: networks.length }, 'fake networks have changed');
  };
  const changed = (): void => void reread();
  watchFile(path, { interval, persistent: false }, changed);
  return { current: () => networks, close: () => unwatchFile(path, changed) };
};
