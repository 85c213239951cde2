/**
 * Who uses which interface: every rule about several guests, as pure functions on one plain table. Each gives the
 * new table and what follows from the change.
 */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Ssid } from '../../protocol/ssid.js';

/** `first-wins`: who uses an interface keeps it. `last-wins`: a later wish for another network takes it. */
export type Contention = 'first-wins' | 'last-wins';

/** What is known of one interface. */
export interface Row {
  /** The network it is connected to; null while it is not. Fake networks are many on one interface: there it stays null. */
  readonly ssid: Ssid | null;
  /** Who wanted that link: the host keeps its own when the last guest leaves, a guests' one is disconnected. */
  readonly origin: 'host' | 'guests';
  /** Guests with a session there; `pending` until the guest has been told. */
  readonly holders: Readonly<Record<GuestId, 'pending' | 'in effect'>>;
  /** The guest for which the interface is connecting right now. */
  readonly claim: { readonly guest: GuestId; readonly ssid: Ssid; readonly lostOwn: boolean } | null;
  /** Guests that wait for that claim to be settled, with what they want. */
  readonly waiting: readonly { readonly guest: GuestId; readonly ssid: Ssid }[];
}

export type OwnershipTable = Readonly<Record<InterfaceId, Row>>;

/** What the actor does about a change. */
export type Consequence =
  /** The interface is the guest's to connect. */
  | { readonly type: 'claim.granted'; readonly guest: GuestId; readonly interfaceId: InterfaceId }
  /** Another guest keeps it. */
  | { readonly type: 'claim.refused'; readonly guest: GuestId; readonly interfaceId: InterfaceId }
  /** What the guest wanted is there by now: it may mirror. */
  | { readonly type: 'claim.outdated'; readonly guest: GuestId; readonly interfaceId: InterfaceId }
  /** The guest's session there is over. */
  | { readonly type: 'session.lost'; readonly guest: GuestId; readonly interfaceId: InterfaceId };

export interface Change {
  readonly table: OwnershipTable;
  readonly consequences: readonly Consequence[];
}

const unused: Row = { ssid: null, origin: 'host', holders: {}, claim: null, waiting: [] };

const rowOf = (table: OwnershipTable, interfaceId: InterfaceId): Row => table[interfaceId] ?? unused;

const holdersOf = (row: Row): readonly GuestId[] => Object.keys(row.holders) as GuestId[];

const withRow = (table: OwnershipTable, interfaceId: InterfaceId, row: Row): OwnershipTable => ({
  ...table,
  [interfaceId]: row,
});

const withoutHolders = (row: Row, gone: (guest: GuestId) => boolean): Row => ({
  ...row,
  holders: Object.fromEntries(
    Object.entries(row.holders).filter(([guest]) => !gone(guest as GuestId)),
  ) as Row['holders'],
});

/** A guest wants the interface to connect to `ssid`. */
export const claim = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  guest: GuestId,
  ssid: Ssid,
  contention: Contention,
): Change => {
  const row = rowOf(table, interfaceId);
  const answer = (type: 'claim.granted' | 'claim.refused' | 'claim.outdated', changed: Row): Change => ({
    table: withRow(table, interfaceId, changed),
    consequences: [{ type, guest, interfaceId }],
  });
  if (row.claim !== null) {
    return {
      table: withRow(table, interfaceId, { ...row, waiting: [...row.waiting, { guest, ssid }] }),
      consequences: [],
    };
  }
  if (row.ssid === ssid) return answer('claim.outdated', row);
  const heldByOthers = holdersOf(row).some((holder) => holder !== guest);
  if (heldByOthers && contention === 'first-wins') return answer('claim.refused', row);
  return answer('claim.granted', { ...row, claim: { guest, ssid, lostOwn: false } });
};

/**
 * The claim's attempt is over. Connected: the guest holds the interface, whoever held it before does not any more. Failed: a
 * session of its own that the attempt cost is reported now. A guest that still waits for its turn waits no more.
 */
export const settle = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  guest: GuestId,
  outcome: 'connected' | 'failed',
  contention: Contention,
): Change => {
  const row = rowOf(table, interfaceId);
  if (row.claim?.guest !== guest) {
    const waiting = row.waiting.filter((wish) => wish.guest !== guest);
    return {
      table: waiting.length === row.waiting.length ? table : withRow(table, interfaceId, { ...row, waiting }),
      consequences: [],
    };
  }
  const settled: Row = { ...row, claim: null, waiting: [] };
  const lost =
    outcome === 'connected'
      ? holdersOf(row).filter((holder) => holder !== guest)
      : row.claim.lostOwn
        ? [guest]
        : [];
  const left = withoutHolders(settled, (holder) => lost.includes(holder));
  // What came up during a failed attempt, its user or the host itself connected: it stays when its guests leave.
  const after: Row =
    outcome === 'connected'
      ? { ...left, ssid: row.claim.ssid, origin: 'guests', holders: { [guest]: 'pending' } }
      : { ...left, origin: left.ssid === row.claim.ssid ? 'host' : left.origin };
  const next = row.waiting.reduce<Change>(
    (change, wish) => {
      const { table: changed, consequences } = claim(
        change.table,
        interfaceId,
        wish.guest,
        wish.ssid,
        contention,
      );
      return { table: changed, consequences: [...change.consequences, ...consequences] };
    },
    { table: withRow(table, interfaceId, after), consequences: [] },
  );
  return {
    table: next.table,
    consequences: [
      ...lost.map((holder) => ({ type: 'session.lost' as const, guest: holder, interfaceId })),
      ...next.consequences,
    ],
  };
};

