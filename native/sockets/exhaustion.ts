/**
 * A listener whose process, or machine, has no descriptors left. One rule for all address families: it is said at once, and then once a
 * minute at most, with how often it has happened since; and the listener goes on.
 */
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tellProblem } from '../log.js';

/** accept: nothing is wrong with the listener, but the process or the machine has no room for one more. */
const exhaustionCodes: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);

/** Is it that? `code`: of a failed accept. */
export const isExhaustion = (code: string): boolean => exhaustionCodes.has(code);

/** Milliseconds between two lines about one listener. */
const quietTime = 60_000;

/** What one listener says of it. */
export class Exhaustion {
  readonly #where: string;
  readonly #detailOf: (code: string) => string;
  #times = 0;
  #quiet: NodeJS.Timeout | undefined;

  /** `where`: the endpoint as URL. `detailOf`: the sentence for a code. */
  constructor(where: string, detailOf: (code: string) => string) {
    this.#where = where;
    this.#detailOf = detailOf;
  }

  /** A connection could not be had, or not be kept. */
  note(code: string): void {
    this.#times += 1;
    if (this.#quiet === undefined) this.#say(code);
  }

  /** Nothing is said any more. */
  close(): void {
    clearTimeout(this.#quiet);
  }

  #say(code: string): void {
    tellProblem({ endpoint: this.#where, code, times: this.#times }, this.#detailOf(code));
    this.#times = 0;
    this.#quiet = setTimeout(() => {
      this.#quiet = undefined;
      if (this.#times > 0) this.#say(code);
    }, quietTime).unref();
  }
}

/** Descriptors of the process, as Linux tells; without limit where it is not told, as on Windows, which has none. */
const descriptorLimit = (): number => {
  try {
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};

/** Descriptors that newcomers do not get, so that the state, the log and notifications have some. */
const reserveOf = (limit: number): number => Math.min(16, Math.floor(limit / 8));

/**
 * The first descriptor that is one too many for a newcomer. Where none is left at all, libuv accepts and closes whoever waits
 * without telling anybody; so it must not come to that.
 */
export const firstBeyond = (limit = descriptorLimit()): number => limit - reserveOf(limit);

/** The descriptor of an accepted socket: the lowest that was free, so it says how many are taken. Undefined on Windows. */
export const descriptorOf = (socket: Socket): number | undefined => {
  const handle: unknown = Reflect.get(socket, '_handle');
  const descriptor: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  return typeof descriptor === 'number' && descriptor >= 0 ? descriptor : undefined;
};
