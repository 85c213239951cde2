/** One scan of one guest: which interfaces have answered, and what the guest gets of it. */
import { none, some } from 'fp-ts/lib/Option.js';
import type { InterfaceId } from '../native/radio.js';
import type { GuestId } from '../native/sockets/endpoint.js';
import type { Bss } from '../protocol/bss.js';
import type { Ssid } from '../protocol/ssid.js';
import type { Services } from './services.js';

/** How an interface's part of a scan ended; `running`: these are cached networks, and its scan goes on. */
export type ScanOutcome = 'complete' | 'running' | 'failed';

export interface ScanResult {
  readonly networks: readonly Bss[];
  readonly complete: boolean;
}

const isPromise = <T>(value: T | Promise<T>): value is Promise<T> => value instanceof Promise;

export class ScanRound {
  readonly number: number;
  readonly #services: Services;
  /** In dispatch order: the networks of each interface that has answered, null for those that have not. */
  readonly #answers = new Map<InterfaceId, (() => readonly Bss[]) | null>();
  #missing = 0;
  #running = false;

  constructor(number: number, services: Services) {
    this.number = number;
    this.#services = services;
  }

  /**
   * Asks every interface. What is known at once is taken at once; `later` hears of what comes by itself afterwards;
   * the actors of other interfaces send `interface.scanned`.
   */
  begin(guest: GuestId, ssid: Ssid | null, later: (id: InterfaceId, outcome: ScanOutcome) => void): void {
    for (const [id, { port, actor }] of this.#services.interfaces) {
      this.#answers.set(id, null);
      this.#missing += 1;
      if (port.kind === 'pretended') {
        const networks = port.networks();
        if (isPromise(networks))
          void networks.then(
            (list) => {
              if (this.#answers.get(id) === null) this.#answers.set(id, () => list);
              later(id, 'complete');
            },
            () => later(id, 'failed'),
          );
        else this.#take(id, () => networks);
      } else if (port.instant) {
        const result = port.scan(ssid === null ? none : some(ssid));
        if (isPromise(result))
          void result.then(({ _tag }) => later(id, _tag === 'Left' ? 'failed' : 'complete'));
        else this.#take(id, result._tag === 'Left' ? () => [] : port.networks);
      } else if (actor === undefined) this.#take(id, () => []);
      else actor.send({ type: 'scan.requested', guest, round: this.number, ssid });
    }
  }

  /** An interface has answered. */
  record(id: InterfaceId, outcome: ScanOutcome): void {
    const pending = this.#answers.get(id);
    if (pending === undefined || this.#missing === 0) return;
    if (outcome === 'running') this.#running = true;
    const port = this.#services.interfaces.get(id)?.port;
    if (outcome === 'failed') this.#take(id, () => []);
    else if (pending !== null) this.#take(id, pending);
    else this.#take(id, port?.kind === 'station' ? port.networks : () => []);
  }

  get complete(): boolean {
    return this.#missing === 0;
  }

  /** What there is by now; an interface that has not answered counts as having seen nothing. */
  result(): ScanResult {
    const lists = [...this.#answers.values()].map((networks) => networks?.() ?? []);
    return { networks: this.#services.shown.merge(lists), complete: !this.#running };
  }

  #take(id: InterfaceId, networks: () => readonly Bss[]): void {
    this.#answers.set(id, networks);
    this.#missing -= 1;
  }
}
