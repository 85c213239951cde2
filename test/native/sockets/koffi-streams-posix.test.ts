import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { posixSockets } from '../../../native/sockets/koffi-streams-posix.js';
import { right } from '../../protocol/either.js';
import { internetWith } from './koffi-internet.js';

const family = internetWith([]);

if (process.platform === 'linux')
  describe('what a socket call of libc says when it fails', () => {
    const { calls } = posixSockets();

    it('has the usual name where the system has two for one number, and whether to wait', () => {
      const listener = right(calls.open(family));
      try {
        right(calls.bind(listener, Uint8Array.from([2, 0, 0, 0, 127, 0, 0, 1, ...new Uint8Array(8)])));
        right(calls.listen(listener, 1));
        expect(calls.accept(listener, 16)).to.deep.equal(E.left({ code: 'EAGAIN', kind: 'pending' }));
        expect(calls.receive(listener, new Uint8Array(1))).to.deep.equal(
          E.left({ code: 'ENOTCONN', kind: 'fatal' }),
        );
      } finally {
        calls.close(listener);
      }
    });
  });
