/** The command line: what can be typed. Each command's code is loaded when it is asked for. */
import { createRequire } from 'node:module';
import { Argument, Command, CommanderError, Option } from 'commander';
import { flagsOf, type Typed, type TypedFlag } from '../json/setting.js';
import { commandWords, type Shell, shells } from './command-words.js';
import { declareCtl } from './ctl-commands.js';
import { inOurWords } from './our-words.js';
import { serveTable } from './serve-table.js';
import type { ExitCode, Terminal } from './terminal.js';

const { version } = createRequire(import.meta.url)('proxy-wifi/package.json') as { readonly version: string };

/** Collects an option that may be given several times. */
const repeated = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const drivers = 'how scan responses look: with-scan-complete (default) or without-scan-complete';

/** What the guest is, and which host it turns to. */
const asGuest = (command: Command): Command =>
  command
    .option('--endpoint <url>', 'the host: tcp://127.0.0.1, unix:///run/vm1.vsock', 'tcp://127.0.0.1')
    .option('--address <ip>', 'the own address of this guest, to be told apart from others: 127.0.1.7')
    .option('--request-port <port>', "the host's port for requests (default: 12345)")
    .option('--notification-port <port>', 'the own port for notifications (default: 12346)')
    .option('--driver <format>', drivers)
    .option('--json', 'print JSON, for programs');

/** A flag of a table of settings, as commander takes it. */
const optionOf = ({ name, value, help, repeatable, words }: TypedFlag): Option => {
  const option = new Option(`${name} ${value}`.trim(), help);
  // Named in help and completed by shells; what is wrong is for the table to say.
  if (words.length > 0) option.argChoices = [...words];
  return repeatable ? option.argParser(repeated) : option;
};

const declareServe = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  const printConfig = new Option(
    '--print-config [format]',
    'only say what is in effect and where it came from',
  );
  printConfig.argChoices = ['text', 'json'];
  const flags = flagsOf(serveTable).map((flag) => ({ flag, option: optionOf(flag) }));
  const command = program
    .command('serve')
    .description('answers guests until Ctrl-C; with no options: on loopback TCP, with a simulated radio')
    .option('--config <file>', 'all of this as JSON; flags go first')
    .addOption(printConfig);
  for (const { option } of flags) command.addOption(option);
  command.action(async (options: Readonly<Record<string, Typed>>) => {
    const typed = flags.flatMap(({ flag: { setting }, option }) => {
      const name = option.attributeName();
      return command.getOptionValueSource(name) === 'cli' ? [[setting, options[name]] as const] : [];
    });
    const { config, printConfig: format } = options as {
      readonly config?: string;
      readonly printConfig?: string | true;
    };
    const given = { ...Object.fromEntries(typed), ...(config === undefined ? {} : { config }) };
    if (format === undefined) end(await (await import('./serve.js')).serve(given, terminal));
    else end(await (await import('./print-config.js')).printConfig(given, format, terminal));
  });
};

const declareGuest = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  const load = () => import('./guest.js');
  const loadConnect = () => import('./guest-connect.js');
  const loadWatch = () => import('./guest-watch.js');
  type Guest = Awaited<ReturnType<typeof load>>;
  type Connect = Awaited<ReturnType<typeof loadConnect>>;
  type Watch = Awaited<ReturnType<typeof loadWatch>>;
  const guest = program.command('guest').description('does what the guest driver does, towards any host');
  asGuest(guest.command('scan'))
    .description('shows the networks')
    .argument('[ssid]', 'look for this one, which may be hidden')
    .option('--hex', 'the SSID is given in hex')
    .action(async (ssid: string | undefined, flags: Parameters<Guest['guestScan']>[1]) =>
      end(await (await load()).guestScan(ssid, flags, terminal)),
    );
  asGuest(guest.command('connect'))
    .description('connects; asks for the passphrase unless told where it is')
    .argument('<ssid>', 'the network')
    .option('--hex', 'the SSID is given in hex')
    .option('--bssid <address>', 'this access point only')
    .option('--passphrase-stdin', 'the passphrase is the first line of standard input')
    .option('--passphrase-file <file>', 'the passphrase is the first line of this file')
    .option('--open', 'the network has no passphrase')
    .option('--stay', 'hold the session until Ctrl-C, and end it then')
    .action(async (ssid: string, flags: Parameters<Connect['guestConnect']>[1]) =>
      end(await (await loadConnect()).guestConnect(ssid, flags, terminal)),
    );
  asGuest(guest.command('disconnect'))
    .description('ends a session')
    .argument('<session>', 'the number that connect has printed')
    .action(async (session: string, flags: Parameters<Guest['guestDisconnect']>[1]) =>
      end(await (await load()).guestDisconnect(session, flags, terminal)),
    );
  asGuest(guest.command('watch'))
    .description('shows what the host tells its guest until Ctrl-C')
    .action(async (flags: Parameters<Watch['guestWatch']>[0]) =>
      end(await (await loadWatch()).guestWatch(flags, terminal)),
    );
};

