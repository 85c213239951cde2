/** Where radios write what happened. The service's log, which is a pino logger, is one of these. */
export interface Log {
  readonly info: (facts: Readonly<Record<string, unknown>>, message: string) => void;
  readonly warn: (facts: Readonly<Record<string, unknown>>, message: string) => void;
}
