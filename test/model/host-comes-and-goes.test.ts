/** A host whose access point, interface and Wi-Fi service come and go under a guest that has, wants or makes a connection. */
import * as O from 'fp-ts/lib/Option.js';
import { assign, type SnapshotFrom, setup } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import { Scene } from './scene.js';
import { rehearse } from './walk.js';
import { type Effects, got, heard, noEffects, shows, type Use } from './words.js';

type HostEvent =
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

interface World {
  /** Is the access point of Cafe on the air? */
  readonly onAir: boolean;
  /** How the guest uses the host's connection; null without session. */
  readonly use: Use | null;
  /** How often the Wi-Fi service was not there. */
  readonly failures: number;
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

/** Half a second, then twice as long each time. */
const pauseAfter = (failures: number): number => 500 * 2 ** (failures - 1);

const model = setup({
  types: { context: {} as HostContext, events: {} as HostEvent },
  actions: {
    expect: assign({ effects: (_, effects: Partial<Effects>) => ({ ...noEffects, ...effects }) }),
    expectCut: assign({ effects: ({ context }) => ({ ...noEffects, ...cut(context) }) }),
    expectMiss: assign({ effects: { ...noEffects, ...missed } }),
    endSession: assign({ use: null }),
    countFailure: assign({ failures: ({ context }) => context.failures + 1 }),
    forgetFailures: assign({ failures: 0 }),
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
  context: { onAir: true, use: null, failures: 0, effects: { ...noEffects, heard: [up] } },
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
          { guard: 'isOnAir', target: 'there.linked', actions: { type: 'expect', params: { heard: [up] } } },
          { target: 'there.unlinked', actions: { type: 'expect', params: {} } },
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
            actions: [{ type: 'expect', params: { heard: [up] } }, 'forgetFailures'],
          },
          { target: 'there.unlinked', actions: [{ type: 'expect', params: {} }, 'forgetFailures'] },
        ],
      },
    },
  },
});

const connectDuration = 1000;
/** It connects to Cafe by itself whenever it arrives. */
const wlan0 = station('wlan0', { connectDuration, link: 'Cafe' });
const cafe = { kind: 'ssid', ssid: ssid('Cafe') } as const;

const perform = async (scene: Scene, { type }: HostEvent, { failures }: World): Promise<void> => {
  const { control, clock } = scene.stage;
  switch (type) {
    case 'guest connects':
      return scene.connect('A', 'Cafe');
    case 'guest disconnects':
      return scene.disconnect('A');
    case 'host gets there':
      return clock.advance(connectDuration);
    case 'user connects':
      return control.connectByUser(wlan0.id, { ssid: ssid('Cafe'), bssid: O.none });
    case 'user disconnects':
      return control.disconnectByUser(wlan0.id);
    case 'access point vanishes':
      return control.vanish(cafe);
    case 'access point appears':
      return control.appear(cafe);
    case 'interface is pulled out':
      return control.leave(wlan0.id);
    case 'interface is plugged in':
      return control.arrive(wlan0.id);
    case 'Wi-Fi service dies':
      return control.dieService();
    case 'Wi-Fi service is looked for in vain':
      return clock.advance(pauseAfter(failures));
    case 'Wi-Fi service comes back':
      control.reviveService();
      return clock.advance(pauseAfter(failures));
  }
};

type State = SnapshotFrom<typeof model>;

const interfaceLines = (state: State): readonly string[] => {
  if (state.matches('pulledOut') || state.matches('dead')) return [];
  const isLinked = state.matches({ there: 'linked' });
  const link = isLinked ? 'Cafe' : null;
  const { use } = state.context;
  const doing = isLinked
    ? 'connected'
    : state.matches({ there: 'connecting' })
      ? 'connecting'
      : 'disconnected';
  return [
    shows.interface('wlan0', doing, link),
    ...shows.row('wlan0', {
      network: link,
      origin: state.matches({ there: { linked: 'byGuest' } }) ? 'guests' : 'host',
      users: use === null ? [] : ['A'],
      claim: doing === 'connecting' ? 'A for Cafe' : undefined,
    }),
  ];
};

const service = (state: State): readonly string[] => {
  const { use } = state.context;
  return [
    shows.radio(state.matches('dead') ? 'backingOff' : 'open.ready'),
    ...interfaceLines(state),
    shows.guest('A', use === null ? null : { use, network: 'Cafe', port: 'wlan0' }, {
      dispatcher: state.matches({ there: 'connecting' }) ? 'busy.connecting' : 'idle',
    }),
  ];
};

rehearse({
  title: 'a host that comes and goes',
  machine: model,
  events: [],
  longest: 5,
  open: async (hooked) => {
    const scene = await Scene.open({
      guests: ['A'],
      hooked,
      interfaces: [wlan0],
      networks: [network('Cafe', 1)],
    });
    await scene.introduce('A');
    return scene;
  },
  perform: (scene, event, _after, before) => perform(scene, event, before.context),
  service,
});
