/**
 * A machine as JSON that Stately's editor and visualizer open: the configuration with every implementation by its name, and
 * no code. `createMachine(exportMachine(machine))` of xstate gives a machine with the same states, events and transitions.
 */
import type { AnyStateMachine } from 'xstate';
import { statechart } from './statechart.js';

/** Plain data as in a JSON file. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

type JsonObject = { readonly [name: string]: Json };

type Config = Readonly<Record<string, unknown>>;

const isConfig = (value: unknown): value is Config =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** What is data stays; functions are left out. */
const dataOf = (value: unknown): Json | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (Array.isArray(value)) return value.flatMap((item) => dataOf(item) ?? []);
  if (!isConfig(value)) return undefined;
  const entries = Object.entries(value).flatMap(([name, item]) => {
    const data = dataOf(item);
    return data === undefined ? [] : [[name, data] as const];
  });
  return Object.fromEntries(entries);
};

class Exporter {
  readonly #machine: AnyStateMachine;
  readonly #events: ReadonlyMap<string, string>;
  readonly #delays: ReadonlyMap<string, string>;

  constructor(machine: AnyStateMachine) {
    const chart = statechart(machine);
    this.#machine = machine;
    this.#events = new Map(chart.events.map(({ name, description }) => [name, description]));
    this.#delays = new Map(chart.delays.map(({ name, description }) => [name, description]));
  }

  machine(): JsonObject {
    return { id: this.#machine.id, ...this.#state(this.#machine.config as Config) };
  }

  #state(config: Config): JsonObject {
    const { states, on, after, always, onDone, invoke, entry, exit } = config;
    const list = (name: string, actions: unknown): JsonObject =>
      actions === undefined ? {} : { [name]: asList(actions).map((action) => this.#named(action)) };
    const table = (name: string, triggers: unknown, notes: ReadonlyMap<string, string>): JsonObject =>
      isConfig(triggers)
        ? {
            [name]: Object.fromEntries(
              Object.entries(triggers).map(([trigger, given]) => [
                trigger,
                asList(given).map((one) => this.#transition(one, notes.get(trigger))),
              ]),
            ),
          }
        : {};
    const plain = Object.entries(config).flatMap(([name, value]) =>
      ['id', 'type', 'initial', 'description', 'history', 'tags'].includes(name) &&
      dataOf(value) !== undefined
        ? [[name, dataOf(value) as Json] as const]
        : [],
    );
    return {
      ...Object.fromEntries(plain),
      ...list('entry', entry),
      ...list('exit', exit),
      ...(invoke === undefined ? {} : { invoke: asList(invoke).map((actor) => this.#invoke(actor)) }),
      ...(always === undefined ? {} : { always: asList(always).map((one) => this.#transition(one)) }),
      ...(onDone === undefined ? {} : { onDone: asList(onDone).map((one) => this.#transition(one)) }),
      ...table('on', on, this.#events),
      ...table('after', after, this.#delays),
      ...(isConfig(states)
        ? {
            states: Object.fromEntries(
              Object.entries(states).map(([key, state]) => [key, this.#state(state as Config)]),
            ),
          }
        : {}),
    };
  }

  #transition(given: unknown, note?: string): JsonObject {
    const {
      target,
      guard,
      actions,
      reenter,
      description = note,
    } = isConfig(given) ? given : { target: given };
    return {
      ...(target === undefined ? {} : { target: dataOf(target) as Json }),
      ...(guard === undefined ? {} : { guard: this.#named(guard) }),
      ...(actions === undefined ? {} : { actions: asList(actions).map((action) => this.#named(action)) }),
      ...(reenter === true ? { reenter } : {}),
      ...(typeof description === 'string' && description !== '' ? { description } : {}),
    };
  }

  #invoke(given: unknown): JsonObject {
    const { id, src, onDone, onError } = given as Config;
    const answers = (name: string, transitions: unknown): JsonObject =>
      transitions === undefined ? {} : { [name]: asList(transitions).map((one) => this.#transition(one)) };
    return {
      src: String(src),
      ...(typeof id === 'string' ? { id } : {}),
      ...answers('onDone', onDone),
      ...answers('onError', onError),
    };
  }

  /** An action or a guard: its type, and what is constant of its parameters. */
  #named(given: unknown): JsonObject {
    if (typeof given === 'string') return { type: given };
    if (isConfig(given) && typeof given.type === 'string') {
      const params = dataOf(given.params);
      return { type: given.type, ...(params === undefined ? {} : { params }) };
    }
    throw new Error(
      `machine ${this.#machine.id}: an action or guard is code in place; give it a name in setup() so that it can be exported`,
    );
  }
}

/** Throws for a machine with unnamed code, which is a programming error. */
export const exportMachine = (machine: AnyStateMachine): JsonObject => new Exporter(machine).machine();
