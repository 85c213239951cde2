/**
 * Walks the paths of a user-level model through the real service: each path on a stage of its own, and after every step the
 * service's snapshot, what guests got and what the observer heard must be what the model says.
 */
import { expect } from 'chai';
import type { AnyMachineSnapshot, AnyStateMachine, EventFromLogic, EventObject, SnapshotFrom } from 'xstate';
import {
  type AdjacencyValue,
  getAdjacencyMap,
  getStateNodes,
  type PathGenerator,
  type StatePath,
  TestModel,
  type TestPath,
} from 'xstate/graph';
import { Purity } from './purity.js';
import type { Scene, Staging } from './scene.js';
import type { Effects } from './words.js';

/** A model's context: the world as its user knows it, and what the last step has brought about. */
export interface ModelContext {
  readonly effects: Effects;
}

/** A model, and how its events are done to a real service. */
export interface Play<Machine extends AnyStateMachine> {
  readonly title: string;
  readonly machine: Machine;
  /** Every case of every event that carries something; other events need not be named. */
  readonly events: readonly EventFromLogic<Machine>[];
  /** Transitions of the machine that this variant of it never takes, as `state: event`. */
  readonly never?: readonly string[];
  /** Most steps of the simple paths: those that come to no state twice. */
  readonly longest: number;
  readonly open: (staging: Staging) => Promise<Scene>;
  readonly perform: (
    scene: Scene,
    event: EventFromLogic<Machine>,
    after: SnapshotFrom<Machine>,
    before: SnapshotFrom<Machine>,
  ) => void | Promise<void>;
  /** What the service's snapshot shows in this state. */
  readonly service: (state: SnapshotFrom<Machine>) => readonly string[];
}

/** Every model as the walk sees it: its own types are those of its `Play`. */
type State = AnyMachineSnapshot;
type Step = { readonly state: State; readonly event: EventObject };
type Transition = ReturnType<AnyStateMachine['getTransitionData']>[number];

/** What has been asserted of a model. */
class Coverage {
  readonly states = new Set<string>();
  readonly edges = new Set<string>();
  readonly transitions = new Set<Transition>();
}

/** The state without what the last step has brought about. */
const keyOf = (state: { readonly value: unknown; readonly context: ModelContext }): string => {
  const { effects: _, ...world } = state.context;
  return JSON.stringify([state.value, world]);
};

const edgeOf = (before: Parameters<typeof keyOf>[0], event: object): string =>
  `${keyOf(before)} ${JSON.stringify(event)}`;

const stepsFrom = (node: AdjacencyValue<State, EventObject> | undefined): readonly Step[] =>
  Object.values(node?.transitions ?? {});

/** Every simple path of up to `longest` steps. */
const simplePathsUpTo =
  (longest: number): PathGenerator<State, EventObject, unknown> =>
  (logic, options) => {
    const serializeState = (state: State): string => keyOf(state);
    const adjacency = getAdjacencyMap(logic, { ...options, serializeState });
    const reached = new Map(Object.entries(adjacency));
    const paths: StatePath<State, EventObject>[] = [];
    const extend = (steps: Step[], state: State, visited: ReadonlySet<string>): void => {
      paths.push({ state, steps, weight: steps.length - 1 });
      if (steps.length > longest) return;
      for (const { event, state: next } of stepsFrom(reached.get(keyOf(state)))) {
        const key = keyOf(next);
        if (!visited.has(key)) extend([...steps, { state: next, event }], next, new Set([...visited, key]));
      }
    };
    const [first] = reached.values();
    if (first === undefined) throw new Error('the model has no state');
    extend(
      [{ state: first.state, event: { type: 'xstate.init' } }],
      first.state,
      new Set([keyOf(first.state)]),
    );
    return paths;
  };

/** Every transition that is written in the machine. */
const writtenIn = (machine: AnyStateMachine): readonly Transition[] =>
  [machine.root, ...getStateNodes(machine)].flatMap((node) => [...node.transitions.values()].flat());

const modelOf = (machine: AnyStateMachine, named: readonly EventObject[]) => {
  const events = machine.events.flatMap((type) => {
    const cases = named.filter((event) => event.type === type);
    return cases.length > 0 ? cases : [{ type }];
  });
  return new TestModel<State, EventObject, unknown>(machine, {
    events: (state) => events.filter((event) => machine.getTransitionData(state, event).length > 0),
    // Each transition from each state is a goal of its own, so that the shortest paths take all of them.
    serializeState: (state, event, before) =>
      event === undefined || before === undefined ? keyOf(state) : `${edgeOf(before, event)} ${keyOf(state)}`,
  });
};

