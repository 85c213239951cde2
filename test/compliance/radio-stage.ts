/** The world around a radio under test, and the one who watches that radio. */

import { isRight } from 'fp-ts/lib/Either.js';
import { none, type Option } from 'fp-ts/lib/Option.js';
import type { Subscription } from 'rxjs';
import { derivePmk } from '../../native/pmk.js';
import type {
  ConnectOrder,
  RadioBackend,
  RadioEvent,
  StationEvent,
  StationInterface,
} from '../../native/radio.js';
import type { Bss } from '../../protocol/bss.js';
import { type Bssid, parseBssid } from '../../protocol/bssid.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { type Ssid, ssidFromText } from '../../protocol/ssid.js';
import { CipherSuite } from '../../protocol/suites.js';
import { right } from '../protocol/either.js';

/** A network of one access point that a world can put on the air. */
export interface AirNetwork {
  readonly ssid: Ssid;
  readonly bssid: Bssid;
  /** kHz. */
  readonly frequency: number;
  /** dBm, where the world can choose. */
  readonly signal: number;
  /** `none`: open. */
  readonly passphrase: Option<string>;
  readonly hidden: boolean;
}

/** How a world is to be when the radio is opened first. */
export interface RadioStart {
  readonly networks: readonly AirNetwork[];
  /** One of them, to which the interface is connected already. */
  readonly connectedTo?: AirNetwork;
}

/** What a test can do to the world around a radio with one interface. Each resolves once it is done. */
interface RadioWorld {
  /** Lets so many milliseconds pass: real ones, or those of the radio's clock. */
  readonly pass: (milliseconds: number) => Promise<void>;
  readonly hasNetwork: (network: AirNetwork) => Promise<void>;
  readonly dropAccessPoint: (network: AirNetwork) => Promise<void>;
  readonly setSignal: (network: AirNetwork, dBm: number) => Promise<void>;
  readonly userConnects: (network: AirNetwork) => Promise<void>;
  readonly userDisconnects: () => Promise<void>;
  readonly removeInterface: () => Promise<void>;
  readonly serviceDies: () => Promise<void>;
  readonly serviceReturns: () => Promise<void>;
  /** The next connect takes at least two seconds. */
  readonly slowConnect: () => Promise<void>;
  /** The next scan lasts long enough to do something meanwhile; left out where each does. */
  readonly slowScan?: () => Promise<void>;
}

/** A radio with everything that it needs on this machine. */
export interface RadioRig {
  readonly backend: RadioBackend;
  readonly world: RadioWorld;
  /** Timers, handles, registrations: what the radio holds at the moment. */
  readonly holds: () => number;
  /** How many scans it may take until an access point is seen, where a scan can miss a beacon. 1, unless told otherwise. */
  readonly scansToFind?: number;
  /** Removes what the rig has put on the machine. */
  readonly release?: () => void | Promise<void>;
}

const network = (name: string, last: string, parts: Partial<AirNetwork> = {}): AirNetwork => ({
  ssid: right(ssidFromText(name)),
  bssid: right(parseBssid(`02:00:00:00:01:${last}`)),
  frequency: 2_412_000,
  signal: -50,
  passphrase: none,
  hidden: false,
  ...parts,
});

/** Who may be on the air in the suite, so that a world that cannot be changed quickly can be set up for all tests. */
export const cast = {
  open: network('compliance open', '01'),
  secured: network('compliance wpa2', '02', {
    frequency: 5_180_000,
    signal: -60,
    passphrase: { _tag: 'Some', value: 'correct horse' },
  }),
  hidden: network('compliance hidden', '03', {
    passphrase: { _tag: 'Some', value: 'battery staple' },
    hidden: true,
  }),
  latecomer: network('compliance latecomer', '04', { signal: -70 }),
} as const;

/** The SSID of no network. */
export const nowhere = right(ssidFromText('compliance nowhere'));

/** An order for a network as a guest that knows its passphrase gives it. */
export const orderFor = ({ ssid, passphrase }: AirNetwork, bssid: Option<Bssid> = none): ConnectOrder =>
  passphrase._tag === 'None'
    ? { ssid, bssid, security: { kind: 'open' }, key: KeyMaterial.none }
    : {
        ssid,
        bssid,
        security: { kind: 'wpa2-psk', pairwise: CipherSuite.ccmp, group: CipherSuite.ccmp },
        key: right(derivePmk(passphrase.value, ssid)),
      };

