/**
 * AF_VSOCK: guests of KVM and QEMU (vsock(7), `linux/vm_sockets.h`). The guest is its CID, as the kernel reports it.
 * A port can be bound once for all guests, so endpoints of single CIDs share one listener.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { Observable, type Subscriber, type Subscription, throwError } from 'rxjs';
import { type Endpoint, formatEndpoint, type GuestId, guestAddress, guestIdOf } from '../sockets/endpoint.js';
import { failLater, socketFailure } from '../sockets/failure.js';
import { connectStream, type Destination, listenStream, sendStream } from '../sockets/koffi-streams.js';
import type { SocketSystem, StreamFamily } from '../sockets/koffi-streams-calls.js';
import { posixSockets } from '../sockets/koffi-streams-posix.js';
import type {
  GuestConnection,
  GuestSide,
  GuestSideOptions,
  ListenerEvent,
  SocketFailure,
  SocketFamily,
  Transport,
} from '../sockets/transport.js';

/** `AF_VSOCK`. */
const addressFamily = 40;
/** Bytes in `struct sockaddr_vm`: u16 family, u16 zero, u32 port, u32 CID, u8 flags, 3 bytes zero. */
const addressSize = 16;
/** `VMADDR_CID_ANY`: to bind, every CID of this machine. */
const cidAny = 0xffffffff;
/** `VMADDR_CID_HOST`: the host, as its guests see it. The lower ones are the hypervisor and this machine itself. */
const cidHost = 2;

/** A `struct sockaddr_vm`, in the byte order of the machine (Node runs on little-endian Linux only). */
export const socketAddress = (cid: number, port: number): Uint8Array => {
  const bytes = new Uint8Array(addressSize);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, addressFamily, true);
  view.setUint32(4, port, true);
  view.setUint32(8, cid, true);
  return bytes;
};

/** The CID in a `struct sockaddr_vm`. */
export const cidOf = (address: Uint8Array): number =>
  new DataView(address.buffer, address.byteOffset, address.byteLength).getUint32(8, true);

const guestOf = (cid: number): GuestId => guestIdOf({ scheme: 'vsock', address: String(cid) });

const urlOf = (cid: number | 'any'): string => formatEndpoint({ scheme: 'vsock', cid });

const explanation = (code: string): string | undefined =>
  code === 'ENODEV' || code === 'EAFNOSUPPORT'
    ? 'this kernel has no vsock for that: modprobe vhost_vsock on a host, vsock_loopback for guests on the same machine'
    : undefined;

const family: StreamFamily = {
  name: 'AF_VSOCK',
  family: addressFamily,
  protocol: 0,
  addressSize,
  options: [],
  url: (address) => {
    const cid = cidOf(address);
    return urlOf(cid === cidAny ? 'any' : cid);
  },
  guest: (address) => guestOf(cidOf(address)),
  what: explanation,
};

type Listener = Subscriber<ListenerEvent>;

/** Whose connections a listener wants: one CID's, those of all guests, or everybody's. */
export type Wanted = number | 'guests' | 'everybody';

/**
 * Who gets the connection of this CID. A process of the host itself reaches a listener too (CID 1 over vsock_loopback,
 * which loads by itself): it is a guest only for who has named it.
 */
export const takerOf = <T>(wanted: ReadonlyMap<Wanted, T>, cid: number): T | undefined =>
  wanted.get(cid) ?? (cid > cidHost ? wanted.get('guests') : undefined) ?? wanted.get('everybody');

const urlOfWanted = (wanted: Wanted): string => urlOf(typeof wanted === 'number' ? wanted : 'any');

/** The one listener of a port, and who wants which guests' connections. */
class SharedListener {
  readonly #wanted = new Map<Wanted, Listener>();
  #subscription: Subscription | undefined;
  #listening = false;

  constructor(
    readonly system: SocketSystem,
    readonly port: number,
    readonly ended: () => void,
  ) {}

