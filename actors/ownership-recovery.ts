/** The ownership table after a crash of the actor that kept it: from what the interfaces and the guests know themselves. */
import type { HostLink, InterfaceId } from '../native/radio.js';
import type { GuestId } from '../native/sockets/endpoint.js';
import type { Change, Consequence, OwnershipTable, Row } from './ownership-table.js';
import type { Services } from './services.js';
import type { GuestSession } from './session.js';

interface Seen {
  readonly context?: {
    readonly link?: HostLink | null;
    readonly session?: GuestSession | null;
    readonly table?: OwnershipTable;
  };
}

const seen = (actor: { readonly getSnapshot: () => unknown } | undefined): NonNullable<Seen['context']> =>
  ((actor?.getSnapshot() ?? {}) as Seen).context ?? {};

/**
 * Links and sessions as they are now; who wanted a link, from the table as it was. Sessions whose interface lost its network
 * meanwhile are over. Nobody claims anything: who tried to connect during the crash runs out of time. Empty at the first start.
 */
export const recoveredTable = ({ interfaces, guests, formerOwnership }: Services): Change => {
  const { table: former = {} } = seen(formerOwnership);
  const sessions = [...guests].flatMap(([guest, { dispatcher }]) => {
    const { session } = seen(dispatcher);
    return session === null || session === undefined ? [] : [{ guest, session }];
  });
  const rows: [InterfaceId, Row][] = [];
  const consequences: Consequence[] = [];
  for (const [interfaceId, { port, actor }] of interfaces) {
    const ssid = seen(actor).link?.ssid ?? null;
    const before = former[interfaceId];
    const origin = before !== undefined && before.ssid === ssid ? before.origin : 'host';
    const there = sessions.filter(({ session }) => session.interfaceId === interfaceId);
    const isOver = (session: GuestSession): boolean => port.kind === 'station' && session.ssid !== ssid;
    const holders: Record<GuestId, 'in effect'> = {};
    for (const { guest, session } of there)
      if (isOver(session)) consequences.push({ type: 'session.lost', guest, interfaceId });
      else holders[guest] = 'in effect';
    rows.push([interfaceId, { ssid, origin, holders, claim: null, waiting: [] }]);
  }
  return { table: Object.fromEntries(rows), consequences };
};
