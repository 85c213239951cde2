/**
 * Who uses which interface: every rule about several guests, as pure functions on one plain table. Each gives the
 * new table and what follows from the change.
 */
import type { InterfaceId } from '../../native/radio.js';
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Ssid } from '../../protocol/ssid.js';
import { Holders } from './holders.js';

/** `first-wins`: who uses an interface keeps it. `last-wins`: a later wish for another network takes it. */
export type Contention = 'first-wins' | 'last-wins';

/** What is known of one interface. */
export interface Row {
  /** The network it is connected to; null while it is not. Fake networks are many on one interface: there it stays null. */
  readonly ssid: Ssid | null;
  /** Who wanted that link, `host` where there is none: the host keeps its own when the last guest leaves, a guests' one is disconnected. */
  readonly origin: 'host' | 'guests';
  /** Guests with a session there. */
  readonly holders: Holders;
  /** The guest for which the interface is connecting right now, or is to connect. */
  readonly claim: Claim | null;
  /** Guests that wait for that claim to be settled, with what they want. */
  readonly waiting: readonly { readonly guest: GuestId; readonly ssid: Ssid }[];
}

interface Claim {
  readonly guest: GuestId;
  readonly ssid: Ssid;
  readonly lostOwn: boolean;
  /** The holder that is asked for a sign of life, because who is gone keeps nothing; null: the interface is the claimant's. */
  readonly asked: GuestId | null;
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
  /** Is this holder still there? Another guest wants the interface. */
  | { readonly type: 'sign.requested'; readonly guest: GuestId; readonly interfaceId: InterfaceId }
  /** The guest's session there is over; with an SSID only one on that network. */
  | {
      readonly type: 'session.lost';
      readonly guest: GuestId;
      readonly interfaceId: InterfaceId;
      readonly ssid?: Ssid;
    };

export interface Change {
  readonly table: OwnershipTable;
  readonly consequences: readonly Consequence[];
}

/** A change with which the last guest may have gone from a link that guests wanted: then that is to be disconnected. */
export interface Departure extends Change {
  readonly disconnect: boolean;
}

const unused: Row = { ssid: null, origin: 'host', holders: Holders.none, claim: null, waiting: [] };

const rowOf = (table: OwnershipTable, interfaceId: InterfaceId): Row => table[interfaceId] ?? unused;

const withRow = (table: OwnershipTable, interfaceId: InterfaceId, row: Row): OwnershipTable => ({
  ...table,
  [interfaceId]: row,
});

const otherHolder = ({ holders }: Row, guest: GuestId): GuestId | undefined => {
  for (const holder of holders.guests()) if (holder !== guest) return holder;
  return undefined;
};

/** Is the interface connected as guests wanted, and no guest is there any more that uses it or wants it? */
const isAbandoned = ({ origin, holders, claim: claimed }: Row): boolean =>
  origin === 'guests' && holders.size === 0 && claimed === null;

const lostOn = (interfaceId: InterfaceId, guests: Iterable<GuestId>): readonly Consequence[] =>
  [...guests].map((guest) => ({ type: 'session.lost', guest, interfaceId }));

/** What a claim comes to. `attested`: a holder has just been found to be there. */
const decide = (
  row: Row,
  interfaceId: InterfaceId,
  { guest, ssid }: Row['waiting'][number],
  contention: Contention,
  attested = false,
): { readonly row: Row; readonly consequences: readonly Consequence[] } => {
  const tell = (type: Consequence['type'], whom: GuestId, changed: Row) => ({
    row: changed,
    consequences: [{ type, guest: whom, interfaceId }],
  });
  if (row.claim !== null)
    return { row: { ...row, waiting: [...row.waiting, { guest, ssid }] }, consequences: [] };
  if (row.ssid === ssid) return tell('claim.outdated', guest, row);
  const other = contention === 'first-wins' ? otherHolder(row, guest) : undefined;
  if (other !== undefined && attested) return tell('claim.refused', guest, row);
  const claim: Claim = { guest, ssid, lostOwn: false, asked: other ?? null };
  return other === undefined
    ? tell('claim.granted', guest, { ...row, claim })
    : tell('sign.requested', other, { ...row, claim });
};

/** Nobody claims the interface any more: those who wait are decided about, in order. */
const decideWaiting = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  row: Row,
  contention: Contention,
  attested = false,
): Change => {
  const next = row.waiting.reduce<ReturnType<typeof decide>>(
    ({ row: current, consequences }, wish) => {
      const decided = decide(current, interfaceId, wish, contention, attested);
      return { row: decided.row, consequences: [...consequences, ...decided.consequences] };
    },
    { row: { ...row, claim: null, waiting: [] }, consequences: [] },
  );
  return { table: withRow(table, interfaceId, next.row), consequences: next.consequences };
};

