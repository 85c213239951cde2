/** The way to a guest's notification port, with the faults of real ones. */

import { createServer, type Server } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import type { Platform } from '../../actors/service.js';
import type { Delivery, Transport } from '../../native/sockets/transport.js';
import { thisPlatform } from '../../platform.js';
import { closedFor } from '../stage/closed.js';

/** `silent`: whoever connects waits for it. `resetting`: the guest accepts and breaks the connection. */
export type LineState = 'open' | 'silent' | 'resetting';

type SendParameters = Parameters<Transport['send']>;

export class NotificationLine {
  #state: LineState = 'open';
  #server: Server | undefined;
  /** Connections to guests that are being opened or not closed yet, without those that wait. */
  #active = 0;
  /** Called when `isQuiet` may have changed. */
  changed: () => void = () => undefined;
  /** Lets those go on who wait for a silent line. */
  readonly #waiting = new Set<() => void>();

  /** This system's sockets, with this line between the service and its guests. */
  readonly platform: Platform = {
    ...thisPlatform,
    transport: (scheme, clock) => {
      const transport = thisPlatform.transport(scheme, clock);
      return { ...transport, send: this.#send(transport) };
    },
  };

  /** Nothing is on its way to a guest. */
  get isQuiet(): boolean {
    return this.#active === 0;
  }

  /** From now on connections wait. */
  silence(): void {
    this.#state = 'silent';
  }

  /** Connections go through, those that wait as well. */
  open(): void {
    this.#state = 'open';
    for (const goOn of this.#waiting) goOn();
  }

  /** Something in the guest accepts at this address and breaks every connection. */
  async reset(host: string, port: number): Promise<void> {
    const server = createServer((socket) => socket.resetAndDestroy());
    this.#server = server;
    this.#state = 'resetting';
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
  }

  /** Ends `reset`. */
  stopResetting(): void {
    this.#server?.close();
    this.#server = undefined;
    this.#state = 'open';
  }

  readonly #send =
    (transport: Transport): Transport['send'] =>
    (guest, port, delivery) => {
      let giveUp = (): void => {
        this.#waiting.delete(goOn);
      };
      const goOn = (): void => {
        this.#waiting.delete(goOn);
        this.#active += 1;
        let isOver = false;
        const end = (): void => {
          if (!isOver) this.#end();
          isOver = true;
        };
        const watched: Delivery = {
          opened: () => delivery.opened(),
          written: () => delivery.written(),
          failed: (failure) => {
            delivery.failed(failure);
            end();
          },
          closed: () => {
            delivery.closed();
            end();
          },
        };
        const stop =
          this.#state === 'resetting'
            ? sendLate(transport, guest, port, watched)
            : transport.send(guest, port, watched);
        giveUp = () => {
          stop();
          end();
        };
      };
      if (this.#state === 'silent') this.#waiting.add(goOn);
      else goOn();
      return () => giveUp();
    };

  #end(): void {
    this.#active -= 1;
    this.changed();
  }
}

/** Writes when the guest has closed its connection already: otherwise nobody can tell whether the service notices. */
const sendLate = (...[transport, guest, port, delivery]: [Transport, ...SendParameters]): (() => void) => {
  const abort = new AbortController();
  void transport
    .connect(guest, port, abort.signal)()
    .then(async (opened) => {
      if (E.isRight(opened)) await closedFor(opened.right);
      if (abort.signal.aborted) return;
      const written = E.isLeft(opened) ? opened : await opened.right.finish(delivery.opened())();
      if (abort.signal.aborted) return;
      if (E.isLeft(written)) delivery.failed(written.left);
      else delivery.written();
    });
  return () => abort.abort();
};
