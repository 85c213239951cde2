/** Why something is not done, as HTTP says it. */
import { type Problem, problemText } from '../json/problem.js';

export interface Refusal {
  readonly status: number;
  /** For people. */
  readonly message: string;
  readonly problems?: readonly Problem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** Not what was asked for, or not now. */
export const refusal = (status: number, message: string, headers?: Refusal['headers']): Refusal => ({
  status,
  message,
  ...(headers === undefined ? {} : { headers }),
});

/** What was sent is readable and wrong. */
export const wrongBody = (problems: readonly Problem[], status = 422): Refusal => ({
  status,
  message: problems.map(problemText).join('; '),
  problems,
});
