/** One process of the service in a simulation: it can be stopped, and it can be killed, after which nothing of it does anything. */
import { map, mergeMap, takeWhile } from 'rxjs';
import { type Actor, createActor } from 'xstate';
import { proxyWifiOn } from '../../actors/proxy-wifi.js';
import type { Platform } from '../../actors/service.js';
import type {
  Clock,
  Decision,
  Fact,
  Log,
  LogFacts,
  ManualClock,
  Observer,
  ProxyWifiInput,
  ServiceStatus,
} from '../../index.js';
import type { RadioBackend, StationEvent, StationInterface } from '../../native/radio.js';
import { stateFileOn } from '../../native/state-file.js';
import type { TimerHandle } from '../../streams/clock.js';
import type { SimulatedDisk } from './disk.js';
import type { Network } from './network.js';
import { hostName } from './network.js';
import type { HookManner, Quirk } from './plan.js';

/** The part of the host that outlives a process. */
export interface Host {
  readonly clock: ManualClock;
  readonly network: Network;
  readonly radio: RadioBackend;
  readonly disk: SimulatedDisk;
  readonly random: () => number;
  /** How the hooks behave now. */
  readonly hooks: () => HookManner;
  /** The quirk that hits this operation, if one does. */
  readonly quirk: (of: readonly Quirk[]) => Quirk | undefined;
  readonly note: (line: () => string) => void;
  /** A part of the service has crashed. */
  readonly crashed: (part: string) => void;
}

export type ProcessInput = Pick<
  ProxyWifiInput,
  'contention' | 'scanInterval' | 'restoreHostConnection' | 'disconnectOnStop'
> & {
  readonly hooked: boolean;
  /** It has a state file. */
  readonly isKept: boolean;
};

/** Milliseconds after which what is late comes. */
const lateness = 14_000;

/** The events that a quirk doubles. */
const twiceOf: Readonly<Partial<Record<StationEvent['type'], Quirk>>> = {
  'scan.completed': 'scan ends twice',
  connected: 'connected twice',
};

/** The clock of a process: its timers end with it. */
class ProcessClock implements Clock {
  readonly #clock: ManualClock;
  readonly #waiting = new Set<TimerHandle>();
  #isAlive = true;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  readonly now = (): number => this.#clock.now();
  readonly elapsed = (): number => this.#clock.elapsed();

  readonly setTimeout = (callback: () => void, milliseconds: number): TimerHandle => {
    if (!this.#isAlive) return undefined;
    const handle = this.#clock.setTimeout(() => {
      this.#waiting.delete(handle);
      callback();
    }, milliseconds);
    this.#waiting.add(handle);
    return handle;
  };

  readonly clearTimeout = (handle: TimerHandle): void => {
    this.#waiting.delete(handle);
    this.#clock.clearTimeout(handle);
  };

  get pending(): number {
    return this.#waiting.size;
  }

  kill(): void {
    this.#isAlive = false;
    for (const handle of this.#waiting) this.#clock.clearTimeout(handle);
    this.#waiting.clear();
  }
}

export class Process {
  readonly #host: Host;
  readonly #clock: ProcessClock;
  readonly #actor: Actor<ReturnType<typeof proxyWifiOn>>;
  #isAlive = true;

