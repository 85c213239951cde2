/** One interface of the host: its link, and the guest that it connects for. Beside it, its scans. */
import { supervised } from '../supervision/supervised.js';
import { departInterface } from './departure.js';
import { type HostInterfaceInput, serving } from './host-interface-steps.js';
import { hostScan } from './host-scan.js';
import { overtaken } from './interface-actors.js';
import { hostInterfaceEvents, linkOf, unlinked } from './interface-state.js';

const hostInterface = serving.createMachine({
  id: 'hostInterface',
  description: 'One Wi-Fi interface of the host: its connection to an access point.',
  meta: {
    per: 'interface',
    events: hostInterfaceEvents,
    delays: {
      disconnectTimeout: 'A host that does not disconnect in time keeps nobody waiting.',
    },
  },
  context: ({ input }) => ({ ...input, ...unlinked(input.entry.device) }),
  entry: 'takeSeat',
  invoke: { src: 'watchStation', input: ({ context: { entry } }) => entry },
  on: {
    'signal.changed': { actions: 'noteSignal' },
    'networks.changed': { actions: 'tellNetworks' },
  },
  initial: 'disconnected',
  states: {
    disconnected: {
      description: 'No network.',
      always: { guard: 'isFake', target: 'connected' },
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
        input: ({ context: { entry }, event }) => ({
          entry,
          order: event.type === 'connect.requested' ? event.order : null,
        }),
        onDone: [
          {
            guard: 'isOvertaken',
            target: 'settling',
            actions: [{ type: 'replyRefused', params: { error: overtaken } }, 'serveNobody'],
          },
          {
            target: 'connected',
            actions: [
              {
                type: 'noteLink',
                params: ({ context, event }) => ({ link: linkOf(context, event.output) }),
              },
              {
                type: 'replyConnected',
                params: ({ context, event }) => ({ link: linkOf(context, event.output) }),
              },
              'serveNobody',
            ],
          },
        ],
        onError: {
          target: 'settling',
          actions: [{ type: 'replyRefused', params: ({ event }) => ({ error: event.error }) }, 'serveNobody'],
        },
      },
      on: {
        'link.up': {
          actions: ['noteReached', { type: 'noteLink', params: ({ event }) => ({ link: event.link }) }],
        },
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
      description: 'Connected to a network, by whomever; fake networks always are.',
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
        input: ({ context: { entry, link } }) => ({ entry, link }),
        onDone: [
          {
            guard: { type: 'isStillOn', params: ({ event }) => ({ link: event.output }) },
            target: 'settling',
            actions: ['noteLoss', 'replyDisconnected', 'serveNobody'],
          },
          { target: 'settling', actions: ['replyDisconnected', 'serveNobody'] },
        ],
        onError: {
          target: 'settling',
          actions: [
            { type: 'logStillConnected', params: ({ event }) => ({ error: event.error }) },
            'replyStillConnected',
            'serveNobody',
          ],
        },
      },
      after: {
        disconnectTimeout: { target: 'settling', actions: ['replyStillConnected', 'serveNobody'] },
      },
      on: {
        'link.up': { actions: { type: 'noteLink', params: ({ event }) => ({ link: event.link }) } },
        'link.lost': { actions: 'noteLoss' },
        'connect.requested': { actions: 'replyBusy' },
      },
    },
  },
});

export const supervisedInterface = supervised<HostInterfaceInput>({
  part: 'interface',
  // In this order: an interface has its seat before it scans.
  children: { hostInterface, hostScan },
  facts: ({ entry }) => ({ interfaceId: entry.device.id }),
  onCrash: (input, post) => departInterface(input, post, input.entry.device.id),
});
