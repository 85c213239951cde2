/** What can be typed behind `proxy-wifi ctl`. The code of the commands is loaded when they are asked for. */
import { Argument, type Command, Option } from 'commander';
import { logLevels } from '../json/log-level.js';
import { type AirTyped, type AirWords, airDescription, airFlags, airWords } from './ctl-air.js';
import type { ExitCode, Terminal } from './terminal.js';

const load = () => import('./ctl.js');
type Ctl = Awaited<ReturnType<typeof load>>;
type Flags = Parameters<Ctl['ctlStatus']>[0];

const asClient = (command: Command): Command =>
  command
    .option(
      '--control <address>',
      'the service: unix:///PATH or tcp://127.0.0.1:PORT (default: where one listens)',
    )
    .option('--json', 'print JSON, for programs');

const groups: Readonly<Record<string, string>> = {
  user: 'what the user of the host does',
  connect: 'how connects go wrong',
  disconnect: 'how disconnects go wrong',
  scan: 'how scans go wrong',
  service: 'the Wi-Fi service of the host',
};

/** The argument and the options of a step. Commander names an option by its flag: `--ssid-hex` is `ssidHex`. */
const declareStep = (
  command: Command,
  step: AirWords,
  terminal: Terminal,
  end: (code: ExitCode) => void,
): void => {
  asClient(command).description(airDescription(step));
  if (step.argument === 'ssid') command.argument('[ssid]', 'the network');
  if (step.argument === 'interface')
    command.argument('[interface]', 'the name or id of an interface, where there are several');
  for (const { flags, description, words } of airFlags(step)) {
    const option = new Option(flags, description);
    if (words.length > 0) option.argChoices = [...words];
    command.addOption(option);
  }
  command.action(async (...given: readonly unknown[]) => {
    const flags = command.opts<AirTyped & Flags>();
    const [argument] = step.argument === undefined ? [] : (given as readonly (string | undefined)[]);
    const typed = step.argument === undefined ? flags : { ...flags, [step.argument]: argument };
    end(await (await load()).ctlAir(step, typed, flags, terminal));
  });
};

const declareAir = (ctl: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  const air = ctl.command('air').description('does a step of a scenario now, on the simulated radio');
  const made = new Map<string, Command>();
  for (const step of airWords) {
    const [first = '', second] = step.words;
    if (second === undefined) {
      declareStep(air.command(first), step, terminal, end);
      continue;
    }
    const group = made.get(first) ?? air.command(first).description(groups[first] ?? '');
    made.set(first, group);
    declareStep(group.command(second), step, terminal, end);
  }
};

/** Declares all of it. */
export const declareCtl = (program: Command, terminal: Terminal, end: (code: ExitCode) => void): void => {
  const ctl = program.command('ctl').description('steers and watches a service that runs with --control');
  asClient(ctl.command('status'))
    .description('shows the state of everything')
    .action(async (flags: Flags) => end(await (await load()).ctlStatus(flags, terminal)));
  asClient(ctl.command('guests'))
    .description('shows the guests and their sessions')
    .action(async (flags: Flags) => end(await (await load()).ctlGuests(flags, terminal)));
  asClient(ctl.command('watch'))
    .description('shows facts and frames as they happen until Ctrl-C')
    .addOption(new Option('--only <kind>', 'leave the others out').choices(['facts', 'frames']))
    .action(async (flags: Parameters<Ctl['ctlWatch']>[0]) =>
      end(await (await load()).ctlWatch(flags, terminal)),
    );
  declareAir(ctl, terminal, end);
  asClient(ctl.command('scenario'))
    .description('plays another scenario on the simulated radio')
    .argument('<file>', 'a scenario')
    .action(async (file: string, flags: Flags) =>
      end(await (await load()).ctlScenario(file, flags, terminal)),
    );
  asClient(ctl.command('networks'))
    .description('makes up other fake networks')
    .argument('<file>', 'a JSON list of them')
    .action(async (file: string, flags: Flags) =>
      end(await (await load()).ctlNetworks(file, flags, terminal)),
    );
  asClient(ctl.command('disconnect'))
    .description('ends the session of a guest, which is told')
    .argument('<guest>', 'as ctl guests shows it')
    .action(async (guest: string, flags: Flags) =>
      end(await (await load()).ctlDisconnect(guest, flags, terminal)),
    );
  asClient(ctl.command('record'))
    .description('begins to record every frame to a file of the service, or ends that')
    .argument('[file]', 'a new file: pcapng where its name ends so, else NDJSON')
    .option('--stop', 'end the recording')
    .option('--force', 'overwrite that file')
    .action(async (file: string | undefined, flags: Parameters<Ctl['ctlRecord']>[1]) =>
      end(await (await load()).ctlRecord(file, flags, terminal)),
    );
  asClient(ctl.command('log-level'))
    .description('changes what is logged')
    .addArgument(new Argument('<level>', 'what is logged from now on').choices(Object.keys(logLevels)))
    .action(async (level: string, flags: Flags) =>
      end(await (await load()).ctlLogLevel(level, flags, terminal)),
    );
  asClient(ctl.command('inspect'))
    .description("gives a new address of the live inspector's page")
    .action(async (flags: Flags) => end(await (await load()).ctlInspect(flags, terminal)));
};
