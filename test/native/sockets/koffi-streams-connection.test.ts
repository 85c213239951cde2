/** What one connection writes and reads, over a socket whose room and whose bytes the test chooses. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Subscription } from 'rxjs';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import type {
  Interest,
  Ready,
  SocketCalls,
  SocketError,
  StreamFamily,
} from '../../../native/sockets/koffi-streams-calls.js';
import { openConnection } from '../../../native/sockets/koffi-streams-connection.js';
import { type SocketFailure, unaskedLimit } from '../../../native/sockets/transport.js';

const pending: SocketError = { code: 'EAGAIN', kind: 'pending' };
const guest = guestIdOf({ scheme: 'memory', address: 'guest' });
const family: StreamFamily = {
  name: 'AF_TEST',
  family: 0,
  protocol: 0,
  addressSize: 0,
  options: [],
  url: () => 'memory://host',
  guest: () => guest,
};

/** A socket that takes as many bytes as there is room. */
class Narrow {
  room = 0;
  sent = '';
  interrupted = 0;
  wanted: Interest = { readable: false, writable: false };
  broken: SocketError | undefined;
  /** What the next reads bring: so many bytes, or what is wrong. After them: nothing yet. */
  arrivals: (number | SocketError)[] = [];
  closed = 0;
  #ready: (now: Ready) => void = () => undefined;

  readonly connection = openConnection(
    {
      calls: this.#calls(),
      readiness: {
        whenReleased: (then) => then(),
        watch: (_socket, ready) => {
          this.#ready = ready;
          return {
            set: (interest) => {
              this.wanted = interest;
            },
            close: (released) => released(),
          };
        },
      },
    },
    family,
    1,
    guest,
  );

  #calls(): SocketCalls {
    const none = E.left(pending);
    return {
      open: () => none,
      setOption: () => none,
      bind: () => none,
      listen: () => none,
      accept: () => none,
      connect: () => none,
      pendingError: () => undefined,
      receive: (_socket, into) => {
        const next = this.arrivals.shift();
        if (next === undefined) return none;
        if (typeof next !== 'number') return E.left(next);
        into.fill(next & 0xff, 0, next);
        return E.right(next);
      },
      localAddress: () => none,
      close: () => {
        this.closed += 1;
      },
      endSending: () => {
        this.sent += '.';
        return E.right(undefined);
      },
      send: (_socket, bytes) => {
        if (this.broken !== undefined) return E.left(this.broken);
        if (this.interrupted > 0) {
          this.interrupted--;
          return E.left({ code: 'EINTR', kind: 'transient' });
        }
        if (this.room === 0) return none;
        const taken = Math.min(this.room, bytes.length);
        this.room -= taken;
        this.sent += Buffer.from(bytes.subarray(0, taken)).toString();
        return E.right(taken);
      },
    };
  }

  /** There is room for so many bytes more. */
  drain(bytes: number): void {
    this.room = bytes;
    this.#ready({ readable: false, writable: true });
  }

  /** These come, one for each read. */
  arrive(...arrivals: (number | SocketError)[]): void {
    this.arrivals = arrivals;
    this.#ready({ readable: true, writable: false });
  }
}

const interrupted: SocketError = { code: 'EINTR', kind: 'transient' };
const reset: SocketError = { code: 'ECONNRESET', kind: 'fatal' };

/** Bytes of one read at most. */
const wholeRead = 65_536;

