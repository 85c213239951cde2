/** The state of everything at many points in time, kept at the cost of what has changed, and the older the sparser. */

/** Most states of everything that are kept, in the service and on a page. */
const statusLimit = 320;

/** Most values in all of them, what they share counted once: with about 21 bytes for each some 10 MiB. */
const valueLimit = 500_000;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/** Plain data equal to `now`, which shares with `before` whatever has not changed. */
export const sharing = <Data>(before: unknown, now: Data): Data => {
  if (Object.is(before, now)) return now;
  if (!isRecord(before) || !isRecord(now) || Array.isArray(before) !== Array.isArray(now)) return now;
  const names = Object.keys(now);
  let same = names.length === Object.keys(before).length;
  const parts = names.map((name) => {
    const part = sharing(before[name], now[name]);
    same &&= part === before[name] && name in before;
    return [name, part] as const;
  });
  if (same) return before as Data;
  return (Array.isArray(now) ? parts.map(([, part]) => part) : Object.fromEntries(parts)) as Data;
};

/** Counts the values in plain data that shares parts: who is in use how often, and what goes with the last use. */
class SharedSize {
  readonly #uses = new Map<object, number>();
  #values = 0;

  get values(): number {
    return this.#values;
  }

  add(data: unknown): void {
    if (!isRecord(data)) return;
    const uses = this.#uses.get(data) ?? 0;
    this.#uses.set(data, uses + 1);
    if (uses > 0) return;
    const parts = Object.values(data);
    this.#values += parts.length + 1;
    for (const part of parts) this.add(part);
  }

  remove(data: unknown): void {
    if (!isRecord(data)) return;
    const uses = this.#uses.get(data) ?? 0;
    if (uses > 1) {
      this.#uses.set(data, uses - 1);
      return;
    }
    this.#uses.delete(data);
    const parts = Object.values(data);
    this.#values -= parts.length + 1;
    for (const part of parts) this.remove(part);
  }
}

/** Which of these numbers, oldest first, to let go of: every second one of the older half, or the oldest of a few. */
const dispensable = (numbers: readonly number[]): readonly number[] =>
  numbers.length < 4
    ? numbers.slice(0, 1)
    : numbers.slice(0, numbers.length / 2).filter((_, i) => i % 2 === 1);

export class StatusHistory<Status> {
  /** By number, oldest first. */
  readonly #kept = new Map<number, Status>();
  readonly #size = new SharedSize();
  #last: Status | undefined;

  /** Of what is kept, oldest first. */
  get numbers(): readonly number[] {
    return [...this.#kept.keys()];
  }

  /** Values in all that is kept. */
  get values(): number {
    return this.#size.values;
  }

  /** Takes a state in under the number of its message, the highest one; gives it as it is kept, and which numbers had to go for it. */
  note(number: number, status: Status): { readonly status: Status; readonly dropped: readonly number[] } {
    const kept = sharing(this.#last, status);
    this.#last = kept;
    this.#kept.set(number, kept);
    this.#size.add(kept);
    const dropped: number[] = [];
    while (this.#kept.size > 1 && (this.#kept.size > statusLimit || this.#size.values > valueLimit))
      for (const one of dispensable(this.numbers)) {
        this.#forget(one);
        dropped.push(one);
      }
    return { status: kept, dropped };
  }

  /** Messages before this number are not kept any more. */
  forgetBefore(first: number): void {
    for (const number of this.#kept.keys()) {
      if (number >= first) return;
      this.#forget(number);
    }
  }

  #forget(number: number): void {
    this.#size.remove(this.#kept.get(number));
    this.#kept.delete(number);
  }
}
