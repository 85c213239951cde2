/** Many plans, one after the other: each from its seed, made smaller by fast-check when it fails. */
import fc from 'fast-check';
import { type Plan, plan } from './plan.js';
import { play } from './plays.js';

export interface PlanFailure {
  readonly seed: number;
  /** The smallest plan found that still fails. */
  readonly plan: Plan;
  readonly violations: readonly string[];
}

export interface PlanReport {
  readonly plans: number;
  readonly steps: number;
  readonly answers: number;
  readonly failures: readonly PlanFailure[];
}

/** The plan of a seed, for those who want to look at it. */
export const planOf = (seed: number): Plan => {
  const [first] = fc.sample(plan, { seed, numRuns: 1 });
  if (first === undefined) throw new Error('no plan');
  return first;
};

/** The smallest plan that fails as this seed's does. */
const smallest = async (seed: number): Promise<Plan> => {
  const fails = fc.asyncProperty(plan, async (candidate) => {
    const { violations } = await play(candidate);
    return violations.length === 0;
  });
  const result = await fc.check(fails, { seed, numRuns: 1, interruptAfterTimeLimit: 60_000 });
  return result.counterexample?.[0] ?? planOf(seed);
};

/** Plays the plans of `count` seeds. `until`: no new one is begun after this moment, in milliseconds since the epoch. */
export const playPlans = async (
  first: number,
  count: number,
  {
    until = Number.POSITIVE_INFINITY,
    most = 5,
    progress = (_report: PlanReport): void => undefined,
    failed = (_failure: PlanFailure): void => undefined,
  } = {},
): Promise<PlanReport> => {
  let report: PlanReport = { plans: 0, steps: 0, answers: 0, failures: [] };
  for (let seed = first; seed < first + count && Date.now() < until; seed++) {
    const candidate = planOf(seed);
    const { violations, answers } = await play(candidate);
    report = {
      plans: report.plans + 1,
      steps: report.steps + candidate.steps.length,
      answers: report.answers + answers,
      failures: report.failures,
    };
    if (violations.length > 0) {
      const small = await smallest(seed);
      const { violations: remaining } = await play(small);
      const failure = { seed, plan: small, violations: remaining.length > 0 ? remaining : violations };
      failed(failure);
      report = { ...report, failures: [...report.failures, failure] };
      if (report.failures.length >= most) break;
    }
    progress(report);
  }
  return report;
};
