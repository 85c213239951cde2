/** Supervision, once for everything that may crash: a part is alive, or it rests after a crash and is started again. */
import { type AnyActorLogic, assign, enqueueActions, setup } from 'xstate';
import type { Explains } from '../explains.js';
import type { Enqueue } from '../seat.js';
import type { Service } from '../service.js';
import { stopOrphans } from './orphans.js';
import { pause, reopening } from './retry-schedule.js';

/** What every supervised part is given, and its children with it. */
export interface SupervisedInput {
  readonly service: Service;
}

export interface SupervisedContext<Input extends SupervisedInput = SupervisedInput> {
  /** What it is, in metrics and in the log. */
  readonly part: string;
  /** Which one it is, in the inspector; null if the id of its actor says so. */
  readonly name: string | null;
  /** What the children are started with, each time. */
  readonly input: Input;
  /** Crashes one soon after the other. */
  readonly crashes: number;
  /** When the last one was, on the clock's elapsed time; null before the first. */
  readonly crashedAt: number | null;
}

/** Which part it is, who its children are, and what a crash means to others. */
interface Supervision<Input extends SupervisedInput> {
  /** The word for metrics: `listener`, `radio`, `interface`, `ownership`, `guests`, `guest`. */
  readonly part: string;
  /** Live and rest together: when one of them crashes all are stopped. */
  readonly children: Readonly<Record<string, AnyActorLogic>>;
  /** Facts that name this one in the log. */
  readonly facts: (input: Input) => Readonly<Record<string, unknown>>;
  /** Which one it is, in the inspector, where the id of its actor does not say so. */
  readonly name?: (input: Input) => string;
  /** Others have to be told that it is not there for a while. */
  readonly onCrash?: (input: Input, post: Enqueue) => void;
}

/** A part that ran so long without a crash begins with short pauses again, in milliseconds. */
const steadyTime = 300_000;

/** Builds the supervisor of one kind of part. */
export const supervised = <Input extends SupervisedInput>(supervision: Supervision<Input>) => {
  type Context = SupervisedContext<Input>;
  const { part, children, facts, name, onCrash } = supervision;
  return setup({
    types: {
      meta: {} as Explains<never, 'restartPause'>,
      context: {} as Context,
      input: {} as Input,
    },
    // The children are a value here: what each of them is given is checked where it is built.
    actors: children as Record<string, AnyActorLogic>,
    actions: {
      countCrash: assign(({ context: { input, crashes, crashedAt } }) => {
        const now = input.service.clock.elapsed();
        const isSteady = crashedAt !== null && now - crashedAt > steadyTime;
        return { crashes: isSteady ? 1 : crashes + 1, crashedAt: now };
      }),
      logCrash: ({ context: { input } }, { child, error }: { child: string; error: unknown }) => {
        input.service.counters.count('restarts', part);
        input.service.log.error(
          { part, actor: child, ...facts(input), error: String(error) },
          `the actor of ${part === 'ownership' ? 'the ownership table' : part} crashed; it is started again`,
        );
      },
      /** XState stops the children themselves as the state is left, but not what a crashed one had started. */
      stopOrphans: ({ self }) => stopOrphans(self.getSnapshot().children),
      tellOthers: enqueueActions(({ context: { input }, enqueue }) => onCrash?.(input, enqueue)),
    },
    delays: {
      restartPause: ({ context: { input, crashes } }) =>
        pause(reopening, crashes, input.service.settings.random),
    },
  }).createMachine({
    id: 'supervised',
    description: 'Keeps a part of the service alive: what crashes rests and is started again.',
    meta: {
      per: 'listener, radio, interface, guest',
      events: {},
      delays: { restartPause: 'Half a second after the first crash, growing to half a minute.' },
    },
    context: ({ input }) => ({
      part,
      name: name?.(input) ?? null,
      input,
      crashes: 0,
      crashedAt: null,
    }),
    initial: 'alive',
    states: {
      alive: {
        description: 'The part is at work.',
        invoke: Object.keys(children).map((child) => ({
          id: child,
          src: child,
          input: ({ context }: { context: Context }) => context.input,
          onError: {
            target: 'resting',
            actions: [
              'stopOrphans',
              'countCrash',
              {
                type: 'logCrash' as const,
                params: ({ event }: { event: { readonly error: unknown } }) => ({
                  child,
                  error: event.error,
                }),
              },
              'tellOthers',
            ],
          },
        })),
      },
      resting: {
        description: 'It crashed; what it had started is stopped, others have been told, a pause follows.',
        after: { restartPause: { target: 'alive' } },
      },
    },
  });
};
