/** Facts and frames as server-sent events, to any number of readers up to a limit; none of them can hold up the service. */
import type { ServerResponse } from 'node:http';
import * as E from 'fp-ts/lib/Either.js';
import type { Fact } from '../actors/application/facts.js';
import type { SeenFrame } from '../actors/application/frame-tap.js';
import { logEntry } from '../protocol/describe.js';
import { decodeHostMessage, decodeRequest } from '../protocol/frame.js';

/** Readers at the same time. */
export const mostReaders = 32;

/** Bytes that may wait for a reader; what comes while there are more is left out, and counted. */
const mostWaiting = 1024 * 1024;

/** Between two signs of life, in milliseconds. */
const beat = 15_000;

/** Which events a reader wants. */
export type EventChoice = 'facts' | 'frames' | 'all';

/** What a message says, field by field; a frame that makes no sense says nothing. */
const messageIn = ({ from, frame }: SeenFrame): object | null => {
  if (from === 'guest') {
    const request = decodeRequest(frame);
    return E.isRight(request) ? logEntry(request.right) : null;
  }
  for (const driver of ['with-scan-complete', 'without-scan-complete'] as const) {
    const message = decodeHostMessage(frame, driver);
    if (E.isRight(message)) return logEntry(message.right);
  }
  return null;
};

const frameData = (seen: SeenFrame): object => {
  const { time, guest, channel, from, frame } = seen;
  const hex = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('hex');
  return { time, guest, channel, from, message: messageIn(seen), hex };
};

const eventText = (event: string, id: number, data: object): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;

interface Reader {
  readonly response: ServerResponse;
  readonly choice: EventChoice;
  missed: number;
  /** It had too much waiting at the last beat. */
  stuck: boolean;
}

export class EventFeed {
  readonly #readers = new Set<Reader>();
  readonly #now: () => number;
  #next = 1;
  #beating: NodeJS.Timeout | undefined;

  /** `now`: milliseconds since the epoch. */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  get size(): number {
    return this.#readers.size;
  }

  /** Sends events to this response until either side closes it. False: there are too many already. */
  add(response: ServerResponse, choice: EventChoice): boolean {
    if (this.#readers.size >= mostReaders) return false;
    const reader: Reader = { response, choice, missed: 0, stuck: false };
    this.#readers.add(reader);
    response.on('close', () => this.#remove(reader));
    response.on('error', () => this.#remove(reader));
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write(': proxy-wifi\n\n');
    this.#beating ??= setInterval(() => this.#beat(), beat);
    this.#beating.unref();
    return true;
  }

  readonly fact = (fact: Fact): void => {
    if (this.#readers.size > 0) this.#send('fact', () => ({ time: this.#now(), ...fact }));
  };

  readonly frame = (seen: SeenFrame): void => {
    if (this.#readers.size > 0) this.#send('frame', () => frameData(seen));
  };

  close(): void {
    for (const { response } of this.#readers) response.end();
    this.#readers.clear();
    clearInterval(this.#beating);
    this.#beating = undefined;
  }

  #remove(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    clearInterval(this.#beating);
    this.#beating = undefined;
  }

  /** Made once for all readers, and only if somebody wants it. */
  #send(event: 'fact' | 'frame', data: () => object): void {
    let made: string | undefined;
    const id = this.#next++;
    for (const reader of this.#readers) {
      const { response, choice } = reader;
      if (choice !== 'all' && choice !== `${event}s`) continue;
      if (response.writableLength > mostWaiting) {
        reader.missed += 1;
        continue;
      }
      this.#confess(reader, id);
      made ??= eventText(event, id, data());
      response.write(made);
    }
  }

  /** How many events a reader did not get, before the next one that it gets. */
  #confess(reader: Reader, id: number): void {
    if (reader.missed === 0) return;
    reader.response.write(eventText('missed', id, { count: reader.missed }));
    reader.missed = 0;
  }

  /** A reader that still has too much waiting after a whole beat does not read. */
  #beat(): void {
    for (const reader of this.#readers) {
      const full = reader.response.writableLength > mostWaiting;
      if (full && reader.stuck) reader.response.destroy();
      else if (!full) {
        this.#confess(reader, this.#next - 1);
        reader.response.write(': still here\n\n');
      }
      reader.stuck = full;
    }
  }
}
