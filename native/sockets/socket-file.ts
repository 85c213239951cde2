/** The files of listening Unix sockets: who may use them, and when one that is already there may go. */
import { chmodSync, lstatSync, type Stats, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { dirname } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { codeOf, socketFailure } from './failure.js';
import type { SocketFailure } from './transport.js';

/** Bytes in `sun_path` of Linux' `struct sockaddr_un` (unix(7)), less the closing zero. Longer ones would be cut off. */
export const maximumPathSize = 107;

/** Read and write for the owner. */
const ownerOnly = 0o600;

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
    if (refusal === undefined) return failure('EADDRINUSE');
    if (refusal !== 'ECONNREFUSED' && refusal !== 'ENOENT') return failure(refusal);
    // Another service may have put its own socket there while this one was being probed.
    if (statOf(path)?.ino === found.ino) unlinkSync(path);
    return E.right(undefined);
  } catch (error) {
    return failure(codeOf(error));
  }
};

/**
 * Listens at `path`, for the owner only. The system removes the file when the server closes. The mode follows right
 * after binding: a file mode mask would hold for the files of all threads of the host application.
 */
export const listenAtFile = (server: Server, path: string): void => {
  server.listen({ path });
  if (server.listening) chmodSync(path, ownerOnly);
};
