/** A guest of a simulation: it asks one thing at a time, as the driver, remembers what it was told, and finds what must not be. */
import * as E from 'fp-ts/lib/Either.js';
import type { Subscription } from 'rxjs';
import type { Clock, GuestId } from '../../index.js';
import type { Connection, GuestConnection, GuestSide } from '../../native/sockets/transport.js';
import {
  decodeHostMessage,
  encodeRequest,
  HelloCapability,
  type HostMessage,
  instanceIdOf,
  type Request,
} from '../../protocol/index.js';
import { connectTo, scanFor } from '../../test/actors/guest/requests.js';
import type { Dice } from '../dice.js';
import type { Lines } from './lines.js';
import type { Manner } from './plan.js';

/** What a guest needs around it. */
export interface Around {
  readonly clock: Clock;
  readonly network: Lines;
  /** Milliseconds after which the service has written down what was settled. */
  readonly writingTime: number;
  readonly dice: Dice;
  readonly note: (line: () => string) => void;
  /** Something happened that must not. */
  readonly violated: (what: string) => void;
  /** Has something gone wrong that excuses the service? A process that ended, or a part that crashed. */
  readonly excuse: () => number;
  /** Does the service run? */
  readonly isServing: () => boolean;
}

/** The driver gives a request up after so many milliseconds. */
const patience = 20_000;

/** An answer that is later than that breaks a promise, in milliseconds. */
const promised = 18_100;

/** Milliseconds from one hello to the next, as the host wants it. */
const helloInterval = 30_000;

const expected: Readonly<Record<Request['operation'], HostMessage['operation']>> = {
  scan: 'scan.response',
  connect: 'connect.response',
  disconnect: 'disconnect.response',
  hello: 'hello.response',
};

/**
 * What a service knows when it is started anew: what was settled some time before, only what was so once, or nothing, and ids begin
 * with 1 again.
 */
export type Memory = 'whole' | 'old' | 'none';

interface Asking {
  readonly request: () => Request;
  readonly network: string | undefined;
  readonly manner: Manner;
}

export class SimulatedGuest {
  readonly name: string;
  readonly id: GuestId;
  readonly #around: Around;
  /** Requests that wait for their turn. */
  readonly #waiting: Asking[] = [];
  #isAsking = false;
  /** Connections that this guest has open. */
  readonly #open = new Set<Connection>();
  #listening: Subscription | undefined;
  /** The highest session id that any answer had. */
  #lastId = 0;
  /** Connects that it has asked for in its life. */
  #connects = 0;
  /** The highest id that was notified to have ended. */
  #ended = 0;
  /** Networks that it has asked for, successfully or not. */
  readonly #asked = new Set<string>();
  #helloTimer: unknown;
  /** When it last asked or heard something, on the clock's elapsed time. */
  #changedAt = 0;
  /** When it last hung up on a request, on the same time: the request may still be on its way. */
  #hungUpAt = Number.NaN;
  readonly #instance = instanceIdOf(7n);
  /** The session that it believes to have; 0: none. */
  belief = 0;
  /** It may be wrong about that, and it is nobody's fault. */
  doubt = false;
  answers = 0;

  constructor(name: string, around: Around) {
    this.name = name;
    this.id = around.network.guestId(name);
    this.#around = around;
  }

  get isIdle(): boolean {
    return !this.#isAsking && this.#waiting.length === 0;
  }

  get openConnections(): number {
    return this.#open.size;
  }

