/** Binds the control's server: a socket that only its user can open, or a port of this machine. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import { codeOf, socketFailure } from '../native/sockets/failure.js';
import { clearSocketFile, listenAtFile } from '../native/sockets/socket-file.js';
import { type ControlAddress, formatControlAddress } from './address.js';

/** Why nobody can steer the service: `code` is the system's (`EADDRINUSE`), or `EINVAL` for a token that is missing or short. */
export interface ControlFailure {
  readonly code: string;
  /** The whole message for people. */
  readonly detail: string;
}

/** It can be asked. */
export interface Listening {
  /** With the port really taken. */
  readonly address: ControlAddress;
  /** Ends every connection, and the address is free again. */
  readonly close: () => Promise<void>;
}

const shortestToken = 16;

/** What is wrong with the token for that address, which `open` would refuse; undefined: nothing. */
export const tokenProblem = (address: ControlAddress, token: string | undefined): string | undefined => {
  if (token === undefined)
    return address.scheme === 'tcp'
      ? `every user of this machine reaches this port: expected a token of at least ${shortestToken} characters in PROXY_WIFI_CONTROL_TOKEN beside it`
      : undefined;
  return token.length < shortestToken
    ? `PROXY_WIFI_CONTROL_TOKEN: expected at least ${shortestToken} characters, found ${token.length}`
    : undefined;
};

const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Is another proxy-wifi running? Choose another address with --control.',
  ENOENT: 'Create the folder first, or choose another path with --control.',
  EACCES: 'Choose a path in a folder of this user, or a port above 1023, with --control.',
};

const failureAt = (address: ControlAddress, code: string): ControlFailure => {
  const known = advice[code];
  const { detail } = socketFailure('listen', formatControlAddress(address), code, {
    ...(known === undefined ? {} : { advice: known }),
    ...(code === 'EADDRINUSE' && address.scheme === 'unix'
      ? { what: 'somebody listens at this socket already' }
      : {}),
  });
  return { code, detail };
};

const bind = (server: Server, address: ControlAddress): void => {
  if (address.scheme === 'tcp') server.listen({ host: address.host, port: address.port, exclusive: true });
  // Root's socket stays root's in anybody's folder.
  else
    listenAtFile(server, address.path, {
      mode: 0o600,
      ...(process.geteuid === undefined ? {} : { owner: process.geteuid() }),
      ...(process.getegid === undefined ? {} : { group: process.getegid() }),
    });
};

/** Binds the server. `onFault` hears of connections that the system could not accept. */
export const listen = async (
  server: Server,
  address: ControlAddress,
  onFault: (source: string, error: unknown) => void,
): Promise<E.Either<ControlFailure, Listening>> => {
  if (address.scheme === 'unix') {
    const cleared = await clearSocketFile(address.path, formatControlAddress(address));
    if (E.isLeft(cleared)) return E.left(failureAt(address, cleared.left.code));
  }
  const bound = await new Promise<E.Either<ControlFailure, void>>((resolve) => {
    server.on('error', (error) => {
      if (server.listening) onFault('the socket', error);
      else resolve(E.left(failureAt(address, codeOf(error))));
    });
    server.once('listening', () => resolve(E.right(undefined)));
    try {
      bind(server, address);
    } catch (error) {
      server.close();
      resolve(E.left(failureAt(address, codeOf(error))));
    }
  });
  if (E.isLeft(bound)) return bound;
  const taken =
    address.scheme === 'tcp' ? { ...address, port: (server.address() as AddressInfo).port } : address;
  return E.right({
    address: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
};
