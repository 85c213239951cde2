/** A store in memory for what a service remembers: it outlives the service, and fails on demand. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { StateFailure, StateStore } from '../../native/index.js';

export class KeptState implements StateStore {
  readonly name = 'the store of a test';
  text: string | undefined;
  /** How often something was saved. */
  saves = 0;
  /** While set, opening or saving fails. */
  opening: StateFailure | undefined;
  saving: StateFailure | undefined;
  /** While set, opening waits for it. */
  answers: Promise<void> | undefined;
  /** While set, saving waits for it. */
  takes: Promise<void> | undefined;
  #changed: () => void = () => undefined;

  constructor(text?: string) {
    this.text = text;
  }

  /** Calls back at each save. */
  watch(changed: () => void): void {
    this.#changed = changed;
  }

  readonly open: StateStore['open'] = async () => {
    await this.answers;
    return this.opening === undefined ? E.right(O.fromNullable(this.text)) : E.left(this.opening);
  };

  readonly save: StateStore['save'] = (text) => async () => {
    await this.takes;
    if (this.saving !== undefined) return E.left(this.saving);
    this.text = text;
    this.saves += 1;
    this.#changed();
    return E.right(undefined);
  };

  readonly close = async (): Promise<void> => undefined;

  /** What stands in it, for a look. */
  get document(): {
    readonly guests: readonly {
      readonly guest: string;
      readonly lastSessionId: number;
      readonly session?: { readonly id: number; readonly ssidHex: string };
      readonly untold?: number;
    }[];
    readonly links: readonly {
      readonly interface: string;
      readonly ssidHex: string;
      readonly former?: string;
    }[];
  } {
    return JSON.parse(this.text ?? '{"guests":[],"links":[]}');
  }
}
