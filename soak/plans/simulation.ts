/**
 * Host, guests, radio, sockets and clocks in one process and on one seed: a plan is played in virtual time, and whatever the
 * service promises is held against what came of it.
 */
import * as O from 'fp-ts/lib/Option.js';
import { NEVER, type Subscription, tap } from 'rxjs';
import type { StateValue } from 'xstate';
import { ManualClock, type ServiceStatus, silentLog } from '../../index.js';
import { interfaceId, type StationInterface } from '../../native/radio.js';
import { type SimulatedBackend, simulatedBackend } from '../../native/simulated/index.js';
import { network, ssid, station } from '../../test/stage/networks.js';
import { Dice } from '../dice.js';
import { SimulatedGuest, signalOf } from './guest.js';
import { differences } from './invariants.js';
import { hostName, Network } from './network.js';
import {
  crashing,
  guestCount,
  type HookManner,
  networkNames,
  type Plan,
  portCount,
  type Quirk,
  type Step,
} from './plan.js';
import { Process } from './process.js';

/** Lets everything run that needs neither time nor the network. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Virtual milliseconds that a simulation takes at most to come to rest. */
const restTime = 900_000;

const portNames = Array.from({ length: portCount }, (_, n) => `wlan${n}`);

/** What a plan came to. */
export interface Outcome {
  /** Everything that must not have been; empty: all is well. */
  readonly violations: readonly string[];
  /** Everything that happened, in order. */
  readonly trace: readonly string[];
  /** Requests that were answered. */
  readonly answers: number;
}

/** How a simulation differs from the usual one. */
export interface Surroundings {
  readonly tracing?: boolean;
  readonly guests?: number;
  /** Somebody else has the endpoint. */
  readonly isOccupied?: boolean;
  /** The host's Wi-Fi service says nothing when it is opened. */
  readonly isMute?: boolean;
}

/** What a stop in the middle of everything came to. */
export interface Stop {
  readonly violations: readonly string[];
  /** In which states machines were, as `dispatcher busy.scanning`. */
  readonly states: readonly string[];
}

/** How a day of months has ended. */
export interface Day {
  readonly day: number;
  /** Timers that wait while nothing is under way. */
  readonly timers: number;
  /** Milliseconds by which the day is longer than a day. */
  readonly late: number;
  /** Requests that were answered so far. */
  readonly answers: number;
}

const dayTime = 86_400_000;

/** In which nothing new happens, in milliseconds: longer than all that was begun may take. */
const eveningTime = 3_600_000;

/** Between two things that happen on a restless host, on average, in milliseconds. */
const restlessTime = 480_000;

const monthsPlan: Plan = {
  order: 1,
  contention: 'first-wins',
  hooked: true,
  scanInterval: 5000,
  restoreHostConnection: false,
  disconnectOnStop: false,
  durations: [4000, 200, 100],
  steps: [],
};

/** What happens next on a restless host. */
const restlessStep = (dice: Dice, guests: number): Step => {
  const [guest, network, port] = [dice.below(guests), dice.below(networkNames.length), dice.below(portCount)];
  const what = dice.pick(['scan', 'scan', 'scan', 'look for', 'connect', 'connect', 'disconnect'] as const);
  if (dice.chance(0.6)) return { do: 'ask', guest, what, network, manner: 'plain' };
  const named = dice.pick([
    'user connects',
    'access point goes',
    'access point comes',
    'access point comes',
    'signal changes',
    'signal changes',
  ] as const);
  if (dice.chance(0.6)) return { do: named, network, port };
  return {
    do: dice.pick([
      'user disconnects',
      'host scans',
      'host scans',
      'interface leaves',
      'interface arrives',
    ] as const),
    port,
  };
};

/** Every state in its path: `{ busy: { connecting: 'claiming' } }` is `busy.connecting.claiming`. */
const pathsOf = (value: StateValue): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : Object.entries(value).flatMap(([name, inner]) =>
        inner === undefined ? [] : pathsOf(inner).map((path) => `${name}.${path}`),
      );

