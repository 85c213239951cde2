/** Two guests on one interface: who keeps it, who waits, who shares, who loses what. */
import { assign, setup } from 'xstate';
import type { Contention } from '../../index.js';
import { type Effects, type GuestName, got, heard, noEffects, type Use } from './words.js';

type Network = 'Cafe' | 'Home';

/** What guests and the host's user do, and what becomes of the host's attempts. */
export type TwoGuestsEvent =
  | { readonly type: 'guest connects'; readonly guest: GuestName; readonly network: Network }
  | { readonly type: 'guest disconnects'; readonly guest: GuestName }
  | { readonly type: 'host gets there' }
  | { readonly type: 'host does not get there' }
  | { readonly type: 'user connects to Cafe' }
  | { readonly type: 'user disconnects' };

interface Session {
  readonly use: Use;
  readonly network: Network;
}

/** A guest wants a network. */
export interface Wish {
  readonly guest: GuestName;
  readonly network: Network;
}

/** The world as users know it. */
export interface World {
  /** What the host is connected to. */
  readonly network: Network | null;
  readonly A: Session | null;
  readonly B: Session | null;
  /** For whom the host connects. */
  readonly claim: Wish | null;
  /** Who waits for the end of that. */
  readonly waiting: Wish | null;
}

/** The world, and what the last step has brought about. */
export interface TwoGuestsContext extends World {
  readonly effects: Effects;
}

const other = (guest: GuestName): GuestName => (guest === 'A' ? 'B' : 'A');

/** The guests. */
export const everybody: readonly GuestName[] = ['A', 'B'];

const wishOf = (event: TwoGuestsEvent): Wish => {
  if (event.type !== 'guest connects') throw new Error(`${event.type} is no wish`);
  return event;
};

const guestOf = (event: TwoGuestsEvent): GuestName => {
  if (!('guest' in event)) throw new Error(`${event.type} is nobody's`);
  return event.guest;
};

/** For whom the host connects; only asked while it does. */
export const claimOf = ({ claim }: World): Wish => {
  if (claim === null) throw new Error('nobody connects');
  return claim;
};

const waitingOf = ({ waiting }: World): Wish => {
  if (waiting === null) throw new Error('nobody waits');
  return waiting;
};

/** What is heard when the link, if there is one, is gone. */
const down = ({ network: link }: World): readonly string[] =>
  link === null ? [] : [heard.down('wlan0', link)];

/** What these guests are told when they lose their sessions. */
const lost = (world: World, guests: readonly GuestName[]): readonly string[] =>
  guests.filter((guest) => world[guest] !== null).map(got.lost);

const mirrored = ({ guest, network: wanted }: Wish): Effects => ({
  answers: [got.connected(guest, wanted)],
  told: [got.signal(guest)],
  heard: [heard.may(guest, 'mirrors', wanted), heard.completed(guest, 'mirrors', wanted, 'wlan0')],
});

const failed = ({ guest, network: wanted }: Wish, status: string): Pick<Effects, 'answers' | 'heard'> => ({
  answers: [got.failed(guest, wanted, status)],
  heard: [heard.completed(guest, 'directs', wanted, null, status)],
});

const and = (...parts: readonly Partial<Effects>[]): Effects => ({
  answers: parts.flatMap(({ answers = [] }) => answers),
  told: parts.flatMap(({ told = [] }) => told),
  heard: parts.flatMap(({ heard: lines = [] }) => lines),
});

/** The claimant is connected. */
const arrived = (world: World): Effects => {
  const { guest, network: wanted } = claimOf(world);
  return {
    answers: [got.connected(guest, wanted)],
    told: [got.signal(guest)],
    heard: [heard.up('wlan0', wanted), heard.completed(guest, 'directs', wanted, 'wlan0')],
  };
};

/** The claimant is not connected, and its former session went with the host's link. */
const missed = (world: World): Partial<Effects> => {
  const claim = claimOf(world);
  return { ...failed(claim, 'unspecified failure'), told: lost(world, [claim.guest]) };
};

const leaves = (
  world: World,
  guest: GuestName,
  between: readonly string[],
): Pick<Effects, 'answers' | 'heard'> => {
  const session = world[guest];
  if (session === null) throw new Error(`${guest} has nothing to leave`);
  const { use, network: wanted } = session;
  return {
    answers: [got.disconnected(guest)],
    heard: [heard.leaves(guest, use, wanted, 'wlan0'), ...between, heard.left(guest, use, wanted, 'wlan0')],
  };
};

