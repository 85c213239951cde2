import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { memory, memoryOn, type OpenStream, type Way, type Wires } from '../../../native/sockets/memory.js';
import type { Connection, GuestConnection } from '../../../native/sockets/transport.js';
import { systemClock } from '../../../streams/clock.js';
import { type TransportRig, transportCompliance } from '../../compliance/transport.js';
import {
  endOfUnread,
  endOfUnreadNotification,
  fail,
  Reading,
  Stage,
  succeed,
} from '../../compliance/transport-stage.js';

let worlds = 0;

const rig = (): TransportRig => {
  const world = worlds++;
  const ports = { requestPort: 12345, notificationPort: 12346 };
  const name = (index: number): string => `guest-${world}-${index}`;
  return {
    transport: memory.transport(systemClock),
    endpoint: { scheme: 'memory', name: `host-${world}` },
    ...ports,
    guest: (host, index) => memory.guestSide(host, { ...ports, address: name(index) }, systemClock),
    guestId: (index) => guestIdOf({ scheme: 'memory', address: name(index) }),
    handles: () => 0,
  };
};

describe('streams inside the process', () => {
  transportCompliance('memory', rig, { holdsWriterBack: false });

  it('are reset when one end goes with bytes unread, as sockets are', async () => {
    const stage = new Stage(rig());
    expect(await endOfUnread(stage)).to.include({ operation: 'read', code: 'ECONNRESET' });
    expect(await endOfUnreadNotification(stage)).to.include({ operation: 'read', code: 'ECONNRESET' });
    await stage.clear();
  });
});

