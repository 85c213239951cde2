/** SIGHUP: the configuration is read again. What can change at once does; what cannot is named, and waits for a restart. */
import * as E from 'fp-ts/lib/Either.js';
import type { ChangedSettings, Log } from '../index.js';
import { type LogLevel, logLevels } from '../json/log-level.js';
import { settingsTable } from '../settings.js';
import type { ServeSettings, SettingInEffect } from './serve-settings.js';
import { serveTable } from './serve-table.js';

/** What the configuration says now. */
export type Reread = Pick<ServeSettings, 'input' | 'inEffect'>;

/** What is in effect, and how it is read again. */
export interface Reloading {
  readonly inEffect: readonly SettingInEffect[];
  readonly read: () => Promise<E.Either<readonly string[], Reread>>;
  readonly log: Log;
  readonly changeLevel: (level: LogLevel) => void;
  /** Has the service go on with these. */
  readonly change: (settings: ChangedSettings) => void;
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

/** Does it take effect at once? The table says so, and `docs/configuration.md`. */
const isLive = (name: string): boolean => serveTable[name]?.live === true;

/** Reads the configuration again; a wrong one changes nothing. Gives what is in effect from now on. */
export const reload = async ({
  inEffect,
  read,
  log,
  changeLevel,
  change,
}: Reloading): Promise<readonly SettingInEffect[]> => {
  const again = await read();
  if (E.isLeft(again)) {
    for (const problem of again.left) log.error({ problem }, 'the configuration stays as it was');
    return inEffect;
  }
  const { input, inEffect: wanted } = again.right;
  const changed = changedSettings(inEffect, wanted);
  const level = wanted.find(({ name }) => name === 'logLevel')?.value;
  if (changed.includes('logLevel') && isLevel(level)) changeLevel(level);
  const given: Readonly<Record<string, unknown>> = { ...input };
  const ofService = changed.filter((name) => isLive(name) && Object.hasOwn(settingsTable, name));
  if (ofService.length > 0) change(Object.fromEntries(ofService.map((name) => [name, given[name]])));
  const waiting = changed.filter((name) => !isLive(name));
  if (waiting.length > 0)
    log.warn({ settings: waiting }, 'these settings are other ones after a restart only');
  log.info({ changed }, 'the configuration has been read again');
  // What waits is said each time until the restart.
  const now = new Map(wanted.map((setting) => [setting.name, setting]));
  return inEffect.map((setting) => (isLive(setting.name) ? (now.get(setting.name) ?? setting) : setting));
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