  constructor(host: Host, { hooked, isKept, ...settings }: ProcessInput) {
    this.#host = host;
    this.#clock = new ProcessClock(host.clock);
    const { network, note } = host;
    const transport = network.family.transport(host.clock);
    const radio = this.#alive(host.radio);
    const platform: Platform = {
      transport: () => transport,
      radios: () => [radio],
      // Calls into the host are the process's own: none of a plan's.
      logNative: () => ({ unsubscribe: () => undefined }),
      problemsOf: () => [],
    };
    const input: ProxyWifiInput = {
      ...settings,
      endpoints: [`memory://${hostName}`],
      observer: this.#observer(hooked),
      log: this.#log(),
      metrics: {
        count: (counter, label) => {
          if (counter === 'restarts' && this.#isAlive) host.crashed(label);
        },
        requestAnswered: () => undefined,
      },
      ...(isKept && {
        stateStore: stateFileOn(
          host.disk.seenBy(() => this.#isAlive),
          '/state.json',
        ),
      }),
      random: host.random,
      clock: this.#clock,
    };
    this.#actor = createActor(proxyWifiOn(platform), { clock: this.#clock, input });
    this.#actor.on('*', (fact: Fact) => {
      if (this.#isAlive) note(() => `fact: ${JSON.stringify(fact)}`);
    });
    this.#actor.start();
  }

  get status(): ServiceStatus {
    return this.#actor.getSnapshot().context.status.read();
  }

  get isRunning(): boolean {
    return this.#isAlive && this.#actor.getSnapshot().matches('running');
  }

  get isStopped(): boolean {
    return this.#actor.getSnapshot().matches('stopped');
  }

  /** Timers that wait. */
  get pending(): number {
    return this.#clock.pending;
  }

  /** Actors that live below the root. */
  get children(): readonly string[] {
    return Object.keys(this.#actor.getSnapshot().children).filter((id) =>
      /^(guests|listener|radio|own)/.test(id),
    );
  }

  send(type: 'start' | 'stop'): void {
    this.#host.note(() => `process: ${type}`);
    this.#actor.send({ type });
  }

  /** Ends it as the end of a process does: no timer fires, sockets close, nobody hears of anything. */
  kill(): void {
    this.#isAlive = false;
    this.#clock.kill();
    this.#actor.stop();
  }

  #observer(hooked: boolean): Observer {
    const obey = <T>(otherwise: T): T | Promise<T> => {
      const { clock, hooks, note } = this.#host;
      const manner = hooks();
      note(() => `hook: ${manner}`);
      switch (manner) {
        case 'obey':
        case 'deny':
          return otherwise;
        case 'throw':
          throw new Error('a hook that throws');
        case 'reject':
          return Promise.reject(new Error('a hook that rejects'));
        case 'hang':
          return new Promise(() => undefined);
        case 'dawdle':
          return new Promise((resolve) => clock.setTimeout(() => resolve(otherwise), 3000));
      }
    };
    const told = (): void | Promise<void> => obey(undefined);
    return {
      authorizeGuestConnection: () => obey<Decision>(this.#host.hooks() === 'deny' ? 'deny' : 'approve'),
      ...(hooked && {
        guestScanRequested: told,
        guestScanCompleted: told,
        guestConnectionCompleted: told,
        guestDisconnectionRequested: told,
        guestDisconnectionCompleted: told,
        hostConnected: told,
        hostDisconnected: told,
      }),
    };
  }

  #log(): Log {
    const write =
      (level: string) =>
      (facts: LogFacts, message: string): void => {
        if (this.#isAlive) this.#host.note(() => `${level}: ${message} ${JSON.stringify(facts)}`);
      };
    return {
      isLevelEnabled: () => true,
      debug: write('debug'),
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    };
  }

  /** The radio as this process sees it while it lives. */
  #alive(radio: RadioBackend): RadioBackend {
    return {
      ...radio,
      open: radio.open.pipe(
        takeWhile(() => this.#isAlive),
        map((event) =>
          event.type === 'interface.arrived' && event.interface.kind === 'station'
            ? { ...event, interface: this.#quirky(event.interface) }
            : event,
        ),
      ),
    };
  }

  #late<T>(value: T | Promise<T>): Promise<T> {
    return new Promise((resolve) => this.#host.clock.setTimeout(() => resolve(value), lateness));
  }

  /** The same interface, whose operations are hit by quirks. */
  #quirky(station: StationInterface): StationInterface {
    const { quirk } = this.#host;
    return {
      ...station,
      events: station.events.pipe(
        mergeMap((event) => {
          const twice = twiceOf[event.type];
          return twice !== undefined && quirk([twice]) !== undefined ? [event, event] : [event];
        }),
      ),
      scan: (ssid) => {
        const hit = quirk(['scan throws', 'scan is late']);
        if (hit === 'scan throws') throw new Error('a radio that throws');
        const answer = station.scan(ssid);
        return hit === 'scan is late' ? this.#late(answer) : answer;
      },
      connect: (order, abort) => async () => {
        const hit = quirk(['connect rejects', 'connect is late']);
        if (hit === 'connect rejects') throw new Error('a radio that rejects');
        const result = await station.connect(order, abort)();
        return hit === 'connect is late' ? this.#late(result) : result;
      },
      disconnect: () => async () => {
        const hit = quirk(['disconnect rejects', 'disconnect is late']);
        if (hit === 'disconnect rejects') throw new Error('a radio that rejects');
        const result = await station.disconnect()();
        return hit === 'disconnect is late' ? this.#late(result) : result;
      },
    };
  }
}
