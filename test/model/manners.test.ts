/** Plays the model of a guest without manners, and of parts that crash. */
import * as O from 'fp-ts/lib/Option.js';
import type { SnapshotFrom } from 'xstate';
import { AuthType, WpaVersion } from '../../protocol/connect.js';
import { encodeRequest } from '../../protocol/index.js';
import { AkmSuite, CipherSuite } from '../../protocol/suites.js';
import type { RawConnection } from '../stage/guests.js';
import { anyKey, network, ssid, station } from '../stage/networks.js';
import { type MannersEvent, manners } from './manners.js';
import { cafe } from './player.js';
import { Scene } from './scene.js';
import { rehearse } from './walk.js';
import { shows } from './words.js';

const connectDuration = 1000;
/** Pause of a part after its first crash, in milliseconds. */
const rest = 500;
/** Other guests have their turn between two requests that waited. */
const longestPause = 10;
const wlan0 = station('wlan0', { connectDuration });

const scanRequest = encodeRequest({ operation: 'scan', ssid: O.none });
const connectRequest = encodeRequest({
  operation: 'connect',
  ssid: ssid(cafe),
  bssid: O.none,
  authType: AuthType.openSystem,
  wpaVersions: WpaVersion.wpa2,
  akmSuites: [AkmSuite.psk],
  pairwiseCipherSuites: [CipherSuite.ccmp],
  groupCipherSuite: CipherSuite.ccmp,
  key: anyKey,
});
/** Bytes that come first: the header and a little more. */
const half = 20;

type State = SnapshotFrom<typeof manners>;

/** A guest's connections that are open, by what is on them. */
interface Wires {
  /** How many frames have begun to come in pieces. */
  begun: number;
  half?: RawConnection;
  connect?: RawConnection;
  scan?: RawConnection;
}

const wiresOf = new WeakMap<Scene, Wires>();

const on = (connection: RawConnection | undefined): RawConnection => {
  if (connection === undefined) throw new Error('the guest has no such connection');
  return connection;
};

/** What nobody sends: whoever takes it for an event throws. */
const nonsense = { type: 'notification.queued' } as const;

const perform = async (scene: Scene, { type }: MannersEvent): Promise<void> => {
  const { stage } = scene;
  const guest = scene.guest('A');
  const wires = wiresOf.get(scene);
  if (wires === undefined) throw new Error('this scene was opened otherwise');
  const { id } = guest.staged;
  const connections = (): number => stage.statusOf({ id })?.connections ?? 0;
  const requests = stage.records.requestsOf(id);
  const arrives = (): Promise<void> =>
    stage.until(() => stage.records.requestsOf(id) > requests, 'the request is there');
  const { guests, interfaces } = stage.proxy.getSnapshot().context;
  switch (type) {
    case 'guest begins a request': {
      const { begun } = wires;
      wires.half = stage.raw(1);
      await wires.half.write(connectRequest.subarray(0, half));
      return stage.until(() => wires.begun > begun, 'its first bytes are there');
    }
    case 'guest completes it': {
      wires.connect = on(wires.half);
      guest.awaitAnswer(wires.connect);
      return wires.connect.write(connectRequest.subarray(half));
    }
    case 'guest hangs up in the middle of it': {
      const open = connections();
      on(wires.half).destroy();
      return stage.until(() => connections() < open, 'its connection is gone');
    }
    case 'guest stalls':
      guest.awaitAnswer(on(wires.half));
      return stage.clock.advance(2000);
    case 'guest connects':
      wires.connect = stage.raw(1);
      guest.awaitAnswer(wires.connect);
      return wires.connect.write(connectRequest);
    case 'host gets there': {
      await stage.clock.advance(connectDuration);
      const door = (): unknown => stage.statusOf({ id })?.requestChannel;
      await stage.until(() => door() !== 'dispatching' && door() !== 'answering', 'the connect is answered');
      return door() === 'advancing' ? stage.clock.advance(longestPause) : undefined;
    }
    case 'guest asks for a scan before it is answered':
      wires.scan = stage.raw(1);
      guest.awaitAnswer(wires.scan);
      await wires.scan.write(scanRequest);
      return arrives();
    case 'guest hangs up on the scan': {
      const open = connections();
      guest.expectNothing(on(wires.scan));
      return stage.until(() => connections() < open, 'its connection is gone');
    }
    case 'guest hangs up on the connect':
      guest.missId();
      return guest.expectNothing(on(wires.connect));
    case 'guest scans and never closes': {
      const connection = stage.raw(1);
      guest.awaitAnswer(connection, 'kept');
      await connection.write(scanRequest);
      await connection.ended;
      await stage.clock.advance(2000);
      return stage.until(() => connections() === 0, 'the host has closed');
    }
    case 'actors of the guest crash':
      guests.get(id)?.notificationChannel.send(nonsense as never);
      return stage.until(() => connections() === 0, 'its connections are closed');
    case 'guest asks while they rest': {
      const connection = stage.raw(1);
      guest.awaitAnswer(connection);
      return connection.write(scanRequest);
    }
    case 'interface crashes':
      interfaces.get(wlan0.id)?.seat.send({ type: 'link.up' } as never);
      return stage.until(() => stage.status.interfaces.length === 0, 'it has left');
    case 'they are back':
    case 'interface is back':
      return stage.clock.advance(rest);
  }
};

const service = (state: State): readonly string[] => {
  const { use, half: piece } = state.context;
  const isLinked = state.matches('linked') || state.matches({ resting: 'linked' });
  const isConnecting = state.matches('connecting');
  const link = isLinked ? cafe : null;
  const doing = isLinked ? 'connected' : isConnecting ? 'connecting' : 'disconnected';
  const isResting = state.matches('resting');
  const held = isResting ? null : use;
  const guest = shows.guest('A', held === null ? null : { use: held, network: cafe, port: 'wlan0' }, {
    dispatcher: isResting ? 'gone' : isConnecting ? 'busy.connecting.trying.ordering' : 'idle',
    channel: isResting ? 'null' : 'idle',
  });
  return [
    shows.radio('open.ready'),
    ...(state.matches('gone')
      ? []
      : [
          shows.interface('wlan0', doing, link),
          ...shows.row('wlan0', {
            network: link,
            origin: isLinked ? 'guests' : 'host',
            users: held === null ? [] : ['A'],
            claim: isConnecting ? `A for ${cafe}` : undefined,
          }),
        ]),
    piece === 'at the door' ? `${guest}; requests receiving` : guest,
  ];
};

rehearse({
  title: 'a guest without manners, and parts that crash',
  machine: manners,
  events: [],
  longest: 3,
  open: async (staging) => {
    const wires: Wires = { begun: 0 };
    const scene = await Scene.open({
      guests: ['A'],
      ...staging,
      inspect: (inspected) => {
        staging.inspect?.(inspected);
        if (inspected.type === '@xstate.event' && inspected.event.type === 'frame.started') wires.begun += 1;
      },
      interfaces: [wlan0],
      networks: [network(cafe, 1)],
    });
    wiresOf.set(scene, wires);
    await scene.introduce('A');
    return scene;
  },
  perform,
  service,
});
