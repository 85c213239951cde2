import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type CommandWords, commandWords, type OptionWords, shells } from '../../cli/command-words.js';
import { completion } from '../../cli/completion.js';
import { declareProgram } from '../../cli/program.js';
import { manPage } from '../../docs/man-page.js';
import { KeptTerminal, ran } from './kept-terminal.js';

const run = promisify(execFile);

const program = commandWords(declareProgram(new KeptTerminal(), () => undefined));

const all = (command: CommandWords): readonly CommandWords[] => [command, ...command.commands.flatMap(all)];

/** What bash offers after these words, the last of which is not complete. */
const offered = async (...words: readonly string[]): Promise<readonly string[]> => {
  const { out } = await ran(['completion', 'bash']);
  const script = `${out}
COMP_WORDS=(proxy-wifi "$@"); COMP_CWORD=$#
_proxy_wifi; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script, 'bash', ...words]);
  return stdout.split('\n').filter((word) => word !== '');
};

describe('completion', () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['s'], ['serve', 'scenario']],
    [
      ['guest', ''],
      ['scan', 'connect', 'disconnect', 'watch', '--help'],
    ],
    [['serve', '--rad'], ['--radio']],
    [
      ['serve', '--radio', 'n'],
      ['networkmanager', 'none'],
    ],
    [['serve', '--radio', 'host', '--log-level', 'w'], ['warn']],
    [['serve', '--backlog', ''], []],
    [
      ['serve', '--print-config', ''],
      ['text', 'json'],
    ],
    [
      ['guest', 'connect', '--pass'],
      ['--passphrase-stdin', '--passphrase-file'],
    ],
    [
      ['completion', ''],
      [...shells, '--help'],
    ],
    [['serve', '--config', 'tsconfig.b'], ['tsconfig.build.json']],
    [['replay', 'tsconfig.b'], ['tsconfig.build.json']],
  ];
  for (const [words, expected] of cases)
    it(`of bash offers after "${words.join(' ')}": ${expected.join(' ') || 'nothing'}`, async () => {
      expect(await offered(...words)).to.deep.equal(expected);
    });

  for (const shell of shells)
    it(`of ${shell} knows every command and every flag`, async () => {
      const { code, out } = await ran(['completion', shell]);
      expect(code).to.equal(0);
      for (const { path, options } of all(program))
        for (const word of [...path.slice(-1), ...options.map(({ flag }) => flag.replace(/^--/, ''))])
          expect(out, path.join(' ')).to.include(word);
    });
});

describe('completion of commands below commands', () => {
  const groups = all(program).filter(({ commands }) => commands.length > 0);
  const nameOf = ({ path }: CommandWords): string => path.at(-1) ?? '';

  it('in fish: each is offered behind the commands that it stands below', async () => {
    const { out } = await ran(['completion', 'fish']);
    for (const { path, commands } of groups)
      for (const command of commands) {
        const line = out
          .split('\n')
          .find((each) => each.includes(` -f -a ${nameOf(command)} -d `) && isBelow(each, path.slice(1)));
        expect(line, command.path.join(' ')).to.not.equal(undefined);
      }
  });

  /** Does the line of fish ask for these commands before it? */
  const isBelow = (line: string, names: readonly string[]): boolean => {
    const [, when = ''] = / -n '(.*?)' -f /.exec(line) ?? [];
    const seen = [...when.matchAll(/(?<!not )__fish_seen_subcommand_from (\S+?)(?:;|$)/g)].map(
      ([, name]) => name,
    );
    return seen.join() === names.join();
  };

  it('in zsh: each has a function, to which the one above it leads', async () => {
    const { out } = await ran(['completion', 'zsh']);
    for (const { path, commands } of groups) {
      const [, body = ''] =
        new RegExp(`^_${path.join('_').replaceAll('-', '_')}\\(\\) \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(out) ??
        [];
      expect(body, path.join(' '))
        .to.include("'1: :->command' '*:: :->rest'")
        .and.to.include('_describe command commands');
      for (const command of commands) {
        const called = `_${command.path.join('_').replaceAll('-', '_')}`;
        expect(body)
          .to.include(`'${nameOf(command)}:`)
          .and.to.include(`${nameOf(command)}) ${called} ;;`);
        expect(out).to.include(`\n${called}() {`);
      }
    }
  });

  // Not every machine has these shells.
  if (spawnSync('fish', ['--version']).status === 0)
    it('in fish itself', async () => {
      const { out } = await ran(['completion', 'fish']);
      const offers = async (typed: string): Promise<readonly string[]> =>
        (await run('fish', ['-N', '-c', `${out}\ncomplete -C ${JSON.stringify(typed)}`])).stdout
          .split('\n')
          .map((line) => line.split('\t')[0] ?? '');
      expect(await offers('proxy-wifi guest d')).to.include('disconnect');
      expect(await offers('proxy-wifi serve --radio s')).to.include('simulated');
    });

  if (spawnSync('zsh', ['--version']).status === 0)
    it('in zsh itself is read without a mistake', async () => {
      const { out } = await ran(['completion', 'zsh']);
      expect((await run('zsh', ['-n', '-c', out])).stderr).to.equal('');
    });
});