const statesOf = ({ endpoints, radios, interfaces, guests }: ServiceStatus): readonly string[] => {
  const named = (machine: string, value: StateValue | null): readonly string[] =>
    value === null ? [] : pathsOf(value).map((path) => `${machine} ${path}`);
  return [
    ...endpoints.flatMap(({ state }) => named('listener', state)),
    ...radios.flatMap(({ state }) => named('radio', state)),
    ...interfaces.flatMap(({ state }) => named('hostInterface', state)),
    ...guests.flatMap(({ requestChannel, dispatcher, notificationChannel }) => [
      ...named('requestChannel', requestChannel),
      ...named('dispatcher', dispatcher),
      ...named('notificationChannel', notificationChannel),
    ]),
  ];
};

export class Simulation {
  readonly #plan: Plan;
  readonly #clock = new ManualClock(1_700_000_000_000);
  readonly #dice: Dice;
  readonly #network: Network;
  readonly #radio: SimulatedBackend;
  readonly #stations = new Map<string, StationInterface>();
  readonly #guests: readonly SimulatedGuest[];
  readonly #trace: string[] = [];
  readonly #violations: string[] = [];
  readonly #quirks: Quirk[] = [];
  /** Who has the endpoint, if it is somebody else. */
  readonly #squatter: Subscription | undefined;
  #hooks: HookManner = 'obey';
  #process: Process;
  /** Ends of processes and crashes so far. */
  #excuses = 0;
  /** A radio has done what none is allowed. */
  #mayCrash = false;
  readonly #tracing: boolean;

