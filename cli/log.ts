/**
 * The log of `serve`: pino, on standard error, so that standard output is for what was asked for, and to files, each with a level of its
 * own. What lines are written with is opened here and nowhere else.
 */
import { closeSync, openSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { Level, Logger } from 'pino';
import type { Log } from '../index.js';
import type { LogLevel } from '../json/log-level.js';
import { openOutlet } from './log-outlet.js';
import type { LogTarget } from './log-target.js';
import { fileProblem } from './text-file.js';

export interface LogOptions {
  /** Of all that have none of their own. */
  readonly level: LogLevel;
  /** JSON also on a terminal. */
  readonly json: boolean;
  /** In files lines are always JSON. */
  readonly targets: readonly LogTarget[];
}

/** A log whose level can be changed while it is written. */
export interface OpenedLog {
  readonly log: Log;
  /** Where the level is that of all. */
  readonly changeLevel: (level: LogLevel) => void;
  /** Lines that found no room because their reader did not read. */
  readonly dropped: () => number;
  /** Closes the files. Lines that come later are lost there. */
  readonly close: () => void;
}

/** Standard error and nothing else. */
export const standardError: readonly LogTarget[] = [{ file: null, level: null }];

interface OpenTarget {
  readonly logger: Logger;
  readonly target: LogTarget;
  readonly dropped: () => number;
  readonly close: () => void;
}

/** From a line of JSON to the line that is written. */
type Style = (line: string) => string;

/** Readable lines on a terminal. */
const readable = async (): Promise<Style> => {
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    colorize: !process.env.NO_COLOR,
    translateTime: 'HH:MM:ss.l',
    singleLine: true,
  });
};

/** Readable lines on a terminal, JSON lines (one object each) everywhere else. Nobody waits for who reads them. */
const openStandardError = async (
  level: LogLevel,
  json: boolean,
): Promise<Pick<OpenTarget, 'logger' | 'dropped'>> => {
  const { default: pino } = await import('pino');
  const style: Style = json || process.stderr.isTTY !== true ? (line) => line : await readable();
  const outlet = openOutlet(process.stderr, (dropped) =>
    logger.warn({ dropped }, `${dropped} log lines dropped: their reader did not read`),
  );
  const logger = pino({ level, base: null }, { write: (line: string) => outlet.write(style(line)) });
  return { logger, dropped: outlet.dropped };
};

const openTarget = async (
  target: LogTarget,
  { level: levelOfAll, json }: LogOptions,
): Promise<E.Either<string, OpenTarget>> => {
  const { file } = target;
  const level = target.level ?? levelOfAll;
  if (file === null)
    return E.right({ ...(await openStandardError(level, json)), target, close: () => undefined });
  const { default: pino } = await import('pino');
  const opened = E.tryCatch(
    () => openSync(file, 'a', 0o640),
    (error) => fileProblem(file, 'written', error),
  );
  return E.map((fd: number): OpenTarget => {
    const logger = pino({ level, base: null }, pino.destination({ dest: fd, sync: true }));
    const close = (): void => {
      logger.level = 'silent';
      closeSync(fd);
    };
    return { logger, target, dropped: () => 0, close };
  })(opened);
};

/** One log that writes to all of these, each at its level. */
const logToAll = (loggers: readonly Logger[]): Log => {
  const write =
    (level: Level) =>
    (facts: object, message: string): void => {
      for (const logger of loggers) logger[level](facts, message);
    };
  return {
    isLevelEnabled: (level) => loggers.some((logger) => logger.isLevelEnabled(level)),
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
};

/** Opens everything, or says of which file it cannot; then nothing is open. */
export const openLog = async (options: LogOptions): Promise<E.Either<readonly string[], OpenedLog>> => {
  const opened = await Promise.all(options.targets.map((target) => openTarget(target, options)));
  const targets = opened.flatMap((one) => (E.isRight(one) ? [one.right] : []));
  const close = (): void => {
    for (const target of targets) target.close();
  };
  const problems = opened.flatMap((one) => (E.isLeft(one) ? [one.left] : []));
  if (problems.length > 0) {
    close();
    return E.left(problems);
  }
  const [only, ...others] = targets.map(({ logger }) => logger);
  return E.right({
    log: only !== undefined && others.length === 0 ? only : logToAll(targets.map(({ logger }) => logger)),
    changeLevel: (level) => {
      for (const { logger, target } of targets) if (target.level === null) logger.level = level;
    },
    dropped: () => targets.reduce((sum, { dropped }) => sum + dropped(), 0),
    close,
  });
};
