/** The log of `serve`: pino, on standard error, so that standard output is for what was asked for. */
import type { Log } from '../index.js';
import type { LogLevel } from '../json/log-level.js';

export interface LogOptions {
  readonly level: LogLevel;
  /** JSON also on a terminal. */
  readonly json: boolean;
}

/** A log whose level can be changed while it is written. */
export interface OpenedLog {
  readonly log: Log;
  readonly changeLevel: (level: LogLevel) => void;
}

/** Readable lines on a terminal, JSON lines (one object each) everywhere else. */
export const openLog = async ({ level, json }: LogOptions): Promise<OpenedLog> => {
  const { default: pino } = await import('pino');
  const options = { level, base: null };
  const opened = (log: ReturnType<typeof pino>): OpenedLog => ({
    log,
    changeLevel: (next) => {
      log.level = next;
    },
  });
  if (json || process.stderr.isTTY !== true) return opened(pino(options, pino.destination(2)));
  const { default: pretty } = await import('pino-pretty');
  const lines = pretty({
    destination: 2,
    sync: true,
    colorize: !process.env.NO_COLOR,
    translateTime: 'HH:MM:ss.l',
    singleLine: true,
  });
  return opened(pino(options, lines));
};
