/** The watcher of sockets over event calls that the test answers. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { logNativeCode, type TracingLog } from '../../../native/log.js';
import type { Readiness, Ready } from '../../../native/sockets/koffi-streams-calls.js';
import { eventReadiness } from '../../../native/windows/event-readiness.js';
import { constants } from '../../../native/windows/layouts.js';
import {
  decodeNetworkEvents,
  type EventCalls,
  type NetworkEvents,
} from '../../../native/windows/network-events.js';
import { ManualClock } from '../../../streams/clock.js';

const { FD_READ, FD_WRITE, FD_ACCEPT, FD_CONNECT, FD_CLOSE } = constants;

/** Winsock as far as a watcher sees it: edges that are recorded until they are asked for. */
class FakeEvents implements EventCalls {
  readonly selected = new Map<number, number>();
  readonly recorded = new Map<number, NetworkEvents>();
  /** What holds now, and is recorded again by selecting. */
  readonly level = new Map<number, number>();
  readonly broken = new Set<number>();
  readonly order: string[] = [];
  waits = 0;
  signals = 0;
  #returned: ((result: E.Either<string, void>) => void) | undefined;

  readonly select = (socket: number, events: number): E.Either<string, void> => {
    if (this.broken.has(socket)) return E.left('ENOTSOCK');
    this.selected.set(socket, events);
    const holds = (this.level.get(socket) ?? 0) & events;
    if (holds !== 0) this.recorded.set(socket, { happened: holds, connectError: undefined });
    else this.recorded.delete(socket);
    return E.right(undefined);
  };
  readonly enumerate = (socket: number): E.Either<string, NetworkEvents> => {
    this.order.push('asked');
    const events = this.recorded.get(socket) ?? { happened: 0, connectError: undefined };
    this.recorded.delete(socket);
    return E.right(events);
  };
  readonly signal = (): void => {
    this.signals++;
  };
  readonly reset = (): void => {
    this.order.push('reset');
    this.signals = 0;
  };
  readonly wait = (returned: (result: E.Either<string, void>) => void): void => {
    this.waits++;
    this.#returned = returned;
  };

  get waiting(): boolean {
    return this.#returned !== undefined;
  }

  /** The wait that is under way returns. */
  returns(result: E.Either<string, void> = E.right(undefined)): void {
    const returned = this.#returned;
    this.#returned = undefined;
    returned?.(result);
  }

  happens(socket: number, happened: number, connectError?: string): void {
    this.recorded.set(socket, { happened, connectError });
    this.returns();
  }
}