/** A signal that never aborts. */
export const patient = (): AbortSignal => new AbortController().signal;

/** A station interface and everything that it has told. */
export interface Watched {
  readonly station: StationInterface;
  readonly told: StationEvent[];
  complete: boolean;
}

/** Opens the radio, and keeps what it tells. */
export class RadioStage {
  readonly rig: RadioRig;
  readonly patience: number;
  readonly events: RadioEvent[] = [];
  readonly watched: Watched[] = [];
  /** What the last opening failed with. */
  failure: unknown;
  #subscription: Subscription | undefined;

  /** `patience`: milliseconds of the radio's time that anything may take. */
  constructor(rig: RadioRig, patience: number) {
    this.rig = rig;
    this.patience = patience;
  }

  open(): void {
    this.failure = undefined;
    this.#subscription = this.rig.backend.open.subscribe({
      next: (event) => {
        this.events.push(event);
        if (event.type === 'interface.arrived' && event.interface.kind === 'station')
          this.#watch(event.interface);
      },
      error: (failure: unknown) => {
        this.failure = failure;
      },
    });
  }

  async close(): Promise<void> {
    this.#subscription?.unsubscribe();
    await this.rig.backend.closed?.();
  }

  /** Opens the radio and waits for its interface. */
  async station(): Promise<Watched> {
    const before = this.watched.length;
    this.open();
    await this.until('an interface arrives', () => this.watched.length > before);
    const found = this.watched[before];
    if (found === undefined) throw new Error('no interface');
    return found;
  }

  /** Lets time pass until `condition` holds. */
  async until(what: string, condition: () => boolean): Promise<void> {
    for (let waited = 0; !condition(); waited += 50) {
      if (waited > this.patience) throw new Error(`after ${waited} ms still not so: ${what}`);
      await this.rig.world.pass(50);
    }
  }

  /** Lets time pass until the task is done. */
  async done<A>(task: () => Promise<A>): Promise<A> {
    const results: A[] = [];
    const failures: unknown[] = [];
    task().then(
      (value) => results.push(value),
      (reason: unknown) => failures.push(reason),
    );
    await this.until('the operation is over', () => results.length + failures.length > 0);
    const [result] = results;
    if (result === undefined) throw failures[0];
    return result;
  }

  /** Connects, and waits for both the answer and the event. */
  async connected({ station, told }: Watched, to: AirNetwork): Promise<void> {
    const result = await this.done(station.connect(orderFor(to), patient()));
    if (!isRight(result)) throw new Error(result.left.detail);
    await this.until('the interface tells that it is connected', () => told.at(-1)?.type === 'connected');
  }

  /** Scans, and waits until the results are there. */
  async scanned({ station, told }: Watched, ssid: Option<Ssid> = none): Promise<void> {
    const before = told.length;
    const answer = await station.scan(ssid);
    if (!isRight(answer)) throw new Error(answer.left.detail);
    if (answer.right === 'complete') return;
    await this.until('the scan completes', () =>
      told.slice(before).some(({ type }) => type === 'scan.completed'),
    );
  }

  /** Scans until an access point is seen, as often as the rig says that this may take. */
  async finds(watched: Watched, network: AirNetwork, ssid: Option<Ssid> = none): Promise<void> {
    // What the same radio was on the air before may still be remembered.
    const isIt = (seen: Bss): boolean => seen.bssid === network.bssid && seen.ssid === network.ssid;
    for (let scans = this.rig.scansToFind ?? 1; scans > 0; scans--) {
      await this.scanned(watched, ssid);
      if (watched.station.networks().some(isIt)) return;
    }
  }

  async clear(): Promise<void> {
    await this.close();
    await this.rig.release?.();
  }

  #watch(station: StationInterface): void {
    const watched: Watched = { station, told: [], complete: false };
    this.watched.push(watched);
    station.events.subscribe({
      next: (event) => watched.told.push(event),
      complete: () => {
        watched.complete = true;
      },
    });
  }
}
