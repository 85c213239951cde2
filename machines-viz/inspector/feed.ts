/** Brings what is recorded to one socket: what is kept first, then what happens, in pieces that leave the service its time. */
import type { WebSocket } from 'ws';
import type { Guard } from './guard.js';
import { eventLimit, type InspectorMessage } from './messages.js';
import type { Recorder } from './recorder.js';
import { actorMessage, messageOf } from './translate.js';

/** Messages in one go. */
const pieceSize = 400;

/** A socket that has so many bytes waiting gets no more for the time being. */
const mostWaiting = 4 * 1024 * 1024;

/** Milliseconds between two goes while everything is sent. */
const pause = 30;

/** What it needs of one. */
export type FeedSocket = Pick<WebSocket, 'bufferedAmount' | 'send'>;

export interface FeedOptions {
  /** Opens the socket's next connection. */
  readonly key: string;
  /** For the inspector's own page: many messages in one piece, and no JSON of machines, of which it has drawings. */
  readonly forPage: boolean;
  /** May the page do steps on the air? */
  readonly air?: boolean;
  /** Hears of messages that cannot be made. */
  readonly guard: Guard;
}

export class Feed {
  readonly #socket: FeedSocket;
  readonly #recorder: Recorder;
  readonly #options: FeedOptions;
  #cursor = 0;
  #caughtUp = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** Messages of the piece that is being made. */
  #piece: string[] = [];

  constructor(socket: FeedSocket, recorder: Recorder, options: FeedOptions) {
    this.#socket = socket;
    this.#recorder = recorder;
    this.#options = options;
    this.#begin();
  }

  /** Something has been recorded. */
  wake(): void {
    this.#timer ??= setTimeout(this.#send, pause);
  }

  /** Says what became of a step, before what waits. */
  answer(problem: string | null): void {
    this.#tell(() => ({ type: '@proxy-wifi.acted', problem }));
    this.#flush();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #begin(): void {
    const { key, forPage, air = false } = this.#options;
    this.#tell(() => ({
      type: '@proxy-wifi.hello',
      key,
      limit: eventLimit,
      ...(air ? { air } : {}),
    }));
    this.#cursor = this.#recorder.log.first;
    this.#caughtUp = false;
    for (const track of this.#recorder.elders())
      this.#tell(() => actorMessage(track, String(this.#cursor), track.base, !forPage));
    const { elderStatus } = this.#recorder;
    if (elderStatus !== undefined) this.#tell(() => messageOf(elderStatus, this.#cursor, !forPage));
    this.#flush();
    this.#timer = setTimeout(this.#send, 0);
  }

  readonly #send = (): void => {
    this.#timer = undefined;
    if (this.#closed) return;
    const { log } = this.#recorder;
    if (this.#socket.bufferedAmount > mostWaiting) {
      this.wake();
      return;
    }
    if (this.#cursor < log.first) {
      this.#begin();
      return;
    }
    const end = Math.min(log.next, this.#cursor + pieceSize);
    for (; this.#cursor < end; this.#cursor += 1) {
      const entry = log.at(this.#cursor);
      if (entry !== undefined) this.#tell(() => messageOf(entry, this.#cursor, !this.#options.forPage));
    }
    if (this.#cursor < log.next) this.#timer = setTimeout(this.#send, 0);
    else if (!this.#caughtUp) {
      this.#caughtUp = true;
      this.#tell(() => ({ type: '@proxy-wifi.caught-up' }));
    }
    this.#flush();
  };

  /** A message that cannot be made is left out: those behind it come. */
  #tell(make: () => InspectorMessage): void {
    try {
      const text = JSON.stringify(make());
      if (this.#options.forPage) this.#piece.push(text);
      else this.#socket.send(text);
    } catch (error) {
      this.#options.guard.note('a message', error);
    }
  }

  #flush(): void {
    const piece = this.#piece;
    if (piece.length === 0) return;
    this.#piece = [];
    this.#socket.send(`[${piece.join(',')}]`);
  }
}
