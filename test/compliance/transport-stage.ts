/** Hosts, guests and what they read: the actors of the transport compliance suite. */

import { isLeft } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Observable, Subscription } from 'rxjs';
import { type Endpoint, type GuestId, parseEndpoint } from '../../native/sockets/endpoint.js';
import type {
  Connection,
  Delivery,
  GuestConnection,
  GuestSide,
  ListenerEvent,
  SocketFailure,
  Transport,
} from '../../native/sockets/transport.js';
import { closedFor } from '../stage/closed.js';

/** One address family with everything it needs on this machine. */
export interface TransportRig {
  readonly transport: Transport;
  /** Free to listen on. */
  readonly endpoint: Endpoint;
  /** 0 where the system chooses. */
  readonly requestPort: number;
  /** 0 where the system chooses. */
  readonly notificationPort: number;
  /** Guest number `index` of a host; its own machine where the family can play several. */
  readonly guest: (host: Endpoint, index: number) => GuestSide;
  /** What the host takes guest number `index` for. */
  readonly guestId: (index: number) => GuestId;
  /** How many sockets the process has open. */
  readonly handles: () => number;
  /** Removes what the rig has put on the machine. */
  readonly release?: () => void | Promise<void>;
}

/** The sockets that Node knows of. */
export const nodeHandles = (): number =>
  process.getActiveResourcesInfo().filter((resource) => /TCP|Pipe/.test(resource)).length;

/** Runs a task that must succeed. */
export const succeed = async <A>(task: TaskEither<SocketFailure, A>): Promise<A> => {
  const result = await task();
  if (isLeft(result)) throw new Error(result.left.detail);
  return result.right;
};

/** Runs a task that must fail. */
export const fail = async (task: TaskEither<SocketFailure, unknown>): Promise<SocketFailure> => {
  const result = await task();
  if (isLeft(result)) return result.left;
  throw new Error('succeeded, and should have failed');
};

/**
 * How a guest's stream ends whose host destroys it with the guest's bytes unread. Sockets that are not read from are
 * reset by it, and end in good order only when somebody has taken the bytes out of the system.
 */
export const endOfUnread = async (stage: Stage): Promise<unknown> => {
  const { guest, host, listening, endpoint } = await stage.pair();
  const reading = new Reading(guest);
  await succeed(guest.write(Buffer.from('unread')));
  await stage.exchange(listening, endpoint);
  host.destroy();
  return reading.ended;
};

/** The same for a stream that the host has opened: how it ends for the guest. */
export const endOfUnreadNotification = async (stage: Stage): Promise<unknown> => {
  const { listening, port } = await stage.notified();
  const host = stage.keep(await succeed(stage.reach(port)));
  const guest = await listening.next();
  const reading = new Reading(guest);
  await succeed(guest.finish(Buffer.from('unread')));
  const other = stage.keep(await succeed(stage.reach(port)));
  await succeed(other.finish(Buffer.from('meanwhile')));
  await new Reading(await listening.next()).ended;
  host.destroy();
  return reading.ended;
};

/** Everything that a connection reads, from the moment of construction. */
export class Reading {
  readonly chunks: Uint8Array[] = [];
  readonly subscription: Subscription;
  /** How the stream ended: undefined for the peer's own end. */
  readonly ended: Promise<unknown>;
  #waiting: { readonly size: number; readonly resolve: () => void }[] = [];

  constructor(connection: Connection) {
    let end: (failure: unknown) => void = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.subscription = connection.bytes.subscribe({
      next: (chunk) => {
        this.chunks.push(Uint8Array.from(chunk));
        const { size } = this;
        for (const waiting of this.#waiting) if (waiting.size <= size) waiting.resolve();
        this.#waiting = this.#waiting.filter((waiting) => waiting.size > size);
      },
      error: end,
      complete: () => end(undefined),
    });
  }

  get size(): number {
    return this.chunks.reduce((size, chunk) => size + chunk.length, 0);
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.chunks);
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  /** Resolves once `size` bytes have come. */
  atLeast(size: number): Promise<void> {
    return this.size >= size
      ? Promise.resolve()
      : new Promise((resolve) => this.#waiting.push({ size, resolve }));
  }
}

/** A notification on its way, and everything that is told of it. */
export class Sent implements Delivery {
  readonly told: string[] = [];
  readonly giveUp: () => void;
  readonly #bytes: Uint8Array;
  readonly #waiting = new Set<() => void>();
  failure: SocketFailure | undefined;

  constructor(stage: Stage, port: number, bytes: Uint8Array, index = 0) {
    this.#bytes = bytes;
    this.giveUp = stage.rig.transport.send(stage.rig.guestId(index), port, this);
    stage.onClear(this.giveUp);
    if (this.told.length > 0) throw new Error('told from within the call that sends');
  }

  opened(): Uint8Array {
    this.#tell('opened');
    return this.#bytes;
  }

  written(): void {
    this.#tell('written');
  }

  failed(failure: SocketFailure): void {
    this.failure = failure;
    this.#tell('failed');
  }

  closed(): void {
    this.#tell('closed');
  }

  /** Resolves once that has been told. */
  async until(...told: readonly string[]): Promise<void> {
    while (!told.some((word) => this.told.includes(word)))
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
  }

  #tell(what: string): void {
    this.told.push(what);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Somebody who listens: the host for requests, or a guest for notifications. */
export class Listening {
  readonly #accepted: Connection[] = [];
  readonly #waiting: ((connection: Connection) => void)[] = [];
  readonly #stage: Stage;
  readonly #subscription: Subscription;
  readonly endpoint: Promise<Endpoint>;
  /** The failure that ended the listening. */
  readonly failure: Promise<unknown>;

  constructor(stage: Stage, events: Observable<ListenerEvent>) {
    this.#stage = stage;
    let listening: (endpoint: Endpoint) => void = () => {};
    let failed: (failure: unknown) => void = () => {};
    this.endpoint = new Promise((resolve) => {
      listening = resolve;
    });
    this.failure = new Promise((resolve) => {
      failed = resolve;
    });
    this.#subscription = events.subscribe({
      next: (event: ListenerEvent) => {
        if (event.type === 'accepted') this.#accept(event.connection);
        else listening(endpointOf(event.address));
      },
      error: failed,
    });
  }

  #accept(connection: Connection): void {
    this.#stage.keep(connection);
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#accepted.push(connection);
    else waiting(connection);
  }

