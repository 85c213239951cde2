/**
 * What one guest has outside its machines: its open exchanges, its waiting notifications and the session id that its
 * driver holds. It outlives a crash of the guest's actors, as the driver in the virtual machine does.
 */
import type { GuestId } from '../native/sockets/endpoint.js';
import type { DriverFormat } from '../protocol/frame.js';
import { type NotificationKind, Outbox } from '../streams/outbox.js';
import type { DispatcherEvent } from './dispatcher-events.js';
import { GuestLane } from './guest-lane.js';
import type { NotificationChannelEvent } from './notification-channel.js';
import type { NotificationSender } from './notification-sender.js';
import { RequestIntake } from './request-intake.js';
import type { Receiver, Services } from './services.js';

/** Gives the frame for one guest's driver; frames for several guests are encoded once. */
export type FrameMaker = (driver: DriverFormat) => Uint8Array;

/** Most notifications that wait for one guest. */
const outboxLimit = 64;

export class GuestDesk {
  readonly guest: GuestId;
  readonly driver: DriverFormat;
  readonly intake: RequestIntake;
  readonly lane: GuestLane;
  readonly outbox = new Outbox<FrameMaker>(outboxLimit);
  /** Has ever made a request: before that its driver may not be loaded, and notifications are dropped. */
  known = false;
  /** Id of the last connect answer, successful or not; 0 before the first. */
  lastSessionId = 0;
  /** Id of the last successful connect answer, which the driver holds; 0 before the first. */
  sessionInEffect = 0;
  dispatcher: Receiver<DispatcherEvent> | undefined;
  notifications: Receiver<NotificationChannelEvent> | undefined;
  sender: NotificationSender | undefined;
  readonly #services: Services;

  constructor(guest: GuestId, services: Services) {
    this.guest = guest;
    this.driver = services.settings.driverOf(guest);
    this.#services = services;
    this.lane = new GuestLane(this, services);
    this.intake = new RequestIntake(guest, services, () => {
      this.known = true;
    });
  }

  /** The guest's dispatcher, which is there as long as its request channel is. */
  get dispatching(): Receiver<DispatcherEvent> {
    if (this.dispatcher === undefined) throw new Error('a guest without dispatcher got a request');
    return this.dispatcher;
  }

  /** Puts a notification into the queue and wakes the channel. */
  notify(kind: NotificationKind, frame: FrameMaker): void {
    const { counters, log } = this.#services;
    if (!this.known) {
      counters.count('notificationsDropped', kind);
      return;
    }
    const admission = this.outbox.put({ kind, frame });
    switch (admission.outcome) {
      case 'queued':
        break;
      case 'conflated':
        counters.count('notificationsConflated', kind);
        break;
      case 'displaced':
        counters.count('notificationsDropped', admission.kind);
        break;
      case 'full':
        counters.count('notificationsDropped', kind);
        log.error({ guest: this.guest, kind }, 'too many notifications wait for this guest, one is dropped');
        return;
    }
    this.notifications?.send({ type: 'notification.queued' });
  }

  /** Closes every connection of the guest. What waits for it, and what its driver holds, stays. */
  close(): void {
    this.intake.channel = undefined;
    this.intake.close();
    this.notifications = undefined;
    this.sender?.stop();
    this.sender = undefined;
  }
}
