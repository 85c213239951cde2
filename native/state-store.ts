/** Where a service keeps from one run to the next what it must not forget. `native/state-file.ts` is one, host applications bring others. */
import type { Option } from 'fp-ts/lib/Option.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';

/** Why the state could not be taken, read or written. */
export interface StateFailure {
  /** `in use`: another service has it, and this one leaves it alone. `failed`: it could not be read or written this time. */
  readonly reason: 'in use' | 'failed';
  /** The system's: `EACCES`, `ENOSPC`. */
  readonly code: string;
  /** A sentence for the log: what was wrong, where. */
  readonly detail: string;
}

/** A place for one text, which this service alone reads and writes. */
export interface StateStore {
  /** For the log: a path. */
  readonly name: string;
  /** Takes it for this service alone, and gives the text that was saved last. */
  readonly open: TaskEither<StateFailure, Option<string>>;
  /** Puts `text` in the place of what was saved before: all of it or nothing. Only called after `open`. */
  readonly save: (text: string) => TaskEither<StateFailure, void>;
  /** Lets go of it, after what is being saved. */
  readonly close: () => Promise<void>;
}
