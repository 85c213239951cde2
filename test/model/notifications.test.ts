/** The notifications of a guest whose port is closed, resets connections, falls silent, and comes back. */
import * as O from 'fp-ts/lib/Option.js';
import { assign, type SnapshotFrom, setup } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import { Scene } from './scene.js';
import { rehearse } from './walk.js';
import { type Effects, got, heard, noEffects, shows } from './words.js';

/** `outdated`: it tells of a session older than the guest's, so that the guest ignores it. */
type Notification = 'signal' | 'scan' | 'disconnected' | 'outdated';

type Port = 'listening' | 'closed' | 'resetting' | 'silent';

type NotificationsEvent =
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

interface World {
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
const pauses = [100, 300, 900] as const;

/** So long, in milliseconds, one notification is tried. */
const deliveryTime = 2000;

const kindOf = (notification: Notification): string =>
  notification === 'outdated' ? 'disconnected' : notification;

/** What the guest sees of what is in hand. */
const toldOf = (notification: Notification, { waiting }: World): readonly string[] => {
  switch (notification) {
    case 'signal':
      return [waiting.includes('signal') ? got.olderSignal('A') : got.signal('A')];
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
    told: [...told, ...toldOf(inHand, world)],
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

const fits = ({ inHand, waiting }: World, notification: Notification): boolean =>
  inHand === null ||
  waiting.length < room ||
  (notification !== 'disconnected' && waiting.includes(notification));

/** The connection to the guest's port does not come about. */
const isStuck = ({ inHand, port }: World): boolean => inHand !== null && port === 'silent';

const model = setup({
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
    renewSession: assign(({ context: { inHand, waiting } }) => ({
      hasSession: true,
      inHand: inHand === null ? null : outdate(inHand),
      waiting: waiting.map(outdate),
      effects: {
        answers: [got.connected('A', 'Cafe')],
        told: [],
        counted: [],
        heard: [heard.may('A', 'mirrors', 'Cafe'), heard.completed('A', 'mirrors', 'Cafe', 'wlan0')],
      },
    })),
  },
  guards: {
    signalFits: ({ context }) => context.hasSession && context.tries <= 1 && fits(context, 'signal'),
    scanFits: ({ context }) => context.tries <= 1 && fits(context, 'scan'),
    endFits: ({ context }) =>
      context.hasSession &&
      context.tries <= 1 &&
      fits(context, 'disconnected') &&
      ![context.inHand, ...context.waiting].some((kind) => kind === 'disconnected' || kind === 'outdated'),
    hasNoSession: ({ context }) => !context.hasSession && context.tries <= 1,
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
          actions: { type: 'follow', params: ({ context }) => put(context, 'signal') },
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

const wlan0 = station('wlan0', { link: 'Cafe' });
const cafe = { ssid: ssid('Cafe'), bssid: O.none };

/** The port that was in trouble is there again. */
const openPort = async (scene: Scene, before: Port): Promise<void> => {
  const { line } = scene;
  if (before === 'silent') return line.open();
  if (before === 'resetting') line.stopResetting();
  await scene.hear('A');
};

const giveUpOn = async (scene: Scene, { port, tries }: World): Promise<void> => {
  const { clock } = scene.stage;
  if (port === 'silent') return clock.advance(deliveryTime);
  for (const pause of pauses.slice(tries - 1)) {
    await scene.channelIs('A', 'delivering.backingOff');
    await clock.advance(pause);
  }
};

const perform = async (scene: Scene, { type }: NotificationsEvent, before: World): Promise<void> => {
  const { control, clock } = scene.stage;
  switch (type) {
    case 'signal changes':
      scene.signal -= 1;
      return control.fade({ kind: 'ssid', ssid: cafe.ssid }, scene.signal, 0);
    case 'host scans':
      return control.scanByHost(wlan0.id);
    case 'host drops the guest':
      control.disconnectByUser(wlan0.id);
      return control.connectByUser(wlan0.id, cafe);
    case 'guest reconnects':
      return scene.connect('A', 'Cafe');
    case 'port opens':
      return openPort(scene, before.port);
    case 'port closes':
      return scene.deafen('A');
    case 'port resets':
      scene.deafen('A');
      return scene.line.reset(scene.addressOf('A'), scene.stage.notificationPort);
    case 'port falls silent':
      return scene.line.silence();
    case 'pause passes':
      return clock.advance(pauses[before.tries - 1] ?? Number.NaN);
    case 'guest is given up':
      return giveUpOn(scene, before);
  }
};

const channelOf = (world: World): string => {
  if (world.inHand === null) return 'idle';
  return isStuck(world) ? 'delivering.connecting' : 'delivering.backingOff';
};

const service = ({ context }: SnapshotFrom<typeof model>): readonly string[] => {
  const { hasSession, waiting } = context;
  return [
    shows.radio('open.ready'),
    shows.interface('wlan0', 'connected', 'Cafe'),
    ...shows.row('wlan0', { network: 'Cafe', origin: 'host', users: hasSession ? ['A'] : [] }),
    shows.guest('A', hasSession ? { use: 'mirrors', network: 'Cafe', port: 'wlan0' } : null, {
      channel: channelOf(context),
      queue: waiting.length,
    }),
  ];
};

rehearse({
  title: 'notifications under failure',
  machine: model,
  events: [],
  longest: 4,
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
