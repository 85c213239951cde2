/** Words that pages take from the machines: their events and the paths of their states. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { machines } from '../../machines-viz/machines.js';

/** Such as `busy.connecting.matching`. */
const statesOf = ({ path, states }: AnyStateNode): readonly string[] => [
  path.join('.'),
  ...Object.values(states).flatMap(statesOf),
];

const eventsOf = (machine: AnyStateMachine): readonly string[] =>
  Object.keys(machine.root.meta?.events ?? {});

const known: ReadonlySet<string> = new Set(
  machines.flatMap((machine) => [...eventsOf(machine), ...statesOf(machine.root)]),
);

/** What a page has in code type. */
export const codeWords = (page: string): readonly string[] =>
  [...page.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** Those words of a page that look like events or states, and which of them no machine has. */
export const machineWords = (
  page: string,
): { readonly named: readonly string[]; readonly unknown: readonly string[] } => {
  const named = codeWords(page).filter(
    (word) => /^[a-z]+(?:\.[a-z]+)+$/i.test(word) && !word.endsWith('.ts'),
  );
  return { named, unknown: named.filter((word) => !known.has(word)) };
};