const declareDemo = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  program
    .command('demo')
    .description('the whole story on this machine, with a simulated radio: no hardware, no configuration')
    .option('--json', 'print one JSON object for each step')
    .action(async (flags: { readonly json?: boolean }) =>
      end(await (await import('./demo.js')).demo(flags, terminal)),
    );
};

const declareReplay = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  asGuest(program.command('replay'))
    .description(
      'plays the guest of a recording to a host and shows where the answers differ; exit code 1 if that matters',
    )
    .argument('<file>', 'a recording, as serve --record writes it')
    .option('--guest <guest>', 'which guest of the recording, where there are several')
    .option('--secrets <file>', 'passphrases by SSID as JSON, for the keys that the recording does not hold')
    .action(async (file: string, flags: Parameters<typeof import('./replay.js').replay>[1]) =>
      end(await (await import('./replay.js')).replay(file, flags, terminal)),
    );
};

const declareScenario = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  program
    .command('scenario')
    .description('makes a scenario for the simulated radio of a recording')
    .argument('<file>', 'a recording, as serve --record writes it')
    .option('--out <file>', 'write it to this new file instead of printing it')
    .option('--force', 'overwrite that file')
    .action(async (file: string, flags: Parameters<typeof import('./scenario.js').scenario>[1]) =>
      end(await (await import('./scenario.js')).scenario(file, flags, terminal)),
    );
};

const declareCapture = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  program
    .command('capture')
    .description(
      'makes a capture for Wireshark of a recording or of a running service; see docs/wireshark.md',
    )
    .argument('[file]', 'a recording, as serve --record writes it; without one, what a running service sees')
    .requiredOption('--pcapng <file>', 'where it goes: a new file, or - for standard output')
    .option('--follow', 'go on with what is being recorded, until Ctrl-C')
    .option('--control <url>', 'the running service, as its serve --control says')
    .option('--guest <guest>', 'the frames of this guest only')
    .option('--force', 'overwrite that file')
    .action(async (file: string | undefined, flags: Parameters<typeof import('./capture.js').capture>[1]) =>
      end(await (await import('./capture.js')).capture(file, flags, terminal)),
    );
};

const declareHostTools = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  program
    .command('doctor')
    .description(
      'says what this host can do, what is missing and how to fix it; exit code 0 whatever is missing',
    )
    .option('--request-port <port>', 'the port for requests that will be used (default: 12345)')
    .option('--notification-port <port>', "the guests' port for notifications (default: 12346)")
    .option('--json', 'print JSON, for programs')
    .option('--report <file>', 'write what each call into this host gives, without names, for a maintainer')
    .action(async (flags: Parameters<typeof import('./doctor.js').doctor>[0]) =>
      end(await (await import('./doctor.js')).doctor(flags, terminal)),
    );
  program
    .command('install')
    .description(
      'Linux with systemd: makes this a service of the machine; Windows: shows what to type for that',
    )
    .option('--config <file>', 'its configuration (default: /etc/proxy-wifi/config.json)')
    .option('--dry-run', 'only show what would be written and run')
    .option('--root <folder>', 'write below this folder and run nothing, for packages')
    .action(async (flags: Parameters<typeof import('./install.js').install>[0]) =>
      end(await (await import('./install.js')).install(flags, terminal)),
    );
  program
    .command('uninstall')
    .description('takes that service away again; its configuration and its state stay')
    .option('--config <file>', 'its configuration (default: /etc/proxy-wifi/config.json)')
    .option('--dry-run', 'only show what would be removed and run')
    .option('--root <folder>', 'remove below this folder and run nothing, for packages')
    .action(async (flags: Parameters<typeof import('./install.js').uninstall>[0]) =>
      end(await (await import('./install.js')).uninstall(flags, terminal)),
    );
  program
    .command('unsave')
    .description(
      "Linux: takes out of wpa_supplicant's configuration what somebody has saved there of guests' networks",
    )
    .argument('[file]', 'one file (default: each .conf in /etc/wpa_supplicant)')
    .option('--json', 'print JSON, for programs')
    .action(async (file: string | undefined, flags: Parameters<typeof import('./unsave.js').unsave>[1]) =>
      end(await (await import('./unsave.js')).unsave(file, flags, terminal)),
    );
  program
    .command('register')
    .description('Windows: registers the Hyper-V socket services, so that guests can reach them')
    .option('--port <port>', 'one port; repeatable (default: 12345 and 12346)', repeated)
    .option('--remove', 'remove them again')
    .option('--json', 'print JSON, for programs')
    .action(async (flags: Parameters<typeof import('./register.js').register>[0]) =>
      end(await (await import('./register.js')).register(flags, terminal)),
    );
};

