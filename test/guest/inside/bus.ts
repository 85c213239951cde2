/** The guest's own system bus: in one machine the host has programs with the same names on its bus. */
import { mkdirSync } from 'node:fs';
import { Program, run } from '../../radio/air/programs.js';

const address = 'unix:path=/run/guest-bus/system';

/** The words before a command that make it one of the guest. */
export const inGuest = ['env', `DBUS_SYSTEM_BUS_ADDRESS=${address}`] as const;

/** Starts it, once for all tests. */
export const startGuestBus = async (): Promise<void> => {
  mkdirSync('/run/guest-bus', { recursive: true });
  const words = ['--system', '--nofork', '--nopidfile', '--print-address=1', `--address=${address}`];
  await Program.start('guest-dbus', ['dbus-daemon', ...words], 'unix:path');
};

/** Runs a program of the guest to its end; its standard output. */
export const runInGuest = (...command: readonly string[]): Promise<string> => {
  const [program = '', ...rest] = [...inGuest, ...command];
  return run(program, ...rest);
};

/** Starts a program of the guest that keeps running. */
export const startInGuest = (
  name: string,
  command: readonly string[],
  ready: string | RegExp,
): Promise<Program> => Program.start(name, [...inGuest, ...command], ready);
