/**
 * Listening and connecting for the address families that `node:net` cannot carry (`AF_VSOCK`, `AF_HYPERV`): the part
 * of a `Transport` that is the same for all of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { Observable, type Subscriber } from 'rxjs';
import type { GuestId } from './endpoint.js';
import { Exhaustion, isExhaustion } from './exhaustion.js';
import type {
  Descriptor,
  SocketCalls,
  SocketError,
  SocketSystem,
  StreamFamily,
} from './koffi-streams-calls.js';
import { openConnection, type SocketConnection } from './koffi-streams-connection.js';
import { familyFailure } from './koffi-streams-failure.js';
import {
  acceptQueue,
  type Delivery,
  type GuestConnection,
  type ListenerEvent,
  type SocketFailure,
} from './transport.js';

/** Accepted per wake-up at most, so that a flood of connections does not keep the event loop. */
const acceptsPerTurn = 64;

/** Milliseconds until a listener without descriptors looks again. */
const exhaustionPause = 100;

/** An open socket with the family's options, or nothing left behind. */
const prepared = (calls: SocketCalls, family: StreamFamily): E.Either<SocketError, Descriptor> => {
  const opened = calls.open(family);
  if (E.isLeft(opened)) return opened;
  for (const option of family.options) {
    const set = calls.setOption(opened.right, option);
    if (E.isLeft(set)) {
      calls.close(opened.right);
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
    // The same address may just have been given up.
    system.readiness.whenReleased(() => {
      if (!subscriber.closed) listenNow(system, family, address, where, subscriber);
    });
  });

const listenNow = (
  { calls, readiness }: SocketSystem,
  family: StreamFamily,
  address: Uint8Array,
  where: string,
  subscriber: Subscriber<ListenerEvent>,
): void => {
  const fail = (operation: 'listen' | 'accept', error: SocketError): void =>
    subscriber.error(familyFailure(family, operation, where, error.code));

  const opened = prepared(calls, family);
  if (E.isLeft(opened)) {
    fail('listen', opened.left);
    return;
  }
  const socket = opened.right;
  const bound = E.chain(() => calls.listen(socket, acceptQueue))(calls.bind(socket, address));
  const local = E.chain(() => calls.localAddress(socket, family.addressSize))(bound);
  if (E.isLeft(local)) {
    calls.close(socket);
    fail('listen', local.left);
    return;
  }

  const exhaustion = new Exhaustion(where, (code) => familyFailure(family, 'accept', where, code).detail);
  let resting: NodeJS.Timeout | undefined;
  /** No descriptor is left for a newcomer, who waits: asking again at once would do nothing else for ever. */
  const rest = (code: string): void => {
    exhaustion.note(code);
    watch.set({ readable: false, writable: false });
    resting = setTimeout(() => watch.set({ readable: true, writable: false }), exhaustionPause);
  };

  const acceptWaiting = (): void => {
    for (let i = 0; i < acceptsPerTurn && !subscriber.closed; i++) {
      const accepted = calls.accept(socket, family.addressSize);
      if (E.isLeft(accepted)) {
        if (accepted.left.kind === 'transient') continue;
        if (isExhaustion(accepted.left.code)) rest(accepted.left.code);
        else if (accepted.left.kind === 'fatal') fail('accept', accepted.left);
        return;
      }
      // Windows: the options of the listener are not documented to be inherited.
      for (const option of family.options) calls.setOption(accepted.right.socket, option);
      const peer = family.guest(accepted.right.peer);
      const connection = openConnection({ calls, readiness }, family, accepted.right.socket, peer);
      subscriber.next({ type: 'accepted', connection });
    }
  };
  const watch = readiness.watch(socket, acceptWaiting);
  subscriber.add(() => {
    clearTimeout(resting);
    exhaustion.close();
    watch.close(() => calls.close(socket));
  });
  watch.set({ readable: true, writable: false });
  subscriber.next({ type: 'listening', address: family.url(local.right) });
};

/** A stream that is to be opened: to `address`, which is `guest`; `where` is the guest's URL with the port, for failures. */
export interface Destination {
  readonly family: StreamFamily;
  readonly address: Uint8Array;
  readonly guest: GuestId;
  readonly where: string;
}

/** What becomes of it. */
interface Opening {
  readonly opened: (connection: SocketConnection) => void;
  readonly failed: (failure: SocketFailure) => void;
}

const aborted: E.Either<SocketError, Descriptor> = E.left({ code: 'ABORT_ERR', kind: 'fatal' });

/** Connects; the system's own time limit holds. The result gives up: then `failed` is told ABORT_ERR, if anything. */
const open = (system: SocketSystem, destination: Destination, opening: Opening): (() => void) => {
  const { calls, readiness } = system;
  const { family, address, guest, where } = destination;
  let giveUp = (): void => undefined;
  let isGivenUp = false;
  const fail = (code: string): void => opening.failed(familyFailure(family, 'connect', where, code));
  const connectNow = (): void => {
    const opened = isGivenUp ? aborted : prepared(calls, family);
    if (E.isLeft(opened)) {
      fail(opened.left.code);
      return;
    }
    const socket = opened.right;
    const settle = (code: string | undefined): void => {
      giveUp = () => undefined;
      watch.close(() => {
        if (code === undefined) opening.opened(openConnection(system, family, socket, guest));
        else {
          calls.close(socket);
          fail(code);
        }
      });
    };
    const watch = readiness.watch(socket, ({ error }) => settle(error ?? calls.pendingError(socket)?.code));
    const begun = calls.connect(socket, address);
    if (E.isRight(begun)) settle(undefined);
    else if (begun.left.kind !== 'pending') settle(begun.left.code);
    else {
      giveUp = () => settle('ABORT_ERR');
      watch.set({ readable: false, writable: true });
    }
  };
  // Who has just stopped listening must not be reached any more; and nobody hears of anything from within his own call.
  queueMicrotask(() => readiness.whenReleased(connectNow));
  return () => {
    isGivenUp = true;
    giveUp();
  };
};

/** Opens a stream to `destination`. */
export const connectStream =
  (
    system: SocketSystem,
    destination: Destination,
    abort?: AbortSignal,
  ): TaskEither<SocketFailure, GuestConnection> =>
  () =>
    new Promise((resolve) => {
      const settle = (result: E.Either<SocketFailure, GuestConnection>): void => {
        abort?.removeEventListener('abort', giveUp);
        resolve(result);
      };
      const giveUp = open(system, destination, {
        opened: (connection) => settle(E.right(connection)),
        failed: (failure) => settle(E.left(failure)),
      });
      if (abort?.aborted) giveUp();
      else abort?.addEventListener('abort', giveUp);
    });

/** Sends one notification to `destination`: written in the callback that says that the stream is open. */
export const sendStream = (
  system: SocketSystem,
  destination: Destination,
  delivery: Delivery,
): (() => void) => {
  let isGivenUp = false;
  let connection: SocketConnection | undefined;
  const abandon = open(system, destination, {
    opened: (opened) => {
      connection = opened;
      if (isGivenUp) opened.destroy();
      else opened.deliver(delivery);
    },
    failed: (failure) => {
      if (!isGivenUp) delivery.failed(failure);
    },
  });
  return () => {
    isGivenUp = true;
    abandon();
    connection?.abandon();
  };
};