/** A claim for which a holder was asked, once that holder or all of them are gone: the next one is asked, or it is granted. */
const askNext = (row: Row, interfaceId: InterfaceId): ReturnType<typeof decide> => {
  const { claim } = row;
  if (claim === null || claim.asked === null || row.holders.has(claim.asked))
    return { row, consequences: [] };
  const asked = otherHolder(row, claim.guest) ?? null;
  return {
    row: { ...row, claim: { ...claim, asked } },
    consequences: [
      asked === null
        ? { type: 'claim.granted', guest: claim.guest, interfaceId }
        : { type: 'sign.requested', guest: asked, interfaceId },
    ],
  };
};

/** A guest wants the interface to connect to `ssid`. */
export const claim = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  guest: GuestId,
  ssid: Ssid,
  contention: Contention,
): Change => {
  const { row, consequences } = decide(rowOf(table, interfaceId), interfaceId, { guest, ssid }, contention);
  return { table: withRow(table, interfaceId, row), consequences };
};

/** A holder that was asked has given a sign of life: it keeps what it holds. */
export const attested = (table: OwnershipTable, guest: GuestId, contention: Contention): Change =>
  (Object.keys(table) as InterfaceId[]).reduce<Change>(
    (change, interfaceId) => {
      const row = rowOf(change.table, interfaceId);
      if (row.claim?.asked !== guest) return change;
      const next = decideWaiting(change.table, interfaceId, row, contention, true);
      const refused: Consequence = { type: 'claim.refused', guest: row.claim.guest, interfaceId };
      return { table: next.table, consequences: [...change.consequences, refused, ...next.consequences] };
    },
    { table, consequences: [] },
  );

/**
 * The claim's attempt is over. Connected: the guest holds the interface, whoever held it before does not any more. Failed: a
 * session of its own that the attempt cost is reported now, and a link that others left meanwhile is disconnected. A guest that still
 * waits for its turn waits no more.
 */
export const settle = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  guest: GuestId,
  outcome: 'connected' | 'failed',
  contention: Contention,
): Departure => {
  const row = rowOf(table, interfaceId);
  if (row.claim?.guest !== guest) {
    const waiting = row.waiting.filter((wish) => wish.guest !== guest);
    return {
      table: waiting.length === row.waiting.length ? table : withRow(table, interfaceId, { ...row, waiting }),
      consequences: [],
      disconnect: false,
    };
  }
  const { ssid, lostOwn } = row.claim;
  if (outcome === 'connected') {
    const holders = Holders.none.with(guest, 'pending');
    const connected: Row = { ...row, ssid, origin: 'guests', holders };
    // It waits for its answer: it is there.
    const next = decideWaiting(table, interfaceId, connected, contention, true);
    const lost = lostOn(interfaceId, row.holders.without(guest).guests());
    return { table: next.table, consequences: [...lost, ...next.consequences], disconnect: false };
  }
  const after: Row = {
    ...row,
    holders: lostOwn ? row.holders.without(guest) : row.holders,
    // What came up during a failed attempt, its user or the host itself connected: it stays when its guests leave.
    origin: row.ssid === ssid ? 'host' : row.origin,
  };
  const next = decideWaiting(table, interfaceId, after, contention);
  const lost = lostOn(interfaceId, lostOwn ? [guest] : []);
  // Whose wish is outdated is about to mirror that link.
  const isWanted = next.consequences.some(({ type }) => type === 'claim.outdated');
  return {
    table: next.table,
    consequences: [...lost, ...next.consequences],
    disconnect: !isWanted && isAbandoned(rowOf(next.table, interfaceId)),
  };
};

/**
 * A guest mirrors the network that the interface is connected to; `joined` is false if it is not any more. `isFake`: the network is
 * a fake one that is there.
 */
export const join = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  guest: GuestId,
  ssid: Ssid,
  isFake: boolean,
): { readonly table: OwnershipTable; readonly joined: boolean } => {
  const row = rowOf(table, interfaceId);
  if (!isFake && row.ssid !== ssid) return { table, joined: false };
  const holders = row.holders.with(guest, row.holders.get(guest) ?? 'pending');
  return { table: withRow(table, interfaceId, { ...row, holders }), joined: true };
};

/** The guest has been told of its session there. */
export const confirm = (table: OwnershipTable, interfaceId: InterfaceId, guest: GuestId): OwnershipTable => {
  const row = rowOf(table, interfaceId);
  return row.holders.has(guest)
    ? withRow(table, interfaceId, { ...row, holders: row.holders.with(guest, 'in effect') })
    : table;
};

