/** The shared stream sockets through ws2_32.dll over AF_INET, watched in both ways; Hyper-V's own as far as Wine has them. */

import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import koffi from 'koffi';
import { lastValueFrom, type Subscription, toArray } from 'rxjs';
import { logNativeCode } from '../../native/log.js';
import { guestIdOf } from '../../native/sockets/endpoint.js';
import { connectStream, listenStream } from '../../native/sockets/koffi-streams.js';
import type { SocketSystem, StreamFamily } from '../../native/sockets/koffi-streams-calls.js';
import { loopReadiness } from '../../native/sockets/koffi-streams-readiness.js';
import { eventReadiness } from '../../native/windows/event-readiness.js';
import { hvsocket } from '../../native/windows/hvsocket.js';
import { bindEventCalls } from '../../native/windows/network-events.js';
import { windowsSockets } from '../../native/windows/winsock.js';
import { ManualClock, systemClock } from '../../streams/clock.js';
import { transportCompliance } from '../compliance/transport.js';
import { internetRig } from '../native/sockets/koffi-internet.js';
import { right } from '../protocol/either.js';
import { closedFor } from '../stage/closed.js';
import { breathe } from './rig.js';

transportCompliance('ws2_32.dll watched by event objects', internetRig(windowsSockets()));
transportCompliance(
  "ws2_32.dll watched by libuv's poll",
  internetRig({ calls: windowsSockets().calls, readiness: loopReadiness }),
);

/** `sockaddr_in6`: family 23 on Windows, a port, flow, ::1, scope. */
const six: StreamFamily = {
  name: 'AF_INET6',
  family: 23,
  protocol: 6,
  addressSize: 28,
  options: [],
  url: (address) => `tcp://[::1]:${portOf(address)}`,
  guest: () => guestIdOf({ scheme: 'tcp', address: '::1' }),
};
const four: StreamFamily = {
  ...six,
  name: 'AF_INET',
  family: 2,
  addressSize: 16,
  url: (address) => `tcp://127.0.0.1:${portOf(address)}`,
  guest: () => guestIdOf({ scheme: 'tcp', address: '127.0.0.1' }),
};
const portOf = (address: Uint8Array): number => ((address[2] ?? 0) << 8) | (address[3] ?? 0);
const sockaddr = (family: StreamFamily, port: number): Uint8Array => {
  const bytes = new Uint8Array(family.addressSize);
  bytes.set([family.family, 0, port >> 8, port & 0xff]);
  if (family === six) bytes[23] = 1;
  else bytes.set([127, 0, 0, 1], 4);
  return bytes;
};

describe('sockets of two kinds under one watcher', () => {
  it('are both served while both wait: listeners, connections, answers and ends', async () => {
    const system: SocketSystem = { ...windowsSockets(), readiness: eventReadiness() };
    const listeners: Subscription[] = [];
    const echo = (family: StreamFamily): Promise<number> =>
      new Promise((resolve, reject) => {
        const events = listenStream(system, family, sockaddr(family, 0), family.name);
        const listener = events.subscribe({
          error: reject,
          next: (event) => {
            if (event.type === 'listening') resolve(Number(event.address.split(':').at(-1)));
            else
              event.connection.bytes.subscribe((bytes) => {
                void event.connection.finish(bytes)();
              });
          },
        });
        listeners.push(listener);
      });
    const ports = [await echo(four), await echo(six)] as const;
    const rounds = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? four : six));
    const answers = await Promise.all(
      rounds.map(async (family, i) => {
        const port = ports[family === four ? 0 : 1];
        const guest = family.guest(new Uint8Array(0));
        const destination = { family, address: sockaddr(family, port), guest, where: family.name };
        const opened = await connectStream(system, destination)();
        if (E.isLeft(opened)) throw new Error(opened.left.detail);
        const said = Buffer.from(`${family.name} ${i}`);
        const heard = lastValueFrom(opened.right.bytes.pipe(toArray()));
        await opened.right.write(said)();
        const back = Buffer.concat(await heard);
        await opened.right.finish(new Uint8Array(0))();
        await closedFor(opened.right);
        return back.toString();
      }),
    );
    expect(answers).to.deep.equal(rounds.map((family, i) => `${family.name} ${i}`));
    for (const listener of listeners) listener.unsubscribe();
  });
});

