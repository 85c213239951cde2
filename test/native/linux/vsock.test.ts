import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import sinon from 'sinon';
import { cidOf, socketAddress, takerOf, vsock, type Wanted } from '../../../native/linux/vsock.js';
import type { Endpoint } from '../../../native/sockets/endpoint.js';
import type { SocketError } from '../../../native/sockets/koffi-streams-calls.js';
import { posixSockets } from '../../../native/sockets/koffi-streams-posix.js';
import type { ListenerEvent, SocketFailure } from '../../../native/sockets/transport.js';
import { systemClock } from '../../../streams/clock.js';

describe('an AF_VSOCK address', () => {
  it('is a struct sockaddr_vm', () => {
    expect(Buffer.from(socketAddress(3, 12345)).toString('hex')).to.equal('28000000393000000300000000000000');
    expect(Buffer.from(socketAddress(0xffffffff, 1)).toString('hex')).to.equal(
      '2800000001000000ffffffff00000000',
    );
  });

  it('tells its CID, wherever it stands in memory', () => {
    const bytes = new Uint8Array(20);
    bytes.set(socketAddress(0xfffffffe, 12346), 4);
    expect(cidOf(bytes.subarray(4))).to.equal(0xfffffffe);
  });
});

describe('a connection over AF_VSOCK', () => {
  const wanted = (...names: readonly Wanted[]): ReadonlyMap<Wanted, Wanted> =>
    new Map(names.map((name) => [name, name]));

  it('goes to who has named its CID, before it goes to who wants all guests', () => {
    expect(takerOf(wanted(3, 'guests'), 3)).to.equal(3);
    expect(takerOf(wanted(3, 'guests'), 4)).to.equal('guests');
    expect(takerOf(wanted(3), 4)).to.equal(undefined);
  });

  it('from this machine or the host is no guest unless it is named', () => {
    for (const cid of [0, 1, 2]) {
      expect(takerOf(wanted('guests'), cid)).to.equal(undefined);
      expect(takerOf(wanted(cid, 'guests'), cid)).to.equal(cid);
    }
    expect(takerOf(wanted('guests'), 0xfffffffe)).to.equal('guests');
  });

  it('from the host is what a guest listens for', () => {
    expect(takerOf(wanted('everybody', 'guests'), 2)).to.equal('everybody');
  });
});

describe('AF_VSOCK sockets', () => {
  const stranger: Endpoint = { scheme: 'unix', path: '/run/vm1.vsock' };
  const options = { requestPort: 12345, notificationPort: 12346 };

  it('refuse endpoints of other families', async () => {
    const listening = vsock.transport(systemClock).listen(stranger, options);
    const failure = await firstValueFrom(listening).catch((reason: SocketFailure) => reason);
    expect(failure).to.include({ operation: 'listen', code: 'EAFNOSUPPORT', where: 'unix:///run/vm1.vsock' });
    const guest = vsock.guestSide(stranger, options, systemClock);
    expect(await guest.connect()()).to.have.nested.property('left.code', 'EAFNOSUPPORT');
    const notified = await firstValueFrom(guest.notifications).catch((reason: SocketFailure) => reason);
    expect(notified).to.include({ code: 'EAFNOSUPPORT' });
  });

  if (process.platform === 'linux')
    it('say what is missing where the kernel has none, and try anew for who comes next', async () => {
      const open = sinon
        .stub(posixSockets().calls, 'open')
        .returns(E.left({ code: 'ENODEV', kind: 'fatal' }));
      try {
        const listening = vsock.transport(systemClock).listen({ scheme: 'vsock', cid: 3 }, options);
        for (const times of [1, 2]) {
          const failure = await firstValueFrom(listening).catch((reason: SocketFailure) => reason);
          expect(failure).to.include({ operation: 'listen', code: 'ENODEV', where: 'vsock://3' });
          expect(failure).to.have.property('detail').that.includes('modprobe vhost_vsock');
          expect(open.callCount).to.equal(times);
        }
        open.returns(E.left({ code: 'EAFNOSUPPORT', kind: 'fatal' }));
        const unknown = await firstValueFrom(listening).catch((reason: SocketFailure) => reason);
        expect(unknown).to.have.property('detail').that.includes('modprobe vhost_vsock');
        open.returns(E.left({ code: 'EACCES', kind: 'fatal' }));
        const other = await firstValueFrom(listening).catch((reason: SocketFailure) => reason);
        expect(other).to.have.property('detail').that.does.not.include('modprobe');
      } finally {
        open.restore();
      }
    });

  it('are not there on other systems: who listens, connects or sends hears it', async () => {
    const platform = sinon.stub(process, 'platform').value('darwin');
    try {
      const transport = vsock.transport(systemClock);
      const listening = transport.listen({ scheme: 'vsock', cid: 'any' }, options);
      const failure = await firstValueFrom(listening).catch((reason: SocketFailure) => reason);
      expect(failure).to.include({ operation: 'listen', code: 'EAFNOSUPPORT', where: 'vsock://any' });
      const { signal } = new AbortController();
      expect(await transport.connect('vsock://3' as never, 12346, signal)()).to.have.nested.property(
        'left.where',
        'vsock://3:12346',
      );
      const side = vsock.guestSide({ scheme: 'vsock', cid: 'any' }, options, systemClock);
      expect(await side.connect()()).to.have.nested.property('left.where', 'vsock://2:12345');
      const named = vsock.guestSide({ scheme: 'vsock', cid: 1 }, options, systemClock);
      expect(await named.connect()()).to.have.nested.property('left.where', 'vsock://1:12345');
    } finally {
      platform.restore();
    }
  });

  it('do not begin a connection that was given up before', async () => {
    const connection = vsock.transport(systemClock).connect('vsock://3' as never, 12346, AbortSignal.abort());
    expect(E.isLeft(await connection())).to.equal(true);
  });
});