describe('what is written to a connection', () => {
  let socket: Narrow;
  let settled: string[];

  const write = (text: string): Promise<void> =>
    socket.connection
      .write(Buffer.from(text))()
      .then((result) => {
        settled.push(`${text} ${E.isRight(result) ? 'sent' : result.left.code}`);
      });
  const finish = (text: string): Promise<void> =>
    socket.connection
      .finish(Buffer.from(text))()
      .then((result) => {
        settled.push(`${text} ${E.isRight(result) ? 'sent' : result.left.code}`);
      });

  beforeEach(() => {
    socket = new Narrow();
    settled = [];
  });

  it('goes out in the order in which it was asked for, each piece whole before the next, and then the end', async () => {
    const all = [write('first'), write('second'), write('third'), finish('last')];
    expect(socket.wanted.writable).to.equal(true);
    socket.drain(3);
    expect(socket.sent).to.equal('fir');
    socket.drain(4);
    expect(socket.sent).to.equal('firstse');
    socket.drain(1000);
    await Promise.all(all);
    expect(socket.sent).to.equal('firstsecondthirdlast.');
    expect(settled).to.deep.equal(['first sent', 'second sent', 'third sent', 'last sent']);
    expect(socket.wanted.writable).to.equal(false);
  });

  it('is told as sent when the system has all of it, and not before', async () => {
    const [first] = [write('first'), write('second')];
    socket.drain(5);
    await first;
    expect(settled).to.deep.equal(['first sent']);
    socket.drain(5);
    await new Promise(setImmediate);
    expect(settled).to.deep.equal(['first sent']);
  });

  it('waits its turn although there is room again when it is asked for', () => {
    void write('first');
    socket.room = 1000;
    void write('second');
    expect(socket.sent).to.equal('');
    socket.drain(1000);
    expect(socket.sent).to.equal('firstsecond');
  });

  it('is tried again at once after an interruption', async () => {
    socket.room = 10;
    socket.interrupted = 2;
    await write('first');
    expect(socket.sent).to.equal('first');
  });

  it('fails as a whole, in order, when the stream breaks, and whatever comes later', async () => {
    const all = [write('first'), write('second')];
    socket.drain(2);
    socket.broken = { code: 'ECONNRESET', kind: 'fatal' };
    socket.drain(2);
    await Promise.all(all);
    await write('third');
    expect(settled).to.deep.equal(['first ECONNRESET', 'second ECONNRESET', 'third ECONNRESET']);
  });

  it('is refused once the end was asked for', async () => {
    void finish('last');
    await write('more');
    expect(settled).to.deep.equal(['more EALREADY']);
    socket.drain(100);
    expect(socket.sent).to.equal('last.');
  });
});

