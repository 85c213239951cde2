/**
 * A guest's open request connections: each is read to one whole frame, refused or queued, and answered once. The
 * machines hear of whole requests only; sockets, bodies and keys stay here.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Subscription } from 'rxjs';
import type { GuestId } from '../native/sockets/endpoint.js';
import type { Connection, SocketFailure } from '../native/sockets/transport.js';
import { encodeHostMessage } from '../protocol/frame.js';
import type { Request } from '../protocol/messages.js';
import { refusalText } from '../protocol/refusal.js';
import type { Ssid } from '../protocol/ssid.js';
import type { TimerHandle } from '../streams/clock.js';
import { type RequestRefusal, requestFrame } from '../streams/frames.js';
import type { RequestChannelEvent } from './request-channel.js';
import type { Receiver, Services } from './services.js';

/** One request on its connection. */
interface Exchange {
  readonly connection: Connection;
  request: Request | undefined;
  /** Milliseconds since the epoch. */
  receivedAt: number;
  /** When it was answered or refused: the guest is to close now. Undefined before. */
  partedAt: number | undefined;
  reading: Subscription | undefined;
}

const invalidAnswer = encodeHostMessage({ operation: 'invalid' });

/** The network that a request names, for the log. */
const ssidOf = (request: Request): Ssid | undefined => {
  if (request.operation === 'connect') return request.ssid;
  return request.operation === 'scan' && request.ssid._tag === 'Some' ? request.ssid.value : undefined;
};

/** How long a guest may keep its connection open after the answer, in milliseconds. */
const partingTime = 2000;

export class RequestIntake {
  readonly #guest: GuestId;
  readonly #services: Services;
  readonly #onRequest: () => void;
  readonly #readFrame: ReturnType<typeof requestFrame>;
  readonly #exchanges = new Map<number, Exchange>();
  #next = 1;
  #sweeping: TimerHandle | undefined;
  channel: Receiver<RequestChannelEvent> | undefined;

  /** `onRequest` is called for every valid request, before anybody else hears of it. */
  constructor(guest: GuestId, services: Services, onRequest: () => void) {
    this.#guest = guest;
    this.#services = services;
    this.#onRequest = onRequest;
    this.#readFrame = requestFrame({ clock: services.clock });
  }

  /** Connections that are open for this guest. */
  get size(): number {
    return this.#exchanges.size;
  }

