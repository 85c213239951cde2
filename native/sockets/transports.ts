/** The table of all address families; those that need a native library are loaded when somebody asks for them. */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { type Clock, systemClock } from '../../streams/clock.js';
import { type Endpoint, formatEndpoint } from './endpoint.js';
import { codeOf, socketFailure } from './failure.js';
import { memory } from './memory.js';
import { tcp } from './tcp.js';
import type { GuestSide, GuestSideOptions, SocketFailure, SocketFamily, Transport } from './transport.js';
import { unix } from './unix.js';

type Scheme = Endpoint['scheme'];

/** A family that is there, one that is loaded on demand, or what to say of one that this build does not have. */
type Entry = SocketFamily | (() => Promise<SocketFamily>) | { readonly missing: string };

const families: Record<Scheme, Entry> = {
  tcp,
  unix,
  memory,
  vsock: async () => (await import('../linux/vsock.js')).vsock,
  hvsocket:
    process.platform === 'win32'
      ? async () => (await import('../windows/hvsocket.js')).hvsocket
      : { missing: `Hyper-V sockets are on Windows only, and this is ${process.platform}` },
};

const familyOf =
  (scheme: Scheme, where: string, operation: 'listen' | 'connect'): TaskEither<SocketFailure, SocketFamily> =>
  async () => {
    const entry = families[scheme];
    if ('missing' in entry) {
      return E.left(socketFailure(operation, where, 'EAFNOSUPPORT', { what: entry.missing }));
    }
    if (typeof entry !== 'function') return E.right(entry);
    try {
      return E.right(await entry());
    } catch (error) {
      return E.left(socketFailure(operation, where, codeOf(error), { what: 'the sockets cannot be loaded' }));
    }
  };

/** The host's side of a scheme. Fails when this build, or this system, does not have it. */
export const transportFor =
  (scheme: Scheme, clock: Clock = systemClock): TaskEither<SocketFailure, Transport> =>
  async () =>
    E.map((family: SocketFamily) => family.transport(clock))(
      await familyOf(scheme, `${scheme}://`, 'listen')(),
    );

/** The guest's side towards a host at `endpoint`. */
export const guestSideFor =
  (
    endpoint: Endpoint,
    options: GuestSideOptions,
    clock: Clock = systemClock,
  ): TaskEither<SocketFailure, GuestSide> =>
  async () =>
    E.map((family: SocketFamily) => family.guestSide(endpoint, options, clock))(
      await familyOf(endpoint.scheme, formatEndpoint(endpoint), 'connect')(),
    );
