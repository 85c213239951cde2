/** What a hostile host sends: by the seed, and by nothing else. */
import { writeHeader } from './frames.js';

/** Random numbers 0 ≤ x < 1 from 32 bits of seed (mulberry32). */
export const chance = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Numbers that programs trip over. */
const edges = [
  0, 1, 2, 6, 7, 8, 9, 25, 26, 27, 33, 127, 128, 255, 256, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000,
  0xfffffff0, 0xffffffff,
];

/** Operations and the size of their bodies: 2 scan response, 4 connect response, 6 disconnect response, 7 disconnected, 8 signal, 10 hello response. */
const sizes: readonly (readonly [number, number])[] = [
  [0, 0],
  [2, 9],
  [4, 16],
  [6, 0],
  [7, 8],
  [8, 1],
  [10, 17],
];

/** One bad answer or notification after the other. */
export class HostileBodies {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = chance(seed);
  }

  #below(limit: number): number {
    return Math.floor(this.#next() * limit);
  }

  #pick<T>(choices: readonly [T, ...T[]] | readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }

  #bytes(size: number): Buffer {
    return Buffer.from(Array.from({ length: size }, () => this.#below(256)));
  }

  /** Now and then a sensible number, otherwise one at an edge or any. */
  #number(sensible: number): number {
    const dice = this.#below(4);
    return dice < 2 ? sensible : dice === 2 ? this.#pick(edges) : this.#below(2 ** 32);
  }

  /** A scan response that may be right in every field but some. `old`: in the older format, without its first byte. */
  #scanBody(old = false): Buffer {
    const count = this.#below(6);
    const elements = Array.from({ length: count }, () => this.#elements());
    const total = 9 + 26 * count + elements.reduce((sum, { length }) => sum + length, 0);
    const head = Buffer.alloc(9);
    head.writeUInt8(this.#below(3), 0);
    head.writeUInt32LE(this.#number(count), 1);
    head.writeUInt32LE(this.#number(total), 5);
    let at = 26 * count;
    const entries = elements.map((element, i) => {
      const entry = Buffer.alloc(26);
      this.#bytes(6).copy(entry);
      entry.writeUInt16LE(this.#below(65536), 6);
      entry.writeInt32LE(this.#number(60) | 0, 8);
      entry.writeUInt16LE(this.#below(65536), 12);
      entry.writeUInt32LE(this.#pick([2_412_000, 5_180_000, 5_955_000, this.#number(2_437_000)]), 14);
      entry.writeUInt32LE(this.#number(element.length), 18);
      entry.writeUInt32LE(this.#number(at - 26 * i), 22);
      at += element.length;
      return entry;
    });
    return Buffer.concat([old ? head.subarray(1) : head, ...entries, ...elements]);
  }

  /** Information elements whose lengths may lie. */
  #elements(): Buffer {
    const parts = Array.from({ length: this.#below(5) }, () => {
      const body = this.#bytes(this.#below(40));
      return Buffer.concat([
        Buffer.from([this.#pick([0, 1, 3, 48, 221, 255, this.#below(256)]), this.#number(body.length) & 255]),
        body,
      ]);
    });
    return Buffer.concat(parts);
  }

  /**
   * Bytes of one connection. `expected`: the operation that the guest waits for, or none on the notification channel. After
   * them the connection is closed, so that a guest that waits for more need not wait long.
   */
  next(expected?: number): Buffer {
    const [operation, size] = this.#pick(
      expected === undefined || this.#below(4) === 0 ? sizes : sizes.filter(([code]) => code === expected),
    );
    const body =
      operation === 2
        ? this.#scanBody(this.#below(8) === 0)
        : this.#bytes(this.#below(3) === 0 ? this.#below(64) : size);
    switch (this.#below(10)) {
      // Nothing but noise, or nothing at all.
      case 0:
        return this.#bytes(this.#below(200));
      // A header that lies about the size.
      case 1:
        return Buffer.concat([writeHeader(operation, this.#pick(edges)), body]);
      // An operation that nobody knows, or a version of later times.
      case 2:
        return Buffer.concat([writeHeader(this.#below(256), body.length, this.#below(65536)), body]);
      // Cut off somewhere.
      case 3: {
        const frame = Buffer.concat([writeHeader(operation, body.length), body]);
        return frame.subarray(0, this.#below(frame.length));
      }
      // More than was announced.
      case 4:
        return Buffer.concat([writeHeader(operation, body.length), body, this.#bytes(this.#below(300))]);
      // Long, and announced as that.
      case 5: {
        const long = Buffer.alloc(this.#pick([4096, 65_536, 300_000]), this.#below(256));
        return Buffer.concat([writeHeader(operation, long.length), long]);
      }
      // The right frame with lies inside.
      default:
        return Buffer.concat([writeHeader(operation, body.length), body]);
    }
  }
}
