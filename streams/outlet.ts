/** A stream with one listener at a time: what a guest's sockets and deadlines tell the actor that they work for. */
import { Observable, type Subscriber } from 'rxjs';

export class Outlet<T> {
  #listener: Subscriber<T> | undefined;
  /** What is told from the subscription on. Who subscribes takes the place of the listener before. */
  readonly values: Observable<T>;

  /** `onLeft`: the listener has gone, and nobody has taken its place. */
  constructor(onLeft: () => void) {
    this.values = new Observable((subscriber) => {
      this.#listener = subscriber;
      return () => {
        if (this.#listener !== subscriber) return;
        this.#listener = undefined;
        onLeft();
      };
    });
  }

  /** Does anybody listen? */
  get isHeard(): boolean {
    return this.#listener !== undefined;
  }

  next(value: T): void {
    this.#listener?.next(value);
  }
}
