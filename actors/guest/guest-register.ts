/** The register of guests: what may be known of each, and the way to tell each something. */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import { type InstanceId, instanceIdOf } from '../../protocol/instance-id.js';
import { noSkills } from '../../protocol/security.js';
import type { Ssid } from '../../protocol/ssid.js';
import { Alarm } from '../../streams/deadlines.js';
import type { NotificationKind } from '../../streams/outbox.js';
import { uncertainty } from '../../streams/pacing.js';
import type { Reader } from '../host/shown-networks.js';
import { type Enqueue, type Post, Seat } from '../seat.js';
import type { Service } from '../service.js';
import { currentTry } from './attempt.js';
import { GuestConnections } from './connections.js';
import type { DispatcherEvent, DispatcherState } from './dispatcher-state.js';
import type {
  FrameMaker,
  NotificationChannelEvent,
  NotificationChannelState,
} from './notification-channel-state.js';
import type { RequestChannelEvent, RequestChannelState } from './request-channel-state.js';
import type { GuestSession, KnownBefore } from './session.js';

/** What is there of a guest: its connections, and the places of its three actors, which outlive a crash of them. */
export interface GuestEntry {
  readonly guest: GuestId;
  /** How its driver reads scan responses, and what it can do, as far as the settings say. */
  readonly reader: Reader;
  readonly connections: GuestConnections;
  readonly requestChannel: Seat<RequestChannelState, RequestChannelEvent>;
  readonly dispatcher: Seat<DispatcherState, DispatcherEvent>;
  readonly notificationChannel: Seat<NotificationChannelState, NotificationChannelEvent>;
  /** What an earlier run of the service knew of it; null for nothing. */
  readonly recalled: KnownBefore | null;
  /** Goes off when a guest that says hello has not done so for too long. */
  readonly silence: Alarm;
  /** Goes off when what is worked on has taken too long. */
  readonly deadline: Alarm;
}

/** What starts and ends the actors of guests: `guests` below the root. */
export interface GuestHome {
  /** May another guest move in? */
  readonly hasRoom: boolean;
  /** The guest's actors live when this returns. */
  readonly moveIn: (guest: GuestId) => void;
  readonly moveOut: (guest: GuestId) => void;
}

interface Resident {
  readonly entry: GuestEntry;
  /** Undefined before its first byte. */
  home: GuestHome | undefined;
}

export class Guests {
  readonly #service: Service;
  readonly #residents = new Map<GuestId, Resident>();
  /** Who lives where: when thousands go, a home must not have to look for its own among them all. */
  readonly #homes = new Map<GuestHome, Set<Resident>>();
  /** Guests that lost their home by a crash, and move into the next one. */
  readonly #homeless = new Set<Resident>();
  readonly #wantHome: () => void;
  /** Guests of an earlier run of the service, most of which have not shown up yet. */
  #recalled = new Map<GuestId, KnownBefore>();
  #housed = 0;
  /** Random, new with each start: guests that say hello notice by it that the service knows nothing of before. */
  instance: InstanceId;

  /** `wantHome`: there is no room any more; another home is open when it returns. */
  constructor(service: Service, wantHome: () => void) {
    this.#service = service;
    this.#wantHome = wantHome;
    this.instance = this.#newInstance();
  }

  /** Guests that have actors. */
  get size(): number {
    return this.#housed;
  }

