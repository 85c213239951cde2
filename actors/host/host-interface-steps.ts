/** The steps of a host interface: what it does for guests, and what it tells. `host-interface.ts` says when. */
import { assign, enqueueActions, setup } from 'xstate';
import type { HostLink } from '../../native/radio.js';
import type { Ssid } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import type { Explains } from '../explains.js';
import type { Service } from '../service.js';
import type { Concerned } from './departure.js';
import { connectStation, disconnectStation, failureOf, watchStation } from './interface-actors.js';
import type { InterfaceEntry } from './interface-register.js';
import {
  type HostInterfaceEvent,
  type HostInterfaceState,
  isTired,
  noteScanned,
  settledBy,
  type Waiter,
} from './interface-state.js';
import { notifyResults } from './scan-notification.js';

export interface HostInterfaceInput extends Concerned {
  readonly service: Service;
  readonly entry: InterfaceEntry;
}

export interface HostInterfaceContext extends HostInterfaceState, HostInterfaceInput {}

/** The guest's driver gives up 10 s after the answer that promised it results, in milliseconds. */
const promiseTime = 9000;

const sameLink = (a: HostLink | null, b: HostLink): boolean =>
  a !== null && a.ssid === b.ssid && a.bssid === b.bssid;

/** Whose scan has ended with this one, and for whom the host has to look once more. */
const settled = <T extends { readonly ssid: Ssid | null }>(
  context: HostInterfaceContext,
  who: readonly T[],
): ReturnType<typeof settledBy<T>> => {
  const { interfaces, id, seeking, service } = context;
  const tired = isTired(context, service.clock.elapsed(), service.settings.scanInterval);
  return settledBy(who, seeking, interfaces.networksOf(id), tired);
};

const waiterOf = ({
  guest,
  round,
  waits,
  ssid,
}: Extract<HostInterfaceEvent, { type: 'scan.requested' }>): Waiter => ({ guest, round, waits, ssid });

/**
 * Everything that an interface's actor can do, ask and wait for, by name.
 *
 * @internal Not all that its type is made of has a name in XState.
 */
