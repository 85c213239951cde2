import { once } from 'node:events';
import { connect, Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { Duplex } from 'node:stream';
import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import sinon from 'sinon';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { sendOn } from '../../../native/sockets/stream.js';
import { tcp } from '../../../native/sockets/tcp.js';
import { type SocketFailure, unaskedLimit } from '../../../native/sockets/transport.js';
import { systemClock } from '../../../streams/clock.js';
import { nodeHandles, type TransportRig, transportCompliance } from '../../compliance/transport.js';
import {
  endOfUnread,
  endOfUnreadNotification,
  fail,
  Reading,
  Stage,
} from '../../compliance/transport-stage.js';
import { closedFor } from '../../stage/closed.js';

const nothing = (): void => undefined;

const address = (index: number): string => `127.0.1.${index + 1}`;

const rig = (): TransportRig => ({
  transport: tcp.transport(systemClock),
  endpoint: { scheme: 'tcp', host: '127.0.0.1', port: undefined },
  requestPort: 0,
  notificationPort: 0,
  guest: (host, index) =>
    tcp.guestSide(host, { requestPort: 0, notificationPort: 0, address: address(index) }, systemClock),
  guestId: (index) => guestIdOf({ scheme: 'tcp', address: address(index) }),
  handles: nodeHandles,
});

describe('TCP sockets', () => {
  transportCompliance('tcp', rig);

  let stage: Stage;

  beforeEach(() => {
    stage = new Stage(rig());
  });

  afterEach(() => stage.clear());

  const portOf = (endpoint: { readonly scheme: string }): number => {
    if (!('port' in endpoint) || typeof endpoint.port !== 'number') throw new Error('no port');
    return endpoint.port;
  };

  it('say what to do when the port is taken', async () => {
    const { endpoint } = await stage.host();
    const port = portOf(endpoint);
    expect(await stage.listen(endpoint).failure).to.have.property(
      'detail',
      `listen tcp://127.0.0.1:${port}: address in use (EADDRINUSE). ` +
        'Is another proxy-wifi running? Choose another port with --request-port.',
    );
  });

  it("say which port it is when a guest's is taken", async () => {
    const first = await stage.notified();
    const options = { requestPort: 0, notificationPort: first.port, address: address(0) };
    const { notifications } = tcp.guestSide(stage.rig.endpoint, options, systemClock);
    const failure = await new Promise((resolve) => {
      notifications.subscribe({ error: resolve });
    });
    expect(failure).to.have.property('detail').that.includes('--notification-port');
  });

  it('say what to do when the address is not one of this machine', async () => {
    const failure = await stage.listen({ scheme: 'tcp', host: '192.0.2.1', port: 0 }).failure;
    expect(failure).to.include({ code: 'EADDRNOTAVAIL' });
    expect(failure).to.have.property('detail').that.includes('this machine has no such address');
  });

  it('listen on IPv6 where the machine has it, and say so where it has not', async () => {
    const has = Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === '::1'));
    const listening = stage.listen({ scheme: 'tcp', host: '::1', port: 0 });
    if (!has) {
      expect(await listening.failure)
        .to.have.property('code')
        .that.matches(/EADDRNOTAVAIL|EAFNOSUPPORT/);
      return;
    }
    const endpoint = await listening.endpoint;
    const guest = connect({ host: '::1', port: portOf(endpoint) });
    expect((await listening.next()).peer).to.equal('tcp://[::1]');
    guest.destroy();
  });

  for (const [host, where] of [
    ['127.0.0.9', 'tcp://127.0.0.1:'],
    ['::1', 'tcp://[::1]:'],
    ['fd00::1', 'tcp://[::]:'],
    ['192.0.2.1', 'tcp://0.0.0.0:'],
  ] as const)
    it(`let a guest of ${host} listen on ${where.slice(6, -1)} unless it has an address of its own`, async () => {
      const options = { requestPort: 0, notificationPort: 0 };
      const { notifications } = tcp.guestSide({ scheme: 'tcp', host, port: 1 }, options, systemClock);
      // Where the machine has no IPv6 the failure names the address all the same.
      const bound = await firstValueFrom(notifications).then(
        (event) => (event.type === 'listening' ? event.address : ''),
        (failure: SocketFailure) => failure.where,
      );
      expect(bound.startsWith(where), bound).to.equal(true);
    });

  it('take a guest that reaches an IPv6 listener over IPv4 for the IPv4 guest that it is', async () => {
    const listening = stage.listen({ scheme: 'tcp', host: '::', port: 0 });
    const bound = await Promise.race([listening.endpoint, listening.failure.then(() => undefined)]);
    const { endpoint } = bound === undefined ? await stage.host() : { endpoint: bound };
    const guest = connect({ host: '127.0.0.1', localAddress: '127.0.1.7', port: portOf(endpoint) });
    await once(guest, 'connect');
    if (bound !== undefined) expect((await listening.next()).peer).to.equal('tcp://127.0.1.7');
    guest.destroy();
  });

  it('read nothing from a guest before somebody wants it: an unread stream is reset', async () => {
    expect(await endOfUnread(stage)).to.include({ operation: 'read', code: 'ECONNRESET' });
    expect(await endOfUnreadNotification(stage)).to.include({ operation: 'read', code: 'ECONNRESET' });
  });

  it('listen on a port of their own, which no other process of a cluster shares', async () => {
    const listening = sinon.spy(Server.prototype, 'listen');
    try {
      await stage.host();
      expect(listening.firstCall.args[0]).to.include({ host: '127.0.0.1', exclusive: true });
    } finally {
      listening.restore();
    }
  });

  it('say that a port is none', async () => {
    const listening = stage.listen({ scheme: 'tcp', host: '127.0.0.1', port: 65_536 });
    expect(await listening.failure).to.include({ operation: 'listen', code: 'ERR_SOCKET_BAD_PORT' });
  });

  it('say that a connection was given up while it was being opened', async () => {
    const { listening, port } = await stage.notified();
    const abort = new AbortController();
    const connecting = fail(stage.reach(port, 0, abort.signal));
    // The socket is there, and the system has yet to say that it is open.
    for (let n = 0; n < 4; n += 1) await Promise.resolve();
    abort.abort();
    expect(await connecting).to.include({ operation: 'connect', code: 'ABORT_ERR' });
    listening.stop();
  });

  it('stop listening when given up before the port is bound', async () => {
    const before = nodeHandles();
    stage.listen().stop();
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    expect(nodeHandles()).to.equal(before);
  });

  it('refuse a connection to a guest whose address is not reachable', async () => {
    const { transport } = stage.rig;
    const guest = guestIdOf({ scheme: 'tcp', address: '127.0.1.200' });
    const failure = await fail(transport.connect(guest, 1, new AbortController().signal));
    expect(failure).to.include({ operation: 'connect', where: 'tcp://127.0.1.200:1', code: 'ECONNREFUSED' });
  });

  it('read from a guest that is notified as much as it may write unasked, and close for a byte more', () => {
    const socket = new Duplex({ read: nothing, write: (_chunk, _encoding, done) => done() });
    const destroy = sinon.stub(socket, 'destroy');
    const delivery = { opened: () => new Uint8Array(1), written: nothing, closed: nothing, failed: nothing };
    sendOn(socket as unknown as Socket, () => 'tcp://127.0.1.1', delivery);
    socket.emit('data', new Uint8Array(unaskedLimit));
    sinon.assert.notCalled(destroy);
    socket.emit('data', new Uint8Array(1));
    sinon.assert.called(destroy);
  });

  describe('with a guest that resets', () => {
    const dial = async (port: number): Promise<Socket> => {
      const socket = connect({ host: '127.0.0.1', port });
      await once(socket, 'connect');
      return socket;
    };

    it('before anything is read fail the reading', async () => {
      const { listening, endpoint } = await stage.host();
      const guest = await dial(portOf(endpoint));
      const host = await listening.next();
      guest.resetAndDestroy();
      await once(guest, 'close');
      expect(await new Reading(host).ended).to.include({ operation: 'read', code: 'ECONNRESET' });
      await closedFor(host);
      await stage.exchange(listening, endpoint);
    });

    it('in the middle of a request fail the reading', async () => {
      const { listening, endpoint } = await stage.host();
      const guest = await dial(portOf(endpoint));
      const host = await listening.next();
      const request = new Reading(host);
      guest.write('half a');
      await request.atLeast(6);
      guest.resetAndDestroy();
      expect(await request.ended).to.include({ operation: 'read', code: 'ECONNRESET' });
      await closedFor(host);
      await stage.exchange(listening, endpoint);
    });

    it('right after a request fail the answer, and nothing else', async () => {
      const { listening, endpoint } = await stage.host();
      const guest = await dial(portOf(endpoint));
      const host = await listening.next();
      const request = new Reading(host);
      guest.write('request');
      await request.atLeast(7);
      request.subscription.unsubscribe();
      guest.resetAndDestroy();
      await once(guest, 'close');
      await closedFor(host);
      expect(await fail(host.finish(Buffer.from('answer')))).to.include({ operation: 'write' });
      await stage.exchange(listening, endpoint);
    });

    it('in the middle of its answer fail the answer, and nothing else', async () => {
      const { listening, endpoint } = await stage.host();
      const guest = await dial(portOf(endpoint));
      guest.pause();
      const host = await listening.next();
      const finishing = fail(host.finish(new Uint8Array(32 * 1024 * 1024)));
      guest.resetAndDestroy();
      expect(await finishing).to.include({ operation: 'write' });
      await closedFor(host);
      await stage.exchange(listening, endpoint);
    });

    it('at once, before the listener hears of it, go on listening', async () => {
      const { listening, endpoint } = await stage.host();
      for (let i = 0; i < 50; i++) {
        const socket = connect({ host: '127.0.0.1', port: portOf(endpoint) });
        socket.on('error', () => {});
        socket.once('connect', () => socket.resetAndDestroy());
        await once(socket, 'close');
      }
      await stage.exchange(listening, endpoint);
    });
  });
});
