/** Which machines there are to be drawn, exported and inspected: the root's, and every one that it leads to. */
import type { AnyStateMachine } from 'xstate';
import { proxyWifiOn } from '../actors/proxy-wifi.js';

/** The root machine is only looked at here, never run. */
const root = proxyWifiOn({
  transport: () => {
    throw new Error('a machine that is drawn does not open sockets');
  },
  radios: () => [],
  logNative: () => ({ unsubscribe: () => undefined }),
  problemsOf: () => [],
});

/** A machine and the machines it starts. */
export interface ActorNode {
  readonly machine: AnyStateMachine;
  /** The name under which its parent knows it; of the root its id. */
  readonly source: string;
  /** Id of the shared machine around it, such as `supervised`. */
  readonly within?: string;
  readonly children: readonly ActorNode[];
}

const isMachine = (logic: unknown): logic is AnyStateMachine =>
  typeof logic === 'object' && logic !== null && 'root' in logic && 'implementations' in logic;

const actorNode = (machine: AnyStateMachine, source: string): ActorNode => ({
  machine,
  source,
  children: Object.entries(machine.implementations.actors).flatMap(([name, logic]) =>
    isMachine(logic) ? [actorNode(logic, name)] : [],
  ),
});

const whole: ActorNode = actorNode(root, root.id);

const flatten = (node: ActorNode): readonly AnyStateMachine[] => [
  node.machine,
  ...node.children.flatMap(flatten),
];

const all: readonly AnyStateMachine[] = flatten(whole);

/** Every machine once, parents before children: of those that are built alike for several parts, as a supervisor is, the first. */
export const machines: readonly AnyStateMachine[] = [
  ...new Map(all.toReversed().map((machine) => [machine.id, machine])).values(),
].toReversed();

/** Is it built alike for several parts? */
export const isShared = ({ id }: AnyStateMachine): boolean =>
  all.filter((machine) => machine.id === id).length > 1;

/** What a shared machine holds alone stands in its place. */
const placed = (node: ActorNode): ActorNode => {
  const [only, ...others] = node.children;
  return isShared(node.machine) && only !== undefined && others.length === 0
    ? placed({ ...only, within: node.machine.id })
    : { ...node, children: node.children.map(placed) };
};

/** The tree of actors as the machines themselves state it, from the root down. */
export const actorTree: ActorNode = placed(whole);
