/** `proxy-wifi doctor`: what this host can do, what is missing, and how to fix it. */
import * as E from 'fp-ts/lib/Either.js';
import { defaultNotificationPort, defaultRequestPort } from '../index.js';
import { checkHost, type HostCheck } from '../native/index.js';
import { parsePort } from './port.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';

/** The flags as they were typed. */
export interface DoctorFlags {
  readonly requestPort?: string;
  readonly notificationPort?: string;
  readonly json?: boolean;
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

/**
 * Prints a line for each thing, and one below it for what is to be done. Missing things are an answer, not a failure: TCP
 * and the simulated radio work everywhere, so the exit code is 0 unless the flags are wrong.
 */
export const doctor = async (
  flags: DoctorFlags,
  terminal: Terminal,
  check: typeof checkHost = checkHost,
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
  const checks = await check({ request: request.right, notification: notification.right });
  if (flags.json === true) terminal.out(JSON.stringify({ checks }));
  else for (const line of linesOf(checks, terminal)) terminal.out(line);
  return 0;
};
