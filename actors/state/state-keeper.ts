/** Writes down what must be known after a restart: soon after it has changed, and again and again where that fails. */

import { map } from 'rxjs';
import { assign, fromEventObservable, fromPromise, setup } from 'xstate';
import type { StateFailure } from '../../native/state-store.js';
import type { Explains } from '../explains.js';
import type { Service } from '../service.js';
import { pause, reopening } from '../supervision/retry-schedule.js';
import { supervised } from '../supervision/supervised.js';
import { type Remembering, rememberedNow } from './remembered.js';

type StateKeeperEvent = { readonly type: 'knowledge.changed' };

export type StateKeeperInput = Remembering;

interface StateKeeperContext extends StateKeeperInput {
  /** There is something that was not known yet when the writing began. */
  readonly isOutdated: boolean;
  /** Failures since it was written last. */
  readonly failures: number;
}

/** Milliseconds from a change to its writing: what follows from one request changes at once, and is written once. */
const gatherTime = 50;

const stateKeeper = setup({
  types: {
    meta: {} as Explains<StateKeeperEvent['type'], 'gatherTime' | 'savePause'>,
    context: {} as StateKeeperContext,
    events: {} as StateKeeperEvent,
    input: {} as StateKeeperInput,
  },
  actors: {
    changes: fromEventObservable<StateKeeperEvent, Service>(({ input }) =>
      input.memory.changes.pipe(map(() => ({ type: 'knowledge.changed' }))),
    ),
    save: fromPromise<void, StateKeeperContext>(async ({ input }) => {
      const saved = await input.service.memory.save(rememberedNow(input));
      if (saved._tag === 'Left') throw saved.left;
    }),
  },
  actions: {
    noteOutdated: assign({ isOutdated: true }),
    noteBegun: assign({ isOutdated: false }),
    noteSaved: assign({ failures: 0 }),
    noteFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    logFailure: ({ context: { service } }, { error }: { error: unknown }) => {
      const { code, detail } = error as StateFailure;
      service.log.warn(
        { code },
        `what a restart needs to know is not written down, and tried again: ${detail}`,
      );
    },
    logSaved: ({ context: { service } }) =>
      service.log.info({}, 'what a restart needs to know is written down again'),
  },
  guards: {
    isOutdated: ({ context }) => context.isOutdated,
    isFirstFailure: ({ context }) => context.failures === 0,
    hadFailed: ({ context }) => context.failures > 0,
  },
  delays: {
    gatherTime,
    savePause: ({ context: { failures, service } }) => pause(reopening, failures, service.settings.random),
  },
}).createMachine({
  id: 'stateKeeper',
  description: 'Writes down what must be known after a restart.',
  meta: {
    events: {
      'knowledge.changed':
        'From a dispatcher or the ownership table: a session, its id or a link is another one.',
    },
    delays: {
      gatherTime: 'What follows from one request is written once.',
      savePause: 'Half a second after the first failure, growing to half a minute.',
    },
  },
  context: ({ input }) => ({ ...input, isOutdated: false, failures: 0 }),
  invoke: { src: 'changes', input: ({ context }) => context.service },
  // What the earlier run left is looked at anew: a session may be over by now.
  initial: 'gathering',
  states: {
    idle: {
      description: 'Everything is written down.',
      on: { 'knowledge.changed': { target: 'gathering' } },
    },
    gathering: {
      description: 'Something has changed, and more may follow at once.',
      after: { gatherTime: { target: 'writing' } },
    },
    writing: {
      description: 'It is being written down.',
      entry: 'noteBegun',
      invoke: {
        src: 'save',
        input: ({ context }) => context,
        onDone: [
          { guard: 'hadFailed', target: 'written', actions: ['noteSaved', 'logSaved'] },
          { target: 'written' },
        ],
        onError: [
          {
            guard: 'isFirstFailure',
            target: 'failing',
            actions: ['noteFailure', { type: 'logFailure', params: ({ event }) => ({ error: event.error }) }],
          },
          { target: 'failing', actions: 'noteFailure' },
        ],
      },
      on: { 'knowledge.changed': { actions: 'noteOutdated' } },
    },
    written: {
      description: 'Passes on at once.',
      always: [{ guard: 'isOutdated', target: 'gathering' }, { target: 'idle' }],
    },
    failing: {
      description: 'It could not be written; another try follows.',
      after: { savePause: { target: 'writing' } },
    },
  },
});

export const supervisedStateKeeper = supervised<StateKeeperInput>({
  part: 'state',
  children: { stateKeeper },
  facts: () => ({}),
});
