/** Jobs one after another, in the order in which they were put in: what a host's calls and reports must not overtake. */

export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves or rejects as the job does, which begins when all before it have ended, well or not. */
  add<T>(job: () => Promise<T>): Promise<T> {
    const done = this.#last.then(job);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
