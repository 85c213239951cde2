/** Where native code writes what happened. */
import { Subject, Subscription } from 'rxjs';
import { nativeCalls } from './native-calls.js';

/** Where radios write what happened. The service's log, which is a pino logger, is one of these. */
export interface Log {
  readonly info: (facts: Readonly<Record<string, unknown>>, message: string) => void;
  readonly warn: (facts: Readonly<Record<string, unknown>>, message: string) => void;
}

/** A log that may have the level `trace`; a pino logger has. */
export interface TracingLog extends Log {
  readonly isLevelEnabled: (level: string) => boolean;
  readonly trace?: (facts: Readonly<Record<string, unknown>>, message: string) => void;
}

interface Problem {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly message: string;
}

const problems = new Subject<Problem>();

/** What code that belongs to no service has to say: all sockets of a process share one watcher. */
export const tellProblem = (facts: Problem['facts'], message: string): void => {
  if (problems.observed) problems.next({ facts, message });
  else process.emitWarning(message);
};

interface Followed {
  followers: number;
  readonly problems: Subscription;
  calls: Subscription | undefined;
}

const followed = new WeakMap<TracingLog, Followed>();

/** Calls are timed only while somebody reads of them. */
const traceCalls = (log: TracingLog, state: Followed): void => {
  const wanted = log.trace !== undefined && log.isLevelEnabled('trace');
  if (!wanted) {
    state.calls?.unsubscribe();
    state.calls = undefined;
  } else
    state.calls ??= nativeCalls.subscribe(({ milliseconds, ...call }) =>
      log.trace?.(
        { ...call, ms: Math.round(milliseconds * 1000) / 1000 },
        `${call.operation}: ${call.result}`,
      ),
    );
};

/**
 * Writes to `log`, until unsubscribed, what goes wrong in native code that has no log of its own (`warn`), and each call into
 * the host with its time and result (`trace`). Whether that level is enabled is looked at now: after a change call it again. Every
 * service does so with its own log; each log has every line once, however often it is given.
 */
export const logNativeCode = (log: TracingLog): Subscription => {
  const state: Followed = followed.get(log) ?? {
    followers: 0,
    problems: problems.subscribe(({ facts, message }) => log.warn(facts, message)),
    calls: undefined,
  };
  followed.set(log, state);
  state.followers++;
  traceCalls(log, state);
  return new Subscription(() => {
    state.followers--;
    if (state.followers > 0) return;
    state.problems.unsubscribe();
    state.calls?.unsubscribe();
    followed.delete(log);
  });
};
