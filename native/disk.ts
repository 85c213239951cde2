/** What a state file wants of a file system: the system's own, or one that goes wrong on purpose. */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import type { Either } from 'fp-ts/lib/Either.js';
import type { StateFailure } from './state-store.js';

/** What a path leads to. */
interface Found {
  readonly isFile: boolean;
  /** Bytes. */
  readonly size: number;
}

/** Keeps others from a file until it is let go of; it goes with its process, however that ends. */
export interface FileLock {
  readonly release: () => Promise<void>;
}

/** Each rejects with the system's error, which has a `code`. */
export interface Disk {
  /** With all folders on the way, for their user alone. */
  readonly makeFolder: (path: string) => Promise<void>;
  readonly find: (path: string) => Promise<Found>;
  readonly read: (path: string) => Promise<string>;
  /** A new file for its user alone, on disk when this resolves; what was left at its path is removed before. */
  readonly write: (path: string, text: string) => Promise<void>;
  /** The one takes the place of the other: a crash leaves either. */
  readonly replace: (from: string, to: string) => Promise<void>;
  readonly lock: (path: string) => Promise<Either<StateFailure, FileLock>>;
}

/** It tells who connects to what. */
const fileMode = 0o600;
const folderMode = 0o700;

export const systemFiles: Omit<Disk, 'lock'> = {
  makeFolder: async (path) => {
    await mkdir(path, { recursive: true, mode: folderMode });
  },
  find: async (path) => {
    const found = await stat(path);
    return { isFile: found.isFile(), size: found.size };
  },
  read: (path) => readFile(path, 'utf8'),
  write: async (path, text) => {
    // One that was left by a crash may be anybody's link by now.
    await rm(path, { force: true });
    const file = await open(path, 'wx', fileMode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  },
  replace: rename,
};
