/**
 * What somebody's `SaveConfig` has written of our networks into wpa_supplicant's configuration file is taken out again: while
 * there is a network of ours as soon as the file changes, and at the start and the end. wpa_supplicant 2.10 knows no network that
 * is not to be saved, and a `SaveConfig` of ours would write what others have changed and not saved.
 */
import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { SerialQueue } from '../../streams/serial-queue.js';
import { tellProblem } from '../log.js';
import { type Dbus, getAll, livesElsewhere, textOf } from './dbus.js';
import { isSame, type Look, lookAt, takeOut } from './saved-file.js';
import { serviceIn } from './wpa-mark.js';
import { wpa } from './wpa-objects.js';

/** What the system says to a user who has not the right to it. */
const mayNot: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/** The file of one interface. */
export class SavedNetworks {
  readonly #bus: Dbus;
  readonly #path: string;
  readonly #isWanted: boolean;
  readonly #jobs = new SerialQueue();
  #file = '';
  #interfaceName = '';
  #following = false;
  #watcher: FSWatcher | undefined;
  /** The file before the first network of ours; undefined while there is none. */
  #before: Look | undefined;
  readonly #said = new Set<string>();

  /** `path`: the `Interface` object. `isWanted`: no, if somebody else sees to the file. */
  constructor(bus: Dbus, path: string, isWanted = true) {
    this.#bus = bus;
    this.#path = path;
    this.#isWanted = isWanted;
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
      if (await this.#find()) await this.#clean();
    });
  }

  #rest(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  /** Whether wpa_supplicant has read a file for this interface that is ours to see to: for NetworkManager it has not. */
  async #find(): Promise<boolean> {
    if (this.#isWanted) {
      const properties = await getAll(this.#bus, wpa.name, this.#path, wpa.interface)();
      if (E.isRight(properties)) {
        this.#file = textOf(properties.right.ConfigFile);
        this.#interfaceName = textOf(properties.right.Ifname);
      }
    }
    return this.#file.startsWith('/');
  }

  async #clean(): Promise<void> {
    const taken = await takeOut(this.#file, (marks) => this.#ours(marks));
    if (E.isRight(taken)) {
      if (taken.right > 0) await this.#tellCleaned();
    } else if (taken.left.step === 'write') this.#explain(taken.left.why);
    else await this.#explainUnread(taken.left.why);
  }

  async #ours(marks: readonly string[]): Promise<ReadonlySet<string>> {
    const ours = new Set<string>();
    for (const mark of marks) if (!(await livesElsewhere(this.#bus, serviceIn(mark)))) ours.add(mark);
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
    const next = mayNot.has(why)
      ? `Take it out with: sudo proxy-wifi unsave ${this.#file}`
      : `Once no guest is connected: wpa_cli -i ${this.#interfaceName} save_config`;
    tellProblem(
      { file: this.#file, interface: this.#interfaceName, why },
      `somebody has saved the networks of wpa_supplicant while a guest's was among them: it stands in ${this.#file}, without a key, and cannot be taken out (${why}). ${next}`,
    );
  }
}
