/**
 * AF_HYPERV: guests of Hyper-V (`hvsocket.h`). The guest is its virtual machine's id, as Windows reports it; a Linux
 * guest's vsock port is a service id made of it.
 */
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { type Observable, throwError } from 'rxjs';
import {
  type Endpoint,
  formatEndpoint,
  type GuestId,
  guestAddress,
  guestIdOf,
  wellKnownVms,
} from '../sockets/endpoint.js';
import { socketFailure } from '../sockets/failure.js';
import { connectStream, listenStream } from '../sockets/koffi-streams.js';
import type { SocketSystem, StreamFamily } from '../sockets/koffi-streams-calls.js';
import type {
  GuestConnection,
  GuestSide,
  GuestSideOptions,
  ListenerEvent,
  SocketFailure,
  SocketFamily,
  Transport,
} from '../sockets/transport.js';
import { guidAt, guidBytes } from './guid.js';
import { constants, newerConstants, SOCKADDR_HV } from './layouts.js';
import { windowsSockets } from './winsock.js';

/** What every vsock port's service id ends in (`hvsocket.h`: HV_GUID_VSOCK_TEMPLATE). */
const vsockTemplate = 'facb-11e6-bd58-64006a7986d3';

/** The service id of a Linux guest's vsock port: `00003039-facb-…` for 12345. */
export const serviceId = (port: number): string => `${port.toString(16).padStart(8, '0')}-${vsockTemplate}`;

/** A `SOCKADDR_HV`: a virtual machine (or a group of them) and a vsock port. */
export const socketAddress = (vm: string, port: number): Uint8Array => {
  const { Family, VmId, ServiceId } = SOCKADDR_HV.members;
  const bytes = new Uint8Array(SOCKADDR_HV.size);
  new DataView(bytes.buffer).setUint16(Family.offset, newerConstants.AF_HYPERV, true);
  bytes.set(guidBytes(vm), VmId.offset);
  bytes.set(guidBytes(serviceId(port)), ServiceId.offset);
  return bytes;
};

/** The virtual machine in a `SOCKADDR_HV`. */
export const vmOf = (address: Uint8Array): string => guidAt(address, SOCKADDR_HV.members.VmId.offset);

const urlOf = (vm: string): string => formatEndpoint({ scheme: 'hvsocket', vm });

const guestOf = (vm: string): GuestId => guestIdOf({ scheme: 'hvsocket', address: vm });

/** The family as data. The option keeps streams open while the virtual machine is suspended. */
export const hyperV: StreamFamily = {
  name: 'AF_HYPERV',
  family: newerConstants.AF_HYPERV,
  protocol: constants.HV_PROTOCOL_RAW,
  addressSize: SOCKADDR_HV.size,
  options: [{ level: constants.HV_PROTOCOL_RAW, option: constants.HVSOCKET_CONNECTED_SUSPEND, value: 1 }],
  url: (address) => urlOf(vmOf(address)),
  guest: (address) => guestOf(vmOf(address)),
  what: (code) => {
    if (code === 'EAFNOSUPPORT')
      return 'this system has no Hyper-V sockets: they come with Windows 10 and later, or Windows Server 2016 and later, with Hyper-V or the Virtual Machine Platform enabled';
    return code === 'EACCES'
      ? 'Windows refuses: run elevated, or as a member of "Hyper-V Administrators"'
      : undefined;
  },
};

/** The sockets of this machine; a failure where there are none of this kind. */
const systemSockets = (operation: 'listen' | 'connect', where: string): SocketSystem | SocketFailure =>
  process.platform === 'win32'
    ? windowsSockets()
    : socketFailure(operation, where, 'EAFNOSUPPORT', { what: 'Hyper-V sockets exist on Windows only' });

const listenAt = (vm: string, port: number): Observable<ListenerEvent> => {
  const system = systemSockets('listen', urlOf(vm));
  return 'code' in system
    ? throwError(() => system)
    : listenStream(system, hyperV, socketAddress(vm, port), urlOf(vm));
};

const connectTo = (
  vm: string,
  port: number,
  abort?: AbortSignal,
): TaskEither<SocketFailure, GuestConnection> => {
  const where = `${urlOf(vm)} port ${port}`;
  const system = systemSockets('connect', where);
  return 'code' in system
    ? TE.left(system)
    : connectStream(system, hyperV, socketAddress(vm, port), guestOf(vm), where, abort);
};

const unsupported = (operation: 'listen' | 'connect', endpoint: Endpoint): SocketFailure =>
  socketFailure(operation, formatEndpoint(endpoint), 'EAFNOSUPPORT');

const transport = (): Transport => ({
  scheme: 'hvsocket',
  listen: (endpoint, { requestPort }) =>
    endpoint.scheme === 'hvsocket'
      ? listenAt(endpoint.vm, requestPort)
      : throwError(() => unsupported('listen', endpoint)),
  connect: (guest, port, abort) => connectTo(guestAddress(guest).address, port, abort),
});

/** A guest of this machine sees its host as the parent; on loopback the host is the guest. */
const guestSide = (endpoint: Endpoint, { requestPort, notificationPort }: GuestSideOptions): GuestSide => {
  if (endpoint.scheme !== 'hvsocket') {
    const failure = unsupported('connect', endpoint);
    return { connect: () => TE.left(failure), notifications: throwError(() => failure) };
  }
  const host = endpoint.vm === wellKnownVms.loopback ? wellKnownVms.loopback : wellKnownVms.parent;
  return { connect: () => connectTo(host, requestPort), notifications: listenAt(host, notificationPort) };
};

/** Hyper-V sockets, on Windows. */
export const hvsocket: SocketFamily = { transport, guestSide };
