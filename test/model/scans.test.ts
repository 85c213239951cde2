/** Plays the models of scans. */
import type { SnapshotFrom } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import {
  delay,
  patience,
  promiseTime,
  type ScansEvent,
  type ScansOptions,
  scanDuration,
  scans,
  type World,
} from './scans.js';
import { Scene } from './scene.js';
import { rehearse } from './walk.js';
import { shows } from './words.js';

/** How long results are fresh, in milliseconds: the default of the service. */
const interval = 5000;
const wlan0 = station('wlan0', { scanDuration });
const home = { kind: 'ssid', ssid: ssid('Home') } as const;

const perform = async (scene: Scene, { type }: ScansEvent, before: World): Promise<void> => {
  const { control, clock } = scene.stage;
  switch (type) {
    case 'guest sends nonsense':
      return scene.sendNonsense('A');
    case 'guest scans':
      return scene.guest('A').scan();
    case 'guest scans for Home':
      return scene.guest('A').scan('Home');
    case 'guest scans, which will fail':
      control.arm({ kind: 'scan.fails', refused: false });
      return scene.guest('A').scan();
    case 'guest scans, which will hang':
      control.arm({ kind: 'scan.hangs' });
      return scene.guest('A').scan();
    case 'guest scans, which will be slow':
      control.arm({ kind: 'scan.slows', by: delay });
      return scene.guest('A').scan();
    case 'guest scans, which is refused':
      control.arm({ kind: 'scan.fails', refused: true });
      return scene.guest('A').scan();
    case 'host scans':
      return control.scanByHost(wlan0.id);
    case 'scan ends':
      return clock.advance(before.left);
    case 'promise is due':
      return clock.advance(promiseTime);
    case 'scan is given up':
      return clock.advance(patience - before.passed);
    case 'results grow old':
      return clock.advance(interval);
    case 'Home vanishes':
      return control.vanish(home);
    case 'Home appears':
      return control.appear(home);
    case 'interface is pulled out':
      return control.leave(wlan0.id);
    case 'interface is plugged in':
      return control.arrive(wlan0.id);
  }
};

/** `longest`: of the simple paths. `never`: what cannot happen with these options. */
const play = (
  title: string,
  options: ScansOptions,
  { longest, never }: { readonly longest: number; readonly never: readonly ScansEvent['type'][] },
): void => {
  const machine = scans(options);
  const service = (state: SnapshotFrom<typeof machine>): readonly string[] => {
    const { seen, owed, scan } = state.context;
    const waits = owed && options.driver === 'without-scan-complete';
    return [
      shows.radio('open.ready'),
      ...(state.matches('pulledOut')
        ? []
        : [shows.interface('wlan0', 'disconnected', null, scan === 'of the service' ? 'scanning' : 'idle')]),
      ...(seen ? [shows.guest('A', null, { dispatcher: waits ? 'scanning' : 'idle' })] : []),
      shows.guest('B', null),
    ];
  };
  rehearse({
    title,
    machine,
    events: [],
    longest,
    never: never.map((type) => `scans.there: ${type}`),
    open: async (staging) => {
      const scene = await Scene.open({
        guests: ['A', 'B'],
        ...staging,
        interfaces: [wlan0],
        networks: [network('Cafe', 1), network('Home', 2)],
        driver: options.driver,
        input: { scanInterval: options.fresh ? interval : 0 },
      });
      await scene.introduce('B');
      return scene;
    },
    perform: (scene, event, _after, before) => perform(scene, event, before.context),
    service,
  });
};

const older = 'without-scan-complete';
const ofFreshResults = ['guest scans for Home', 'results grow old'] as const;
const ofLongScans = [
  'guest scans, which will hang',
  'guest scans, which will be slow',
  'promise is due',
  'scan is given up',
] as const;

play('scans', { driver: 'with-scan-complete', fresh: false }, { longest: 4, never: ofFreshResults });
play(
  'scans by the older driver',
  { driver: older, fresh: false },
  { longest: 4, never: ['guest scans for Home', 'promise is due', 'results grow old'] },
);
play(
  'scans with fresh results',
  { driver: 'with-scan-complete', fresh: true },
  { longest: 3, never: ofLongScans },
);
play(
  'scans by the older driver with fresh results',
  { driver: older, fresh: true },
  { longest: 3, never: ofLongScans },
);
