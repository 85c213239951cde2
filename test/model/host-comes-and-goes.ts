/** A host whose access point, interface and Wi-Fi service come and go under a guest that has, wants or makes a connection. */
import { assign, setup } from 'xstate';
import { type Effects, got, heard, noEffects, type Use } from './words.js';

/** What happens to the host, and what its guest does. */
export type HostEvent =
  | { readonly type: 'guest connects' }
  | { readonly type: 'guest disconnects' }
  | { readonly type: 'host gets there' }
  | { readonly type: 'user connects' }
  | { readonly type: 'user disconnects' }
  | { readonly type: 'access point vanishes' }
  | { readonly type: 'access point appears' }
  | { readonly type: 'interface is pulled out' }
  | { readonly type: 'interface is plugged in' }
  | { readonly type: 'Wi-Fi service dies' }
  | { readonly type: 'Wi-Fi service is looked for in vain' }
  | { readonly type: 'Wi-Fi service comes back' };

/** The world as users know it. */
export interface World {
  /** Is the access point of Cafe on the air? */
  readonly onAir: boolean;
  /** How the guest uses the host's connection; null without session. */
  readonly use: Use | null;
  /** How often the Wi-Fi service was not there. */
  readonly failures: number;
  /** It has come back once: the pauses are short again. */
  readonly hasReturned: boolean;
}

interface HostContext extends World {
  readonly effects: Effects;
}

const down = heard.down('wlan0', 'Cafe');
const up = heard.up('wlan0', 'Cafe');

/** The guest's attempt comes to nothing. */
const missed: Pick<Effects, 'answers' | 'heard'> = {
  answers: [got.failed('A', 'Cafe', 'unspecified failure')],
  heard: [heard.completed('A', 'directs', 'Cafe', null, 'unspecified failure')],
};

/** The host's connection is gone, and the guest's session with it. */
const cut = ({ use }: World): Partial<Effects> => ({
  told: use === null ? [] : [got.lost('A')],
  heard: [down],
});

const left = ({ use }: World, between: readonly string[]): Pick<Effects, 'answers' | 'heard'> => ({
  answers: [got.disconnected('A')],
  heard:
    use === null
      ? []
      : [heard.leaves('A', use, 'Cafe', 'wlan0'), ...between, heard.left('A', use, 'Cafe', 'wlan0')],
});

/** The interface that has come, or come back, scans by itself, and its guest hears what there is. */
const arrival = ({ onAir }: World): Partial<Effects> =>
  onAir ? { told: [got.networks('A', ['Cafe'])], heard: [up] } : { told: [got.networks('A', [])] };

/** Half a second, then twice as long each time. */
export const pauseAfter = (failures: number): number => 500 * 2 ** (failures - 1);