describe('completion of what stands behind a flag or a command', () => {
  const lines = async (shell: string): Promise<readonly string[]> =>
    (await ran(['completion', shell])).out.split('\n').map((line) => line.trim());

  it('in fish: its words, a file, a value that is none of them, or nothing that must be there', async () => {
    const out = await lines('fish');
    const of = (command: string, what: string): string =>
      out.find((line) =>
        line.startsWith(`complete -c proxy-wifi -n '__fish_seen_subcommand_from ${command}' ${what}`),
      ) ?? '';
    expect(of('serve', '-l radio -r -f -a ')).to.include(
      " -f -a 'host wpa_supplicant networkmanager simulated none' -d 'which Wi-Fi answers",
    );
    expect(of('serve', '-l config ')).to.include(' -l config -r -F -d ');
    expect(of('serve', '-l inspect ')).to.include(' -l inspect -f -d ');
    expect(of('replay', '-l address ')).to.include(' -l address -r -f -d ');
    expect(of('replay', '-l json ')).to.include(' -l json -d ');
    expect(of('replay', '-F')).to.match(/ -F$/);
    expect(of('completion', '-f -a ')).to.match(/ -f -a 'bash zsh fish powershell'$/);
  });

  it('in zsh: the same, and whether a flag may come again', async () => {
    const out = await lines('zsh');
    const of = (start: string): string =>
      out.find((line) => line.replace('_arguments ', '').startsWith(start)) ?? '';
    expect(of("'--radio[")).to.match(/\]:kind:\(host wpa_supplicant networkmanager simulated none\)' \\$/);
    expect(of("'--config[")).to.match(/\]:file:_files' \\$/);
    expect(of("'--inspect[")).to.match(/\]::port: ' \\$/);
    expect(of("'*--listen[")).to.match(/repeatable \(default\\: tcp\\:\/\/127\.0\.0\.1\)\]:url: ' \\$/);
    expect(of("'1:shell:")).to.equal("'1:shell:(bash zsh fish powershell)'");
    expect(of("'1:folder:")).to.equal("'1:folder:_files'");
  });
});

