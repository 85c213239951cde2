/**
 * A simulated host: its air, its interfaces, its Wi-Fi service and its user. Whatever happens in it goes through
 * the methods of `SimulationControl`, whether a timeline or a test asks for it.
 */
import * as O from 'fp-ts/lib/Option.js';
import type { Subscriber } from 'rxjs';
import type { Clock } from '../../streams/clock.js';
import type { Log } from '../log.js';
import type { InterfaceId, RadioEvent, RadioFailure } from '../radio.js';
import { Air } from './air.js';
import { Faults } from './faults.js';
import type {
  Action,
  Fault,
  FaultScope,
  NetworkChoice,
  Scenario,
  ScenarioNetwork,
  Target,
} from './scenario.js';
import { Schedule } from './schedule.js';
import { Station } from './station.js';
import { type Occurrence, Timeline } from './timeline.js';

/**
 * What can be done to a simulated host while it runs. Each takes effect before it returns; naming an interface or a network
 * that the scenario does not have is a programming error and throws.
 */
export interface SimulationControl {
  /** Puts another network on the air. */
  readonly addNetwork: (network: ScenarioNetwork) => void;
  /** Access points appear, with the signal that the scenario gives them. */
  readonly appear: (target: Target) => void;
  /** Access points fall silent. */
  readonly vanish: (target: Target) => void;
  /** The signal of access points goes to `to` dBm within `over` milliseconds; 0 is at once. */
  readonly fade: (target: Target, to: number, over: number) => void;
  /** An interface is plugged in. */
  readonly arrive: (id: InterfaceId) => void;
  /** An interface is pulled out. */
  readonly leave: (id: InterfaceId) => void;
  /** The user of the host connects an interface; nothing happens if the network is not heard. */
  readonly connectByUser: (id: InterfaceId, choice: NetworkChoice) => void;
  /** The user of the host disconnects an interface. */
  readonly disconnectByUser: (id: InterfaceId) => void;
  /** The host scans of its own accord. */
  readonly scanByHost: (id: InterfaceId) => void;
  /** Lets operations go wrong from now on. Default: the next one, of any interface. */
  readonly arm: (fault: Fault, scope?: Partial<FaultScope>) => void;
  /** The Wi-Fi service of the host goes away: `open` fails until it comes back. */
  readonly dieService: () => void;
  /** The Wi-Fi service of the host comes back. */
  readonly reviveService: () => void;
  /** Any of the above, as data. */
  readonly perform: (action: Action) => void;
}

/** What a world is made of. */
export interface WorldOptions {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** One simulated host. */
export class World {
  readonly control: SimulationControl;
  readonly #schedule: Schedule;
  readonly #air: Air;
  readonly #faults: Faults;
  readonly #timeline: Timeline;
  readonly #startAt: O.Option<number>;
  readonly #stations = new Map<InterfaceId, Station>();
  readonly #present = new Set<Station>();
  readonly #untold: (() => void)[] = [];
  #telling = false;
  #serviceRuns = true;
  #started = false;
  #watcher: Subscriber<RadioEvent> | undefined;

