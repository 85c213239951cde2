/** The way to a guest's notification port, with the faults of real ones. */
import { createServer, type Server } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import type { Platform } from '../../actors/service.js';
import type { Transport } from '../../native/sockets/transport.js';
import { thisPlatform } from '../../platform.js';

/** `silent`: whoever connects waits for it. `resetting`: the guest accepts and breaks the connection. */
export type LineState = 'open' | 'silent' | 'resetting';

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
      return { ...transport, connect: this.#connect(transport) };
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

  readonly #connect =
    (transport: Transport): Transport['connect'] =>
    (guest, port, abort) =>
    async () => {
      if (this.#state === 'silent') await this.#untilOpen(abort);
      this.#active += 1;
      const opened = await transport.connect(guest, port, abort)();
      if (E.isLeft(opened)) this.#end();
      else {
        const closed = firstValueFrom(opened.right.closed);
        void closed.then(() => this.#end());
        // The reset is there before the service writes: otherwise nobody can tell whether it notices.
        if (this.#state === 'resetting') await closed;
      }
      return opened;
    };

  #end(): void {
    this.#active -= 1;
    this.changed();
  }

  #untilOpen(abort: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const goOn = (): void => {
        this.#waiting.delete(goOn);
        resolve();
      };
      this.#waiting.add(goOn);
      abort.addEventListener('abort', goOn);
    });
  }
}
