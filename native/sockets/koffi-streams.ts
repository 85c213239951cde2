/**
 * Listening and connecting for the address families that `node:net` cannot carry (`AF_VSOCK`, `AF_HYPERV`): the part
 * of a `Transport` that is the same for all of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { Observable } from 'rxjs';
import type { GuestId } from './endpoint.js';
import { socketFailure } from './failure.js';
import type { Descriptor, SocketError, SocketSystem, StreamFamily } from './koffi-streams-calls.js';
import { openConnection } from './koffi-streams-connection.js';
import type { GuestConnection, ListenerEvent, SocketFailure } from './transport.js';

/** Connections that the system holds for us until we accept them; it caps the number by itself. */
const backlog = 511;

/** Accepted per wake-up at most, so that a flood of connections does not keep the event loop. */
const acceptsPerTurn = 64;

const failureOf = (
  family: StreamFamily,
  operation: SocketFailure['operation'],
  where: string,
  code: string,
): SocketFailure => {
  const what = family.what?.(code);
  return socketFailure(operation, where, code, what === undefined ? {} : { what });
};

/** An open socket with the family's options, or nothing left behind. */
const prepared = (system: SocketSystem, family: StreamFamily): E.Either<SocketError, Descriptor> => {
  const opened = system.calls.open(family);
  if (E.isLeft(opened)) return opened;
  for (const option of family.options) {
    const set = system.calls.setOption(opened.right, option);
    if (E.isLeft(set)) {
      system.calls.close(opened.right);
      return set;
    }
  }
  return opened;
};

/**
 * Binds `address` and accepts. Cold: subscribing binds, unsubscribing closes the listener; accepted connections live
 * on. `where` is the endpoint as URL, for failures.
 */
export const listenStream = (
  system: SocketSystem,
  family: StreamFamily,
  address: Uint8Array,
  where: string,
): Observable<ListenerEvent> =>
  new Observable((subscriber) => {
    const { calls, readiness } = system;
    const fail = (operation: 'listen' | 'accept', error: SocketError): void =>
      subscriber.error(failureOf(family, operation, where, error.code));

    const opened = prepared(system, family);
    if (E.isLeft(opened)) return fail('listen', opened.left);
    const socket = opened.right;
    const bound = E.chain(() => calls.listen(socket, backlog))(calls.bind(socket, address));
    const local = E.chain(() => calls.localAddress(socket, family.addressSize))(bound);
    if (E.isLeft(local)) {
      calls.close(socket);
      return fail('listen', local.left);
    }

    const acceptWaiting = (): void => {
      for (let i = 0; i < acceptsPerTurn && !subscriber.closed; i++) {
        const accepted = calls.accept(socket, family.addressSize);
        if (E.isLeft(accepted)) {
          if (accepted.left.kind === 'transient') continue;
          if (accepted.left.kind === 'fatal') fail('accept', accepted.left);
          return;
        }
        // Windows: the options of the listener are not documented to be inherited.
        for (const option of family.options) calls.setOption(accepted.right.socket, option);
        const peer = family.guest(accepted.right.peer);
        const connection = openConnection(system, family, accepted.right.socket, peer);
        subscriber.next({ type: 'accepted', connection });
      }
    };
    const watch = readiness.watch(socket, acceptWaiting);
    subscriber.add(() => {
      watch.close();
      calls.close(socket);
    });
    watch.set({ readable: true, writable: false });
    subscriber.next({ type: 'listening', address: family.url(local.right) });
    return undefined;
  });

/**
 * Connects to `address`, which is `guest`. `where` is the guest's URL with the port, for failures; without `abort` the
 * system's own time limit holds.
 */
export const connectStream =
  (
    system: SocketSystem,
    family: StreamFamily,
    address: Uint8Array,
    guest: GuestId,
    where: string,
    abort?: AbortSignal,
  ): TaskEither<SocketFailure, GuestConnection> =>
  () =>
    new Promise((resolve) => {
      const { calls, readiness } = system;
      const fail = (code: string): void => resolve(E.left(failureOf(family, 'connect', where, code)));
      if (abort?.aborted) return fail('ABORT_ERR');
      const opened = prepared(system, family);
      if (E.isLeft(opened)) return fail(opened.left.code);
      const socket = opened.right;
      const begun = calls.connect(socket, address);
      if (E.isLeft(begun) && begun.left.kind !== 'pending') {
        calls.close(socket);
        return fail(begun.left.code);
      }

      const settle = (code: string | undefined): void => {
        abort?.removeEventListener('abort', abandoned);
        watch.close();
        if (code === undefined) resolve(E.right(openConnection(system, family, socket, guest)));
        else {
          calls.close(socket);
          fail(code);
        }
      };
      const abandoned = (): void => settle('ABORT_ERR');
      const watch = readiness.watch(socket, () => settle(calls.pendingError(socket)?.code));
      if (E.isRight(begun)) return settle(undefined);
      abort?.addEventListener('abort', abandoned, { once: true });
      watch.set({ readable: false, writable: true });
      return undefined;
    });
