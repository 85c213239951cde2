/** Stands at the top of every event source of the inspector: nothing that fails there reaches the service. */
import type { Log } from '../../actors/application/log.js';

export class Guard {
  readonly #log: Log;
  #failures = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** How often something has failed. */
  get failures(): number {
    return this.#failures;
  }

  /** A listener for `source` that never throws. What it is not through with is left out. */
  top<Given extends readonly unknown[]>(
    source: string,
    listener: (...given: Given) => void,
  ): (...given: Given) => void {
    return (...given) => {
      try {
        listener(...given);
      } catch (error) {
        this.note(source, error);
      }
    };
  }

  /** Counts a failure. Said at the first one and whenever there are twice as many, so that the log stays readable. */
  note(source: string, error: unknown): void {
    this.#failures += 1;
    if (!Number.isInteger(Math.log2(this.#failures))) return;
    try {
      this.#log.error(
        { source, failures: this.#failures, problem: String(error) },
        'the inspector left something out',
      );
    } catch {
      // The log is not ours, and there is nobody else to tell.
    }
  }
}
