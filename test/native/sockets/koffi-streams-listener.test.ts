/** How many newcomers a listener lets in at a time, and what it leaves behind, over sockets that the test makes up. */
import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import sinon from 'sinon';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { connectStream, listenStream, sendStream } from '../../../native/sockets/koffi-streams.js';
import type {
  Interest,
  Ready,
  SocketCalls,
  SocketError,
  SocketSystem,
  StreamFamily,
} from '../../../native/sockets/koffi-streams-calls.js';
import type { SocketFailure } from '../../../native/sockets/transport.js';

const guest = guestIdOf({ scheme: 'memory', address: 'guest' });
const option = { level: 1, option: 2, value: 3 };
const family: StreamFamily = {
  name: 'AF_TEST',
  family: 0,
  protocol: 0,
  addressSize: 2,
  options: [option],
  url: (address) => `memory://host-${address.join('-')}`,
  guest: () => guest,
};
const listener = 100;

const left = (code: string, kind: SocketError['kind']): E.Either<SocketError, never> =>
  E.left({ code, kind });

/** A system whose calls do what the test says, and that counts what is open. */
class MadeUp {
  readonly open = new Set<number>();
  readonly wanted = new Map<number, Interest>();
  readonly options: [number, object][] = [];
  readonly backlogs: number[] = [];
  /** Newcomers, each a descriptor, or what is wrong with one. Behind them: nobody waits. */
  waiting: (number | SocketError)[] = [];
  /** What a call answers that is to fail. */
  failures: Partial<Record<keyof SocketCalls, E.Either<SocketError, never>>> = {};
  pendingError: SocketError | undefined;
  #ready = new Map<number, (now: Ready) => void>();

  readonly system: SocketSystem = { calls: this.#calls(), readiness: this.#readiness() };

  #readiness(): SocketSystem['readiness'] {
    return {
      whenReleased: (then) => then(),
      watch: (socket, ready) => {
        this.#ready.set(socket, ready);
        return {
          set: (interest) => void this.wanted.set(socket, interest),
          close: (released) => {
            this.wanted.delete(socket);
            released();
          },
        };
      },
    };
  }

  #calls(): SocketCalls {
    const done = E.right(undefined);
    return {
      open: () => {
        if (this.failures.open !== undefined) return this.failures.open;
        this.open.add(listener);
        return E.right(listener);
      },
      setOption: (socket, given) => {
        this.options.push([socket, given]);
        return this.failures.setOption ?? done;
      },
      bind: () => this.failures.bind ?? done,
      listen: (_socket, backlog) => {
        this.backlogs.push(backlog);
        return this.failures.listen ?? done;
      },
      accept: () => {
        const next = this.waiting.shift();
        if (next === undefined) return left('EAGAIN', 'pending');
        if (typeof next !== 'number') return E.left(next);
        this.open.add(next);
        return E.right({ socket: next, peer: Uint8Array.of(1, 2) });
      },
      connect: () => this.failures.connect ?? done,
      pendingError: () => this.pendingError,
      receive: () => left('EAGAIN', 'pending'),
      send: (_socket, bytes) => E.right(bytes.length),
      endSending: () => done,
      localAddress: () => this.failures.localAddress ?? E.right(Uint8Array.of(7, 8)),
      close: (socket) => void this.open.delete(socket),
    };
  }

  /** The socket is ready. */
  wake(now: Ready = { readable: true, writable: false }): void {
    this.#ready.get(listener)?.(now);
  }
}

describe('a listener outside node:net', () => {
  let made: MadeUp;
  let told: string[];
  let stop: () => void;

  const listen = (): void => {
    const listening = listenStream(made.system, family, new Uint8Array(2), 'memory://host').subscribe({
      next: (event) => told.push(event.type === 'listening' ? event.address : event.type),
      error: ({ operation, code }: SocketFailure) => told.push(`${operation} ${code}`),
    });
    stop = () => listening.unsubscribe();
  };

  beforeEach(() => {
    made = new MadeUp();
    told = [];
    stop = () => undefined;
  });

  afterEach(() => stop());

  it('says where it is, has the options of its family, and keeps 4096 waiting', () => {
    listen();
    expect(told).to.deep.equal(['memory://host-7-8']);
    expect([made.options, made.backlogs]).to.deep.equal([[[listener, option]], [4096]]);
    expect(made.wanted.get(listener)).to.deep.equal({ readable: true, writable: false });
    stop();
    expect(made.open.size).to.equal(0);
  });

  it('lets 64 in at a time, each with the options of the family', () => {
    listen();
    made.waiting = Array.from({ length: 70 }, (_, i) => i);
    made.wake();
    expect([told.length, made.waiting.length]).to.deep.equal([1 + 64, 6]);
    expect(made.options.slice(1)).to.deep.equal(Array.from({ length: 64 }, (_, i) => [i, option]));
    made.wake();
    expect(told).to.have.length(1 + 70);
  });

  it('goes on behind one newcomer with whom something was wrong', () => {
    listen();
    made.waiting = [{ code: 'ECONNABORTED', kind: 'transient' }, 1];
    made.wake();
    expect(told.slice(1)).to.deep.equal(['accepted']);
  });

  it('lets nobody in who comes behind the one at whom it was stopped', () => {
    const listening = listenStream(made.system, family, new Uint8Array(2), 'memory://host').subscribe(
      (event) => {
        told.push(event.type);
        if (event.type === 'accepted') listening.unsubscribe();
      },
    );
    made.waiting = [1, 2];
    made.wake();
    expect([told, made.waiting]).to.deep.equal([['listening', 'accepted'], [2]]);
  });

  it('breaks where accepting will not get better', () => {
    listen();
    made.waiting = [{ code: 'ENOTSOCK', kind: 'fatal' }, 1];
    made.wake();
    expect(told.slice(1)).to.deep.equal(['accept ENOTSOCK']);
    expect(made.open.size).to.equal(0);
  });

  it('rests for 100 ms without descriptors, and not beyond its end', () => {
    const clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      listen();
      made.waiting = [{ code: 'EMFILE', kind: 'fatal' }];
      made.wake();
      expect(made.wanted.get(listener)?.readable).to.equal(false);
      clock.tick(99);
      expect(made.wanted.get(listener)?.readable).to.equal(false);
      clock.tick(1);
      expect(made.wanted.get(listener)).to.deep.equal({ readable: true, writable: false });
      made.waiting = [{ code: 'EMFILE', kind: 'fatal' }];
      made.wake();
      stop();
      clock.tick(1000);
      expect([made.wanted.has(listener), clock.countTimers()]).to.deep.equal([false, 0]);
    } finally {
      clock.restore();
    }
  });

  for (const call of ['open', 'setOption', 'bind', 'listen', 'localAddress'] as const)
    it(`leaves nothing behind where ${call} fails`, () => {
      made.failures = { [call]: left('EINVAL', 'fatal') };
      listen();
      expect([told, made.open.size]).to.deep.equal([['listen EINVAL'], 0]);
    });
});

