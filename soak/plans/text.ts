/** Plans and reports in words. */
import type { Plan, Step } from './plan.js';
import type { PlanFailure, PlanReport } from './plans.js';

const stepText = ({ do: what, ...rest }: Step): string =>
  [
    what,
    ...Object.values(rest).map((value) =>
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ),
  ].join(' ');

/** Everything that is fixed for a plan, then a line for each step. */
export const planText = ({ steps, ...rest }: Plan): string =>
  [JSON.stringify(rest), ...steps.map((step, n) => `${String(n + 1).padStart(4)}. ${stepText(step)}`)].join(
    '\n',
  );

export const failureText = ({ seed, plan, violations }: PlanFailure): string =>
  [
    `seed ${seed}: ${violations.join('; ')}`,
    planText(plan),
    `npm run soak -- plans --seeds 1 --seed ${seed} --trace shows everything that happens in the whole plan of this seed.`,
  ].join('\n');

export const reportText = ({ plans, steps, answers, failures }: PlanReport, milliseconds: number): string =>
  `${plans} plans with ${steps} steps and ${answers} answered requests in ${Math.round(milliseconds / 1000)} s, ${failures.length} failed`;
