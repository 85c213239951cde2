/** Recording to a file: what it holds is said in `record-format.ts`; here it is written, and begun anew when it is full. */
import { type FileHandle, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join, parse } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { FrameTap, Log } from '../index.js';
import { formatOf, type RecordFormat } from './record-format.js';
import { fileProblem } from './text-file.js';

/** Bytes that may wait for the disk; what is seen beyond is left out, so that a slow disk cannot eat the memory. */
const mostWaiting = 16 * 1024 * 1024;

/** Full files that are kept beside the one in use. */
export const keptParts = 9;

export interface RecordOptions {
  /** Overwrite a file of that name. Without it that is refused. */
  readonly force?: boolean | undefined;
  /**
   * Bytes after which a file is full: `seen.pcapng` then becomes `seen.1.pcapng`, the next time `seen.2.pcapng`, and the
   * last `keptParts` of this recording are kept. Never unless given.
   */
  readonly limit?: number | undefined;
}

/** A file that is being recorded to. */
export interface Recording {
  readonly tap: FrameTap;
  /** Writes what is left and closes the file. */
  readonly close: () => Promise<void>;
}

const isRegularFile = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile();
  } catch {
    // Not there, or it will be said when it is opened.
    return true;
  }
};

/** Opens a new file, for this user only. What is no file, like a pipe, is never overwritten. */
const create = async (path: string, force: boolean): Promise<FileHandle> =>
  open(path, force || !(await isRegularFile(path)) ? 'w' : 'wx', 0o600);

const partName = (path: string, number: number): string => {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}.${number}${ext}`);
};

/** The number of the last full file that another recording of that name has left; 0 for none. */
const lastPart = async (path: string): Promise<number> => {
  const { name, ext } = parse(path);
  const numbers = (await readdir(dirname(path))).map((other) => {
    const number = other.slice(name.length + 1, other.length - ext.length);
    return /^[1-9]\d*$/.test(number) && other === basename(partName(path, Number(number)))
      ? Number(number)
      : 0;
  });
  return Math.max(0, ...numbers);
};

class RecordingFile implements Recording {
  readonly #path: string;
  readonly #log: Log;
  readonly #format: RecordFormat;
  readonly #limit: number;
  #file: FileHandle;
  /** Bytes in the file. */
  #size = 0;
  /** The number of the last full file. */
  #part: number;
  readonly #parts: string[] = [];
  #waiting: Uint8Array[] = [];
  #waitingSize = 0;
  #writing: Promise<void> | undefined;
  /** Milliseconds since the epoch, of the first frame. */
  #start: number | undefined;
  #complete = true;
  #closed = false;

  constructor(path: string, file: FileHandle, part: number, limit: number | undefined, log: Log) {
    this.#path = path;
    this.#file = file;
    this.#part = part;
    this.#limit = limit ?? Number.POSITIVE_INFINITY;
    this.#log = log;
    this.#format = formatOf(path);
  }

  readonly tap: FrameTap = (seen) => {
    if (this.#closed) return;
    if (this.#waitingSize > mostWaiting) return this.#lose('the disk is too slow');
    this.#start ??= seen.time;
    const entry = this.#format.entry(seen, this.#start);
    this.#waiting.push(entry);
    this.#waitingSize += entry.length;
    this.#writing ??= this.#write();
  };

  readonly close = async (): Promise<void> => {
    this.#closed = true;
    await this.#writing;
    await this.#file.close().catch(() => undefined);
  };

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const entries = this.#waiting;
        this.#waiting = [];
        this.#waitingSize = 0;
        await this.#append(entries);
      }
    } catch (error) {
      this.#lose(fileProblem(this.#path, 'written', error));
      this.#closed = true;
    }
    this.#writing = undefined;
  }

  /** Writes entries, as many at a time as the file has room for. */
  async #append(entries: readonly Uint8Array[]): Promise<void> {
    let batch: Uint8Array[] = [];
    for (const entry of entries) {
      if (this.#size > 0 && this.#size + entry.length > this.#limit) {
        await this.#flush(batch);
        batch = [];
        await this.#turn();
      }
      if (this.#size === 0) batch.push(this.#grow(this.#format.head(this.#start ?? 0)));
      batch.push(this.#grow(entry));
    }
    await this.#flush(batch);
  }

  #grow(bytes: Uint8Array): Uint8Array {
    this.#size += bytes.length;
    return bytes;
  }

  async #flush(batch: readonly Uint8Array[]): Promise<void> {
    if (batch.length > 0) await this.#file.appendFile(Buffer.concat(batch));
  }

  /** The file is full: it becomes the next part, and a new one takes its place. */
  async #turn(): Promise<void> {
    await this.#file.close();
    this.#part += 1;
    const part = partName(this.#path, this.#part);
    await rename(this.#path, part);
    this.#parts.push(part);
    if (this.#parts.length > keptParts) await unlink(this.#parts.shift() ?? part);
    this.#file = await create(this.#path, false);
    this.#size = 0;
  }

  #lose(why: string): void {
    if (this.#complete) this.#log.error({ file: this.#path }, `the recording is incomplete: ${why}`);
    this.#complete = false;
  }
}

/**
 * Records to a file, from its start; a new one is for this user only. Its format goes by its name: pcapng where it ends in
 * `.pcapng`, else one JSON object a line. Left: why it cannot be written.
 */
export const openRecording = async (
  path: string,
  log: Log,
  { force = false, limit }: RecordOptions = {},
): Promise<E.Either<readonly string[], Recording>> => {
  try {
    const file = await create(path, force);
    const part = limit === undefined || force ? 0 : await lastPart(path);
    return E.right(new RecordingFile(path, file, part, limit, log));
  } catch (error) {
    return E.left([fileProblem(path, 'written', error)]);
  }
};
