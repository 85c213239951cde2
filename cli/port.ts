/** Ports as people type them. */
import * as E from 'fp-ts/lib/Either.js';

/** A port from 1 to 65535, `otherwise` when nothing was typed; left: what is wrong, for people. */
export const parsePort = (
  option: string,
  text: string | undefined,
  otherwise: number,
): E.Either<string, number> => {
  if (text === undefined) return E.right(otherwise);
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535
    ? E.right(port)
    : E.left(`${option}: expected a port from 1 to 65535, got ${JSON.stringify(text)}`);
};
