/** Reading a file that a person named, with an error that says what to do. */
import { readFile } from 'node:fs/promises';
import { type Either, left, right } from 'fp-ts/lib/Either.js';

const explanations: Readonly<Record<string, string>> = {
  ENOENT: 'no such file. Check the path',
  EEXIST: 'it is there already. Give another name, or overwrite it with --force',
  ENOTDIR: 'a part of the path is not a folder. Check the path',
  EISDIR: 'this is a folder. Give the path of a file',
  EACCES: 'permission denied. Give this user the right to it',
  EPERM: 'operation not permitted. Give this user the right to it',
  ENOSPC: 'no space left. Make room or choose another place',
  EROFS: 'the file system is read-only. Choose another place',
  EMFILE: 'too many open files. Raise the limit (ulimit -n)',
};

/** What the system says of a file operation, as a sentence: `scenario.json: cannot be read: no such file. … (ENOENT)`. */
export const fileProblem = (path: string, what: 'read' | 'written', error: unknown): string => {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'UNKNOWN';
  return `${path}: cannot be ${what}: ${explanations[code] ?? 'the system refuses'} (${code}).`;
};

/** The bytes of a file, or why there are none. */
export const readBytes = async (path: string): Promise<Either<readonly string[], Uint8Array>> => {
  try {
    return right(await readFile(path));
  } catch (error) {
    return left([fileProblem(path, 'read', error)]);
  }
};

/** The text of a UTF-8 file, or why there is none. */
export const readTextFile = async (path: string): Promise<Either<readonly string[], string>> => {
  try {
    return right(await readFile(path, 'utf8'));
  } catch (error) {
    return left([fileProblem(path, 'read', error)]);
  }
};
