/** Sockets of koffi-streams over AF_INET, as a rig of the transport compliance suite: what any system has. */
import * as E from 'fp-ts/lib/Either.js';
import {
  type Endpoint,
  formatEndpoint,
  type GuestId,
  guestAddress,
  guestIdOf,
} from '../../../native/sockets/endpoint.js';
import {
  connectStream,
  type Destination,
  listenStream,
  sendStream,
} from '../../../native/sockets/koffi-streams.js';
import type {
  SocketOption,
  SocketSystem,
  StreamFamily,
} from '../../../native/sockets/koffi-streams-calls.js';
import type { TransportRig } from '../../compliance/transport.js';

const addressSize = 16;

const socketAddress = (host: string, port: number): Uint8Array =>
  Uint8Array.from([2, 0, port >> 8, port & 0xff, ...host.split('.').map(Number), 0, 0, 0, 0, 0, 0, 0, 0]);

const hostOf = (address: Uint8Array): string => address.subarray(4, 8).join('.');

const portOf = (address: Uint8Array): number => ((address[2] ?? 0) << 8) | (address[3] ?? 0);

/** AF_INET, as koffi-streams is told of a family. */
export const internetWith = (options: readonly SocketOption[]): StreamFamily => ({
  name: 'AF_INET',
  family: 2,
  protocol: 6,
  addressSize,
  options,
  url: (address) => formatEndpoint({ scheme: 'tcp', host: hostOf(address), port: portOf(address) }),
  guest: (address) => guestIdOf({ scheme: 'tcp', address: hostOf(address) }),
});

/** The system's sockets, counted, and bound to an address of their own before they connect. */
class Counted {
  open = 0;
  readonly #system: SocketSystem;

  constructor(system: SocketSystem) {
    this.#system = system;
  }

  from(address?: string): SocketSystem {
    const { calls, readiness } = this.#system;
    return {
      readiness,
      calls: {
        ...calls,
        open: (family) => {
          const opened = calls.open(family);
          if (E.isRight(opened)) this.open++;
          return opened;
        },
        accept: (socket, size) => {
          const accepted = calls.accept(socket, size);
          if (E.isRight(accepted)) this.open++;
          return accepted;
        },
        connect: (socket, to) => {
          if (address !== undefined) calls.bind(socket, socketAddress(address, 0));
          return calls.connect(socket, to);
        },
        close: (socket) => {
          this.open--;
          calls.close(socket);
        },
      },
    };
  }
}

const guestHost = (index: number): string => `127.0.1.${index + 1}`;

const tcpOf = (endpoint: Endpoint): { readonly host: string; readonly port: number } => {
  if (endpoint.scheme !== 'tcp') throw new Error(`not TCP: ${endpoint.scheme}`);
  return { host: endpoint.host, port: endpoint.port ?? 0 };
};

/** A rig over a system's sockets. `options`: what each socket gets. */
export const internetRig =
  (system: SocketSystem, options: readonly SocketOption[] = []) =>
  (): TransportRig => {
    const internet = internetWith(options);

    const counted = new Counted(system);
    const listen = (host: string, port: number) =>
      listenStream(
        counted.from(),
        internet,
        socketAddress(host, port),
        formatEndpoint({ scheme: 'tcp', host, port }),
      );
    const destinationOf = (guest: GuestId, port: number): Destination => {
      const { address } = guestAddress(guest);
      const where = formatEndpoint({ scheme: 'tcp', host: address, port });
      return { family: internet, address: socketAddress(address, port), guest, where };
    };
    const connect = (guest: GuestId, port: number, abort?: AbortSignal, from?: string) =>
      connectStream(counted.from(from), destinationOf(guest, port), abort);
    const guestId = (index: number): GuestId => guestIdOf({ scheme: 'tcp', address: guestHost(index) });
    return {
      endpoint: { scheme: 'tcp', host: '127.0.0.1', port: undefined },
      requestPort: 0,
      notificationPort: 0,
      transport: {
        scheme: 'tcp',
        listen: (endpoint, { requestPort }) => {
          const { host, port } = tcpOf(endpoint);
          return listen(host, port || requestPort);
        },
        send: (guest, port, delivery) => sendStream(counted.from(), destinationOf(guest, port), delivery),
        connect,
      },
      guest: (host, index) => ({
        connect: () => {
          const { host: address, port } = tcpOf(host);
          return connect(guestIdOf({ scheme: 'tcp', address }), port, undefined, guestHost(index));
        },
        notifications: listen(guestHost(index), 0),
      }),
      guestId,
      handles: () => counted.open,
    };
  };
