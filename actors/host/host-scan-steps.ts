/** The steps of an interface's scans: what is asked of the host, and who is told. `host-scan.ts` says when. */
import { assign, enqueueActions, setup } from 'xstate';
import type { Ssid } from '../../protocol/ssid.js';
import type { Explains } from '../explains.js';
import type { HostInterfaceInput } from './host-interface-steps.js';
import { watchScans } from './interface-actors.js';
import { notifyResults, tellOutcome } from './scan-notification.js';
import {
  type HostScanEvent,
  type HostScanState,
  isTired,
  noteScanned,
  settledBy,
  type Waiter,
} from './scan-state.js';

export interface HostScanContext extends HostScanState, HostInterfaceInput {}

/** The guest's driver gives up 10 s after the answer that promised it results, in milliseconds. */
const promiseTime = 9000;

/** Whose scan has ended with this one, and for whom the host has to look once more. */
const settled = <T extends { readonly ssid: Ssid | null }>(
  context: HostScanContext,
  who: readonly T[],
): ReturnType<typeof settledBy<T>> => {
  const { entry, seeking, service } = context;
  return settledBy(who, seeking, entry.device.networks(), () =>
    isTired(context, service.clock.elapsed(), service.settings.scanInterval),
  );
};

const waiterOf = ({
  guest,
  round,
  waits,
  ssid,
}: Extract<HostScanEvent, { type: 'scan.requested' }>): Waiter => ({ guest, round, waits, ssid });

/**
 * Everything that the actor of an interface's scans can do, ask and wait for, by name.
 *
 * @internal Not all that its type is made of has a name in XState.
 */
export const scanning = setup({
  types: {
    meta: {} as Explains<HostScanEvent['type'], 'promiseDue' | 'scanTimeout'>,
    context: {} as HostScanContext,
    events: {} as HostScanEvent,
    input: {} as HostInterfaceInput,
  },
  actors: { watchScans },
  actions: {
    takeSeat: ({ context, self }) => context.entry.scanSeat.take(self),
    /** The first who asks says what is looked for. */
    seek: assign(({ context: { waiters }, event }) =>
      event.type === 'scan.requested'
        ? { seeking: event.ssid, waiters: [...waiters, waiterOf(event)] }
        : { waiters },
    ),
    addWaiter: assign(({ context: { waiters }, event }) => ({
      waiters: event.type === 'scan.requested' ? [...waiters, waiterOf(event)] : waiters,
    })),
    askForScan: ({ context: { entry, seeking, service }, self }) =>
      entry.scans.begin(seeking, service.deadlines, (event) => self.send(event)),
    endAsking: ({ context: { entry } }) => entry.scans.end(),
    /** Who need not wait for the end gets what the host had cached, and is promised the rest. */
    promiseResults: enqueueActions(({ context, enqueue }) => {
      const { guests, id, waiters, promised, service } = context;
      const answered = waiters.filter(({ waits }) => !waits);
      const at = service.clock.elapsed();
      enqueue.assign({
        waiters: waiters.filter(({ waits }) => waits),
        promised: [
          ...promised.filter((one) => !answered.some(({ guest }) => guest === one.guest)),
          ...answered.map(({ guest, ssid }) => ({ guest, ssid, at })),
        ],
      });
      tellOutcome(guests, enqueue, id, answered, 'running');
    }),
    /** Who waited for this scan has its results. */
    tellScanned: enqueueActions(({ context, enqueue }) => {
      const { interfaces, guests, id, waiters, promised } = context;
      const answered = settled(context, waiters).settled;
      const kept = settled(context, promised);
      tellOutcome(guests, enqueue, id, answered, 'complete');
      const waitOn = new Set(kept.open.map(({ guest }) => guest));
      // What somebody waits for is no news to the others.
      const told =
        answered.length > 0
          ? kept.settled.map(({ guest }) => guest)
          : [...guests.ids()].filter((guest) => !waitOn.has(guest));
      notifyResults(interfaces, guests, enqueue, id, told);
    }),
    /** Whoever looks for something else waits on. By itself: what is assigned among other actions V8 keeps until it collects everything. */
    noteScanned: assign(({ context }) => {
      const { scannedAt, seeking, sought } = noteScanned(context, context.service.clock.elapsed());
      const waiters = settled(context, context.waiters).open;
      const promised = settled(context, context.promised).open;
      return { scannedAt, seeking, sought, waiters, promised };
    }),
    /** The scan came to nothing, or takes too long: who waits gets what has been seen by now. */
    giveUpScan: enqueueActions(({ context: { guests, id, waiters }, enqueue }) => {
      enqueue.assign({ waiters: [], seeking: null });
      tellOutcome(guests, enqueue, id, waiters, 'failed');
    }),
    /** Who was promised the results of the scan is notified of what has been seen. */
    keepPromises: enqueueActions(({ context: { interfaces, guests, id, promised }, enqueue }) => {
      enqueue.assign({ promised: [] });
      notifyResults(
        interfaces,
        guests,
        enqueue,
        id,
        promised.map(({ guest }) => guest),
      );
    }),
    seekNext: assign({
      seeking: ({ context: { waiters, promised } }) => [...waiters, ...promised][0]?.ssid ?? null,
    }),
    noteScanFailure: ({ context: { service, id }, event }) => {
      const reason = event.type === 'scan.failed' ? event.reason : 'no completion within 10 s';
      service.log.warn({ interfaceId: id, reason }, 'host scan failed');
    },
  },
  guards: {
    isFake: ({ context }) => context.entry.device.kind === 'fake',
    /** Somebody looks for a network by name that this scan did not look for. */
    isAnyoneLeft: ({ context }) =>
      settled(context, [...context.waiters, ...context.promised]).open.length > 0,
    hasPatientWaiter: ({ context }) => context.waiters.some(({ waits }) => !waits),
  },
  delays: {
    promiseDue: ({ context: { promised, service } }) => {
      const oldest = promised[0]?.at ?? service.clock.elapsed();
      return Math.max(0, oldest + promiseTime - service.clock.elapsed());
    },
    scanTimeout: 10_000,
  },
});
