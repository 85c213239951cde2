/** The scans of one simulated interface, and what they have found. */
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Bss } from '../../protocol/bss.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { RadioFailure, StationEvent } from '../radio.js';
import type { ScenarioInterface } from './scenario.js';
import type { Cancel } from './schedule.js';
import { faulty, type Surroundings } from './surroundings.js';

type ScanAnswer = E.Either<RadioFailure, 'complete' | 'running'>;

const complete: ScanAnswer = E.right('complete');
const running: ScanAnswer = E.right('running');
const undirected: ReadonlySet<Ssid> = new Set();

/** At most one scan at a time. */
export class Scanner {
  readonly #spec: ScenarioInterface;
  readonly #world: Surroundings;
  readonly #emit: (event: StationEvent) => void;
  #networks: readonly Bss[] = [];
  /** The hidden networks that the last scan looked for. */
  #directed = undirected;
  /** The air that `#networks` shows. */
  #version: number | undefined;
  #running: { directed: ReadonlySet<Ssid>; readonly cancel: Cancel } | undefined;

  constructor(spec: ScenarioInterface, world: Surroundings, emit: (event: StationEvent) => void) {
    this.#spec = spec;
    this.#world = world;
    this.#emit = emit;
  }

  /** What was seen last, or is seen now if scans are instant. The same array until it changes. */
  networks(): readonly Bss[] {
    if (this.#instant && this.#version !== this.#world.air.version) this.#look();
    return this.#networks;
  }

  /** Scans, also for the hidden network `ssid`. While a scan runs, it becomes part of that one. */
  scan(ssid: O.Option<Ssid>): ScanAnswer {
    const directed = O.isSome(ssid) ? new Set([ssid.value]) : undirected;
    if (this.#running !== undefined) {
      this.#running.directed = new Set([...this.#running.directed, ...directed]);
      return running;
    }
    const { faults } = this.#world;
    const { id } = this.#spec;
    const fault = faults.take('scan.fails', id);
    if (fault !== undefined && (fault.refused || this.#instant)) return E.left(faulty('scan'));
    if (this.#instant) {
      this.#lookFor(directed);
      return complete;
    }
    if (faults.take('scan.hangs', id) === undefined) this.#start(directed, fault !== undefined);
    return running;
  }

  /** The host scans of its own accord. */
  scanByHost(): void {
    if (!E.isRight(this.scan(O.none))) this.#emit({ type: 'scan.failed', reason: faulty('scan').detail });
    else if (this.#instant) this.#emit({ type: 'scan.completed' });
  }

  /** Whatever runs is given up; what was seen stays. */
  stop(): void {
    this.#running?.cancel();
    this.#running = undefined;
  }

  /** What was seen is forgotten. Nothing may run. */
  forget(): void {
    this.#networks = [];
    this.#directed = undirected;
    this.#version = undefined;
  }

  get #instant(): boolean {
    return this.#spec.scanDuration === 0;
  }

  #start(directed: ReadonlySet<Ssid>, fails: boolean): void {
    const { schedule, faults } = this.#world;
    const longer = faults.take('scan.slows', this.#spec.id)?.by ?? 0;
    const cancel = schedule.in(this.#spec.scanDuration + longer, () => {
      const looked = this.#running?.directed ?? directed;
      this.#running = undefined;
      if (fails) {
        this.#emit({ type: 'scan.failed', reason: faulty('scan').detail });
        return;
      }
      this.#lookFor(looked);
      this.#emit({ type: 'scan.completed' });
    });
    this.#running = { directed, cancel };
  }

  #lookFor(directed: ReadonlySet<Ssid>): void {
    if (directed.size > 0 || this.#directed.size > 0) {
      this.#directed = directed;
      this.#version = undefined;
    }
    if (this.#version !== this.#world.air.version) this.#look();
    this.#world.occurred({ event: 'scan', interface: this.#spec.id, ssid: O.none });
  }

  #look(): void {
    const { air } = this.#world;
    const seen: Bss[] = [];
    for (const onAir of air.accessPoints) {
      if (!onAir.heardBy(this.#spec.id)) continue;
      if (onAir.network.hidden && !this.#directed.has(onAir.network.ssid)) continue;
      seen.push(onAir.bss);
    }
    const before = this.#networks;
    if (seen.length !== before.length || seen.some((bss, i) => bss !== before[i])) this.#networks = seen;
    this.#version = air.version;
  }
}
