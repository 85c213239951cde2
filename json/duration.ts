/** Times as people type them: `5s`, `250ms`, `1m`. In documents and in code they are whole milliseconds. */

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What a typed time looks like, for error messages. */
export const durationForm = 'a time with its unit, such as 250ms, 5s, 1m or 2h';

/** Milliseconds of a typed time. Undefined for anything else; 0 alone needs no unit. */
export const parseDuration = (text: string): number | undefined => {
  if (text === '0') return 0;
  const [, number, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const milliseconds = Number(number) * (units[unit] ?? Number.NaN);
  return Number.isInteger(milliseconds) ? milliseconds : undefined;
};

/** The shortest way to type a time: `parseDuration` gives the same milliseconds again. */
export const durationText = (milliseconds: number): string => {
  if (milliseconds === 0) return '0';
  const [unit, size] = Object.entries(units).findLast(([, each]) => milliseconds % each === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
};
