/** The state of everything as plain data: what `JSON.stringify(proxy.getSnapshot())` shows under `status`. */
import type { StateValue } from 'xstate';
import type { HostLink, InterfaceId } from '../../native/radio.js';
import { formatEndpoint, type GuestId } from '../../native/sockets/endpoint.js';
import type { EndpointPlace } from '../door/listener.js';
import type { Guests } from '../guest/guest-register.js';
import type { GuestSession } from '../guest/session.js';
import type { Interfaces } from '../host/interface-register.js';
import type { RadioPlace } from '../host/radio.js';
import type { Hold } from '../ownership/holders.js';
import type { OwnershipSeat } from '../ownership/ownership-state.js';
import type { Row } from '../ownership/ownership-table.js';
import type { Service } from '../service.js';
import type { Tally } from './counters.js';

/** One endpoint, as it is at this moment. */
export interface EndpointStatus {
  readonly endpoint: string;
  readonly state: StateValue;
  /** With the port really taken; null while it does not listen. */
  readonly address: string | null;
  readonly problem: string | null;
}

/** One radio back end, as it is at this moment. */
export interface RadioStatus {
  readonly name: string;
  readonly state: StateValue;
  readonly problem: string | null;
}

/** One interface of a radio, as it is at this moment. */
export interface InterfaceStatus {
  readonly id: InterfaceId;
  readonly name: string;
  readonly kind: 'station' | 'fake';
  readonly radio: string;
  /** Of the actor of its link and of that of its scans; null while they rest. */
  readonly state: { readonly link: StateValue; readonly scan: StateValue } | null;
  readonly link: HostLink | null;
  /** dBm. */
  readonly rssi: number | null;
  /** When its last scan completed, in milliseconds of the service's `clock.elapsed()`; null before the first. */
  readonly scannedAt: number | null;
}

/** One guest that has shown up, as it is at this moment. */
export interface GuestStatus {
  readonly id: GuestId;
  /** States of its three actors. */
  readonly requestChannel: StateValue | null;
  readonly dispatcher: StateValue | null;
  readonly notificationChannel: StateValue | null;
  readonly session: GuestSession | null;
  readonly lastSessionId: number;
  /** Open request connections. */
  readonly connections: number;
  /** Notifications that wait. */
  readonly queue: number;
}

/** A row of the ownership table. */
export interface OwnershipStatus extends Omit<Row, 'holders'> {
  readonly holders: Readonly<Record<GuestId, Hold>>;
}

/** The state of everything at this moment, as plain data without secrets. */
export interface ServiceStatus {
  readonly endpoints: readonly EndpointStatus[];
  readonly radios: readonly RadioStatus[];
  readonly interfaces: readonly InterfaceStatus[];
  readonly guests: readonly GuestStatus[];
  readonly ownership: Readonly<Record<InterfaceId, OwnershipStatus>>;
  readonly counters: Tally;
}

/** What the status is read from. */
export interface Parts {
  readonly service: Service;
  readonly interfaces: Interfaces;
  readonly guests: Guests;
  readonly ownership: OwnershipSeat;
  readonly endpoints: readonly EndpointPlace[];
  readonly radios: readonly RadioPlace[];
}

const both = (link: StateValue | null, scan: StateValue | null): InterfaceStatus['state'] =>
  link === null || scan === null ? null : { link, scan };

/** Reads the actors as they are at this moment. */
export const readStatus = ({
  service,
  interfaces,
  guests,
  ownership,
  endpoints,
  radios,
}: Parts): ServiceStatus => ({
  endpoints: endpoints.map(({ endpoint, seat }) => ({
    endpoint: formatEndpoint(endpoint),
    state: seat.value ?? 'stopped',
    address: seat.state?.address ?? null,
    problem: seat.state?.problem ?? null,
  })),
  radios: radios.map(({ backend, seat }) => ({
    name: backend.name,
    state: seat.value ?? 'stopped',
    problem: seat.state?.problem ?? null,
  })),
  interfaces: interfaces.entries.map(({ device, radio, seat, scanSeat }) => ({
    id: device.id,
    name: device.name,
    kind: device.kind,
    radio,
    state: both(seat.value, scanSeat.value),
    link: seat.state?.link ?? null,
    rssi: seat.state?.rssi ?? null,
    scannedAt: scanSeat.state?.scannedAt ?? null,
  })),
  guests: [...guests.entries()].map(
    ({ guest, connections, requestChannel, dispatcher, notificationChannel }) => ({
      id: guest,
      requestChannel: requestChannel.value,
      dispatcher: dispatcher.value,
      notificationChannel: notificationChannel.value,
      session: dispatcher.state?.session ?? null,
      lastSessionId: dispatcher.lastState?.lastSessionId ?? 0,
      connections: connections.size,
      queue: notificationChannel.lastState?.outbox.length ?? 0,
    }),
  ),
  ownership: Object.fromEntries(
    Object.entries(ownership.state?.table ?? {}).map(([id, row]: [string, Row]) => [
      id,
      { ...row, holders: row.holders.toJSON() },
    ]),
  ),
  counters: service.counters.tally(),
});

/** Stands in the root's context: read it, or serialize it and get what it reads. */
export class LiveStatus {
  readonly read: () => ServiceStatus;

  constructor(read: () => ServiceStatus) {
    this.read = read;
  }

  toJSON(): ServiceStatus {
    return this.read();
  }
}
