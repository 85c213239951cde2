/**
 * What reaches every actor from outside the machines: the clock, the log, the platform's sockets and radios, the
 * host application, and the two registers by which actors find interfaces and guests.
 */
import type { ActorRef, EventObject, Snapshot } from 'xstate';
import type { InterfaceId, RadioBackend, RadioInterface } from '../native/radio.js';
import type { Endpoint, GuestId } from '../native/sockets/endpoint.js';
import type { Transport } from '../native/sockets/transport.js';
import { encodeRequest } from '../protocol/frame.js';
import { KeyMaterial } from '../protocol/key-material.js';
import type { Request } from '../protocol/messages.js';
import type { Clock } from '../streams/clock.js';
import type { Settings } from './application/settings.js';
import { Counters } from './counters.js';
import type { Fact } from './facts.js';
import type { GuestDesk } from './guest-desk.js';
import type { HostInterfaceEvent } from './host-interface-events.js';
import type { Log } from './log.js';
import { type ObserverCalls, observerCalls } from './observer.js';
import type { OwnershipEvent } from './ownership.js';
import { ShownNetworks } from './shown-networks.js';

/** An actor as its neighbours know it: something that takes events. */
export type Receiver<Event extends EventObject> = ActorRef<Snapshot<unknown>, Event>;

/** The operating system's part, put together by the package's entry. */
export interface Platform {
  readonly transport: (scheme: Endpoint['scheme'], clock: Clock) => Transport;
  /** The radios that the settings ask for, in dispatch order; fake networks come first. */
  readonly radios: (settings: Settings) => readonly RadioBackend[];
  /** What is wrong with the settings and only the platform can tell: a scenario, a radio that this system does not have. */
  readonly problemsOf: (settings: Settings) => readonly string[];
}

/** One interface in dispatch order. */
export interface InterfaceEntry {
  readonly port: RadioInterface;
  /** Name of the back end it came from. */
  readonly radio: string;
  /** Its actor, once that has started. */
  actor: Receiver<HostInterfaceEvent> | undefined;
}

/** What the root does for the others. */
export interface RootPorts {
  readonly publish: (facts: readonly Fact[]) => void;
  readonly welcome: (guest: GuestId) => void;
}

export class Services {
  readonly settings: Settings;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  readonly observer: ObserverCalls;
  readonly shown = new ShownNetworks();
  /** Every interface, in dispatch order: fake networks first, then as they arrived. */
  readonly interfaces = new Map<InterfaceId, InterfaceEntry>();
  /** Interfaces whose actor crashed and rests before it is started again. */
  readonly resting = new Map<InterfaceId, InterfaceEntry>();
  readonly guests = new Map<GuestId, GuestDesk>();
  /** Ids of the root's actors that crashed and rest before they are started again. */
  readonly crashed = new Set<string>();
  /** Radio back ends by the id of their actor. */
  readonly backends = new Map<string, RadioBackend>();
  readonly #root: RootPorts;
  #ownership: Receiver<OwnershipEvent> | undefined;
  #unpublished: Fact[] = [];

  constructor(settings: Settings, platform: Platform, root: RootPorts) {
    this.settings = settings;
    this.platform = platform;
    this.clock = settings.clock;
    this.log = settings.log;
    this.counters = new Counters(settings.metrics);
    this.observer = observerCalls(settings.observer, settings.clock, settings.log);
    this.#root = root;
  }

  /** Is every interface one that scans in no time? */
  get allInstant(): boolean {
    for (const { port } of this.interfaces.values())
      if (port.kind !== 'station' || !port.instant) return false;
    return true;
  }

  /** Adds an interface at its place in the dispatch order. */
  admit(entry: InterfaceEntry): void {
    const others = [...this.interfaces].filter(([id]) => id !== entry.port.id);
    const pretended = entry.port.kind === 'pretended';
    this.interfaces.clear();
    if (pretended) this.interfaces.set(entry.port.id, entry);
    for (const [id, other] of others) this.interfaces.set(id, other);
    if (!pretended) this.interfaces.set(entry.port.id, entry);
  }

  get ownership(): Receiver<OwnershipEvent> {
    if (this.#ownership === undefined)
      throw new Error('the ownership table is not there before the service starts');
    return this.#ownership;
  }

  /** The actor that kept the table before it crashed. */
  get formerOwnership(): Receiver<OwnershipEvent> | undefined {
    return this.#ownership;
  }

  set ownership(actor: Receiver<OwnershipEvent>) {
    this.#ownership = actor;
  }

  /** Emits facts from the root in their order, all of one turn of the event loop together. */
  publish(fact: Fact): void {
    this.#unpublished.push(fact);
    if (this.#unpublished.length > 1) return;
    setImmediate(() => {
      const facts = this.#unpublished;
      this.#unpublished = [];
      this.#root.publish(facts);
    });
  }

  /** A guest has shown up for the first time: it gets its actors before this returns. */
  welcome(guest: GuestId): void {
    this.#root.welcome(guest);
  }

  /** Tells a host fact to whoever watches and to the observer, whose hook nobody waits for here. */
  announce(fact: Fact): void {
    this.publish(fact);
    if (this.observer.has(fact.type)) void this.observer.tell(fact);
  }

  /** Shows a frame to whoever records. */
  seen(guest: GuestId, channel: 'request' | 'notification', from: 'guest' | 'host', frame: Uint8Array): void {
    this.settings.frameTap?.({ time: this.clock.now(), guest, channel, from, frame });
  }

  /** Shows a guest's request to whoever records, its key zeroed. */
  seenRequest(guest: GuestId, request: Request): void {
    if (this.settings.frameTap === undefined) return;
    const shown =
      request.operation === 'connect'
        ? { ...request, key: new KeyMaterial(new Uint8Array(request.key.length)) }
        : request;
    this.seen(guest, 'request', 'guest', encodeRequest(shown));
  }

  /** A guest whose actors could not be kept alive is forgotten: it is welcomed anew when it shows up again. */
  dismiss(guest: GuestId): void {
    this.guests.get(guest)?.close();
    this.guests.delete(guest);
    this.#ownership?.send({ type: 'guest.left', guest });
  }

  /** The last step of a stop: ends the given interfaces' connections and waits until the back ends have released everything. */
  async windDown(disconnecting: readonly InterfaceId[]): Promise<void> {
    const stations = disconnecting.map((id) => this.interfaces.get(id)?.port);
    await Promise.all(stations.map((port) => (port?.kind === 'station' ? port.disconnect()() : undefined)));
  }

  /** Waits until nothing native is held any more. */
  async released(): Promise<void> {
    await Promise.all([...this.backends.values()].map((backend) => backend.closed?.()));
    this.backends.clear();
  }

  /** Keeps sockets, callbacks and buffers out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }

  /** The settings hold whatever secrets a scenario has: `util.inspect` and `console.log` show none of it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[services]';
  }
}
