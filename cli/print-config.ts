/** `proxy-wifi serve --print-config`: what would be in effect, setting by setting, and where each value came from. */
import * as E from 'fp-ts/lib/Either.js';
import { shownValue } from '../json/problem.js';
import { otherwiseText, valueText } from '../json/setting.js';
import { type ServeFlags, type SettingInEffect, serveSettings } from './serve-settings.js';
import { serveTable } from './serve-table.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';

const isScalar = (u: unknown): boolean => typeof u !== 'object' || u === null;

/** What a file would hold; of larger things their kind only, since a scenario has secrets. */
const printable = (value: unknown): unknown =>
  isScalar(value) || (Array.isArray(value) && value.every(isScalar)) ? value : shownValue(value);

/** What holds by itself is said in the table's words where it is no plain value. */
const textOf = ({ name, value, from }: SettingInEffect): string => {
  const row = serveTable[name];
  if (row === undefined) return '';
  const isSpoken = from === undefined && (value === undefined || value === null || !isScalar(value));
  return isSpoken ? otherwiseText(row) : valueText(row, printable(value));
};

const linesOf = (settings: readonly SettingInEffect[], terminal: Terminal): readonly string[] => {
  const rows = settings.map((setting) => ({ ...setting, text: textOf(setting) }));
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  const textWidth = Math.max(...rows.map(({ text }) => text.length));
  return rows.map(({ name, text, from }) => {
    const line = `${name.padEnd(nameWidth)}  ${text.padEnd(textWidth)}  ${from ?? 'default'}`;
    return from === undefined ? styled(terminal, 'dim', line) : line;
  });
};

/** A value that is null holds nothing of its own. */
const jsonOf = (settings: readonly SettingInEffect[]): string =>
  JSON.stringify(
    Object.fromEntries(
      settings.map(({ name, value, from }) => [
        name,
        { value: printable(value) ?? null, from: from ?? 'default' },
      ]),
    ),
    null,
    2,
  );

/** Prints a line for each setting, or JSON; starts nothing. */
export const printConfig = async (
  flags: ServeFlags,
  format: string | true,
  terminal: Terminal,
): Promise<ExitCode> => {
  if (format !== true && format !== 'text' && format !== 'json')
    return complain(terminal, [`--print-config: expected text or json, found ${shownValue(format)}`], 2);
  const settings = await serveSettings(flags);
  if (E.isLeft(settings)) return complain(terminal, settings.left, 2);
  const { inEffect } = settings.right;
  if (format === 'json') terminal.out(jsonOf(inEffect));
  else for (const line of linesOf(inEffect, terminal)) terminal.out(line);
  return 0;
};
