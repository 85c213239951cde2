/** What a service has while it lives: its settings, of which some may change, the platform, the clock, the log, the counters, the observer. */
import type { LeftLinks, RadioBackend } from '../native/radio.js';
import type { Endpoint } from '../native/sockets/endpoint.js';
import type { Transport } from '../native/sockets/transport.js';
import type { Clock } from '../streams/clock.js';
import { Deadlines } from '../streams/deadlines.js';
import { Pacing } from '../streams/pacing.js';
import { Counters } from './application/counters.js';
import type { Log } from './application/log.js';
import { type ObserverCalls, observerCalls } from './application/observer.js';
import { refusing } from './application/policy.js';
import type { Settings } from './application/settings.js';
import { Memory } from './state/memory.js';

/** The operating system's part, put together by the package's entry. */
export interface Platform {
  readonly transport: (scheme: Endpoint['scheme'], clock: Clock) => Transport;
  /** The radios that the settings ask for, in dispatch order; fake networks come first. */
  readonly radios: (settings: Settings, leftLinks: LeftLinks) => readonly RadioBackend[];
  /** Writes what native code does and what goes wrong in it, until it is ended. */
  readonly logNative: (log: Log) => { readonly unsubscribe: () => void };
  /** What is wrong with the settings and only the platform can tell: a scenario, a radio that this system does not have. */
  readonly problemsOf: (settings: Settings) => readonly string[];
}

export class Service {
  #settings: Settings;
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: Counters;
  readonly observer: ObserverCalls;
  /** Where thousands of steps have one each: answers and notifications. */
  readonly deadlines: Deadlines;
  /** Whose notification is opened when. */
  readonly pacing: Pacing;
  /** What an earlier run knew, and what the next one is to know. */
  readonly memory: Memory;
  readonly #transports = new Map<Endpoint['scheme'], Transport>();

  constructor(settings: Settings, platform: Platform) {
    this.#settings = settings;
    this.platform = platform;
    this.clock = settings.clock;
    this.log = settings.log;
    this.counters = new Counters(settings.metrics);
    const { clock, log, observer } = settings;
    this.observer = observerCalls(observer, {
      clock,
      log,
      hookTime: () => this.settings.hookTime,
      refuses: refusing(() => this.settings, clock),
    });
    this.deadlines = new Deadlines(settings.clock);
    this.pacing = new Pacing(settings.clock, this.deadlines);
    this.memory = new Memory(settings.stateStore, settings.log);
  }

  /** How guests of that scheme are listened to and reached: one for all of them. */
  transport(scheme: Endpoint['scheme']): Transport {
    const known = this.#transports.get(scheme) ?? this.platform.transport(scheme, this.clock);
    this.#transports.set(scheme, known);
    return known;
  }

  /** As they are now: whoever keeps them misses a change. */
  get settings(): Settings {
    return this.#settings;
  }

  /** Goes on with other settings; `reconfigured` makes them. */
  adopt(settings: Settings): void {
    this.#settings = settings;
  }

  /** Keeps sockets, callbacks and buffers out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }

  /** The settings hold whatever secrets a scenario has: `util.inspect` and `console.log` show none of it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[service]';
  }
}
