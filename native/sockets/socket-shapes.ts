/** Keeps Node 20 from making three hidden classes, and missing thirty inline caches, for each socket. */
import { Socket } from 'node:net';

/** One more than V8 tells apart at one place. */
const shapes = ['a', 'b', 'c', 'd', 'e'];
/** V8 looks at shapes only after a function has been called a few times: five are enough, by its log of hidden classes. */
const rounds = 8;
let isVaried = false;

/**
 * A socket copies its options, `{ ...options }`, and adds to the copy. While V8 11 (of Node 20; 12 and later do not) has seen a
 * few shapes of options at that place, what is added to a copy gives it a hidden class of its own, in memory that only a
 * major collection frees, and all who read the copy look it up anew. Having seen too many shapes, it copies in a plainer way,
 * whose classes all sockets share. Takes 2 ms, once; the sockets are never opened.
 */
export const varySocketShapes = (): void => {
  if (isVaried) return;
  isVaried = true;
  for (let round = 0; round < rounds; round += 1) for (const shape of shapes) new Socket({ [shape]: round });
};