  /** The next connection, in the order of their arrival. */
  next(): Promise<Connection> {
    const connection = this.#accepted.shift();
    return connection === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(connection);
  }

  /** Connections that nobody has asked for yet. */
  get unclaimed(): number {
    return this.#accepted.length;
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}

const endpointOf = (address: string): Endpoint => {
  const parsed = parseEndpoint(address);
  if (isLeft(parsed)) throw new Error(`not an endpoint: ${address}`);
  return parsed.right;
};

/** What one test opens, closed again at its end. */
export class Stage {
  readonly rig: TransportRig;
  readonly #connections = new Set<Connection>();
  readonly #listeners: Listening[] = [];
  readonly #endings: (() => void)[] = [];

  constructor(rig: TransportRig) {
    this.rig = rig;
  }

  keep<C extends Connection>(connection: C): C {
    this.#connections.add(connection);
    return connection;
  }

  /** What is to be done when the test is over. */
  onClear(ending: () => void): void {
    this.#endings.push(ending);
  }

  /** Listens, without waiting for it. */
  listen(endpoint: Endpoint = this.rig.endpoint): Listening {
    return this.#listening(this.rig.transport.listen(endpoint, { requestPort: this.rig.requestPort }));
  }

  #listening(events: Observable<ListenerEvent>): Listening {
    const listening = new Listening(this, events);
    this.#listeners.push(listening);
    return listening;
  }

  /** A host that listens. */
  async host(): Promise<{ readonly listening: Listening; readonly endpoint: Endpoint }> {
    const listening = this.listen();
    return { listening, endpoint: await listening.endpoint };
  }

  /** Guest number `index` has connected to the host. */
  async connect(endpoint: Endpoint, index = 0): Promise<GuestConnection> {
    return this.keep(await succeed(this.rig.guest(endpoint, index).connect()));
  }

  /** Both ends of a guest's connection to a new host. */
  async pair(): Promise<{
    listening: Listening;
    endpoint: Endpoint;
    guest: GuestConnection;
    host: Connection;
  }> {
    const { listening, endpoint } = await this.host();
    const guest = await this.connect(endpoint);
    return { listening, endpoint, guest, host: await listening.next() };
  }

  /** Guest number `index` listens for notifications. */
  async notified(index = 0): Promise<{ readonly listening: Listening; readonly port: number }> {
    const listening = this.#listening(this.rig.guest(this.rig.endpoint, index).notifications);
    const endpoint = await listening.endpoint;
    const port = endpoint.scheme === 'tcp' ? endpoint.port : undefined;
    return { listening, port: port ?? this.rig.notificationPort };
  }

  /** The host opens a stream to guest number `index`. */
  reach(
    port: number,
    index = 0,
    abort = new AbortController().signal,
  ): TaskEither<SocketFailure, Connection> {
    return this.rig.transport.connect(this.rig.guestId(index), port, abort);
  }

  /** The next connection with a request of at least 7 bytes; one that only knocks and leaves is passed over. */
  async #requested(listening: Listening): Promise<Connection> {
    const host = await listening.next();
    const request = new Reading(host);
    await Promise.race([request.atLeast(7), request.ended]);
    if (request.size >= 7) return host;
    host.destroy();
    return this.#requested(listening);
  }

  /** A request and its answer, whole. Shows that the event loop has gone round and that the host is alive. */
  async exchange(listening: Listening, endpoint: Endpoint, index = 0): Promise<void> {
    const guest = await this.connect(endpoint, index);
    const answer = new Reading(guest);
    await succeed(guest.write(Buffer.from('request')));
    const host = await this.#requested(listening);
    await succeed(host.finish(Buffer.from('answer')));
    const failure = await answer.ended;
    if (failure !== undefined || answer.text !== 'answer') throw new Error('the exchange went wrong');
    guest.destroy();
    await Promise.all([closedFor(host), closedFor(guest)]);
  }

  async clear(): Promise<void> {
    for (const ending of this.#endings) ending();
    for (const listening of this.#listeners) listening.stop();
    for (const connection of this.#connections) connection.destroy();
    await Promise.all([...this.#connections].map(closedFor));
    await this.rig.release?.();
  }
}
