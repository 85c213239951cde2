/** Plays the model of notifications under failure. */
import * as O from 'fp-ts/lib/Option.js';
import type { SnapshotFrom } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import {
  deliveryTime,
  isStuck,
  type NotificationsEvent,
  notifications,
  type Port,
  pauses,
  type World,
} from './notifications.js';
import { Scene } from './scene.js';
import { rehearse } from './walk.js';
import { shows } from './words.js';

const wlan0 = station('wlan0', { link: 'Cafe' });
const cafe = { ssid: ssid('Cafe'), bssid: O.none };

/** The port that was in trouble is there again. */
const openPort = async (scene: Scene, before: Port): Promise<void> => {
  const { line } = scene;
  if (before === 'silent') return line.open();
  if (before === 'resetting') line.stopResetting();
  await scene.guest('A').hear();
};

const giveUpOn = async (scene: Scene, { port, tries }: World): Promise<void> => {
  const { clock } = scene.stage;
  if (port === 'silent') return clock.advance(deliveryTime);
  for (const pause of pauses.slice(tries - 1)) {
    await scene.channelIs('A', 'backingOff');
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
      return scene.guest('A').connect('Cafe');
    case 'port opens':
      return openPort(scene, before.port);
    case 'port closes':
      return scene.guest('A').deafen();
    case 'port resets':
      return scene.resetConnections('A');
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
  return isStuck(world) ? 'connecting' : 'backingOff';
};

const service = ({ context }: SnapshotFrom<typeof notifications>): readonly string[] => {
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
  machine: notifications,
  events: [],
  longest: 4,
  open: async (staging) => {
    const scene = await Scene.open({
      guests: ['A'],
      ...staging,
      interfaces: [wlan0],
      networks: [network('Cafe', 1)],
    });
    await scene.introduce('A');
    return scene;
  },
  perform: (scene, event, _after, before) => perform(scene, event, before.context),
  service,
});
