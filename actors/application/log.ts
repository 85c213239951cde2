/** Where log lines go: the part of pino's interface that the service uses. */

/** The facts of one line. Never a key, a PMK or a passphrase. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** A pino logger is one. */
export interface Log {
  /** False spares the caller from building a line that nobody reads. */
  readonly isLevelEnabled: (level: string) => boolean;
  /** Each call into the host, with its time and result, where the level is enabled when the service starts. */
  readonly trace?: (facts: LogFacts, message: string) => void;
  readonly debug: (facts: LogFacts, message: string) => void;
  readonly info: (facts: LogFacts, message: string) => void;
  readonly warn: (facts: LogFacts, message: string) => void;
  readonly error: (facts: LogFacts, message: string) => void;
}

const nothing = (): void => undefined;

/** Says nothing: the default of an embedded service. */
export const silentLog: Log = {
  isLevelEnabled: () => false,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