describe('completion of a small command', () => {
  const place = (name: string, words: readonly string[] = []) => ({ name, isFile: name === 'file', words });
  const flag = (name: string, value?: OptionWords['value'], alone = false, description = "it's [a]: b") => ({
    ...{ flag: `--${name}`, description, value, alone },
  });
  const command = (path: string, more: Partial<CommandWords> = {}): CommandWords => ({
    ...{
      path: path.split(' '),
      description: `does: ${path}`,
      usage: '',
      options: [],
      values: [],
      commands: [],
    },
    ...more,
  });
  const small = command('pw', {
    options: [flag('version')],
    commands: [
      command('pw go', {
        values: [place('where', ['home', 'away']), place('file')],
        options: [
          flag('way', place('way', ['long', 'short']), false, 'which; repeatable'),
          flag('log', place('file')),
          flag('port', place('port'), true),
          flag('kind', place('kind', ['x']), true),
          flag('at', place('time')),
        ],
      }),
      command('pw sub-ways', { commands: [command('pw sub-ways in')] }),
    ],
  });
  const linesOf = (shell: (typeof shells)[number]): readonly string[] =>
    completion(shell, small)
      .split('\n')
      .map((line) => line.trim());

  it('in bash', () => {
    const lines = linesOf('bash');
    expect(lines).to.include.members([
      `'go'|'sub-ways'|'sub-ways in') path="\${path:+$path }\${COMP_WORDS[i]}" ;;`,
      `'go') COMPREPLY=($(compgen -W 'home away --way --log --port --kind --at' -- "$word") $(compgen -f -- "$word")) ;;`,
      `'') COMPREPLY=($(compgen -W 'go sub-ways --version' -- "$word")) ;;`,
      `'sub-ways') COMPREPLY=($(compgen -W 'in' -- "$word")) ;;`,
    ]);
    expect(lines.filter((line) => line.includes('; return ;;'))).to.deep.equal([
      `'go --way') COMPREPLY=($(compgen -W 'long short' -- "$word")); return ;;`,
      `'go --log') COMPREPLY=($(compgen -f -- "$word")); return ;;`,
      `'go --kind') COMPREPLY=($(compgen -W 'x' -- "$word")); return ;;`,
      `'go --at') COMPREPLY=($(compgen -W '' -- "$word")); return ;;`,
    ]);
  });

  it('in zsh', () => {
    const said = String.raw`it'\''s \[a\]\: b`;
    expect(linesOf('zsh')).to.include.members([
      `_arguments '*--way[which; repeatable]:way:(long short)' \\`,
      `'--log[${said}]:file:_files' \\`,
      `'--port[${said}]::port: ' \\`,
      `'--kind[${said}]::kind:(x)' \\`,
      `'--at[${said}]:time: ' \\`,
      `'1:where:(home away)' \\`,
      `'2:file:_files'`,
      String.raw`local -a commands=('go:does\: pw go' 'sub-ways:does\: pw sub-ways')`,
      'sub-ways) _pw_sub_ways ;;',
      '_pw_sub_ways_in() {',
    ]);
  });

  it('in fish', () => {
    const said = String.raw`'it'\''s [a]: b'`;
    const go = "complete -c proxy-wifi -n '__fish_seen_subcommand_from go'";
    const top = "complete -c proxy-wifi -n 'not __fish_seen_subcommand_from go sub-ways'";
    const ways =
      "complete -c proxy-wifi -n '__fish_seen_subcommand_from sub-ways; and not __fish_seen_subcommand_from in'";
    expect(linesOf('fish')).to.deep.equal([
      'complete -c proxy-wifi -f',
      `${top} -f -a go -d 'does: pw go'`,
      `${top} -f -a sub-ways -d 'does: pw sub-ways'`,
      `${top} -l version -d ${said}`,
      `${go} -f -a 'home away'`,
      `${go} -F`,
      `${go} -l way -r -f -a 'long short' -d 'which; repeatable'`,
      `${go} -l log -r -F -d ${said}`,
      `${go} -l port -f -d ${said}`,
      `${go} -l kind -f -a 'x' -d ${said}`,
      `${go} -l at -r -f -d ${said}`,
      `${ways} -f -a in -d 'does: pw sub-ways in'`,
    ]);
  });

  it('in PowerShell', () => {
    const lines = linesOf('powershell');
    const table = (name: string): readonly string[] => {
      const from = lines.indexOf(`$${name} = @{`) + 1;
      return lines.slice(from, lines.indexOf('}', from));
    };
    expect(table('next')).to.deep.equal([
      "'' = @('go', 'sub-ways', '--version')",
      "'go' = @('home', 'away', '--way', '--log', '--port', '--kind', '--at')",
      "'sub-ways' = @('in')",
      "'sub-ways in' = @()",
    ]);
    expect(table('values')).to.deep.equal(["'go --way' = @('long', 'short')", "'go --kind' = @('x')"]);
  });
});

describe('the manual page', () => {
  it('is the one that is shipped (else run npm run docs)', () => {
    const shipped = readFileSync(new URL('../../docs/proxy-wifi.1', import.meta.url), 'utf8');
    expect(shipped).to.equal(manPage());
  });

  it('has every command and every flag', () => {
    const text = manPage().replaceAll('\\-', '-');
    for (const { path, options, commands } of all(program))
      if (commands.length === 0)
        for (const word of [path.slice(1).join(' '), ...options.map(({ flag }) => flag)])
          expect(text, path.join(' ')).to.include(word);
  });
});
