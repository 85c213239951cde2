/** A machine as plain data: what is drawn, exported, compared and sent to the inspector's page. */
import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';
import type { Explains } from '../actors/explains.js';

const unexplained: Explains<string, string> = { events: {}, delays: {} };

type Node = AnyStateMachine['root'];

/** What sets a transition off. */
export type Trigger =
  | { readonly kind: 'event'; readonly event: string }
  /** `milliseconds`: null where the machine works the delay out. */
  | { readonly kind: 'delay'; readonly delay: string; readonly milliseconds: number | null }
  | { readonly kind: 'always' }
  /** The states inside have come to their end. */
  | { readonly kind: 'ended' }
  /** An actor that the state has started is done or has failed. */
  | { readonly kind: 'done' | 'failed'; readonly actor: string };

export interface ChartTransition {
  /** Path of the state it belongs to, keys joined by dots; '' is the machine itself. */
  readonly source: string;
  /** As XState names it in its inspection events. */
  readonly eventType: string;
  readonly trigger: Trigger;
  readonly guard: string | null;
  /** Names, with constant parameters in brackets. */
  readonly actions: readonly string[];
  /** Paths; empty: the state stays as it is. */
  readonly targets: readonly string[];
  readonly reenter: boolean;
}

export interface ChartState {
  readonly key: string;
  readonly path: string;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly description: string;
  /** Path of the child it begins with; null where there is none to choose. */
  readonly initial: string | null;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Names of the actors that live as long as the state. */
  readonly invokes: readonly string[];
  readonly transitions: readonly ChartTransition[];
  readonly states: readonly ChartState[];
}

/** A name with what it means, in one line. */
interface Explanation {
  readonly name: string;
  readonly description: string;
}

export interface Statechart {
  readonly id: string;
  readonly description: string;
  /** What there is one of these for, such as `guest`; null: there is exactly one. */
  readonly per: string | null;
  readonly root: ChartState;
  readonly events: readonly Explanation[];
  readonly delays: readonly (Explanation & { readonly milliseconds: number | null })[];
}

const pathOf = (node: { readonly path: readonly string[] }): string => node.path.join('.');

/** `noteFailure(status: 37)`; of an object only the name, and nothing of a parameter that is worked out. */
const nameOf = (named: unknown): string => {
  if (typeof named === 'string') return named;
  if (typeof named === 'function') return named.name === '' ? '(unnamed)' : named.name;
  const { type, params } = named as { readonly type: string; readonly params?: unknown };
  if (typeof params !== 'object' || params === null) return type;
  const shown = Object.entries(params).map(([name, value]) =>
    typeof value === 'object' ? name : `${name}: ${value}`,
  );
  return `${type}(${shown.join(', ')})`;
};

const constantDelay = (machine: AnyStateMachine, delay: string | number): number | null => {
  if (typeof delay === 'number') return delay;
  const implementation: unknown = machine.implementations.delays[delay];
  return typeof implementation === 'number' ? implementation : null;
};

const triggerOf = (machine: AnyStateMachine, node: Node, transition: AnyTransitionDefinition): Trigger => {
  const { eventType } = transition;
  if (eventType === '') return { kind: 'always' };
  if (eventType === `xstate.done.state.${node.id}`) return { kind: 'ended' };
  for (const { eventType: type, delay } of node.after)
    if (type === eventType)
      return {
        kind: 'delay',
        delay: String(delay),
        milliseconds: constantDelay(machine, delay as string | number),
      };
  for (const { id, src } of node.invoke) {
    if (eventType === `xstate.done.actor.${id}`) return { kind: 'done', actor: String(src) };
    if (eventType === `xstate.error.actor.${id}`) return { kind: 'failed', actor: String(src) };
  }
  return { kind: 'event', event: eventType };
};

const transitionsOf = (machine: AnyStateMachine, node: Node): readonly ChartTransition[] =>
  [...(node.always ?? []), ...[...node.transitions.values()].flat()].map((transition) => ({
    source: pathOf(node),
    eventType: transition.eventType,
    trigger: triggerOf(machine, node, transition),
    guard: transition.guard === undefined ? null : nameOf(transition.guard),
    actions: transition.actions.map(nameOf),
    targets: (transition.target ?? []).map(pathOf),
    reenter: transition.reenter,
  }));

/** Of the configuration: a resolved state also has the timers of its delays among its actions. */
const listed = (actions: unknown): readonly string[] =>
  (actions === undefined ? [] : Array.isArray(actions) ? actions : [actions]).map(nameOf);

const stateOf = (machine: AnyStateMachine, node: Node): ChartState => {
  const [first] = node.initial?.target ?? [];
  return {
    key: node.key,
    path: pathOf(node),
    type: node.type,
    description: node.description ?? '',
    initial: first === undefined ? null : pathOf(first),
    entry: listed(node.config.entry),
    exit: listed(node.config.exit),
    invokes: node.invoke.map(({ src }) => String(src)),
    transitions: transitionsOf(machine, node),
    states: Object.values(node.states).map((child) => stateOf(machine, child)),
  };
};

/** A state and everything inside it. */
export const allStates = (state: ChartState): readonly ChartState[] => [
  state,
  ...state.states.flatMap(allStates),
];

/** Reads a machine. Cheap enough to be done on demand: it walks the configuration once. */
export const statechart = (machine: AnyStateMachine): Statechart => {
  const root = stateOf(machine, machine.root);
  const { events, delays, per = null } = (machine.root.meta ?? unexplained) as Explains<string, string>;
  const triggers = allStates(root).flatMap(({ transitions }) => transitions.map(({ trigger }) => trigger));
  const named = new Map<string, number | null>();
  for (const trigger of triggers)
    if (trigger.kind === 'delay') named.set(trigger.delay, trigger.milliseconds);
  const received = new Set(triggers.flatMap((trigger) => (trigger.kind === 'event' ? [trigger.event] : [])));
  return {
    id: machine.id,
    description: root.description,
    per,
    root,
    events: [...received].map((name) => ({ name, description: events[name] ?? '' })),
    delays: [...named].map(([name, milliseconds]) => ({
      name,
      milliseconds,
      description: delays[name] ?? '',
    })),
  };
};

/** `after 2 s`, `after tryTimeout`, `connectStation done`, `link.lost` */
export const triggerText = (trigger: Trigger): string => {
  switch (trigger.kind) {
    case 'event':
      return trigger.event;
    case 'delay':
      return `after ${trigger.milliseconds === null ? trigger.delay : durationText(trigger.milliseconds)}`;
    case 'always':
      return 'at once';
    case 'ended':
      return 'at its end';
    case 'done':
    case 'failed':
      return `${trigger.actor} ${trigger.kind}`;
  }
};

/** `250 ms`, `2 s`, `1.5 s` */
export const durationText = (milliseconds: number): string =>
  milliseconds < 1000 ? `${milliseconds} ms` : `${milliseconds / 1000} s`;
