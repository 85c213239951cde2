/** One guest on one interface, whose host and whose host application do as they please. */
import * as O from 'fp-ts/lib/Option.js';
import { assign, type SnapshotFrom, setup } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import { Scene } from './scene.js';
import { rehearse } from './walk.js';
import { type Effects, got, heard, noEffects, shows, type Use } from './words.js';

type Network = 'Cafe' | 'Home';

type OneGuestEvent =
  | { readonly type: 'guest scans' }
  | { readonly type: 'guest scans for a hidden network' }
  | { readonly type: 'guest connects'; readonly network: Network }
  | { readonly type: 'guest is denied'; readonly network: Network }
  | { readonly type: 'guest is not decided on'; readonly network: Network }
  | { readonly type: 'guest asks for the impossible'; readonly network: Network }
  | { readonly type: 'guest is refused by the network'; readonly network: Network }
  | { readonly type: 'guest is kept waiting by the network'; readonly network: Network }
  | { readonly type: 'guest disconnects' }
  | { readonly type: 'guest disconnects an older session' }
  | { readonly type: 'guest disconnects, the host hangs' }
  | { readonly type: 'guest disconnects, the host refuses' }
  | { readonly type: 'user connects'; readonly network: Network }
  | { readonly type: 'user disconnects' }
  | { readonly type: 'host scans' }
  | { readonly type: 'signal changes' }
  | { readonly type: 'service restarts' };

interface OneGuestContext {
  /** What the host is connected to. */
  readonly network: Network | null;
  /** How the guest uses that; null without session. */
  readonly use: Use | null;
  /** The guest has made a request. */
  readonly known: boolean;
  readonly effects: Effects;
}

const none: readonly string[] = [];

/** What is heard when the link, if there is one, is gone. */
const down = ({ network: link }: OneGuestContext): readonly string[] =>
  link === null ? none : [heard.down('wlan0', link)];

/** What the guest is told when the link is gone. */
const lost = ({ use }: OneGuestContext): readonly string[] => (use === null ? none : [got.lost('A')]);

const way = (context: OneGuestContext, event: { readonly network: Network }): Use =>
  context.network === event.network ? 'mirrors' : 'directs';

const failed = (event: { readonly network: Network }, status: string): Effects['answers'] => [
  got.failed('A', event.network, status),
];

const left = ({ network: link, use }: OneGuestContext, between: readonly string[]): readonly string[] =>
  link === null || use === null
    ? none
    : [heard.leaves('A', use, link, 'wlan0'), ...between, heard.left('A', use, link, 'wlan0')];

