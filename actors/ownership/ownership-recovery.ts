/** The ownership table after a crash of the actor that kept it: from what the interfaces and the guests know themselves. */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Guests } from '../guest/guest-register.js';
import type { GuestSession } from '../guest/session.js';
import type { Interfaces } from '../host/interface-register.js';
import type { Memory } from '../state/memory.js';
import { Holders } from './holders.js';
import type { Change, Consequence, OwnershipTable, Row } from './ownership-table.js';

interface Held {
  readonly guest: GuestId;
  readonly session: GuestSession;
}

/** Sessions on interfaces that are not there: after a restart they have yet to arrive. */
const absent = (
  sessions: readonly Held[],
  interfaces: Interfaces,
): ReadonlyMap<InterfaceId, readonly Held[]> => {
  const held = new Map<InterfaceId, readonly Held[]>();
  for (const one of sessions) {
    const { interfaceId } = one.session;
    if (!interfaces.has(interfaceId)) held.set(interfaceId, [...(held.get(interfaceId) ?? []), one]);
  }
  return held;
};

/**
 * Links and sessions as they are now; who wanted a link, from the table as it was. Sessions whose interface lost its network
 * meanwhile are over. Nobody claims anything: who tried to connect during the crash runs out of time. At a start the sessions are
 * those of the earlier run, on interfaces that have yet to arrive.
 */
export const recoveredTable = (
  interfaces: Interfaces,
  guests: Guests,
  former: OwnershipTable,
  memory: Memory,
): Change => {
  const sessions = [...guests.entries()].flatMap(({ guest }) => {
    const session = guests.sessionOf(guest);
    return session === null ? [] : [{ guest, session }];
  });
  const rows: [InterfaceId, Row][] = [];
  const consequences: Consequence[] = [];
  for (const { device } of interfaces.entries) {
    const interfaceId = device.id;
    const ssid = interfaces.linkOf(interfaceId)?.ssid ?? null;
    const before = former[interfaceId];
    const origin = before !== undefined && before.ssid === ssid ? before.origin : 'host';
    const there = sessions.filter(({ session }) => session.interfaceId === interfaceId);
    const isOver = (session: GuestSession): boolean => device.kind === 'station' && session.ssid !== ssid;
    let holders = Holders.none;
    for (const { guest, session } of there)
      if (isOver(session)) consequences.push({ type: 'session.lost', guest, interfaceId });
      else holders = holders.with(guest, 'in effect');
    rows.push([interfaceId, { ssid, origin, holders, claim: null, waiting: [] }]);
  }
  for (const [interfaceId, there] of absent(sessions, interfaces)) {
    const [first] = there;
    if (first === undefined) continue;
    const { ssid } = first.session;
    const before = former[interfaceId];
    const isGuests =
      before?.ssid === ssid ? before.origin === 'guests' : memory.linkOn(interfaceId)?.ssid === ssid;
    const holders = there.reduce((all, { guest }) => all.with(guest, 'in effect'), Holders.none);
    rows.push([
      interfaceId,
      {
        ssid,
        origin: isGuests ? 'guests' : 'host',
        holders,
        claim: null,
        waiting: [],
      },
    ]);
  }
  return { table: Object.fromEntries(rows), consequences };
};
