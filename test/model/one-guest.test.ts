/** Plays the model of one guest. */
import * as O from 'fp-ts/lib/Option.js';
import type { SnapshotFrom } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import { type Network, type OneGuestEvent, oneGuest } from './one-guest.js';
import { Scene, type Staging } from './scene.js';
import { rehearse } from './walk.js';
import { shows } from './words.js';

const bothNetworks = <Type extends OneGuestEvent['type']>(
  type: Type,
): readonly { readonly type: Type; readonly network: Network }[] => [
  { type, network: 'Cafe' },
  { type, network: 'Home' },
];

const wlan0 = station('wlan0');

const open = (staging: Staging): Promise<Scene> =>
  Scene.open({
    guests: ['A'],
    ...staging,
    interfaces: [wlan0],
    networks: [network('Cafe', 1), network('Home', 2), network('Attic', 3, { hidden: true })],
  });

const perform = async (scene: Scene, event: OneGuestEvent): Promise<void> => {
  const { control, clock } = scene.stage;
  scene.verdict = 'approve';
  switch (event.type) {
    case 'guest scans':
      return scene.guest('A').scan();
    case 'guest scans for a hidden network':
      return scene.guest('A').scan('Attic');
    case 'guest connects':
      return scene.guest('A').connect(event.network);
    case 'guest is denied':
      scene.verdict = 'deny';
      return scene.guest('A').connect(event.network);
    case 'guest is not decided on':
      scene.verdict = 'late';
      scene.guest('A').connect(event.network);
      await scene.dispatcherIs('A', 'busy.connecting.authorizing');
      return clock.advance(5000);
    case 'guest asks for the impossible':
      return scene.guest('A').connectAsEnterprise(event.network);
    case 'guest is refused by the network':
      control.arm({ kind: 'connect.fails', reason: 'rejected', status: O.none });
      return scene.guest('A').connect(event.network);
    case 'guest is kept waiting by the network':
      control.arm({ kind: 'connect.hangs' });
      scene.guest('A').connect(event.network);
      await scene.linkIs('wlan0', 'connecting');
      return clock.advance(10_000);
    case 'guest disconnects':
      return scene.guest('A').disconnect();
    case 'guest disconnects an older session':
      return scene.guest('A').disconnect('an older id');
    case 'guest disconnects, the host hangs':
      control.arm({ kind: 'disconnect.hangs' });
      scene.guest('A').disconnect();
      await scene.linkIs('wlan0', 'disconnecting');
      return clock.advance(5000);
    case 'guest disconnects, the host refuses':
      control.arm({ kind: 'disconnect.fails' });
      return scene.guest('A').disconnect();
    case 'user connects':
      return control.connectByUser(wlan0.id, { ssid: ssid(event.network), bssid: O.none });
    case 'user disconnects':
      return control.disconnectByUser(wlan0.id);
    case 'host scans':
      return control.scanByHost(wlan0.id);
    case 'signal changes':
      scene.signal -= 1;
      for (const name of ['Cafe', 'Home']) control.fade({ kind: 'ssid', ssid: ssid(name) }, scene.signal, 0);
      return;
    case 'service restarts':
      return scene.restart();
  }
};

const service = ({ value, context }: SnapshotFrom<typeof oneGuest>): readonly string[] => {
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
  machine: oneGuest,
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
