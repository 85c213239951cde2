/** AF_VSOCK within one kernel: CID 1 is this machine, as host and as guest. */

import { readdirSync, readlinkSync } from 'node:fs';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom, Subject } from 'rxjs';
import { filter, take, toArray } from 'rxjs/operators';
import { vsock } from '../../native/linux/vsock.js';
import { guestIdOf } from '../../native/sockets/endpoint.js';
import type { Connection, ListenerEvent } from '../../native/sockets/transport.js';
import { systemClock } from '../../streams/clock.js';
import { transportCompliance } from '../compliance/transport.js';
import { closedFor } from '../stage/closed.js';

/** Sockets that this process has open, whoever opened them. */
const openSockets = (): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;

const endpoint = { scheme: 'vsock', cid: 1 } as const;
const everyGuest = { scheme: 'vsock', cid: 'any' } as const;
const ports = { requestPort: 12345, notificationPort: 12346 };
const thisMachine = guestIdOf({ scheme: 'vsock', address: '1' });
const transport = vsock.transport(systemClock);
const guest = vsock.guestSide({ scheme: 'vsock', cid: 1 }, ports, systemClock);

transportCompliance('AF_VSOCK', () => ({
  transport,
  endpoint,
  ...ports,
  guest: () => guest,
  guestId: () => thisMachine,
  handles: openSockets,
}));

const accepted = filter(
  (event: ListenerEvent): event is Extract<ListenerEvent, { type: 'accepted' }> => event.type === 'accepted',
);

const connect = async () => {
  const connection = await guest.connect()();
  if (E.isLeft(connection)) throw new Error(connection.left.detail);
  return connection.right;
};

describe('AF_VSOCK', () => {
  it('lets one listener have one guest and another one all the rest', async () => {
    const options = { requestPort: ports.requestPort };
    const strangers: Connection[] = [];
    const one = transport.listen(endpoint, options);
    const rest = transport
      .listen(everyGuest, options)
      .pipe(accepted)
      .subscribe(({ connection }) => strangers.push(connection));
    const first = firstValueFrom(one.pipe(accepted));
    const connection = await connect();
    expect((await first).connection.peer).to.equal(thisMachine);
    expect(strangers).to.have.length(0);
    (await first).connection.destroy();
    connection.destroy();

    rest.unsubscribe();
  });

  for (const [title, cid] of [
    ['a guest that no listener wants', 7],
    ['a process of this machine where all guests are wanted', 'any'],
  ] as const)
    it(`refuses ${title}`, async () => {
      const events: ListenerEvent[] = [];
      const taken = new Subject<void>();
      const listening = transport
        .listen({ scheme: 'vsock', cid }, { requestPort: ports.requestPort })
        .subscribe((event) => {
          events.push(event);
          if (event.type === 'accepted') taken.next();
        });
      try {
        const taking = firstValueFrom(taken);
        const connection = await connect();
        connection.bytes.subscribe({ error: () => undefined, complete: () => connection.destroy() });
        await Promise.race([closedFor(connection), taking]);
        expect(events).to.deep.equal([{ type: 'listening', address: `vsock://${cid}` }]);
      } finally {
        listening.unsubscribe();
      }
    });

  it('serves 3000 connections without a descriptor left over, and rests when nothing happens', async () => {
    const before = openSockets();
    const served = firstValueFrom(
      transport.listen(endpoint, { requestPort: ports.requestPort }).pipe(accepted, take(3000), toArray()),
    );
    let closed = 0;
    for (let i = 0; i < 3000; i += 50) {
      const batch = await Promise.all(Array.from({ length: 50 }, connect));
      for (const connection of batch) {
        connection.onClosed(() => closed++);
        connection.destroy();
      }
    }
    for (const { connection } of await served) connection.destroy();
    expect(closed).to.equal(3000);
    expect(openSockets()).to.equal(before);

    const idle = transport.listen(endpoint, { requestPort: ports.requestPort }).subscribe();
    const cpu = process.cpuUsage();
    const turns = await new Promise<number>((resolve) => {
      const started = performance.eventLoopUtilization();
      setTimeout(() => resolve(performance.eventLoopUtilization(started).utilization), 1000);
    });
    idle.unsubscribe();
    expect(turns).to.be.below(0.5);
    expect(process.cpuUsage(cpu).user).to.be.below(500_000);
  });

  it('says what to do when nobody listens', async () => {
    const failure = await guest.connect()();
    expect(E.isLeft(failure) && failure.left.code).to.equal('ECONNRESET');
    expect(E.isLeft(failure) && failure.left.where).to.equal('vsock://1:12345');
  });
});
