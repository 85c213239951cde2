/** One guest on one interface, whose host and whose host application do as they please. */
import { assign, setup } from 'xstate';
import { type Effects, got, heard, noEffects, type Use } from './words.js';

/** What can be connected to. */
export type Network = 'Cafe' | 'Home';

/** What users of the guest, of the host and of the service do. */
export type OneGuestEvent =
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

/** The network that the event is about. */
const wanted = (event: OneGuestEvent): Network => {
  if (!('network' in event)) throw new Error(`${event.type} is about no network`);
  return event.network;
};

const way = (context: OneGuestContext, event: OneGuestEvent): Use =>
  context.network === wanted(event) ? 'mirrors' : 'directs';

const left = ({ network: link, use }: OneGuestContext, between: readonly string[]): readonly string[] =>
  link === null || use === null
    ? none
    : [heard.leaves('A', use, link, 'wlan0'), ...between, heard.left('A', use, link, 'wlan0')];

/** The model. */
export const oneGuest = setup({
  types: { context: {} as OneGuestContext, events: {} as OneGuestEvent },
  actions: {
    expect: assign({ effects: (_, effects: Partial<Effects>) => ({ ...noEffects, ...effects }) }),
    world: assign((_, world: Partial<Omit<OneGuestContext, 'effects'>>) => world),
    /** The host is there already, and the guest shares it. */
    mirror: assign(({ event }) => ({
      known: true,
      use: 'mirrors' as const,
      effects: {
        answers: [got.connected('A', wanted(event))],
        told: [got.signal('A')],
        heard: [
          heard.may('A', 'mirrors', wanted(event)),
          heard.completed('A', 'mirrors', wanted(event), 'wlan0'),
        ],
      },
    })),
    /** The host application says no, or nothing: nothing changes. */
    deny: assign(({ context, event }) => ({
      known: true,
      effects: {
        ...noEffects,
        answers: [got.failed('A', wanted(event), 'request declined')],
        heard: [
          heard.may('A', way(context, event), wanted(event)),
          heard.completed('A', way(context, event), wanted(event), null, 'request declined'),
        ],
      },
    })),
    /** The host tries, for which it gives up the link that it has, and is not let in. */
    fail: assign(({ context, event }, { status }: { status: string }) => ({
      known: true,
      network: null,
      use: null,
      effects: {
        answers: [got.failed('A', wanted(event), status)],
        told: lost(context),
        heard: [
          heard.may('A', 'directs', wanted(event)),
          ...down(context),
          heard.completed('A', 'directs', wanted(event), null, status),
        ],
      },
    })),
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
            told: [got.signal('A')],
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
      actions: 'deny',
    },
    'guest is not decided on': {
      actions: 'deny',
    },
    'guest asks for the impossible': {
      guard: 'isElsewhere',
      actions: [
        {
          type: 'expect',
          params: ({ event }) => ({
            answers: [got.failed('A', event.network, 'invalid AKM suite')],
            heard: [heard.completed('A', 'directs', event.network, null, 'invalid AKM suite')],
          }),
        },
        { type: 'world', params: { known: true } },
      ],
    },
    'guest is refused by the network': {
      guard: 'isElsewhere',
      target: '.apart',
      actions: { type: 'fail', params: { status: 'too many stations' } },
    },
    'guest is kept waiting by the network': {
      guard: 'isElsewhere',
      target: '.apart',
      actions: { type: 'fail', params: { status: 'authentication timed out' } },
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
          actions: 'mirror',
        },
        'guest asks for the impossible': {
          guard: 'isThere',
          actions: 'mirror',
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
          actions: 'mirror',
        },
        'guest asks for the impossible': {
          guard: 'isThere',
          actions: 'mirror',
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
