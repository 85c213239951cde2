/**
 * What somebody's `SaveConfig` has written of our networks into wpa_supplicant's configuration file is taken out again: while
 * there is a network of ours as soon as the file changes, and at the start and the end. wpa_supplicant 2.10 knows no network that
 * is not to be saved, and a `SaveConfig` of ours would write what others have changed and not saved.
 */
import { type BigIntStats, constants, type FSWatcher, watch } from 'node:fs';
import { type FileHandle, lstat, open, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { SerialQueue } from '../../streams/serial-queue.js';
import { tellProblem } from '../log.js';
import { codeOf } from '../sockets/failure.js';
import { type Dbus, getAll, livesElsewhere, textOf } from './dbus.js';
import { marksIn, withoutMarked } from './wpa-file.js';
import { serviceIn } from './wpa-mark.js';
import { wpa } from './wpa-objects.js';

/** Larger files were not written by wpa_supplicant, in bytes. */
const largest = 16n * 2n ** 20n;

/** How often it is tried anew because somebody has written the file meanwhile. */
const tries = 5;

/** What a file was when it was looked at. wpa_supplicant puts a new file in the place of the old one. */
interface Look {
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

const isSame = (a: Look, b: Look): boolean => a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs;

const lookAt = (path: string): Promise<Look | undefined> =>
  lstat(path, { bigint: true }).catch(() => undefined);

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

/**
 * Puts this text in the place of the file, with its owner and mode; a crash leaves the one or the other. False: somebody else has
 * written the file since it was read.
 */
const replace = async (path: string, { stats }: Content, text: string): Promise<boolean> => {
  const beside = `${path}.proxy-wifi`;
  // One that was left by a crash may be anybody's link by now.
  await rm(beside, { force: true });
  const next = await open(beside, 'wx', 0o600);
  try {
    await next.writeFile(text, 'latin1');
    await next.chown(Number(stats.uid), Number(stats.gid));
    await next.chmod(Number(stats.mode) & 0o7777);
    await next.sync();
    const now = await lookAt(path);
    if (now === undefined || !isSame(stats, now)) return false;
    await rename(beside, path);
    return true;
  } finally {
    await next.close();
    await rm(beside, { force: true });
  }
};

/** The file of one interface. */
export class SavedNetworks {
  readonly #bus: Dbus;
  readonly #path: string;
  readonly #jobs = new SerialQueue();
  #file = '';
  #interfaceName = '';
  #following = false;
  #watcher: FSWatcher | undefined;
  /** The file before the first network of ours; undefined while there is none. */
  #before: Look | undefined;
  readonly #said = new Set<string>();

  /** `path`: the `Interface` object. */
  constructor(bus: Dbus, path: string) {
    this.#bus = bus;
    this.#path = path;
  }

  /** From now on there is a network of ours, which somebody may save. */
  async follow(): Promise<void> {
    if (this.#following || !(await this.#find())) return;
    this.#following = true;
    this.#before = await lookAt(this.#file);
    const name = basename(this.#file);
    try {
      // The folder: who watches a file goes on watching the one that was replaced.
      this.#watcher = watch(dirname(this.#file), { persistent: false }, (_, changed) => {
        if (changed === name) void this.clean();
      });
      this.#watcher.on('error', () => this.#rest());
    } catch {
      // It is looked at when the last network of ours goes.
    }
  }

  /** There is no network of ours any more, or nobody who could follow it. */
  async end(): Promise<void> {
    this.#rest();
    this.#following = false;
    await this.clean();
    this.#before = undefined;
  }

  /** Takes out what is ours, or was left by a service that has gone. */
  clean(): Promise<void> {
    return this.#jobs.add(async () => {
      if (await this.#find()) await this.#clean(tries);
    });
  }

  #rest(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Whether wpa_supplicant has read a file for this interface: for NetworkManager it has not. */
  async #find(): Promise<boolean> {
    const properties = await getAll(this.#bus, wpa.name, this.#path, wpa.interface)();
    if (E.isRight(properties)) {
      this.#file = textOf(properties.right.ConfigFile);
      this.#interfaceName = textOf(properties.right.Ifname);
    }
    return this.#file.startsWith('/');
  }

  async #clean(triesLeft: number): Promise<void> {
    let file: FileHandle;
    try {
      file = await open(this.#file, readOnly);
    } catch (error) {
      return this.#explainUnread(codeOf(error));
    }
    let isDone = true;
    try {
      const content = await read(file);
      if (E.isLeft(content)) return await this.#explainUnread(content.left);
      const { text } = content.right;
      const ours = await this.#ours(text);
      if (ours.size === 0) return;
      isDone = await replace(this.#file, content.right, withoutMarked(text, ours));
      if (isDone) await this.#tellCleaned();
    } catch (error) {
      this.#explain(codeOf(error));
    } finally {
      await file.close();
    }
    if (!isDone && triesLeft > 1) await this.#clean(triesLeft - 1);
  }

  async #ours(text: string): Promise<ReadonlySet<string>> {
    const ours = new Set<string>();
    for (const mark of marksIn(text)) if (!(await livesElsewhere(this.#bus, serviceIn(mark)))) ours.add(mark);
    return ours;
  }

  async #tellCleaned(): Promise<void> {
    if (this.#before !== undefined) this.#before = await lookAt(this.#file);
    tellProblem(
      { file: this.#file, interface: this.#interfaceName },
      `somebody has saved the networks of wpa_supplicant with a guest's among them: ${this.#file} is without it again`,
    );
  }

  /** What cannot be read may have nothing of ours: only what has changed while there was a network of ours can have it. */
  async #explainUnread(why: string): Promise<void> {
    const now = await lookAt(this.#file);
    if (this.#before !== undefined && now !== undefined && !isSame(this.#before, now)) this.#explain(why);
  }

  /** Once for each reason. */
  #explain(why: string): void {
    if (this.#said.has(why)) return;
    this.#said.add(why);
    tellProblem(
      { file: this.#file, interface: this.#interfaceName, why },
      `somebody has saved the networks of wpa_supplicant while a guest's was among them: it stands in ${this.#file}, without a key, and cannot be taken out (${why}). Once no guest is connected: wpa_cli -i ${this.#interfaceName} save_config`,
    );
  }
}
