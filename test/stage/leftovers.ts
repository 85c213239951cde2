/** What a stopped service must not have left behind in this process. */
import { type Clock, ManualClock, type TimerHandle } from '../../streams/clock.js';
import { noteEffect } from './effects.js';

/** Sockets and listeners that Node knows of; timers of the test runner are none of ours. */
export const openHandles = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((resource) => /^(TCP|Pipe|UDP)/.test(resource));

/** Waits for the close events of sockets that are closed already: some turns of the event loop, no time. */
export const handlesSettled = async (most: number): Promise<readonly string[]> => {
  let handles = openHandles();
  for (let turn = 0; turn < 200 && handles.length > most; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    handles = openHandles();
  }
  return handles;
};

/** A clock that knows which of its timers still wait. */
export interface CountingClock extends Clock {
  readonly pending: number;
}

export const counting = (clock: Clock): CountingClock => {
  const waiting = new Set<TimerHandle>();
  return {
    now: clock.now,
    elapsed: clock.elapsed,
    // On a busy machine real notifications are late, and sent twice: no test is about that.
    ...(clock instanceof ManualClock ? { idle: clock.idle } : {}),
    setTimeout: (callback, milliseconds) => {
      noteEffect('timer');
      const handle: TimerHandle = clock.setTimeout(() => {
        waiting.delete(handle);
        callback();
      }, milliseconds);
      waiting.add(handle);
      return handle;
    },
    clearTimeout: (handle) => {
      noteEffect('timer');
      waiting.delete(handle);
      clock.clearTimeout(handle);
    },
    get pending() {
      return waiting.size;
    },
  };
};
