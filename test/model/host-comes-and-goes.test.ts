/** Plays the model of a host that comes and goes. */
import * as O from 'fp-ts/lib/Option.js';
import type { SnapshotFrom } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import { type HostEvent, hostComesAndGoes, pauseAfter, type World } from './host-comes-and-goes.js';
import { Scene } from './scene.js';
import { rehearse } from './walk.js';
import { shows } from './words.js';

const connectDuration = 1000;
/** It connects to Cafe by itself whenever it arrives. */
const wlan0 = station('wlan0', { connectDuration, link: 'Cafe' });
const cafe = { kind: 'ssid', ssid: ssid('Cafe') } as const;

const perform = async (scene: Scene, { type }: HostEvent, { failures }: World): Promise<void> => {
  const { control, clock } = scene.stage;
  switch (type) {
    case 'guest connects':
      return scene.guest('A').connect('Cafe');
    case 'guest disconnects':
      return scene.guest('A').disconnect();
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

type State = SnapshotFrom<typeof hostComesAndGoes>;

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
      dispatcher: state.matches({ there: 'connecting' }) ? 'busy.connecting.trying.ordering' : 'idle',
    }),
  ];
};

rehearse({
  title: 'a host that comes and goes',
  machine: hostComesAndGoes,
  events: [],
  longest: 5,
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
