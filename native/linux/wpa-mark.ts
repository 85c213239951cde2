/**
 * The mark of our networks in wpa_supplicant, their `id_str`: by it a service that was restarted knows its own again, and
 * what the user had before. `proxy-wifi :1.42 0-1f0c* 2-99a3`: the service's name on the bus, by which another one sees that
 * it still lives; then the user's networks that were enabled, each by its number and four digits of a digest of its SSID,
 * with a star at the one that was the current one. Numbers count as long as wpa_supplicant
 * lives; if it was restarted from a file that somebody saved meanwhile, the SSIDs do. `sae_pwe` at its end: that was set
 * for this network. Pure.
 */
import { createHash } from 'node:crypto';
import * as O from 'fp-ts/lib/Option.js';

/** A network of the user's. */
export interface UsersNetwork {
  /** Path of its `Network` object: `…/Networks/3`. */
  readonly path: string;
  /** As wpa_supplicant gives it: quoted text, or hex. */
  readonly ssid: string;
  readonly enabled: boolean;
}

/** What the user had before a network of ours was selected. */
export interface Before {
  readonly enabled: readonly UsersNetwork[];
  /** Enabled or not. */
  readonly current: O.Option<UsersNetwork>;
}

/** Nothing to give back. */
export const nothingBefore: Before = { enabled: [], current: O.none };

const title = 'proxy-wifi';

const numberOf = ({ path }: UsersNetwork): string => path.slice(path.lastIndexOf('/') + 1);

const digestOf = ({ ssid }: UsersNetwork): string =>
  createHash('sha256').update(ssid).digest('hex').slice(0, 4);

/** At the end of a mark: hash-to-element was allowed for the network. */
const hashToElement = 'sae_pwe';

/** The mark of a network of ours. `service`: our name on the bus; `allowed`: hash-to-element was, for this network. */
export const markOf = (service: string, { enabled, current }: Before, allowed = false): string => {
  const currentPath = O.toUndefined(current)?.path;
  const listed = O.isSome(current) && !current.value.enabled ? [...enabled, current.value] : enabled;
  const entries = listed.map((network) => {
    const sign = `${network.path === currentPath ? '*' : ''}${network.enabled ? '' : '!'}`;
    return `${numberOf(network)}-${digestOf(network)}${sign}`;
  });
  return [title, service, ...entries, ...(allowed ? [hashToElement] : [])].join(' ');
};

/** Whether hash-to-element was allowed for the network with this mark. */
export const allowsHashToElement = (mark: string): boolean => mark.endsWith(` ${hashToElement}`);

/** The mark in an `id_str`, which wpa_supplicant gives in quotes; undefined if the network is not ours. */
export const markIn = (idStr: string): string | undefined => {
  const [, mark] = /^"(proxy-wifi(?: .*)?)"$/.exec(idStr) ?? [];
  return mark;
};

/** The name on the bus of the service that has made a mark. */
export const serviceIn = (mark: string): string => /^\S+ (:\d+\.\d+)/.exec(mark)?.[1] ?? '';

/** What a mark says of the user's networks that there are now. */
export const beforeOf = (mark: string, users: readonly UsersNetwork[]): Before => {
  const enabled: UsersNetwork[] = [];
  let current: UsersNetwork | undefined;
  for (const [, number, digest, star, off] of mark.matchAll(/(\d+)-([\da-f]{4})(\*?)(!?)/g)) {
    const alike = users.filter((network) => digestOf(network) === digest);
    const network = alike.find((candidate) => numberOf(candidate) === number) ?? alike[0];
    if (network === undefined) continue;
    const was = { ...network, enabled: off === '' };
    if (was.enabled) enabled.push(was);
    if (star === '*') current = was;
  }
  return { enabled, current: O.fromNullable(current) };
};
