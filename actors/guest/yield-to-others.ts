/** Lets whatever else is ready come first, and more of it the longer a guest's last request took. */
import { fromPromise } from 'xstate';
import type { Service } from '../service.js';
import type { RequestChannelState } from './request-channel-state.js';

/** For so many times as long as its last request took a guest with more of them leaves the service to others. */
const share = 4;

/** Milliseconds of that at most: too few to be noticed by somebody who waits for one answer after the other. */
const longest = 10;

/** More requests than these within a second are not made by hand, nor by a driver. */
const fewEnough = 8;

/** Milliseconds for which requests are counted. */
const second = 1000;

type Pace = Pick<RequestChannelState, 'lately' | 'yieldsUntil'>;

/** A guest that has asked for nothing yet. */
export const unhurried: Pace = { lately: { since: Number.NEGATIVE_INFINITY, requests: 0 }, yieldsUntil: 0 };

/** One more request is begun. */
export const countBegun = ({ lately }: Pace, now: number): Pace['lately'] =>
  now - lately.since < second
    ? { since: lately.since, requests: lately.requests + 1 }
    : { since: now, requests: 1 };

/** Until when the guest of a request that has ended now leaves the service to others. */
export const yieldsUntil = (begunAt: number, now: number): number =>
  now + Math.min(share * (now - begunAt), longest);

/** Is the guest's next request to wait, although no other one of it does? What waits may be in the system's own queue, where nobody sees it. */
export const isHasty = ({ lately, yieldsUntil }: Pace, now: number): boolean =>
  now < yieldsUntil && lately.requests >= fewEnough;

export interface YieldInput {
  readonly service: Service;
  /** On the clock's elapsed time. */
  readonly until: number;
}

export const yieldToOthers = fromPromise<void, YieldInput>(
  ({ input: { service, until } }) =>
    new Promise((resolve) => {
      const pause = until - service.clock.elapsed();
      if (pause <= 0) setImmediate(resolve);
      else service.deadlines.in(pause, resolve);
    }),
);
