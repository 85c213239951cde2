/** A place to which `serve` writes its log, as it is typed: `stderr`, or a file; behind it a level of its own. */
import { resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { type LogLevel, logLevels } from '../json/log-level.js';

/** Where lines go. */
export interface LogTarget {
  /** Null: standard error. */
  readonly file: string | null;
  /** Null: that of `logLevel`. */
  readonly level: LogLevel | null;
}

/** What messages expect. */
export const logTargetForm =
  'stderr or the path of a file, with a level behind it if it has one of its own: stderr=warn, proxy-wifi.log=trace';

const isLevel = (word: string): word is LogLevel => Object.hasOwn(logLevels, word);

/** Left: what was expected. A word behind the last `=` is a level, so that a misspelt one makes no file. */
export const parseLogTarget = (text: string): E.Either<string, LogTarget> => {
  const [, place = text, word] = /^(.*)=(\w+)$/s.exec(text) ?? [];
  if (place === '' || place.includes('\0')) return E.left(logTargetForm);
  if (word !== undefined && !isLevel(word))
    return E.left(`one of the levels ${Object.keys(logLevels).join(', ')} behind =`);
  return E.right({ file: place === 'stderr' ? null : place, level: word ?? null });
};

/** The same with its path relative to this folder, where it is a relative one. */
export const logTargetIn = (folder: string, text: string): string => {
  const target = parseLogTarget(text);
  if (E.isLeft(target) || target.right.file === null) return text;
  const { file, level } = target.right;
  return `${resolve(folder, file)}${level === null ? '' : `=${level}`}`;
};
