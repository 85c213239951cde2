/** Plays one plan from its beginning to its end. */
import type { Plan } from './plan.js';
import { Simulation } from './simulation.js';
import { carryOut } from './steps.js';

/** What a plan came to. */
export interface Outcome {
  /** Everything that must not have been; empty: all is well. */
  readonly violations: readonly string[];
  /** Everything that happened, in order. */
  readonly trace: readonly string[];
  /** Requests that were answered. */
  readonly answers: number;
}

export const outcomeOf = ({ violations, trace, answers }: Simulation): Outcome => ({
  violations,
  trace,
  answers,
});

/** What happens in it, then all is repaired, all comes to rest and is compared, and all leave. */
export const play = async (plan: Plan, tracing = false): Promise<Outcome> => {
  const simulation = new Simulation(plan, { tracing });
  try {
    for (const guest of simulation.guests) guest.listen();
    await simulation.pass(1);
    for (const step of plan.steps) {
      simulation.note(() => `step: ${JSON.stringify(step)}`);
      await carryOut(step, simulation);
      await simulation.deliver(simulation.dice.below(8));
    }
    await simulation.comeToRest();
    simulation.compare();
    await simulation.leave();
  } catch (error) {
    simulation.violated(`the simulation failed: ${error instanceof Error ? error.stack : String(error)}`);
  }
  return outcomeOf(simulation);
};
