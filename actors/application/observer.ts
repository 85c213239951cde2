/** The host application's hooks, each bounded in time: one that throws, rejects or hangs costs a log line. */
import type { GuestId } from '../../native/sockets/endpoint.js';
import type { Ssid } from '../../protocol/ssid.js';
import type { Clock } from '../../streams/clock.js';
import type { ConnectionType, Fact } from './facts.js';
import type { Log } from './log.js';

/** What the host application decides about. */
export interface ConnectionProposal {
  readonly guest: GuestId;
  readonly type: ConnectionType;
  readonly ssid: Ssid;
}

type Hook<Name extends Fact['type']> = (fact: Extract<Fact, { readonly type: Name }>) => void | Promise<void>;

/**
 * The hooks of the host application; each may be async. The step a hook belongs to waits for it, for 5 s at most. Without
 * `authorizeGuestConnection` every connection is approved.
 */
export type Observer = { readonly [Name in Fact['type']]?: Hook<Name> } & {
  readonly authorizeGuestConnection?: (proposal: ConnectionProposal) => Decision | Promise<Decision>;
};

export type Decision = 'approve' | 'deny';

/** A hook's time in milliseconds. */
export const hookTimeout = 5000;

export interface ObserverCalls {
  /** Is anybody waiting to be asked? Without a hook the step need not stop. */
  readonly has: (name: keyof Observer) => boolean;
  /** Resolves when the hook is through or its time is up. Never rejects. */
  readonly tell: (fact: Fact) => Promise<void>;
  /** Denies when the answer is late, an error or not 'approve'. Never rejects. */
  readonly authorize: (proposal: ConnectionProposal) => Promise<Decision>;
  /** The service stops: nothing waits for a hook any more. */
  readonly release: () => void;
}

/** Wraps the hooks of a host application. */
export const observerCalls = (observer: Observer, clock: Clock, log: Log): ObserverCalls => {
  /** Ends each wait that is under way. */
  const waits = new Set<() => void>();

  const bounded = async <T>(
    name: string,
    facts: object,
    otherwise: T,
    call: () => T | Promise<T>,
  ): Promise<T> => {
    let timer: unknown;
    let giveUp = (): void => undefined;
    const late = new Promise<T>((resolve) => {
      giveUp = () => resolve(otherwise);
      waits.add(giveUp);
      timer = clock.setTimeout(() => {
        log.warn(
          { hook: name, ...facts, milliseconds: hookTimeout },
          'observer hook takes too long, going on without it',
        );
        giveUp();
      }, hookTimeout);
    });
    try {
      return await Promise.race([call(), late]);
    } catch (error) {
      log.error({ hook: name, ...facts, error: String(error) }, 'observer hook failed, going on without it');
      return otherwise;
    } finally {
      waits.delete(giveUp);
      clock.clearTimeout(timer);
    }
  };

  return {
    release: () => {
      for (const giveUp of waits) giveUp();
    },
    has: (name) => observer[name] !== undefined,
    tell: (fact) => {
      const hook = observer[fact.type] as ((fact: Fact) => void | Promise<void>) | undefined;
      return hook === undefined
        ? Promise.resolve()
        : bounded<void>(fact.type, { fact }, undefined, () => hook.call(observer, fact));
    },
    authorize: async (proposal) => {
      const decision = await bounded<Decision>('authorizeGuestConnection', { ...proposal }, 'deny', () =>
        observer.authorizeGuestConnection === undefined
          ? 'approve'
          : observer.authorizeGuestConnection(proposal),
      );
      return decision === 'approve' ? 'approve' : 'deny';
    },
  };
};
