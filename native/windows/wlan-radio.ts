/** The radio `host` on Windows: the station interfaces of the Wlan service. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import { type Clock, systemClock, type TimerHandle } from '../../streams/clock.js';
import { SerialQueue } from '../../streams/serial-queue.js';
import type { Log } from '../log.js';
import { interfaceId, type LeftLinks, type RadioBackend, type RadioEvent } from '../radio.js';
import type { WlanInterface } from './wlan-decoding.js';
import { serviceIsGone, type WlanFailure } from './wlan-failure.js';
import type { WlanNotification } from './wlan-notifications.js';
import { WlanStation } from './wlan-station.js';
import { loadWlanApi, systemWlanApi, type WlanApi, type WlanClient } from './wlanapi.js';

/** What the radio may be told. */
export interface WlanRadioOptions {
  readonly log: Log;
  readonly clock?: Clock;
  /** Once a guest's connection has ended, connect the host again to what it had before. */
  readonly restore?: boolean;
  /** What an earlier run of the service has left, asked for each interface as it arrives. Nothing, unless told otherwise. */
  readonly leftLinks?: LeftLinks;
  /** Path of the DLL; Windows' own unless told otherwise. */
  readonly dll?: string;
}

/**
 * How often the service is asked whether it still runs, in milliseconds. Windows reports neither its end nor what was
 * missed, and a service that is lost while nobody scans must still end the guests' sessions.
 */
const heartbeat = 5_000;

/** Opens the Wlan service on each subscription. */
export const wlanRadio = ({
  log,
  clock = systemClock,
  restore = false,
  leftLinks = () => undefined,
  dll = systemWlanApi(),
}: WlanRadioOptions): RadioBackend => {
  let api: WlanApi | undefined;
  let closing: Promise<unknown> = Promise.resolve();
  return {
    name: 'Windows Wlan API',
    open: new Observable((subscriber) => {
      const loaded = api === undefined ? loadWlanApi(dll) : E.right(api);
      if (E.isLeft(loaded)) {
        const { operation, code, detail } = loaded.left;
        subscriber.error({ operation, code, detail });
        return undefined;
      }
      api = loaded.right;
      const session = new Session(api, { clock, log, restore, leftLinks }, subscriber);
      void session.start();
      return () => {
        const ended = session.close();
        closing = Promise.all([closing, ended]);
      };
    }),
    closed: async () => {
      await closing;
    },
  };
};

/** One opening of the service: its handle, and the interfaces that were found through it. */
class Session {
  readonly #api: WlanApi;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #restore: boolean;
  readonly #leftLinks: LeftLinks;
  readonly #subscriber: Subscriber<RadioEvent>;
  readonly #stations = new Map<string, WlanStation>();
  #client: WlanClient | undefined;
  #notifications: Subscription | undefined;
  #timer: TimerHandle | undefined;
  #opening: Promise<void> = Promise.resolve();
  /** Arrivals and removals one after another. */
  readonly #jobs = new SerialQueue();
  #ended = false;

  constructor(
    api: WlanApi,
    { clock, log, restore, leftLinks }: Required<Omit<WlanRadioOptions, 'dll'>>,
    subscriber: Subscriber<RadioEvent>,
  ) {
    this.#api = api;
    this.#clock = clock;
    this.#log = log;
    this.#restore = restore;
    this.#leftLinks = leftLinks;
    this.#subscriber = subscriber;
  }

  start(): Promise<void> {
    this.#opening = this.#open();
    return this.#opening;
  }

  /** Everything back to Windows. Resolves when nothing is left. */
  async close(): Promise<void> {
    this.#end('the radio was closed');
    await this.#opening;
    await this.#client?.close();
    this.#notifications?.unsubscribe();
  }

  async #open(): Promise<void> {
    const opened = await this.#api.open();
    if (E.isLeft(opened)) {
      this.#fail(opened.left);
      return;
    }
    this.#client = opened.right;
    if (this.#ended) return;
    const { withheld } = opened.right;
    if (O.isSome(withheld))
      this.#log.warn(
        { operation: withheld.value.operation, code: withheld.value.code },
        `neither signals nor roaming will be reported. ${withheld.value.detail}`,
      );
    this.#notifications = opened.right.notifications.subscribe((notification) => this.#heard(notification));
    this.#subscriber.next({ type: 'opened' });
    await this.#jobs.add(() => this.#compare(opened.right));
    this.#beat(opened.right);
  }

  #beat(client: WlanClient): void {
    if (this.#ended) return;
    this.#timer = this.#clock.setTimeout(() => {
      void this.#jobs.add(() => this.#compare(client)).then(() => this.#beat(client));
    }, heartbeat);
  }

  #heard(notification: WlanNotification): void {
    if (this.#ended) return;
    const client = this.#client;
    switch (notification.type) {
      case 'arrival':
        if (client !== undefined) void this.#jobs.add(() => this.#compare(client));
        return;
      case 'removal':
        void this.#jobs.add(async () => this.#remove(notification.guid));
        return;
      default:
        // Of an interface that is not listed: a virtual one.
        this.#stations.get(notification.guid)?.heard(notification);
    }
  }

  /** Adds and removes stations until they are those that Windows lists. */
  async #compare(client: WlanClient): Promise<void> {
    if (this.#ended) return;
    const listed = await client.interfaces();
    if (E.isLeft(listed)) {
      if (serviceIsGone(listed.left)) this.#fail(listed.left);
      else this.#log.warn({ operation: listed.left.operation, code: listed.left.code }, listed.left.detail);
      return;
    }
    const guids = new Set(listed.right.map(({ guid }) => guid));
    for (const guid of [...this.#stations.keys()]) if (!guids.has(guid)) this.#remove(guid);
    await Promise.all(
      listed.right.filter(({ guid }) => !this.#stations.has(guid)).map((found) => this.#add(client, found)),
    );
  }

  async #add(client: WlanClient, found: WlanInterface): Promise<void> {
    if (this.#ended) return;
    const station = new WlanStation(found, {
      client,
      clock: this.#clock,
      log: this.#log,
      restore: this.#restore,
      failed: (failure) => {
        if (serviceIsGone(failure)) this.#fail(failure);
      },
    });
    this.#stations.set(found.guid, station);
    await station.start(this.#leftLinks(station.id));
    if (this.#ended) return;
    this.#subscriber.next({ type: 'interface.arrived', interface: station });
  }

  #remove(guid: string): void {
    const station = this.#stations.get(guid);
    if (station === undefined || this.#ended) return;
    this.#stations.delete(guid);
    station.leave('the interface was removed');
    this.#subscriber.next({ type: 'interface.left', id: interfaceId(guid) });
  }

  #fail(failure: WlanFailure): void {
    if (this.#ended) return;
    const { operation, code, detail } = failure;
    this.#end(detail);
    this.#subscriber.error({ operation, code, detail });
  }

  #end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    for (const station of this.#stations.values()) station.leave(why);
    this.#stations.clear();
  }
}
