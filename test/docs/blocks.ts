/** What stands in code type on the pages: blocks, with the words behind their opening, and the commands in them. */
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** Every page of the project, by its path. */
const pages: ReadonlyMap<string, string> = new Map(
  ['', 'docs/', 'guest-driver/', '.github/'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: folder !== '', encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => [`${folder}${name}`, readFileSync(new URL(`${folder}${name}`, root), 'utf8')] as const),
  ),
);

/** A block of a page. */
export interface Block {
  readonly page: string;
  /** Of its first line of code. */
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** What a comment right before the block says that it begins with: `<!-- ts: declare const guest: Guest; -->`. */
  readonly given: string;
}

/** The blocks of all pages; those that are indented, as in a list, without that. */
export const blocks: readonly Block[] = [...pages].flatMap(([page, text]) =>
  [
    ...text.matchAll(
      /(?:<!-- ts: (?<given>[\s\S]*?) -->\n)?^(?<indent> *)```(?<language>\w+)[^\n]*\n(?<code>[\s\S]*?)^\k<indent>```$/gm,
    ),
  ].map(({ index, groups: { given = '', indent = '', language = '', code = '' } = {} }) => ({
    page,
    line: text.slice(0, text.indexOf(code, index)).split('\n').length,
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    given,
  })),
);

/** The words of a command as a shell reads them, up to what is another command, a comment or a file. */
export const words = (command: string): readonly string[] => {
  const found: string[] = [];
  const token = /\s*(?:(?<stop>[|;&<>#])|(?<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s|;&<>'"\\])+))/y;
  for (;;) {
    const { groups } = token.exec(command) ?? {};
    if (groups?.word === undefined) return found;
    found.push(groups.word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/g, '$1$2$3'));
  }
};

const languages: ReadonlySet<string> = new Set(['sh', 'bash', 'powershell', 'console', 'fish', 'zsh']);

/** This project's own command in a line, however it is started there. */
const own = /(?:^|[\s`(|])(?:(?:sudo|npx) )?(?:proxy-wifi|node dist\/cli\/main\.js) (?<command>[a-z-][^`]*)/g;

const commandsIn = (text: string): readonly (readonly string[])[] =>
  [...text.matchAll(own)].map(({ groups }) => words(groups?.command ?? ''));

/** A command that a page tells people to type; in the text it may be its name alone. */
export interface DocumentedCommand {
  readonly page: string;
  readonly argv: readonly string[];
  readonly isMention: boolean;
}

/** Begins as a command does, and is the name of a service in the registry. */
const isServiceName = (code: string): boolean => /^proxy-wifi port \d+$/.test(code);

/** Each command of this project on the pages, in blocks or in the text. */
export const commands: readonly DocumentedCommand[] = [
  ...blocks
    .filter(({ language }) => languages.has(language))
    .flatMap(({ page, code }) =>
      code
        .replaceAll(/\\\n/g, ' ')
        .split('\n')
        .filter((line) => !/^\s*#/.test(line))
        .flatMap((line) => commandsIn(line).map((argv) => ({ page, argv, isMention: false }))),
    ),
  ...[...pages].flatMap(([page, text]) =>
    [...text.replaceAll(/^ *```[\s\S]*?^ *```$/gm, '').matchAll(/`([^`\n]+)`/g)]
      .map(([, code = '']) => code.replaceAll('\\|', '|'))
      .filter((code) => !isServiceName(code))
      .flatMap((code) => commandsIn(code).map((argv) => ({ page, argv, isMention: true }))),
  ),
];
