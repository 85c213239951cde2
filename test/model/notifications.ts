/** The notifications of a guest whose port is closed, resets connections, falls silent, and comes back. */
import { assign, setup } from 'xstate';
import { type Effects, got, heard, noEffects } from './words.js';

/**
 * `outdated`: it tells of a session older than the guest's, so that the guest ignores it. `older signal`: it is not the newest any
 * more.
 */
type Notification = 'signal' | 'older signal' | 'scan' | 'disconnected' | 'outdated';

/** The guest's port for notifications. */
export type Port = 'listening' | 'closed' | 'resetting' | 'silent';

/** What happens to the guest's session and to its port, and time that passes. */
export type NotificationsEvent =
  | { readonly type: 'signal changes' }
  | { readonly type: 'host scans' }
  | { readonly type: 'host drops the guest' }
  | { readonly type: 'guest reconnects' }
  | { readonly type: 'port opens' }
  | { readonly type: 'port closes' }
  | { readonly type: 'port resets' }
  | { readonly type: 'port falls silent' }
  | { readonly type: 'pause passes' }
  | { readonly type: 'guest is given up' };

/** The world as users know it. */
export interface World {
  readonly port: Port;
  readonly hasSession: boolean;
  /** What is being brought to the guest. */
  readonly inHand: Notification | null;
  /** Tries of that so far. */
  readonly tries: number;
  readonly waiting: readonly Notification[];
  /** A try has been given up while the port was silent: nothing may come of it when the port opens. */
  readonly hasGivenUp: boolean;
}

interface NotificationsContext extends World {
  readonly effects: Effects;
}

/** Most notifications that wait in this model. */
const room = 2;

/** Milliseconds between the tries; after the last one the notification is dropped. */
export const pauses = [100, 300, 900] as const;

/** So long, in milliseconds, one notification is tried. */
export const deliveryTime = 2000;

const kindOf = (notification: Notification): string => {
  if (notification === 'older signal') return 'signal';
  return notification === 'outdated' ? 'disconnected' : notification;
};

/** What the guest sees of what is in hand. */
const toldOf = (notification: Notification): readonly string[] => {
  switch (notification) {
    case 'signal':
      return [got.signal('A')];
    case 'older signal':
      return [got.olderSignal('A')];
    case 'scan':
      return [got.networks('A', ['Cafe'])];
    case 'disconnected':
      return [got.lost('A')];
    case 'outdated':
      return [];
  }
};

/** What happens in one step, and the world after it. */
interface Outcome {
  readonly world: World;
  readonly told: readonly string[];
  readonly counted: readonly string[];
}

/** Takes the next notification in hand, and goes on until one is stuck or none is left. */
const goOn = ({ world, told, counted }: Outcome): Outcome => {
  const [next, ...waiting] = world.waiting;
  if (next === undefined) return { world: { ...world, inHand: null, tries: 0 }, told, counted };
  const taken = { ...world, inHand: next, tries: 1, waiting };
  return world.port === 'listening'
    ? deliver({ world: taken, told, counted })
    : { world: taken, told, counted };
};

const deliver = ({ world, told, counted }: Outcome): Outcome => {
  const { inHand } = world;
  if (inHand === null) throw new Error('nothing is in hand');
  return goOn({
    world,
    told: [...told, ...toldOf(inHand)],
    counted: [...counted, `sent ${kindOf(inHand)}`],
  });
};

const drop = ({ world, told, counted }: Outcome): Outcome => {
  const { inHand } = world;
  if (inHand === null) throw new Error('nothing is in hand');
  return goOn({ world, told, counted: [...counted, `dropped ${kindOf(inHand)}`] });
};

const nothing = { told: [], counted: [] };

/** A notification comes up. */
const put = (world: World, notification: Notification): Outcome => {
  const { inHand, waiting } = world;
  if (inHand === null) return goOn({ world: { ...world, waiting: [notification] }, ...nothing });
  const conflates = notification !== 'disconnected' && waiting.includes(notification);
  const others = conflates ? waiting.filter((other) => other !== notification) : waiting;
  return {
    world: { ...world, waiting: [...others, notification] },
    told: [],
    counted: conflates ? [`conflated ${notification}`] : [],
  };
};

/** The signal changes: what is being brought to the guest is not the newest any more. */
const fade = (world: World): Outcome =>
  put({ ...world, inHand: world.inHand === 'signal' ? 'older signal' : world.inHand }, 'signal');

/** The pause after a failed try is over. */
const retry = (world: World): Outcome => {
  const { inHand, tries, port } = world;
  if (inHand === null) throw new Error('nothing is in hand');
  const retried: Outcome = {
    world: { ...world, tries: tries + 1 },
    told: [],
    counted: [`retried ${kindOf(inHand)}`],
  };
  if (port === 'listening') return deliver(retried);
  return tries === pauses.length ? drop(retried) : retried;
};

/** Everything is tried that can be tried for what is in hand. */
const giveUp = (world: World): Outcome => {
  if (world.port === 'silent') return drop({ world: { ...world, hasGivenUp: true }, ...nothing });
  let outcome = retry(world);
  const counted = [...outcome.counted];
  for (let tries = world.tries; tries < pauses.length; tries++) {
    outcome = retry(outcome.world);
    counted.push(...outcome.counted);
  }
  return { ...outcome, counted };
};

