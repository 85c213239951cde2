/** `proxy-wifi register`: lets Hyper-V guests reach the service. */
import { defaultNotificationPort, defaultRequestPort, registerHyperVServices } from '../index.js';
import { parsePort } from './port.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';

/** The flags as they were typed. */
export interface RegisterFlags {
  readonly port?: readonly string[];
  readonly remove?: boolean;
  readonly json?: boolean;
}

/** Registers the services of the ports, or removes them, and says of each what became of it. */
export const register = async (flags: RegisterFlags, terminal: Terminal): Promise<ExitCode> => {
  const ports: number[] = [];
  for (const text of flags.port ?? [String(defaultRequestPort), String(defaultNotificationPort)]) {
    const port = parsePort('--port', text, 0);
    if (port._tag === 'Left') return complain(terminal, [port.left], 2);
    ports.push(port.right);
  }
  const done = await registerHyperVServices(ports, flags.remove === true ? 'remove' : 'register')();
  if (done._tag === 'Left') return complain(terminal, [done.left.detail], 1);
  if (flags.json === true) terminal.out(JSON.stringify({ registrations: done.right }));
  else
    for (const { port, serviceId, outcome, name } of done.right)
      terminal.out(
        `port ${port}: ${outcome} (${serviceId}${name === undefined ? '' : `, ${JSON.stringify(name)}`})`,
      );
  return 0;
};