  private constructor(
    plan: Plan,
    { tracing = false, guests = guestCount, isOccupied = false, isMute = false }: Surroundings = {},
  ) {
    this.#plan = plan;
    this.#tracing = tracing;
    this.#dice = new Dice(plan.order);
    this.#network = new Network(this.#dice, this.#note);
    if (isOccupied)
      this.#squatter = this.#network.family
        .transport(this.#clock)
        .listen({ scheme: 'memory', name: hostName }, { requestPort: 12_345 })
        .subscribe();
    this.#radio = isMute ? { ...this.#openRadio(), open: NEVER } : this.#openRadio();
    this.#process = this.#start();
    const around = {
      clock: this.#clock,
      network: this.#network,
      dice: this.#dice,
      note: this.#note,
      violated: this.#violated,
      excuse: () => this.#excuses,
      isServing: () => this.#process.isRunning,
    };
    this.#guests = Array.from({ length: guests }, (_, n) => new SimulatedGuest(`vm${n + 1}`, around));
  }

  static async play(plan: Plan, tracing = false): Promise<Outcome> {
    const simulation = new Simulation(plan, { tracing });
    try {
      await simulation.#play();
    } catch (error) {
      simulation.#violated(`the simulation failed: ${error instanceof Error ? error.stack : String(error)}`);
    }
    const answers = simulation.#guests.reduce((sum, guest) => sum + guest.answers, 0);
    return { violations: simulation.#violations, trace: simulation.#trace, answers };
  }

  /** Stops the service after so many steps, wherever everything is by then: it has a second, and nothing may be left. */
  static async stopAfter(plan: Plan, steps: number): Promise<Stop> {
    const simulation = new Simulation({ ...plan, disconnectOnStop: false });
    for (const guest of simulation.#guests) guest.listen();
    await simulation.#deliver(2);
    for (const step of plan.steps.slice(0, steps)) {
      await simulation.#do(step);
      await simulation.#deliver(simulation.#dice.below(8));
    }
    const states = statesOf(simulation.#process.status);
    await simulation.#stopProcess(1000);
    simulation.#network.heal();
    simulation.#process.kill();
    await simulation.#pass(25_000);
    for (const guest of simulation.#guests) guest.close();
    await simulation.#pass(0);
    simulation.#lookForLeftovers();
    return { violations: simulation.#violations, states };
  }

  /** Stops the service in the very step in which some machine is in this state; undefined: none ever is. */
  static async stopIn(plan: Plan, state: string, around: Surroundings = {}): Promise<Stop | undefined> {
    const simulation = new Simulation({ ...plan, disconnectOnStop: false }, around);
    const isThere = (): boolean => statesOf(simulation.#process.status).includes(state);
    let found = isThere();
    for (const guest of simulation.#guests) guest.listen();
    for (const step of plan.steps) {
      if (found) break;
      await simulation.#do(step);
      do {
        // As fine as it gets: what is answered at once is so in a microtask.
        for (let turn = 0; turn < 60 && !found; turn++) {
          found = isThere();
          if (!found) await Promise.resolve();
        }
      } while (!found && simulation.#network.moveOne());
    }
    if (!found) return undefined;
    await simulation.#stopProcess(1000);
    simulation.#process.kill();
    simulation.#squatter?.unsubscribe();
    for (const guest of simulation.#guests) guest.close();
    await simulation.#pass(0);
    return { violations: simulation.#violations, states: [state] };
  }

  /** A restless host and its guests for so many days, with a restart each week; `evening` sees each day's end. */
  static async endure(
    { days, guests, seed }: { readonly days: number; readonly guests: number; readonly seed: number },
    evening: (day: Day) => void,
  ): Promise<Outcome> {
    const simulation = new Simulation({ ...monthsPlan, order: seed }, { guests });
    for (const guest of simulation.#guests) guest.listen();
    const dice = new Dice(seed);
    for (let day = 1; day <= days && simulation.#violations.length === 0; day++) {
      const midnight = simulation.#clock.elapsed() + dayTime;
      while (simulation.#clock.elapsed() < midnight - eveningTime) {
        await simulation.#do(restlessStep(dice, guests));
        await simulation.#pass(dice.below(2 * restlessTime));
      }
      if (day % 7 === 0) await simulation.#restart(day % 2 === 0 ? 'stopped' : 'killed');
      await simulation.#comeToRest();
      simulation.#compare();
      await simulation.#pass(Math.max(0, midnight - simulation.#clock.elapsed()));
      evening({
        day,
        timers: simulation.#clock.pending,
        late: simulation.#clock.elapsed() - day * dayTime,
        answers: simulation.#guests.reduce((sum, guest) => sum + guest.answers, 0),
      });
    }
    await simulation.#leave();
    const answers = simulation.#guests.reduce((sum, guest) => sum + guest.answers, 0);
    return { violations: simulation.#violations, trace: simulation.#trace, answers };
  }

  readonly #note = (line: () => string): void => {
    if (this.#tracing) this.#trace.push(`${this.#clock.elapsed()} ${line()}`);
  };

  readonly #violated = (what: string): void => {
    this.#note(() => `VIOLATED: ${what}`);
    this.#violations.push(what);
  };

  #openRadio(): SimulatedBackend {
    const [scanDuration, connectDuration, disconnectDuration] = this.#plan.durations;
    const radio = simulatedBackend(
      {
        startAt: O.none,
        seed: O.some(this.#plan.order),
        jitter: O.none,
        interfaces: portNames.map((name) =>
          station(name, { scanDuration, connectDuration, disconnectDuration }),
        ),
        networks: networkNames.map((name, n) =>
          network(name, n + 1, { signal: signalOf[name] ?? -50, hidden: name === 'Cellar' }),
        ),
        timeline: [],
      },
      { clock: this.#clock, log: silentLog },
    );
    // The links as they really are, to be compared with what the service believes.
    const open = radio.open.pipe(
      tap((event) => {
        if (event.type === 'interface.arrived' && event.interface.kind === 'station')
          this.#stations.set(event.interface.id, event.interface);
        if (event.type === 'interface.left') this.#stations.delete(event.id);
      }),
    );
    return { ...radio, open };
  }

  #start(): Process {
    const { contention, hooked, scanInterval, restoreHostConnection, disconnectOnStop } = this.#plan;
    const order = new Dice(this.#plan.order ^ 0x5eed);
    return new Process(
      {
        clock: this.#clock,
        network: this.#network,
        radio: this.#radio,
        random: order.number,
        hooks: () => this.#hooks,
        quirk: (kinds) => this.#takeQuirk(kinds),
        note: this.#note,
        crashed: (part) => this.#crashed(part),
      },
      { contention, hooked, scanInterval, restoreHostConnection, disconnectOnStop },
    );
  }

  #takeQuirk(kinds: readonly Quirk[]): Quirk | undefined {
    const at = this.#quirks.findIndex((quirk) => kinds.includes(quirk));
    const quirk = at < 0 ? undefined : this.#quirks.splice(at, 1)[0];
    if (quirk === undefined) return undefined;
    this.#note(() => `radio: ${quirk}`);
    if (crashing.has(quirk)) this.#mayCrash = true;
    return quirk;
  }

  #crashed(part: string): void {
    this.#note(() => `crash: ${part}`);
    // Listeners and radios count their failures there, too.
    if (part === 'listener' || part === 'radio') return;
    this.#excuses += 1;
    if (!this.#mayCrash) this.#violated(`${part} crashed`);
    for (const guest of this.#guests) guest.doubt = true;
  }

  async #play(): Promise<void> {
    for (const guest of this.#guests) guest.listen();
    await this.#pass(1);
    for (const step of this.#plan.steps) {
      this.#note(() => `step: ${JSON.stringify(step)}`);
      await this.#do(step);
      await this.#deliver(this.#dice.below(8));
    }
    await this.#comeToRest();
    this.#compare();
    await this.#leave();
  }

  /** So many things that are on their way arrive. */
  async #deliver(most: number): Promise<void> {
    await settle();
    for (let count = 0; count < most && this.#network.moveOne(); count++) await settle();
  }

  /** Time passes; what is on its way arrives before any timer fires. */
  async #pass(milliseconds: number): Promise<void> {
    const until = this.#clock.elapsed() + milliseconds;
    for (;;) {
      await this.#deliver(Number.POSITIVE_INFINITY);
      const due = this.#clock.nextDue;
      if (due === undefined || due > until) break;
      this.#clock.advanceNow(due - this.#clock.elapsed());
    }
    this.#clock.advanceNow(until - this.#clock.elapsed());
    await this.#deliver(Number.POSITIVE_INFINITY);
  }

  #guest(number: number): SimulatedGuest {
    const guest = this.#guests[number];
    if (guest === undefined) throw new Error(`no guest ${number}`);
    return guest;
  }

  async #do(step: Step): Promise<void> {
    const { control } = this.#radio;
    const named = (n: number): string => networkNames[n] ?? networkNames[0];
    const target = (n: number) => ({ kind: 'ssid', ssid: ssid(named(n)) }) as const;
    const port = (n: number) => interfaceId(portNames[n] ?? '');
    switch (step.do) {
      case 'ask':
        return this.#guest(step.guest).ask(step.what, named(step.network), step.manner);
      case 'babble':
        return this.#guest(step.guest).babble(step.kind);
      case 'pass':
        return this.#pass(step.milliseconds);
      case 'trouble':
        this.#network.trouble(this.#guest(step.guest).name, step.kind);
        if (step.kind !== 'crumbling') this.#guest(step.guest).doubt = true;
        return;
      case 'heal':
        return this.#network.heal(this.#guest(step.guest).name);
      case 'reset':
        this.#guest(step.guest).doubt = true;
        return this.#network.reset(this.#guest(step.guest).name);
      case 'port':
        return step.open ? this.#guest(step.guest).listen() : this.#guest(step.guest).deafen();
      case 'fault':
        return control.arm(step.fault);
      case 'quirk':
        this.#quirks.push(step.quirk);
        return;
      case 'hooks':
        this.#hooks = step.manner;
        return;
      case 'user connects':
        return control.connectByUser(port(step.port), { ssid: ssid(named(step.network)), bssid: O.none });
      case 'access point goes':
        return control.vanish(target(step.network));
      case 'access point comes':
        return control.appear(target(step.network));
      case 'signal changes':
        return control.fade(
          target(step.network),
          (signalOf[named(step.network)] ?? 0) - this.#dice.below(10),
          0,
        );
      case 'user disconnects':
        return control.disconnectByUser(port(step.port));
      case 'host scans':
        return control.scanByHost(port(step.port));
      case 'interface leaves':
        return control.leave(port(step.port));
      case 'interface arrives':
        return control.arrive(port(step.port));
      case 'service dies':
        return control.dieService();
      case 'service returns':
        return control.reviveService();
      case 'clock':
        this.#clock.setWallClock(step.by);
        return;
      case 'restart':
        return this.#restart(step.how);
    }
  }

  async #restart(how: 'stopped' | 'killed'): Promise<void> {
    this.#note(() => `process: ${how}`);
    this.#excuses += 1;
    if (how === 'stopped') await this.#stopProcess();
    this.#process.kill();
    await settle();
    for (const guest of this.#guests) guest.hostStartsAnew();
    this.#process = this.#start();
    await this.#pass(0);
    this.#excuses += 1;
  }

  /** Stops it, and holds it to its promise that nothing is left. */
  async #stopProcess(within = 5100): Promise<void> {
    this.#process.send('stop');
    await this.#pass(within);
    if (!this.#process.isStopped) this.#violated(`the service has not stopped within ${within} ms`);
    if (this.#process.pending > 0)
      this.#violated(`${this.#process.pending} timers are left of a stopped service`);
    if (this.#process.children.length > 0)
      this.#violated(`actors are left of a stopped service: ${this.#process.children.join(', ')}`);
  }

  /** Everything is repaired, and what was begun comes to its end. */
  async #comeToRest(): Promise<void> {
    this.#note(() => 'everything is repaired');
    this.#network.heal();
    this.#hooks = 'obey';
    this.#quirks.length = 0;
    const { control } = this.#radio;
    control.reviveService();
    for (const name of portNames) control.arrive(interfaceId(name));
    for (const guest of this.#guests) guest.listen();
    const until = this.#clock.elapsed() + restTime;
    while (this.#guests.some(({ isIdle }) => !isIdle) && this.#clock.elapsed() < until)
      await this.#pass(5000);
    // The longest pauses, of what failed before, and the tries of notifications.
    await this.#pass(65_000);
  }

  #compare(): void {
    for (const guest of this.#guests)
      if (!guest.isIdle) this.#violated(`${guest.name} still waits for an answer`);
    for (const line of differences(this.#process.status, this.#guests, this.#stations)) this.#violated(line);
  }

  /** The guests leave; then nothing may be left of anything. */
  async #leave(): Promise<void> {
    for (const guest of this.#guests) guest.endWhatever();
    await this.#pass(40_000);
    for (const { id, session } of this.#process.status.guests)
      if (session !== null) this.#violated(`${id} has left, and its session ${session.id} is still there`);
    for (const [port, row] of Object.entries(this.#process.status.ownership)) {
      if (Object.keys(row.holders).length > 0) this.#violated(`${port} is held by nobody who is there`);
      if (row.origin === 'guests' && row.ssid !== null && !this.#hadDisconnectFault)
        this.#violated(`${port} is still connected to ${row.ssid}, as guests wanted who have left`);
    }
    for (const guest of this.#guests) guest.close();
    await this.#stopProcess();
    this.#process.kill();
    await this.#pass(0);
    this.#lookForLeftovers();
  }

  /** After everybody has gone. */
  #lookForLeftovers(): void {
    const { pendingStreams } = this.#network;
    if (pendingStreams > 0) this.#violated(`${pendingStreams} streams are left`);
    const listeners = this.#network.family.listeners();
    if (listeners.length > 0) this.#violated(`somebody still listens: ${listeners.join(', ')}`);
    for (const guest of this.#guests)
      if (guest.openConnections > 0) this.#violated(`${guest.name} still has connections`);
  }

  /** Has the plan let a disconnect go wrong? Then the host may have kept a link. */
  get #hadDisconnectFault(): boolean {
    return this.#plan.steps.some(
      (step) =>
        (step.do === 'fault' && step.fault.kind.startsWith('disconnect')) ||
        (step.do === 'quirk' && step.quirk.startsWith('disconnect')),
    );
  }
}
