/** The radio `host` on Linux: the interfaces of wpa_supplicant, connected by it or by NetworkManager. */
import * as E from 'fp-ts/lib/Either.js';
import { Observable, type Subscriber, type Subscription } from 'rxjs';
import { type Clock, systemClock } from '../../streams/clock.js';
import type { HostLink, InterfaceId, RadioBackend, RadioEvent, RadioFailure } from '../radio.js';
import { type Connections, connectorsOf } from './connector-choice.js';
import {
  accessDenied,
  type Dbus,
  type DbusSignal,
  getAll,
  hasOwner,
  type OpenDbus,
  ownerChange,
  ownerRule,
  type Properties,
  propertiesOf,
  textOf,
  textsOf,
} from './dbus.js';
import { hasIwd, iwdInstead } from './iwd.js';
import { openBus } from './system-bus.js';
import { wpa, wpaRights, wpaRules } from './wpa-objects.js';
import { disabled, WpaStation } from './wpa-station.js';

/** What the host application may say about the host's radios. */
export interface LinuxRadioOptions {
  /** `auto`: NetworkManager where it manages the interface, else wpa_supplicant. */
  readonly connections?: Connections;
  /** After the last guest has left, the host is connected again to what it was connected to before. */
  readonly restore?: boolean;
  /** What somebody saves of our networks is taken out of wpa_supplicant's configuration file. Yes, unless told otherwise. */
  readonly unsave?: boolean;
  /**
   * Asked for each connection of ours that an earlier run of the service has left: does a guest still need it? If not, the
   * host gets back what its user had. No, unless told otherwise.
   */
  readonly resumes?: (id: InterfaceId, link: HostLink) => boolean;
  readonly clock?: Clock;
  /** The system bus, unless told otherwise. */
  readonly bus?: OpenDbus;
}

const notRunning: RadioFailure = {
  operation: 'look for wpa_supplicant on the system bus',
  code: 'NameHasNoOwner',
  detail: `nobody owns ${wpa.name}: start wpa_supplicant with -u (systemctl start wpa_supplicant)`,
};

/** A refusal with what to do about it. */
const explained = (failure: RadioFailure): RadioFailure =>
  failure.code === accessDenied
    ? { ...failure, detail: `this user may not talk to wpa_supplicant: ${wpaRights} (${failure.code})` }
    : failure;

const gone: RadioFailure = {
  operation: 'listen to wpa_supplicant',
  code: 'NameHasNoOwner',
  detail: 'wpa_supplicant has stopped',
};

/** Milliseconds that giving back may take at the end: wpa_supplicant answers at once, unless it is stuck. */
const leaveLimit = 500;

/**
 * Interfaces for Wi-Fi stations: not those for wired 802.1X, nor Wi-Fi Direct's pseudo interface (`p2p-dev-wlan0`) and
 * groups (`p2p-wlan0-0`).
 */
const isStation = (properties: Properties): boolean =>
  ['nl80211', 'wext'].includes(textOf(properties.Driver)) && !textOf(properties.Ifname).startsWith('p2p-');

/** Follows wpa_supplicant's interfaces on one connection to the bus. */
class Interfaces {
  /** By path; `undefined` while an interface is disabled or still being read. */
  readonly #stations = new Map<string, WpaStation | undefined>();
  readonly #announced = new Set<WpaStation>();
  #closed = false;

  constructor(
    readonly bus: Dbus,
    readonly options: LinuxRadioOptions,
    readonly radio: Subscriber<RadioEvent>,
  ) {}

