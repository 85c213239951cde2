/** Brings what is recorded to one socket: what is kept first, then what happens, in pieces that leave the service its time. */
import type { WebSocket } from 'ws';
import { eventLimit, type InspectorMessage } from './messages.js';
import type { Recorder } from './recorder.js';
import { actorMessage, messageOf } from './translate.js';

/** Messages in one go. */
const pieceSize = 400;

/** A socket that has so many bytes waiting gets no more for the time being. */
const mostWaiting = 4 * 1024 * 1024;

/** Milliseconds between two goes while everything is sent. */
const pause = 30;

export class Feed {
  readonly #socket: WebSocket;
  readonly #recorder: Recorder;
  readonly #key: string;
  readonly #withDefinitions: boolean;
  #cursor = 0;
  #caughtUp = false;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(socket: WebSocket, recorder: Recorder, key: string, withDefinitions: boolean) {
    this.#socket = socket;
    this.#recorder = recorder;
    this.#key = key;
    this.#withDefinitions = withDefinitions;
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
    this.#tell({ type: '@proxy-wifi.hello', key: this.#key, limit: eventLimit });
    this.#cursor = this.#recorder.log.first;
    this.#caughtUp = false;
    for (const track of this.#recorder.elders())
      this.#tell(actorMessage(track, String(this.#cursor), track.base, this.#withDefinitions));
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
      if (entry !== undefined) this.#tell(messageOf(entry, this.#cursor, this.#withDefinitions));
    }
    if (this.#cursor < log.next) this.#timer = setTimeout(this.#send, 0);
    else if (!this.#caughtUp) {
      this.#caughtUp = true;
      this.#tell({ type: '@proxy-wifi.caught-up' });
    }
  };

  #tell(message: InspectorMessage): void {
    this.#socket.send(JSON.stringify(message));
  }
}
