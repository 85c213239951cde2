/** The steps of a host interface: what it does for guests, and what it tells. `host-interface.ts` says when. */
import { assign, enqueueActions, setup } from 'xstate';
import type { HostLink } from '../../native/radio.js';
import { StatusCode } from '../../protocol/status.js';
import type { Explains } from '../explains.js';
import type { Service } from '../service.js';
import type { Concerned } from './departure.js';
import {
  askForScan,
  connectStation,
  disconnectStation,
  failureOf,
  watchStation,
} from './interface-actors.js';
import type { InterfaceEntry } from './interface-register.js';
import { type HostInterfaceEvent, type HostInterfaceState, noteScanned } from './interface-state.js';
import { notifyResults } from './scan-notification.js';

export interface HostInterfaceInput extends Concerned {
  readonly service: Service;
  readonly entry: InterfaceEntry;
}

export interface HostInterfaceContext extends HostInterfaceState, HostInterfaceInput {}

const sameLink = (a: HostLink | null, b: HostLink): boolean =>
  a !== null && a.ssid === b.ssid && a.bssid === b.bssid;

/** Everything that an interface's actor can do, ask and wait for, by name. */
export const serving = setup({
  types: {
    meta: {} as Explains<HostInterfaceEvent['type'], 'promiseDue' | 'scanTimeout' | 'disconnectTimeout'>,
    context: {} as HostInterfaceContext,
    events: {} as HostInterfaceEvent,
    input: {} as HostInterfaceInput,
  },
  actors: { watchStation, connectStation, disconnectStation, askForScan },
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
    }),
    serveNobody: assign({ serving: null }),
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
        guests.tell(enqueue, serving, { type: 'interface.disconnected', interfaceId: id });
    }),
    logStillConnected: ({ context: { service, id } }, { error }: { error: unknown }) => {
      const why = typeof error === 'object' ? error : { detail: String(error) };
      service.log.warn({ interfaceId: id, ...why }, 'the interface did not disconnect');
    },
    seek: assign({
      seeking: ({ event }) => (event.type === 'scan.requested' ? event.ssid : null),
    }),
    addWaiter: assign({
      waiters: ({ context: { waiters }, event }) =>
        event.type === 'scan.requested'
          ? [...waiters, { guest: event.guest, round: event.round, waits: event.waits }]
          : waiters,
    }),
    /** Who need not wait for the end gets what the host had cached, and is promised the rest. */
    promiseResults: enqueueActions(({ context, enqueue }) => {
      const { guests, id, waiters, promised } = context;
      const answered = waiters.filter(({ waits }) => !waits);
      enqueue.assign({
        waiters: waiters.filter(({ waits }) => waits),
        promised: [...new Set([...promised, ...answered.map(({ guest }) => guest)])],
      });
      for (const { guest, round } of answered)
        guests.tell(enqueue, guest, {
          type: 'interface.scanned',
          interfaceId: id,
          round,
          outcome: 'running',
        });
    }),
    noteScanned: assign(({ context }) => noteScanned(context, context.service.clock.elapsed())),
    /** Who waits for the end of the scan is answered. */
    answerWaiters: enqueueActions(({ context, enqueue }, { outcome }: { outcome: 'complete' | 'failed' }) => {
      const { guests, id, waiters } = context;
      enqueue.assign({ waiters: [], seeking: null });
      for (const { guest, round } of waiters)
        guests.tell(enqueue, guest, { type: 'interface.scanned', interfaceId: id, round, outcome });
    }),
    /** Who was promised the results of the scan is notified of what has been seen. */
    keepPromises: enqueueActions(({ context: { interfaces, guests, id, promised }, enqueue }) => {
      enqueue.assign({ promised: [] });
      notifyResults(interfaces, guests, enqueue, id, promised);
    }),
    notifyEverybody: enqueueActions(({ context: { interfaces, guests, id }, enqueue }) => {
      enqueue.assign({ promised: [] });
      notifyResults(interfaces, guests, enqueue, id, guests.ids());
    }),
    noteScanFailure: ({ context: { service, id }, event }) => {
      const reason = event.type === 'scan.failed' ? event.reason : 'no completion within 10 s';
      service.log.warn({ interfaceId: id, reason }, 'host scan failed');
    },
  },
  guards: {
    isFake: ({ context }) => context.entry.device.kind === 'fake',
    hasLink: ({ context }) => context.link !== null,
    isServed: ({ context, event }) => 'guest' in event && event.guest === context.serving,
    isAwaited: ({ context }) => context.waiters.length > 0,
    hasPatientWaiter: ({ context }) => context.waiters.some(({ waits }) => !waits),
  },
  delays: {
    /** The guest's driver gives up 10 s after the answer that promised it results. */
    promiseDue: 9000,
    scanTimeout: 10_000,
    disconnectTimeout: 5000,
  },
});
