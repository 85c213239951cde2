import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import sinon from 'sinon';
import { decodeInput } from '../../../actors/application/settings.js';
import { GuestConnections } from '../../../actors/guest/connections.js';
import type { GuestRequest } from '../../../actors/guest/guest-request.js';
import { Service } from '../../../actors/service.js';
import { ManualClock, parseGuestId } from '../../../index.js';
import { socketFailure } from '../../../native/sockets/failure.js';
import type { Connection, SocketFailure } from '../../../native/sockets/transport.js';
import { thisPlatform } from '../../../platform.js';
import { encodeRequest } from '../../../protocol/index.js';
import { right } from '../../protocol/either.js';
import { Records } from '../../stage/records.js';
import { scanFor } from './requests.js';

const guest = right(parseGuestId('tcp://127.0.1.1'));
const lost = E.left(socketFailure('write', guest, 'EPIPE'));

/** A guest's connections, of which the sockets do as a test says. */
const connections = (backlog = 8) => {
  const clock = new ManualClock();
  const records = new Records(() => undefined);
  const { log, metrics } = records;
  const settings = right(decodeInput({ endpoints: ['memory://vm'], clock, backlog, log, metrics }));
  const all = new GuestConnections(guest, new Service(settings, thisPlatform), () => undefined);
  const events: string[] = [];
  const requests: GuestRequest[] = [];
  all.events.subscribe((event) => {
    events.push('exchange' in event ? `${event.type} ${event.exchange}` : event.type);
    if (event.type === 'request.received') requests.push(event.request);
  });
  const open = (isFlushed?: boolean) => {
    const bytes = new Subject<Uint8Array>();
    const destroy = sinon.fake();
    let written: (result: E.Either<SocketFailure, void>) => void = () => undefined;
    let close = (): void => undefined;
    const connection: Connection = {
      peer: guest,
      bytes,
      onClosed: (tell) => {
        close = tell;
      },
      finish: () => () =>
        new Promise((resolve) => {
          written = resolve;
        }),
      destroy,
      ...(isFlushed === undefined ? {} : { isFlushed: () => isFlushed }),
    };
    all.accept(connection, () => undefined);
    return {
      destroy,
      asks: (): GuestRequest => {
        bytes.next(encodeRequest(scanFor()));
        const request = requests.at(-1);
        if (request === undefined) throw new Error('nothing has been asked');
        return request;
      },
      /** It ends its side. */
      ends: () => bytes.complete(),
      close: () => close(),
      written: (result: E.Either<SocketFailure, void>) => written(result),
    };
  };
  return { all, clock, events, records, open };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the answer on a guest’s connection', () => {
  const answered = async (isFlushed: boolean | undefined, result: E.Either<SocketFailure, void>) => {
    const { all, events, open } = connections();
    const one = open(isFlushed);
    const request = one.asks();
    all.follow(request);
    request.reply(new Uint8Array(7), 'complete');
    await settled();
    const before = events.slice(1);
    one.written(result);
    await settled();
    return [before, events.slice(1 + before.length)];
  };

  it('is told as written, and as sent once the system has taken it', async () => {
    const [written, sent] = [['answer.written 1'], ['answer.sent 1']];
    for (const isFlushed of [false, undefined])
      expect(await answered(isFlushed, E.right(undefined))).to.deep.equal([written, sent]);
  });

  it('is told as sent alone where the system has taken it at once', async () => {
    expect(await answered(true, E.right(undefined))).to.deep.equal([['answer.sent 1'], []]);
  });

  it('is told of once somebody follows it, and not before', async () => {
    const { all, events, open } = connections();
    const one = open();
    const request = one.asks();
    request.reply(new Uint8Array(7), 'complete');
    one.written(E.right(undefined));
    await settled();
    expect(events).to.deep.equal(['request.received']);
    all.follow(request);
    await settled();
    expect(events.slice(1)).to.deep.equal(['answer.written 1', 'answer.sent 1']);
  });

  it('is told as failed where it could not be written, or the guest has hung up', async () => {
    expect(await answered(false, lost)).to.deep.equal([['answer.written 1'], ['answer.failed 1']]);
    const { events, open } = connections();
    const one = open();
    const request = one.asks();
    one.close();
    request.reply(new Uint8Array(7), 'complete');
    await settled();
    expect(events.slice(1)).to.deep.equal(['request.abandoned 1', 'answer.failed 1']);
  });

  it('is followed by the end of a connection that its guest has not closed 2 s later', async () => {
    for (const closes of [true, false]) {
      const { clock, open } = connections();
      const one = open();
      one.asks().reply(new Uint8Array(7), 'complete');
      await clock.advance(1999);
      if (closes) one.close();
      sinon.assert.notCalled(one.destroy);
      await clock.advance(1);
      expect(one.destroy.callCount).to.equal(closes ? 0 : 1);
    }
  });
});

describe('the connections of a guest', () => {
  it('are as many as the setting says, and no more until one is gone', () => {
    const { all, open, records } = connections(2);
    const [first, second, third] = [open(), open(), open()];
    expect([first, second, third].map(({ destroy }) => destroy.callCount)).to.deep.equal([0, 0, 1]);
    expect(all.size).to.equal(2);
    expect(records.count('refusedConnections', 'backlog')).to.equal(1);
    first.close();
    expect(open().destroy.callCount).to.equal(0);
  });

  it('are told of as ended by a guest that still waits for its answer, and not by one that has it', () => {
    for (const hasAnswer of [false, true]) {
      const { events, open } = connections();
      const one = open();
      const request = one.asks();
      if (hasAnswer) request.reply(new Uint8Array(7), 'complete');
      one.ends();
      expect(events.slice(1)).to.deep.equal(hasAnswer ? [] : ['request.ended 1']);
    }
  });

  it('are all closed with the guest, whose requests are given up', () => {
    const { all, events, open } = connections();
    const [first, second] = [open(), open()];
    first.asks();
    all.close();
    expect([first, second].map(({ destroy }) => destroy.callCount)).to.deep.equal([1, 1]);
    expect(events).to.deep.equal(['request.received', 'request.abandoned 1']);
    expect(all.size).to.equal(0);
  });
});
