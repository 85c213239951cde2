import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { firstValueFrom } from 'rxjs';
import sinon from 'sinon';
import { cidOf, socketAddress, takerOf, vsock, type Wanted } from '../../../native/linux/vsock.js';
import type { Endpoint } from '../../../native/sockets/endpoint.js';
import { posixSockets } from '../../../native/sockets/koffi-streams-posix.js';
import type { SocketFailure } from '../../../native/sockets/transport.js';
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
        open.returns(E.left({ code: 'EACCES', kind: 'fatal' }));
        const other = await firstValueFrom(listening).catch((reason: SocketFailure) => reason);
        expect(other).to.have.property('detail').that.does.not.include('modprobe');
      } finally {
        open.restore();
      }
    });

  it('do not begin a connection that was given up before', async () => {
    const connection = vsock.transport(systemClock).connect('vsock://3' as never, 12346, AbortSignal.abort());
    expect(E.isLeft(await connection())).to.equal(true);
  });
});
