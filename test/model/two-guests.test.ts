/** Plays the model of two guests, with both settings of contention. */
import * as O from 'fp-ts/lib/Option.js';
import type { SnapshotFrom } from 'xstate';
import { network, ssid, station } from '../stage/networks.js';
import { Scene } from './scene.js';
import {
  claimOf,
  everybody,
  type TwoGuestsContext,
  type TwoGuestsEvent,
  twoGuests,
  type Wish,
  type World,
} from './two-guests.js';
import { rehearse } from './walk.js';
import { type GuestName, shows } from './words.js';

const connectDuration = 1000;
const wlan0 = station('wlan0', { connectDuration });

const perform = async (scene: Scene, event: TwoGuestsEvent, before: TwoGuestsContext): Promise<void> => {
  const { control, clock } = scene.stage;
  switch (event.type) {
    case 'guest connects':
      return scene.guest(event.guest).connect(event.network);
    case 'guest disconnects':
      return scene.guest(event.guest).disconnect();
    case 'host gets there':
      return clock.advance(connectDuration);
    case 'host does not get there': {
      const target = { kind: 'ssid', ssid: ssid(claimOf(before).network) } as const;
      control.vanish(target);
      await clock.advance(connectDuration);
      return control.appear(target);
    }
    case 'user connects to Cafe':
      return control.connectByUser(wlan0.id, { ssid: ssid('Cafe'), bssid: O.none });
    case 'user disconnects':
      return control.disconnectByUser(wlan0.id);
  }
};

const wishText = ({ guest, network: wanted }: Wish): string => `${guest} for ${wanted}`;

const guestText = (name: GuestName, world: World): string => {
  const session = world[name];
  const busy =
    world.waiting?.guest === name ? 'busy.connecting.trying.claiming' : 'busy.connecting.trying.ordering';
  const isBusy = world.claim?.guest === name || world.waiting?.guest === name;
  return shows.guest(name, session === null ? null : { ...session, port: 'wlan0' }, {
    dispatcher: isBusy ? busy : 'idle',
  });
};

for (const contention of ['first-wins', 'last-wins'] as const) {
  const machine = twoGuests(contention);
  const service = ({ value, context }: SnapshotFrom<typeof machine>): readonly string[] => {
    const { network: link, claim, waiting } = context;
    const state = claim !== null ? 'connecting' : link === null ? 'disconnected' : 'connected';
    return [
      shows.radio('open.ready'),
      shows.interface('wlan0', state, link),
      ...shows.row('wlan0', {
        network: link,
        origin: JSON.stringify(value).includes('linkedByGuests') ? 'guests' : 'host',
        users: everybody.filter((name) => context[name] !== null),
        claim: claim === null ? undefined : wishText(claim),
        waiting: waiting === null ? [] : [wishText(waiting)],
      }),
      ...everybody.map((name) => guestText(name, context)),
    ];
  };
  rehearse({
    title: `two guests on one interface, ${contention}`,
    machine,
    events: everybody.flatMap((guest) => [
      { type: 'guest connects', guest, network: 'Cafe' } as const,
      { type: 'guest connects', guest, network: 'Home' } as const,
      { type: 'guest disconnects', guest } as const,
    ]),
    longest: 4,
    open: async (staging) => {
      const scene = await Scene.open({
        guests: everybody,
        ...staging,
        interfaces: [wlan0],
        networks: [network('Cafe', 1), network('Home', 2)],
        input: { contention },
      });
      await scene.introduce(...everybody);
      return scene;
    },
    perform: (scene, event, _after, before) => perform(scene, event, before.context),
    service,
  });
}
