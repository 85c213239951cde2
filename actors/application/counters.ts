/** What is counted, by what; the snapshot shows it, and a sink passes it on to a metrics library. */

/** Every counter with its label. `docs/metrics.md` lists them for operators. */
export const counterLabels = {
  /** Answered requests. */
  requests: 'operation and outcome',
  /** Frames refused. */
  refusedFrames: 'reason',
  /** Connections closed before a byte was read. */
  refusedConnections: 'reason',
  /** Written in time to be read. */
  notificationsSent: 'kind',
  /** Written so late that the guest may not have read them. */
  notificationsUncertain: 'kind',
  notificationsRetried: 'kind',
  /** Replaced by a newer one while waiting. */
  notificationsConflated: 'kind',
  notificationsDropped: 'kind',
  /** Failures of listeners, radios and actors that were followed by another start. */
  restarts: 'part',
} as const;

/** A counter of the service. */
export type CounterName = keyof typeof counterLabels;

/** Receives every count and every duration as it happens. */
export interface MetricsSink {
  readonly count: (counter: CounterName, label: string) => void;
  /** A request from its last byte to its answer, in milliseconds. */
  readonly requestAnswered: (operation: string, outcome: string, milliseconds: number) => void;
  /** A notification from the opening of its connection to the writing, at most, in milliseconds. */
  readonly notificationWritten?: (kind: string, milliseconds: number) => void;
}

/** Every count so far, by counter and label. */
export type Tally = Readonly<Record<CounterName, Readonly<Record<string, number>>>>;

export class Counters {
  readonly #counts = new Map<CounterName, Map<string, number>>();
  readonly #sink: MetricsSink | undefined;
  /** The label of each outcome of each operation: made once, as every request needs one. */
  readonly #answerLabels = new Map<string, Map<string, string>>();

  constructor(sink?: MetricsSink) {
    this.#sink = sink;
  }

  count(counter: CounterName, label: string): void {
    const labels = this.#counts.get(counter) ?? new Map<string, number>();
    this.#counts.set(counter, labels);
    labels.set(label, (labels.get(label) ?? 0) + 1);
    this.#sink?.count(counter, label);
  }

  requestAnswered(operation: string, outcome: string, milliseconds: number): void {
    this.count('requests', this.#answerLabel(operation, outcome));
    this.#sink?.requestAnswered(operation, outcome, milliseconds);
  }

  #answerLabel(operation: string, outcome: string): string {
    const labels = this.#answerLabels.get(operation) ?? new Map<string, string>();
    this.#answerLabels.set(operation, labels);
    const label = labels.get(outcome) ?? `${operation} ${outcome}`;
    labels.set(outcome, label);
    return label;
  }

  notificationWritten(kind: string, milliseconds: number): void {
    this.#sink?.notificationWritten?.(kind, milliseconds);
  }

  /** All counts so far, as plain data. */
  tally(): Tally {
    const names = Object.keys(counterLabels) as CounterName[];
    return Object.fromEntries(
      names.map((name) => [name, Object.fromEntries(this.#counts.get(name) ?? [])]),
    ) as Tally;
  }
}
