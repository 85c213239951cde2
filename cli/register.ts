/** `proxy-wifi register`: lets Hyper-V guests reach the service. */
import * as E from 'fp-ts/lib/Either.js';
import { defaultNotificationPort, defaultRequestPort } from '../index.js';
import { type Registration, registerHyperVServices } from '../native/index.js';
import { parsePort } from './port.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';

/** The flags as they were typed. */
export interface RegisterFlags {
  readonly port?: readonly string[];
  readonly remove?: boolean;
  readonly json?: boolean;
}

const whatBecame = ({ outcome, name }: Registration): string => {
  const called = JSON.stringify(name ?? '');
  switch (outcome) {
    case 'registered':
      return `registered as ${called}`;
    case 'already registered':
      return `already registered as ${called}`;
    case 'removed':
      return 'removed';
    case 'not registered':
      return 'was not registered';
    case 'foreign':
      return `registered by another program as ${called}, and left as it is`;
  }
};

/** Registers the services of the ports, or removes them, and says of each what became of it. */
export const register = async (
  flags: RegisterFlags,
  terminal: Terminal,
  change: typeof registerHyperVServices = registerHyperVServices,
): Promise<ExitCode> => {
  const typed = flags.port ?? [String(defaultRequestPort), String(defaultNotificationPort)];
  const ports = new Set<number>();
  const problems: string[] = [];
  for (const port of typed.map((text) => parsePort('--port', text)))
    if (E.isLeft(port)) problems.push(port.left);
    else ports.add(port.right);
  if (problems.length > 0) return complain(terminal, problems, 2);
  const done = await change([...ports], flags.remove === true ? 'remove' : 'register')();
  if (E.isLeft(done)) return complain(terminal, [done.left.detail], 1);
  if (flags.json === true) terminal.out(JSON.stringify({ registrations: done.right }));
  else
    for (const registration of done.right)
      terminal.out(`Port ${registration.port} (${registration.serviceId}): ${whatBecame(registration)}.`);
  return 0;
};
