/** What one connection writes, over a socket whose room the test chooses. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import type {
  Interest,
  Ready,
  SocketCalls,
  SocketError,
  StreamFamily,
} from '../../../native/sockets/koffi-streams-calls.js';
import { openConnection } from '../../../native/sockets/koffi-streams-connection.js';

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
      receive: () => none,
      localAddress: () => none,
      close: () => undefined,
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
}

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