/** The model. */
export const hostComesAndGoes = setup({
  types: { context: {} as HostContext, events: {} as HostEvent },
  actions: {
    expect: assign({ effects: (_, effects: Partial<Effects>) => ({ ...noEffects, ...effects }) }),
    expectCut: assign({ effects: ({ context }) => ({ ...noEffects, ...cut(context) }) }),
    expectArrival: assign({ effects: ({ context }) => ({ ...noEffects, ...arrival(context) }) }),
    expectMiss: assign({ effects: { ...noEffects, ...missed } }),
    endSession: assign({ use: null }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0, hasReturned: true }),
    takeOffAir: assign({ onAir: false }),
    putOnAir: assign({ onAir: true }),
    beginSession: assign({ use: (_, { use }: { use: Use }) => use }),
  },
  guards: {
    isOnAir: ({ context }) => context.onAir,
    isOffAir: ({ context }) => !context.onAir,
    hasSession: ({ context }) => context.use !== null,
    isYoung: ({ context }) => context.failures < 3,
  },
}).createMachine({
  id: 'hostComesAndGoes',
  context: {
    onAir: true,
    use: null,
    failures: 0,
    hasReturned: false,
    effects: { ...noEffects, heard: [up] },
  },
  initial: 'there',
  on: {
    'access point vanishes': { guard: 'isOnAir', actions: [{ type: 'expect', params: {} }, 'takeOffAir'] },
    'access point appears': { guard: 'isOffAir', actions: [{ type: 'expect', params: {} }, 'putOnAir'] },
  },
  states: {
    /** The Wi-Fi service runs and the interface is there. */
    there: {
      initial: 'linked',
      states: {
        unlinked: {
          id: 'unlinked',
          on: {
            'guest connects': {
              target: 'connecting',
              actions: { type: 'expect', params: { heard: [heard.may('A', 'directs', 'Cafe')] } },
            },
            'user connects': {
              guard: 'isOnAir',
              target: 'linked.byHost',
              actions: { type: 'expect', params: { heard: [up] } },
            },
            'interface is pulled out': { target: '#pulledOut', actions: { type: 'expect', params: {} } },
            'Wi-Fi service dies': {
              target: '#dead',
              actions: [{ type: 'expect', params: {} }, 'countFailure'],
            },
          },
        },
        /** The guest waits for the host to connect. */
        connecting: {
          on: {
            'host gets there': [
              {
                guard: 'isOnAir',
                target: 'linked.byGuest',
                actions: [
                  {
                    type: 'expect',
                    params: {
                      answers: [got.connected('A', 'Cafe')],
                      told: [got.signal('A')],
                      heard: [up, heard.completed('A', 'directs', 'Cafe', 'wlan0')],
                    },
                  },
                  { type: 'beginSession', params: { use: 'directs' } },
                ],
              },
              { target: 'unlinked', actions: 'expectMiss' },
            ],
            'user connects': {
              guard: 'isOnAir',
              target: 'linked.byHost',
              actions: { type: 'expect', params: { ...missed, heard: [up, ...missed.heard] } },
            },
            'user disconnects': { target: 'unlinked', actions: 'expectMiss' },
            'interface is pulled out': { target: '#pulledOut', actions: 'expectMiss' },
            'Wi-Fi service dies': { target: '#dead', actions: ['expectMiss', 'countFailure'] },
          },
        },
        linked: {
          initial: 'byHost',
          on: {
            'guest connects': {
              actions: [
                {
                  type: 'expect',
                  params: {
                    answers: [got.connected('A', 'Cafe')],
                    told: [got.signal('A')],
                    heard: [
                      heard.may('A', 'mirrors', 'Cafe'),
                      heard.completed('A', 'mirrors', 'Cafe', 'wlan0'),
                    ],
                  },
                },
                { type: 'beginSession', params: { use: 'mirrors' } },
              ],
            },
            'user connects': {
              target: '.byHost',
              actions: [
                {
                  type: 'expect',
                  params: ({ context }) => ({ ...cut(context), heard: [down, up] }),
                },
                'endSession',
              ],
            },
            'user disconnects': { target: 'unlinked', actions: ['expectCut', 'endSession'] },
            'access point vanishes': {
              target: 'unlinked',
              actions: ['expectCut', 'endSession', 'takeOffAir'],
            },
            'interface is pulled out': { target: '#pulledOut', actions: ['expectCut', 'endSession'] },
            'Wi-Fi service dies': { target: '#dead', actions: ['expectCut', 'endSession', 'countFailure'] },
          },
          states: {
            byHost: {
              on: {
                'guest disconnects': {
                  guard: 'hasSession',
                  actions: [{ type: 'expect', params: ({ context }) => left(context, []) }, 'endSession'],
                },
              },
            },
            byGuest: {
              on: {
                'guest disconnects': {
                  target: '#unlinked',
                  actions: [{ type: 'expect', params: ({ context }) => left(context, [down]) }, 'endSession'],
                },
              },
            },
          },
        },
      },
    },
    pulledOut: {
      id: 'pulledOut',
      on: {
        'guest connects': { actions: 'expectMiss' },
        'interface is plugged in': [
          { guard: 'isOnAir', target: 'there.linked', actions: 'expectArrival' },
          { target: 'there.unlinked', actions: 'expectArrival' },
        ],
      },
    },
    dead: {
      id: 'dead',
      on: {
        'guest connects': { actions: 'expectMiss' },
        'Wi-Fi service is looked for in vain': {
          guard: 'isYoung',
          actions: [{ type: 'expect', params: {} }, 'countFailure'],
        },
        'Wi-Fi service comes back': [
          {
            guard: 'isOnAir',
            target: 'there.linked',
            actions: ['expectArrival', 'forgetFailures'],
          },
          { target: 'there.unlinked', actions: ['expectArrival', 'forgetFailures'] },
        ],
      },
    },
  },
});
