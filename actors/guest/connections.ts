/**
 * A guest's open request connections: each is read to one whole frame, refused or handed on as a request, and answered once.
 * What comes of them is a stream; sockets and bytes stay here.
 */
import type { Either } from 'fp-ts/lib/Either.js';
import type { Observable, Subscription } from 'rxjs';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Connection, SocketFailure } from '../../native/sockets/transport.js';
import { encodeHostMessage } from '../../protocol/frame.js';
import type { Request } from '../../protocol/messages.js';
import { refusalText } from '../../protocol/refusal.js';
import type { Deadline } from '../../streams/deadlines.js';
import { type RequestFrameEvent, type RequestRefusal, requestFrame } from '../../streams/frames.js';
import { Outlet } from '../../streams/outlet.js';
import { tapFrame, tapRequest } from '../application/frame-tap.js';
import type { Service } from '../service.js';
import { type GuestRequest, ssidOf } from './guest-request.js';
import type { RequestChannelEvent } from './request-channel-state.js';

/** One request on its connection. */
interface Exchange {
  readonly id: number;
  readonly connection: Connection;
  request: GuestRequest | undefined;
  /** It has sent something. */
  hadBytes: boolean;
  /** What becomes of the answer, once there is one. */
  delivery: Promise<Either<SocketFailure, void>> | undefined;
  /** Somebody waits for what becomes of the answer. */
  followed: boolean;
  reading: Subscription | undefined;
  /** The guest is to close now. */
  parting: Deadline | undefined;
}

/** A connection without a byte has come to its end with this. */
const isEmpty = (event: RequestFrameEvent): boolean =>
  event.type === 'refused' && 'received' in event.refusal && event.refusal.received === 0;

const invalidAnswer = encodeHostMessage({ operation: 'invalid' });

/** How long a guest may take to read its answer and to close, in milliseconds. */
const partingTime = 2000;

export class GuestConnections {
  readonly #guest: GuestId;
  readonly #service: Service;
  readonly #onBytes: () => void;
  readonly #readFrame: ReturnType<typeof requestFrame>;
  /** A few, and each for a moment: no map, whose tables would be left behind by the thousand. */
  readonly #exchanges: Exchange[] = [];
  readonly #events = new Outlet<RequestChannelEvent>(() => this.close());
  #next = 1;
  /** When the guest last made a request, on the clock's elapsed time; null before its first. */
  requestedAt: number | null = null;

  /** `onBytes` is called when the first bytes of a connection are there, before anybody else hears of them. */
  constructor(guest: GuestId, service: Service, onBytes: () => void) {
    this.#guest = guest;
    this.#service = service;
    this.#onBytes = onBytes;
    this.#readFrame = requestFrame({ deadlines: service.deadlines });
  }

  /** What happens on the connections. When nobody listens any more they are all closed. */
  readonly events: Observable<RequestChannelEvent> = this.#events.values;

  /** Connections that are open. */
  get size(): number {
    return this.#exchanges.length;
  }

