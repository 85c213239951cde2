/** Scripts that make shells complete the command, from what can be typed. */
import type { CommandWords, OptionWords, Place, Shell } from './command-words.js';

/** A command and all below it, each before its own. */
const everyCommand = (command: CommandWords): readonly CommandWords[] => [
  command,
  ...command.commands.flatMap(everyCommand),
];

/** `guest scan`, and nothing for the program itself. */
const below = ({ path }: CommandWords): string => path.slice(1).join(' ');

const nameOf = ({ path }: CommandWords): string => path.at(-1) ?? '';

/** What stands at the place of the next word of a command: its commands, or the words of its values. */
const nextWords = ({ commands, values, options }: CommandWords): readonly string[] => [
  ...commands.map(nameOf),
  ...values.flatMap(({ words }) => words),
  ...options.map(({ flag }) => flag),
];

const single = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const bash = (program: CommandWords): string => {
  const commands = everyCommand(program);
  const paths = commands.filter((command) => below(command) !== '').map(below);
  const valueCases = commands.flatMap((command) =>
    command.options.flatMap(({ flag, value, alone }) => {
      if (value === undefined || (alone && value.words.length === 0)) return [];
      const words = value.isFile ? '-f' : `-W ${single(value.words.join(' '))}`;
      return [
        `    ${single(`${below(command)} ${flag}`)}) COMPREPLY=($(compgen ${words} -- "$word")); return ;;`,
      ];
    }),
  );
  const wordCases = commands.map((command) => {
    const files = command.values.some(({ isFile }) => isFile) ? ' $(compgen -f -- "$word")' : '';
    return `    ${single(below(command))}) COMPREPLY=($(compgen -W ${single(nextWords(command).join(' '))} -- "$word")${files}) ;;`;
  });
  return `_proxy_wifi() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path= i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${path:+$path }\${COMP_WORDS[i]}" in
      ${paths.map(single).join('|')}) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
    esac
  done
  COMPREPLY=()
  case "$path $before" in
${valueCases.join('\n')}
  esac
  case "$path" in
${wordCases.join('\n')}
  esac
}
complete -o filenames -F _proxy_wifi proxy-wifi`;
};

/** Brackets and colons have a meaning in what \`_arguments\` is given. */
const zshText = (text: string): string => text.replace(/[[\]:\\]/g, (character) => `\\${character}`);

const zshPlace = ({ name, isFile, words }: Place): string =>
  `${zshText(name)}:${isFile ? '_files' : words.length > 0 ? `(${words.join(' ')})` : ' '}`;

const zshOption = ({ flag, description, value, alone }: OptionWords): string => {
  const repeated = /; repeatable/.test(description) ? '*' : '';
  const behind = value === undefined ? '' : `${alone ? '::' : ':'}${zshPlace(value)}`;
  return single(`${repeated}${flag}[${zshText(description)}]${behind}`);
};

const zshFunction = (command: CommandWords): string => {
  const name = `_${command.path.join('_').replaceAll('-', '_')}`;
  const options = command.options.map(zshOption);
  if (command.commands.length === 0) {
    const values = command.values.map((value, i) => single(`${i + 1}:${zshPlace(value)}`));
    return `${name}() {\n  _arguments ${[...options, ...values].join(' \\\n    ')}\n}`;
  }
  const described = command.commands.map((each) =>
    single(`${nameOf(each)}:${each.description.replaceAll(':', '\\:')}`),
  );
  const cases = command.commands.map(
    (each) => `        ${nameOf(each)}) ${name}_${nameOf(each).replaceAll('-', '_')} ;;`,
  );
  return `${name}() {
  local line state
  local -a commands=(${described.join(' ')})
  _arguments -C ${options.join(' ')} '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $words[1] in
${cases.join('\n')}
      esac ;;
  esac
}`;
};

const zsh = (program: CommandWords): string =>
  `#compdef proxy-wifi\n${everyCommand(program).map(zshFunction).join('\n')}\ncompdef _proxy_wifi proxy-wifi`;

const fish = (program: CommandWords): string => {
  const lines = everyCommand(program).flatMap((command) => {
    const [, ...names] = command.path;
    const others = command.commands.map(nameOf).join(' ');
    const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`);
    const here = [...seen, ...(others === '' ? [] : [`not __fish_seen_subcommand_from ${others}`])].join(
      '; and ',
    );
    const when = `complete -c proxy-wifi -n ${single(here)}`;
    const rest = ({ isFile, words }: Place): string =>
      isFile ? ' -F' : words.length > 0 ? ` -f -a ${single(words.join(' '))}` : ' -f';
    return [
      ...command.commands.map((each) => `${when} -f -a ${nameOf(each)} -d ${single(each.description)}`),
      ...command.values.map((value) => `${when}${rest(value)}`),
      ...command.options.map(({ flag, description, value, alone }) => {
        const behind = value === undefined ? '' : `${alone ? '' : ' -r'}${rest(value)}`;
        return `${when} -l ${flag.replace(/^--/, '')}${behind} -d ${single(description)}`;
      }),
    ];
  });
  return ['complete -c proxy-wifi -f', ...lines].join('\n');
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const powershell = (program: CommandWords): string => {
  const commands = everyCommand(program);
  const list = (words: readonly string[]): string => `@(${words.map(quoted).join(', ')})`;
  const next = commands.map((command) => `    ${quoted(below(command))} = ${list(nextWords(command))}`);
  const values = commands.flatMap((command) =>
    command.options.flatMap(({ flag, value }) =>
      value === undefined || value.words.length === 0
        ? []
        : [`    ${quoted(`${below(command)} ${flag}`)} = ${list(value.words)}`],
    ),
  );
  return `Register-ArgumentCompleter -Native -CommandName proxy-wifi -ScriptBlock {
  param($word, $ast, $position)
  $next = @{
${next.join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $typed = @($ast.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { "$_" })
  $path = ''
  foreach ($each in $typed) {
    $longer = "$path $each".Trim()
    if ($next.ContainsKey($longer)) { $path = $longer }
  }
  $before = if ($typed.Count -gt 0) { $typed[-1] } else { '' }
  $words = if ($values.ContainsKey("$path $before")) { $values["$path $before"] } else { $next[$path] }
  $words | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}`;
};

const scripts: Readonly<Record<Shell, (program: CommandWords) => string>> = { bash, zsh, fish, powershell };

/** What the shell has to run. */
export const completion = (shell: Shell, program: CommandWords): string => scripts[shell](program);
