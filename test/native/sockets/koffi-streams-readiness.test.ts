/** What libuv says of a socket of libc's, over TCP on loopback. */
import { expect } from 'chai';
import sinon from 'sinon';
import type { Descriptor, Interest } from '../../../native/sockets/koffi-streams-calls.js';
import { posixSockets } from '../../../native/sockets/koffi-streams-posix.js';
import { loopReadiness } from '../../../native/sockets/koffi-streams-readiness.js';
import { right } from '../../protocol/either.js';
import { internetWith } from './koffi-internet.js';

const family = internetWith([]);

if (process.platform === 'linux')
  describe('the readiness of a socket', () => {
    const { calls } = posixSockets();
    let open: Descriptor[];

    beforeEach(() => {
      open = [];
    });

    afterEach(() => {
      for (const socket of open) calls.close(socket);
    });

    const opened = (): Descriptor => {
      const socket = right(calls.open(family));
      open.push(socket);
      return socket;
    };

    /** Both ends of a connection. */
    const pair = async (): Promise<readonly [Descriptor, Descriptor]> => {
      const listener = opened();
      right(calls.bind(listener, Uint8Array.from([2, 0, 0, 0, 127, 0, 0, 1, ...new Uint8Array(8)])));
      right(calls.listen(listener, 1));
      const near = opened();
      calls.connect(near, right(calls.localAddress(listener, family.addressSize)));
      await new Promise<void>((resolve) => {
        const watch = loopReadiness.watch(listener, () => watch.close(resolve));
        watch.set({ readable: true, writable: false });
      });
      const { socket: far } = right(calls.accept(listener, family.addressSize));
      open.push(far);
      return [near, far];
    };

    it('is told as what it is: what has come can be read, and what was not asked for is not said', async () => {
      const [near, far] = await pair();
      right(calls.send(near, Uint8Array.of(1)));
      const now = await new Promise<Interest>((resolve) => {
        const watch = loopReadiness.watch(far, (ready) => watch.close(() => resolve(ready)));
        watch.set({ readable: true, writable: false });
      });
      expect(now).to.deep.equal({ readable: true, writable: false });
    });

    it('is told of what is asked for now, and of nothing once it is watched no more', async () => {
      const [near, far] = await pair();
      const told: Interest[] = [];
      const watch = loopReadiness.watch(far, (ready) => {
        told.push(ready);
        watch.set({ readable: !ready.readable, writable: false });
        if (ready.writable) right(calls.send(near, Uint8Array.of(1)));
        else watch.close(() => undefined);
      });
      watch.set({ readable: false, writable: true });
      while (told.length < 2) await new Promise((resolve) => setImmediate(resolve));
      expect(told).to.deep.equal([
        { readable: false, writable: true },
        { readable: true, writable: false },
      ]);
      watch.set({ readable: true, writable: true });
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      expect(told).to.have.length(2);
    });

    it('is told of several sockets in one turn of the loop, behind which what they have promised is done', async () => {
      const pairs = [await pair(), await pair()];
      for (const [near] of pairs) right(calls.send(near, Uint8Array.of(1)));
      const immediates = sinon.spy(globalThis, 'setImmediate');
      try {
        const told = pairs.map(
          ([, far]) =>
            new Promise<void>((resolve) => {
              const watch = loopReadiness.watch(far, () => watch.close(resolve));
              watch.set({ readable: true, writable: false });
            }),
        );
        await Promise.all(told);
        expect(immediates.callCount).to.equal(1);
      } finally {
        immediates.restore();
      }
    });

    for (const interest of [
      { readable: true, writable: false },
      { readable: false, writable: true },
    ])
      it(`is told as both where the socket is in error, each time that it is asked for: ${JSON.stringify(interest)}`, async () => {
        const [near, far] = await pair();
        // A peer that goes with bytes unread resets.
        right(calls.send(far, Uint8Array.of(1)));
        open = open.filter((socket) => socket !== near);
        calls.close(near);
        const told: Interest[] = [];
        await new Promise<void>((resolve) => {
          const watch = loopReadiness.watch(far, (ready) => {
            told.push(ready);
            if (told.length < 2) watch.set(interest);
            else watch.close(resolve);
          });
          watch.set(interest);
        });
        expect(told).to.deep.equal(Array(2).fill({ readable: true, writable: true }));
      });
  });
