/** Fake networks from a file: a JSON list, checked when it is read and read again when it changes. */
import { unwatchFile, watchFile } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { type Observable, Subject } from 'rxjs';
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

/** A list that may become another one. */
export interface HeldNetworks {
  readonly current: () => readonly FakeNetwork[];
  /** Takes another list, until the file changes. */
  readonly replace: (networks: readonly FakeNetwork[]) => void;
  /** Hot: the list is another one. */
  readonly changes: Observable<void>;
  readonly close: () => void;
}

/** Networks that no file holds. */
export const holdNetworks = (first: readonly FakeNetwork[]): HeldNetworks => {
  let networks = first;
  const changes = new Subject<void>();
  return {
    current: () => networks,
    replace: (next) => {
      networks = next;
      changes.next();
    },
    changes,
    close: () => undefined,
  };
};

/** Follows a file whose list is `first` now. A change that is wrong costs log lines and is not taken over. */
export const followNetworks = (path: string, first: readonly FakeNetwork[], log: Log): HeldNetworks => {
  const held = holdNetworks(first);
  const reread = async (): Promise<void> => {
    const read = await readNetworks(path);
    if (E.isLeft(read)) {
      for (const problem of read.left)
        log.warn({ file: path }, `fake networks stay as they were: ${problem}`);
      return;
    }
    held.replace(read.right);
    log.info({ file: path, networks: read.right.length }, 'fake networks have changed');
  };
  const changed = (): void => void reread();
  watchFile(path, { interval, persistent: false }, changed);
  return { ...held, close: () => unwatchFile(path, changed) };
};