if (process.platform === 'linux')
  describe('the listeners of one port over AF_VSOCK', () => {
    const options = { requestPort: 54_321 };
    const any = 0xffffffff;
    let stubs: sinon.SinonSandbox;
    let open: sinon.SinonStub;
    let closed: number[];
    /** What the next calls of accept give; behind them: nobody waits. */
    let waiting: E.Either<SocketError, { readonly socket: number; readonly peer: Uint8Array }>[];
    let wake: () => void;

    beforeEach(() => {
      const { calls, readiness } = posixSockets();
      stubs = sinon.createSandbox();
      closed = [];
      waiting = [];
      open = stubs.stub(calls, 'open').returns(E.right(99));
      for (const call of ['bind', 'listen', 'setOption'] as const)
        stubs.stub(calls, call).returns(E.right(undefined));
      stubs.stub(calls, 'localAddress').returns(E.right(socketAddress(any, options.requestPort)));
      stubs.stub(calls, 'close').callsFake((socket) => void closed.push(socket));
      stubs
        .stub(calls, 'accept')
        .callsFake(() => waiting.shift() ?? E.left({ code: 'EAGAIN', kind: 'pending' }));
      stubs.stub(readiness, 'watch').callsFake((socket, ready) => {
        if (socket === 99) wake = () => ready({ readable: true, writable: false });
        return { set: () => undefined, close: (released) => released() };
      });
    });

    afterEach(() => stubs.restore());

    const listen = (cid: number | 'any') => {
      const told: string[] = [];
      const note = (event: ListenerEvent): void => {
        if (event.type === 'listening') told.push(event.address);
        else {
          told.push(event.connection.peer);
          event.connection.destroy();
        }
      };
      const listening = vsock
        .transport(systemClock)
        .listen({ scheme: 'vsock', cid }, options)
        .subscribe({ next: note, error: ({ code }: SocketFailure) => told.push(code) });
      return { told, stop: () => listening.unsubscribe() };
    };
    const comes = (cid: number, socket: number): void => {
      waiting.push(E.right({ socket, peer: socketAddress(cid, 1) }));
    };

    it('are one, and each hears where it is and of its own guests', () => {
      const [three, all, again] = [listen(3), listen('any'), listen(3)];
      comes(3, 7);
      comes(4, 8);
      comes(2, 9);
      wake();
      expect(three.told).to.deep.equal(['vsock://3', 'vsock://3']);
      expect(all.told).to.deep.equal(['vsock://any', 'vsock://4']);
      expect(again.told).to.deep.equal(['EADDRINUSE']);
      expect(open.callCount).to.equal(1);
      expect(open.firstCall.args[0]).to.include({ family: 40, protocol: 0, addressSize: 16 });
      expect(closed, 'the host is no guest').to.deep.equal([7, 8, 9]);
      three.stop();
      expect(closed).to.not.include(99);
      all.stop();
      expect(closed).to.include(99);
    });

    it('are opened anew by who comes after the last has left', () => {
      listen(3).stop();
      const later = listen(4);
      expect([later.told, open.callCount]).to.deep.equal([['vsock://4'], 2]);
      later.stop();
    });

    it('break together, and whoever tries again on the spot has a new one', () => {
      const told: string[] = [];
      let retried: ReturnType<typeof listen> | undefined;
      vsock
        .transport(systemClock)
        .listen({ scheme: 'vsock', cid: 3 }, options)
        .subscribe({
          error: ({ code }: SocketFailure) => {
            told.push(code);
            retried = listen(3);
          },
        });
      const other = listen(4);
      waiting.push(E.left({ code: 'ENOTSOCK', kind: 'fatal' }));
      wake();
      expect([told, other.told]).to.deep.equal([['ENOTSOCK'], ['vsock://4', 'ENOTSOCK']]);
      expect([retried?.told, open.callCount]).to.deep.equal([['vsock://3'], 2]);
      retried?.stop();
    });
  });
