/** Chance that can be had again: everything is drawn from one seed, in the order in which it is asked for. */
import { draw } from '../native/simulated/random.js';

export class Dice {
  readonly #seed: number;
  #thrown = 0;

  /** `seed`: 32 bits. */
  constructor(seed: number) {
    this.#seed = seed;
  }

  /** 0 ≤ x < 1. */
  readonly number = (): number => draw(this.#seed, this.#thrown++);

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return Math.floor(this.number() * limit);
  }

  /** True so often: 0 never, 1 always. */
  chance(probability: number): boolean {
    return this.number() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    const chosen = choices[this.below(choices.length)];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen;
  }

  /** So many random bytes. */
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.below(256));
  }
}
