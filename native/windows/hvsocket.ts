/**
 * AF_HYPERV: guests of Hyper-V (`hvsocket.h`). The guest is its virtual machine's id, as Windows reports it; a Linux
 * guest's vsock port is a service id made of it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import * as TE from 'fp-ts/lib/TaskEither.js';
import {
  catchError,
  concat,
  mergeMap,
  NEVER,
  type Observable,
  of,
  scan,
  switchMap,
  tap,
  throwError,
} from 'rxjs';
import type { Clock } from '../../streams/clock.js';
import {
  type Endpoint,
  formatEndpoint,
  type GuestId,
  guestAddress,
  guestIdOf,
  wellKnownVms,
  wslName,
} from '../sockets/endpoint.js';
import { failLater, socketFailure } from '../sockets/failure.js';
import { connectStream, type Destination, listenStream, sendStream } from '../sockets/koffi-streams.js';
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
import { isElevated } from './elevation.js';
import { guidAt, guidBytes } from './guid.js';
import { constants, newerConstants, SOCKADDR_HV } from './layouts.js';
import { windowsSockets } from './winsock.js';
import { runWsl, wslVm } from './wsl.js';

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
  what: (code) =>
    code === 'EAFNOSUPPORT'
      ? 'this system has no Hyper-V sockets: they come with Windows 10 and later, or Windows Server 2016 and later, with Hyper-V or the Virtual Machine Platform enabled'
      : code === 'EACCES'
        ? refusal(isElevated()).what
        : undefined,
  advice: (code) => (code === 'EACCES' ? refusal(isElevated()).advice : undefined),
};

/** Why Windows refuses (WSAEACCES): it does so also to who is elevated, if the virtual machine is another user's. */
export const refusal = (elevated: boolean): { readonly what: string; readonly advice: string } =>
  elevated
    ? {
        what: 'Windows refuses, although this process is elevated: the virtual machine belongs to another user, as that of WSL belongs to whoever has started it',
        advice: 'Run as that user, who need not be elevated for it.',
      }
    : {
        what: 'Windows refuses',
        advice:
          'Run elevated, or as a member of "Hyper-V Administrators". If the virtual machine is that of WSL, run as the user who has started it instead.',
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

/** A way to a guest, with the sockets to go it. */
interface Way {
  readonly system: SocketSystem;
  readonly destination: Destination;
}

/** The way to a port of a virtual machine, which is `guest`; a failure where there is none. */
const wayTo = (
  vm: string | undefined,
  port: number,
  guest: GuestId,
  where: string,
): E.Either<SocketFailure, Way> => {
  const system = systemSockets('connect', where);
  if ('code' in system) return E.left(system);
  if (vm === undefined)
    return E.left(
      socketFailure('connect', where, 'ECONNREFUSED', { what: 'the virtual machine of WSL does not run' }),
    );
  return E.right({
    system,
    destination: { family: hyperV, address: socketAddress(vm, port), guest, where },
  });
};

const connectBy =
  (abort?: AbortSignal) =>
  ({ system, destination }: Way): TaskEither<SocketFailure, GuestConnection> =>
    connectStream(system, destination, abort);

const connectTo = (vm: string, port: number): TaskEither<SocketFailure, GuestConnection> =>
  TE.chain(connectBy())(TE.fromEither(wayTo(vm, port, guestOf(vm), `${urlOf(vm)} port ${port}`)));

const unsupported = (operation: 'listen' | 'connect', endpoint: Endpoint): SocketFailure =>
  socketFailure(operation, formatEndpoint(endpoint), 'EAFNOSUPPORT');

/** The guest in WSL's virtual machine, the same one whatever id that has. */
const wslGuest = guestOf(wslName);

/** The family as that endpoint uses it: whoever comes is that guest. */
export const wslFamily: StreamFamily = { ...hyperV, guest: () => wslGuest };

/** WSL's virtual machine as it was found last by whoever listens for it. */
let wslNow: string | undefined;

/** What is wrong when there is no `wsl.exe`, or it cannot be run. */
const withoutWsl = (code: string): SocketFailure =>
  socketFailure('listen', urlOf(wslName), code, {
    what: 'wsl.exe cannot be run, so there is no WSL 2 whose virtual machine could be found',
    advice: 'Install it: wsl --install. Other virtual machines are hvsocket://VM-ID.',
  });

/**
 * Listens for WSL's virtual machine, and again when it has another id; while it does not run, nobody can come in, and
 * nothing is wrong. `listenTo` binds for one machine.
 */
export const listenForWsl = (
  vm: Observable<string | undefined>,
  listenTo: (vm: string) => Observable<ListenerEvent>,
): Observable<ListenerEvent> => {
  const listening: ListenerEvent = { type: 'listening', address: urlOf(wslName) };
  return vm.pipe(
    catchError((code: unknown) => throwError(() => withoutWsl(String(code)))),
    tap((id) => {
      wslNow = id;
    }),
    switchMap((id) => (id === undefined ? concat(of(listening), NEVER) : listenTo(id))),
    // Told once: the endpoint stays the same, whichever machine it is bound for.
    scan(
      ({ isTold }, event): { isTold: boolean; events: readonly ListenerEvent[] } =>
        event.type === 'accepted'
          ? { isTold, events: [event] }
          : { isTold: true, events: isTold ? [] : [listening] },
      { isTold: false, events: [] as readonly ListenerEvent[] },
    ),
    mergeMap(({ events }) => events),
  );
};

const listenIn = (endpoint: Endpoint, port: number, clock: Clock): Observable<ListenerEvent> => {
  if (endpoint.scheme !== 'hvsocket') return throwError(() => unsupported('listen', endpoint));
  if (endpoint.vm !== wslName) return listenAt(endpoint.vm, port);
  const system = systemSockets('listen', urlOf(wslName));
  if ('code' in system) return throwError(() => system);
  return listenForWsl(wslVm(runWsl, clock), (id) =>
    listenStream(system, wslFamily, socketAddress(id, port), urlOf(wslName)),
  );
};

/** The way to a guest's port; that of WSL's machine leads to whichever that is now. */
const wayToGuest = (guest: GuestId, port: number): E.Either<SocketFailure, Way> => {
  const { address } = guestAddress(guest);
  const vm = address === wslName ? wslNow : address;
  return wayTo(vm, port, guest, `${urlOf(address)} port ${port}`);
};

const send: Transport['send'] = (guest, port, delivery) => {
  const way = wayToGuest(guest, port);
  return E.isLeft(way)
    ? failLater(way.left, delivery)
    : sendStream(way.right.system, way.right.destination, delivery);
};

const transport = (clock: Clock): Transport => ({
  scheme: 'hvsocket',
  listen: (endpoint, { requestPort }) => listenIn(endpoint, requestPort, clock),
  send,
  connect: (guest, port, abort) => TE.chain(connectBy(abort))(TE.fromEither(wayToGuest(guest, port))),
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
