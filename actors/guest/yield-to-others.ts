/** Lets whatever else is ready come first, and more of it the longer a guest's last request took. */
import { fromPromise } from 'xstate';
import type { Service } from '../service.js';

/** For so many times as long as its last request took a guest with more of them waiting leaves the service to others. */
const share = 4;

/** Milliseconds of that at most: too few to be noticed by somebody who waits for one answer after the other. */
const longest = 10;

export interface YieldInput {
  readonly service: Service;
  /** Milliseconds that the last request took. */
  readonly took: number;
}

export const yieldToOthers = fromPromise<void, YieldInput>(
  ({ input: { service, took } }) =>
    new Promise((resolve) => {
      if (took <= 0) setImmediate(resolve);
      else service.deadlines.in(Math.min(share * took, longest), resolve);
    }),
);
