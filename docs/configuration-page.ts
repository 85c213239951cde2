/** What `docs/configuration.md` and `docs/configuration.schema.json` say, from the tables of settings. */
import type * as t from 'io-ts';
import { configFile } from '../cli/config-file.js';
import { ownTable, serveTable } from '../cli/serve-table.js';
import { DurationType, WordType } from '../json/codecs.js';
import { documentSchema } from '../json/schema.js';
import { flagsOf, isWritten, otherwiseText, type Setting, type SettingTable } from '../json/setting.js';
import { settingsTable } from '../settings.js';

type AnySetting = Setting<t.Mixed, unknown>;

const flags: ReadonlyMap<string, string> = new Map(
  flagsOf(serveTable).map(({ setting, name, value }) => [setting, `\`${`${name} ${value}`.trim()}\``]),
);

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const takes = ({ codec }: AnySetting): string =>
  codec instanceof WordType ? Object.keys(codec.meanings).join(', ') : codec.name;

const row = (name: string, setting: AnySetting): readonly string[] => [
  `\`${name}\``,
  flags.get(name) ?? '',
  cell(takes(setting)),
  cell(setting.needed ? 'must be given' : otherwiseText(setting)),
  setting.live === true ? 'at once' : 'restart',
  cell(setting.doc),
];

const rows = (settings: SettingTable): readonly (readonly string[])[] =>
  Object.entries(settings).map(([name, setting]) => row(name, setting));

const only = (settings: SettingTable, keep: (setting: AnySetting) => boolean): SettingTable =>
  Object.fromEntries(Object.entries(settings).filter(([, setting]) => keep(setting)));

const words = (settings: SettingTable): readonly (readonly string[])[] =>
  Object.entries(settings).flatMap(([name, { codec }]) =>
    codec instanceof WordType
      ? Object.entries(codec.meanings).map(([word, meaning]) => [
          `\`${name}\``,
          `\`${word}\``,
          cell(String(meaning)),
        ])
      : [],
  );

const durations = Object.entries(serveTable)
  .filter(([, { codec }]) => codec instanceof DurationType)
  .map(([name]) => `\`${name}\``);

const head = ['setting', 'flag', 'takes', 'default', 'changed', 'what it is'];

/** The page `docs/configuration.md`: Markdown, ending in a line feed. */
export const configurationPage = (): string => `${sections().join('\n\n')}\n`;

const sections = (): readonly string[] => [
  '# Configuration',
  '<!-- Written by docs/write-configuration.ts from the tables of settings. Do not edit. -->',
  `Every setting is one row of a table (\`actors/application/settings-table.ts\`, \`cli/serve-table.ts\`), from which the input of
\`createActor(proxyWifi, { input })\`, the configuration file, the flags of \`proxy-wifi serve\`, the schema and this page come.`,
  `A configuration file is JSON with these names; a flag goes before the file, and the file before the default. Paths in a file
are relative to it. What is unknown, repeated or contradictory is refused, all of it at once, before anything starts.
Editors complete the file with the schema:`,
  `\`\`\`json
{
  "$schema": "./node_modules/proxy-wifi/docs/configuration.schema.json",
  "endpoints": ["unix:///run/vm1.vsock"],
  "radio": "host",
  "allow": ["unix:///run/vm1.vsock"],
  "scanInterval": 5000
}
\`\`\``,
  `\`proxy-wifi serve --config FILE --print-config\` starts nothing and says what is in effect, and where each value came from
(\`--print-config json\` for programs).`,
  `What is *changed* in a file while \`serve\` runs, it reads at SIGHUP (\`systemctl reload proxy-wifi\`): settings that say *at once* are other
ones from then on, without a guest being cut off, except those that \`allow\` does not name any more; the others are named in the log and
wait for a restart. Rules for connections hold for the next connect: sessions that there are stay. A mistake changes nothing. Those who
embed the service send it \`{ type: 'settings.changed', settings }\`.`,
  `Times (${durations.join(', ')}) are whole milliseconds in a file and in code; on the command line they have a unit: \`250ms\`, \`5s\`, \`1m\`, \`2h\`.`,
  '## The service',
  'In the input, in a file and on the command line.',
  table(head, rows(only(settingsTable, isWritten))),
  '## What `serve` puts around it',
  'In a file and on the command line; who embeds the service does these things in code.',
  table(head, rows(ownTable)),
  '## In code only',
  'In the input.',
  table(
    ['setting', 'takes', 'default', 'what it is'],
    rows(only(settingsTable, (setting) => !isWritten(setting))).map(
      ([name = '', , takes = '', otherwise = '', , what = '']) => [name, takes, otherwise, what],
    ),
  ),
  '## Words',
  table(['setting', 'word', 'meaning'], words(serveTable)),
];

/** The JSON Schema of configuration files. */
export const configurationSchemaText = (): string =>
  `${JSON.stringify(documentSchema('Configuration of proxy-wifi serve', configFile), null, 2)}\n`;
