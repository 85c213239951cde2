/** A service that nobody can reach. */

/** None of the endpoints could be bound at a start: `problems` says of each where, what was wrong and what to do. */
export class NoEndpointError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`proxy-wifi: no endpoint could be bound: ${problems.join('; ')}`);
    this.name = 'NoEndpointError';
    this.problems = problems;
  }
}
