/** What is going to go wrong: faults that are armed and wait for the operations that they hit. */
import * as O from 'fp-ts/lib/Option.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { InterfaceId } from '../radio.js';
import type { Fault, FaultScope } from './scenario.js';

interface Armed {
  readonly fault: Fault;
  readonly scope: FaultScope;
  /** Operations still to be hit. */
  left: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

type FaultOf<Kind extends Fault['kind']> = Extract<Fault, { readonly kind: Kind }>;

/** The faults that are armed, in the order in which they were. */
export class Faults {
  readonly #now: () => number;
  #armed: readonly Armed[] = [];

  /** `now`: milliseconds since the epoch. */
  constructor(now: () => number) {
    this.#now = now;
  }

  arm(fault: Fault, scope: FaultScope): void {
    const { lasting } = scope;
    const armed: Armed =
      'times' in lasting
        ? { fault, scope, left: lasting.times, until: Number.POSITIVE_INFINITY }
        : { fault, scope, left: Number.POSITIVE_INFINITY, until: this.#now() + lasting.milliseconds };
    this.#armed = [...this.#armed, armed];
  }

  /** The fault that hits this operation, if there is one: of several, the one that was armed first. It counts as used. */
  take<Kind extends Fault['kind']>(kind: Kind, id: InterfaceId, ssid?: Ssid): FaultOf<Kind> | undefined {
    const now = this.#now();
    this.#armed = this.#armed.filter(({ left, until }) => left > 0 && now < until);
    const hits = ({ fault, scope }: Armed): boolean =>
      fault.kind === kind &&
      (O.isNone(scope.interface) || scope.interface.value === id) &&
      (O.isNone(scope.ssid) || scope.ssid.value === ssid);
    const found = this.#armed.find(hits);
    if (found === undefined) return undefined;
    found.left--;
    return found.fault as FaultOf<Kind>;
  }
}
