/** A host that does what a test tells it, and the captured session of the real driver. */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom, Subject, type Subscription, share } from 'rxjs';
import { type Endpoint, type GuestId, guestIdOf, parseEndpoint } from '../../../native/sockets/endpoint.js';
import { memory } from '../../../native/sockets/memory.js';
import type { Connection, SocketFamily, Transport } from '../../../native/sockets/transport.js';
import { systemClock } from '../../../streams/clock.js';
import { Reading } from '../../compliance/transport-stage.js';

/** The value of what must have succeeded. */
export const right = <A>(result: E.Either<unknown, A>): A => {
  if (E.isLeft(result)) throw new Error(`failed: ${JSON.stringify(result.left)}`);
  return result.right;
};

/** The failure of what must have failed. */
export const left = <F>(result: E.Either<F, unknown>): F => {
  if (E.isRight(result)) throw new Error('succeeded');
  return result.left;
};

interface CapturedLine {
  readonly channel?: string;
  readonly from?: string;
  readonly hex?: string;
}

const captured = readFileSync(new URL('../../fixtures/linux-guest-session.ndjson', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CapturedLine);

/** The captured frames of one channel and sender, as hexadecimal digits. */
export const capturedFrames = (channel: 'request' | 'notification', from: 'guest' | 'host'): string[] =>
  captured.flatMap((line) =>
    line.channel === channel && line.from === from && line.hex !== undefined ? [line.hex] : [],
  );

export const bytesOf = (hex: string | undefined): Uint8Array => {
  if (hex === undefined) throw new Error('the capture has no such frame');
  return Uint8Array.from(Buffer.from(hex, 'hex'));
};

/** What the host does with a request: the bytes of an answer, or something on the connection itself. */
export type Reaction = Uint8Array | ((connection: Connection) => void);

/** Where the host and its guest are. */
export interface Place {
  readonly family: SocketFamily;
  readonly endpoint: Endpoint;
  readonly requestPort: number;
  readonly guest: GuestId;
}

let places = 0;

/** In this process, where nobody else is. */
const somewhere = (): Place => {
  const place = ++places;
  return {
    family: memory,
    endpoint: { scheme: 'memory', name: `host-of-guest-${place}` },
    requestPort: 12345,
    guest: guestIdOf({ scheme: 'memory', address: `lonely-guest-${place}` }),
  };
};

/** A host that does what it is told, and remembers the requests. */
export class ScriptedHost {
  readonly requests: string[] = [];
  readonly arrived = new Subject<string>();
  /** Guests that have ended their side. */
  readonly gone = new Subject<void>();
  readonly reactions: Reaction[] = [];
  /** Where it listens, as soon as it does. */
  readonly listening: Promise<Endpoint>;
  readonly place: Place;
  readonly #transport: Transport;
  readonly #subscription: Subscription;

  constructor(place: Place = somewhere()) {
    this.place = place;
    this.#transport = place.family.transport(systemClock);
    const events = this.#transport.listen(place.endpoint, place).pipe(share());
    this.listening = firstValueFrom(events).then((event) => {
      if (event.type !== 'listening') throw new Error('accepted before it listened');
      return right(parseEndpoint(event.address));
    });
    this.#subscription = events.subscribe((event) => {
      if (event.type === 'accepted') void this.#serve(event.connection);
    });
  }

  async #serve(connection: Connection): Promise<void> {
    const reading = new Reading(connection);
    void reading.ended.then(() => this.gone.next());
    await Promise.race([reading.atLeast(7), reading.ended]);
    if (reading.size < 7) return connection.destroy();
    const request = Buffer.from(reading.bytes).toString('hex');
    this.requests.push(request);
    const reaction = this.reactions.shift();
    if (reaction instanceof Uint8Array) await connection.finish(reaction)();
    else reaction?.(connection);
    this.arrived.next(request);
  }

  /** Opens the guest's notification port. */
  async notify(send: (connection: Connection) => unknown, port = 12346): Promise<void> {
    const { signal } = new AbortController();
    send(right(await this.#transport.connect(this.place.guest, port, signal)()));
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}