  constructor({ scenario, seed, clock, log }: WorldOptions) {
    const schedule = new Schedule(clock);
    const faults = new Faults(() => schedule.now());
    const air = new Air({
      networks: scenario.networks,
      jitter: O.toUndefined(scenario.jitter),
      seed,
      schedule,
      changed: (onAir, rssiChanged) => {
        for (const station of this.#present) station.heardChange(onAir, rssiChanged);
      },
    });
    const control = this.#controls();
    const timeline = new Timeline({ steps: scenario.timeline, schedule, perform: control.perform, log });
    this.#startAt = scenario.startAt;
    const tell = (deliver: () => void): void => this.#tell(deliver);
    const occurred = (occurrence: Occurrence): void => timeline.occurred(occurrence);
    this.#schedule = schedule;
    this.#faults = faults;
    this.#air = air;
    this.control = control;
    this.#timeline = timeline;
    for (const spec of scenario.interfaces) {
      const station = new Station(spec, { air, schedule, faults, tell, occurred });
      this.#stations.set(spec.id, station);
      if (spec.present) this.#arrive(station);
    }
  }

  /** Someone opens the Wi-Fi service; the first time, the timeline starts. Returns how to close it. */
  watch(watcher: Subscriber<RadioEvent>): () => void {
    const schedule = this.#schedule;
    if (this.#watcher !== undefined) {
      watcher.error(openFailure('SIMULATED_IN_USE', 'the simulated radio is open already'));
      return () => undefined;
    }
    schedule.catchUp();
    // What is made up for may end the service again.
    if (this.#serviceRuns) this.#start();
    if (!this.#serviceRuns) {
      watcher.error(openFailure('SIMULATED_SERVICE_DOWN', 'the Wi-Fi service of the scenario does not run'));
      return () => undefined;
    }
    this.#watcher = watcher;
    schedule.watch();
    const events: RadioEvent[] = [{ type: 'opened' }];
    for (const station of this.#present)
      events.push({ type: 'interface.arrived', interface: station.attach() });
    this.#tell(() => {
      for (const event of events) watcher.next(event);
    });
    return () => this.close(watcher);
  }

  /** Another world takes the place of this one, before the same eyes: what was asked of this one comes to nothing. */
  handOver(next: World): void {
    this.#schedule.catchUp();
    const watcher = this.#watcher;
    this.#watcher = undefined;
    this.#schedule.unwatch();
    for (const station of this.#present) {
      station.stop('another scenario has taken the place of this one');
      if (watcher !== undefined)
        this.#tell(() => watcher.next({ type: 'interface.left', id: station.spec.id }));
    }
    if (watcher !== undefined) next.watch(watcher);
  }

  /** Time 0 of the scenario: as the scenario says, or now. What has happened since is made up for. */
  #start(): void {
    if (this.#started) return;
    this.#started = true;
    const schedule = this.#schedule;
    const begin = (): void => {
      this.#timeline.start();
      this.#air.startJitter();
    };
    const startAt = O.getOrElse(() => schedule.now())(this.#startAt);
    const ahead = startAt - schedule.now();
    if (ahead > 0) schedule.in(ahead, begin);
    else if (ahead < 0) schedule.since(startAt, begin);
    else begin();
  }

  /** Nobody watches any more. */
  close(watcher: Subscriber<RadioEvent>): void {
    if (this.#watcher !== watcher) return;
    this.#watcher = undefined;
    this.#schedule.unwatch();
    for (const station of this.#present) station.detach('the radio was closed');
  }

  #arrive(station: Station): void {
    if (this.#present.has(station)) return;
    this.#present.add(station);
    if (!this.#serviceRuns) return;
    station.start();
    const watcher = this.#watcher;
    if (watcher === undefined) return;
    const event: RadioEvent = { type: 'interface.arrived', interface: station.attach() };
    this.#tell(() => watcher.next(event));
  }

  #leave(station: Station): void {
    if (!this.#present.delete(station)) return;
    station.stop('the interface has left');
    const watcher = this.#watcher;
    if (watcher === undefined || !this.#serviceRuns) return;
    this.#tell(() => watcher.next({ type: 'interface.left', id: station.spec.id }));
  }

  #dieService(): void {
    if (!this.#serviceRuns) return;
    this.#serviceRuns = false;
    for (const station of this.#present) station.stop(serviceDied);
    const watcher = this.#watcher;
    this.#watcher = undefined;
    this.#schedule.unwatch();
    if (watcher === undefined) return;
    this.#tell(() => watcher.error(openFailure('SIMULATED_SERVICE_DIED', serviceDied)));
  }

  #reviveService(): void {
    if (this.#serviceRuns) return;
    this.#serviceRuns = true;
    for (const station of this.#present) station.start();
  }

  /** Delivers in order: what comes up during a delivery waits until that one is over. */
  #tell(deliver: () => void): void {
    this.#untold.push(deliver);
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let next = this.#untold.shift(); next !== undefined; next = this.#untold.shift()) next();
    } finally {
      this.#telling = false;
    }
  }

  #station(id: InterfaceId): Station {
    const station = this.#stations.get(id);
    if (station !== undefined) return station;
    throw new Error(`the scenario has no interface ${id}, only ${[...this.#stations.keys()].join(', ')}`);
  }

  /** The interface, if its user can do something with it now. */
  #usable(id: InterfaceId): Station | undefined {
    const station = this.#station(id);
    return this.#serviceRuns && this.#present.has(station) ? station : undefined;
  }

  #controls(): SimulationControl {
    /** The world is brought up to date before anything is done to it. */
    const now =
      <A extends readonly unknown[]>(act: (...args: A) => void) =>
      (...args: A): void => {
        this.#schedule.catchUp();
        act(...args);
      };
    const control: SimulationControl = {
      addNetwork: now((network) => this.#air.add(network)),
      appear: now((target) => this.#air.appear(target)),
      vanish: now((target) => this.#air.vanish(target)),
      fade: now((target, to, over) => this.#air.fade(target, to, over)),
      arrive: now((id) => this.#arrive(this.#station(id))),
      leave: now((id) => this.#leave(this.#station(id))),
      connectByUser: now((id, choice) => this.#usable(id)?.connectByUser(choice)),
      disconnectByUser: now((id) => this.#usable(id)?.disconnectByUser()),
      scanByHost: now((id) => this.#usable(id)?.scanByHost()),
      arm: now((fault, scope = {}) => this.#faults.arm(fault, { ...nextOfAny, ...scope })),
      dieService: now(() => this.#dieService()),
      reviveService: now(() => this.#reviveService()),
      perform: (action) => perform(control, action),
    };
    return control;
  }
}

const serviceDied = 'the Wi-Fi service of the scenario went away';

const openFailure = (code: string, detail: string): RadioFailure => ({ operation: 'open', code, detail });

const nextOfAny: FaultScope = { interface: O.none, ssid: O.none, lasting: { times: 1 } };

const perform = (control: SimulationControl, action: Action): void => {
  switch (action.do) {
    case 'network.appears':
      control.appear(action.target);
      break;
    case 'network.vanishes':
      control.vanish(action.target);
      break;
    case 'network.fades':
      control.fade(action.target, action.to, action.over);
      break;
    case 'interface.arrives':
      control.arrive(action.interface);
      break;
    case 'interface.leaves':
      control.leave(action.interface);
      break;
    case 'user.connects':
      control.connectByUser(action.interface, action.choice);
      break;
    case 'user.disconnects':
      control.disconnectByUser(action.interface);
      break;
    case 'user.scans':
      control.scanByHost(action.interface);
      break;
    case 'fault':
      control.arm(action.fault, action.scope);
      break;
    case 'service.dies':
      control.dieService();
      break;
    case 'service.returns':
      control.reviveService();
      break;
  }
};
