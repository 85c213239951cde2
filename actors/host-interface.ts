/** One interface of the host: its link, its scans, and the guests that wait for either. */
import { none, some } from 'fp-ts/lib/Option.js';
import { assign, enqueueActions, setup } from 'xstate';
import type { HostLink, RadioInterface } from '../native/radio.js';
import type { Explains } from './explains.js';
import type { HostInterfaceContext, HostInterfaceEvent } from './host-interface-events.js';
import { authOf, notifyResults } from './host-networks.js';
import type { Services } from './services.js';
import { connectStation, disconnectStation, failureOf, scanStation, watchStation } from './station-actors.js';

const sameLink = (a: HostLink | null, b: HostLink): boolean =>
  a !== null && a.ssid === b.ssid && a.bssid === b.bssid;

export const hostInterface = setup({
  types: {
    meta: {} as Explains<HostInterfaceEvent['type'], 'scanTimeout' | 'disconnectTimeout'>,
    context: {} as HostInterfaceContext,
    events: {} as HostInterfaceEvent,
    input: {} as { services: Services; port: RadioInterface },
  },
  actors: { watchStation, connectStation, disconnectStation, scanStation },
  actions: {
    register: ({ context, self }) => {
      const entry = context.services.interfaces.get(context.id);
      if (entry !== undefined) entry.actor = self;
    },
    noteLink: enqueueActions(({ context, enqueue }, { link }: { link: HostLink }) => {
      if (sameLink(context.link, link)) return;
      const { services, id } = context;
      const newNetwork = context.link?.ssid !== link.ssid;
      enqueue.assign({ link, rssi: null });
      if (!newNetwork) return;
      if (context.link !== null)
        services.announce({ type: 'hostDisconnected', interfaceId: id, ssid: context.link.ssid });
      enqueue.sendTo(services.ownership, { type: 'interface.linked', interfaceId: id, ssid: link.ssid });
      services.announce({
        type: 'hostConnected',
        interfaceId: id,
        ssid: link.ssid,
        auth: authOf(services, id, link.bssid),
      });
      services.log.info({ interfaceId: id, ssid: link.ssid, bssid: link.bssid }, 'host connected');
    }),
    noteLoss: enqueueActions(({ context, event, enqueue }) => {
      const { services, id, link } = context;
      if (link === null) return;
      const reason = event.type === 'link.lost' ? event.reason : 'disconnected';
      enqueue.assign({ link: null, rssi: null });
      enqueue.sendTo(services.ownership, { type: 'interface.unlinked', interfaceId: id });
      services.announce({ type: 'hostDisconnected', interfaceId: id, ssid: link.ssid });
      services.log.info({ interfaceId: id, ssid: link.ssid, reason }, 'host disconnected');
    }),
    noteSignal: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'signal.changed') return;
      enqueue.assign({ rssi: event.rssi });
      enqueue.sendTo(context.services.ownership, {
        type: 'signal.changed',
        interfaceId: context.id,
        rssi: event.rssi,
      });
    }),
    serve: assign({
      serving: ({ event }) =>
        event.type === 'connect.requested' || event.type === 'disconnect.requested' ? event.guest : null,
    }),
    serveNobody: assign({ serving: null }),
    replyConnected: enqueueActions(({ context, enqueue }, { link }: { link: HostLink }) => {
      const dispatcher =
        context.serving === null ? undefined : context.services.guests.get(context.serving)?.dispatcher;
      if (dispatcher !== undefined)
        enqueue.sendTo(dispatcher, {
          type: 'interface.connected',
          interfaceId: context.id,
          bssid: link.bssid,
        });
    }),
    replyRefused: enqueueActions(({ context, enqueue }, { error }: { error: unknown }) => {
      const failure = failureOf(error);
      context.services.log.info(
        { interfaceId: context.id, reason: failure.reason, detail: failure.detail },
        'connection failed',
      );
      const dispatcher =
        context.serving === null ? undefined : context.services.guests.get(context.serving)?.dispatcher;
      if (dispatcher !== undefined)
        enqueue.sendTo(dispatcher, {
          type: 'interface.refused',
          interfaceId: context.id,
          reason: failure.reason,
          status: failure.status,
        });
    }),
    replyBusy: enqueueActions(({ context, event, enqueue }) => {
      if (event.type !== 'connect.requested') return;
      const dispatcher = context.services.guests.get(event.guest)?.dispatcher;
      if (dispatcher !== undefined)
        enqueue.sendTo(dispatcher, {
          type: 'interface.refused',
          interfaceId: context.id,
          reason: 'the interface is busy',
          status: 30,
        });
    }),
    replyDisconnected: enqueueActions(({ context, enqueue }) => {
      const dispatcher =
        context.serving === null ? undefined : context.services.guests.get(context.serving)?.dispatcher;
      if (dispatcher !== undefined)
        enqueue.sendTo(dispatcher, { type: 'interface.disconnected', interfaceId: context.id });
    }),
    logStillConnected: ({ context: { services, id } }, { error }: { error: unknown }) => {
      const why = typeof error === 'object' ? error : { detail: String(error) };
      services.log.warn({ interfaceId: id, ...why }, 'the interface did not disconnect');
    },
    addWaiter: assign({
      waiters: ({ context, event }) =>
        event.type === 'scan.requested'
          ? [...context.waiters, { guest: event.guest, round: event.round }]
          : context.waiters,
    }),
    /** The one who asked for the scan gets what the host had cached, and is promised the rest. */
    answerFirst: enqueueActions(({ context, enqueue }) => {
      const { services, id, waiters, promised } = context;
      const [first, ...others] = waiters;
      if (first === undefined) return;
      enqueue.assign({ waiters: others, promised: [...promised, first.guest] });
      const dispatcher = services.guests.get(first.guest)?.dispatcher;
      if (dispatcher !== undefined)
        enqueue.sendTo(dispatcher, {
          type: 'interface.scanned',
          interfaceId: id,
          round: first.round,
          outcome: 'running',
        });
    }),
    /** The scan is over: who waits is answered, and who was promised its results is notified. */
    concludeScan: enqueueActions(({ context, enqueue }, { outcome }: { outcome: 'complete' | 'failed' }) => {
      const { services, id, waiters, promised } = context;
      enqueue.assign({ waiters: [], promised: [] });
      for (const { guest, round } of waiters) {
        const dispatcher = services.guests.get(guest)?.dispatcher;
        if (dispatcher !== undefined)
          enqueue.sendTo(dispatcher, { type: 'interface.scanned', interfaceId: id, round, outcome });
      }
      const everybody = outcome === 'complete' && waiters.length === 0;
      notifyResults(services, id, everybody ? [...services.guests.keys()] : promised);
    }),
    noteScanFailure: ({ context, event }) => {
      const reason = event.type === 'scan.failed' ? event.reason : 'no completion within 10 s';
      context.services.log.warn({ interfaceId: context.id, reason }, 'host scan failed');
    },
  },
  guards: {
    /** Made-up networks are always connected. */
    isPretended: ({ context }) => context.services.interfaces.get(context.id)?.port.kind === 'pretended',
    hasLink: ({ context }) => context.link !== null,
    isServed: ({ context, event }) => 'guest' in event && event.guest === context.serving,
  },
  delays: {
    /** A scan that never reports completion is given up. */
    scanTimeout: 10_000,
    disconnectTimeout: 5000,
  },
}).createMachine({
  id: 'hostInterface',
  description: 'One Wi-Fi interface of the host.',
  meta: {
    per: 'interface',
    events: {
      'link.up': 'From the host: the interface is connected, by whomever.',
      'link.lost': 'From the host: the connection is gone.',
      'signal.changed': "From the host: the connection's signal in dBm.",
      'scan.completed': 'From the host: a scan has ended, asked for or not.',
      'scan.failed': 'From the host: the scan came to nothing.',
      'scan.running': 'From the host: it has begun to scan; what it had seen before can be told.',
      'scan.requested': 'From a dispatcher: its guest wants to know the networks.',
      'connect.requested': 'From the dispatcher whose claim was granted: connect as its guest asked.',
      'connect.cancelled': 'From that dispatcher: the time for this try is up.',
      'disconnect.requested': 'From the ownership table: no guest uses the connection any more.',
    },
    delays: {
      scanTimeout: 'A scan that never reports completion is given up.',
      disconnectTimeout: 'A host that does not disconnect in time keeps nobody waiting.',
    },
  },
  context: ({ input: { services, port } }) => ({
    services,
    id: port.id,
    name: port.name,
    link: null,
    rssi: null,
    serving: null,
    waiters: [],
    promised: [],
  }),
  entry: 'register',
  invoke: { src: 'watchStation', input: ({ context: { services, id } }) => ({ services, id }) },
  on: {
    'signal.changed': { actions: 'noteSignal' },
  },
  type: 'parallel',
  states: {
    link: {
      description: 'The connection to an access point.',
      initial: 'disconnected',
      states: {
        disconnected: {
          description: 'No network.',
          always: { guard: 'isPretended', target: 'connected' },
          on: {
            'link.up': {
              target: 'connected',
              actions: { type: 'noteLink', params: ({ event }) => ({ link: event.link }) },
            },
            'connect.requested': { target: 'connecting', actions: 'serve' },
          },
        },
        connecting: {
          description: 'The host connects as a guest directed; a former link may still be up.',
          invoke: {
            src: 'connectStation',
            input: ({ context: { services, id }, event }) => ({
              services,
              id,
              order: event.type === 'connect.requested' ? event.order : null,
            }),
            onDone: {
              target: 'connected',
              actions: [
                { type: 'noteLink', params: ({ event }) => ({ link: event.output }) },
                { type: 'replyConnected', params: ({ event }) => ({ link: event.output }) },
                'serveNobody',
              ],
            },
            onError: {
              target: 'settling',
              actions: [
                { type: 'replyRefused', params: ({ event }) => ({ error: event.error }) },
                'serveNobody',
              ],
            },
          },
          on: {
            'link.up': { actions: { type: 'noteLink', params: ({ event }) => ({ link: event.link }) } },
            'link.lost': { actions: 'noteLoss' },
            'connect.requested': { actions: 'replyBusy' },
            'connect.cancelled': { guard: 'isServed', target: 'settling', actions: 'serveNobody' },
          },
        },
        settling: {
          description: 'An attempt has failed; passes on at once.',
          always: [{ guard: 'hasLink', target: 'connected' }, { target: 'disconnected' }],
        },
        connected: {
          description: 'Connected to a network, by whomever; made-up networks always are.',
          on: {
            'link.up': { actions: { type: 'noteLink', params: ({ event }) => ({ link: event.link }) } },
            'link.lost': { target: 'disconnected', actions: 'noteLoss' },
            'connect.requested': { target: 'connecting', actions: 'serve' },
            'disconnect.requested': { target: 'disconnecting', actions: 'serve' },
          },
        },
        disconnecting: {
          description: 'The last guest of a guest-directed connection has left.',
          invoke: {
            src: 'disconnectStation',
            input: ({ context: { services, id } }) => ({ services, id }),
            onDone: { target: 'settling', actions: ['noteLoss', 'replyDisconnected', 'serveNobody'] },
            onError: {
              target: 'settling',
              actions: [
                { type: 'logStillConnected', params: ({ event }) => ({ error: event.error }) },
                'replyDisconnected',
                'serveNobody',
              ],
            },
          },
          after: { disconnectTimeout: { target: 'settling', actions: ['replyDisconnected', 'serveNobody'] } },
          on: {
            'link.up': { actions: { type: 'noteLink', params: ({ event }) => ({ link: event.link }) } },
            'link.lost': { actions: 'noteLoss' },
            'connect.requested': { actions: 'replyBusy' },
          },
        },
      },
    },
    scan: {
      description: 'The scans of the host.',
      initial: 'idle',
      states: {
        idle: {
          description: 'No scan that we know of.',
          on: {
            'scan.requested': { target: 'scanning', actions: 'addWaiter' },
            'scan.completed': { actions: { type: 'concludeScan', params: { outcome: 'complete' } } },
          },
        },
        scanning: {
          description: 'The host scans; who asks now waits for its results.',
          invoke: {
            src: 'scanStation',
            input: ({ context: { services, id }, event }) => ({
              services,
              id,
              ssid: event.type === 'scan.requested' && event.ssid !== null ? some(event.ssid) : none,
            }),
          },
          after: {
            scanTimeout: {
              target: 'idle',
              actions: ['noteScanFailure', { type: 'concludeScan', params: { outcome: 'failed' } }],
            },
          },
          on: {
            'scan.requested': { actions: 'addWaiter' },
            'scan.running': { actions: 'answerFirst' },
            'scan.completed': {
              target: 'idle',
              actions: { type: 'concludeScan', params: { outcome: 'complete' } },
            },
            'scan.failed': {
              target: 'idle',
              actions: ['noteScanFailure', { type: 'concludeScan', params: { outcome: 'failed' } }],
            },
          },
        },
      },
    },
  },
});
