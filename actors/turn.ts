/** Lets the event loop turn once: whatever else is ready comes first. */
import { fromPromise } from 'xstate';

export const turn = fromPromise<void>(() => new Promise((resolve) => setImmediate(resolve)));
