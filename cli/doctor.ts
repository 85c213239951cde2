/** `proxy-wifi doctor`: what this host can do, what is missing, and how to fix it. */
import { checkHost, defaultNotificationPort, defaultRequestPort, type HostCheck } from '../index.js';
import { parsePort } from './port.js';
import { complain, type ExitCode, styled, type Terminal } from './terminal.js';

/** The flags as they were typed. */
export interface DoctorFlags {
  readonly requestPort?: string;
  readonly notificationPort?: string;
  readonly json?: boolean;
}

const signs = {
  ok: ['green', 'ok     '],
  limited: ['yellow', 'limited'],
  missing: ['red', 'missing'],
} as const;

const lineOf = ({ name, state, detail, fix }: HostCheck, width: number, terminal: Terminal): string => {
  const [colour, word] = signs[state];
  const line = `${styled(terminal, colour, word)}  ${name.padEnd(width)}  ${detail}`;
  return fix === undefined ? line : `${line}\n${' '.repeat(width + 11)}→ ${fix}`;
};

/** Prints a line for each thing. Missing things are an answer, not a failure: the simulated radio works everywhere. */
export const doctor = async (flags: DoctorFlags, terminal: Terminal): Promise<ExitCode> => {
  const request = parsePort('--request-port', flags.requestPort, defaultRequestPort);
  const notification = parsePort('--notification-port', flags.notificationPort, defaultNotificationPort);
  if (request._tag === 'Left') return complain(terminal, [request.left], 2);
  if (notification._tag === 'Left') return complain(terminal, [notification.left], 2);
  const checks = await checkHost({ request: request.right, notification: notification.right });
  if (flags.json === true) {
    terminal.out(JSON.stringify({ checks }));
    return 0;
  }
  const width = Math.max(...checks.map(({ name }) => name.length));
  for (const check of checks) terminal.out(lineOf(check, width, terminal));
  return 0;
};
