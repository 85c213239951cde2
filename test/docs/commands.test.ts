/** The commands that pages and examples tell people to type, against what can be typed; and their TypeScript, against the types. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Command, CommanderError } from 'commander';
import { declareProgram } from '../../cli/program.js';
import { blocks, commands, words } from './blocks.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that can be typed, with nothing behind it. */
const program = (complaints: string[]): Command => {
  const silent = {
    out: () => undefined,
    err: (line: string) => void complaints.push(line),
    colour: false,
    ask: undefined,
    readInput: async () => '',
  };
  const declared = declareProgram(silent, () => undefined);
  const empty = (command: Command): void => {
    if (command.commands.length === 0) command.action(() => undefined);
    else for (const each of command.commands) empty(each);
  };
  empty(declared);
  return declared;
};

/** What is wrong with the words after the program's name; empty if nothing is. */
const judge = async (argv: readonly string[]): Promise<string> => {
  const complaints: string[] = [];
  try {
    await program(complaints).parseAsync(argv, { from: 'user' });
    return '';
  } catch (error) {
    // Help and version end a command, too.
    const isAnswered = error instanceof CommanderError && error.exitCode === 0;
    return isAnswered ? '' : complaints.join(' ') || String(error);
  }
};

/** Is it the name of a command? */
const isCommand = (path: readonly string[]): boolean => {
  let command: Command | undefined = program([]);
  for (const word of path) command = command?.commands.find((each) => each.name() === word);
  return command !== undefined;
};

describe('commands in documents', () => {
  it('can be typed as they stand: each command, flag and number of arguments is there', async () => {
    expect(commands.length).to.be.greaterThan(30);
    const wrong = await Promise.all(
      commands.map(async ({ page, argv, isMention }) => {
        const problem = await judge(argv);
        if (isMention && argv.every((word) => /^[a-z]+$/.test(word)) && isCommand(argv)) return [];
        return problem === '' ? [] : [`${page}: proxy-wifi ${argv.join(' ')}: ${problem}`];
      }),
    );
    expect(wrong.flat()).to.deep.equal([]);
  });

  it('make the interface of a guest on top of a network card, without which the kernel refuses', () => {
    const made = blocks.flatMap(({ page, code }) =>
      code
        .split('\n')
        .filter((line) => /^ip link add\b.*\btype proxy_wifi\b/.test(line))
        .map((line) => [page, line] as const),
    );
    expect(made.map(([page]) => page)).to.include.members(['docs/linux.md', 'docs/windows.md']);
    for (const [page, line] of made)
      expect(line, page).to.match(/^ip link add link \w+ name \w+ type proxy_wifi\b/);
  });

  it('would be found out if they could not', async () => {
    expect(await judge(['serve', '--lissen', 'tcp://127.0.0.1'])).to.match(/unknown option '--lissen'/);
    expect(await judge(['guest', 'connect', 'Cafe', 'passphrase'])).to.match(/expected the SSID alone/);
    expect(await judge(['gest', 'scan'])).to.match(/unknown command 'gest'/);
  });

  it('are read as a shell reads them', () => {
    expect(words(`guest connect 'Harbour Cafe' --hex <<< 'fish'`)).to.deep.equal([
      'guest',
      'connect',
      'Harbour Cafe',
      '--hex',
    ]);
    expect(words('capture a\\ b --pcapng - | wireshark -k -i -')).to.deep.equal([
      'capture',
      'a b',
      '--pcapng',
      '-',
    ]);
    expect(words('serve # "everything"')).to.deep.equal(['serve']);
  });

  it('of the job in examples/github-actions.yml are commands of bash, and those of the service can be typed', async () => {
    const job = await readFile(join(root, 'examples/github-actions.yml'), 'utf8');
    const steps = [...job.matchAll(/^ +run: \|\n((?: {10}.*\n)+)/gm)].map(([, step = '']) =>
      step.replaceAll(/^ {10}/gm, ''),
    );
    expect(steps.length).to.be.greaterThan(2);
    for (const step of steps)
      await new Promise<void>((resolve, reject) => {
        const bash = execFile('bash', ['-n'], (error) => (error === null ? resolve() : reject(error)));
        bash.stdin?.end(step);
      });
    const own = [...job.matchAll(/node dist\/cli\/main\.js (.*)/g)].map(([, command = '']) => words(command));
    expect(own.length).to.be.greaterThan(0);
    for (const argv of own) expect(await judge(argv)).to.equal('');
    // Scripts of this project, and files of it.
    const scripts = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).scripts as object;
    for (const [, name = ''] of job.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).to.have.property(name);
    for (const [, file = ''] of job.matchAll(/(docs\/[\w/.-]+\.json)/g)) await readFile(join(root, file));
  });
});

describe('TypeScript in documents', function () {
  this.timeout(60_000);

  it('compiles, by itself or with what a comment before it gives', async () => {
    const typed = blocks.filter(({ language }) => language === 'ts');
    expect(typed.length).to.be.greaterThan(3);
    const folder = await mkdtemp(join(root, 'test/docs/.blocks-'));
    try {
      const names = await Promise.all(
        typed.map(async ({ page, line, code, given }) => {
          const name = `${page.replaceAll(/\W/g, '-')}-${line}.ts`;
          await writeFile(join(folder, name), `${given}\n${code}\nexport {};\n`);
          return name;
        }),
      );
      const config = {
        extends: '../../../tsconfig.json',
        include: ['*.ts'],
        exclude: [],
        compilerOptions: { noUnusedLocals: false },
      };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
      expect(names).to.have.length(typed.length);
      const problems = await new Promise<string>((resolve) =>
        execFile(
          process.execPath,
          [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder],
          (_error, stdout, stderr) => resolve(stdout + stderr),
        ),
      );
      expect(problems).to.equal('');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
