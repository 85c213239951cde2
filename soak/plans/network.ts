/** The network of a simulation: what is on its way arrives in an order that is thrown for, and goes wrong when it is told to. */

import type { Clock, GuestId } from '../../index.js';
import { guestIdOf } from '../../native/sockets/endpoint.js';
import { type MemoryFamily, memoryOn, type OpenStream, type Way } from '../../native/sockets/memory.js';
import type { GuestSide } from '../../native/sockets/transport.js';
import type { Dice } from '../dice.js';
import type { Lines } from './lines.js';

/** What is wrong with the way to and from one guest. */
export type Trouble =
  /** Nothing moves. */
  | 'stalled'
  /** New connections are refused. */
  | 'refusing'
  /** Bytes arrive in small pieces. */
  | 'crumbling'
  /** The system takes no bytes for this guest: its buffers are full. */
  | 'full';

interface Move {
  readonly way: Way;
  readonly run: () => void;
}

const wayText = ({ from, to, port }: Way): string => `${from} → ${to}:${port}`;

export const hostName = 'host';

const ports = { requestPort: 12345, notificationPort: 12346 };

export class Network implements Lines {
  readonly family: MemoryFamily;
  readonly #dice: Dice;
  readonly #note: (line: () => string) => void;
  readonly #moves: Move[] = [];
  readonly #streams = new Set<OpenStream>();
  readonly #troubles = new Map<string, Set<Trouble>>();
  readonly #disturbances = new Map<string, number>();
  /** Called when there is room again. */
  #waiting: (() => void)[] = [];

  constructor(dice: Dice, note: (line: () => string) => void) {
    this.#dice = dice;
    this.#note = note;
    this.family = memoryOn({
      later: (way, run) => this.#moves.push({ way, run }),
      inOneMove: false,
      pieces: (way, bytes) => this.#pieces(way, bytes),
      refusal: (way) => (this.#has(way, 'refusing') ? 'ECONNREFUSED' : undefined),
      taken: (way) =>
        this.#has(way, 'full') ? new Promise((resolve) => this.#waiting.push(resolve)) : undefined,
      opened: (stream) => this.#streams.add(stream),
      closed: (stream) => this.#streams.delete(stream),
    });
  }

  /** Something of this guest goes wrong from now on. */
  trouble(guest: string, kind: Trouble): void {
    this.#note(() => `network: ${guest} ${kind}`);
    const troubles = this.#troubles.get(guest) ?? new Set();
    this.#troubles.set(guest, troubles.add(kind));
    if (kind !== 'crumbling') this.#disturbed(guest);
  }

  guestSide(guest: string, clock: Clock): GuestSide {
    return this.family.guestSide({ scheme: 'memory', name: hostName }, { ...ports, address: guest }, clock);
  }

  guestId(guest: string): GuestId {
    return guestIdOf({ scheme: 'memory', address: guest });
  }

  /** How often something went wrong with this guest's connections so far. */
  disturbances(guest: string): number {
    return this.#disturbances.get(guest) ?? 0;
  }

  isTroubled(guest: string): boolean {
    const troubles = this.#troubles.get(guest);
    return troubles !== undefined && [...troubles].some((kind) => kind !== 'crumbling');
  }

  isStalled(guest: string): boolean {
    return this.#troubles.get(guest)?.has('stalled') ?? false;
  }

  /** Everything moves again; of this guest, or of all. */
  heal(guest?: string): void {
    this.#note(() => `network: ${guest ?? 'all'} healed`);
    if (guest === undefined) this.#troubles.clear();
    else this.#troubles.delete(guest);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  /** Things on their way that will never arrive. */
  get pendingStreams(): number {
    return this.#moves.length;
  }

  /** Every stream of this guest breaks. */
  reset(guest: string): void {
    this.#note(() => `network: streams of ${guest} are reset`);
    this.#disturbed(guest);
    for (const stream of this.#streams) {
      if (stream.from !== guest && stream.to !== guest) continue;
      this.#streams.delete(stream);
      stream.break('ECONNRESET');
    }
  }

  /** One thing that is on its way arrives, whichever the dice say; false if nothing can. */
  moveOne(): boolean {
    const movable = this.#moves.filter(({ way }) => !this.#has(way, 'stalled'));
    if (movable.length === 0) return false;
    const move = this.#dice.pick(movable);
    this.#moves.splice(this.#moves.indexOf(move), 1);
    this.#note(() => wayText(move.way));
    move.run();
    return true;
  }

  #disturbed(guest: string): void {
    this.#disturbances.set(guest, this.disturbances(guest) + 1);
  }

  #has({ from, to }: Way, kind: Trouble): boolean {
    return this.#troubles.get(from === hostName ? to : from)?.has(kind) ?? false;
  }

  #pieces(way: Way, bytes: Uint8Array): readonly Uint8Array[] {
    if (!this.#has(way, 'crumbling')) return [bytes];
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + this.#dice.below(40);
      pieces.push(bytes.subarray(at, at + size));
      at += size;
    }
    return pieces;
  }
}