  /** Guests that have actors, in the order in which they appeared. */
  *entries(): Generator<GuestEntry> {
    for (const { entry, home } of this.#residents.values()) if (home !== undefined) yield entry;
  }

  *ids(): Generator<GuestId> {
    for (const { guest } of this.entries()) yield guest;
  }

  get(guest: GuestId): GuestEntry | undefined {
    return this.#residents.get(guest)?.entry;
  }

  /** The connections of a guest that may come in; it has no place in the table before its first byte. */
  connectionsOf(guest: GuestId): GuestConnections {
    return (this.#residents.get(guest) ?? this.#arrive(guest)).entry.connections;
  }

  /** One of its connections is gone: who never sent a byte is forgotten with its last one. */
  release(guest: GuestId): void {
    const resident = this.#residents.get(guest);
    if (resident?.home === undefined && resident?.entry.connections.size === 0) this.#residents.delete(guest);
  }

  /** Guests of the earlier run that have not shown up in this one. */
  get recalled(): ReadonlyMap<GuestId, KnownBefore> {
    return this.#recalled;
  }

  /** What the earlier run knew of each. */
  recall(guests: ReadonlyMap<GuestId, KnownBefore>): void {
    this.#recalled = new Map(guests);
  }

  /** A guest that has to be told something has its actors without having sent a byte. */
  welcome(guest: GuestId): void {
    if (!this.#residents.has(guest)) this.#arrive(guest);
    this.#welcome(guest);
  }

  tell(post: Post, guest: GuestId, event: DispatcherEvent): void {
    this.get(guest)?.dispatcher.tell(post, event);
  }

  /** A notification for a guest; before its first request its driver may not be loaded, and it gets none. */
  notify(post: Enqueue, guest: GuestId, kind: NotificationKind, frame: FrameMaker): void {
    const entry = this.get(guest);
    if (entry?.notificationChannel.isTaken === true && entry.connections.requestedAt !== null)
      entry.notificationChannel.tell(post, {
        type: 'notification.queued',
        notification: { kind, frame },
      });
    else post(() => this.#service.counters.count('notificationsDropped', kind));
  }

  /** How a guest's driver reads scan responses, and what it can do: by its hello, else by the settings. */
  readerOf(guest: GuestId): Reader {
    const entry = this.get(guest);
    return (
      entry?.dispatcher.lastState?.reader ??
      entry?.reader ?? { format: 'with-scan-complete', skills: noSkills, patience: uncertainty }
    );
  }

  /** The session in effect of a guest. */
  sessionOf(guest: GuestId): GuestSession | null {
    return this.get(guest)?.dispatcher.state?.session ?? null;
  }

  /** The networks of an interface that a guest uses, by its session and by an attempt that is about to become one. */
  networksOf(guest: GuestId, interfaceId: InterfaceId): readonly Ssid[] {
    const { session = null, attempt = null } = this.get(guest)?.dispatcher.state ?? {};
    const used = new Set<Ssid>();
    if (session?.interfaceId === interfaceId) used.add(session.ssid);
    if (attempt !== null && (attempt.interfaceId ?? currentTry(attempt)) === interfaceId)
      used.add(attempt.ssid);
    return [...used];
  }

  /** A place for guests has opened: who lost another one by a crash lives there from now on. */
  open(home: GuestHome): void {
    this.#homes.set(home, new Set());
    for (const resident of this.#homeless) {
      if (!home.hasRoom) return;
      this.#homeless.delete(resident);
      this.#moveIn(resident, home);
    }
  }

  /** It has closed, and the guests that lived there are cut off until another one opens. */
  close(home: GuestHome): void {
    const inhabitants = this.#homes.get(home) ?? [];
    this.#homes.delete(home);
    for (const resident of inhabitants) {
      this.#homeless.add(resident);
      resident.entry.connections.close();
    }
  }

  /** Forgets everybody. */
  clear(): void {
    for (const { entry } of this.#residents.values()) entry.connections.close();
    this.#residents.clear();
    this.#homes.clear();
    this.#recalled.clear();
    this.#homeless.clear();
    this.#housed = 0;
    this.instance = this.#newInstance();
  }

  /** Keeps sockets out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `[${this.#housed} guests]`;
  }

  #roomyHome(): GuestHome | undefined {
    for (const home of this.#homes.keys()) if (home.hasRoom) return home;
    return undefined;
  }

  #moveIn(resident: Resident, home: GuestHome): void {
    resident.home = home;
    this.#homes.get(home)?.add(resident);
    home.moveIn(resident.entry.guest);
  }

  #newInstance(): InstanceId {
    const half = (): bigint => BigInt(Math.floor(this.#service.settings.random() * 2 ** 32));
    return instanceIdOf((half() << 32n) | half());
  }

  #arrive(guest: GuestId): Resident {
    const entry: GuestEntry = {
      guest,
      reader: { format: this.#service.settings.driverOf(guest), skills: noSkills, patience: uncertainty },
      connections: new GuestConnections(guest, this.#service, () => this.#welcome(guest)),
      requestChannel: new Seat(),
      dispatcher: new Seat(),
      notificationChannel: new Seat(),
      recalled: this.#recalled.get(guest) ?? null,
      silence: new Alarm(this.#service.deadlines),
      deadline: new Alarm(this.#service.deadlines),
    };
    const resident = { entry, home: undefined };
    // It has made requests, and its driver was loaded.
    if (entry.recalled !== null) entry.connections.requestedAt = this.#service.clock.elapsed();
    this.#residents.set(guest, resident);
    return resident;
  }

  /** The first byte of a guest is there. */
  #welcome(guest: GuestId): void {
    const resident = this.#residents.get(guest);
    if (resident === undefined || resident.home !== undefined) return;
    const { settings, counters, log } = this.#service;
    if (this.#housed >= settings.maximumGuests && !this.#makeRoom()) {
      counters.count('refusedConnections', 'too many guests');
      log.warn({ guest, reason: 'too many guests' }, 'connection refused');
      resident.entry.connections.close();
      return;
    }
    if (this.#roomyHome() === undefined) this.#wantHome();
    const home = this.#roomyHome();
    if (home === undefined) {
      resident.entry.connections.close();
      return;
    }
    this.#housed += 1;
    // Its actors know by now.
    this.#recalled.delete(guest);
    this.#moveIn(resident, home);
    log.info({ guest }, 'guest appeared');
  }

  /** The guest that has been idle longest goes; one with a session or an open connection stays. */
  #makeRoom(): boolean {
    let longest: Resident | undefined;
    for (const resident of this.#residents.values())
      if (resident.home !== undefined && isIdle(resident.entry) && since(resident) < since(longest))
        longest = resident;
    if (longest?.home === undefined) return false;
    const { guest } = longest.entry;
    this.#residents.delete(guest);
    this.#homeless.delete(longest);
    this.#housed -= 1;
    longest.entry.silence.cancel();
    this.#homes.get(longest.home)?.delete(longest);
    longest.home.moveOut(guest);
    return true;
  }
}

const isIdle = ({ connections, dispatcher }: GuestEntry): boolean =>
  connections.size === 0 && (dispatcher.state?.session ?? null) === null;

const since = (resident: Resident | undefined): number =>
  resident === undefined ? Number.POSITIVE_INFINITY : (resident.entry.connections.requestedAt ?? 0);