describe('what is read from a connection', () => {
  let socket: Narrow;
  let told: (number | string)[];

  const read = (): Subscription =>
    socket.connection.bytes.subscribe({
      next: (chunk) => told.push(chunk.length),
      complete: () => told.push('end'),
      error: (failure: SocketFailure) => told.push(`${failure.operation} ${failure.code}`),
    });

  beforeEach(() => {
    socket = new Narrow();
    told = [];
  });

  it('is asked for while somebody reads, and no longer', () => {
    expect(socket.wanted.readable).to.equal(false);
    const reading = read();
    expect(socket.wanted).to.deep.equal({ readable: true, writable: false });
    reading.unsubscribe();
    expect(socket.wanted.readable).to.equal(false);
    socket.arrive(7);
    expect(socket.arrivals, 'nobody looks').to.deep.equal([7]);
  });

  it('are chunks that stay as they are', () => {
    const chunks: Uint8Array[] = [];
    socket.connection.bytes.subscribe((chunk) => chunks.push(chunk));
    socket.arrive(3);
    socket.arrive(2);
    expect(chunks.map((chunk) => [...chunk])).to.deep.equal([
      [3, 3, 3],
      [2, 2],
    ]);
  });

  it('takes four reads at most before others get their turn', () => {
    read();
    socket.arrive(wholeRead, wholeRead, wholeRead, wholeRead, wholeRead);
    expect(told).to.deep.equal([wholeRead, wholeRead, wholeRead, wholeRead]);
    expect(socket.wanted.readable).to.equal(true);
  });

  it('is over for this turn with a read that could have brought more', () => {
    read();
    socket.arrive(wholeRead, wholeRead - 1, 5);
    expect(told).to.deep.equal([wholeRead, wholeRead - 1]);
  });

  it('goes on after an interruption, and waits where nothing is there', () => {
    read();
    socket.arrive(interrupted, 5);
    socket.arrive(pending, 6);
    expect(told).to.deep.equal([5]);
    expect(socket.closed).to.equal(0);
  });

  it('fails with what broke the stream, and the socket is closed once', () => {
    read();
    socket.arrive(5);
    socket.arrive(reset);
    socket.connection.destroy();
    expect(told).to.deep.equal([5, 'read ECONNRESET']);
    expect(socket.closed).to.equal(1);
  });

  it('ends with the end of the peer, which may be heard late; our side may still write', async () => {
    read();
    socket.arrive(0);
    expect(told).to.deep.equal(['end']);
    expect([socket.wanted.readable, socket.closed]).to.deep.equal([false, 0]);
    socket.room = 20;
    await socket.connection.write(Buffer.from('more, '))();
    expect(socket.closed).to.equal(0);
    await socket.connection.finish(Buffer.from('last'))();
    expect([socket.sent, socket.closed]).to.deep.equal(['more, last.', 1]);
  });

  it('fails for who comes when it is closed, and ends for who comes behind the end', () => {
    socket.connection.destroy();
    read();
    expect(told).to.deep.equal(['read ECANCELED']);
    const ended = new Narrow();
    ended.room = 10;
    void ended.connection.finish(new Uint8Array(0))();
    ended.arrive(0);
    ended.connection.bytes.subscribe({ complete: () => told.push('end') });
    expect(told.slice(1)).to.deep.equal(['end']);
  });

  it('has one reader', () => {
    read();
    const failures: string[] = [];
    socket.connection.bytes.subscribe({ error: (error: Error) => failures.push(error.message) });
    expect(failures).to.deep.equal(['the bytes of a connection have one subscriber: memory://guest']);
  });

  it('is thrown away once our side has ended, up to 64 KiB, and then the stream is closed', async () => {
    socket.room = 10;
    await socket.connection.finish(Buffer.from('last'))();
    expect(socket.wanted.readable, 'until the end of the peer').to.equal(true);
    socket.arrive(wholeRead);
    expect([unaskedLimit, socket.closed]).to.deep.equal([wholeRead, 0]);
    socket.arrive(1, 9);
    expect([socket.closed, socket.arrivals]).to.deep.equal([1, [9]]);
  });

  it('is not read any further in the turn in which that was too much', async () => {
    socket.room = 10;
    await socket.connection.finish(Buffer.from('last'))();
    socket.arrive(wholeRead, wholeRead, 9);
    expect([socket.closed, socket.arrivals]).to.deep.equal([1, [9]]);
  });
});

describe('the notification of a connection', () => {
  let socket: Narrow;
  let told: string[];

  beforeEach(() => {
    socket = new Narrow();
    told = [];
  });

  const deliver = (): void =>
    socket.connection.deliver({
      opened: () => Buffer.from('signal'),
      written: () => told.push('written'),
      failed: ({ operation, code }) => told.push(`${operation} ${code}`),
      closed: () => told.push('closed'),
    });

  it('is written at once, with our end behind it, and told to be closed when the peer ends', () => {
    socket.room = 100;
    deliver();
    expect([socket.sent, told]).to.deep.equal(['signal.', ['written']]);
    socket.arrive(0);
    expect(told).to.deep.equal(['written', 'closed']);
    socket.connection.abandon();
    expect([told.length, socket.closed]).to.deep.equal([2, 1]);
  });

  it('fails once where the stream breaks before all of it is written', () => {
    socket.room = 3;
    deliver();
    socket.broken = reset;
    socket.drain(3);
    expect([told, socket.closed]).to.deep.equal([['write ECONNRESET'], 1]);
  });

  it('is told nothing more of when it is given up', () => {
    socket.room = 3;
    deliver();
    socket.connection.abandon();
    expect([told, socket.closed]).to.deep.equal([[], 1]);
  });
});