const model = setup({
  types: { context: {} as OneGuestContext, events: {} as OneGuestEvent },
  actions: {
    expect: assign({ effects: (_, effects: Partial<Effects>) => ({ ...noEffects, ...effects }) }),
    world: assign((_, world: Partial<Omit<OneGuestContext, 'effects'>>) => world),
  },
  guards: {
    isThere: ({ context, event }) => 'network' in event && event.network === context.network,
    isElsewhere: ({ context, event }) => 'network' in event && event.network !== context.network,
    hasLink: ({ context }) => context.network !== null,
    hasSession: ({ context }) => context.use !== null,
  },
}).createMachine({
  id: 'oneGuest',
  context: { network: null, use: null, known: false, effects: noEffects },
  initial: 'apart',
  on: {
    'guest scans': {
      actions: [
        { type: 'world', params: { known: true } },
        {
          type: 'expect',
          params: {
            answers: [got.networks('A', ['Cafe', 'Home'])],
            heard: [heard.scans('A'), heard.scanned('A', 2)],
          },
        },
      ],
    },
    'guest scans for a hidden network': {
      actions: [
        { type: 'world', params: { known: true } },
        {
          type: 'expect',
          params: {
            answers: [got.networks('A', ['Cafe', 'Home', 'Attic'])],
            heard: [heard.scans('A', 'Attic'), heard.scanned('A', 3)],
          },
        },
      ],
    },
    'guest connects': {
      guard: 'isElsewhere',
      target: '.linkedByGuest',
      actions: [
        {
          type: 'expect',
          params: ({ context, event }) => ({
            answers: [got.connected('A', event.network)],
            heard: [
              heard.may('A', 'directs', event.network),
              ...down(context),
              heard.up('wlan0', event.network),
              heard.completed('A', 'directs', event.network, 'wlan0'),
            ],
          }),
        },
        { type: 'world', params: ({ event }) => ({ known: true, network: event.network, use: 'directs' }) },
      ],
    },
    'guest is denied': {
      actions: [
        {
          type: 'expect',
          params: ({ context, event }) => ({
            answers: failed(event, 'request declined'),
            heard: [
              heard.may('A', way(context, event), event.network),
              heard.completed('A', way(context, event), event.network, null, 'request declined'),
            ],
          }),
        },
        { type: 'world', params: { known: true } },
      ],
    },
    'guest is not decided on': {
      actions: [
        {
          type: 'expect',
          params: ({ context, event }) => ({
            answers: failed(event, 'request declined'),
            heard: [
              heard.may('A', way(context, event), event.network),
              heard.completed('A', way(context, event), event.network, null, 'request declined'),
            ],
          }),
        },
        { type: 'world', params: { known: true } },
      ],
    },
    'guest asks for the impossible': {
      guard: 'isElsewhere',
      actions: [
        {
          type: 'expect',
          params: ({ event }) => ({
            answers: failed(event, 'invalid AKM suite'),
            heard: [heard.completed('A', 'directs', event.network, null, 'invalid AKM suite')],
          }),
        },
        { type: 'world', params: { known: true } },
      ],
    },
    'guest is refused by the network': {
      guard: 'isElsewhere',
      target: '.apart',
      actions: [
        {
          type: 'expect',
          params: ({ context, event }) => ({
            answers: failed(event, 'too many stations'),
            told: lost(context),
            heard: [
              heard.may('A', 'directs', event.network),
              ...down(context),
              heard.completed('A', 'directs', event.network, null, 'too many stations'),
            ],
          }),
        },
        { type: 'world', params: { known: true, network: null, use: null } },
      ],
    },
    'guest is kept waiting by the network': {
      guard: 'isElsewhere',
      target: '.apart',
      actions: [
        {
          type: 'expect',
          params: ({ context, event }) => ({
            answers: failed(event, 'authentication timed out'),
            told: lost(context),
            heard: [
              heard.may('A', 'directs', event.network),
              ...down(context),
              heard.completed('A', 'directs', event.network, null, 'authentication timed out'),
            ],
          }),
        },
        { type: 'world', params: { known: true, network: null, use: null } },
      ],
    },
    'guest disconnects': {
      actions: [
        { type: 'expect', params: { answers: [got.disconnected('A')] } },
        { type: 'world', params: { known: true } },
      ],
    },
    'guest disconnects an older session': {
      actions: [
        { type: 'expect', params: { answers: [got.disconnected('A')] } },
        { type: 'world', params: { known: true } },
      ],
    },
    'user connects': {
      target: '.linkedByHost',
      actions: [
        {
          type: 'expect',
          params: ({ context, event }) => ({
            told: lost(context),
            heard: [...down(context), heard.up('wlan0', event.network)],
          }),
        },
        { type: 'world', params: ({ event }) => ({ network: event.network, use: null }) },
      ],
    },
    'user disconnects': {
      guard: 'hasLink',
      target: '.apart',
      actions: [
        { type: 'expect', params: ({ context }) => ({ told: lost(context), heard: down(context) }) },
        { type: 'world', params: { network: null, use: null } },
      ],
    },
    'host scans': {
      actions: {
        type: 'expect',
        params: ({ context }) => ({ told: context.known ? [got.networks('A', ['Cafe', 'Home'])] : none }),
      },
    },
    'signal changes': {
      guard: 'hasLink',
      actions: {
        type: 'expect',
        params: ({ context }) => ({ told: context.use === null ? none : [got.signal('A')] }),
      },
    },
    'service restarts': [
      {
        guard: 'hasLink',
        target: '.linkedByHost',
        actions: [
          {
            type: 'expect',
            params: ({ context: { network: link } }) => ({
              heard: link === null ? none : [heard.up('wlan0', link)],
            }),
          },
          { type: 'world', params: { known: false, use: null } },
        ],
      },
      {
        actions: [
          { type: 'expect', params: {} },
          { type: 'world', params: { known: false } },
        ],
      },
    ],
  },
  states: {
    /** The host is connected to nothing. */
    apart: {},
    /** The host's user, or what was before the service, connected it. */
    linkedByHost: {
      on: {
        'guest connects': {
          guard: 'isThere',
          actions: [
            {
              type: 'expect',
              params: ({ event }) => ({
                answers: [got.connected('A', event.network)],
                heard: [
                  heard.may('A', 'mirrors', event.network),
                  heard.completed('A', 'mirrors', event.network, 'wlan0'),
                ],
              }),
            },
            { type: 'world', params: { known: true, use: 'mirrors' } },
          ],
        },
        'guest asks for the impossible': {
          guard: 'isThere',
          actions: [
            {
              type: 'expect',
              params: ({ event }) => ({
                answers: [got.connected('A', event.network)],
                heard: [
                  heard.may('A', 'mirrors', event.network),
                  heard.completed('A', 'mirrors', event.network, 'wlan0'),
                ],
              }),
            },
            { type: 'world', params: { known: true, use: 'mirrors' } },
          ],
        },
        'guest disconnects': {
          guard: 'hasSession',
          actions: [
            {
              type: 'expect',
              params: ({ context }) => ({ answers: [got.disconnected('A')], heard: left(context, []) }),
            },
            { type: 'world', params: { use: null } },
          ],
        },
      },
    },
    /** A guest wanted the link: the host is disconnected when the guest leaves it, even if it has mirrored it since. */
    linkedByGuest: {
      on: {
        'guest connects': {
          guard: 'isThere',
          actions: [
            {
              type: 'expect',
              params: ({ event }) => ({
                answers: [got.connected('A', event.network)],
                heard: [
                  heard.may('A', 'mirrors', event.network),
                  heard.completed('A', 'mirrors', event.network, 'wlan0'),
                ],
              }),
            },
            { type: 'world', params: { use: 'mirrors' } },
          ],
        },
        'guest asks for the impossible': {
          guard: 'isThere',
          actions: [
            {
              type: 'expect',
              params: ({ event }) => ({
                answers: [got.connected('A', event.network)],
                heard: [
                  heard.may('A', 'mirrors', event.network),
                  heard.completed('A', 'mirrors', event.network, 'wlan0'),
                ],
              }),
            },
            { type: 'world', params: { use: 'mirrors' } },
          ],
        },
        'guest disconnects': {
          guard: 'hasSession',
          target: 'apart',
          actions: [
            {
              type: 'expect',
              params: ({ context }) => ({
                answers: [got.disconnected('A')],
                heard: left(context, down(context)),
              }),
            },
            { type: 'world', params: { network: null, use: null } },
          ],
        },
        'guest disconnects, the host hangs': {
          guard: 'hasSession',
          actions: [
            {
              type: 'expect',
              params: ({ context }) => ({ answers: [got.disconnected('A')], heard: left(context, []) }),
            },
            { type: 'world', params: { use: null } },
          ],
        },
        'guest disconnects, the host refuses': {
          guard: 'hasSession',
          actions: [
            {
              type: 'expect',
              params: ({ context }) => ({ answers: [got.disconnected('A')], heard: left(context, []) }),
            },
            { type: 'world', params: { use: null } },
          ],
        },
      },
    },
  },
});

