/** The steps of a host interface's link: what it does for guests, and what it tells. `host-interface.ts` says when. */
import { assign, enqueueActions, setup } from 'xstate';
import type { HostLink } from '../../native/radio.js';
import { StatusCode } from '../../protocol/status.js';
import type { Explains } from '../explains.js';
import type { Service } from '../service.js';
import type { Concerned } from './departure.js';
import { connectStation, disconnectStation, failureOf, watchStation } from './interface-actors.js';
import type { InterfaceEntry } from './interface-register.js';
import type { HostInterfaceEvent, HostInterfaceState } from './interface-state.js';
import { notifyResults } from './scan-notification.js';

export interface HostInterfaceInput extends Concerned {
  readonly service: Service;
  readonly entry: InterfaceEntry;
}

export interface HostInterfaceContext extends HostInterfaceState, HostInterfaceInput {}

const sameLink = (a: HostLink | null, b: HostLink): boolean =>
  a !== null && a.ssid === b.ssid && a.bssid === b.bssid;

/**
 * Everything that an interface's actor can do, ask and wait for, by name.
 *
 * @internal Not all that its type is made of has a name in XState.
 */
export const serving = setup({
  types: {
    meta: {} as Explains<HostInterfaceEvent['type'], 'disconnectTimeout'>,
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
    tellNetworks: enqueueActions(({ context: { interfaces, guests, ownership, id, entry }, enqueue }) => {
      const present = interfaces.networksOf(id).map(({ ssid }) => ssid);
      ownership.tell(enqueue, { type: 'networks.changed', interfaceId: id, present });
      const { waiters = [] } = entry.scanSeat.state ?? {};
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
  },
  delays: {
    disconnectTimeout: 5000,
  },
});
