/** A restless host and its guests for many days, in virtual time. */
import { Dice } from '../dice.js';
import { networkNames, type Plan, portCount, type Step } from './plan.js';
import { type Outcome, outcomeOf } from './plays.js';
import { Simulation } from './simulation.js';
import { carryOut } from './steps.js';

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
  isKept: true,
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

/** A restless host and its guests for so many days, with a restart each week; `evening` sees each day's end. */
export const endure = async (
  { days, guests, seed }: { readonly days: number; readonly guests: number; readonly seed: number },
  evening: (day: Day) => void,
): Promise<Outcome> => {
  const simulation = new Simulation({ ...monthsPlan, order: seed }, { guests });
  for (const guest of simulation.guests) guest.listen();
  const dice = new Dice(seed);
  for (let day = 1; day <= days && simulation.violations.length === 0; day++) {
    const midnight = simulation.clock.elapsed() + dayTime;
    while (simulation.clock.elapsed() < midnight - eveningTime) {
      await carryOut(restlessStep(dice, guests), simulation);
      await simulation.pass(dice.below(2 * restlessTime));
    }
    if (day % 7 === 0) await simulation.restart(day % 2 === 0 ? 'stopped' : 'killed');
    await simulation.comeToRest();
    simulation.compare();
    await simulation.pass(Math.max(0, midnight - simulation.clock.elapsed()));
    evening({
      day,
      timers: simulation.clock.pending,
      late: simulation.clock.elapsed() - day * dayTime,
      answers: simulation.answers,
    });
  }
  await simulation.leave();
  return outcomeOf(simulation);
};
