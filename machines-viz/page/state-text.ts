/** State values as paths and as text. */
import type { StateValue } from 'xstate';

/** Paths of all active states, outer ones too: `busy` and `busy.matching`. */
export const activePaths = (value: StateValue | undefined, prefix = ''): readonly string[] => {
  if (typeof value === 'string') return [prefix + value];
  return Object.entries(value ?? {}).flatMap(([key, inner]) => [
    prefix + key,
    ...activePaths(inner, `${prefix}${key}.`),
  ]);
};

/** `busy.matching`; of parallel regions all: `link.connected, scan.idle`. */
export const stateText = (value: StateValue | undefined): string => {
  const paths = activePaths(value);
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`))).join(', ');
};
