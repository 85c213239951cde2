/** The disk of a simulation, on which the state file lies: it takes its time, goes wrong when it is told to, and outlives processes. */
import * as E from 'fp-ts/lib/Either.js';
import type { Clock } from '../../index.js';
import type { Disk } from '../../native/disk.js';
import type { Dice } from '../dice.js';

/** What is wrong with the disk. */
export type DiskTrouble =
  /** There is room for the first half. */
  | 'full'
  | 'unwritable'
  | 'unreadable'
  /** It answers no more, until it is healed. */
  | 'hanging';

/** Milliseconds for which an operation takes at most. */
const slowest = 12;

export class SimulatedDisk {
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #note: (line: () => string) => void;
  readonly #files = new Map<string, string>();
  /** Each lock with the process that has it. */
  readonly #locks = new Map<string, object>();
  #trouble: DiskTrouble | undefined;
  #waiting: (() => void)[] = [];
  #hasFolder = false;
  #isWritten = true;
  #isTorn = false;

  constructor(clock: Clock, dice: Dice, note: (line: () => string) => void) {
    this.#clock = clock;
    this.#dice = dice;
    this.#note = note;
  }

  /** Has everything been written that was to be written? */
  get isWritten(): boolean {
    return this.#isWritten;
  }

  /** Does it answer at all? */
  get isHanging(): boolean {
    return this.#trouble === 'hanging';
  }

  /** Will the next process find what this one wants to be known? */
  get isGood(): boolean {
    return this.#isWritten && !this.#isTorn && this.#trouble !== 'unreadable' && !this.isHanging;
  }

  trouble(kind: DiskTrouble): void {
    this.#note(() => `disk: ${kind}`);
    this.heal();
    this.#trouble = kind;
  }

  heal(): void {
    this.#trouble = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Of each file only a part is left. */
  tear(): void {
    this.#note(() => 'disk: torn');
    for (const [path, text] of this.#files)
      this.#files.set(path, text.slice(0, this.#dice.below(text.length)));
    this.#isTorn = true;
  }

  /** The disk as a process sees it: when that is dead, nothing that it has begun goes on. */
  seenBy(isAlive: () => boolean): Disk {
    const owner = {};
    const takesTime = async (isWriting: boolean): Promise<void> => {
      await new Promise<void>((resolve) => this.#clock.setTimeout(resolve, this.#dice.below(slowest)));
      if (this.isHanging) await new Promise<void>((resolve) => this.#waiting.push(resolve));
      // What a dead process waits for never comes.
      if (!isAlive()) await new Promise(() => undefined);
      if (isWriting && this.#trouble === 'unwritable') throw failure('EROFS');
      if (!isWriting && this.#trouble === 'unreadable') throw failure('EIO');
    };
    const existing = (path: string): string => {
      const text = this.#files.get(path);
      if (text === undefined) throw failure('ENOENT');
      return text;
    };
    return {
      makeFolder: async () => {
        if (this.#hasFolder) return;
        this.#isWritten = false;
        await takesTime(true);
        if (this.#trouble === 'full') throw failure('ENOSPC');
        this.#hasFolder = true;
      },
      find: async (path) => {
        await takesTime(false);
        return { isFile: true, size: existing(path).length };
      },
      read: async (path) => {
        await takesTime(false);
        return existing(path);
      },
      write: async (path, text) => {
        this.#isWritten = false;
        // A process that is killed meanwhile leaves half of it.
        this.#files.set(path, text.slice(0, this.#dice.below(text.length)));
        await takesTime(true);
        if (this.#trouble === 'full') throw failure('ENOSPC');
        this.#files.set(path, text);
      },
      replace: async (from, to) => {
        await takesTime(true);
        this.#files.set(to, existing(from));
        this.#files.delete(from);
        this.#isWritten = true;
        this.#isTorn = false;
      },
      lock: async (path) => {
        if (this.#locks.has(path))
          return E.left({ reason: 'in use', code: 'EADDRINUSE', detail: `${path} is another service's` });
        this.#locks.set(path, owner);
        return E.right({
          release: async () => {
            if (this.#locks.get(path) === owner) this.#locks.delete(path);
          },
        });
      },
    };
  }

  /** A process has died: its locks go with it. */
  releaseAll(): void {
    this.#locks.clear();
  }
}

const failure = (code: string): Error => Object.assign(new Error(code), { code });
