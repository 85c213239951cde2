/** What crashed actors leave running. */
import type { AnyActorRef } from 'xstate';

type Children = Readonly<Record<string, AnyActorRef | undefined>>;

/**
 * Stops what the crashed ones among these actors had started, and what that had started: XState leaves it running, with the
 * sockets and subscriptions that it holds. The event is the one by which XState stops an actor itself.
 */
export const stopOrphans = (children: Children): void => {
  for (const child of Object.values(children))
    if (child !== undefined && child.getSnapshot().status === 'error') stopAll(child.getSnapshot().children);
};

const stopAll = (children: Children | undefined): void => {
  for (const child of Object.values(children ?? {})) {
    if (child?.getSnapshot().status === 'active') child.send({ type: 'xstate.stop' });
    else stopAll(child?.getSnapshot().children);
  }
};
