/** What every transport must do, whatever sockets it is made of. */

import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { type SocketFailure, unaskedLimit } from '../../native/sockets/transport.js';
import { closedFor } from '../stage/closed.js';
import { fail, Reading, Sent, Stage, succeed, type TransportRig } from './transport-stage.js';

export { nodeHandles, type TransportRig } from './transport-stage.js';

const bytesOf = (text: string): Uint8Array => Buffer.from(text);

/** Bytes in which no stretch repeats soon, so that a wrong order shows. */
const pattern = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, i) => (i * 31 + (i >> 8)) & 0xff);

export interface ComplianceOptions {
  /** False for streams without flow control: a writer is never held back by a reader. */
  readonly holdsWriterBack?: boolean;
}

/** Runs the whole suite over the family that `setup` puts up anew for every test. */
export const transportCompliance = (
  name: string,
  setup: () => TransportRig | Promise<TransportRig>,
  { holdsWriterBack = true }: ComplianceOptions = {},
): void => {
  describe(`${name} as a transport`, () => {
    let stage: Stage;

    beforeEach(async () => {
      stage = new Stage(await setup());
    });

    afterEach(() => stage.clear());

    describe('a listener', () => {
      it('says where it listens, as an endpoint of its scheme', async () => {
        const { endpoint } = await stage.host();
        expect(endpoint.scheme).to.equal(stage.rig.transport.scheme);
      });

      it('tells each guest by its own address', async () => {
        const { listening, endpoint } = await stage.host();
        await stage.connect(endpoint, 0);
        const first = await listening.next();
        await stage.connect(endpoint, 1);
        const second = await listening.next();
        expect([first.peer, second.peer]).to.deep.equal([stage.rig.guestId(0), stage.rig.guestId(1)]);
      });

      it('fails when the address is in use, and leaves the one who has it alone', async () => {
        const { listening, endpoint } = await stage.host();
        const failure = await stage.listen(endpoint).failure;
        expect(failure).to.include({ operation: 'listen', code: 'EADDRINUSE' });
        await stage.exchange(listening, endpoint);
      });

      it('may be opened again at the same address as soon as it has been given up', async () => {
        const { listening, endpoint } = await stage.host();
        listening.stop();
        const again = stage.listen(endpoint);
        expect(await again.endpoint).to.deep.equal(endpoint);
        await stage.exchange(again, endpoint);
      });

      it('may be opened again while a connection of its predecessor lives on', async () => {
        const { listening, endpoint, guest, host } = await stage.pair();
        listening.stop();
        const again = stage.listen(endpoint);
        await again.endpoint;
        await stage.exchange(again, endpoint);
        const answer = new Reading(guest);
        await succeed(host.finish(bytesOf('still here')));
        expect(await answer.ended).to.equal(undefined);
        expect(answer.text).to.equal('still here');
      });

      it('lets nobody in after it has been given up', async () => {
        const { listening, endpoint } = await stage.host();
        listening.stop();
        const failure = await fail(stage.rig.guest(endpoint, 0).connect());
        expect(failure.operation).to.equal('connect');
        expect(listening.unclaimed).to.equal(0);
      });

      it('serves many guests at the same time, each with its own stream', async () => {
        const { listening, endpoint } = await stage.host();
        const answers = await Promise.all(
          Array.from({ length: 20 }, async (_, index) => {
            const guest = await stage.connect(endpoint, index);
            const answer = new Reading(guest);
            await succeed(guest.write(bytesOf(`request of ${String(index).padStart(2, '0')}`)));
            const host = await listening.next();
            const request = new Reading(host);
            await request.atLeast(13);
            await succeed(host.finish(bytesOf(`answer to ${request.text}`)));
            await answer.ended;
            return answer.text;
          }),
        );
        expect(answers).to.deep.equal(
          answers.map((_, index) => `answer to request of ${String(index).padStart(2, '0')}`),
        );
      });

      it('leaves no socket behind after 200 connections in quick succession', async () => {
        const { listening, endpoint } = await stage.host();
        await stage.exchange(listening, endpoint);
        const before = stage.rig.handles();
        for (let round = 0; round < 10; round++) {
          await Promise.all(
            Array.from({ length: 20 }, (_, index) => stage.exchange(listening, endpoint, index)),
          );
        }
        expect(stage.rig.handles()).to.equal(before);
      });
    });

    describe('a stream', () => {
      it('keeps what arrives before somebody reads', async () => {
        const { guest, host, listening, endpoint } = await stage.pair();
        await succeed(guest.write(bytesOf('early ')));
        await succeed(guest.write(bytesOf('bytes')));
        await stage.exchange(listening, endpoint);
        const request = new Reading(host);
        await request.atLeast(11);
        expect(request.text).to.equal('early bytes');
      });

      if (holdsWriterBack) {
        it('reads nothing before somebody wants it: a guest that floods is held back', async () => {
          const { guest, listening, endpoint } = await stage.pair();
          let written = false;
          const flood = guest
            .write(new Uint8Array(64 * 1024 * 1024))()
            .finally(() => {
              written = true;
            });
          await stage.exchange(listening, endpoint);
          expect(written).to.equal(false);
          guest.destroy();
          expect(await flood).to.have.property('_tag', 'Left');
        });
      }

      if (holdsWriterBack) {
        it('reads nothing more when the reader has left: a guest that floods is held back', async () => {
          const { guest, host, listening, endpoint } = await stage.pair();
          const request = new Reading(host);
          await succeed(guest.write(bytesOf('request')));
          await request.atLeast(7);
          request.subscription.unsubscribe();
          let written = false;
          const flood = guest
            .write(new Uint8Array(16 * 1024 * 1024))()
            .finally(() => {
              written = true;
            });
          // Long enough for somebody who goes on reading to take all of it.
          for (let i = 0; i < 30; i++) await stage.exchange(listening, endpoint);
          expect(written).to.equal(false);
          host.destroy();
          expect(await flood).to.have.property('_tag', 'Left');
        });
      }

      it('carries bytes in order, in whatever pieces they are written', async () => {
        const { guest, host } = await stage.pair();
        const sent = pattern(20_000);
        const request = new Reading(host);
        let at = 0;
        for (let size = 1; at < sent.length; size = (size * 7) % 1009) {
          await succeed(guest.write(sent.subarray(at, at + size)));
          at += size;
        }
        await request.atLeast(sent.length);
        expect(Buffer.compare(request.bytes, sent)).to.equal(0);
      });

      it('never delivers from within the call that sends', async () => {
        const { guest, host } = await stage.pair();
        const request = new Reading(host);
        const writing = guest.write(bytesOf('x'))();
        expect(request.chunks).to.deep.equal([]);
        await writing;
        await request.atLeast(1);
      });

      it('completes when the guest ends its side, and still carries the answer', async () => {
        const { guest, host } = await stage.pair();
        const request = new Reading(host);
        const answer = new Reading(guest);
        await succeed(guest.finish(bytesOf('request')));
        expect(await request.ended).to.equal(undefined);
        expect(request.text).to.equal('request');
        await succeed(host.finish(bytesOf('answer')));
        expect(await answer.ended).to.equal(undefined);
        expect(answer.text).to.equal('answer');
        await Promise.all([closedFor(host), closedFor(guest)]);
      });

      it('carries what the guest writes after it has read the end of the host', async () => {
        const { guest, host } = await stage.pair();
        const request = new Reading(host);
        const answer = new Reading(guest);
        await succeed(host.finish(bytesOf('answer')));
        expect(await answer.ended).to.equal(undefined);
        await succeed(guest.write(bytesOf('late ')));
        await succeed(guest.finish(bytesOf('request')));
        expect(await request.ended).to.equal(undefined);
        expect(request.text).to.equal('late request');
      });

      it('is closed by itself once both sides have ended, read or not', async () => {
        const { guest, host } = await stage.pair();
        const request = new Reading(host);
        await succeed(guest.write(bytesOf('request and more')));
        await request.atLeast(7);
        request.subscription.unsubscribe();
        await succeed(host.finish(bytesOf('answer')));
        await succeed(guest.finish(bytesOf('nobody reads this')));
        await closedFor(host);
      });

      it('is closed when somebody floods it behind the answer, without much of it being read', async () => {
        const { guest, host } = await stage.pair();
        const request = new Reading(host);
        await succeed(guest.write(bytesOf('request')));
        await request.atLeast(7);
        request.subscription.unsubscribe();
        await succeed(host.finish(bytesOf('answer')));
        const flood = guest.write(new Uint8Array(64 * 1024 * 1024))();
        await closedFor(host);
        if (holdsWriterBack) expect(await flood).to.have.property('_tag', 'Left');
        guest.destroy();
        await closedFor(guest);
      });

      it('stays open for 64 KiB behind the answer, which are thrown away, and for no byte more', async () => {
        const { guest, host, listening, endpoint } = await stage.pair();
        let isClosed = false;
        host.onClosed(() => {
          isClosed = true;
        });
        await succeed(host.finish(bytesOf('answer')));
        await succeed(guest.write(new Uint8Array(unaskedLimit)));
        // Long enough for all of it to arrive.
        for (let i = 0; i < 5; i++) await stage.exchange(listening, endpoint);
        expect(isClosed).to.equal(false);
        await succeed(guest.write(new Uint8Array(1)));
        await closedFor(host);
        guest.destroy();
        await closedFor(guest);
      });

      it('stops delivering when unsubscribed, and stays open', async () => {
        const { guest, host, listening, endpoint } = await stage.pair();
        const request = new Reading(host);
        await succeed(guest.write(bytesOf('first')));
        await request.atLeast(5);
        request.subscription.unsubscribe();
        await succeed(guest.write(bytesOf('second')));
        await stage.exchange(listening, endpoint);
        expect(request.text).to.equal('first');
        const answer = new Reading(guest);
        await succeed(host.finish(bytesOf('answer')));
        expect(await answer.ended).to.equal(undefined);
        expect(answer.text).to.equal('answer');
      });

      it('has one reader', async () => {
        const { host } = await stage.pair();
        const first = new Reading(host);
        const second = new Reading(host);
        expect(await second.ended).to.be.instanceOf(Error);
        expect(first.subscription.closed).to.equal(false);
      });

      it('ends when it is finished: bytes, then the end', async () => {
        const { guest, host } = await stage.pair();
        const answer = new Reading(guest);
        await succeed(host.finish(pattern(300)));
        expect(await answer.ended).to.equal(undefined);
        expect(answer.bytes).to.deep.equal(Buffer.from(pattern(300)));
      });

      it('can be finished with nothing at all', async () => {
        const { guest, host } = await stage.pair();
        const answer = new Reading(guest);
        await succeed(host.finish(new Uint8Array(0)));
        expect(await answer.ended).to.equal(undefined);
        expect(answer.size).to.equal(0);
      });

      it('can be finished once', async () => {
        const { host } = await stage.pair();
        await succeed(host.finish(bytesOf('answer')));
        expect(await fail(host.finish(bytesOf('again')))).to.include({ operation: 'write' });
      });

      it('carries an answer of 1 MiB to a guest that begins to read late', async () => {
        const { guest, host, listening, endpoint } = await stage.pair();
        const large = pattern(1024 * 1024);
        await succeed(guest.write(bytesOf('request')));
        const finishing = host.finish(large)();
        await stage.exchange(listening, endpoint);
        const answer = new Reading(guest);
        expect(await answer.ended).to.equal(undefined);
        expect(Buffer.compare(answer.bytes, large)).to.equal(0);
        expect(await finishing).to.have.property('_tag', 'Right');
      });
    });

    describe('an end', () => {
      it('by a guest that closes at once is the end of an empty stream', async () => {
        const { guest, host } = await stage.pair();
        guest.destroy();
        const request = new Reading(host);
        expect(await request.ended).to.equal(undefined);
        expect(request.size).to.equal(0);
        host.destroy();
        await closedFor(host);
      });

      it('by a guest that vanishes right after its request closes the stream once it is answered', async () => {
        const { guest, host, listening, endpoint } = await stage.pair();
        const request = new Reading(host);
        await succeed(guest.write(bytesOf('request')));
        guest.destroy();
        await request.ended;
        expect(request.text).to.equal('request');
        await host.finish(bytesOf('answer'))();
        await closedFor(host);
        await stage.exchange(listening, endpoint);
      });

      it('by a guest that vanishes in the middle of its answer fails the writing and closes', async () => {
        const { guest, host } = await stage.pair();
        await succeed(guest.write(bytesOf('request')));
        const request = new Reading(host);
        await request.atLeast(7);
        request.subscription.unsubscribe();
        const finishing = host.finish(new Uint8Array(32 * 1024 * 1024))();
        guest.destroy();
        await closedFor(host);
        if (holdsWriterBack) expect(await finishing).to.have.nested.property('left.operation', 'write');
        else await finishing;
      });

      it('by the host reaches the guest', async () => {
        const { guest, host } = await stage.pair();
        const answer = new Reading(guest);
        host.destroy();
        await closedFor(host);
        await answer.ended;
        guest.destroy();
        await closedFor(guest);
      });

      it('by the host may come any number of times, and fails what is pending', async () => {
        const { host } = await stage.pair();
        const request = new Reading(host);
        host.destroy();
        host.destroy();
        expect(await request.ended).to.include({ operation: 'read', code: 'ECANCELED' });
        await closedFor(host);
        host.destroy();
        expect(await fail(host.finish(bytesOf('late')))).to.include({ operation: 'write', where: host.peer });
      });

      it('by the host does not wait for bytes on their way', async () => {
        const { guest, host } = await stage.pair();
        const finishing = host.finish(new Uint8Array(32 * 1024 * 1024))();
        host.destroy();
        await closedFor(host);
        expect(await finishing).to.have.property('_tag', holdsWriterBack ? 'Left' : 'Right');
        guest.destroy();
        await closedFor(guest);
      });

      it('is told to those who ask later, too', async () => {
        const { host } = await stage.pair();
        host.destroy();
        await closedFor(host);
        await closedFor(host);
        expect(await new Reading(host).ended).to.include({ operation: 'read' });
      });
    });

    describe('a notification', () => {
      it('is written when the stream is open, whole and in one chunk, and ends', async () => {
        const { listening, port } = await stage.notified();
        const sent = new Sent(stage, port, pattern(15));
        const guest = await listening.next();
        const notification = new Reading(guest);
        expect(await notification.ended).to.equal(undefined);
        expect(notification.chunks.map((chunk) => chunk.length)).to.deep.equal([15]);
        expect(notification.bytes).to.deep.equal(Buffer.from(pattern(15)));
        await sent.until('written');
        expect(sent.told).to.deep.equal(['opened', 'written']);
        guest.destroy();
        await sent.until('closed');
        expect(sent.told).to.deep.equal(['opened', 'written', 'closed']);
      });

      it('may be large, and is read late', async () => {
        const { listening, port } = await stage.notified();
        const large = pattern(1024 * 1024);
        const sent = new Sent(stage, port, large);
        const guest = await listening.next();
        await sent.until('opened');
        const notification = new Reading(guest);
        expect(await notification.ended).to.equal(undefined);
        expect(Buffer.compare(notification.bytes, large)).to.equal(0);
        await sent.until('written');
        guest.destroy();
        await sent.until('closed');
      });

      if (holdsWriterBack)
        it('is not written before the system has taken all of it', async () => {
          const { listening, port } = await stage.notified();
          const sent = new Sent(stage, port, new Uint8Array(32 * 1024 * 1024));
          const guest = await listening.next();
          await sent.until('opened');
          for (let i = 0; i < 5; i++) {
            const other = new Sent(stage, port, bytesOf('another'));
            (await listening.next()).destroy();
            await other.until('closed', 'failed');
          }
          expect(sent.told).to.deep.equal(['opened']);
          await new Reading(guest).ended;
          await sent.until('written');
          guest.destroy();
          await sent.until('closed');
        });

      it('may be sent beside others', async () => {
        const { listening, port } = await stage.notified();
        const sent = Array.from({ length: 20 }, (_, n) => new Sent(stage, port, bytesOf(`number ${n}`)));
        const texts: string[] = [];
        for (const _ of sent) {
          const guest = await listening.next();
          const notification = new Reading(guest);
          await notification.ended;
          texts.push(notification.text);
          guest.destroy();
        }
        expect(texts.sort()).to.deep.equal(Array.from({ length: 20 }, (_, n) => `number ${n}`).sort());
        for (const one of sent) await one.until('closed');
      });

      it('fails when the guest does not listen', async () => {
        const { listening, port } = await stage.notified();
        listening.stop();
        const sent = new Sent(stage, port, bytesOf('x'));
        await sent.until('failed');
        expect(sent.told).to.deep.equal(['failed']);
        expect(sent.failure?.operation).to.equal('connect');
        expect(sent.failure?.code).to.match(/^(?:WSA)?(?:ECONNREFUSED|ECONNRESET|ENOENT|ETIMEDOUT)$/);
      });

      it('that is given up before it is open tells nothing, and leaves nothing behind', async () => {
        const { listening, port } = await stage.notified();
        const before = stage.rig.handles();
        const sent = new Sent(stage, port, bytesOf('given up'));
        sent.giveUp();
        const other = new Sent(stage, port, bytesOf('after'));
        // What was given up may have reached the guest, as a stream without bytes.
        for (let text = ''; text !== 'after'; ) {
          const guest = await listening.next();
          const notification = new Reading(guest);
          await notification.ended;
          text = notification.text;
          expect(text).to.be.oneOf(['', 'after']);
          guest.destroy();
          await closedFor(guest);
        }
        await other.until('closed');
        expect(sent.told).to.deep.equal([]);
        expect(stage.rig.handles()).to.equal(before);
      });

      it('that is given up while the guest keeps its stream open is closed at once', async () => {
        const { listening, port } = await stage.notified();
        const sent = new Sent(stage, port, bytesOf('signal'));
        const guest = await listening.next();
        await sent.until('written');
        const notification = new Reading(guest);
        await notification.ended;
        sent.giveUp();
        sent.giveUp();
        guest.destroy();
        await closedFor(guest);
        const other = new Sent(stage, port, bytesOf('another'));
        const again = await listening.next();
        await other.until('written');
        again.destroy();
        await other.until('closed');
        expect(sent.told).to.deep.equal(['opened', 'written']);
      });

      it('is over when the guest breaks the stream', async () => {
        const { listening, port } = await stage.notified();
        const sent = new Sent(stage, port, bytesOf('signal'));
        (await listening.next()).destroy();
        await sent.until('closed', 'failed');
        expect(sent.told.at(-1)).to.be.oneOf(['closed', 'failed']);
      });

      it('is over when the guest floods it, without much of it being read', async () => {
        const { listening, port } = await stage.notified();
        const sent = new Sent(stage, port, bytesOf('signal'));
        const guest = await listening.next();
        const flood = guest.finish(new Uint8Array(16 * 1024 * 1024))();
        await sent.until('closed');
        if (holdsWriterBack) expect(await flood).to.have.property('_tag', 'Left');
        guest.destroy();
        await closedFor(guest);
      });
    });

    describe('a connection to a guest', () => {
      it('carries a notification in one chunk, and the end', async () => {
        const { listening, port } = await stage.notified();
        const host = stage.keep(await succeed(stage.reach(port)));
        await succeed(host.finish(pattern(15)));
        const notification = new Reading(await listening.next());
        expect(await notification.ended).to.equal(undefined);
        expect(notification.chunks.map((chunk) => chunk.length)).to.deep.equal([15]);
        expect(notification.bytes).to.deep.equal(Buffer.from(pattern(15)));
      });

      it('is to the guest that was meant', async () => {
        const { listening, port } = await stage.notified();
        const host = stage.keep(await succeed(stage.reach(port)));
        expect(host.peer).to.equal(stage.rig.guestId(0));
        host.destroy();
        await new Reading(await listening.next()).ended;
      });

      it('closes by itself when the guest has read and closed', async () => {
        const { listening, port } = await stage.notified();
        const host = stage.keep(await succeed(stage.reach(port)));
        await succeed(host.finish(bytesOf('signal')));
        const guest = await listening.next();
        await new Reading(guest).ended;
        guest.destroy();
        await closedFor(host);
      });

      it('can be made again and again, in order', async () => {
        const { listening, port } = await stage.notified();
        const received: string[] = [];
        for (const text of ['one', 'two', 'three']) {
          const host = stage.keep(await succeed(stage.reach(port)));
          await succeed(host.finish(bytesOf(text)));
          const notification = new Reading(await listening.next());
          await notification.ended;
          received.push(notification.text);
        }
        expect(received).to.deep.equal(['one', 'two', 'three']);
      });

      it('fails when the guest does not listen', async () => {
        const { listening, port } = await stage.notified();
        listening.stop();
        const failure: SocketFailure = await fail(stage.reach(port));
        expect(failure.operation).to.equal('connect');
        expect(failure.code).to.match(/^(?:WSA)?(?:ECONNREFUSED|ECONNRESET|ENOENT|ETIMEDOUT)$/);
        expect(failure.detail).to.include(failure.where).and.to.include(failure.code);
      });

      it('is not begun when it has been given up before', async () => {
        const { listening, port } = await stage.notified();
        const failure = await fail(stage.reach(port, 0, AbortSignal.abort()));
        expect(failure).to.include({ operation: 'connect', code: 'ABORT_ERR' });
        expect(listening.unclaimed).to.equal(0);
      });

      it('keeps nothing of who might have given it up once it is open', async () => {
        const { listening, port } = await stage.notified();
        const abort = new AbortController();
        const host = stage.keep(await succeed(stage.reach(port, 0, abort.signal)));
        const guest = await listening.next();
        expect(getEventListeners(abort.signal, 'abort')).to.deep.equal([]);
        abort.abort();
        await succeed(host.finish(bytesOf('after')));
        const notification = new Reading(guest);
        await notification.ended;
        expect(notification.text).to.equal('after');
      });

      it('leaves nothing behind when it is given up on the way', async () => {
        const { listening, port } = await stage.notified();
        const before = stage.rig.handles();
        const abort = new AbortController();
        const connecting = fail(stage.reach(port, 0, abort.signal));
        abort.abort();
        expect(await connecting).to.include({ operation: 'connect', code: 'ABORT_ERR' });
        const host = stage.keep(await succeed(stage.reach(port)));
        await succeed(host.finish(bytesOf('after')));
        // What was given up may have reached the guest, as a stream without bytes.
        for (let text = ''; text !== 'after'; ) {
          const guest = await listening.next();
          const notification = new Reading(guest);
          await notification.ended;
          text = notification.text;
          expect(text).to.be.oneOf(['', 'after']);
          guest.destroy();
          await closedFor(guest);
        }
        await closedFor(host);
        expect(stage.rig.handles()).to.equal(before);
      });

      it('is not ended by an abort that comes after it was there', async () => {
        const { listening, port } = await stage.notified();
        const abort = new AbortController();
        const host = stage.keep(await succeed(stage.reach(port, 0, abort.signal)));
        abort.abort();
        await succeed(host.finish(bytesOf('signal')));
        const notification = new Reading(await listening.next());
        await notification.ended;
        expect(notification.text).to.equal('signal');
      });

      it('finds the guest again after it has stopped and started to listen', async () => {
        const first = await stage.notified();
        first.listening.stop();
        const { listening, port } = await stage.notified();
        const host = stage.keep(await succeed(stage.reach(port)));
        await succeed(host.finish(bytesOf('again')));
        const notification = new Reading(await listening.next());
        await notification.ended;
        expect(notification.text).to.equal('again');
      });
    });
  });
};
