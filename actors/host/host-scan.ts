/** The scans of one interface, and the guests that wait for them. */
import { scanning } from './host-scan-steps.js';
import { hostScanEvents, unscanned } from './scan-state.js';

export const hostScan = scanning.createMachine({
  id: 'hostScan',
  description: 'The scans of one Wi-Fi interface of the host.',
  meta: {
    per: 'interface',
    events: hostScanEvents,
    delays: {
      promiseDue: 'Drivers give up after 10 s: who was promised results gets what has been seen by now.',
      scanTimeout: 'A scan that never reports completion is given up.',
    },
  },
  context: ({ input }) => ({ ...input, ...unscanned(input.entry.device) }),
  entry: 'takeSeat',
  invoke: { src: 'watchScans', input: ({ context: { entry } }) => entry },
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
});
