/** The host application's hooks, each bounded in time: one that throws, rejects or hangs costs a log line. */
import { StatusCode } from '../../protocol/status.js';
import type { Clock } from '../../streams/clock.js';
import { type ConnectionProposal, type Decision, type Refusal, refusalOf } from './decision.js';
import type { Fact } from './facts.js';
import type { Log } from './log.js';

type Hook<Name extends Fact['type']> = (fact: Extract<Fact, { readonly type: Name }>) => void | Promise<void>;

/**
 * The hooks of the host application; each may be async. The step a hook belongs to waits for it, for `hookTime` at most. Without
 * `authorizeGuestConnection` every connection is approved that the rules in the settings allow.
 */
export type Observer = { readonly [Name in Fact['type']]?: Hook<Name> } & {
  readonly authorizeGuestConnection?: (proposal: ConnectionProposal) => Decision | Promise<Decision>;
};

export interface ObserverCalls {
  /** Is anybody waiting to be asked? Without a hook the step need not stop. */
  readonly has: (name: keyof Observer) => boolean;
  /** Resolves when the hook is through or its time is up. Never rejects. */
  readonly tell: (fact: Fact) => Promise<void>;
  /**
   * Success where the connection is approved, else the status for the guest. Denied is also whose answer is late, an error or no
   * decision. Never rejects.
   */
  readonly authorize: (proposal: ConnectionProposal) => Promise<StatusCode>;
  /** The service stops: nothing waits for a hook any more. */
  readonly release: () => void;
}

/** In place of an answer of which the log tells already why it did not come. */
const unanswered = Symbol('unanswered');

/** What calls need besides the hooks. */
export interface ObserverOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** A hook's time in milliseconds, as it is now. */
  readonly hookTime: () => number;
  /** The rules in the settings, which are asked first: why a connection is refused, or nothing. */
  readonly refuses?: (proposal: ConnectionProposal) => Refusal | undefined;
}

/** Wraps the hooks of a host application. */
export const observerCalls = (
  observer: Observer,
  { clock, log, hookTime, refuses }: ObserverOptions,
): ObserverCalls => {
  /** Ends each wait that is under way. */
  const waits = new Set<() => void>();

  const bounded = async <T>(
    name: string,
    facts: object,
    otherwise: T,
    call: () => T | Promise<T>,
  ): Promise<T> => {
    let timer: unknown;
    const milliseconds = hookTime();
    let giveUp = (): void => undefined;
    const late = new Promise<T>((resolve) => {
      giveUp = () => resolve(otherwise);
      waits.add(giveUp);
      timer = clock.setTimeout(() => {
        log.warn({ hook: name, ...facts, milliseconds }, 'observer hook takes too long, going on without it');
        giveUp();
      }, milliseconds);
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
      const deny = (refusal: Refusal): StatusCode => {
        log.warn({ ...proposal, ...refusal }, 'connection denied');
        return refusal.status;
      };
      const against = refuses?.(proposal);
      if (against !== undefined) return deny(against);
      if (observer.authorizeGuestConnection === undefined) return StatusCode.success;
      const answer = await bounded<unknown>('authorizeGuestConnection', { ...proposal }, unanswered, () =>
        observer.authorizeGuestConnection?.(proposal),
      );
      if (answer === unanswered) return StatusCode.requestDeclined;
      const refusal = refusalOf(answer);
      return refusal === undefined ? StatusCode.success : deny(refusal);
    },
  };
};
