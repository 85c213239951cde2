/** What failed on a socket, in the words of its address family where it has any of its own. */
import { socketFailure } from './failure.js';
import type { StreamFamily } from './koffi-streams-calls.js';
import type { SocketFailure } from './transport.js';

/** `where`: the URL of the endpoint or guest. */
export const familyFailure = (
  family: StreamFamily,
  operation: SocketFailure['operation'],
  where: string,
  code: string,
): SocketFailure => {
  const [what, advice] = [family.what?.(code), family.advice?.(code)];
  return socketFailure(operation, where, code, {
    ...(what === undefined ? {} : { what }),
    ...(advice === undefined ? {} : { advice }),
  });
};
