/** What a service under test says of itself: log lines, counts, facts and frames, in the order in which they came. */
import type { CounterName, Fact, GuestId, Log, LogFacts, MetricsSink, SeenFrame } from '../../index.js';
import { noteEffect } from './effects.js';

export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly facts: LogFacts;
  readonly message: string;
}

/** One thing that became visible outside. */
export type Entry =
  | { readonly kind: 'fact'; readonly fact: Fact }
  | { readonly kind: 'frame'; readonly frame: SeenFrame }
  | { readonly kind: 'hook'; readonly name: string; readonly facts: object };

export class Records {
  readonly lines: LogLine[] = [];
  readonly counts: { readonly counter: CounterName; readonly label: string }[] = [];
  readonly entries: Entry[] = [];
  /** Called for each log line before it is kept; it may throw, to make whoever logs crash. */
  sabotage: (line: LogLine) => void = () => undefined;
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  readonly #write =
    (level: LogLine['level']) =>
    (facts: LogFacts, message: string): void => {
      noteEffect('log');
      const line = { level, facts, message };
      this.lines.push(line);
      this.#changed();
      this.sabotage(line);
    };

  readonly log: Log = {
    isLevelEnabled: () => true,
    debug: this.#write('debug'),
    info: this.#write('info'),
    warn: this.#write('warn'),
    error: this.#write('error'),
  };

  readonly metrics: MetricsSink = {
    count: (counter, label) => {
      noteEffect('metrics');
      this.counts.push({ counter, label });
      this.#changed();
    },
    requestAnswered: () => undefined,
  };

  note(entry: Entry): void {
    noteEffect(entry.kind);
    this.entries.push(entry);
    this.#changed();
  }

  get facts(): readonly Fact[] {
    return this.entries.flatMap((entry) => (entry.kind === 'fact' ? [entry.fact] : []));
  }

  factsOf<Type extends Fact['type']>(type: Type): readonly Extract<Fact, { readonly type: Type }>[] {
    const is = (fact: Fact): fact is Extract<Fact, { readonly type: Type }> => fact.type === type;
    return this.facts.filter(is);
  }

  /** Names of the hooks that were called, in order. */
  get hooks(): readonly string[] {
    return this.entries.flatMap((entry) => (entry.kind === 'hook' ? [entry.name] : []));
  }

  /** Requests of a guest that arrived whole. */
  requestsOf(guest: GuestId): number {
    return this.frames.filter((f) => f.guest === guest && f.from === 'guest').length;
  }

  get frames(): readonly SeenFrame[] {
    return this.entries.flatMap((entry) => (entry.kind === 'frame' ? [entry.frame] : []));
  }

  count(counter: CounterName, label?: string): number {
    return this.counts.filter((c) => c.counter === counter && (label === undefined || c.label === label))
      .length;
  }

  /** Lines whose message contains `text`. */
  linesAbout(text: string): readonly LogLine[] {
    return this.lines.filter(({ message }) => message.includes(text));
  }
}
