/** One interface of the host: its link, its scans, and the guests that wait for either. */
import { supervised } from '../supervision/supervised.js';
import { departInterface } from './departure.js';
import { type HostInterfaceInput, serving } from './host-interface-steps.js';
import { overtaken } from './interface-actors.js';
import { hostInterfaceEvents, linkOf, unscanned } from './interface-state.js';

const hostInterface = serving.createMachine({
  id: 'hostInterface',
  description: 'One Wi-Fi interface of the host.',
  meta: {
    per: 'interface',
    events: hostInterfaceEvents,
    delays: {
      promiseDue: 'Drivers give up after 10 s: who was promised results gets what has been seen by now.',
      scanTimeout: 'A scan that never reports completion is given up.',
      disconnectTimeout: 'A host that does not disconnect in time keeps nobody waiting.',
    },
  },
  context: ({ input }) => ({ ...input, ...unscanned(input.entry.device) }),
  entry: 'takeSeat',
  invoke: { src: 'watchStation', input: ({ context: { entry } }) => entry },
  on: {
    'signal.changed': { actions: 'noteSignal' },
    'networks.changed': { actions: 'tellNetworks' },
  },
  type: 'parallel',
  states: {
    link: {
      description: 'The connection to an access point.',
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
              actions: [
                { type: 'replyRefused', params: ({ event }) => ({ error: event.error }) },
                'serveNobody',
              ],
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
    },
    scan: {
      description: 'The scans of the host.',
      initial: 'arriving',
      states: {
        arriving: {
          description: 'A new interface scans once by itself; passes on at once.',
          always: [{ guard: 'isFake', target: 'idle' }, { target: 'asking' }],
        },
        idle: {
          description: 'No scan that we know of.',
          on: { 'scan.requested': { target: 'asking', actions: 'seek' } },
        },
        asking: {
          description:
            'The host is asked for a scan, or the host application for its networks; no answer within 10 s is a failure.',
          entry: 'askForScan',
          exit: 'endAsking',
          on: {
            'scan.requested': { actions: 'addWaiter' },
            'scan.running': { target: 'scanning', actions: 'promiseResults' },
          },
        },
        scanning: {
          description:
            'The host scans. Drivers that know how are answered with what is cached, and told the rest.',
          after: {
            promiseDue: { actions: 'keepPromises' },
            scanTimeout: { target: 'idle', actions: ['noteScanFailure', 'giveUpScan', 'keepPromises'] },
          },
          always: { guard: 'hasPatientWaiter', actions: 'promiseResults' },
          on: { 'scan.requested': { actions: 'addWaiter' } },
        },
      },
      on: {
        'scan.completed': [
          {
            guard: 'isAnyoneLeft',
            target: '.asking',
            actions: ['tellScanned', 'noteScanned', 'seekNext'],
          },
          { target: '.idle', actions: ['tellScanned', 'noteScanned'] },
        ],
        'scan.failed': { target: '.idle', actions: ['noteScanFailure', 'giveUpScan', 'keepPromises'] },
      },
    },
  },
});

export const supervisedInterface = supervised<HostInterfaceInput>({
  part: 'interface',
  children: { hostInterface },
  facts: ({ entry }) => ({ interfaceId: entry.device.id }),
  onCrash: (input, post) => departInterface(input, post, input.entry.device.id),
});