describe('a wait for sockets that really fails', () => {
  const winsock = koffi.load('ws2_32.dll');
  const create: () => bigint = winsock.func('void *WSACreateEvent()');
  const set: (event: bigint) => number = winsock.func('int WSASetEvent(void *)');
  const close: (event: bigint) => number = winsock.func('int WSACloseEvent(void *)');

  /** Makes event objects until one has this handle, which was free. */
  const createAs = (wanted: bigint): void => {
    const others: bigint[] = [];
    for (let event = create(); event !== wanted; event = create()) {
      others.push(event);
      if (others.length > 100) throw new Error('the handle is not given out again');
    }
    for (const event of others) close(event);
  };

  it('is made again with growing pauses, says so, and when it is over', async () => {
    const warnings: { readonly facts: object; readonly message: string }[] = [];
    const subscription = logNativeCode({
      isLevelEnabled: () => false,
      info: () => undefined,
      warn: (facts, message) => warnings.push({ facts, message }),
    });
    // A handle that is free is the next to be given out: the watcher's object is known by it.
    const event = create();
    close(event);
    const calls = bindEventCalls();
    let waits = 0;
    let failures = 0;
    const clock = new ManualClock(0);
    const readiness = eventReadiness({
      clock,
      calls: () => ({
        ...calls,
        wait: (then) => {
          waits++;
          calls.wait((result) => {
            if (E.isLeft(result)) failures++;
            then(result);
          });
        },
      }),
    });
    const sockets = windowsSockets().calls;
    const socket = right(sockets.open(four));
    right(sockets.bind(socket, sockaddr(four, 0)));
    right(sockets.listen(socket, 1));
    const watch = readiness.watch(socket, () => undefined);
    watch.set({ readable: true, writable: false });
    set(event);
    expect(close(event), "the watcher's event object is closed").to.equal(1);

    const failed = async (times: number): Promise<void> => {
      while (failures < times) await breathe(5);
    };
    await failed(1);
    for (const pause of [10, 20, 40]) {
      const before = waits;
      await clock.advance(pause - 1);
      await breathe(20);
      expect(waits, 'a wait before its pause is over').to.equal(before);
      const soFar = failures;
      await clock.advance(1);
      await failed(soFar + 1);
    }
    expect(warnings.map(({ facts }) => facts)).to.deep.equal([{ code: 'WSA_WAIT_FAILED', failures: 1 }]);

    createAs(event);
    set(event);
    await clock.advance(80);
    while (warnings.length < 2) await breathe(5);
    expect(warnings[1]).to.deep.equal({ facts: { failures: 4 }, message: 'sockets can be watched again' });
    watch.close(() => sockets.close(socket));
    set(event);
    subscription.unsubscribe();
  });
});

describe('Hyper-V sockets on a system without them', () => {
  const vm = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0';
  const transport = hvsocket.transport(systemClock);

  it('are refused with a sentence that says what is missing when listening', async () => {
    const failure: unknown = await new Promise((resolve) => {
      transport.listen({ scheme: 'hvsocket', vm }, { requestPort: 12345 }).subscribe({ error: resolve });
    });
    expect(failure).to.include({ operation: 'listen', where: `hvsocket://${vm}`, code: 'EAFNOSUPPORT' });
    expect(failure).to.have.property('detail').that.includes('this system has no Hyper-V sockets');
  });

  it('are refused the same way when connecting to a guest', async () => {
    const guest = guestIdOf({ scheme: 'hvsocket', address: vm });
    const result = await transport.connect(guest, 12346, new AbortController().signal)();
    if (E.isRight(result)) throw new Error('connected to nobody');
    expect(result.left).to.include({ operation: 'connect', code: 'EAFNOSUPPORT' });
    expect(result.left.detail).to.include('12346').and.to.include('this system has no Hyper-V sockets');
  });
});