export const serving = setup({
  types: {
    meta: {} as Explains<HostInterfaceEvent['type'], 'promiseDue' | 'scanTimeout' | 'disconnectTimeout'>,
    context: {} as HostInterfaceContext,
    events: {} as HostInterfaceEvent,
    input: {} as HostInterfaceInput,
  },
  actors: { watchStation, connectStation, disconnectStation },
  actions: {
    /** After a crash the interface comes back behind the others, like one that was plugged in again. */
    takeSeat: ({ context: { interfaces, entry }, self }) => {
      if (interfaces.get(entry.device.id) !== entry) interfaces.admit(entry);
      entry.seat.take(self);
    },
    noteLink: enqueueActions(({ context, enqueue }, { link }: { link: HostLink }) => {
      if (sameLink(context.link, link)) return;
      const { service, facts, interfaces, ownership, id, link: former } = context;
      const isNewNetwork = former?.ssid !== link.ssid;
      enqueue.assign({ link, rssi: null });
      if (!isNewNetwork) return;
      if (former !== null)
        enqueue(() => facts.announce({ type: 'hostDisconnected', interfaceId: id, ssid: former.ssid }));
      ownership.tell(enqueue, { type: 'interface.linked', interfaceId: id, ssid: link.ssid });
      enqueue(() => {
        const auth = interfaces.authOf(id, link.bssid);
        facts.announce({ type: 'hostConnected', interfaceId: id, ssid: link.ssid, auth });
        service.log.info({ interfaceId: id, ssid: link.ssid, bssid: link.bssid }, 'host connected');
      });
    }),
    noteLoss: enqueueActions(({ context, event, enqueue }) => {
      const { service, facts, ownership, id, link } = context;
      if (link === null) return;
      const reason = event.type === 'link.lost' ? event.reason : 'disconnected';
      enqueue.assign({ link: null, rssi: null });
      ownership.tell(enqueue, { type: 'interface.unlinked', interfaceId: id });
      enqueue(() => {
        facts.announce({ type: 'hostDisconnected', interfaceId: id, ssid: link.ssid });
        service.log.info({ interfaceId: id, ssid: link.ssid, reason }, 'host disconnected');
      });
    }),
    noteSignal: enqueueActions(({ context: { ownership, id }, event, enqueue }) => {
      if (event.type !== 'signal.changed') return;
      enqueue.assign({ rssi: event.rssi });
      ownership.tell(enqueue, { type: 'signal.changed', interfaceId: id, rssi: event.rssi });
    }),
    serve: assign({
      serving: ({ event }) =>
        event.type === 'connect.requested' || event.type === 'disconnect.requested' ? event.guest : null,
      attempt: ({ event }) =>
        event.type === 'connect.requested' ? { ssid: event.order.ssid, isReached: false } : null,
    }),
    serveNobody: assign({ serving: null, attempt: null }),
    noteReached: assign({
      attempt: ({ context: { attempt }, event }) =>
        attempt !== null && event.type === 'link.up' && event.link.ssid === attempt.ssid
          ? { ...attempt, isReached: true }
          : attempt,
    }),
    replyConnected: enqueueActions(({ context, enqueue }, { link }: { link: HostLink }) => {
      const { guests, serving, id } = context;
      if (serving !== null)
        guests.tell(enqueue, serving, {
          type: 'interface.connected',
          interfaceId: id,
          bssid: link.bssid,
        });
    }),
    replyRefused: enqueueActions(({ context, enqueue }, { error }: { error: unknown }) => {
      const { service, guests, serving, id } = context;
      const { reason, status, detail } = failureOf(error);
      enqueue(() => service.log.info({ interfaceId: id, reason, detail }, 'connection failed'));
      if (serving !== null)
        guests.tell(enqueue, serving, { type: 'interface.refused', interfaceId: id, reason, status });
    }),
    replyBusy: enqueueActions(({ context: { guests, id }, event, enqueue }) => {
      if (event.type === 'connect.requested')
        guests.tell(enqueue, event.guest, {
          type: 'interface.refused',
          interfaceId: id,
          reason: 'the interface is busy',
          status: StatusCode.refusedTemporarily,
        });
    }),
    replyDisconnected: enqueueActions(({ context: { guests, serving, id }, enqueue }) => {
      if (serving !== null)
        guests.tell(enqueue, serving, { type: 'interface.disconnected', interfaceId: id, ended: true });
    }),
    replyStillConnected: enqueueActions(({ context: { guests, serving, id }, enqueue }) => {
      if (serving !== null)
        guests.tell(enqueue, serving, { type: 'interface.disconnected', interfaceId: id, ended: false });
    }),
    /** The host application has another list: sessions on what is gone are over, and guests are told what there is. */
    tellNetworks: enqueueActions(({ context: { interfaces, guests, ownership, id, waiters }, enqueue }) => {
      const present = interfaces.networksOf(id).map(({ ssid }) => ssid);
      ownership.tell(enqueue, { type: 'networks.changed', interfaceId: id, present });
      const answered = new Set(waiters.map(({ guest }) => guest));
      notifyResults(
        interfaces,
        guests,
        enqueue,
        id,
        [...guests.ids()].filter((guest) => !answered.has(guest)),
      );
    }),
    logStillConnected: ({ context: { service, id } }, { error }: { error: unknown }) => {
      const why = typeof error === 'object' ? error : { detail: String(error) };
      service.log.warn({ interfaceId: id, ...why }, 'the interface did not disconnect');
    },
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
      for (const { guest, round } of answered)
        guests.tell(enqueue, guest, {
          type: 'interface.scanned',
          interfaceId: id,
          round,
          outcome: 'running',
        });
    }),
    /** Who waited for this scan has its results. */
    tellScanned: enqueueActions(({ context, enqueue }) => {
      const { interfaces, guests, id, waiters, promised } = context;
      const answered = settled(context, waiters).settled;
      const kept = settled(context, promised);
      for (const { guest, round } of answered)
        guests.tell(enqueue, guest, {
          type: 'interface.scanned',
          interfaceId: id,
          round,
          outcome: 'complete',
        });
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
      for (const { guest, round } of waiters)
        guests.tell(enqueue, guest, { type: 'interface.scanned', interfaceId: id, round, outcome: 'failed' });
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
    hasLink: ({ context }) => context.link !== null,
    /** The host has told that it was there, and then that it is not any more: its result comes late. */
    isOvertaken: ({ context: { attempt, link } }) =>
      attempt?.isReached === true && link?.ssid !== attempt.ssid,
    /** Has nothing taken the place of this link? */
    isStillOn: ({ context }, { link }: { link: HostLink | null }) =>
      link !== null && sameLink(context.link, link),
    isServed: ({ context, event }) => 'guest' in event && event.guest === context.serving,
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
    disconnectTimeout: 5000,
  },
});
