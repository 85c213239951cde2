/** Growing pauses as plain data, with the random numbers from outside. */

export interface RetrySchedule {
  /** First pause in milliseconds. */
  readonly first: number;
  /** Each pause is so many times the one before. */
  readonly factor: number;
  /** Longest pause in milliseconds. */
  readonly longest: number;
  /** Share of the pause that is random: 0.2 gives 90 % to 110 %. */
  readonly jitter: number;
}

/** For listeners, radios and crashed actors: half a second, growing to half a minute. */
export const reopening: RetrySchedule = { first: 500, factor: 2, longest: 30_000, jitter: 0.2 };

/** For a notification: four tries fit into its 2 s. */
export const redelivery: RetrySchedule = { first: 100, factor: 3, longest: 900, jitter: 0.2 };

/** The pause after the `attempt`th failure (1, 2, …) in milliseconds. `random` gives 0 ≤ x < 1. */
export const pause = (schedule: RetrySchedule, attempt: number, random: () => number): number => {
  const full = Math.min(schedule.longest, schedule.first * schedule.factor ** (attempt - 1));
  return Math.round(full * (1 + schedule.jitter * (random() - 0.5)));
};
