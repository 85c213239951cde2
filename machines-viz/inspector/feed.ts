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
  /** With the machine's own JSON for each actor. */
  readonly withDefinitions: boolean;
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

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #begin(): void {
    const { key, withDefinitions } = this.#options;
    this.#tell(() => ({ type: '@proxy-wifi.hello', key, limit: eventLimit }));
    this.#cursor = this.#recorder.log.first;
    this.#caughtUp = false;
    for (const track of this.#recorder.elders())
      this.#tell(() => actorMessage(track, String(this.#cursor), track.base, withDefinitions));
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
      if (entry !== undefined)
        this.#tell(() => messageOf(entry, this.#cursor, this.#options.withDefinitions));
    }
    if (this.#cursor < log.next) this.#timer = setTimeout(this.#send, 0);
    else if (!this.#caughtUp) {
      this.#caughtUp = true;
      this.#tell(() => ({ type: '@proxy-wifi.caught-up' }));
    }
  };

  /** A message that cannot be made is left out: those behind it come. */
  #tell(make: () => InspectorMessage): void {
    try {
      this.#socket.send(JSON.stringify(make()));
    } catch (error) {
      this.#options.guard.note('a message', error);
    }
  }
}
