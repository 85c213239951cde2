/** The log of `serve`: pino, on standard error, so that standard output is for what was asked for. */
import type { Log } from '../index.js';

/** From the quietest to the most talkative, with what they let through. */
export const logLevels = {
  silent: 'nothing',
  error: 'what failed',
  warn: 'what was refused',
  info: 'one line for each fact',
  debug: 'more',
  trace: 'each call into the host, with its time and result',
} as const;

export type LogLevel = keyof typeof logLevels;

export interface LogOptions {
  readonly level: LogLevel;
  /** JSON also on a terminal. */
  readonly json: boolean;
}

/** Readable lines on a terminal, JSON lines (one object each) everywhere else. */
export const openLog = async ({ level, json }: LogOptions): Promise<Log> => {
  if (level === 'silent') return (await import('../index.js')).silentLog;
  const { default: pino } = await import('pino');
  const options = { level, base: null };
  if (json || process.stderr.isTTY !== true) {
    const log: Log = pino(options, pino.destination(2));
    return log;
  }
  const { default: pretty } = await import('pino-pretty');
  const lines = pretty({
    destination: 2,
    sync: true,
    colorize: !process.env.NO_COLOR,
    translateTime: 'HH:MM:ss.l',
    singleLine: true,
  });
  const log: Log = pino(options, lines);
  return log;
};
