/**
 * Whatever a machine is told is judged twice: first as XState's pure `transition`, in which nothing may happen at all, then for
 * real. What happens in the first was done while actions were being collected, where it does not belong.
 */

import {
  Actor,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type InspectionEvent,
  initialTransition,
  StateMachine,
  transition,
} from 'xstate';
import { Counters } from '../../actors/application/counters.js';
import { FactStream } from '../../actors/application/fact-stream.js';
import { GuestConnections } from '../../actors/guest/connections.js';
import { Guests } from '../../actors/guest/guest-register.js';
import { NotificationSender } from '../../actors/guest/notification-sender.js';
import { Interfaces } from '../../actors/host/interface-register.js';
import { Seat } from '../../actors/seat.js';
import { Deadlines } from '../../streams/deadlines.js';
import { noteEffect, watchEffects } from '../stage/effects.js';
import { pathOf } from './snapshot-words.js';

/** So often a machine is judged in one state on events of one type; after that only now and then. */
const often = 24;
/** Then it is every so-many-th time. */
const rarely = 32;

/** The changing methods of what the actors share. */
const changing: readonly (readonly [{ readonly prototype: object }, readonly string[]])[] = [
  [Actor, ['send', 'start', 'stop']],
  [Seat, ['take', 'send']],
  [FactStream, ['publish', 'announce']],
  [Counters, ['count', 'requestAnswered']],
  [Interfaces, ['admit', 'remove', 'clear']],
  [Guests, ['open', 'close', 'clear', 'release']],
  [GuestConnections, ['accept', 'follow', 'drop', 'close']],
  [NotificationSender, ['send']],
  [Deadlines, ['in', 'clear']],
];

const scheduling = ['queueMicrotask', 'setTimeout', 'setImmediate'] as const;

type Method = (this: unknown, ...args: readonly unknown[]) => unknown;

/** Lets a method tell; returns how to undo it. */
const tell = (owner: object, name: string, what: string): (() => void) => {
  const method = Reflect.get(owner, name) as Method;
  Reflect.set(owner, name, function (this: unknown, ...args: readonly unknown[]): unknown {
    noteEffect(what);
    return Reflect.apply(method, this, args);
  });
  return () => {
    Reflect.set(owner, name, method);
  };
};

/** Judges the machines of one model. */
export class Purity {
  /** What happened although nothing may: machine, state, event, effect. */
  findings: readonly string[] = [];
  /** How often each machine was judged in each state on each event. */
  readonly judged = new Map<string, number>();
  #undo: readonly (() => void)[] = [];
  #isJudging = false;

  /** From now on everything that is done tells. */
  begin(): void {
    const told = changing.flatMap(([owner, names]) =>
      names.map((name) =>
        tell(owner.prototype, name, `${(owner as { readonly name?: string }).name}.${name}`),
      ),
    );
    const scheduled = scheduling.map((name) => tell(globalThis, name, name));
    this.#undo = [...told, ...scheduled];
  }

  end(): void {
    for (const undo of this.#undo) undo();
    this.#undo = [];
  }

  /** Puts itself between a new actor and its machine. */
  readonly inspect = (inspected: InspectionEvent): void => {
    if (inspected.type !== '@xstate.actor' || !('logic' in inspected.actorRef)) return;
    const actor = inspected.actorRef as { logic: unknown };
    if (actor.logic instanceof StateMachine) actor.logic = this.#judged(actor.logic);
  };

  #judged(machine: AnyStateMachine): AnyStateMachine {
    const start = (input: unknown): void =>
      this.#judge(`${machine.id} at its start`, () => initialTransition(machine, input));
    const step = (before: AnyMachineSnapshot, event: EventObject): void =>
      this.#judge(`${machine.id} in ${pathOf(before.value)} at ${event.type}`, () =>
        transition(machine, before, event),
      );
    return Object.assign(Object.create(machine) as AnyStateMachine, {
      getInitialSnapshot: (scope: AnyActorScope, input: unknown) => {
        start(input);
        return machine.getInitialSnapshot(scope, input);
      },
      transition: (before: AnyMachineSnapshot, event: EventObject, scope: AnyActorScope) => {
        step(before, event);
        return machine.transition(before, event, scope);
      },
    });
  }

  #judge(occasion: string, decide: () => unknown): void {
    if (this.#isJudging) return;
    const times = this.judged.get(occasion) ?? 0;
    this.judged.set(occasion, times + 1);
    if (times >= often && times % rarely !== 0) return;
    this.#isJudging = true;
    watchEffects((effect) => {
      const finding = `${occasion}: ${effect}`;
      if (!this.findings.includes(finding)) this.findings = [...this.findings, finding];
    });
    try {
      decide();
    } finally {
      watchEffects(undefined);
      this.#isJudging = false;
    }
  }
}
