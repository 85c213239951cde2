/**
 * Hybrid vsock on Unix sockets, one virtual machine per path: guests arrive on `<path>_<port>`, and a guest's port is
 * reached through the hypervisor's socket at `<path>`.
 */
import type { Socket } from 'node:net';
import * as E from 'fp-ts/lib/Either.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { Observable, throwError } from 'rxjs';
import type { Clock } from '../../streams/clock.js';
import { formatEndpoint, type GuestId, guestAddress, guestIdOf } from './endpoint.js';
import { codeOf, socketFailure } from './failure.js';
import { connectLine, isOk, type LineProblem, readLine, requestedPort } from './hybrid-vsock.js';
import { clearSocketFile, listenAtFile, maximumPathSize, type SocketAccess } from './socket-file.js';
import { parseSocketAccess } from './socket-owner.js';
import { type Binding, connectionOf, dial, listenOn, sendOn } from './stream.js';
import type { ListenerEvent, SocketFailure, SocketFamily, Transport } from './transport.js';

const guestAt = (path: string): GuestId => guestIdOf({ scheme: 'unix', address: path });

/** Where the hypervisor connects to when the guest opens this port of the host. */
const hostFile = (path: string, port: number): string => `${path}_${port}`;

/** `listenOn`, after what is left of an earlier run has been removed. */
const listenAt = (
  path: string,
  guest: GuestId,
  admit: Binding['admit'],
  access?: SocketAccess,
): Observable<ListenerEvent> =>
  new Observable((subscriber) => {
    const where = `unix://${path}`;
    const listener = listenOn({
      where,
      bind: (server) => listenAtFile(server, path, access),
      address: () => guest,
      admit,
    });
    void clearSocketFile(path, where).then((cleared) => {
      if (E.isLeft(cleared)) subscriber.error(cleared.left);
      else if (!subscriber.closed) listener.subscribe(subscriber);
    });
  });

const dialFile = (path: string, abort?: AbortSignal): TE.TaskEither<SocketFailure, Socket> =>
  Buffer.byteLength(path) > maximumPathSize
    ? TE.left(socketFailure('connect', `unix://${path}`, 'ENAMETOOLONG'))
    : dial({ path }, `unix://${path}`, abort);

/** What went wrong between `CONNECT` and `OK`, in terms of the guest's port. */
const handshakeFailure = (where: string, socket: Socket, problem: LineProblem): SocketFailure => {
  switch (problem.reason) {
    case 'too long':
      return socketFailure('connect', where, 'EPROTO', {
        what: `the answer to CONNECT begins with ${JSON.stringify(problem.start)} instead of OK`,
      });
    case 'timed out':
      return socketFailure('connect', where, 'ETIMEDOUT', { what: 'no answer to CONNECT' });
    case 'ended':
      // A hypervisor closes the stream when nobody in the guest listens on the port.
      return socketFailure('connect', where, socket.errored ? codeOf(socket.errored) : 'ECONNREFUSED');
  }
};

const portUrl = (path: string, port: number): string => `unix://${path} port ${port}`;

/** A stream to a guest's port, paused behind the hypervisor's answer. */
const reach =
  (clock: Clock, guest: GuestId, port: number, abort: AbortSignal): TE.TaskEither<SocketFailure, Socket> =>
  async () => {
    const { address: path } = guestAddress(guest);
    const where = portUrl(path, port);
    const dialled = await dialFile(path, abort)();
    if (E.isLeft(dialled)) return dialled;
    const socket = dialled.right;
    const onAbort = (): void => void socket.destroy();
    abort.addEventListener('abort', onAbort);
    if (abort.aborted) onAbort();
    socket.write(`${connectLine(port)}\n`);
    const answer = await readLine(socket, clock);
    abort.removeEventListener('abort', onAbort);
    if (E.isRight(answer) && isOk(answer.right) && !abort.aborted) return E.right(socket);
    socket.destroy();
    if (abort.aborted) return E.left(socketFailure('connect', where, 'ABORT_ERR'));
    const problem = E.isLeft(answer) ? answer.left : { reason: 'too long' as const, start: answer.right };
    return E.left(handshakeFailure(where, socket, problem));
  };

const send =
  (clock: Clock): Transport['send'] =>
  (guest, port, delivery) => {
    const abort = new AbortController();
    let giveUp = (): void => abort.abort();
    void reach(clock, guest, port, abort.signal)().then((reached) => {
      if (abort.signal.aborted) {
        if (E.isRight(reached)) reached.right.destroy();
      } else if (E.isLeft(reached)) delivery.failed(reached.left);
      else giveUp = sendOn(reached.right, () => portUrl(guestAddress(guest).address, port), delivery);
    });
    return () => giveUp();
  };

const transport = (clock: Clock): Transport => ({
  scheme: 'unix',
  listen: (endpoint, { requestPort, socketOwner, socketMode }) => {
    if (endpoint.scheme !== 'unix') {
      return throwError(() => socketFailure('listen', formatEndpoint(endpoint), 'EAFNOSUPPORT'));
    }
    const file = hostFile(endpoint.path, requestPort);
    const access = parseSocketAccess(socketOwner, socketMode);
    if (E.isLeft(access))
      return throwError(() => socketFailure('listen', `unix://${file}`, 'EINVAL', { what: access.left }));
    const guest = guestAt(endpoint.path);
    return listenAt(file, guest, (socket, deliver) => deliver(connectionOf(socket, guest)), access.right);
  },
  send: send(clock),
  connect: (guest, port, abort) =>
    TE.map((socket: Socket) => connectionOf(socket, guest))(reach(clock, guest, port, abort)),
});

/** The first number that Firecracker gives to the host's side of a stream; the rest count up from it. */
const firstHostPort = 0x4000_0000;

/** Plays the hypervisor and the guest behind it: the guest listens on one port, every other one is closed. */
const guestSide: SocketFamily['guestSide'] = (endpoint, { requestPort, notificationPort }, clock) => {
  if (endpoint.scheme !== 'unix') {
    const failure = socketFailure('connect', formatEndpoint(endpoint), 'EAFNOSUPPORT');
    return { connect: () => TE.left(failure), notifications: throwError(() => failure) };
  }
  const { path } = endpoint;
  const guest = guestAt(path);
  let hostPort = firstHostPort;
  return {
    connect: () =>
      TE.map((socket: Socket) => connectionOf(socket, guest))(dialFile(hostFile(path, requestPort))),
    notifications: listenAt(path, guest, (socket, deliver) => {
      void readLine(socket, clock).then((line) => {
        if (E.isRight(line) && requestedPort(line.right) === notificationPort) {
          socket.write(`OK ${hostPort++}\n`);
          deliver(connectionOf(socket, guest));
        } else {
          socket.destroy();
        }
      });
    }),
  };
};

/** Unix sockets as hypervisors use them for vsock. */
export const unix: SocketFamily = { transport, guestSide };
