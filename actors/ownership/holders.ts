/**
 * Who holds an interface: an immutable collection in which one guest more or less costs as much among ten as among four
 * thousand. A treap: a search tree by guest that is balanced by a hash, so that the same guests always make the same tree.
 */
import type { GuestId } from '../../native/sockets/endpoint.js';

/** `pending` until the guest has been told of its session. */
export type Hold = 'pending' | 'in effect';

interface Node {
  readonly guest: GuestId;
  readonly hold: Hold;
  /** No node below has a higher one. */
  readonly rank: number;
  readonly before: Node | null;
  readonly after: Node | null;
  /** Guests from here down, and how many of them have been told. */
  readonly size: number;
  readonly told: number;
}

/** 32 bits: FNV-1a over the characters, mixed as MurmurHash3 ends, because guests differ in their last ones alone. */
const rankOf = (guest: GuestId): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < guest.length; i += 1) hash = Math.imul(hash ^ guest.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

const node = (of: Pick<Node, 'guest' | 'hold' | 'rank'>, before: Node | null, after: Node | null): Node => ({
  guest: of.guest,
  hold: of.hold,
  rank: of.rank,
  before,
  after,
  size: 1 + (before?.size ?? 0) + (after?.size ?? 0),
  told: (of.hold === 'in effect' ? 1 : 0) + (before?.told ?? 0) + (after?.told ?? 0),
});

const outranks = (a: Node, b: Node): boolean => a.rank > b.rank || (a.rank === b.rank && a.guest < b.guest);

const put = (at: Node | null, guest: GuestId, hold: Hold): Node => {
  if (at === null) return node({ guest, hold, rank: rankOf(guest) }, null, null);
  if (guest === at.guest) return node({ guest, hold, rank: at.rank }, at.before, at.after);
  if (guest < at.guest) {
    const before = put(at.before, guest, hold);
    return outranks(before, at)
      ? node(before, before.before, node(at, before.after, at.after))
      : node(at, before, at.after);
  }
  const after = put(at.after, guest, hold);
  return outranks(after, at)
    ? node(after, node(at, at.before, after.before), after.after)
    : node(at, at.before, after);
};

/** All of `a` come before all of `b`. */
const joined = (a: Node | null, b: Node | null): Node | null => {
  if (a === null || b === null) return a ?? b;
  return outranks(a, b) ? node(a, a.before, joined(a.after, b)) : node(b, joined(a, b.before), b.after);
};

const take = (at: Node | null, guest: GuestId): Node | null => {
  if (at === null) return null;
  if (guest === at.guest) return joined(at.before, at.after);
  return guest < at.guest
    ? node(at, take(at.before, guest), at.after)
    : node(at, at.before, take(at.after, guest));
};

const find = (at: Node | null, guest: GuestId): Node | null =>
  at === null || at.guest === guest ? at : find(guest < at.guest ? at.before : at.after, guest);

function* walk(at: Node | null): Generator<Node> {
  if (at === null) return;
  yield* walk(at.before);
  yield at;
  yield* walk(at.after);
}

export class Holders {
  static readonly none = new Holders(null);

  /** Not hidden from tests, which compare by it. */
  readonly root: Node | null;

  private constructor(root: Node | null) {
    this.root = root;
  }

  /** Of entries as `toJSON` gives them. */
  static of(holds: Readonly<Record<GuestId, Hold>>): Holders {
    let holders = Holders.none;
    for (const [guest, hold] of Object.entries(holds)) holders = holders.with(guest as GuestId, hold);
    return holders;
  }

  get size(): number {
    return this.root?.size ?? 0;
  }

  /** How many have been told of their session. */
  get told(): number {
    return this.root?.told ?? 0;
  }

  /** Undefined: the guest holds nothing here. */
  get(guest: GuestId): Hold | undefined {
    return find(this.root, guest)?.hold;
  }

  has(guest: GuestId): boolean {
    return find(this.root, guest) !== null;
  }

  /** Does anybody hold it besides this guest? */
  hasOthersThan(guest: GuestId): boolean {
    return this.size > (this.has(guest) ? 1 : 0);
  }

  /** Itself if nothing changes. */
  with(guest: GuestId, hold: Hold): Holders {
    return this.get(guest) === hold ? this : new Holders(put(this.root, guest, hold));
  }

  /** Itself if the guest is not there. */
  without(guest: GuestId): Holders {
    return this.has(guest) ? new Holders(take(this.root, guest)) : this;
  }

  /** In the order of their ids. */
  *guests(): Generator<GuestId> {
    for (const { guest } of walk(this.root)) yield guest;
  }

  /** Those who have been told. */
  *toldGuests(): Generator<GuestId> {
    for (const { guest, hold } of walk(this.root)) if (hold === 'in effect') yield guest;
  }

  /** For snapshots: each guest with its hold. */
  toJSON(): Readonly<Record<GuestId, Hold>> {
    return Object.fromEntries([...walk(this.root)].map(({ guest, hold }) => [guest, hold]));
  }

  [Symbol.for('nodejs.util.inspect.custom')](): Readonly<Record<GuestId, Hold>> {
    return this.toJSON();
  }
}
