/**
 * Host, guests, radio, sockets, disk and clocks in one process and on one seed, in virtual time: whatever the service promises is held
 * against what comes of what happens to it. `steps.ts` says what may happen, `plays.ts`, `stops.ts` and `endurance.ts` in which order.
 */
import type { Subscription } from 'rxjs';
import { ManualClock, type ServiceStatus } from '../../index.js';
import { Dice } from '../dice.js';
import { type DiskTrouble, SimulatedDisk } from './disk.js';
import { SimulatedGuest } from './guest.js';
import { differencesFromGuests, differencesFromHost, differencesInside } from './invariants.js';
import { hostName, Network } from './network.js';
import { crashing, guestCount, type HookManner, type Plan, type Quirk } from './plan.js';
import { Process } from './process.js';
import { SimulatedRadio } from './radio.js';

/** Lets everything run that needs neither time nor the network. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Virtual milliseconds that a simulation takes at most to come to rest. */
const restTime = 900_000;

/** The service gathers for 50 ms, and the disk takes its time, in milliseconds. */
const writingTime = 200;

/** Turns of the event loop that a stop takes at most while no time passes. */
const stopTurns = 12;

/** How a simulation differs from the usual one. */
export interface Surroundings {
  readonly tracing?: boolean;
  readonly guests?: number;
  /** Somebody else has the endpoint. */
  readonly isOccupied?: boolean;
  /** The host's Wi-Fi service says nothing when it is opened. */
  readonly isMute?: boolean;
}

export class Simulation {
  readonly clock = new ManualClock(1_700_000_000_000);
  readonly dice: Dice;
  readonly network: Network;
  readonly radio: SimulatedRadio;
  readonly disk: SimulatedDisk;
  readonly guests: readonly SimulatedGuest[];
  /** Everything that happened, in order, if that is wanted. */
  readonly trace: string[] = [];
  /** Everything that must not have been. */
  readonly violations: string[] = [];
  /** How the radio is about to go wrong, one operation after the other. */
  readonly quirks: Quirk[] = [];
  hooks: HookManner = 'obey';
  readonly #plan: Plan;
  /** Who has the endpoint, if it is somebody else. */
  readonly #squatter: Subscription | undefined;
  #process: Process;
  /** Ends of processes and crashes so far. */
  #excuses = 0;
  /** A radio has done what none is allowed. */
  #mayCrash = false;
  readonly #tracing: boolean;

  constructor(
    plan: Plan,
    { tracing = false, guests = guestCount, isOccupied = false, isMute = false }: Surroundings = {},
  ) {
    this.#plan = plan;
    this.#tracing = tracing;
    this.dice = new Dice(plan.order);
    this.network = new Network(this.dice, this.note);
    if (isOccupied)
      this.#squatter = this.network.family
        .transport(this.clock)
        .listen({ scheme: 'memory', name: hostName }, { requestPort: 12_345 })
        .subscribe();
    this.radio = new SimulatedRadio(plan, this.clock, isMute);
    this.disk = new SimulatedDisk(this.clock, new Dice(plan.order ^ 0xd15c), this.note);
    this.#process = this.#start();
    const around = {
      clock: this.clock,
      network: this.network,
      writingTime,
      dice: this.dice,
      note: this.note,
      violated: this.violated,
      excuse: () => this.#excuses,
      isServing: () => this.#process.isRunning,
    };
    this.guests = Array.from({ length: guests }, (_, n) => new SimulatedGuest(`vm${n + 1}`, around));
  }

  /** What the service knows. */
  get status(): ServiceStatus {
    return this.#process.status;
  }

  /** Requests that were answered so far. */
  get answers(): number {
    return this.guests.reduce((sum, { answers }) => sum + answers, 0);
  }

