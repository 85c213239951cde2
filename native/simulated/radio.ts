/** The simulated radio: a whole host in software, driven by a scenario. Back end of `--radio simulated`. */
import * as O from 'fp-ts/lib/Option.js';
import { Observable } from 'rxjs';
import type { Clock } from '../../streams/clock.js';
import type { Log } from '../log.js';
import type { RadioBackend, RadioEvent } from '../radio.js';
import type { Scenario } from './scenario.js';
import { type SimulationControl, World } from './world.js';

/** What a simulated radio needs besides its scenario. */
export interface SimulatedRadioOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Where a seed comes from if the scenario has none: 32 bits. Default: chance. */
  readonly newSeed?: () => number;
}

/** A radio back end that can be told what happens next. */
export interface SimulatedBackend extends RadioBackend {
  /** All random choices come from it: the same scenario with the same seed goes the same way. */
  readonly seed: number;
  /** Of the scenario that is played now. */
  readonly control: SimulationControl;
  /** What is played now. */
  readonly played: Scenario;
  /**
   * Plays another scenario from now on: interfaces leave, and those of the new one arrive. Its time starts now, or when the
   * radio is opened next.
   */
  readonly replace: (scenario: Scenario) => void;
}

/**
 * A radio that plays `scenario`. Its time starts when it is opened first and goes on while it is closed. One opening
 * at a time: a second one fails with `SIMULATED_IN_USE`.
 */
export const simulatedBackend = (
  scenario: Scenario,
  { clock, log, newSeed = seedByChance }: SimulatedRadioOptions,
): SimulatedBackend => {
  const playing = (next: Scenario) => {
    const seed = O.getOrElse(newSeed)(next.seed);
    log.info({ seed }, `simulated radio with seed ${seed}`);
    return { scenario: next, seed, world: new World({ scenario: next, seed, clock, log }) };
  };
  let now = playing(scenario);
  return {
    name: 'simulated',
    get seed() {
      return now.seed;
    },
    get control() {
      return now.world.control;
    },
    get played() {
      return now.scenario;
    },
    replace: (next) => {
      const { world } = now;
      now = playing(next);
      world.handOver(now.world);
    },
    open: new Observable<RadioEvent>((subscriber) => {
      now.world.watch(subscriber);
      return () => now.world.close(subscriber);
    }),
  };
};

const seedByChance = (): number => Math.floor(Math.random() * 2 ** 32);
