/** What is written down of what the machines know. */
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { GuestEntry, Guests } from '../guest/guest-register.js';
import { type KnownBefore, knownBefore } from '../guest/session.js';
import type { Interfaces } from '../host/interface-register.js';
import type { OwnershipSeat } from '../ownership/ownership-state.js';
import type { OwnershipTable, Row } from '../ownership/ownership-table.js';
import type { Service } from '../service.js';
import type { RememberedGuest, RememberedLink, ServiceState } from './service-state.js';

/** Whose knowledge it is. */
export interface Remembering {
  readonly guests: Guests;
  readonly interfaces: Interfaces;
  readonly ownership: OwnershipSeat;
  readonly service: Service;
}

/** Who uses what, also when the table's actor has crashed or stopped. */
const tableOf = (ownership: OwnershipSeat): OwnershipTable =>
  (ownership.state ?? ownership.lastState)?.table ?? {};

/**
 * Of a guest whose actors are gone the session stands as long as the guest holds the interface: a stop of the service leaves it so,
 * a crash does not. While a connect request is worked on, its answer counts as given: whether the guest has it when the service
 * dies cannot be known, and its session, if it has one, would not be the one that is written here.
 */
const guestNow = (entry: GuestEntry, table: OwnershipTable): KnownBefore => {
  const { state, lastState } = entry.dispatcher;
  const known = state ?? lastState;
  if (known === undefined) return knownBefore(entry);
  const { request, lastSessionId, session, untold } = known;
  if (request?.body.operation === 'connect') {
    const next = lastSessionId + 1;
    return { lastSessionId: next, session: null, untold: next };
  }
  const stands =
    state !== undefined ||
    session === null ||
    table[session.interfaceId]?.holders.get(entry.guest) !== undefined;
  return stands ? { lastSessionId, session, untold } : knownBefore(entry);
};

const guestsNow = (guests: Guests, table: OwnershipTable): readonly RememberedGuest[] => {
  const known = (
    guest: GuestId,
    { lastSessionId, session, untold }: KnownBefore,
  ): readonly RememberedGuest[] => (lastSessionId === 0 ? [] : [{ guest, lastSessionId, session, untold }]);
  return [
    ...[...guests.entries()].flatMap((entry) => known(entry.guest, guestNow(entry, table))),
    ...[...guests.recalled].flatMap(([guest, before]) => known(guest, before)),
  ];
};

const linksNow = (
  { interfaces, service: { memory } }: Remembering,
  table: OwnershipTable,
): readonly RememberedLink[] => {
  const rows = interfaces.ids.flatMap((id) => {
    const row: Row | undefined = table[id];
    return row === undefined || row.origin === 'host' || row.ssid === null
      ? []
      : [{ interfaceId: id, ssid: row.ssid, former: interfaces.formerOf(id) }];
  });
  // Those that have not arrived yet in this run are as they were left.
  return [...rows, ...memory.links.filter(({ interfaceId }) => !interfaces.hasEver(interfaceId))];
};

export const rememberedNow = (parts: Remembering): ServiceState => {
  const table = tableOf(parts.ownership);
  return { guests: guestsNow(parts.guests, table), links: linksNow(parts, table) };
};