describe('a watcher of sockets by events', () => {
  let calls: FakeEvents;
  let clock: ManualClock;
  let readiness: Readiness;
  const warnings: { facts: Readonly<Record<string, unknown>>; message: string }[] = [];
  const log: TracingLog = {
    isLevelEnabled: () => false,
    info: () => undefined,
    warn: (facts, message) => warnings.push({ facts, message }),
  };

  beforeEach(() => {
    calls = new FakeEvents();
    clock = new ManualClock(0);
    readiness = eventReadiness({ calls: () => calls, clock });
    warnings.length = 0;
  });

  const watching = (socket: number, wanted = { readable: true, writable: false }) => {
    const told: Ready[] = [];
    const watch = readiness.watch(socket, (now) => told.push(now));
    watch.set(wanted);
    return { told, watch };
  };

  it('asks for what is wanted, and waits once for all sockets', () => {
    watching(1);
    watching(2, { readable: true, writable: true });
    expect([...calls.selected]).to.deep.equal([
      [1, FD_READ | FD_ACCEPT | FD_CLOSE],
      [2, FD_READ | FD_ACCEPT | FD_CLOSE | FD_WRITE | FD_CONNECT],
    ]);
    expect(calls.waits).to.equal(1);
  });

  it('tells the owner of a ready socket, and nobody else', () => {
    const [one, two] = [watching(1), watching(2)];
    calls.happens(2, FD_ACCEPT);
    expect(one.told).to.deep.equal([]);
    expect(two.told).to.deep.equal([{ readable: true, writable: false }]);
    expect(calls.waiting).to.equal(true);
  });

  it('resets the event before it asks, so that what happens meanwhile is not missed', () => {
    watching(1);
    watching(2);
    calls.happens(2, FD_READ);
    expect(calls.order).to.deep.equal(['reset', 'asked', 'asked']);
  });

  it('takes nothing from the next owner of a socket that was closed in the same round', () => {
    const heard: Ready[] = [];
    const first = readiness.watch(1, () => {
      second.watch.close(() => undefined);
      const next = readiness.watch(2, (now) => heard.push(now));
      next.set({ readable: true, writable: false });
      calls.recorded.set(2, { happened: FD_READ, connectError: undefined });
    });
    first.set({ readable: true, writable: false });
    const second = watching(2);
    calls.happens(1, FD_READ);
    calls.returns();
    expect(second.told).to.deep.equal([]);
    expect(heard).to.deep.equal([{ readable: true, writable: false }]);
  });

  it('tells again of what was not read', () => {
    const { told } = watching(1);
    calls.level.set(1, FD_READ);
    calls.happens(1, FD_READ);
    calls.returns();
    expect(told).to.have.length(2);
    calls.level.delete(1);
    calls.returns();
    calls.returns();
    expect(told).to.have.length(3);
  });

  it('tells of the end of a stream for as long as nobody has read it, and not while nobody wants to', () => {
    const { told, watch } = watching(1);
    calls.happens(1, FD_CLOSE);
    expect(calls.signals, 'signals for another round').to.equal(1);
    calls.returns();
    expect(told).to.have.length(2);
    watch.set({ readable: false, writable: true });
    told.length = 0;
    calls.signals = 0;
    watch.set({ readable: true, writable: false });
    expect(calls.signals, 'signals for who wants to read again').to.equal(1);
    calls.returns();
    expect(told).to.have.length(1);
    watch.set({ readable: false, writable: false });
    calls.returns();
    expect(told).to.have.length(1);
  });

  it('tells why a connection could not be made', () => {
    const { told } = watching(1, { readable: false, writable: true });
    calls.happens(1, FD_CONNECT, 'ECONNREFUSED');
    expect(told).to.deep.equal([{ readable: false, writable: true, error: 'ECONNREFUSED' }]);
  });

  it('lets the process end when nothing is watched any more', () => {
    const [one, two] = [watching(1), watching(2)];
    one.watch.close(() => undefined);
    two.watch.set({ readable: false, writable: false });
    expect(calls.signals).to.equal(1);
    calls.returns();
    expect(calls.waiting).to.equal(false);
    expect(calls.selected.get(1)).to.equal(0);
  });

  it('gives a socket back at once, and tells its next owner only of what is his', () => {
    const first = watching(1);
    let released = false;
    first.watch.close(() => {
      released = true;
    });
    expect(released).to.equal(true);
    const second = watching(1);
    first.watch.set({ readable: true, writable: true });
    calls.happens(1, FD_READ);
    expect(first.told).to.deep.equal([]);
    expect(second.told).to.have.length(1);
  });

  it('tells the owner of a socket that cannot be watched, once, and watches the others', async () => {
    calls.broken.add(1);
    const [one, two] = [watching(1), watching(2)];
    await Promise.resolve();
    expect(one.told).to.deep.equal([{ readable: true, writable: true, error: 'ENOTSOCK' }]);
    calls.happens(2, FD_READ);
    calls.returns();
    expect(one.told).to.have.length(1);
    expect(two.told).to.have.length(1);
  });

  it('makes a wait that has failed again with growing pauses, says so once a minute, and when it is over', async () => {
    const subscription = logNativeCode(log);
    const { told } = watching(1);
    const pauses: number[] = [];
    for (let failure = 1; failure <= 24; failure++) {
      calls.returns(E.left('WSA_WAIT_FAILED'));
      const [before, waits] = [clock.now(), calls.waits];
      expect(calls.waiting, 'no wait without a pause').to.equal(false);
      while (calls.waits === waits) await clock.advance(10);
      pauses.push(clock.now() - before);
    }
    expect(pauses.slice(0, 4)).to.deep.equal([10, 20, 40, 80]);
    expect(pauses.at(-1)).to.equal(5_000);
    expect(warnings.map(({ facts }) => facts.failures)).to.deep.equal([1, 13]);
    expect(warnings[0]?.message).to.include('WSAWaitForMultipleEvents: WSA_WAIT_FAILED');
    calls.happens(1, FD_READ);
    expect(told).to.have.length(1);
    expect(warnings.at(-1)).to.deep.equal({
      facts: { failures: 24 },
      message: 'sockets can be watched again',
    });
    // The next row of failures begins anew.
    calls.returns(E.left('WSA_WAIT_FAILED'));
    expect(warnings.at(-1)?.facts).to.include({ failures: 1 });
    const { waits } = calls;
    await clock.advance(10);
    expect(calls.waits).to.equal(waits + 1);
    subscription.unsubscribe();
  });

  it('tells of what has happened while waits fail', async () => {
    const subscription = logNativeCode(log);
    const { told } = watching(1);
    calls.recorded.set(1, { happened: FD_READ, connectError: undefined });
    calls.returns(E.left('WSA_WAIT_FAILED'));
    await clock.advance(10);
    expect(told).to.have.length(1);
    subscription.unsubscribe();
  });
});

describe('what has happened on a socket', () => {
  it('is a set of bits, and the error of a connection', () => {
    const bytes = new Uint8Array(44);
    new DataView(bytes.buffer).setInt32(0, FD_CONNECT | FD_WRITE, true);
    expect(decodeNetworkEvents(bytes)).to.deep.equal({ happened: 18, connectError: undefined });
    new DataView(bytes.buffer).setInt32(4 + 4 * 4, 10_061, true);
    expect(decodeNetworkEvents(bytes).connectError).to.match(/^(ECONNREFUSED|WSA error 10061)$/);
  });
});
