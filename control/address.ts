/** Where a service can be steered: a Unix socket for one user, or a port of this machine for those who know a token. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';

/** Where a service is steered: a Unix socket, or a port of loopback. */
export type ControlAddress =
  | { readonly scheme: 'unix'; readonly path: string }
  /** Loopback. Port 0 lets the system choose. */
  | { readonly scheme: 'tcp'; readonly host: '127.0.0.1' | '::1'; readonly port: number };

/** What an address looks like, for error messages. */
export const controlAddressForm = 'unix:///PATH or tcp://127.0.0.1:PORT (another machine cannot be let in)';

/** Reads `unix:///run/proxy-wifi/control.sock`, `tcp://127.0.0.1:9466`, `tcp://localhost:9466`, `tcp://[::1]:9466`. */
export const parseControlAddress = (text: string): E.Either<string, ControlAddress> => {
  const [, path] = /^unix:\/\/(\/[^\0]*[^\0/])$/.exec(text) ?? [];
  if (path !== undefined) return E.right({ scheme: 'unix', path });
  const [, host, digits] = /^tcp:\/\/(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits ?? 'none');
  if (host === undefined || !(port <= 65_535)) return E.left(controlAddressForm);
  return E.right({ scheme: 'tcp', host: host === '[::1]' ? '::1' : '127.0.0.1', port });
};

/** The URL of an address. */
export const formatControlAddress = (address: ControlAddress): string => {
  if (address.scheme === 'unix') return `unix://${address.path}`;
  return `tcp://${address.host === '::1' ? '[::1]' : address.host}:${address.port}`;
};

/** Where a service of this machine is steered that is one of the system's. */
const systemFolder = '/run/proxy-wifi';

const fileName = 'control.sock';

const userFolder = (env: NodeJS.ProcessEnv): string | undefined =>
  env.XDG_RUNTIME_DIR === undefined || env.XDG_RUNTIME_DIR === '' ? undefined : env.XDG_RUNTIME_DIR;

/**
 * Where a service listens that is told nothing: in the folder that systemd has made for it, for root in `/run/proxy-wifi`, for
 * others in their runtime folder. Windows has no such socket: there it is a port.
 */
export const defaultControlAddress = (
  env: NodeJS.ProcessEnv = process.env,
  user = process.getuid?.(),
): ControlAddress => {
  if (user === undefined) return { scheme: 'tcp', host: '127.0.0.1', port: 9466 };
  const [given] = env.RUNTIME_DIRECTORY?.split(':') ?? [];
  if (given !== undefined && given !== '') return { scheme: 'unix', path: join(given, fileName) };
  const own = user === 0 ? undefined : userFolder(env);
  return {
    scheme: 'unix',
    path: own === undefined ? join(systemFolder, fileName) : join(own, `proxy-wifi-${fileName}`),
  };
};

/** Where a client looks that is told nothing: at the own service of its user, if there is one, else at that of the system. */
export const findControlAddress = (
  env: NodeJS.ProcessEnv = process.env,
  user = process.getuid?.(),
): ControlAddress => {
  const own = defaultControlAddress({ ...env, RUNTIME_DIRECTORY: undefined }, user);
  return own.scheme === 'unix' && !existsSync(own.path)
    ? { scheme: 'unix', path: join(systemFolder, fileName) }
    : own;
};