  readonly note = (line: () => string): void => {
    if (this.#tracing) this.trace.push(`${this.clock.elapsed()} ${line()}`);
  };

  readonly violated = (what: string): void => {
    this.note(() => `VIOLATED: ${what}`);
    this.violations.push(what);
  };

  guest(number: number): SimulatedGuest {
    const guest = this.guests[number];
    if (guest === undefined) throw new Error(`no guest ${number}`);
    return guest;
  }

  /** So many things that are on their way arrive, after so many turns of the event loop. */
  async deliver(most: number, turns = 1): Promise<void> {
    for (let turn = 0; turn < turns; turn++) await settle();
    for (let count = 0; count < most && this.network.moveOne(); count++) await settle();
  }

  /** Time passes; what is on its way arrives before any timer fires. `turns`: of the event loop, for those who need some. */
  async pass(milliseconds: number, turns = 1): Promise<void> {
    const until = this.clock.elapsed() + milliseconds;
    for (;;) {
      await this.deliver(Number.POSITIVE_INFINITY, turns);
      if (!this.fireNext(until)) break;
    }
    this.clock.advanceNow(until - this.clock.elapsed());
    await this.deliver(Number.POSITIVE_INFINITY);
  }

  /** Moves the clock to the next timer that is due until then; false: none is. */
  fireNext(until: number): boolean {
    const due = this.clock.nextDue;
    if (due === undefined || due > until) return false;
    this.clock.advanceNow(due - this.clock.elapsed());
    return true;
  }

  /** The process ends, and another one is started. */
  async restart(how: 'stopped' | 'killed'): Promise<void> {
    this.note(() => `process: ${how}`);
    this.#excuses += 1;
    if (how === 'stopped') await this.stopProcess();
    this.kill();
    await settle();
    // A process takes longer to start than what the former one has written takes to arrive, and what stands still is lost with it.
    for (const { name } of this.guests) if (this.network.isStalled(name)) this.network.reset(name);
    await this.deliver(Number.POSITIVE_INFINITY);
    const memory = !this.#plan.isKept ? 'none' : this.disk.isGood ? 'whole' : 'old';
    for (const guest of this.guests) guest.hostStartsAnew(memory);
    this.#process = this.#start();
    await this.pass(0);
    this.#excuses += 1;
  }

  /** The disk goes wrong: a service that is about to read what it knew goes on as if it had never run. */
  spoil(how: DiskTrouble | 'torn'): void {
    if (how === 'torn') this.disk.tear();
    else this.disk.trouble(how);
    if (!this.#process.isRunning) for (const guest of this.guests) guest.hostStartsAnew('old');
  }

  /** Stops it, and holds it to its promise that nothing is left. */
  async stopProcess(within = 5100): Promise<void> {
    this.#process.send('stop');
    await this.pass(within, stopTurns);
    if (!this.#process.isStopped) this.violated(`the service has not stopped within ${within} ms`);
    if (this.#process.pending > 0)
      this.violated(`${this.#process.pending} timers are left of a stopped service`);
    if (this.#process.children.length > 0)
      this.violated(`actors are left of a stopped service: ${this.#process.children.join(', ')}`);
  }

  /** Ends the process as the system does. */
  kill(): void {
    this.#process.kill();
    this.disk.releaseAll();
    this.#squatter?.unsubscribe();
  }

  /** Everything is repaired, and what was begun comes to its end. */
  async comeToRest(): Promise<void> {
    this.note(() => 'everything is repaired');
    this.network.heal();
    this.disk.heal();
    this.hooks = 'obey';
    this.quirks.length = 0;
    this.radio.repair();
    for (const guest of this.guests) guest.listen();
    const until = this.clock.elapsed() + restTime;
    while (this.guests.some(({ isIdle }) => !isIdle) && this.clock.elapsed() < until) await this.pass(5000);
    // The longest pauses, of what failed before, and the tries of notifications.
    await this.pass(65_000);
  }

  /** What the service knows against what guests believe and what the host is connected to. */
  compare(): void {
    for (const guest of this.guests)
      if (!guest.isIdle) this.violated(`${guest.name} still waits for an answer`);
    const { status } = this;
    for (const line of [
      ...differencesFromGuests(status, this.guests),
      ...differencesInside(status),
      ...differencesFromHost(status, this.radio.stations),
    ])
      this.violated(line);
    if (this.#plan.isKept && !this.disk.isWritten)
      this.violated('what a restart needs to know is not on the disk');
  }

  /** The guests leave; then nothing may be left of anything. */
  async leave(): Promise<void> {
    for (const guest of this.guests) guest.endWhatever();
    await this.pass(40_000);
    for (const { id, session } of this.status.guests)
      if (session !== null) this.violated(`${id} has left, and its session ${session.id} is still there`);
    for (const [port, row] of Object.entries(this.status.ownership)) {
      if (Object.keys(row.holders).length > 0) this.violated(`${port} is held by nobody who is there`);
      if (row.origin === 'guests' && row.ssid !== null && !this.#hadDisconnectFault)
        this.violated(`${port} is still connected to ${row.ssid}, as guests wanted who have left`);
    }
    for (const guest of this.guests) guest.close();
    await this.stopProcess();
    this.kill();
    await this.pass(0);
    this.lookForLeftovers();
  }

  /** After everybody has gone. */
  lookForLeftovers(): void {
    const { pendingStreams } = this.network;
    if (pendingStreams > 0) this.violated(`${pendingStreams} streams are left`);
    const listeners = this.network.family.listeners();
    if (listeners.length > 0) this.violated(`somebody still listens: ${listeners.join(', ')}`);
    for (const guest of this.guests)
      if (guest.openConnections > 0) this.violated(`${guest.name} still has connections`);
  }

  #start(): Process {
    const { contention, hooked, scanInterval, restoreHostConnection, disconnectOnStop, isKept } = this.#plan;
    const order = new Dice(this.#plan.order ^ 0x5eed);
    return new Process(
      {
        clock: this.clock,
        network: this.network,
        radio: this.radio.backend,
        disk: this.disk,
        random: order.number,
        hooks: () => this.hooks,
        quirk: (kinds) => this.#takeQuirk(kinds),
        note: this.note,
        crashed: (part) => this.#crashed(part),
      },
      { contention, hooked, scanInterval, restoreHostConnection, disconnectOnStop, isKept },
    );
  }

  #takeQuirk(kinds: readonly Quirk[]): Quirk | undefined {
    const at = this.quirks.findIndex((quirk) => kinds.includes(quirk));
    const quirk = at < 0 ? undefined : this.quirks.splice(at, 1)[0];
    if (quirk === undefined) return undefined;
    this.note(() => `radio: ${quirk}`);
    if (crashing.has(quirk)) this.#mayCrash = true;
    return quirk;
  }

  #crashed(part: string): void {
    this.note(() => `crash: ${part}`);
    // Listeners and radios count their failures there, too.
    if (part === 'listener' || part === 'radio') return;
    this.#excuses += 1;
    if (!this.#mayCrash) this.violated(`${part} crashed`);
    for (const guest of this.guests) guest.doubt = true;
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