/** A guest mirrors the network that the interface is connected to; `joined` is false if it is not any more. */
export const join = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  guest: GuestId,
  ssid: Ssid,
  isFake: boolean,
): { readonly table: OwnershipTable; readonly joined: boolean } => {
  const row = rowOf(table, interfaceId);
  if (!isFake && row.ssid !== ssid) return { table, joined: false };
  const held = row.holders[guest] ?? 'pending';
  return {
    table: withRow(table, interfaceId, { ...row, holders: { ...row.holders, [guest]: held } }),
    joined: true,
  };
};

/** The guest has been told of its session there. */
export const confirm = (table: OwnershipTable, interfaceId: InterfaceId, guest: GuestId): OwnershipTable => {
  const row = rowOf(table, interfaceId);
  return row.holders[guest] === undefined
    ? table
    : withRow(table, interfaceId, { ...row, holders: { ...row.holders, [guest]: 'in effect' } });
};

/** A guest leaves; `disconnect` says that it was the last one on a link that guests wanted. */
export const leave = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  guest: GuestId,
): { readonly table: OwnershipTable; readonly disconnect: boolean } => {
  const row = rowOf(table, interfaceId);
  const left = withoutHolders(row, (holder) => holder === guest);
  const last = row.holders[guest] !== undefined && holdersOf(left).length === 0;
  return {
    table: withRow(table, interfaceId, left),
    disconnect: last && left.origin === 'guests' && left.ssid !== null && left.claim === null,
  };
};

/** The interface is connected to `ssid`, by whomever. */
export const linkUp = (table: OwnershipTable, interfaceId: InterfaceId, ssid: Ssid): Change => {
  const row = rowOf(table, interfaceId);
  if (row.ssid === ssid) return { table, consequences: [] };
  const { table: without, consequences } =
    row.ssid === null ? { table, consequences: [] } : linkLost(table, interfaceId);
  const current = rowOf(without, interfaceId);
  const origin = current.claim?.ssid === ssid ? 'guests' : 'host';
  return { table: withRow(without, interfaceId, { ...current, ssid, origin }), consequences };
};

/** The interface has lost its network: its sessions are over; the claimant's own one only if its attempt fails. */
export const linkLost = (table: OwnershipTable, interfaceId: InterfaceId): Change => {
  const row = rowOf(table, interfaceId);
  const claimant = row.claim?.guest;
  const lost = holdersOf(row).filter((holder) => holder !== claimant);
  const left = withoutHolders({ ...row, ssid: null, origin: 'host' }, (holder) => lost.includes(holder));
  const own = row.claim !== null && row.holders[row.claim.guest] !== undefined;
  return {
    table: withRow(
      table,
      interfaceId,
      own && left.claim !== null ? { ...left, claim: { ...left.claim, lostOwn: true } } : left,
    ),
    consequences: lost.map((guest) => ({ type: 'session.lost', guest, interfaceId })),
  };
};

/** The interface has left the host. */
export const interfaceLeft = (table: OwnershipTable, interfaceId: InterfaceId): Change => {
  const row = rowOf(table, interfaceId);
  const { [interfaceId]: _gone, ...rest } = table;
  return {
    table: rest,
    consequences: [
      ...holdersOf(row).map((guest) => ({ type: 'session.lost' as const, guest, interfaceId })),
      ...row.waiting.map(({ guest }) => ({ type: 'claim.refused' as const, guest, interfaceId })),
    ],
  };
};

/** Interfaces whose link guests wanted: `disconnectOnStop` ends them. */
export const guestDirectedInterfaces = (table: OwnershipTable): readonly InterfaceId[] =>
  (Object.keys(table) as InterfaceId[]).filter((id) => {
    const row = rowOf(table, id);
    return row.origin === 'guests' && row.ssid !== null;
  });

/** Guests whose session on the interface is in effect: they hear of its signal. */
export const guestsOn = (table: OwnershipTable, interfaceId: InterfaceId): readonly GuestId[] => {
  const { holders } = rowOf(table, interfaceId);
  return holdersOf({ ...unused, holders }).filter((guest) => holders[guest] === 'in effect');
};

/** Everybody who holds an interface, connects one or waits for it. */
export const guestsIn = (table: OwnershipTable): readonly GuestId[] => [
  ...new Set(
    Object.values(table).flatMap((row: Row) => [
      ...holdersOf(row),
      ...(row.claim === null ? [] : [row.claim.guest]),
      ...row.waiting.map(({ guest }) => guest),
    ]),
  ),
];

/** Is a guest's session on the interface in effect? */
export const hasGuests = (table: OwnershipTable, interfaceId: InterfaceId): boolean =>
  guestsOn(table, interfaceId).length > 0;

/** A guest is gone, with everything it held, claimed or waited for; the links stay up. */
export const guestLeft = (table: OwnershipTable, guest: GuestId, contention: Contention): Change =>
  (Object.keys(table) as InterfaceId[]).reduce<Change>(
    (change, interfaceId) => {
      const settled = settle(change.table, interfaceId, guest, 'failed', contention);
      const left = leave(settled.table, interfaceId, guest);
      const others = settled.consequences.filter((consequence) => consequence.guest !== guest);
      return { table: left.table, consequences: [...change.consequences, ...others] };
    },
    { table, consequences: [] },
  );