/** Milliseconds for all paths of one kind: there to end a hang, however busy the machine is. */
const patience = 300_000;

/** Declares the tests of a model. */
export const rehearse = <Machine extends AnyStateMachine>(play: Play<Machine>): void => {
  const machine: AnyStateMachine = play.machine;
  const model = modelOf(machine, play.events);
  const coverage = new Coverage();
  const purity = new Purity();

  const walk = async (path: TestPath<State, EventObject>, hooked: boolean): Promise<void> => {
    const scene = await play.open({ hooked, inspect: purity.inspect });
    const check = async ({ state, event }: Step, before: State | undefined): Promise<void> => {
      const { effects }: ModelContext = state.context;
      await scene.agreesOn({ ...effects, service: play.service(state as SnapshotFrom<Machine>) });
      coverage.states.add(keyOf(state));
      if (before === undefined) return;
      coverage.edges.add(edgeOf(before, event));
      for (const taken of machine.getTransitionData(before, event)) coverage.transitions.add(taken);
    };
    const go = async (): Promise<void> => {
      let before: State | undefined;
      for (const step of path.steps) {
        if (before !== undefined)
          await play.perform(
            scene,
            step.event as EventFromLogic<Machine>,
            step.state as SnapshotFrom<Machine>,
            before as SnapshotFrom<Machine>,
          );
        await check(step, before);
        before = step.state;
      }
    };
    try {
      await go();
    } catch (error) {
      await scene.abandon();
      const steps = path.steps
        .slice(1)
        .map(({ event }, i) => `${i + 1 === scene.agreed ? '→' : ' '} ${JSON.stringify(event)}`);
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error([`${play.title}, where the arrow is:`, ...steps, reason].join('\n      '), {
        cause: error,
      });
    }
    await scene.stop();
  };

  const walkAll = async (paths: readonly TestPath<State, EventObject>[], hooked: boolean): Promise<void> => {
    expect(paths.length, 'paths').to.be.greaterThan(0);
    for (const path of paths) await walk(path, hooked);
  };

  describe(`model: ${play.title}`, () => {
    before(() => purity.begin());
    after(() => purity.end());

    const shortest = model.getShortestPaths();
    const simple = model.getPaths(simplePathsUpTo(play.longest));

    it(`every shortest path (${shortest.length}) is walked, with an observer that has all hooks`, async () => {
      await walkAll(shortest, true);
    }).timeout(patience);

    it(`every simple path of up to ${play.longest} steps (${simple.length}) is walked, with emitted facts alone`, async () => {
      await walkAll(simple, false);
    }).timeout(patience);

    it('no machine does anything while it decides what is to be done', () => {
      const times = [...purity.judged.values()].reduce((sum, each) => sum + each, 0);
      console.log(`        ${play.title}: ${purity.judged.size} ways to decide, met ${times} times`);
      expect(purity.findings).to.deep.equal([]);
      expect(purity.judged.size).to.be.greaterThan(0);
    });

    it('every state and every transition of the model has been asserted', () => {
      const serializeState = (state: State): string => keyOf(state);
      const states = Object.values(getAdjacencyMap(machine, { ...model.options, serializeState }));
      const edges = states.flatMap((node) => stepsFrom(node).map(({ event }) => edgeOf(node.state, event)));
      const written = writtenIn(machine);
      console.log(
        `        ${play.title}: ${shortest.length} shortest and ${simple.length} simple paths; ` +
          `${coverage.states.size} of ${states.length} states, ${coverage.edges.size} of ${edges.length} steps from them, ` +
          `${coverage.transitions.size} of ${written.length} transitions of the machine`,
      );
      const unseen = {
        states: states.map(({ state }) => keyOf(state)).filter((key) => !coverage.states.has(key)),
        steps: edges.filter((edge) => !coverage.edges.has(edge)),
        transitions: written
          .filter((transition) => !coverage.transitions.has(transition))
          .map(({ source, eventType }) => `${source.id}: ${eventType}`),
      };
      expect(unseen).to.deep.equal({ states: [], steps: [], transitions: play.never ?? [] });
    });
  });
};
