import type { Log } from '../../../native/log.js';

/** Keeps nothing. */
export const silent: Log = { info: () => undefined, warn: () => undefined };

/** Keeps the messages. */
export class KeptLog implements Log {
  readonly lines: string[] = [];
  readonly facts: Readonly<Record<string, unknown>>[] = [];

  readonly info: Log['info'] = (facts, message) => {
    this.facts.push(facts);
    this.lines.push(message);
  };

  readonly warn: Log['warn'] = (facts, message) => this.info(facts, message);
}
