/** The files of listening Unix sockets: who may use them, and when one that is already there may go. */
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { codeOf, socketFailure } from './failure.js';
import { acceptQueue, type SocketFailure } from './transport.js';

/** Bytes in `sun_path` of Linux' `struct sockaddr_un` (unix(7)), less the closing zero. Longer ones would be cut off. */
export const maximumPathSize = 107;

/** Whose a socket is to be, and what others may do; what is left out follows the folder. */
export interface SocketAccess {
  /** User id. */
  readonly owner?: number;
  /** Group id. */
  readonly group?: number;
  /** Mode bits, 0 to 0o777: to connect means to write. */
  readonly mode?: number;
}

/** What counts of a folder, or of the file in it that has just been made. */
type Owned = Pick<Stats, 'uid' | 'gid' | 'mode'>;

/** Read and write for the owner. */
const ownerOnly = 0o600;
/** And for the group. */
const groupToo = 0o660;
const groupMayWrite = 0o020;

/**
 * The mode of a socket in its folder: for its owner only, if that is the folder's owner. Where the service could not give
 * the socket to him, it is for the group of the folder if that may write there anyway.
 */
export const usualMode = (folder: Owned, socket: Owned): number =>
  socket.uid !== folder.uid && socket.gid === folder.gid && (folder.mode & groupMayWrite) !== 0
    ? groupToo
    : ownerOnly;

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

/** The code with which a connection to the socket fails; undefined if somebody accepts it. */
const probe = (path: string): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = connect({ path });
    socket.on('error', (error) => resolve(codeOf(error)));
    socket.on('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
  });

/** Does somebody accept connections at this Unix socket or named pipe? */
export const isAnswered = async (path: string): Promise<boolean> => (await probe(path)) === undefined;

/**
 * Makes sure that a socket may be bound at `path`: a socket file to which nobody listens any more is removed, one in
 * use and anything that is not a socket stay.
 */
export const clearSocketFile = async (
  path: string,
  where: string,
): Promise<E.Either<SocketFailure, void>> => {
  const failure = (code: string) => E.left(socketFailure('listen', where, code));
  if (Buffer.byteLength(path) > maximumPathSize) return failure('ENAMETOOLONG');
  try {
    // Binding in a folder that is not there would fail with EACCES: libuv takes the one for the other.
    if (statOf(dirname(path)) === undefined) return failure('ENOENT');
    const found = statOf(path);
    if (found === undefined) return E.right(undefined);
    if (!found.isSocket()) return failure('EEXIST');
    const refusal = await probe(path);
    // EAGAIN: somebody listens and does not keep up.
    if (refusal === undefined || refusal === 'EAGAIN') return failure('EADDRINUSE');
    if (refusal !== 'ECONNREFUSED' && refusal !== 'ENOENT') return failure(refusal);
    // Another service may have put its own socket there while this one was being probed.
    if (statOf(path)?.ino === found.ino) unlinkSync(path);
    return E.right(undefined);
  } catch (error) {
    return failure(codeOf(error));
  }
};

/** `O_PATH` of Linux (open(2)), which Node does not name: the file itself, whatever it is, without opening it. */
const pathOnly = 0o10000000;

/**
 * Calls `change` with a path that stands for the socket itself: whoever owns the folder could put something else in its
 * place meanwhile.
 */
const atSocket = (path: string, change: (path: string, socket: Owned) => void): void => {
  if (process.platform !== 'linux') {
    const socket = statOf(path);
    if (socket !== undefined) change(path, socket);
    return;
  }
  const fd = openSync(path, pathOnly | constants.O_NOFOLLOW);
  try {
    const socket = fstatSync(fd);
    if (socket.isSocket() && socket.uid === process.geteuid?.()) change(`/proc/self/fd/${fd}`, socket);
  } finally {
    closeSync(fd);
  }
};

/**
 * What the service may not give away stays its own, unless somebody has asked for it by name. What is theirs already is not touched:
 * a sandbox may forbid the call itself.
 */
const give = (path: string, uid: number, gid: number, asked: boolean): void => {
  const now = statSync(path);
  if (now.uid === uid && now.gid === gid) return;
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if (asked) throw error;
  }
};

/** Gives the socket at `path` to those who are to use it. Throws when that was asked for and is not allowed. */
const grant = (path: string, { owner, group, mode }: SocketAccess): void => {
  const folder = statSync(dirname(path));
  atSocket(path, (at, made) => {
    // First, because what has been given away may not be changed any more.
    chmodSync(at, mode ?? ownerOnly);
    // Apart from each other: a service that is not root may give a file to one of its groups, but to no other user.
    give(at, made.uid, group ?? folder.gid, group !== undefined);
    give(at, owner ?? folder.uid, statSync(at).gid, owner !== undefined);
    if (mode === undefined && usualMode(folder, statSync(at)) === groupToo) chmodSync(at, groupToo);
  });
};

/**
 * Listens at `path`, for those to whom `access` gives it. The system removes the file when the server closes. Owner and
 * mode follow right after binding: a file mode mask would hold for the files of all threads of the host application.
 */
export const listenAtFile = (server: Server, path: string, access: SocketAccess = {}): void => {
  server.listen({ path, backlog: acceptQueue });
  if (server.listening) grant(path, access);
};