const declareViz = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  program
    .command('viz')
    .description('draws every state machine as SVG, or serves the live inspector of a simulated host')
    .argument('[folder]', 'where the files go', 'machines')
    .option('--stately', "write JSON for Stately's editor instead of pictures")
    .option('--inspect [port]', 'run a simulated host and look at its machines in a browser (default: 9465)')
    .option('--json', 'print JSON, for programs')
    .action(async (folder: string, flags: Parameters<typeof import('./viz.js').viz>[1]) =>
      end(await (await import('./viz.js')).viz(folder, flags, terminal)),
    );
};

/** Refuses arguments beyond those that a command has. */
const refuseMoreArguments = (command: Command): void => {
  const most = command.registeredArguments.length;
  const more = command.args.slice(most).map((text) => JSON.stringify(text));
  if (more.length === 0) return;
  const expected = most === 0 ? 'no argument' : 'one argument at most';
  command.error(
    command.name() === 'connect' && command.parent?.name() === 'guest'
      ? `error: expected the SSID alone. A passphrase is asked for, or read with --passphrase-stdin or --passphrase-file.`
      : `error: unexpected argument ${more.join(', ')}: expected ${expected}`,
  );
};

const declareCompletion = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  program
    .command('completion')
    .description('writes what makes a shell complete this command')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
bash:        source <(proxy-wifi completion bash)
zsh:         source <(proxy-wifi completion zsh)
fish:        proxy-wifi completion fish | source
PowerShell:  proxy-wifi completion powershell | Out-String | Invoke-Expression`,
    )
    .action(async (shell: Shell) => {
      const { completion } = await import('./completion.js');
      terminal.out(completion(shell, commandWords(program)));
      end(0);
    });
};

/** What can be typed first, and who declares it. */
const declarations: readonly (readonly [
  readonly string[],
  (program: Command, terminal: Terminal, end: (code: ExitCode) => void) => void,
])[] = [
  [['serve'], declareServe],
  [['guest'], declareGuest],
  [['ctl'], declareCtl],
  [['demo'], declareDemo],
  [['replay'], declareReplay],
  [['scenario'], declareScenario],
  [['capture'], declareCapture],
  [['doctor', 'install', 'uninstall', 'unsave', 'register'], declareHostTools],
  [['viz'], declareViz],
  [['completion'], declareCompletion],
];

/**
 * Everything that can be typed. `end` is told how it went. `first`: what was typed first; if it is a command that nobody lists, the others are
 * not declared, which takes as long as everything else in here.
 */
export const declareProgram = (
  terminal: Terminal,
  end: (code: ExitCode) => void,
  first?: string,
): Command => {
  const program = new Command('proxy-wifi')
    .description(
      'Wi-Fi for virtual machines: scans, connections and signals of the host, simulated or fake ones.',
    )
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      outputError: (text, write) => write(inOurWords(text)),
    })
    .version(version, '--version', 'says which version this is')
    .exitOverride()
    .allowExcessArguments()
    .showHelpAfterError('Type it with --help to see what there is.')
    .addHelpText(
      'after',
      '\nExit code 0: done; 1: it failed; 2: it was not asked for rightly; 130, 143: Ctrl-C, SIGTERM.',
    )
    .hook('preAction', (_program, command) => refuseMoreArguments(command));
  const wanted = declarations.filter(([names]) => first !== undefined && names.includes(first));
  // Completions name all commands.
  const declared = wanted.length === 0 || first === 'completion' ? declarations : wanted;
  for (const [, declare] of declared) declare(program, terminal, end);
  return program;
};

/** Runs what was typed after the program's name. Never rejects because of what was typed. */
export const run = async (argv: readonly string[], terminal: Terminal): Promise<ExitCode> => {
  let code: ExitCode = 0;
  const program = declareProgram(
    terminal,
    (result) => {
      code = result;
    },
    argv[0],
  );
  try {
    await program.parseAsync(argv, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
};
