/**
 * A configuration file of wpa_supplicant, from which networks of ours are taken out: whole or not at all, and with nothing lost that
 * somebody else writes meanwhile.
 */
import { type BigIntStats, constants } from 'node:fs';
import { type FileHandle, lstat, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { codeOf } from '../sockets/failure.js';
import { marksIn, withoutMarked } from './wpa-file.js';

/** Larger files were not written by wpa_supplicant, in bytes. */
const largest = 16n * 2n ** 20n;

/** How often it is tried anew because somebody has written the file meanwhile. */
const tries = 5;

/** What a file was when it was looked at. wpa_supplicant puts a new file in the place of the old one. */
export interface Look {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** Nobody has written the file between these two. */
export const isSame = (a: Look, b: Look): boolean =>
  a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;

/** Undefined: it is not there. */
export const lookAt = (path: string): Promise<Look | undefined> =>
  lstat(path, { bigint: true }).catch(() => undefined);

/** Why nothing could be taken out. */
export interface FileObstacle {
  /** What could not be done. What cannot be read may have nothing of ours. */
  readonly step: 'read' | 'write';
  /** The system's code, as `EACCES`, or a few words. */
  readonly why: string;
}

/** Neither a link is followed, nor is waited for whoever would write into a pipe. */
const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A file as it was read. */
interface Content {
  /** Before it was read. */
  readonly stats: BigIntStats;
  /** Its bytes, one to a character. */
  readonly text: string;
}

/** Left: why not. */
const read = async (file: FileHandle): Promise<E.Either<string, Content>> => {
  const stats = await file.stat({ bigint: true });
  if (!stats.isFile()) return E.left('it is no regular file');
  if (stats.size > largest) return E.left(`it has ${stats.size} bytes`);
  return E.right({ stats, text: await file.readFile('latin1') });
};

/** What a crash has left beside a file is old by then, in milliseconds: nobody is at it any more. */
const leftAlone = 60_000;

const removeLeftovers = async (prefix: string): Promise<void> => {
  const folder = dirname(prefix);
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.startsWith(basename(prefix))) continue;
    const { mtimeMs } = await lstat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (Date.now() - mtimeMs > leftAlone) await rm(path, { recursive: true, force: true });
  }
};

/**
 * Puts this text in the place of the file, with its owner and mode; a crash leaves the one or the other. False: somebody else has
 * written the file since it was read.
 */
const replace = async (path: string, { stats }: Content, text: string): Promise<boolean> => {
  const prefix = `${path}.proxy-wifi-`;
  await removeLeftovers(prefix);
  // In a folder of its own: another one of us may be at the same file.
  const folder = await mkdtemp(prefix);
  try {
    const beside = join(folder, basename(path));
    const next = await open(beside, 'wx', 0o600);
    try {
      await next.writeFile(text, 'latin1');
      await next.chown(Number(stats.uid), Number(stats.gid));
      await next.chmod(Number(stats.mode) & 0o7777);
      await next.sync();
    } finally {
      await next.close();
    }
    const now = await lookAt(path);
    if (now === undefined || !isSame(stats, now)) return false;
    await rename(beside, path);
    return true;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/**
 * Takes those of our networks out whose marks `choose` picks, and gives back what was disabled for them; right: how many that were.
 * The file's owner and mode stay.
 */
export const takeOut = async (
  path: string,
  choose: (marks: readonly string[]) => Promise<ReadonlySet<string>>,
  triesLeft = tries,
): Promise<E.Either<FileObstacle, number>> => {
  let file: FileHandle;
  try {
    file = await open(path, readOnly);
  } catch (error) {
    return E.left({ step: 'read', why: codeOf(error) });
  }
  try {
    const content = await read(file);
    if (E.isLeft(content)) return E.left({ step: 'read', why: content.left });
    const { text } = content.right;
    const marks = await choose(marksIn(text));
    if (marks.size === 0) return E.right(0);
    if (await replace(path, content.right, withoutMarked(text, marks))) return E.right(marks.size);
  } catch (error) {
    return E.left({ step: 'write', why: codeOf(error) });
  } finally {
    await file.close();
  }
  return triesLeft > 1
    ? takeOut(path, choose, triesLeft - 1)
    : E.left({ step: 'write', why: 'somebody else goes on writing it' });
};

/** One file of wpa_supplicant, and what became of what somebody had saved there of guests' networks. */
export interface UnsavedFile {
  readonly path: string;
  /** How many networks of guests were taken out, or why none could be. */
  readonly taken: E.Either<FileObstacle, number>;
}

/** Where wpa_supplicant's own units have its files (wpa_supplicant.conf(5), and Debian's units). */
const home = '/etc/wpa_supplicant';

/**
 * Takes out of a configuration file of wpa_supplicant what somebody's `SaveConfig` has written there of guests' networks, whichever
 * service made them and whether it still runs: none needs what stands in a file. Undefined: of all files in
 * `/etc/wpa_supplicant`.
 */
export const unsave = async (path?: string): Promise<readonly UnsavedFile[]> => {
  const names = path === undefined ? await readdir(home).catch(() => []) : [];
  const paths = names.filter((name) => name.endsWith('.conf')).map((name) => join(home, name));
  const files: UnsavedFile[] = [];
  for (const each of path === undefined ? paths : [path])
    files.push({ path: each, taken: await takeOut(each, async (marks) => new Set(marks)) });
  return files;
};
