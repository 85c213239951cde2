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

/**
 * Writes to `log`, until unsubscribed, what goes wrong in native code that has no log of its own (`warn`), and each call into
 * the host with its time and result (`trace`, if it is enabled at the beginning: no call is timed otherwise).
 */
export const logNativeCode = (log: TracingLog): Subscription => {
  const subscription = new Subscription();
  subscription.add(problems.subscribe(({ facts, message }) => log.warn(facts, message)));
  if (log.trace !== undefined && log.isLevelEnabled('trace'))
    subscription.add(
      nativeCalls.subscribe(({ milliseconds, ...call }) =>
        log.trace?.(
          { ...call, ms: Math.round(milliseconds * 1000) / 1000 },
          `${call.operation}: ${call.result}`,
        ),
      ),
    );
  return subscription;
};
