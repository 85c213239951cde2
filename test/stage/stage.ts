/** A running service with everything around it: a radio, guests on their own loopback addresses, and a record of what happened. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import { type Actor, createActor, type InspectionEvent } from 'xstate';
import { proxyWifiOn } from '../../actors/proxy-wifi.js';
import type { Platform } from '../../actors/service.js';
import {
  defaultRequestPort,
  type Endpoint,
  type Fact,
  type GuestId,
  type GuestStatus,
  type InterfaceStatus,
  ManualClock,
  type Observer,
  type ProxyWifiInput,
  parseEndpoint,
  parseGuestId,
  type ServiceStatus,
  systemClock,
} from '../../index.js';
import type { RadioBackend } from '../../native/index.js';
import { type SimulatedBackend, simulatedBackend } from '../../native/simulated/index.js';
import type { ScenarioInterface, ScenarioNetwork } from '../../native/simulated/scenario.js';
import { thisPlatform } from '../../platform.js';
import type { DriverFormat } from '../../protocol/index.js';
import { right } from '../protocol/either.js';
import { tellingRadio } from './effects.js';
import { RawConnection, rawTarget, StagedGuest } from './guests.js';
import { recorded, watched } from './instruments.js';
import { type CountingClock, counting, handlesSettled, openHandles } from './leftovers.js';
import { freePort } from './ports.js';
import { Records } from './records.js';

export interface StageOptions {
  /** `manual`: the service's time stands still until `stage.clock.advance`. Default `system`. */
  readonly time?: 'manual' | 'system';
  /** A simulated radio with these interfaces and networks. */
  readonly interfaces?: readonly ScenarioInterface[];
  readonly networks?: readonly ScenarioNetwork[];
  /** Another radio instead. */
  readonly radio?: RadioBackend;
  /** Hooks; every call of one is recorded. */
  readonly observer?: Observer;
  /** Further input of the root actor. */
  readonly input?: Partial<ProxyWifiInput>;
  /** Names of virtual machines that also reach the host through hybrid-vsock Unix sockets. */
  readonly machines?: readonly string[];
  /** Sees what the actors do. */
  readonly inspect?: (event: InspectionEvent) => void;
  /** Other sockets or radios than the real ones. */
  readonly platform?: Platform;
}

type Proxy = Actor<ReturnType<typeof proxyWifiOn>>;

/** Milliseconds of real time after which a wait is given up as a failure. */
const patience = 8000;

const addressOf = (number: number): string => `127.0.1.${number}`;