  listen(): void {
    if (this.#listening !== undefined) return;
    this.#listening = this.#side().notifications.subscribe({
      next: (event) => {
        if (event.type === 'accepted') this.#hear(event.connection);
      },
      error: () => this.#around.violated(`${this.name} cannot listen`),
    });
  }

  deafen(): void {
    this.#listening?.unsubscribe();
    this.#listening = undefined;
    this.doubt = true;
  }

  ask(what: 'scan' | 'look for' | 'connect' | 'disconnect' | 'hello', network: string, manner: Manner): void {
    this.#waiting.push({ ...this.#asking(what, network), manner });
    this.#askNext();
  }

  /** Bytes that are no request, beside whatever else it asks. */
  babble(kind: number): void {
    const { dice } = this.#around;
    const valid = encodeRequest(connectTo('Cafe'));
    const bytes = [
      dice.bytes(1 + dice.below(60)),
      valid.subarray(0, 1 + dice.below(valid.length - 1)),
      Uint8Array.of(1, 255, 255, 255, 255, 1, 0),
      new Uint8Array(0),
      Uint8Array.of(...valid.subarray(0, 48), 255, ...valid.subarray(49)),
    ][kind];
    void this.#exchange(bytes ?? valid, dice.chance(0.5) ? 'plain' : 'hung up');
  }

  /** Ends everything: its machine is switched off. */
  close(): void {
    this.#listening?.unsubscribe();
    this.#waiting.length = 0;
    this.#around.clock.clearTimeout(this.#helloTimer);
    for (const connection of this.#open) connection.destroy();
  }

  /** An id as high as there is: ends whatever session the service has for it. */
  endWhatever(): void {
    const request = (): Request => ({ operation: 'disconnect', sessionId: Number.MAX_SAFE_INTEGER });
    this.#waiting.push({ request, network: undefined, manner: 'plain' });
    this.#askNext();
  }

  #side(): GuestSide {
    const { network, clock } = this.#around;
    return network.guestSide(this.name, clock);
  }

  #asking(what: string, network: string): Omit<Asking, 'manner'> {
    switch (what) {
      case 'scan':
        return { request: () => scanFor(), network: undefined };
      case 'look for':
        return { request: () => scanFor(network), network: undefined };
      case 'connect':
        return { request: () => connectTo(network), network };
      case 'disconnect':
        return {
          request: () => ({ operation: 'disconnect', sessionId: this.belief }),
          network: undefined,
        };
      default:
        return { request: () => this.#hello(), network: undefined };
    }
  }

  /** Once begun it goes on, whatever becomes of each. */
  #hello(): Request {
    const { clock } = this.#around;
    clock.clearTimeout(this.#helloTimer);
    this.#helloTimer = clock.setTimeout(() => this.ask('hello', '', 'plain'), helloInterval);
    const { scanComplete } = HelloCapability;
    return {
      operation: 'hello',
      capabilities: scanComplete,
      instance: this.#instance,
      sessionId: this.belief,
    };
  }

  #askNext(): void {
    if (this.#isAsking) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#isAsking = true;
    void this.#carryOut(next).then(() => {
      this.#isAsking = false;
      this.#askNext();
    });
  }

  #excuses(): number {
    const { network, excuse, isServing } = this.#around;
    if (!isServing()) return Number.NaN;
    return network.disturbances(this.name) + excuse();
  }

  async #carryOut({ request, network, manner }: Asking): Promise<void> {
    const around = this.#around;
    const { note, violated, clock } = around;
    const body = request();
    if (network !== undefined) {
      this.#asked.add(network);
      this.#connects += 1;
    }
    note(() => `${this.name} asks: ${body.operation} ${network ?? ''} ${manner}`);
    const before = this.#excuses();
    const wasTroubled = around.network.isTroubled(this.name);
    const started = clock.elapsed();
    const frame = await this.#exchange(encodeRequest(body), manner);
    this.#changedAt = clock.elapsed();
    const took = this.#changedAt - started;
    if (manner === 'hung up') this.#hungUpAt = this.#changedAt;
    const isExcused =
      manner === 'hung up' || manner === 'unread' || wasTroubled || this.#excuses() !== before;
    if (frame.length === 0) {
      note(() => `${this.name} has no answer after ${took} ms`);
      if (!isExcused) violated(`${this.name} has no answer to ${body.operation} after ${took} ms`);
      if (body.operation !== 'scan') this.doubt = true;
      return;
    }
    if (!isExcused && took > promised) violated(`${this.name} waited ${took} ms for ${body.operation}`);
    const decoded = decodeHostMessage(frame);
    if (E.isLeft(decoded)) {
      if (!isExcused || decoded.left.reason !== 'incomplete')
        violated(`${this.name} cannot read its answer: ${JSON.stringify(decoded.left)}`);
      this.doubt = true;
      return;
    }
    this.answers += 1;
    note(() => `${this.name} is answered: ${text(decoded.right)}`);
    if (decoded.right.operation !== expected[body.operation]) {
      if (!isExcused) violated(`${this.name} asked ${body.operation} and got ${decoded.right.operation}`);
      return;
    }
    if (isExcused && body.operation === 'connect') this.doubt = true;
    else this.#take(decoded.right, body);
  }

  #take(message: HostMessage, request: Request): void {
    const { violated } = this.#around;
    if (message.operation === 'connect.response') {
      if (message.sessionId <= this.#lastId)
        violated(`${this.name} got session id ${message.sessionId} after ${this.#lastId}`);
      this.#lastId = message.sessionId;
      if (message.status !== 0) return;
      this.belief = message.sessionId > this.#ended ? message.sessionId : 0;
      this.doubt =
        this.#listening === undefined ||
        this.#around.network.isTroubled(this.name) ||
        this.#hungUpAt === this.#around.clock.elapsed();
    } else if (request.operation === 'disconnect') {
      if (request.sessionId >= this.belief) this.belief = 0;
    } else if (message.operation === 'hello.response' && request.operation === 'hello') {
      if (request.sessionId === this.belief && this.belief !== 0 && !message.inEffect) this.belief = 0;
    }
  }

  /** The service has been started anew. */
  hostStartsAnew(memory: Memory): void {
    const since = this.#around.clock.elapsed() - this.#changedAt;
    if (memory === 'whole' && this.isIdle && since > this.#around.writingTime) return;
    // It may also know of a session of which the guest has heard since that it is over.
    if (memory !== 'none' || this.belief !== 0 || !this.isIdle) this.doubt = true;
    this.#lastId = 0;
    this.#ended = 0;
  }

  /** The bytes of the answer: empty where there was none. */
  async #exchange(request: Uint8Array, manner: Manner): Promise<Uint8Array> {
    const { clock } = this.#around;
    const opened = await this.#side().connect()();
    if (E.isLeft(opened)) return new Uint8Array(0);
    const connection = opened.right;
    this.#open.add(connection);
    connection.onClosed(() => {
      this.#changedAt = clock.elapsed();
      this.#open.delete(connection);
    });
    const timer = clock.setTimeout(() => connection.destroy(), patience);
    const read = manner === 'unread' ? untilClosed(connection) : readAll(connection);
    if (manner === 'half closed') await connection.finish(request)();
    else await connection.write(request)();
    if (manner === 'hung up') connection.destroy();
    const frame = await read;
    if (manner === 'kept') return frame;
    clock.clearTimeout(timer);
    connection.destroy();
    return frame;
  }

  #hear(connection: Connection): void {
    this.#open.add(connection);
    connection.onClosed(() => this.#open.delete(connection));
    void readAll(connection).then((frame) => {
      connection.destroy();
      const decoded = decodeHostMessage(frame);
      if (E.isRight(decoded)) this.#heed(decoded.right);
      else if (!this.#around.network.isTroubled(this.name) && frame.length > 0)
        this.#around.note(() => `${this.name} was told half of something`);
    });
  }

  #heed(message: HostMessage): void {
    const { note, violated, clock } = this.#around;
    this.#changedAt = clock.elapsed();
    note(() => `${this.name} is told: ${text(message)}`);
    if (message.operation === 'disconnected') {
      // Answers that were lost have had ids, too.
      const known = this.#connects;
      if (message.sessionId > known)
        violated(`${this.name} is told of the end of session ${message.sessionId}, and knows ${known}`);
      this.#ended = Math.max(this.#ended, message.sessionId);
      if (this.belief <= message.sessionId) this.belief = 0;
    } else if (message.operation === 'signal') {
      const network = networkOfSignal(message.rssi);
      if (message.rssi !== -50 && (network === undefined || !this.#asked.has(network)))
        violated(
          `${this.name} is told the signal of ${network}, and asked for ${[...this.#asked].join(', ')}`,
        );
    }
  }
}

/** The first dBm of each network: it stays within the ten below, so that a signal tells whose it is; −50 is what the service assumes. */
export const signalOf: Readonly<Record<string, number>> = { Cafe: -30, Home: -52, Bar: -63, Cellar: -74 };

const networkOfSignal = (rssi: number): string | undefined =>
  Object.keys(signalOf).find((name) => rssi <= (signalOf[name] ?? 0) && rssi > (signalOf[name] ?? 0) - 10);

const text = (message: HostMessage): string =>
  message.operation === 'scan.response'
    ? `scan.response complete ${String(message.complete)} ${message.networks.map(({ ssid }) => ssid).join(' ')}`
    : JSON.stringify(message, (_key, value) => (typeof value === 'bigint' ? String(value) : value));

/** Everything that comes until the host ends, whatever ends it, or until one whole frame is there. */
const readAll = (connection: Connection): Promise<Uint8Array> =>
  new Promise((resolve) => {
    let bytes = new Uint8Array(0);
    const end = (): void => resolve(bytes);
    connection.bytes.subscribe({
      next: (chunk) => {
        bytes = Uint8Array.of(...bytes, ...chunk);
      },
      complete: end,
      error: end,
    });
  });

const untilClosed = (connection: GuestConnection): Promise<Uint8Array> =>
  new Promise((resolve) => {
    connection.onClosed(() => resolve(new Uint8Array(0)));
  });
