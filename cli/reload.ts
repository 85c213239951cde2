/** SIGHUP: the configuration is read again. What can change at once does; what cannot is named, and waits for a restart. */
import * as E from 'fp-ts/lib/Either.js';
import type { Log } from '../index.js';
import { type LogLevel, logLevels } from '../json/log-level.js';
import type { SettingInEffect } from './serve-settings.js';

/** What is in effect, and how it is read again. */
export interface Reloading {
  readonly inEffect: readonly SettingInEffect[];
  readonly read: () => Promise<E.Either<readonly string[], readonly SettingInEffect[]>>;
  readonly log: Log;
  readonly changeLevel: (level: LogLevel) => void;
}

/** Names of the settings that are no longer the same. */
export const changedSettings = (
  before: readonly SettingInEffect[],
  after: readonly SettingInEffect[],
): readonly string[] => {
  const textOf = (settings: readonly SettingInEffect[]): ReadonlyMap<string, string> =>
    new Map(settings.map(({ name, value }) => [name, JSON.stringify(value) ?? '']));
  const [old, now] = [textOf(before), textOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].filter((name) => old.get(name) !== now.get(name));
};

const isLevel = (value: unknown): value is LogLevel => typeof value === 'string' && value in logLevels;

/** Reads the configuration again; a wrong one changes nothing. Gives what is in effect from now on. */
export const reload = async ({
  inEffect,
  read,
  log,
  changeLevel,
}: Reloading): Promise<readonly SettingInEffect[]> => {
  const again = await read();
  if (E.isLeft(again)) {
    for (const problem of again.left) log.error({ problem }, 'the configuration stays as it was');
    return inEffect;
  }
  const changed = changedSettings(inEffect, again.right);
  const level = again.right.find(({ name }) => name === 'logLevel')?.value;
  if (changed.includes('logLevel') && isLevel(level)) changeLevel(level);
  const waiting = changed.filter((name) => name !== 'logLevel');
  if (waiting.length > 0)
    log.warn({ settings: waiting }, 'these settings are other ones after a restart only');
  log.info({ changed }, 'the configuration has been read again');
  // What waits is said each time until the restart.
  return inEffect.map((setting) =>
    setting.name === 'logLevel' ? (again.right.find(({ name }) => name === 'logLevel') ?? setting) : setting,
  );
};

/** Calls back at each SIGHUP, one after the other. Windows sends it when a console closes, and ends the process anyway. */
export const onHangUp = (callback: () => Promise<void>): (() => void) => {
  let last: Promise<void> = Promise.resolve();
  const listener = (): void => {
    last = last.then(callback);
  };
  if (process.platform !== 'win32') process.on('SIGHUP', listener);
  return () => void process.off('SIGHUP', listener);
};
