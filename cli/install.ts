/** `proxy-wifi install` and `uninstall`: make proxy-wifi a service of this machine, and say what was done. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  afterUninstall,
  type InstallCommand,
  type InstalledFile,
  installCommands,
  linuxFiles,
  mark,
  serviceName,
  uninstallCommands,
} from './install-linux.js';
import { windowsInstall, windowsUninstall } from './install-windows.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';
import { fileProblem } from './text-file.js';

export interface InstallFlags {
  readonly config?: string;
  readonly dryRun?: boolean;
  /** A folder that takes the place of `/`; nothing is started then. For packages and tests. */
  readonly root?: string;
}

/** What it stands on; tests bring their own. */
export interface InstallHost {
  readonly platform: NodeJS.Platform;
  /** User id; undefined where there is none. */
  readonly user: number | undefined;
  readonly node: string;
  readonly main: string;
  readonly hasSystemd: boolean;
  /** Runs a command; its exit code, and what it said of a failure. */
  readonly run: (argv: readonly string[]) => Promise<readonly [code: number, said: string]>;
}

const thisHost = (): InstallHost => ({
  platform: process.platform,
  user: process.getuid?.(),
  node: process.execPath,
  main: realpathSync(process.argv[1] ?? ''),
  // As sd_booted(3) looks.
  hasSystemd: existsSync('/run/systemd/system'),
  run: ([program = '', ...argv]) =>
    new Promise((resolve) => {
      execFile(program, argv, { timeout: 60_000 }, (error, _out, err) =>
        resolve(
          error === null
            ? [0, '']
            : [typeof error.code === 'number' ? error.code : 1, err.trim() || error.message],
        ),
      );
    }),
});

const defaultConfig = `/etc/${serviceName}/config.json`;

const typed = ({ argv }: InstallCommand): string => argv.join(' ');

/** Why it cannot be done here; undefined: it can. */
const obstacle = (
  what: 'install' | 'uninstall',
  flags: InstallFlags,
  host: InstallHost,
): string | undefined => {
  const { platform, user, main, hasSystemd } = host;
  if (platform !== 'linux') return `there is no service to ${what} on ${platform}: only on Linux and Windows`;
  if (flags.dryRun === true) return undefined;
  if (flags.root === undefined && user !== 0)
    return `only root may do that. Type: sudo proxy-wifi ${what}, or look at it first with --dry-run`;
  if (flags.root === undefined && !hasSystemd)
    return 'this machine was not started by systemd. --dry-run shows the files, for another service manager to be told the same';
  if (what === 'install' && flags.root === undefined && /^\/(home|root|tmp|run\/user)\//.test(main))
    return `${main}: the service may not look into that folder. Install the package for all users (npm install --global, as root), and type it again`;
  return undefined;
};

const runAll = async (
  commands: readonly InstallCommand[],
  flags: InstallFlags,
  host: InstallHost,
  terminal: Terminal,
): Promise<string | undefined> => {
  for (const command of commands) {
    if (flags.dryRun === true || flags.root !== undefined) {
      terminal.out(`${flags.dryRun === true ? 'Would run' : 'Left to be run'}: ${typed(command)}`);
      continue;
    }
    const [code, said] = await host.run(command.argv);
    if (code === 0) terminal.out(`Ran: ${typed(command)}`);
    else if (command.optional === true) terminal.out(`Went on without: ${typed(command)} (${said})`);
    else return `${typed(command)}: ended with ${code}: ${said}`;
  }
  return undefined;
};

const placed = ({ path }: InstalledFile, { root }: InstallFlags): string =>
  root === undefined ? path : join(root, path);

/** Left as it is: what people have changed, or what is not ours. */
const isKept = (path: string): boolean => existsSync(path) && !readFileSync(path, 'utf8').includes(mark);

const write = (file: InstalledFile, flags: InstallFlags, terminal: Terminal): void => {
  const path = placed(file, flags);
  if (flags.dryRun === true) {
    terminal.out(`Would write ${path}:`);
    for (const line of file.text.trimEnd().split('\n')) terminal.out(`  ${line}`.trimEnd());
    return;
  }
  if (isKept(path)) {
    terminal.out(`Left as it is: ${path}`);
    return;
  }
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.text, { mode: 0o644 });
  } catch (error) {
    throw new Error(fileProblem(path, 'written', error));
  }
  terminal.out(`Wrote ${path}`);
};

const remove = (file: InstalledFile, flags: InstallFlags, terminal: Terminal): void => {
  const path = placed(file, flags);
  if (!existsSync(path)) return;
  if (isKept(path)) {
    terminal.out(`Left as it is: ${path}`);
    return;
  }
  if (flags.dryRun !== true) rmSync(path);
  terminal.out(`${flags.dryRun === true ? 'Would remove' : 'Removed'} ${path}`);
};

const filesOf = (
  { config = defaultConfig }: InstallFlags,
  { node, main }: InstallHost,
): readonly InstalledFile[] => linuxFiles({ node, main, config });

/** Each file in turn. A sentence: what went wrong. */
const eachFile = (
  files: readonly InstalledFile[],
  change: (file: InstalledFile) => void,
): string | undefined => {
  try {
    for (const file of files) change(file);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

/** Makes proxy-wifi a service. */
export const install = async (
  flags: InstallFlags,
  terminal: Terminal,
  host: InstallHost = thisHost(),
): Promise<ExitCode> => {
  if (host.platform === 'win32') return windowsInstall(host, terminal);
  const why = obstacle('install', flags, host);
  if (why !== undefined) return complain(terminal, [why], 1);
  const problem =
    eachFile(filesOf(flags, host), (file) => write(file, flags, terminal)) ??
    (await runAll(installCommands, flags, host, terminal));
  if (problem !== undefined) return complain(terminal, [problem], 1);
  if (flags.dryRun !== true && flags.root === undefined)
    terminal.out(
      `The service runs: systemctl status ${serviceName}, journalctl -u ${serviceName}, sudo proxy-wifi ctl status.`,
    );
  return 0;
};

/** Takes the service away again; what people have written stays. */
export const uninstall = async (
  flags: InstallFlags,
  terminal: Terminal,
  host: InstallHost = thisHost(),
): Promise<ExitCode> => {
  if (host.platform === 'win32') return windowsUninstall(terminal);
  const why = obstacle('uninstall', flags, host);
  if (why !== undefined) return complain(terminal, [why], 1);
  const problem =
    (await runAll(uninstallCommands, flags, host, terminal)) ??
    eachFile(filesOf(flags, host), (file) => remove(file, flags, terminal)) ??
    (await runAll(afterUninstall, flags, host, terminal));
  if (problem !== undefined) return complain(terminal, [problem], 1);
  terminal.out(
    `The user ${serviceName} and /var/lib/${serviceName} stay: userdel ${serviceName}; rm -r /var/lib/${serviceName}`,
  );
  return 0;
};
