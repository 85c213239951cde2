/** Carries out what the notification channel decides: one connection, one write. */
import { guestAddress } from '../native/sockets/endpoint.js';
import type { Connection, Transport } from '../native/sockets/transport.js';
import type { Notification, NotificationKind } from '../streams/outbox.js';
import type { FrameMaker, GuestDesk } from './guest-desk.js';
import type { NotificationChannelEvent } from './notification-channel.js';
import type { Services } from './services.js';

export class NotificationSender {
  readonly #desk: GuestDesk;
  readonly #services: Services;
  readonly #transport: Transport;
  #inHand: Notification<FrameMaker> | undefined;
  #abort: AbortController | undefined;
  /** Delivered connections that the guest has yet to close. */
  readonly #parting = new Set<Connection>();

  constructor(desk: GuestDesk, services: Services) {
    this.#desk = desk;
    this.#services = services;
    this.#transport = services.platform.transport(guestAddress(desk.guest).scheme, services.clock);
  }

  /** What is in hand; only meant after `take`. */
  get kind(): NotificationKind {
    return this.#inHand?.kind ?? 'disconnected';
  }

  /** Takes the oldest waiting notification in hand. */
  take(): void {
    this.#inHand = this.#desk.outbox.take();
  }

  /** Opens a connection and writes the notification in hand right after. */
  connect(report: (event: NotificationChannelEvent) => void): void {
    const { settings } = this.#services;
    const notification = this.#inHand;
    if (notification === undefined) return;
    const abort = new AbortController();
    this.#abort = abort;
    const frame = notification.frame(this.#desk.driver);
    void this.#transport
      .connect(this.#desk.guest, settings.notificationPort, abort.signal)()
      .then(async (opened) => {
        if (opened._tag === 'Left')
          return abort.signal.aborted
            ? undefined
            : report({ type: 'delivery.failed', code: opened.left.code });
        const connection = opened.right;
        if (abort.signal.aborted) return connection.destroy();
        abort.signal.addEventListener('abort', connection.destroy);
        const written = connection.finish(frame)();
        report({ type: 'connection.opened' });
        const result = await written;
        abort.signal.removeEventListener('abort', connection.destroy);
        if (abort.signal.aborted) return connection.destroy();
        if (result._tag === 'Left') return report({ type: 'delivery.failed', code: result.left.code });
        this.#part(connection);
        this.#services.seen(this.#desk.guest, 'notification', 'host', frame);
        report({ type: 'notification.delivered' });
      });
  }

  /** Gives up the try that is under way. */
  abort(): void {
    this.#abort?.abort();
    this.#abort = undefined;
  }

  /** Ends everything: nothing is left open. */
  stop(): void {
    this.abort();
    for (const connection of this.#parting) connection.destroy();
    this.#parting.clear();
  }

  /** The guest closes when it has read; of connections that it never closes only a few are kept. */
  #part(connection: Connection): void {
    this.#parting.add(connection);
    connection.closed.subscribe(() => this.#parting.delete(connection));
    if (this.#parting.size <= 8) return;
    for (const oldest of this.#parting) {
      oldest.destroy();
      break;
    }
  }
}
