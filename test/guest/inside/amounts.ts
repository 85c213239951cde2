/**
 * How much of what is repeated is done: all of it with `PROXY_WIFI_GUEST_WHOLE=1`, otherwise what fits into a run of CI. With
 * `PROXY_WIFI_GUEST_UNSHARED=1` no more often than there, but on this kernel also what it leaves to the other one.
 */
import { release } from 'node:os';

/** Everything, on every kernel. */
const whole = process.env.PROXY_WIFI_GUEST_WHOLE === '1';

/** What the kernels share is done by this one alone. */
const unshared = whole || process.env.PROXY_WIFI_GUEST_UNSHARED === '1';

/** How often a scan and a connect are repeated. */
export const often = whole ? 50 : 10;

/** Connects, each with a disconnect and a scan behind it, to see what is kept of them. */
export const operations = whole ? 1000 : 50;

/** Answers and notifications of a hostile host. */
export const hostileBodies = whole ? 100_000 : 2000;

/** Which of these things this kernel does: all, or every other one where the kernels share them. */
export const mine = <T>(things: readonly T[]): readonly T[] => {
  const turn = release().startsWith('6.1.') ? 0 : 1;
  return things.filter((_thing, i) => unshared || i % 2 === turn);
};
