/** Ports as people type them. */
import * as E from 'fp-ts/lib/Either.js';

/** A port from 1 to 65535. Left: what is wrong with it, for people. */
export const parsePort = (flag: string, text: string): E.Either<string, number> => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65535
    ? E.right(port)
    : E.left(`${flag}: expected a whole number from 1 to 65535, found ${JSON.stringify(text)}`);
};
