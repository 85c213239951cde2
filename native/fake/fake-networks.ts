/**
 * Fake networks: the host application makes them up, by a callback that is asked anew for every scan and connect. They
 * are the networks of one interface, to which every guest can connect and on which nothing ever happens.
 */
import * as E from 'fp-ts/lib/Either.js';
import { Observable, Subject } from 'rxjs';
import { type Problem, problemText, shownValue } from '../../json/problem.js';
import type { Bss } from '../../protocol/bss.js';
import type { Log } from '../log.js';
import {
  type Answer,
  type FakeInterface,
  interfaceId,
  type RadioBackend,
  type RadioEvent,
} from '../radio.js';
import { type FakeNetwork, fakeBss } from './fake-network.js';

/** The one interface of fake networks, in every service. */
export const fakeNetworksInterfaceId = interfaceId('1b57e649-a1df-482f-85c2-a16063836418');

/** What fake networks need. */
export interface FakeNetworksOptions {
  /** Asked for every scan and connect. What it throws or gives wrongly costs a log line, and counts as not there. */
  readonly networks: () => Answer<readonly FakeNetwork[]>;
  readonly log: Log;
}

/** The back end of fake networks: its interface is there as long as it is open. */
export const fakeNetworksBackend = ({ networks, log }: FakeNetworksOptions): RadioBackend => ({
  name: 'fake networks',
  open: new Observable<RadioEvent>((subscriber) => {
    subscriber.next({ type: 'opened' });
    subscriber.next({ type: 'interface.arrived', interface: fakeNetworksInterface(networks, log) });
  }),
});

const fakeNetworksInterface = (callback: FakeNetworksOptions['networks'], log: Log): FakeInterface => {
  const memory = new Memory(log);
  return {
    kind: 'fake',
    id: fakeNetworksInterfaceId,
    name: 'fake networks',
    networks: () => memory.networks,
    changes: memory.changes,
    ask: () => {
      try {
        const answer: unknown = callback();
        return isThenable(answer) ? memory.whenGiven(answer) : memory.networksOf(answer);
      } catch (thrown) {
        return memory.refused('threw', thrown);
      }
    },
  };
};

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';

/** An entry that was decoded, with what it was decoded from: names and values of its fields. */
interface Known {
  readonly keys: readonly string[];
  readonly values: readonly unknown[];
  readonly bss: Bss;
}

const nothing: readonly Bss[] = [];

/**
 * What the callback gave last. Most callbacks give the same again, perhaps in new objects, and applications may change the
 * objects that they gave before: so entries are compared with a copy of their fields, and decoded when they differ.
 */
class Memory {
  readonly #log: Log;
  #known: readonly Known[] = [];
  #networks = nothing;
  /** It gave no list last; what it gave before is kept to be compared with. */
  #forgotten = false;
  /** It has given a list. */
  #given = false;
  readonly #changes = new Subject<void>();
  readonly changes = this.#changes.asObservable();

  constructor(log: Log) {
    this.#log = log;
  }

  /** What the callback gave last. */
  get networks(): readonly Bss[] {
    return this.#forgotten ? nothing : this.#networks;
  }

  /** The access points of what the callback gave; the same array, and the same objects in it, as far as nothing changed. */
  networksOf(given: unknown): readonly Bss[] {
    if (!Array.isArray(given)) return this.refused('gave', given);
    const entries: readonly unknown[] = given;
    this.#forgotten = false;
    const before = this.#known;
    const known: Known[] = [];
    for (let i = 0; i < entries.length; i++) {
      const found = this.#entry(entries[i], i, before[known.length]);
      if (found !== undefined) known.push(found);
    }
    this.#known = known;
    const first = !this.#given;
    this.#given = true;
    if (known.length !== this.#networks.length || known.some(({ bss }, i) => bss !== this.#networks[i])) {
      this.#networks = known.map(({ bss }) => bss);
      if (!first) this.#changes.next();
    }
    return this.#networks;
  }

  async whenGiven(promise: PromiseLike<unknown>): Promise<readonly Bss[]> {
    try {
      return this.networksOf(await promise);
    } catch (reason) {
      return this.refused('rejected with', reason);
    }
  }

  /** The callback gave no list. */
  refused(how: string, what: unknown): readonly Bss[] {
    const text = messageOf(what);
    this.#log.warn(
      {
        interfaceId: fakeNetworksInterfaceId,
        path: 'fakeNetworks',
        value: text,
        expected: 'a list of networks',
      },
      `no fake networks: the callback ${how} ${text} instead of giving a list`,
    );
    this.#forgotten = true;
    return nothing;
  }

  /** What an entry stands for; `likely` is what stood at its place. Reading it may run code of the application. */
  #entry(entry: unknown, i: number, likely: Known | undefined): Known | undefined {
    try {
      if (likely !== undefined && isUnchanged(entry, likely)) return likely;
      const elsewhere = this.#known.find((known) => isUnchanged(entry, known));
      if (elsewhere !== undefined) return elsewhere;
      const result = fakeBss(entry, pathOf(i));
      if (E.isRight(result)) return { ...fieldsOf(entry), bss: result.right };
      this.#leaveOut(result.left);
    } catch (thrown) {
      this.#leaveOut([
        { path: pathOf(i), value: `one that throws ${messageOf(thrown)}`, expected: 'a fake network' },
      ]);
    }
    return undefined;
  }

  #leaveOut(problems: readonly Problem[]): void {
    const text = problems.map(problemText).join('; ');
    this.#log.warn(
      { interfaceId: fakeNetworksInterfaceId, ...problems[0] },
      `fake network left out: ${text}`,
    );
  }
}

const pathOf = (i: number): string => `fakeNetworks[${i}]`;

const messageOf = (thrown: unknown): string => shownValue(thrown instanceof Error ? thrown.message : thrown);

const fieldsOf = (entry: unknown): Pick<Known, 'keys' | 'values'> =>
  typeof entry === 'object' && entry !== null
    ? { keys: Object.keys(entry), values: Object.values(entry) }
    : { keys: [], values: [] };

const isUnchanged = (entry: unknown, { keys, values }: Known): boolean => {
  if (typeof entry !== 'object' || entry === null) return false;
  const record = entry as Readonly<Record<string, unknown>>;
  let i = 0;
  for (const key in record) {
    if (keys[i] !== key || values[i] !== record[key]) return false;
    i++;
  }
  return i === keys.length;
};