  /** Takes a new connection of the guest, or closes it when there are too many already. `onClosed`: it is gone for good; had it sent anything? */
  accept(connection: Connection, onClosed: (hadBytes: boolean) => void): void {
    const { settings, counters, log } = this.#service;
    if (this.#exchanges.length >= settings.backlog) {
      counters.count('refusedConnections', 'backlog');
      log.debug({ guest: this.#guest, backlog: settings.backlog }, 'connection refused: too many are open');
      connection.destroy();
      return;
    }
    const id = this.#next++;
    const exchange: Exchange = {
      id,
      connection,
      request: undefined,
      hadBytes: false,
      delivery: undefined,
      followed: false,
      reading: undefined,
      parting: undefined,
    };
    this.#exchanges.push(exchange);
    exchange.reading = this.#readFrame(connection.bytes).subscribe((event) => {
      exchange.hadBytes ||= !isEmpty(event);
      switch (event.type) {
        case 'started':
          if (this.#isHeard(connection)) this.#events.next({ type: 'frame.started' });
          break;
        case 'request':
          if (this.#isHeard(connection)) this.#receive(id, exchange, event.request);
          break;
        case 'ended':
          if (exchange.delivery === undefined) this.#events.next({ type: 'request.ended', exchange: id });
          break;
        case 'refused':
          // Whether it came in one piece or in several: who sends bytes has a place.
          if (!exchange.hadBytes || this.#isHeard(connection)) this.#refuse(exchange, event.refusal);
          break;
      }
    });
    // After the reading: a connection that breaks in the middle of a frame is refused before it is forgotten.
    connection.onClosed(() => {
      this.#forget(id);
      onClosed(exchange.hadBytes);
    });
  }

  /** From now on what becomes of this request's answer is told. */
  follow(request: GuestRequest): void {
    const exchange = this.#exchange(request.exchange);
    if (exchange === undefined) this.#fail(request.exchange);
    else {
      exchange.followed = true;
      if (exchange.delivery !== undefined) this.#followDelivery(request.exchange, exchange);
    }
  }

  /** Closes a connection whose request nobody waits for any more. */
  drop(exchange: number): void {
    this.#exchange(exchange)?.connection.destroy();
  }

  /** Closes everything. */
  close(): void {
    for (const { id, connection } of [...this.#exchanges]) {
      this.#forget(id);
      connection.destroy();
    }
  }

  /** Keeps sockets out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }

  #exchange(wanted: number): Exchange | undefined {
    return this.#exchanges.find(({ id }) => id === wanted);
  }

  /** Bytes have come. While the guest's actors rest after a crash nobody answers: it is not kept waiting, and may ask again. */
  #isHeard(connection: Connection): boolean {
    this.#onBytes();
    if (this.#events.isHeard) return true;
    this.#service.counters.count('refusedConnections', 'restarting');
    connection.destroy();
    return false;
  }

  #receive(id: number, exchange: Exchange, body: Request): void {
    const receivedAt = this.#service.clock.elapsed();
    this.requestedAt = receivedAt;
    const request: GuestRequest = {
      exchange: id,
      body,
      receivedAt,
      reply: (frame, outcome) => this.#reply(request, frame, outcome),
    };
    exchange.request = request;
    tapRequest(this.#service.settings, this.#guest, body);
    this.#events.next({ type: 'request.received', request });
  }

  #reply(request: GuestRequest, frame: Uint8Array, outcome: string): void {
    const id = request.exchange;
    const exchange = this.#exchange(id);
    if (exchange === undefined || exchange.delivery !== undefined) {
      this.#fail(id);
      return;
    }
    exchange.delivery = exchange.connection.finish(frame)();
    tapFrame(this.#service.settings, this.#guest, 'request', 'host', frame);
    this.#noteAnswer(request, outcome);
    this.#part(exchange);
    if (exchange.followed) this.#followDelivery(id, exchange);
  }

  #followDelivery(id: number, { connection, delivery }: Exchange): void {
    const isFlushed = connection.isFlushed?.() === true;
    // In a microtask, so that the stream is ended before the machines move on.
    queueMicrotask(() =>
      this.#events.next({ type: isFlushed ? 'answer.sent' : 'answer.written', exchange: id }),
    );
    void delivery?.then((result) => {
      if (result._tag === 'Left') this.#fail(id);
      else if (!isFlushed) this.#events.next({ type: 'answer.sent', exchange: id });
    });
  }

  #fail(exchange: number): void {
    queueMicrotask(() => this.#events.next({ type: 'answer.failed', exchange }));
  }

  #noteAnswer(request: GuestRequest, outcome: string): void {
    const { counters, clock, log } = this.#service;
    const {
      receivedAt,
      body: { operation },
    } = request;
    const milliseconds = clock.elapsed() - receivedAt;
    counters.requestAnswered(operation, outcome, milliseconds);
    const level = operation === 'scan' || operation === 'hello' ? 'debug' : 'info';
    if (log.isLevelEnabled(level))
      log[level](
        { guest: this.#guest, operation, ssid: ssidOf(request) ?? undefined, outcome, milliseconds },
        'request answered',
      );
  }

  #refuse(exchange: Exchange, refusal: RequestRefusal): void {
    const { counters, log, settings } = this.#service;
    counters.count('refusedFrames', refusal.reason);
    log.warn(
      { guest: this.#guest, reason: refusal.reason },
      `frame refused: ${refusal.reason === 'broken' ? `the connection broke after ${refusal.received} bytes` : refusalText(refusal)}`,
    );
    this.#events.next({ type: 'frame.refused', reason: refusal.reason });
    void exchange.connection.finish(invalidAnswer)();
    tapFrame(settings, this.#guest, 'request', 'host', invalidAnswer);
    this.#part(exchange);
  }

  #forget(id: number): void {
    const exchange = this.#exchange(id);
    if (exchange === undefined) return;
    this.#exchanges.splice(this.#exchanges.indexOf(exchange), 1);
    exchange.reading?.unsubscribe();
    exchange.parting?.cancel();
    if (exchange.request !== undefined && exchange.delivery === undefined)
      this.#events.next({ type: 'request.abandoned', exchange: id });
  }

  /** A guest that does not close is closed. */
  #part(exchange: Exchange): void {
    exchange.parting = this.#service.deadlines.in(partingTime, () => exchange.connection.destroy());
  }
}