/** A guest leaves. */
export const leave = (table: OwnershipTable, interfaceId: InterfaceId, guest: GuestId): Departure => {
  const row = rowOf(table, interfaceId);
  const { row: left, consequences } = askNext({ ...row, holders: row.holders.without(guest) }, interfaceId);
  return {
    table: withRow(table, interfaceId, left),
    consequences,
    disconnect: row.holders.has(guest) && isAbandoned(left),
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
  const own = row.claim !== null && row.holders.has(row.claim.guest) ? row.claim : null;
  const others = own === null ? row.holders : row.holders.without(own.guest);
  const holders =
    own === null ? Holders.none : Holders.of({ [own.guest]: row.holders.get(own.guest) ?? 'pending' });
  const claimed = own === null ? row.claim : { ...own, lostOwn: true };
  const next = askNext({ ...row, ssid: null, origin: 'host', holders, claim: claimed }, interfaceId);
  return {
    table: withRow(table, interfaceId, next.row),
    consequences: [...lostOn(interfaceId, others.guests()), ...next.consequences],
  };
};

/** An interface with fake networks is there, on which sessions of an earlier run are: none of its many networks is its link. */
export const fakeArrived = (table: OwnershipTable, interfaceId: InterfaceId): OwnershipTable =>
  withRow(table, interfaceId, { ...rowOf(table, interfaceId), ssid: null });

/** The interface has left the host. */
export const interfaceLeft = (table: OwnershipTable, interfaceId: InterfaceId): Change => {
  const row = rowOf(table, interfaceId);
  const { [interfaceId]: _gone, ...rest } = table;
  // A claimant that connects hears of it from the interface.
  const wishes = row.claim?.asked === null || row.claim === null ? row.waiting : [row.claim, ...row.waiting];
  return {
    table: rest,
    consequences: [
      ...lostOn(interfaceId, row.holders.guests()),
      ...wishes.map(({ guest }) => ({ type: 'claim.refused' as const, guest, interfaceId })),
    ],
  };
};

/**
 * Of the fake networks of an interface these are `present`: sessions on any other are over. `uses`: what a guest uses there, by the
 * session that it has and the one that it is about to have.
 */
export const networksChanged = (
  table: OwnershipTable,
  interfaceId: InterfaceId,
  present: readonly Ssid[],
  uses: (guest: GuestId) => readonly Ssid[],
): Change => {
  const row = rowOf(table, interfaceId);
  const isPresent = (ssid: Ssid): boolean => present.includes(ssid);
  const guests = [...row.holders.guests()];
  const holders = guests
    .filter((guest) => !uses(guest).some(isPresent))
    .reduce((left, guest) => left.without(guest), row.holders);
  return {
    table: withRow(table, interfaceId, { ...row, holders }),
    consequences: guests.flatMap((guest) =>
      uses(guest)
        .filter((ssid) => !isPresent(ssid))
        .map((ssid) => ({ type: 'session.lost' as const, guest, interfaceId, ssid })),
    ),
  };
};

/** Interfaces whose link guests wanted: `disconnectOnStop` ends them. */
export const guestDirectedInterfaces = (table: OwnershipTable): readonly InterfaceId[] =>
  (Object.keys(table) as InterfaceId[]).filter((id) => rowOf(table, id).origin === 'guests');

/** Guests whose session on the interface is in effect: they hear of its signal. */
export const guestsOn = (table: OwnershipTable, interfaceId: InterfaceId): Iterable<GuestId> =>
  rowOf(table, interfaceId).holders.toldGuests();

/** Everybody who holds an interface, connects one or waits for it. */
export const guestsIn = (table: OwnershipTable): readonly GuestId[] => [
  ...new Set(
    Object.values(table).flatMap((row: Row) => [
      ...row.holders.guests(),
      ...(row.claim === null ? [] : [row.claim.guest]),
      ...row.waiting.map(({ guest }) => guest),
    ]),
  ),
];

/** Is a guest's session on the interface in effect? */
export const hasGuests = (table: OwnershipTable, interfaceId: InterfaceId): boolean =>
  rowOf(table, interfaceId).holders.told > 0;

/** A guest is gone, with everything it held, claimed or waited for; the links stay up. */
export const guestLeft = (table: OwnershipTable, guest: GuestId, contention: Contention): Change =>
  (Object.keys(table) as InterfaceId[]).reduce<Change>(
    (change, interfaceId) => {
      const settled = settle(change.table, interfaceId, guest, 'failed', contention);
      const left = leave(settled.table, interfaceId, guest);
      const others = [...settled.consequences, ...left.consequences].filter(
        (consequence) => consequence.guest !== guest,
      );
      return { table: left.table, consequences: [...change.consequences, ...others] };
    },
    { table, consequences: [] },
  );
