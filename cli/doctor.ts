/** `proxy-wifi doctor`: what this host can do, what is missing, and how to fix it. */
import { writeFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { defaultNotificationPort, defaultRequestPort } from '../index.js';
import { checkHost, type HostCheck, type HostPorts, reportHost } from '../native/index.js';
import { parsePort } from './port.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';
import { fileProblem } from './text-file.js';

/** The flags as they were typed. */
export interface DoctorFlags {
  readonly requestPort?: string;
  readonly notificationPort?: string;
  readonly json?: boolean;
  /** File for a report to a maintainer. */
  readonly report?: string;
}

const colours = { ok: 'green', limited: 'yellow', missing: 'red' } as const;

/** Columns of the first word, and between columns. */
const stateWidth = 'limited'.length;
const gap = '  ';

const linesOf = (checks: readonly HostCheck[], terminal: Terminal): readonly string[] => {
  const nameWidth = Math.max(...checks.map(({ name }) => name.length));
  const indent = ' '.repeat(stateWidth + gap.length + nameWidth + gap.length);
  return checks.flatMap(({ name, state, detail, fix }) => {
    const word = styled(terminal, colours[state], state.padEnd(stateWidth));
    const line = [word, name.padEnd(nameWidth), detail].join(gap);
    return fix === undefined ? [line] : [line, `${indent}→ ${fix}`];
  });
};

/** Writes what a maintainer needs to see, and says what is in it. */
const writeReport = async (
  file: string,
  ports: HostPorts,
  terminal: Terminal,
  make: typeof reportHost,
): Promise<ExitCode> => {
  const report = await make(ports);
  try {
    await writeFile(file, `${JSON.stringify(report, null, 2)}\n`);
  } catch (error) {
    return complain(terminal, [fileProblem(file, 'written', error)], 1);
  }
  terminal.out(
    `Written to ${file}: what ${report.calls.length + report.callsLeftOut} calls into this host gave, with codes, counts and times. Names of networks, adapters and users, addresses and keys are not in it.`,
  );
  return 0;
};

/**
 * Prints a line for each thing, and one below it for what is to be done. Missing things are an answer, not a failure: TCP
 * and the simulated radio work everywhere, so the exit code is 0 unless the flags are wrong.
 */
export const doctor = async (
  flags: DoctorFlags,
  terminal: Terminal,
  check: typeof checkHost = checkHost,
  report: typeof reportHost = reportHost,
): Promise<ExitCode> => {
  const request = parsePort('--request-port', flags.requestPort ?? String(defaultRequestPort));
  const notification = parsePort(
    '--notification-port',
    flags.notificationPort ?? String(defaultNotificationPort),
  );
  if (E.isLeft(request) || E.isLeft(notification))
    return complain(
      terminal,
      [request, notification].flatMap((port) => (E.isLeft(port) ? [port.left] : [])),
      2,
    );
  const ports = { request: request.right, notification: notification.right };
  if (flags.report !== undefined) return writeReport(flags.report, ports, terminal, report);
  const checks = await check(ports);
  if (flags.json === true) terminal.out(JSON.stringify({ checks }));
  else for (const line of linesOf(checks, terminal)) terminal.out(line);
  return 0;
};
