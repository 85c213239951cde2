/** The right value, for tests that cannot go on without it. */
import type { Either } from 'fp-ts/lib/Either.js';

export const right = <E, A>(either: Either<E, A>): A => {
  if (either._tag === 'Left') throw new Error(`unexpected: ${JSON.stringify(either.left)}`);
  return either.right;
};