  /** Takes a new connection of the guest, or closes it when there are too many already. */
  accept(connection: Connection): void {
    const { settings, counters, log } = this.#services;
    if (this.#exchanges.size >= settings.backlog || this.channel === undefined) {
      counters.count('refusedConnections', 'backlog');
      log.debug({ guest: this.#guest, backlog: settings.backlog }, 'connection refused: too many are open');
      connection.destroy();
      return;
    }
    const id = this.#next++;
    const exchange: Exchange = {
      connection,
      request: undefined,
      receivedAt: 0,
      partedAt: undefined,
      reading: undefined,
    };
    this.#exchanges.set(id, exchange);
    exchange.reading = this.#readFrame(connection.bytes).subscribe((event) => {
      switch (event.type) {
        case 'started':
          this.channel?.send({ type: 'frame.started', exchange: id });
          break;
        case 'request':
          this.#receive(id, exchange, event.request);
          break;
        case 'refused':
          this.#refuse(id, exchange, event.refusal);
          break;
      }
    });
    // After the reading: a connection that breaks in the middle of a frame is refused before it is forgotten.
    connection.closed.subscribe(() => this.#forget(id));
  }

  request(id: number): Request | undefined {
    return this.#exchanges.get(id)?.request;
  }

  /** When the last byte of the request came, in milliseconds since the epoch. */
  receivedAt(id: number): number {
    return this.#exchanges.get(id)?.receivedAt ?? this.#services.clock.now();
  }

  /** Writes the one answer and closes. The channel hears what becomes of it. */
  answer(id: number, frame: Uint8Array, outcome: string): void {
    const exchange = this.#exchanges.get(id);
    if (exchange?.request === undefined) {
      this.channel?.send({ type: 'answer.failed', exchange: id });
      return;
    }
    const delivery = this.#write(exchange, exchange.request, frame, outcome);
    const flushed = exchange.connection.isFlushed?.() === true;
    // In a microtask, so that the stream is ended before the machines move on.
    queueMicrotask(() =>
      this.channel?.send({ type: flushed ? 'answer.sent' : 'answer.written', exchange: id }),
    );
    void delivery.then((result) => {
      if (result._tag === 'Left') this.channel?.send({ type: 'answer.failed', exchange: id });
      else if (!flushed) this.channel?.send({ type: 'answer.sent', exchange: id });
    });
  }

  /** The same for an answer on which nothing depends: nobody hears what becomes of it. */
  answerAtOnce(id: number, frame: Uint8Array, outcome: string): void {
    const exchange = this.#exchanges.get(id);
    if (exchange?.request !== undefined) void this.#write(exchange, exchange.request, frame, outcome);
  }

  /** Closes one exchange, whatever its state. */
  drop(id: number): void {
    const exchange = this.#exchanges.get(id);
    if (exchange === undefined) return;
    this.#forget(id);
    exchange.connection.destroy();
  }

  /** Closes everything. */
  close(): void {
    for (const id of [...this.#exchanges.keys()]) this.drop(id);
    if (this.#sweeping !== undefined) this.#services.clock.clearTimeout(this.#sweeping);
    this.#sweeping = undefined;
  }

  #write(
    exchange: Exchange,
    request: Request,
    frame: Uint8Array,
    outcome: string,
  ): Promise<Either<SocketFailure, void>> {
    const { counters, clock, log } = this.#services;
    const { operation } = request;
    const delivery = exchange.connection.finish(frame)();
    this.#services.seen(this.#guest, 'request', 'host', frame);
    const now = clock.now();
    const milliseconds = now - exchange.receivedAt;
    counters.requestAnswered(operation, outcome, milliseconds);
    const level = operation === 'scan' ? 'debug' : 'info';
    if (log.isLevelEnabled(level))
      log[level](
        { guest: this.#guest, operation, ssid: ssidOf(request), outcome, milliseconds },
        'request answered',
      );
    this.#part(exchange);
    return delivery;
  }

  #receive(id: number, exchange: Exchange, request: Request): void {
    exchange.request = request;
    exchange.receivedAt = this.#services.clock.now();
    this.#services.seenRequest(this.#guest, request);
    this.#onRequest();
    this.channel?.send({ type: 'request.received', exchange: id, operation: request.operation });
  }

  #refuse(id: number, exchange: Exchange, refusal: RequestRefusal): void {
    const { counters, log } = this.#services;
    counters.count('refusedFrames', refusal.reason);
    log.warn(
      { guest: this.#guest, reason: refusal.reason },
      `frame refused: ${refusal.reason === 'broken' ? `the connection broke after ${refusal.received} bytes` : refusalText(refusal)}`,
    );
    this.channel?.send({ type: 'frame.refused', exchange: id, reason: refusal.reason });
    void exchange.connection.finish(invalidAnswer)();
    this.#services.seen(this.#guest, 'request', 'host', invalidAnswer);
    this.#part(exchange);
  }

  #forget(id: number): void {
    const exchange = this.#exchanges.get(id);
    if (exchange === undefined) return;
    this.#exchanges.delete(id);
    exchange.reading?.unsubscribe();
  }

  /** One timer for all: a guest that does not close is closed, up to twice the time after its answer. */
  #part(exchange: Exchange): void {
    exchange.partedAt = this.#services.clock.now();
    this.#sweeping ??= this.#services.clock.setTimeout(this.#sweep, partingTime);
  }

  readonly #sweep = (): void => {
    this.#sweeping = undefined;
    const now = this.#services.clock.now();
    let parting = false;
    for (const [id, { partedAt }] of this.#exchanges) {
      if (partedAt === undefined) continue;
      if (now - partedAt >= partingTime) this.drop(id);
      else parting = true;
    }
    if (parting) this.#sweeping = this.#services.clock.setTimeout(this.#sweep, partingTime);
  };
}
