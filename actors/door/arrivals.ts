/**
 * Newcomers at an endpoint. When more come than can be let in without keeping everybody waiting, who has come least of late goes first;
 * and who comes again and again without a byte is sent away at the door. So a flood, from one address or from hundreds, is in nobody's
 * way but its own.
 */
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Connection } from '../../native/sockets/transport.js';
import type { Clock } from '../../streams/clock.js';

/** So many are let in within a millisecond, and at each turn of the event loop while some wait. */
export const admittedPerTurn = 32;

/** So many may wait. For one more, the last of the address that has come most often is closed. */
export const mostWaiting = 1024;

/** So many connections of an address in a row may be closed without a byte of theirs. */
export const mostEmpty = 8;

/** Milliseconds for which such an address is sent away. */
export const banTime = 10_000;

/** So many addresses are watched for it; the one that has been longest makes room. */
const mostWatched = 8192;

/** Milliseconds for which it counts how often an address has come. */
const memory = 1000;

/** Where a connection goes when it is its turn. */
type Admit = (connection: Connection) => void;

export class Arrivals {
  readonly #clock: Clock;
  readonly #admit: Admit;
  readonly #refuse: Admit;
  readonly #waiting = new Map<GuestId, Connection[]>();
  #waitingCount = 0;
  /** Who has come since `#countedSince`, as long as nobody has to wait. */
  #visitors: GuestId[] = [];
  /** How often each address has come since then; counted once somebody waits. */
  readonly #visits = new Map<GuestId, number>();
  #countedSince = Number.NEGATIVE_INFINITY;
  #turnBegan = Number.NEGATIVE_INFINITY;
  #admittedInTurn = 0;
  #nextTurn: NodeJS.Immediate | undefined;
  /** Connections of an address without a byte since it last sent one, and until when it is sent away. */
  readonly #empty = new Map<GuestId, { times: number; until: number }>();

  /** `refuse` hears of connections that are not let in, before they are closed. */
  constructor(clock: Clock, admit: Admit, refuse: Admit) {
    this.#clock = clock;
    this.#admit = admit;
    this.#refuse = refuse;
  }

  /** Lets a newcomer in, at once if few come. */
  add(connection: Connection): void {
    const now = this.#clock.elapsed();
    if (this.#isBanned(connection.peer, now)) {
      this.#refuse(connection);
      connection.destroy();
      return;
    }
    if (now - this.#countedSince >= memory) {
      this.#countedSince = now;
      this.#visitors = [];
      this.#visits.clear();
    }
    this.#visitors.push(connection.peer);
    if (now - this.#turnBegan >= 1) {
      this.#turnBegan = now;
      this.#admittedInTurn = 0;
    }
    if (this.#waitingCount === 0 && this.#admittedInTurn < admittedPerTurn) {
      this.#admittedInTurn += 1;
      this.#admit(connection);
    } else this.#wait(connection);
  }

  /** A connection that was let in is gone. `hadBytes`: it has sent some. */
  noteClosed(peer: GuestId, hadBytes: boolean): void {
    const before = this.#empty.get(peer);
    if (before !== undefined) this.#empty.delete(peer);
    if (hadBytes) return;
    const times = (before?.times ?? 0) + 1;
    const until = times < mostEmpty ? Number.NEGATIVE_INFINITY : this.#clock.elapsed() + banTime;
    this.#empty.set(peer, { times, until });
    if (this.#empty.size <= mostWatched) return;
    const [oldest] = this.#empty.keys();
    if (oldest !== undefined) this.#empty.delete(oldest);
  }

  /** Closes who still waits. */
  close(): void {
    clearImmediate(this.#nextTurn);
    for (const connections of this.#waiting.values())
      for (const connection of connections) connection.destroy();
    this.#waiting.clear();
    this.#waitingCount = 0;
  }

  #isBanned(peer: GuestId, now: number): boolean {
    const empty = this.#empty.get(peer);
    if (empty === undefined || empty.times < mostEmpty) return false;
    if (now < empty.until) return true;
    this.#empty.delete(peer);
    return false;
  }

  #visitsOf(peer: GuestId): number {
    return this.#visits.get(peer) ?? 0;
  }

  #countVisits(): void {
    for (const peer of this.#visitors) this.#visits.set(peer, this.#visitsOf(peer) + 1);
    this.#visitors = [];
  }

  #wait(connection: Connection): void {
    this.#countVisits();
    const line = this.#waiting.get(connection.peer);
    if (line === undefined) this.#waiting.set(connection.peer, [connection]);
    else line.push(connection);
    this.#waitingCount += 1;
    if (this.#waitingCount > mostWaiting) this.#turnAway();
    this.#nextTurn ??= setImmediate(this.#takeTurn);
  }

  /** Closes the last that has come from the busiest address. */
  #turnAway(): void {
    let busiest: GuestId | undefined;
    for (const peer of this.#waiting.keys())
      if (busiest === undefined || this.#visitsOf(peer) > this.#visitsOf(busiest)) busiest = peer;
    const line = busiest === undefined ? undefined : this.#waiting.get(busiest);
    const last = line?.pop();
    if (busiest === undefined || last === undefined) return;
    this.#waitingCount -= 1;
    if (line?.length === 0) this.#waiting.delete(busiest);
    this.#refuse(last);
    last.destroy();
  }

  readonly #takeTurn = (): void => {
    this.#nextTurn = undefined;
    // Each address once before any comes twice, who has come least first.
    const order = [...this.#waiting].sort(([a], [b]) => this.#visitsOf(a) - this.#visitsOf(b));
    let left = admittedPerTurn;
    while (left > 0 && this.#waitingCount > 0)
      for (const [peer, line] of order) {
        // Letting one in may end the service.
        const connection = left > 0 && this.#waitingCount > 0 ? line.shift() : undefined;
        if (connection === undefined) continue;
        left -= 1;
        this.#waitingCount -= 1;
        if (line.length === 0) this.#waiting.delete(peer);
        this.#admit(connection);
      }
    if (this.#waitingCount > 0) this.#nextTurn = setImmediate(this.#takeTurn);
  };
}