describe('a stream outside node:net that is opened', () => {
  let made: MadeUp;
  let told: string[];
  const where = 'memory://guest port 1';
  const destination = { family, address: new Uint8Array(2), guest, where };
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  const send = (): (() => void) =>
    sendStream(made.system, destination, {
      opened: () => {
        told.push('opened');
        return Uint8Array.of(1);
      },
      written: () => told.push('written'),
      failed: ({ operation, code }) => told.push(`${operation} ${code}`),
      closed: () => told.push('closed'),
    });

  beforeEach(() => {
    made = new MadeUp();
    told = [];
  });

  it('is not opened within the call that asks for it', async () => {
    send();
    expect(told).to.deep.equal([]);
    await settled();
    expect(told).to.deep.equal(['opened', 'written']);
  });

  it('is waited for where the system takes its time, and then has no error', async () => {
    made.failures = { connect: left('EINPROGRESS', 'pending') };
    send();
    await settled();
    expect([told, made.wanted.get(listener)]).to.deep.equal([[], { readable: false, writable: true }]);
    made.wake({ readable: false, writable: true });
    expect(told).to.deep.equal(['opened', 'written']);
  });

  it('fails with the error that the socket, or who watches it, tells then; the socket is closed', async () => {
    made.failures = { connect: left('EINPROGRESS', 'pending') };
    send();
    await settled();
    made.pendingError = { code: 'ECONNREFUSED', kind: 'fatal' };
    made.wake({ readable: false, writable: true });
    send();
    await settled();
    made.wake({ readable: true, writable: true, error: 'ENETUNREACH' });
    expect([told, made.open.size]).to.deep.equal([['connect ECONNREFUSED', 'connect ENETUNREACH'], 0]);
  });

  it('fails at once where the system refuses at once', async () => {
    made.failures = { connect: left('ENODEV', 'fatal') };
    send();
    await settled();
    made.failures = { setOption: left('EINVAL', 'fatal') };
    send();
    await settled();
    expect([told, made.open.size]).to.deep.equal([['connect ENODEV', 'connect EINVAL'], 0]);
  });

  it('that is given up is told of no more, whenever that is, and leaves nothing', async () => {
    send()();
    await settled();
    made.failures = { connect: left('EINPROGRESS', 'pending') };
    const giveUp = send();
    await settled();
    giveUp();
    giveUp();
    await settled();
    expect([told, made.open.size]).to.deep.equal([[], 0]);
    made.failures = {};
    const open = send();
    await settled();
    open();
    expect([told, made.open.size]).to.deep.equal([['opened', 'written'], 0]);
  });

  it('says that it was given up to who asked for the stream, before and while it opens', async () => {
    made.failures = { connect: left('EINPROGRESS', 'pending') };
    const abort = new AbortController();
    const opening = connectStream(made.system, destination, abort.signal)();
    await settled();
    abort.abort();
    const before = connectStream(made.system, destination, abort.signal)();
    for (const result of [await opening, await before]) {
      expect(result).to.have.property('_tag', 'Left');
      expect(result).to.have.property('left').that.includes({ code: 'ABORT_ERR', where });
    }
    expect(made.open.size).to.equal(0);
  });

  it('is not touched by who gives up when it is open', async () => {
    const abort = new AbortController();
    const opened = await connectStream(made.system, destination, abort.signal)();
    expect(getEventListeners(abort.signal, 'abort'), 'nor keeps anything of it').to.deep.equal([]);
    abort.abort();
    expect(opened).to.have.property('_tag', 'Right');
    expect(made.open.size).to.equal(1);
  });
});
