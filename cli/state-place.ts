/** Where `serve` keeps its state: a file named after its endpoints, so that each service finds its own again. */
import { createHash } from 'node:crypto';
import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';
import type { ProxyWifiInput } from '../index.js';
import { defaultRequestPort } from '../index.js';

/** What `--state` says for a service that is to remember nothing. */
export const noState = 'none';

/** Characters of a name that come from endpoints; what is longer is told apart by a hash. */
const longestName = 80;

const isRoot = (): boolean => process.getuid?.() === 0;

/** The folder for state of this user (XDG Base Directory Specification; a relative path there is to be ignored). */
export const stateFolder = (env: NodeJS.ProcessEnv): string => {
  const { XDG_STATE_HOME: xdg = '', LOCALAPPDATA: local = '' } = env;
  if (isAbsolute(xdg)) return join(xdg, 'proxy-wifi');
  if (process.platform === 'win32' && isAbsolute(local)) return join(local, 'proxy-wifi');
  if (isRoot()) return '/var/lib/proxy-wifi';
  return join(homedir() || userInfo().homedir, '.local', 'state', 'proxy-wifi');
};

/** A port that the system chooses is another one each time: no guest finds such a service again. */
const isFoundAgain = (endpoint: string, requestPort: number): boolean =>
  requestPort !== 0 && !(endpoint.startsWith('tcp://') && /:0$/.test(endpoint));

/** `tcp-127.0.0.1-12345`. */
const nameOf = (endpoints: readonly string[], requestPort: number): string => {
  const all = [...endpoints.map((url) => url.replace(/\/+$/, '')).sort(), String(requestPort)].join(' ');
  const plain = all.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '');
  if (plain.length <= longestName && endpoints.length === 1 && !all.startsWith('unix:')) return plain;
  const hash = createHash('sha256').update(all).digest('hex').slice(0, 16);
  return `${plain.slice(0, longestName)}-${hash}`;
};

/** The path of the state file; undefined for none. `state`: what `--state` or the configuration file says. */
export const statePlace = (
  state: string | undefined,
  { endpoints, requestPort = defaultRequestPort }: Pick<ProxyWifiInput, 'endpoints' | 'requestPort'>,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined => {
  if (state === noState) return undefined;
  if (state !== undefined) return state;
  if (!endpoints.every((endpoint) => isFoundAgain(endpoint, requestPort))) return undefined;
  return join(stateFolder(env), `${nameOf(endpoints, requestPort)}.json`);
};
