/** A listener of the sockets outside node:net, in a process that has no descriptors left. */
import { once } from 'node:events';
import { connect, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import sinon from 'sinon';
import { logNativeCode } from '../../../native/log.js';
import { descriptorOf, Exhaustion, firstBeyond, isExhaustion } from '../../../native/sockets/exhaustion.js';
import type { SocketSystem } from '../../../native/sockets/koffi-streams-calls.js';
import { posixSockets } from '../../../native/sockets/koffi-streams-posix.js';
import { listenOn } from '../../../native/sockets/stream.js';
import type { Connection } from '../../../native/sockets/transport.js';
import { internetRig } from './koffi-internet.js';

if (process.platform === 'linux')
  describe('a listener without descriptors', () => {
    it('says so once, rests, and accepts who waits as soon as there are some', async () => {
      const posix = posixSockets();
      let asked = 0;
      let left = 0;
      const system: SocketSystem = {
        ...posix,
        calls: {
          ...posix.calls,
          accept: (socket, size) => {
            asked += 1;
            return left > 0 ? posix.calls.accept(socket, size) : E.left({ code: 'EMFILE', kind: 'fatal' });
          },
        },
      };
      const lines: string[] = [];
      const told = logNativeCode({
        info: () => undefined,
        warn: (_facts, message) => lines.push(message),
        isLevelEnabled: () => false,
      });
      const rig = internetRig(system)();
      const accepted: Connection[] = [];
      let failure: unknown;
      const port = await new Promise<number>((resolve) => {
        const listening = rig.transport.listen(rig.endpoint, { requestPort: 0 }).subscribe({
          next: (event) => {
            if (event.type === 'accepted') accepted.push(event.connection);
            else resolve(Number(new URL(event.address.replace('tcp:', 'http:')).port));
          },
          error: (error) => {
            failure = error;
          },
        });
        told.add(listening);
      });
      const guest = connect(port, '127.0.0.1');
      await once(guest, 'connect');
      while (asked < 3) await new Promise((resolve) => setImmediate(resolve));
      expect(accepted).to.deep.equal([]);
      expect(failure).to.equal(undefined);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include('too many open files in this process (EMFILE)');
      left = 1;
      while (accepted.length === 0) await new Promise((resolve) => setImmediate(resolve));
      expect(asked, 'no busy loop').to.be.below(20);
      for (const connection of accepted) connection.destroy();
      guest.destroy();
      told.unsubscribe();
    });
  });

describe('what a listener says about a lack of descriptors', () => {
  let clock: sinon.SinonFakeTimers;
  let lines: { readonly facts: object; readonly message: string }[];
  let told: ReturnType<typeof logNativeCode>;
  let exhaustion: Exhaustion;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    lines = [];
    told = logNativeCode({
      info: () => undefined,
      warn: (facts, message) => void lines.push({ facts, message }),
      isLevelEnabled: () => false,
    });
    exhaustion = new Exhaustion('tcp://127.0.0.1:1', (code) => `no room (${code})`);
  });
  afterEach(() => {
    exhaustion.close();
    told.unsubscribe();
    clock.restore();
  });

  const said = (times: number) => ({
    facts: { endpoint: 'tcp://127.0.0.1:1', code: 'EMFILE', times },
    message: 'no room (EMFILE)',
  });

  it('is said at once, and then once a minute with the number of times', () => {
    for (let n = 0; n < 5; n++) exhaustion.note('EMFILE');
    expect(lines).to.deep.equal([said(1)]);
    clock.tick(59_999);
    expect(lines).to.have.length(1);
    clock.tick(1);
    expect(lines).to.deep.equal([said(1), said(4)]);
    clock.tick(600_000);
    expect(lines, 'nothing happened since').to.have.length(2);
    exhaustion.note('EMFILE');
    expect(lines[2]).to.deep.equal(said(1));
    exhaustion.note('EMFILE');
    clock.tick(60_000);
    expect(lines[3], 'a single time is said as well').to.deep.equal(said(1));
  });

  it('is not said after the listener has closed', () => {
    exhaustion.note('EMFILE');
    exhaustion.note('EMFILE');
    exhaustion.close();
    clock.tick(60_000);
    expect(lines).to.have.length(1);
  });

  it('keeps no process running', () => {
    // A spy on the clock's own would leave it in place for the tests to come.
    clock.restore();
    const timer = sinon.spy(globalThis, 'setTimeout');
    exhaustion.note('EMFILE');
    expect(timer.returnValues.map((one) => one.hasRef())).to.deep.equal([false]);
    timer.restore();
  });

  it('is one of descriptors and memory, and not of what is wrong with the listener', () => {
    const codes = ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EACCES', 'EBADF', 'EINVAL', ''];
    expect(codes.filter(isExhaustion)).to.deep.equal(['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM']);
  });

  it('is seen by the descriptor of what was accepted, where the system gives it one', () => {
    const of = (handle: unknown) => descriptorOf({ _handle: handle } as unknown as Socket);
    expect([of({ fd: 0 }), of({ fd: 23 })]).to.deep.equal([0, 23]);
    for (const handle of [{ fd: -1 }, { fd: '7' }, {}, null, undefined, 7])
      expect(of(handle)).to.equal(undefined);
  });

  it('is said of a newcomer with a descriptor beyond, which is closed, and not of one below', async () => {
    const beyond = firstBeyond();
    if (!Number.isFinite(beyond)) return;
    const admitted: unknown[] = [];
    let server: Server | undefined;
    const where = 'tcp://127.0.0.1:1';
    const listening = listenOn({
      where,
      bind: (made) => {
        server = made.listen(0, '127.0.0.1');
      },
      address: () => where,
      admit: (socket) => admitted.push(socket),
    }).subscribe();
    const newcomer = (fd: number) => ({ _handle: { fd }, on: sinon.fake(), destroy: sinon.fake() });
    const [within, over] = [newcomer(beyond - 1), newcomer(beyond)];
    for (const socket of [within, over, over]) server?.emit('connection', socket);
    if (server?.listening === false) await once(server, 'listening');
    listening.unsubscribe();
    expect(admitted).to.deep.equal([within]);
    expect([within.destroy.callCount, over.destroy.callCount]).to.deep.equal([0, 2]);
    clock.tick(60_000);
    expect(lines.map(({ facts }) => facts)).to.deep.equal([{ endpoint: where, code: 'EMFILE', times: 1 }]);
  });

  it('leaves some to the state, the log and notifications, whatever the limit', () => {
    const left = (limit: number): number => limit - firstBeyond(limit);
    expect([7, 8, 32, 64, 127, 128, 136, 1024, 1_048_576].map(left)).to.deep.equal([
      0, 1, 4, 8, 15, 16, 16, 16, 16,
    ]);
    expect(firstBeyond(Number.POSITIVE_INFINITY)).to.equal(Number.POSITIVE_INFINITY);
  });
});
