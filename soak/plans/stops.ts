/** Stops the service while something is under way: it has a second, and nothing may be left. */
import type { StateValue } from 'xstate';
import type { ServiceStatus } from '../../index.js';
import type { Plan } from './plan.js';
import { Simulation, type Surroundings } from './simulation.js';
import { carryOut } from './steps.js';

/** What a stop in the middle of everything came to. */
export interface Stop {
  readonly violations: readonly string[];
  /** In which states machines were, as `dispatcher busy.connecting.matching`. */
  readonly states: readonly string[];
}

/** Every state in its path: `{ busy: { connecting: { trying: 'claiming' } } }` is `busy.connecting.trying.claiming`. */
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
    ...interfaces.flatMap(({ state }) => [
      ...named('hostInterface', state?.link ?? null),
      ...named('hostScan', state?.scan ?? null),
    ]),
    ...guests.flatMap(({ requestChannel, dispatcher, notificationChannel }) => [
      ...named('requestChannel', requestChannel),
      ...named('dispatcher', dispatcher),
      ...named('notificationChannel', notificationChannel),
    ]),
  ];
};

/** Milliseconds: a store that does not answer is waited for. */
const stopTime = ({ disk }: Simulation): number => (disk.isHanging ? 5100 : 1000);

/** Stops the service after so many steps, wherever everything is by then: it has a second, and nothing may be left. */
export const stopAfter = async (plan: Plan, steps: number): Promise<Stop> => {
  const simulation = new Simulation({ ...plan, disconnectOnStop: false });
  for (const guest of simulation.guests) guest.listen();
  await simulation.deliver(2);
  for (const step of plan.steps.slice(0, steps)) {
    await carryOut(step, simulation);
    await simulation.deliver(simulation.dice.below(8));
  }
  const states = statesOf(simulation.status);
  await simulation.stopProcess(stopTime(simulation));
  simulation.network.heal();
  simulation.kill();
  await simulation.pass(25_000);
  for (const guest of simulation.guests) guest.close();
  await simulation.pass(0);
  simulation.lookForLeftovers();
  return { violations: simulation.violations, states };
};

/** Stops the service in the very step in which some machine is in this state; undefined: none ever is. */
export const stopIn = async (
  plan: Plan,
  state: string,
  around: Surroundings = {},
): Promise<Stop | undefined> => {
  const simulation = new Simulation({ ...plan, disconnectOnStop: false }, around);
  const isThere = (): boolean => statesOf(simulation.status).includes(state);
  let found = isThere();
  for (const guest of simulation.guests) guest.listen();
  for (const step of plan.steps) {
    if (found) break;
    const until = simulation.clock.elapsed() + (step.do === 'pass' ? step.milliseconds : 0);
    if (step.do !== 'pass') await carryOut(step, simulation);
    do {
      // As fine as it gets: what is answered at once is so in a microtask.
      for (let turn = 0; turn < 60 && !found; turn++) {
        found = isThere();
        if (!found) await Promise.resolve();
      }
    } while (!found && (simulation.network.moveOne() || simulation.fireNext(until)));
  }
  if (!found) return undefined;
  await simulation.stopProcess(stopTime(simulation));
  simulation.kill();
  for (const guest of simulation.guests) guest.close();
  await simulation.pass(0);
  return { violations: simulation.violations, states: [state] };
};
