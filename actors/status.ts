/** The state of everything as plain data: what `JSON.stringify(proxy.getSnapshot())` shows under `status`. */
import type { AnyActorRef, StateValue } from 'xstate';
import type { HostLink, InterfaceId } from '../native/radio.js';
import type { GuestId } from '../native/sockets/endpoint.js';
import { formatEndpoint } from '../native/sockets/endpoint.js';
import type { Tally } from './counters.js';
import type { DispatcherContext } from './dispatcher-events.js';
import type { HostInterfaceContext } from './host-interface-events.js';
import type { ListenerContext } from './listener.js';
import type { OwnershipTable } from './ownership-table.js';
import type { RadioContext } from './radio.js';
import type { Services } from './services.js';
import type { GuestSession } from './session.js';

export interface EndpointStatus {
  readonly endpoint: string;
  readonly state: StateValue;
  /** With the port really taken; null while it does not listen. */
  readonly address: string | null;
  readonly problem: string | null;
}

export interface RadioStatus {
  readonly name: string;
  readonly state: StateValue;
  readonly problem: string | null;
}

export interface InterfaceStatus {
  readonly id: InterfaceId;
  readonly name: string;
  readonly kind: 'station' | 'pretended';
  readonly radio: string;
  readonly state: StateValue | null;
  readonly link: HostLink | null;
  /** dBm. */
  readonly rssi: number | null;
}

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

export interface ServiceStatus {
  readonly endpoints: readonly EndpointStatus[];
  readonly radios: readonly RadioStatus[];
  readonly interfaces: readonly InterfaceStatus[];
  readonly guests: readonly GuestStatus[];
  readonly ownership: OwnershipTable;
  readonly counters: Tally;
}

interface Seen<Context> {
  readonly value?: StateValue;
  readonly context?: Context;
}

const see = <Context>(actor: AnyActorRef | undefined): Seen<Context> =>
  (actor?.getSnapshot() ?? {}) as Seen<Context>;

/** Reads the actors as they are at this moment. */
export const readStatus = (
  services: Services,
  children: Readonly<Record<string, AnyActorRef | undefined>>,
): ServiceStatus => {
  const ofKind = (kind: string): readonly (AnyActorRef | undefined)[] =>
    Object.entries(children).flatMap(([id, actor]) => (id.startsWith(`${kind}:`) ? [actor] : []));
  return {
    endpoints: ofKind('listener').map((actor) => {
      const { value, context } = see<ListenerContext>(actor);
      return {
        endpoint: context === undefined ? '' : formatEndpoint(context.endpoint),
        state: value ?? 'stopped',
        address: context?.address ?? null,
        problem: context?.problem ?? null,
      };
    }),
    radios: ofKind('radio').map((actor) => {
      const { value, context } = see<RadioContext>(actor);
      return {
        name: context?.backend.name ?? '',
        state: value ?? 'stopped',
        problem: context?.problem ?? null,
      };
    }),
    interfaces: [...services.interfaces].map(([id, { port, radio, actor }]) => {
      const { value, context } = see<HostInterfaceContext>(actor);
      return {
        id,
        name: port.name,
        kind: port.kind,
        radio,
        state: value ?? null,
        link: context?.link ?? null,
        rssi: context?.rssi ?? null,
      };
    }),
    guests: [...services.guests].map(([id, desk]) => {
      const dispatching = see<DispatcherContext>(desk.dispatcher);
      return {
        id,
        requestChannel: see(desk.intake.channel).value ?? null,
        dispatcher: dispatching.value ?? null,
        notificationChannel: see(desk.notifications).value ?? null,
        session: dispatching.context?.session ?? null,
        lastSessionId: desk.lastSessionId,
        connections: desk.intake.size,
        queue: desk.outbox.size,
      };
    }),
    ownership: see<{ readonly table: OwnershipTable }>(children.ownership).context?.table ?? {},
    counters: services.counters.tally(),
  };
};

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
