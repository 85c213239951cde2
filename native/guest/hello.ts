/** Says hello for a guest, at its start and then as often as the host wants, and notices what the answers say. */
import { randomBytes } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { HelloRequest, HelloResponse } from '../../protocol/hello.js';
import { type InstanceId, instanceIdOf } from '../../protocol/instance-id.js';
import type { Clock, TimerHandle } from '../../streams/clock.js';
import type { GuestFailure } from './failure.js';

/** Milliseconds that a host has for its answer: it asks no radio. */
export const helloTimeout = 2000;

/** Milliseconds until the next hello where the host has not said, or the last one went wrong. */
const helloInterval = 30_000;

/** Whatever a host asks for, hellos are no closer than this, in milliseconds. */
const shortestInterval = 1000;

/** And no further apart: an hour. */
const longestInterval = 3_600_000;

/** What an answer says that the guest did not know. */
export type HelloNotice =
  /** The service has been started anew since the hello before. */
  | { readonly type: 'host.restarted' }
  /** The session that the guest held has ended, and nobody told it. */
  | { readonly type: 'session.lost'; readonly sessionId: number };

export interface HelloOptions {
  readonly clock: Clock;
  /** Bit mask of `HelloCapability`. */
  readonly capabilities: number;
  /** The session that the guest holds; 0: none. */
  readonly held: () => number;
  /** Asks the host when it is the hello's turn; the request is made then. */
  readonly ask: (request: () => HelloRequest) => Promise<E.Either<GuestFailure, HelloResponse>>;
  readonly notice: (notice: HelloNotice) => void;
}

/** The hellos of one guest, from its first word to its end. */
export class Hellos {
  readonly #options: HelloOptions;
  readonly #instance = instanceIdOf(randomBytes(8).readBigUInt64LE());
  #begun = false;
  #ended = false;
  #timer: TimerHandle | undefined;
  #host: HelloResponse | undefined;
  #hostInstance: InstanceId | undefined;

  constructor(options: HelloOptions) {
    this.#options = options;
  }

  /** What the host has said last; undefined as long as it has not, and where it does not know hello. */
  get host(): HelloResponse | undefined {
    return this.#host;
  }

  /** Says the first one, unless it has been said. */
  begin(): void {
    if (this.#begun || this.#ended) return;
    this.#begun = true;
    void this.#say();
  }

  /** Says no more. */
  end(): void {
    this.#ended = true;
    if (this.#timer !== undefined) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #say(): Promise<void> {
    const { ask, capabilities, held } = this.#options;
    let asked = 0;
    const answer = await ask(() => {
      asked = held();
      return { operation: 'hello', capabilities, instance: this.#instance, sessionId: asked };
    });
    if (this.#ended) return;
    if (E.isRight(answer)) this.#hear(answer.right, asked);
    // The answer of a host that does not know hello: the guest goes on without.
    else if (answer.left.reason === 'refused by host') return this.end();
    else this.#again(this.#host?.nextHello ?? helloInterval);
  }

  #hear(host: HelloResponse, asked: number): void {
    const { held, notice } = this.#options;
    const restarted = this.#hostInstance !== undefined && this.#hostInstance !== host.instance;
    this.#host = host;
    this.#hostInstance = host.instance;
    this.#again(host.nextHello);
    if (restarted) notice({ type: 'host.restarted' });
    // A session that has ended meanwhile with a word is not lost without one.
    if (!host.inEffect && asked !== 0 && held() === asked) notice({ type: 'session.lost', sessionId: asked });
  }

  #again(milliseconds: number): void {
    const delay = Math.min(longestInterval, Math.max(shortestInterval, milliseconds));
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = undefined;
      void this.#say();
    }, delay);
  }
}