/** The model with one of the settings. */
export const twoGuests = (contention: Contention) =>
  setup({
    types: { context: {} as TwoGuestsContext, events: {} as TwoGuestsEvent },
    actions: {
      expect: assign({ effects: (_, effects: Partial<Effects>) => ({ ...noEffects, ...effects }) }),
      world: assign((_, world: Partial<World>) => world),
    },
    guards: {
      isThere: ({ context, event }) => wishOf(event).network === context.network,
      /** Another guest uses the interface, and keeps it. */
      isHeld: ({ context, event }) => contention === 'first-wins' && context[other(guestOf(event))] !== null,
      isIdle: ({ context, event }) =>
        context.claim?.guest !== guestOf(event) && context.waiting?.guest !== guestOf(event),
      hasSession: ({ context, event }) => context[guestOf(event)] !== null,
      isShared: ({ context, event }) => context.A !== null && context.B !== null && 'guest' in event,
      nobodyWaits: ({ context }) => context.waiting === null,
      waiterWantsTheSame: ({ context }) => context.waiting?.network === context.claim?.network,
      waiterWantsCafe: ({ context }) => context.waiting?.network === 'Cafe',
    },
  }).createMachine({
    id: 'twoGuests',
    context: { network: null, A: null, B: null, claim: null, waiting: null, effects: noEffects },
    initial: 'settled',
    states: {
      settled: {
        initial: 'free',
        on: {
          'guest connects': [
            {
              guard: 'isThere',
              actions: [
                { type: 'expect', params: ({ event }) => mirrored(event) },
                {
                  type: 'world',
                  params: ({ event }) => ({ [event.guest]: { use: 'mirrors', network: event.network } }),
                },
              ],
            },
            ...(contention === 'first-wins'
              ? [
                  {
                    guard: 'isHeld' as const,
                    actions: [
                      {
                        type: 'expect' as const,
                        params: ({ event }: { event: Extract<TwoGuestsEvent, { type: 'guest connects' }> }) =>
                          and(
                            {
                              // By its signal the holder is asked whether it is there.
                              told: [got.signal(other(event.guest))],
                              heard: [heard.may(event.guest, 'directs', event.network)],
                            },
                            failed(event, 'too many stations'),
                          ),
                      },
                    ],
                  },
                ]
              : []),
            {
              target: 'connecting',
              actions: [
                {
                  type: 'expect',
                  params: ({ context, event }) => ({
                    told: lost(context, [other(event.guest)]),
                    heard: [heard.may(event.guest, 'directs', event.network), ...down(context)],
                  }),
                },
                {
                  type: 'world',
                  params: ({ event: { guest, network: wanted } }) => ({
                    network: null,
                    claim: { guest, network: wanted },
                    [other(guest)]: null,
                  }),
                },
              ],
            },
          ],
          'user connects to Cafe': {
            target: '.linkedByHost',
            actions: [
              {
                type: 'expect',
                params: ({ context }) => ({
                  told: lost(context, everybody),
                  heard: [...down(context), heard.up('wlan0', 'Cafe')],
                }),
              },
              { type: 'world', params: { network: 'Cafe', A: null, B: null } },
            ],
          },
          'user disconnects': {
            target: '.free',
            actions: [
              {
                type: 'expect',
                params: ({ context }) => ({ told: lost(context, everybody), heard: down(context) }),
              },
              { type: 'world', params: { network: null, A: null, B: null } },
            ],
          },
        },
        states: {
          free: {},
          linkedByHost: {
            on: {
              'guest disconnects': {
                guard: 'hasSession',
                actions: [
                  { type: 'expect', params: ({ context, event }) => leaves(context, event.guest, []) },
                  { type: 'world', params: ({ event }) => ({ [event.guest]: null }) },
                ],
              },
            },
          },
          linkedByGuests: {
            on: {
              'guest disconnects': [
                {
                  guard: 'isShared',
                  actions: [
                    { type: 'expect', params: ({ context, event }) => leaves(context, event.guest, []) },
                    { type: 'world', params: ({ event }) => ({ [event.guest]: null }) },
                  ],
                },
                {
                  guard: 'hasSession',
                  target: 'free',
                  actions: [
                    {
                      type: 'expect',
                      params: ({ context, event }) => leaves(context, event.guest, down(context)),
                    },
                    { type: 'world', params: ({ event }) => ({ [event.guest]: null, network: null }) },
                  ],
                },
              ],
            },
          },
        },
      },
      /** The host is on its way to what a guest wants. Until it is known how that ends, the guest keeps its former session. */
      connecting: {
        on: {
          'guest connects': {
            guard: 'isIdle',
            actions: [
              {
                type: 'expect',
                params: ({ event }) => ({ heard: [heard.may(event.guest, 'directs', event.network)] }),
              },
              {
                type: 'world',
                params: ({ event: { guest, network: wanted } }) => ({ waiting: { guest, network: wanted } }),
              },
            ],
          },
          'host gets there': [
            {
              guard: 'nobodyWaits',
              target: 'settled.linkedByGuests',
              actions: [
                { type: 'expect', params: ({ context }) => arrived(context) },
                {
                  type: 'world',
                  params: ({ context }) => ({
                    claim: null,
                    network: claimOf(context).network,
                    [claimOf(context).guest]: { use: 'directs', network: claimOf(context).network },
                  }),
                },
              ],
            },
            {
              guard: 'waiterWantsTheSame',
              target: 'settled.linkedByGuests',
              actions: [
                {
                  type: 'expect',
                  params: ({ context }) => and(arrived(context), mirrored(waitingOf(context))),
                },
                {
                  type: 'world',
                  params: ({ context }) => ({
                    claim: null,
                    waiting: null,
                    network: claimOf(context).network,
                    [claimOf(context).guest]: { use: 'directs', network: claimOf(context).network },
                    [waitingOf(context).guest]: { use: 'mirrors', network: claimOf(context).network },
                  }),
                },
              ],
            },
            contention === 'first-wins'
              ? {
                  target: 'settled.linkedByGuests',
                  actions: [
                    {
                      type: 'expect',
                      params: ({ context }) =>
                        and(arrived(context), failed(waitingOf(context), 'too many stations')),
                    },
                    {
                      type: 'world',
                      params: ({ context }) => ({
                        claim: null,
                        waiting: null,
                        network: claimOf(context).network,
                        [claimOf(context).guest]: { use: 'directs', network: claimOf(context).network },
                      }),
                    },
                  ],
                }
              : {
                  target: 'connecting',
                  actions: [
                    {
                      type: 'expect',
                      // The claimant has no answer yet when the link is taken from it: what it hears is a failure.
                      params: ({ context }) => ({
                        answers: failed(claimOf(context), 'unspecified failure').answers,
                        told: lost(context, [claimOf(context).guest]),
                        heard: [...arrived(context).heard, heard.down('wlan0', claimOf(context).network)],
                      }),
                    },
                    {
                      type: 'world',
                      params: ({ context }) => ({
                        claim: waitingOf(context),
                        waiting: null,
                        [claimOf(context).guest]: null,
                      }),
                    },
                  ],
                },
          ],
          'host does not get there': [
            {
              guard: 'nobodyWaits',
              target: 'settled.free',
              actions: [
                { type: 'expect', params: ({ context }) => missed(context) },
                { type: 'world', params: ({ context }) => ({ claim: null, [claimOf(context).guest]: null }) },
              ],
            },
            {
              actions: [
                { type: 'expect', params: ({ context }) => missed(context) },
                {
                  type: 'world',
                  params: ({ context }) => ({
                    claim: waitingOf(context),
                    waiting: null,
                    [claimOf(context).guest]: null,
                  }),
                },
              ],
            },
          ],
          'user disconnects': [
            {
              guard: 'nobodyWaits',
              target: 'settled.free',
              actions: [
                { type: 'expect', params: ({ context }) => missed(context) },
                { type: 'world', params: ({ context }) => ({ claim: null, [claimOf(context).guest]: null }) },
              ],
            },
            {
              actions: [
                { type: 'expect', params: ({ context }) => missed(context) },
                {
                  type: 'world',
                  params: ({ context }) => ({
                    claim: waitingOf(context),
                    waiting: null,
                    [claimOf(context).guest]: null,
                  }),
                },
              ],
            },
          ],
          'user connects to Cafe': [
            {
              guard: 'nobodyWaits',
              target: 'settled.linkedByHost',
              actions: [
                {
                  type: 'expect',
                  params: ({ context }) => and({ heard: [heard.up('wlan0', 'Cafe')] }, missed(context)),
                },
                {
                  type: 'world',
                  params: ({ context }) => ({ claim: null, network: 'Cafe', [claimOf(context).guest]: null }),
                },
              ],
            },
            {
              guard: 'waiterWantsCafe',
              target: 'settled.linkedByHost',
              actions: [
                {
                  type: 'expect',
                  params: ({ context }) =>
                    and(
                      { heard: [heard.up('wlan0', 'Cafe')] },
                      missed(context),
                      mirrored(waitingOf(context)),
                    ),
                },
                {
                  type: 'world',
                  params: ({ context }) => ({
                    claim: null,
                    waiting: null,
                    network: 'Cafe',
                    [claimOf(context).guest]: null,
                    [waitingOf(context).guest]: { use: 'mirrors', network: 'Cafe' },
                  }),
                },
              ],
            },
            {
              actions: [
                {
                  type: 'expect',
                  params: ({ context }) =>
                    and({ heard: [heard.up('wlan0', 'Cafe')] }, missed(context), {
                      heard: [heard.down('wlan0', 'Cafe')],
                    }),
                },
                {
                  type: 'world',
                  params: ({ context }) => ({
                    claim: waitingOf(context),
                    waiting: null,
                    [claimOf(context).guest]: null,
                  }),
                },
              ],
            },
          ],
        },
      },
    },
  });
