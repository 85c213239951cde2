/** The state of everything at many points in time, kept at the cost of what has changed, and the older the sparser. */

/** Most states of everything that are kept, in the service and on a page. */
const statusLimit = 320;

/** Which of these numbers, oldest first, to let go of: none, or every second one of the older half. */
export const tooMany = (numbers: readonly number[]): readonly number[] =>
  numbers.length <= statusLimit ? [] : numbers.slice(0, numbers.length / 2).filter((_, i) => i % 2 === 1);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Plain data equal to `now`, which shares with `before` whatever has not changed. */
export const sharing = <Data>(before: unknown, now: Data): Data => {
  if (Object.is(before, now)) return now;
  if (!isRecord(before) || !isRecord(now) || Array.isArray(before) !== Array.isArray(now)) return now;
  const names = Object.keys(now);
  let same = names.length === Object.keys(before).length;
  const parts = names.map((name) => {
    const part = sharing(before[name], now[name]);
    same &&= part === before[name] && name in before;
    return [name, part] as const;
  });
  if (same) return before as Data;
  return (Array.isArray(now) ? parts.map(([, part]) => part) : Object.fromEntries(parts)) as Data;
};
