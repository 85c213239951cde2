/** Carries out what the notification channel decides: one connection, one write, within the time that is left. */
import { Observable, Subject } from 'rxjs';
import { type GuestId, guestAddress } from '../../native/sockets/endpoint.js';
import type { Connection, Transport } from '../../native/sockets/transport.js';
import { tapFrame } from '../application/frame-tap.js';
import type { Service } from '../service.js';
import type { FrameMaker, NotificationChannelEvent } from './notification-channel-state.js';

/** Of connections that a guest never closes so many are kept. */
const partingLimit = 8;

const nothing = (): void => undefined;

export class NotificationSender {
  readonly #guest: GuestId;
  readonly #service: Service;
  readonly #transport: Transport;
  readonly #outcomes = new Subject<NotificationChannelEvent>();
  /** Gives up the try that is under way. */
  #giveUp: () => void = nothing;
  /** Delivered connections that the guest has yet to close. */
  readonly #parting = new Set<Connection>();

  constructor(guest: GuestId, service: Service) {
    this.#guest = guest;
    this.#service = service;
    this.#transport = service.platform.transport(guestAddress(guest).scheme, service.clock);
  }

  /** What becomes of the tries. When nobody listens any more nothing is left open. */
  readonly outcomes: Observable<NotificationChannelEvent> = new Observable((subscriber) => {
    const subscription = this.#outcomes.subscribe(subscriber);
    return () => {
      subscription.unsubscribe();
      this.#giveUp();
      for (const connection of this.#parting) connection.destroy();
      this.#parting.clear();
    };
  });

  /** Opens a connection and writes right after. `until`: when the time is up, on the clock's elapsed time. */
  send(frame: FrameMaker, until: number): void {
    // A pause before the next try that has become needless.
    this.#giveUp();
    const { clock, deadlines, settings } = this.#service;
    const abort = new AbortController();
    let open: Connection | undefined;
    let isOver = false;
    const end = (event: NotificationChannelEvent): void => {
      if (isOver) return;
      isOver = true;
      deadline.cancel();
      this.#giveUp = nothing;
      this.#outcomes.next(event);
    };
    const stop = (): void => {
      isOver = true;
      deadline.cancel();
      abort.abort();
      open?.destroy();
    };
    const deadline = deadlines.in(until - clock.elapsed(), () => {
      stop();
      this.#outcomes.next({ type: 'delivery.failed', code: 'ETIMEDOUT' });
    });
    this.#giveUp = stop;
    void this.#transport
      .connect(this.#guest, settings.notificationPort, abort.signal)()
      .then((opened) => {
        if (opened._tag === 'Left') end({ type: 'delivery.failed', code: opened.left.code });
        else if (isOver) opened.right.destroy();
        else {
          open = opened.right;
          this.#write(opened.right, frame(), end);
        }
      });
  }

  /** Tells in so many milliseconds that another try is due. */
  pause(milliseconds: number): void {
    const { cancel } = this.#service.deadlines.in(milliseconds, () => {
      this.#giveUp = nothing;
      this.#outcomes.next({ type: 'redelivery.due' });
    });
    this.#giveUp = cancel;
  }

  #write(connection: Connection, frame: Uint8Array, end: (event: NotificationChannelEvent) => void): void {
    const delivery = connection.finish(frame)();
    const delivered = (): void => {
      this.#part(connection);
      tapFrame(this.#service.settings, this.#guest, 'notification', 'host', frame);
      end({ type: 'notification.delivered' });
    };
    if (connection.isFlushed?.() === true) {
      delivered();
      return;
    }
    this.#outcomes.next({ type: 'connection.opened' });
    void delivery.then((result) => {
      if (result._tag === 'Right') delivered();
      else end({ type: 'delivery.failed', code: result.left.code });
    });
  }

  /** The guest closes when it has read; of connections that it never closes only a few are kept. */
  #part(connection: Connection): void {
    this.#parting.add(connection);
    connection.closed.subscribe(() => this.#parting.delete(connection));
    if (this.#parting.size <= partingLimit) return;
    for (const oldest of this.#parting) {
      oldest.destroy();
      break;
    }
  }

  /** Keeps sockets out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }
}
