/** What `docs/proxy-wifi.1` says: the manual page, in the language of man(7), from what can be typed. */
import { type CommandWords, commandWords, type OptionWords } from '../cli/command-words.js';
import { declareProgram } from '../cli/program.js';

const nothing = (): void => undefined;

const program = commandWords(
  declareProgram(
    { out: nothing, err: nothing, colour: false, ask: undefined, readInput: async () => '' },
    nothing,
  ),
);

/** Text of a page: a hyphen is a minus that can be searched for and copied, and no line begins with a request. */
const roff = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1');

const option = ({ flag, description, value, alone }: OptionWords): string => {
  const name = value === undefined ? '' : ` \\fI${roff(alone ? `[${value.name}]` : value.name)}\\fR`;
  const words = value === undefined || value.words.length === 0 ? '' : ` One of: ${value.words.join(', ')}.`;
  return `.TP\n\\fB${roff(flag)}\\fR${name}\n${roff(`${description}.${words}`)}`;
};

const leaves = (command: CommandWords): readonly CommandWords[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);

const section = (command: CommandWords): string =>
  [
    `.SS ${roff(command.path.slice(1).join(' '))}`,
    `\\fB${roff(command.path.join(' '))}\\fR ${roff(command.usage)}`,
    '.PP',
    roff(`${command.description}.`),
    ...command.options.map(option),
  ].join('\n');

/** The page, ending in a line feed. */
export const manPage = (): string =>
  `${[
    '.\\" Written by docs/write-man-page.ts from what can be typed. Do not edit.',
    '.TH PROXY\\-WIFI 1',
    '.SH NAME',
    'proxy\\-wifi \\- Wi\\-Fi for virtual machines',
    '.SH SYNOPSIS',
    '\\fBproxy\\-wifi\\fR \\fIcommand\\fR [\\fIoptions\\fR]',
    '.SH DESCRIPTION',
    roff(program.description),
    '.SH COMMANDS',
    ...leaves(program).map(section),
    '.SH EXIT STATUS',
    '0: done. 1: it failed. 2: it was not asked for rightly, and nothing was started. 130 and 143: ended by SIGINT (Ctrl-C) or SIGTERM, `serve` too.',
    '.SH ENVIRONMENT',
    '.TP\n\\fBNO_COLOR\\fR\nNo colour, whatever the terminal.',
    '.TP\n\\fBPROXY_WIFI_INSPECT_TOKEN\\fR\nKeeps pages of the inspector over a restart; at least 16 characters.',
    '.SH SEE ALSO',
    'docs/configuration.md, docs/scenarios.md',
  ].join('\n')}\n`;
