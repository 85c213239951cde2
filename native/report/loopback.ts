/** Sockets of one address family from end to end within this machine: a listener, a connection, some bytes there and back. */
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom, map, merge, type Observable, take, timer } from 'rxjs';
import { connectStream, listenStream } from '../sockets/koffi-streams.js';
import type { SocketSystem, StreamFamily } from '../sockets/koffi-streams-calls.js';
import type { Connection, GuestConnection, SocketFailure } from '../sockets/transport.js';
import { code, type Findings } from './findings.js';

/** What is sent; as much is expected back. */
const greeting = new Uint8Array(3);

const failed = (failure: SocketFailure): Findings => ({
  failed: code(failure.operation),
  code: code(failure.code),
});

/** The first of them, or `otherwise` when it has not come within the time; also when there is none or it failed. */
const within = <T>(patience: number, source: Observable<T>, otherwise: T): Promise<T> =>
  firstValueFrom(merge(source, timer(patience).pipe(map(() => otherwise))).pipe(take(1)), {
    defaultValue: otherwise,
  }).catch(() => otherwise);

const answerTo = (connection: Connection): void => {
  connection.bytes.subscribe({
    next: (bytes) => void connection.finish(bytes)(),
    // The other end of it says what was wrong.
    error: () => undefined,
  });
};

const spokenTo = async (connection: GuestConnection, patience: number): Promise<Findings> => {
  const heard = within(patience, connection.bytes, new Uint8Array(0));
  const sent = await connection.write(greeting)();
  const echoed = (await heard).length;
  connection.destroy();
  return { connected: true, sent: E.isRight(sent), echoed };
};

/** Listens at `address`, which nobody else may have, and connects to it. `patience`: milliseconds for each step. */
export const loopbackFindings = async (
  system: SocketSystem,
  family: StreamFamily,
  address: Uint8Array,
  patience: number,
): Promise<Findings> => {
  const listening = new Promise<E.Either<SocketFailure, { readonly stop: () => void }>>((resolve) => {
    const subscription = listenStream(system, family, address, family.name).subscribe({
      error: (failure: SocketFailure) => resolve(E.left(failure)),
      next: (event) => {
        if (event.type === 'accepted') answerTo(event.connection);
        else setImmediate(() => resolve(E.right({ stop: () => subscription.unsubscribe() })));
      },
    });
  });
  const listener = await listening;
  if (E.isLeft(listener)) return failed(listener.left);
  const abort = AbortSignal.timeout(patience);
  const destination = { family, address, guest: family.guest(address), where: family.name };
  const connected = await connectStream(system, destination, abort)();
  const findings = E.isLeft(connected) ? failed(connected.left) : await spokenTo(connected.right, patience);
  listener.right.stop();
  return { listening: true, ...findings };
};
