/** What the service remembers of its earlier run and writes down for its next one; without a store nothing of either. */
import * as E from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import type { InterfaceId } from '../../native/radio.js';
import type { StateFailure, StateStore } from '../../native/state-store.js';
import type { Log } from '../application/log.js';
import {
  decodeState,
  encodeState,
  nothingRemembered,
  type RememberedLink,
  type ServiceState,
} from './service-state.js';

export class Memory {
  readonly #changes = new Subject<void>();
  readonly #store: StateStore | undefined;
  readonly #log: Log;
  #isOpen = false;
  /** How often it was closed: what is opened after that is nobody's. */
  #round = 0;
  #written: string | undefined;
  #recalled = nothingRemembered;

  constructor(store: StateStore | undefined, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Is anything remembered at all? */
  get isKept(): boolean {
    return this.#store !== undefined;
  }

  /** A session, its id or a link has become another one. */
  readonly changes = this.#changes.asObservable();

  noteChange(): void {
    this.#changes.next();
  }

  /** Connections of the host that guests wanted, as the earlier run left them. */
  get links(): readonly RememberedLink[] {
    return this.#recalled.links;
  }

  linkOn(id: InterfaceId): RememberedLink | undefined {
    return this.links.find(({ interfaceId }) => interfaceId === id);
  }

  /**
   * Takes the store, and gives what stands in it. Whatever is wrong with that costs a log line, and nothing is remembered; if the
   * store is another service's, nothing is written either. `signal`: nobody waits any more.
   */
  async recall(signal: AbortSignal): Promise<ServiceState> {
    const store = this.#store;
    this.#recalled = nothingRemembered;
    if (store === undefined) return nothingRemembered;
    const round = this.#round;
    const opened = await store.open();
    if (round !== this.#round) return nothingRemembered;
    this.#isOpen = E.isRight(opened) || opened.left.reason === 'failed';
    if (signal.aborted) {
      // Too late for what stands there, but not for writing it anew.
      this.#changes.next();
      return nothingRemembered;
    }
    if (E.isLeft(opened)) {
      this.#warn(opened.left, this.#isOpen ? 'what was remembered cannot be read' : 'nothing is remembered');
      return nothingRemembered;
    }
    if (opened.right._tag === 'None') return nothingRemembered;
    const decoded = decodeState(opened.right.value);
    if (E.isLeft(decoded)) {
      this.#log.warn(
        { state: store.name },
        `${store.name}: ${decoded.left}. The service goes on as if it had never run, and writes it anew.`,
      );
      return nothingRemembered;
    }
    this.#recalled = decoded.right;
    return decoded.right;
  }

  /** Writes it down, unless it stands there already. */
  async save(state: ServiceState): Promise<E.Either<StateFailure, void>> {
    if (this.#store === undefined || !this.#isOpen) return E.right(undefined);
    const text = encodeState(state);
    if (text === this.#written) return E.right(undefined);
    const saved = await this.#store.save(text)();
    if (E.isRight(saved)) this.#written = text;
    return saved;
  }

  async close(): Promise<void> {
    this.#round += 1;
    this.#isOpen = false;
    this.#written = undefined;
    await this.#store?.close();
  }

  /** The store has not answered in time. */
  warnOfSilence(): void {
    this.#log.warn(
      { state: this.#store?.name },
      `${this.#store?.name} does not answer. The service goes on as if it had never run, and writes it anew once it does.`,
    );
  }

  /** Keeps files out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }

  #warn({ code, detail }: StateFailure, what: string): void {
    this.#log.warn({ state: this.#store?.name, code }, `${what}: ${detail}`);
  }
}
