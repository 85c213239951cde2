/** TCP: any program that speaks the protocol. A guest is its address; where it listens is its address too. */
import { type AddressInfo, isIP, type Server } from 'node:net';
import { pipe } from 'fp-ts/lib/function.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { throwError } from 'rxjs';
import { type Endpoint, formatEndpoint, guestAddress, guestIdOf } from './endpoint.js';
import { socketFailure } from './failure.js';
import { connectionOf, dial, listenOn, sendTo } from './stream.js';
import { acceptQueue, type GuestSide, type SocketFamily, type Transport } from './transport.js';

const tcpUrl = (host: string, port: number): string => formatEndpoint({ scheme: 'tcp', host, port });

const peerOf = (address: string) => guestIdOf({ scheme: 'tcp', address });

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

const listenAt = (host: string, port: number, portOption?: string) =>
  listenOn({
    where: tcpUrl(host, port),
    portOption,
    bind: (server) => server.listen({ host, port, exclusive: true, backlog: acceptQueue }),
    address: (server) => tcpUrl(host, portOf(server)),
    admit: (socket, deliver) => {
      // A peer that has reset its connection by now has no address any more.
      if (socket.remoteAddress === undefined) socket.destroy();
      else deliver(connectionOf(socket, peerOf(socket.remoteAddress)));
    },
  });

const transport = (): Transport => ({
  scheme: 'tcp',
  listen: (endpoint, { requestPort }) =>
    endpoint.scheme === 'tcp'
      ? listenAt(endpoint.host, endpoint.port ?? requestPort)
      : throwError(() => socketFailure('listen', formatEndpoint(endpoint), 'EAFNOSUPPORT')),
  send: (guest, port, delivery) => {
    const host = guestAddress(guest).address;
    return sendTo({ host, port }, () => tcpUrl(host, port), delivery);
  },
  connect: (guest, port, abort) => {
    const host = guestAddress(guest).address;
    return pipe(
      dial({ host, port, noDelay: true }, tcpUrl(host, port), abort),
      TE.map((socket) => connectionOf(socket, guest)),
    );
  },
});

/** A guest of a loopback host is on loopback as well; any other may be reached on every interface. */
const defaultAddress = (host: string): string => {
  if (host.startsWith('127.')) return '127.0.0.1';
  if (host === '::1') return '::1';
  return isIP(host) === 6 ? '::' : '0.0.0.0';
};

const guestSide = (
  endpoint: Endpoint,
  { requestPort, notificationPort, address }: Parameters<SocketFamily['guestSide']>[1],
): GuestSide => {
  if (endpoint.scheme !== 'tcp') {
    const failure = socketFailure('connect', formatEndpoint(endpoint), 'EAFNOSUPPORT');
    return { connect: () => TE.left(failure), notifications: throwError(() => failure) };
  }
  const { host } = endpoint;
  const port = endpoint.port ?? requestPort;
  const from = address === undefined ? {} : { localAddress: address };
  return {
    connect: () =>
      pipe(
        dial({ host, port, noDelay: true, ...from }, tcpUrl(host, port)),
        TE.map((socket) => connectionOf(socket, peerOf(host))),
      ),
    notifications: listenAt(address ?? defaultAddress(host), notificationPort, '--notification-port'),
  };
};

/** TCP sockets. */
export const tcp: SocketFamily = { transport, guestSide };
