/** The service as its own process, which can be killed: the command line's `serve`. */
import { Program } from './programs.js';

/** Runs `proxy-wifi serve` on the host's radio for the guest `vsock://1`, until it has written `ready`. */
export const serve = (
  more: readonly string[] = [],
  before: readonly string[] = [],
  ready: string | RegExp = 'interface arrived',
): Promise<Program> =>
  Program.start(
    'serve',
    [
      ...before,
      '/node/node',
      '/out/proxy-wifi.mjs',
      ...['serve', '--listen', 'vsock://1', '--radio', 'host', '--log-json', ...more],
    ],
    ready,
  );
