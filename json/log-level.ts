/** How much is logged, as flags and documents name it. */

/** From the quietest to the most talkative, with what they let through. */
export const logLevels = {
  silent: 'nothing',
  error: 'what failed',
  warn: 'what was refused',
  info: 'one line for each fact',
  debug: 'and what led to it',
  trace: 'each call into the host, with its time and result',
} as const;

/** How much is logged. */
export type LogLevel = keyof typeof logLevels;
