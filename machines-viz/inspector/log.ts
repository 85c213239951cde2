/** The last things that happened, numbered as they come; the oldest make room. */

/** Holds references only: what it costs to keep an entry is one slot. */
export class EventLog<Entry extends object> {
  readonly #slots: (Entry | undefined)[];
  readonly #limit: number;
  readonly #isEvent: (entry: Entry) => boolean;
  readonly #evicted: (entry: Entry) => void;
  #first = 0;
  #next = 0;
  #events = 0;

  /** `limit`: most entries that are events by `isEvent`; in all there are at most four times as many. */
  constructor(limit: number, isEvent: (entry: Entry) => boolean, evicted: (entry: Entry) => void) {
    this.#slots = new Array<Entry | undefined>(4 * limit);
    this.#limit = limit;
    this.#isEvent = isEvent;
    this.#evicted = evicted;
  }

  /** Number of the oldest entry. */
  get first(): number {
    return this.#first;
  }

  /** Number that the next entry will have. */
  get next(): number {
    return this.#next;
  }

  push(entry: Entry): void {
    if (this.#next - this.#first === this.#slots.length) this.#evict();
    this.#slots[this.#next % this.#slots.length] = entry;
    this.#next += 1;
    if (!this.#isEvent(entry)) return;
    this.#events += 1;
    while (this.#events > this.#limit) this.#evict();
  }

  /** Undefined for a number that is not kept any more, or not yet given, or removed. */
  at(number: number): Entry | undefined {
    return number < this.#first || number >= this.#next
      ? undefined
      : this.#slots[number % this.#slots.length];
  }

  /** Makes an entry that is no event as if it had never been; its number stays empty. */
  remove(number: number): void {
    if (this.at(number) !== undefined) this.#slots[number % this.#slots.length] = undefined;
  }

  #evict(): void {
    const slot = this.#first % this.#slots.length;
    const entry = this.#slots[slot];
    this.#slots[slot] = undefined;
    this.#first += 1;
    if (entry === undefined) return;
    if (this.#isEvent(entry)) this.#events -= 1;
    this.#evicted(entry);
  }
}