  join(wanted: Wanted, listener: Listener): void {
    if (this.#wanted.has(wanted)) {
      listener.error(socketFailure('listen', urlOfWanted(wanted), 'EADDRINUSE'));
      return;
    }
    this.#wanted.set(wanted, listener);
    listener.add(() => this.#leave(wanted));
    if (this.#listening) listener.next({ type: 'listening', address: urlOfWanted(wanted) });
    else if (this.#subscription === undefined) this.#open(wanted);
  }

  #open(wanted: Wanted): void {
    const address = socketAddress(cidAny, this.port);
    this.#subscription = listenStream(this.system, family, address, urlOfWanted(wanted)).subscribe({
      next: (event) => this.#dispatch(event),
      error: (failure: SocketFailure) => {
        this.ended();
        for (const listener of [...this.#wanted.values()]) listener.error(failure);
      },
    });
    if (this.#wanted.size === 0) this.#subscription.unsubscribe();
  }

  #dispatch(event: ListenerEvent): void {
    if (event.type === 'listening') {
      this.#listening = true;
      for (const [wanted, listener] of [...this.#wanted])
        listener.next({ ...event, address: urlOfWanted(wanted) });
      return;
    }
    const listener = takerOf(this.#wanted, Number(guestAddress(event.connection.peer).address));
    if (listener === undefined) event.connection.destroy();
    else listener.next(event);
  }

  #leave(wanted: Wanted): void {
    this.#wanted.delete(wanted);
    if (this.#wanted.size > 0) return;
    this.ended();
    this.#subscription?.unsubscribe();
  }
}

const unsupported = (operation: 'listen' | 'connect', endpoint: Endpoint): SocketFailure =>
  socketFailure(operation, formatEndpoint(endpoint), 'EAFNOSUPPORT');

/** The sockets of this machine; Left where there are none of this kind. */
const systemSockets = (operation: 'listen' | 'connect', where: string): SocketSystem | SocketFailure =>
  process.platform === 'linux' ? posixSockets() : socketFailure(operation, where, 'EAFNOSUPPORT');

/** One listener per port for the whole process, as the kernel has it. */
const listeners = new Map<number, SharedListener>();

const listenAt = (wanted: Wanted, port: number): Observable<ListenerEvent> =>
  new Observable((subscriber) => {
    const system = systemSockets('listen', urlOfWanted(wanted));
    if ('code' in system) {
      subscriber.error(system);
      return;
    }
    const known = listeners.get(port);
    const listener: SharedListener =
      known ??
      new SharedListener(system, port, () => {
        if (listeners.get(port) === listener) listeners.delete(port);
      });
    if (known === undefined) listeners.set(port, listener);
    listener.join(wanted, subscriber);
  });

const destinationOf = (cid: number, port: number): Destination => ({
  family,
  address: socketAddress(cid, port),
  guest: guestOf(cid),
  where: `${urlOf(cid)}:${port}`,
});

const connectTo = (
  cid: number,
  port: number,
  abort?: AbortSignal,
): TaskEither<SocketFailure, GuestConnection> => {
  const destination = destinationOf(cid, port);
  const system = systemSockets('connect', destination.where);
  return 'code' in system ? TE.left(system) : connectStream(system, destination, abort);
};

const send: Transport['send'] = (guest, port, delivery) => {
  const destination = destinationOf(Number(guestAddress(guest).address), port);
  const system = systemSockets('connect', destination.where);
  return 'code' in system ? failLater(system, delivery) : sendStream(system, destination, delivery);
};

const transport = (): Transport => ({
  scheme: 'vsock',
  listen: (endpoint, { requestPort }) =>
    endpoint.scheme === 'vsock'
      ? listenAt(endpoint.cid === 'any' ? 'guests' : endpoint.cid, requestPort)
      : throwError(() => unsupported('listen', endpoint)),
  send,
  connect: (guest, port, abort) => connectTo(Number(guestAddress(guest).address), port, abort),
});

/** The endpoint names the host: `vsock://any` is CID 2, the host of a guest; `vsock://1` the same machine. */
const guestSide = (endpoint: Endpoint, { requestPort, notificationPort }: GuestSideOptions): GuestSide => {
  if (endpoint.scheme !== 'vsock') {
    const failure = unsupported('connect', endpoint);
    return { connect: () => TE.left(failure), notifications: throwError(() => failure) };
  }
  const host = endpoint.cid === 'any' ? cidHost : endpoint.cid;
  return {
    connect: () => connectTo(host, requestPort),
    notifications: listenAt('everybody', notificationPort),
  };
};

/** AF_VSOCK sockets, on Linux. */
export const vsock: SocketFamily = { transport, guestSide };
