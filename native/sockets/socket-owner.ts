/**
 * Whose a Unix socket is to be, as people write it: `--socket-owner` and `--socket-mode`. Names are looked up whenever a socket
 * is made: the user of a virtual machine may be newer than the service.
 */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import type { SocketAccess } from './socket-file.js';

/** Where the names are: passwd(5) and group(5). Names of directory services are not there; their numbers will do. */
interface NameFiles {
  readonly users: string;
  readonly groups: string;
}

const systemFiles: NameFiles = { users: '/etc/passwd', groups: '/etc/group' };

/** The largest id of Linux; the one above means "leave it" (chown(2)). */
const largestId = 0xfffffffe;

const expected = 'USER, USER:GROUP or :GROUP, each a name or a number';

const linesOf = (file: string): readonly string[] => {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
};

/** The id behind a name or a number. Both files have the name first and the id third. */
const idOf = (what: 'user' | 'group', text: string, file: string): E.Either<string, number> => {
  if (/^\d+$/.test(text))
    return Number(text) <= largestId ? E.right(Number(text)) : E.left(`${text} is no ${what} id`);
  const line = linesOf(file).find((candidate) => candidate.startsWith(`${text}:`));
  const id = line?.split(':')[2];
  return id !== undefined && /^\d+$/.test(id)
    ? E.right(Number(id))
    : E.left(`there is no ${what} "${text}" in ${file}: give the number`);
};

/** Reads `USER`, `USER:GROUP` or `:GROUP`. Left: what was wrong, for people. */
export const parseSocketOwner = (
  text: string,
  { users, groups }: NameFiles = systemFiles,
): E.Either<string, Pick<SocketAccess, 'owner' | 'group'>> => {
  const [, user, group] = /^([^:\s]*)(?::([^:\s]+))?$/.exec(text) ?? [];
  if (user === undefined || (user === '' && group === undefined)) return E.left(`expected ${expected}`);
  const owner = user === '' ? E.right(undefined) : idOf('user', user, users);
  if (E.isLeft(owner)) return owner;
  const itsGroup = group === undefined ? E.right(undefined) : idOf('group', group, groups);
  if (E.isLeft(itsGroup)) return itsGroup;
  return E.right({
    ...(owner.right === undefined ? {} : { owner: owner.right }),
    ...(itsGroup.right === undefined ? {} : { group: itsGroup.right }),
  });
};

/** Reads the octal mode of a socket, 0 to 777. Left: what was wrong, for people. */
export const parseSocketMode = (text: string): E.Either<string, number> =>
  /^0?[0-7]{1,3}$/.test(text)
    ? E.right(Number.parseInt(text, 8))
    : E.left('expected octal mode bits up to 777, such as 0660');

/** Both, each of which may be left out. Left: which was wrong, and what about it. */
export const parseSocketAccess = (owner?: string, mode?: string): E.Either<string, SocketAccess> => {
  const owned = owner === undefined ? E.right({}) : parseSocketOwner(owner);
  if (E.isLeft(owned)) return E.left(`--socket-owner ${owner}: ${owned.left}`);
  if (mode === undefined) return owned;
  const bits = parseSocketMode(mode);
  return E.isLeft(bits)
    ? E.left(`--socket-mode ${mode}: ${bits.left}`)
    : E.right({ ...owned.right, mode: bits.right });
};
