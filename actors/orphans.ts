/** What a crashed actor leaves running. */
import type { AnyActorRef } from 'xstate';

/**
 * Stops the children of a crashed actor, and theirs: XState leaves them running, with the sockets and subscriptions that they
 * hold. The event is the one by which XState stops an actor itself.
 */
export const stopOrphans = (crashed: AnyActorRef | undefined): void => {
  const { children } = (crashed?.getSnapshot() ?? {}) as {
    readonly children?: Readonly<Record<string, AnyActorRef | undefined>>;
  };
  for (const child of Object.values(children ?? {})) {
    if (child?.getSnapshot().status !== 'active') stopOrphans(child);
    else child.send({ type: 'xstate.stop' });
  }
};