export class Stage {
  readonly proxy: Proxy;
  readonly records: Records;
  /** Moves the service's time; throws on a stage with real time. */
  readonly #manual: ManualClock | undefined;
  readonly #clock: CountingClock;
  readonly #simulated: SimulatedBackend | undefined;
  readonly #notificationPort: number;
  readonly #folder: string;
  readonly #handlesBefore: number;
  readonly #guests: StagedGuest[] = [];
  readonly #raw: RawConnection[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(options: StageOptions, parts: { port: number; folder: string; handles: number }) {
    this.#notificationPort = parts.port;
    this.#folder = parts.folder;
    this.#handlesBefore = parts.handles;
    this.#manual = options.time === 'manual' ? new ManualClock(1_700_000_000_000) : undefined;
    this.#clock = counting(this.#manual ?? systemClock);
    this.records = new Records(this.changed);
    const { log, metrics } = this.records;
    const { interfaces, networks = [] } = options;
    const scenario = { seed: O.some(1), startAt: O.none, jitter: O.none, networks, timeline: [] };
    this.#simulated =
      interfaces === undefined
        ? undefined
        : simulatedBackend({ ...scenario, interfaces }, { clock: this.#clock, log });
    const machines = options.machines ?? [];
    this.proxy = createActor(proxyWifiOn(watched(options.platform ?? thisPlatform, this.changed)), {
      clock: this.#clock,
      inspect: (event) => {
        options.inspect?.(event);
        this.changed();
      },
      input: {
        endpoints: ['tcp://127.0.0.1:0', ...machines.map((name) => `unix://${this.#pathOf(name)}`)],
        notificationPort: this.#notificationPort,
        radio: options.radio ?? (this.#simulated === undefined ? 'none' : tellingRadio(this.#simulated)),
        observer: recorded(options.observer ?? {}, this.records),
        random: () => 0.5,
        // Every scan asks the host; suites about fresh results say otherwise.
        scanInterval: 0,
        log,
        metrics,
        frameTap: (frame) => this.records.note({ kind: 'frame', frame }),
        clock: this.#clock,
        ...options.input,
      },
    });
    this.proxy.on('*', (fact: Fact) => this.records.note({ kind: 'fact', fact }));
  }

  /** Starts the service; `running`: resolves when it runs. */
  static async open(options: StageOptions): Promise<Stage> {
    const handles = openHandles().length;
    const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-stage-'));
    const stage = new Stage(options, { port: await freePort(addressOf(1)), folder, handles });
    stage.proxy.start();
    await stage.until(() => stage.isIn('running'), 'the service runs');
    return stage;
  }

  /** Something may have happened that somebody waits for. */
  readonly changed = (): void => {
    if (this.#waiting.size === 0) return;
    queueMicrotask(() => {
      for (const check of [...this.#waiting]) check();
    });
  };

  /** Resolves as soon as it is so; `what` is for the error message. */
  until(isSo: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiting.delete(check);
        clearTimeout(timer);
      };
      const check = (): void => {
        if (!isSo()) return;
        end();
        resolve();
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`waited in vain until ${what}; status: ${JSON.stringify(this.status)}`));
      }, patience);
      this.#waiting.add(check);
      check();
    });
  }

  get clock(): ManualClock {
    if (this.#manual === undefined) throw new Error('this stage runs in real time');
    return this.#manual;
  }

  /** Timers of the service that wait. */
  get pendingTimers(): number {
    return this.#clock.pending;
  }

  get control(): SimulatedBackend['control'] {
    if (this.#simulated === undefined) throw new Error('this stage has no simulated radio');
    return this.#simulated.control;
  }

  get status(): ServiceStatus {
    return this.proxy.getSnapshot().context.status.read();
  }

  isIn(state: 'stopped' | 'starting' | 'running' | 'stopping'): boolean {
    return this.proxy.getSnapshot().matches(state);
  }

  statusOf({ id }: Pick<StagedGuest, 'id'>): GuestStatus | undefined {
    return this.status.guests.find((guest) => guest.id === id);
  }

  /** Is a request of this guest being worked on? */
  isBusy(guest: Pick<StagedGuest, 'id'>): boolean {
    return (this.statusOf(guest)?.dispatcher ?? 'idle') !== 'idle';
  }

  interfaceStatus(name: string): InterfaceStatus | undefined {
    return this.status.interfaces.find((port) => port.name === name);
  }

  /** Where the service listens on TCP. */
  get endpoint(): Endpoint {
    return right(parseEndpoint(this.status.endpoints[0]?.address ?? ''));
  }

  get notificationPort(): number {
    return this.#notificationPort;
  }

  #pathOf(machine: string): string {
    return join(this.#folder, machine);
  }

  guestId(number: number): GuestId {
    return right(parseGuestId(`tcp://${addressOf(number)}`));
  }

  /** Guest 127.0.1.`number`, its driver loaded and listening. */
  guest(number: number, driver: DriverFormat = 'with-scan-complete'): Promise<StagedGuest> {
    const address = addressOf(number);
    const options = { endpoint: this.endpoint, notificationPort: this.#notificationPort, address, driver };
    return this.#cast(new StagedGuest(this.guestId(number), options));
  }

  /** The guest that a hypervisor connects through its Unix socket. */
  machine(name: string): Promise<StagedGuest> {
    const url = `unix://${this.#pathOf(name)}`;
    const options = { endpoint: right(parseEndpoint(url)), notificationPort: this.#notificationPort };
    return this.#cast(new StagedGuest(right(parseGuestId(url)), options));
  }

  /** Guest 127.0.1.`number` before anything of it listens. */
  deafGuest(number: number, driver: DriverFormat = 'with-scan-complete'): StagedGuest {
    const options = {
      endpoint: this.endpoint,
      notificationPort: this.#notificationPort,
      address: addressOf(number),
      driver,
    };
    const guest = new StagedGuest(this.guestId(number), options);
    this.#guests.push(guest);
    return guest;
  }

  #cast(guest: StagedGuest): Promise<StagedGuest> {
    this.#guests.push(guest);
    return guest.listen(this.changed);
  }

  /** One connection from 127.0.1.`number`, for bytes of any kind. */
  raw(number: number): RawConnection {
    const connection = new RawConnection(rawTarget(this.endpoint, addressOf(number)));
    this.#raw.push(connection);
    return connection;
  }

  /** One connection of a virtual machine through its hypervisor's Unix socket. */
  rawMachine(name: string): RawConnection {
    const connection = new RawConnection({ path: `${this.#pathOf(name)}_${defaultRequestPort}` });
    this.#raw.push(connection);
    return connection;
  }

  async halt(): Promise<void> {
    if (!this.isIn('stopped')) this.proxy.send({ type: 'stop' });
    await this.until(() => this.isIn('stopped'), 'the service has stopped');
  }

  /** After `halt`. */
  async restart(): Promise<void> {
    this.proxy.send({ type: 'start' });
    await this.until(() => this.isIn('running'), 'the service runs');
  }

  /** Stops the service and shows that nothing is left of it. */
  async stop(): Promise<void> {
    if (this.proxy.getSnapshot().status === 'active') {
      await this.halt();
    }
    const timers = this.#clock.pending;
    this.proxy.stop();
    for (const { guest } of this.#guests) guest.close();
    for (const connection of this.#raw) connection.destroy();
    await Promise.all(this.#raw.map(({ closed }) => closed));
    const handles = await handlesSettled(this.#handlesBefore);
    await rm(this.#folder, { recursive: true, force: true });
    expect(timers, 'timers of the service after its stop').to.equal(0);
    expect(handles.length, `handles left: ${handles.join(', ')}`).to.be.at.most(this.#handlesBefore);
  }
}

/** Gives the tests of a suite their stages, and stops each at the end of its test. */
export const useStages = (): ((options?: StageOptions) => Promise<Stage>) => {
  let open: Stage[] = [];
  afterEach(async () => {
    // The last one first: what it counts as there before it includes the others.
    const stages = open.reverse();
    open = [];
    for (const stage of stages) await stage.stop();
  });
  return async (options = {}) => {
    const stage = await Stage.open(options);
    open.push(stage);
    return stage;
  };
};

/** A promise that a test settles. */
export class Deferred<T> {
  readonly promise: Promise<T>;
  resolve: (value: T) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }
}
