/** Carries out what the notification channel decides: one connection, one write, within the time that is left. */
import type { Observable } from 'rxjs';
import { type GuestId, guestAddress } from '../../native/sockets/endpoint.js';
import type { Transport } from '../../native/sockets/transport.js';
import type { Deadline } from '../../streams/deadlines.js';
import { Outlet } from '../../streams/outlet.js';
import type { Turn } from '../../streams/pacing.js';
import { tapFrame } from '../application/frame-tap.js';
import type { Service } from '../service.js';
import type { FrameMaker, NotificationChannelEvent } from './notification-channel-state.js';

/** Of connections that a guest never closes so many are kept. */
const partingLimit = 8;

const nothing = (): void => undefined;

export class NotificationSender implements Turn {
  readonly #guest: GuestId;
  readonly #service: Service;
  readonly #transport: Transport;
  readonly #outcomes = new Outlet<NotificationChannelEvent>(() => {
    this.#giveUp();
    for (const close of this.#parting) close();
  });
  /** Gives up the try that is under way. */
  #giveUp: () => void = nothing;
  /** What is to be sent, in so many milliseconds, and what closes its connection. */
  #frame: FrameMaker = () => new Uint8Array(0);
  #time = 0;
  /** Since when it waits for its turn, on the clock's elapsed time. */
  #waitsSince = 0;
  #deadline: Deadline | undefined;
  #close: () => void = nothing;
  /** The last try failed: others go first. */
  #isSlow = false;
  /** Closes delivered connections that the guest has yet to close. */
  readonly #parting = new Set<() => void>();

  constructor(guest: GuestId, service: Service) {
    this.#guest = guest;
    this.#service = service;
    this.#transport = service.transport(guestAddress(guest).scheme);
  }

  /** What becomes of the tries. When nobody listens any more nothing is left open. */
  readonly outcomes: Observable<NotificationChannelEvent> = this.#outcomes.values;

  /** Sends when it is this guest's turn, and has so many milliseconds from then on. */
  send(frame: FrameMaker, time: number): void {
    // A pause before the next try that has become needless.
    this.#giveUp();
    const { clock, pacing } = this.#service;
    this.#frame = frame;
    this.#time = time;
    this.#waitsSince = clock.elapsed();
    this.#close = nothing;
    this.#giveUp = this.#stop;
    pacing.wait(this, this.#isSlow || this.#parting.size > 1);
  }

  /** Opens a connection and writes right after. */
  begin(): void {
    const frame = this.#frame;
    const { clock, deadlines } = this.#service;
    const waited = clock.elapsed() - this.#waitsSince;
    this.#deadline = deadlines.in(this.#time, () => {
      this.#stop();
      this.#outcomes.next({ type: 'delivery.failed', code: 'ETIMEDOUT', waited });
    });
    let bytes: Uint8Array | undefined;
    let isWritten = false;
    const close = this.#transport.send(this.#guest, this.#service.settings.notificationPort, {
      opened: () => {
        bytes = frame();
        queueMicrotask(() => {
          if (!isWritten && this.#close === close) this.#outcomes.next({ type: 'connection.opened' });
        });
        return bytes;
      },
      written: () => {
        isWritten = true;
        this.#part(close);
        if (bytes !== undefined) tapFrame(this.#service.settings, this.#guest, 'notification', 'host', bytes);
        this.#isSlow = false;
        const lateness = this.#end(true);
        this.#service.pacing.later(() => this.#outcomes.next({ type: 'notification.delivered', lateness }));
      },
      failed: ({ code }) => {
        this.#isSlow = true;
        this.#end(false);
        this.#outcomes.next({ type: 'delivery.failed', code, waited });
      },
      closed: () => this.#parting.delete(close),
    });
    this.#close = close;
  }

  /** Tells in so many milliseconds that another try is due. */
  pause(milliseconds: number): void {
    const pause = this.#service.deadlines.in(milliseconds, () => {
      this.#giveUp = nothing;
      this.#outcomes.next({ type: 'redelivery.due' });
    });
    this.#giveUp = () => pause.cancel();
  }

  /** The try is given up. */
  readonly #stop = (): void => {
    if (this.#close !== nothing) this.#isSlow = true;
    this.#end(false);
    this.#close();
  };

  /** The try is over. Gives how late the frame was written, in milliseconds. */
  #end(isWritten: boolean): number {
    this.#deadline?.cancel();
    this.#giveUp = nothing;
    return this.#service.pacing.end(this, isWritten);
  }

  /** The guest closes when it has read; of connections that it never closes only a few are kept. */
  #part(close: () => void): void {
    this.#parting.add(close);
    if (this.#parting.size <= partingLimit) return;
    for (const oldest of this.#parting) {
      this.#parting.delete(oldest);
      oldest();
      break;
    }
  }

  /** Keeps sockets out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }
}