  async start(): Promise<void> {
    for (const rule of [ownerRule(wpa.name), ...wpaRules]) {
      const subscribed = await this.bus.subscribe(rule)();
      if (E.isLeft(subscribed)) return this.radio.error(subscribed.left);
    }
    const owned = await hasOwner(this.bus, wpa.name)();
    if (E.isLeft(owned)) return this.radio.error(owned.left);
    const iwd = await hasIwd(this.bus);
    if (!owned.right) return this.radio.error(iwd ? iwdInstead : notRunning);
    const root = await getAll(this.bus, wpa.name, wpa.path, wpa.root)();
    if (E.isLeft(root)) return this.radio.error(explained(root.left));
    if (this.#closed) return;
    const paths = textsOf(root.right.Interfaces);
    if (iwd && paths.length === 0) return this.radio.error(iwdInstead);
    this.radio.next({ type: 'opened' });
    await Promise.all(paths.map((path) => this.#look(path)));
  }

  handle(signal: DbusSignal): void {
    if (ownerChange(signal, wpa.name) === 'gone') {
      this.radio.error(gone);
      return;
    }
    const path = signal.interface === wpa.root ? textOf(signal.body[0]) : signal.path;
    if (signal.member === 'InterfaceAdded') void this.#look(path);
    else if (signal.member === 'InterfaceRemoved') {
      this.#leave(path);
      this.#stations.delete(path);
    } else if (this.#stations.has(path)) {
      const state = signal.member === 'PropertiesChanged' ? propertiesOf(signal.body[1]).State : undefined;
      this.#stations.get(path)?.handle(signal);
      if (state === disabled) this.#leave(path);
      else if (typeof state === 'string' && this.#stations.get(path) === undefined) void this.#look(path);
    }
  }

  /** Resolves when the host has back what it gets back. */
  async close(): Promise<void> {
    this.#closed = true;
    const stations = [...this.#stations.values()];
    this.#stations.clear();
    await Promise.all(stations.map((station) => station?.leave()));
  }

  async #look(path: string): Promise<void> {
    if (this.#closed || this.#stations.get(path) !== undefined) return;
    this.#stations.set(path, undefined);
    const read = await getAll(this.bus, wpa.name, path, wpa.interface)();
    if (E.isLeft(read) || !isStation(read.right) || read.right.State === disabled) return;
    // Closing forgets every path.
    if (!this.#stations.has(path) || this.#stations.get(path) !== undefined) return;
    const {
      clock = systemClock,
      connections = 'auto',
      restore = false,
      unsave = true,
      resumes,
    } = this.options;
    const { bus } = this;
    const properties = read.right;
    const name = textOf(properties.Ifname);
    const station = new WpaStation({
      bus,
      path,
      properties,
      clock,
      connectors: (view) => connectorsOf(bus, path, name, view, { connections, restore, unsave }),
    });
    this.#stations.set(path, station);
    await station.start((link) => resumes?.(station.id, link) ?? false);
    if (this.#stations.get(path) !== station) return;
    this.#announced.add(station);
    this.radio.next({ type: 'interface.arrived', interface: station });
  }

  #leave(path: string): void {
    const station = this.#stations.get(path);
    if (station === undefined) return;
    this.#stations.set(path, undefined);
    station.stop();
    if (this.#announced.delete(station)) this.radio.next({ type: 'interface.left', id: station.id });
  }
}

/** Resolves with the work, or after so many milliseconds without it. */
const within = (limit: number, clock: Clock, work: Promise<void>): Promise<void> =>
  new Promise((resolve) => {
    const timer = clock.setTimeout(resolve, limit);
    void work.finally(() => {
      clock.clearTimeout(timer);
      resolve();
    });
  });

/** The host's radios. Errors when the bus or wpa_supplicant is not there or goes away. */
export const linuxRadio = (options: LinuxRadioOptions = {}): RadioBackend => {
  let closed: Promise<void> = Promise.resolve();
  return {
    name: 'wpa_supplicant',
    closed: () => closed,
    open: new Observable((radio) => {
      let interfaces: Interfaces | undefined;
      let signals: Subscription | undefined;
      const connection = (options.bus ?? openBus()).subscribe({
        next: (bus) => {
          closed = bus.closed;
          interfaces = new Interfaces(bus, options, radio);
          signals = bus.signals.subscribe((signal) => interfaces?.handle(signal));
          void interfaces.start();
        },
        error: (failure: RadioFailure) => radio.error(failure),
      });
      return () => {
        signals?.unsubscribe();
        const ended = closed;
        const { clock = systemClock } = options;
        closed = within(leaveLimit, clock, interfaces?.close() ?? Promise.resolve()).then(() => {
          connection.unsubscribe();
          return ended;
        });
      };
    }),
  };
};
