/** Plays the model of scans. */
import type { SnapshotFrom } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import { type ScansEvent, scans } from './scans.js';
import { Scene } from './scene.js';
import { rehearse } from './walk.js';
import { shows } from './words.js';

const scanDuration = 1000;
const scanTimeout = 10_000;
const wlan0 = station('wlan0', { scanDuration });
const home = { kind: 'ssid', ssid: ssid('Home') } as const;

const perform = async (scene: Scene, { type }: ScansEvent): Promise<void> => {
  const { control, clock } = scene.stage;
  switch (type) {
    case 'guest sends nonsense':
      return scene.guest('A').sendNonsense();
    case 'guest scans':
      return scene.guest('A').scan();
    case 'guest scans, which will fail':
      control.arm({ kind: 'scan.fails', refused: false });
      return scene.guest('A').scan();
    case 'guest scans, which will hang':
      control.arm({ kind: 'scan.hangs' });
      return scene.guest('A').scan();
    case 'guest scans, which is refused':
      control.arm({ kind: 'scan.fails', refused: true });
      return scene.guest('A').scan();
    case 'host scans':
      return control.scanByHost(wlan0.id);
    case 'scan ends':
      return clock.advance(scanDuration);
    case 'scan is given up':
      return clock.advance(scanTimeout);
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

const service = (state: SnapshotFrom<typeof scans>): readonly string[] => {
  const { seen, waits } = state.context;
  return [
    shows.radio('open.ready'),
    ...(state.matches('pulledOut')
      ? []
      : [shows.interface('wlan0', 'disconnected', null, state.matches('scanning') ? 'scanning' : 'idle')]),
    ...(seen ? [shows.guest('A', null, { dispatcher: waits ? 'busy.scanning' : 'idle' })] : []),
    shows.guest('B', null),
  ];
};

rehearse({
  title: 'scans',
  machine: scans,
  events: [],
  longest: 4,
  open: async (hooked) => {
    const scene = await Scene.open({
      guests: ['A', 'B'],
      hooked,
      interfaces: [wlan0],
      networks: [network('Cafe', 1), network('Home', 2)],
    });
    await scene.introduce('B');
    return scene;
  },
  perform: (scene, event) => perform(scene, event),
  service,
});