/** The guest has a newer session: what waits to tell of the old one's end is outdated. */
const outdate = (notification: Notification): Notification =>
  notification === 'disconnected' ? 'outdated' : notification;

/** The guest connects again, and its signal follows. */
const renew = ({ inHand, waiting, ...world }: World): Outcome =>
  put(
    {
      ...world,
      hasSession: true,
      inHand: inHand === null ? null : outdate(inHand),
      waiting: waiting.map(outdate),
    },
    'signal',
  );

const fits = ({ inHand, waiting }: World, notification: Notification): boolean =>
  inHand === null ||
  waiting.length < room ||
  (notification !== 'disconnected' && waiting.includes(notification));

/** The connection to the guest's port does not come about. */
export const isStuck = ({ inHand, port }: World): boolean => inHand !== null && port === 'silent';

/** The model. */
export const notifications = setup({
  types: { context: {} as NotificationsContext, events: {} as NotificationsEvent },
  actions: {
    /** The model goes on as the outcome says. */
    follow: assign(
      (_, { world, told, counted, heard: lines = [] }: Outcome & { heard?: readonly string[] }) => ({
        ...world,
        effects: { answers: [], told, counted, heard: lines },
      }),
    ),
    movePort: assign((_, { port }: { port: Port }) => ({
      port,
      hasGivenUp: false,
      effects: { ...noEffects, counted: [] },
    })),
    renewSession: assign(({ context }) => {
      const { world, told, counted } = renew(context);
      return {
        ...world,
        effects: {
          answers: [got.connected('A', 'Cafe')],
          told,
          counted,
          heard: [heard.may('A', 'mirrors', 'Cafe'), heard.completed('A', 'mirrors', 'Cafe', 'wlan0')],
        },
      };
    }),
  },
  guards: {
    signalFits: ({ context }) => context.hasSession && context.tries <= 1 && fits(context, 'signal'),
    scanFits: ({ context }) => context.tries <= 1 && fits(context, 'scan'),
    endFits: ({ context }) =>
      context.hasSession &&
      context.tries <= 1 &&
      fits(context, 'disconnected') &&
      ![context.inHand, ...context.waiting].some((kind) => kind === 'disconnected' || kind === 'outdated'),
    hasNoSession: ({ context }) => !context.hasSession && context.tries <= 1 && fits(context, 'signal'),
    isListening: ({ context }) => context.port === 'listening' && context.tries <= 1,
    isDeaf: ({ context }) => context.port === 'closed' || context.port === 'resetting',
    isIdle: ({ context }) => context.port === 'listening' && context.inHand === null,
    isSilent: ({ context }) => context.port === 'silent',
    isAlone: ({ context }) => context.inHand !== null && !isStuck(context) && context.waiting.length === 0,
    isHopeless: ({ context }) => context.inHand !== null && context.port !== 'listening',
    isStuck: ({ context }) => isStuck(context),
  },
}).createMachine({
  id: 'notifications',
  context: {
    port: 'listening',
    hasSession: false,
    inHand: null,
    tries: 0,
    waiting: [],
    hasGivenUp: false,
    effects: { ...noEffects, counted: [], heard: [heard.up('wlan0', 'Cafe')] },
  },
  initial: 'living',
  states: {
    living: {
      on: {
        'signal changes': {
          guard: 'signalFits',
          actions: { type: 'follow', params: ({ context }) => fade(context) },
        },
        'host scans': {
          guard: 'scanFits',
          actions: { type: 'follow', params: ({ context }) => put(context, 'scan') },
        },
        'host drops the guest': {
          guard: 'endFits',
          actions: {
            type: 'follow',
            params: ({ context }) => ({
              ...put({ ...context, hasSession: false }, 'disconnected'),
              heard: [heard.down('wlan0', 'Cafe'), heard.up('wlan0', 'Cafe')],
            }),
          },
        },
        'guest reconnects': { guard: 'hasNoSession', actions: 'renewSession' },
        'port closes': { guard: 'isListening', actions: { type: 'movePort', params: { port: 'closed' } } },
        'port resets': { guard: 'isListening', actions: { type: 'movePort', params: { port: 'resetting' } } },
        'port falls silent': { guard: 'isIdle', actions: { type: 'movePort', params: { port: 'silent' } } },
        'port opens': [
          {
            guard: 'isStuck',
            actions: {
              type: 'follow',
              params: ({ context }) =>
                deliver({ world: { ...context, port: 'listening', hasGivenUp: false }, ...nothing }),
            },
          },
          { guard: 'isDeaf', actions: { type: 'movePort', params: { port: 'listening' } } },
          { guard: 'isSilent', actions: { type: 'movePort', params: { port: 'listening' } } },
        ],
        'pause passes': {
          guard: 'isAlone',
          actions: { type: 'follow', params: ({ context }) => retry(context) },
        },
        'guest is given up': {
          guard: 'isHopeless',
          actions: { type: 'follow', params: ({ context }) => giveUp(context) },
        },
      },
    },
  },
});