describe('streams over wires that a simulation decides about', () => {
  const ports = { requestPort: 12345, notificationPort: 12346 };
  const endpoint = { scheme: 'memory', name: 'host' } as const;
  const toHost: Way = { from: 'vm', to: 'host', port: 12345 };

  /** A guest's stream to its host over these wires, and what the wires were told. */
  const opened = async (wires: Partial<Wires> = {}) => {
    const streams: OpenStream[] = [];
    const closed: OpenStream[] = [];
    const ways: Way[] = [];
    const family = memoryOn({
      later: (way, move) => {
        ways.push(way);
        queueMicrotask(move);
      },
      inOneMove: true,
      pieces: (_way, bytes) => [bytes],
      refusal: () => undefined,
      taken: () => undefined,
      opened: (stream) => streams.push(stream),
      closed: (stream) => closed.push(stream),
      ...wires,
    });
    const accepted: Connection[] = [];
    const listening = family
      .transport(systemClock)
      .listen(endpoint, ports)
      .subscribe((event) => {
        if (event.type === 'accepted') accepted.push(event.connection);
      });
    const side = family.guestSide(endpoint, { ...ports, address: 'vm' }, systemClock);
    const connected = await side.connect()();
    const pair = (): readonly [GuestConnection, Connection] => {
      const [host] = accepted;
      if (E.isLeft(connected) || host === undefined) throw new Error('not connected');
      return [connected.right, host];
    };
    return { family, listening, streams, closed, ways, connected, pair };
  };

  /** Whatever was to happen later has happened. */
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('know who listens, as long as somebody does', async () => {
    const { family, listening } = await opened();
    expect(family.listeners()).to.deep.equal(['host:12345']);
    listening.unsubscribe();
    expect(family.listeners()).to.deep.equal([]);
  });

  it('tell of a stream when it is there, and once when both its ends are closed', async () => {
    const { streams, closed, pair } = await opened();
    const [guest, host] = pair();
    expect(streams).to.have.length(1);
    expect(streams[0]).to.include(toHost);
    guest.destroy();
    await settled();
    expect(closed).to.deep.equal([]);
    host.destroy();
    await settled();
    expect(closed).to.deep.equal(streams);
  });

  it('break for both ends, with the code that they are broken by', async () => {
    const { streams, closed, pair } = await opened();
    const [guest, host] = pair();
    const readings = [new Reading(guest), new Reading(host)];
    streams[0]?.break('ECONNRESET');
    for (const reading of readings)
      expect(await reading.ended).to.include({ operation: 'read', code: 'ECONNRESET' });
    expect(await fail(guest.write(new Uint8Array(1)))).to.include({ operation: 'write', code: 'EPIPE' });
    expect(closed).to.deep.equal(streams);
  });

  it('refuse with the code that they are told to, whoever listens', async () => {
    const { streams, connected } = await opened({ refusal: () => 'ETIMEDOUT' });
    expect(connected).to.have.property('left').that.includes({ operation: 'connect', code: 'ETIMEDOUT' });
    expect(streams).to.deep.equal([]);
  });

  it('carry bytes in pieces, of which empty ones are none', async () => {
    const ways: Way[] = [];
    const { pair } = await opened({
      pieces: (way, bytes) => {
        ways.push(way);
        return [bytes.subarray(0, 2), new Uint8Array(0), bytes.subarray(2)];
      },
    });
    const [guest, host] = pair();
    const sizes: number[] = [];
    host.bytes.subscribe((chunk) => sizes.push(chunk.length));
    await succeed(guest.write(new Uint8Array(5)));
    await settled();
    expect(sizes).to.deep.equal([2, 3]);
    expect(ways, 'to the host').to.deep.equal([toHost]);
  });

  it('bring everything that has arrived in one move, or one thing at a time', async () => {
    for (const [inOneMove, moves] of [
      [true, 1],
      [false, 3],
    ] as const) {
      const { pair, ways } = await opened({
        inOneMove,
        pieces: (_way, bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)),
      });
      const [guest, host] = pair();
      const request = new Reading(host);
      await settled();
      ways.length = 0;
      await succeed(guest.write(Uint8Array.of(97, 98, 99)));
      await settled();
      expect([request.text, ways.length], String(inOneMove)).to.deep.equal(['abc', moves]);
    }
  });

  it('have taken what was written when they say so; what breaks meanwhile was not', async () => {
    let take = (): void => undefined;
    const { streams, pair } = await opened({
      taken: () =>
        new Promise((resolve) => {
          take = resolve;
        }),
    });
    const [guest] = pair();
    const results: string[] = [];
    const write = (): void => {
      void guest
        .write(new Uint8Array(1))()
        .then((result) => results.push(E.isRight(result) ? 'written' : result.left.code));
    };
    write();
    await settled();
    expect(results).to.deep.equal([]);
    take();
    await settled();
    expect(results).to.deep.equal(['written']);
    write();
    streams[0]?.break('ECONNRESET');
    take();
    await settled();
    expect(results).to.deep.equal(['written', 'ECONNRESET']);
  });

  it('have taken what was written before their own side closes', async () => {
    let take = (): void => undefined;
    const { pair } = await opened({
      taken: () =>
        new Promise((resolve) => {
          take = resolve;
        }),
    });
    const [guest] = pair();
    const writing = guest.write(new Uint8Array(1))();
    guest.destroy();
    take();
    expect(E.isRight(await writing)).to.equal(true);
  });

  it('are closed when a notification is given up that has arrived, of which nothing more is told', async () => {
    const { family } = await opened();
    const arrived: Connection[] = [];
    family.guestSide(endpoint, { ...ports, address: 'vm' }, systemClock).notifications.subscribe((event) => {
      if (event.type === 'accepted') arrived.push(event.connection);
    });
    const told: string[] = [];
    const giveUp = family
      .transport(systemClock)
      .send(guestIdOf({ scheme: 'memory', address: 'vm' }), ports.notificationPort, {
        opened: () => Uint8Array.of(1),
        written: () => told.push('written'),
        failed: () => told.push('failed'),
        closed: () => told.push('closed'),
      });
    await settled();
    const [guest] = arrived;
    if (guest === undefined) throw new Error('nothing has arrived');
    await new Reading(guest).ended;
    giveUp();
    expect(await fail(guest.finish(Uint8Array.of(2)))).to.include({ operation: 'write', code: 'EPIPE' });
    guest.destroy();
    await settled();
    expect(told).to.deep.equal(['written']);
  });

  it('tell who reads that their own side is closed, whatever is still on its way', async () => {
    let isHeld = false;
    const { pair } = await opened({
      later: (_way, move) => {
        if (!isHeld) queueMicrotask(move);
      },
    });
    const [guest] = pair();
    const reading = new Reading(guest);
    await settled();
    isHeld = true;
    guest.destroy();
    expect(await reading.ended).to.include({ operation: 'read', code: 'ECANCELED' });
  });
});
