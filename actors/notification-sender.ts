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
  /** Aborts the try that is under way; a new one only then, since most notifications arrive. */
  #abort = new AbortController();
  /** The connection that is being written to. */
  #open: Connection | undefined;
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
    const notification = this.#inHand;
    if (notification === undefined) return;
    const { signal } = this.#abort;
    void this.#transport
      .connect(this.#desk.guest, this.#services.settings.notificationPort, signal)()
      .then((opened) => {
        if (signal.aborted) {
          if (opened._tag === 'Right') opened.right.destroy();
        } else if (opened._tag === 'Left') report({ type: 'delivery.failed', code: opened.left.code });
        else this.#write(opened.right, notification.frame(this.#desk.driver), signal, report);
      });
  }

  /** Gives up the try that is under way. */
  abort(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#open?.destroy();
    this.#open = undefined;
  }

  /** Ends everything: nothing is left open. */
  stop(): void {
    this.#abort.abort();
    this.#open?.destroy();
    for (const connection of this.#parting) connection.destroy();
    this.#parting.clear();
  }

  #write(
    connection: Connection,
    frame: Uint8Array,
    signal: AbortSignal,
    report: (event: NotificationChannelEvent) => void,
  ): void {
    this.#open = connection;
    const delivery = connection.finish(frame)();
    const delivered = (): void => {
      this.#open = undefined;
      this.#part(connection);
      this.#services.seen(this.#desk.guest, 'notification', 'host', frame);
      report({ type: 'notification.delivered' });
    };
    if (connection.isFlushed?.() === true) {
      delivered();
      return;
    }
    report({ type: 'connection.opened' });
    void delivery.then((result) => {
      if (signal.aborted) return;
      if (result._tag === 'Right') delivered();
      else report({ type: 'delivery.failed', code: result.left.code });
    });
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