const bothNetworks = <Type extends OneGuestEvent['type']>(
  type: Type,
): readonly { readonly type: Type; readonly network: Network }[] => [
  { type, network: 'Cafe' },
  { type, network: 'Home' },
];

const wlan0 = station('wlan0');

const open = (hooked: boolean): Promise<Scene> =>
  Scene.open({
    guests: ['A'],
    hooked,
    interfaces: [wlan0],
    networks: [network('Cafe', 1), network('Home', 2), network('Attic', 3, { hidden: true })],
  });

const perform = async (
  scene: Scene,
  event: OneGuestEvent,
  { context }: SnapshotFrom<typeof model>,
): Promise<void> => {
  const { control, clock } = scene.stage;
  scene.verdict = 'approve';
  switch (event.type) {
    case 'guest scans':
      return scene.scan('A');
    case 'guest scans for a hidden network':
      return scene.scan('A', 'Attic');
    case 'guest connects':
      return scene.connect('A', event.network);
    case 'guest is denied':
      scene.verdict = 'deny';
      return scene.connect('A', event.network);
    case 'guest is not decided on':
      scene.verdict = 'late';
      scene.connect('A', event.network);
      await scene.dispatcherIs('A', 'busy.authorizing');
      return clock.advance(5000);
    case 'guest asks for the impossible':
      return scene.connectAsEnterprise('A', event.network);
    case 'guest is refused by the network':
      control.arm({ kind: 'connect.fails', reason: 'rejected', status: O.none });
      return scene.connect('A', event.network);
    case 'guest is kept waiting by the network':
      control.arm({ kind: 'connect.hangs' });
      scene.connect('A', event.network);
      await scene.linkIs('wlan0', 'connecting');
      return clock.advance(10_000);
    case 'guest disconnects':
      return scene.disconnect('A');
    case 'guest disconnects an older session':
      return scene.disconnect('A', 'an older id');
    case 'guest disconnects, the host hangs':
      control.arm({ kind: 'disconnect.hangs' });
      scene.disconnect('A');
      await scene.linkIs('wlan0', 'disconnecting');
      return clock.advance(5000);
    case 'guest disconnects, the host refuses':
      control.arm({ kind: 'disconnect.fails' });
      return scene.disconnect('A');
    case 'user connects':
      return control.connectByUser(wlan0.id, { ssid: ssid(event.network), bssid: O.none });
    case 'user disconnects':
      return control.disconnectByUser(wlan0.id);
    case 'host scans':
      return control.scanByHost(wlan0.id);
    case 'signal changes':
      scene.signal -= 1;
      return control.fade({ kind: 'ssid', ssid: ssid(context.network ?? '') }, scene.signal, 0);
    case 'service restarts':
      return scene.restart();
  }
};

const service = ({ value, context }: SnapshotFrom<typeof model>): readonly string[] => {
  const { network: link, use, known } = context;
  return [
    shows.radio('open.ready'),
    shows.interface('wlan0', link === null ? 'disconnected' : 'connected', link),
    ...shows.row('wlan0', {
      network: link,
      origin: value === 'linkedByGuest' ? 'guests' : 'host',
      users: use === null ? [] : ['A'],
    }),
    ...(known
      ? [shows.guest('A', use === null || link === null ? null : { use, network: link, port: 'wlan0' })]
      : []),
  ];
};

rehearse({
  title: 'one guest',
  machine: model,
  events: [
    ...bothNetworks('guest connects'),
    ...bothNetworks('guest is denied'),
    ...bothNetworks('guest is not decided on'),
    ...bothNetworks('guest asks for the impossible'),
    ...bothNetworks('guest is refused by the network'),
    ...bothNetworks('guest is kept waiting by the network'),
    ...bothNetworks('user connects'),
  ],
  longest: 3,
  open,
  perform,
  service,
});
