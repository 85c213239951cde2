/** The stream of facts: from the actors to `actor.on(…)`, in their order, once the actors are through with their step. */
import { Observable, Subject } from 'rxjs';
import type { Fact } from './facts.js';
import type { ObserverCalls } from './observer.js';

export class FactStream {
  readonly #observer: ObserverCalls;
  readonly #delivered = new Subject<Fact>();
  #pending: Fact[] = [];
  /** Does anybody listen to what is delivered? */
  isHeard: () => boolean = () => this.#delivered.observed;

  constructor(observer: ObserverCalls) {
    this.#observer = observer;
  }

  /** A listener may do as it likes with the service: it hears of a fact when no actor is in the middle of a step. */
  readonly facts: Observable<Fact> = new Observable((subscriber) => this.#delivered.subscribe(subscriber));

  /** Something happened that the host application may watch. It is forgotten while nobody listens. */
  publish(fact: Fact): void {
    if (!this.isHeard()) return;
    if (this.#pending.push(fact) > 1) return;
    queueMicrotask(() => {
      const facts = this.#pending;
      this.#pending = [];
      for (const each of facts) this.#delivered.next(each);
    });
  }

  /** The same where nobody waits for the hook: of the host, and of requests that are over all the same. */
  announce(fact: Fact): void {
    this.publish(fact);
    if (this.#observer.has(fact.type)) void this.#observer.tell(fact);
  }

  /** Keeps what is under way out of snapshots. */
  toJSON(): undefined {
    return undefined;
  }
}
