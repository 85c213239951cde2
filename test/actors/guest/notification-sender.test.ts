import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { EMPTY, Subject } from 'rxjs';
import { decodeInput } from '../../../actors/application/settings.js';
import { NotificationSender } from '../../../actors/guest/notification-sender.js';
import { Service } from '../../../actors/service.js';
import { ManualClock, parseGuestId } from '../../../index.js';
import type { Connection } from '../../../native/sockets/transport.js';
import { thisPlatform } from '../../../platform.js';
import { right } from '../../protocol/either.js';

const guest = right(parseGuestId('tcp://127.0.1.1'));

/** A guest that takes every notification and closes none of its connections unless told to. */
const keeping = () => {
  const clock = new ManualClock();
  const open: number[] = [];
  const closed: Subject<void>[] = [];
  const connect = (): Connection => {
    const number = closed.length;
    const gone = new Subject<void>();
    closed.push(gone);
    open.push(number);
    return {
      peer: guest,
      bytes: EMPTY,
      finish: () => () => Promise.resolve(E.right(undefined)),
      isFlushed: () => true,
      destroy: () => {
        open.splice(open.indexOf(number), 1);
        gone.next();
      },
      closed: gone,
    };
  };
  const platform = {
    ...thisPlatform,
    transport: (...given: Parameters<typeof thisPlatform.transport>) => ({
      ...thisPlatform.transport(...given),
      connect: () => () => Promise.resolve(E.right(connect())),
    }),
  };
  const service = new Service(right(decodeInput({ endpoints: ['memory://vm'], clock })), platform);
  const sender = new NotificationSender(guest, service);
  const outcomes: string[] = [];
  const listening = sender.outcomes.subscribe(({ type }) => outcomes.push(type));
  const send = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      sender.send(() => new Uint8Array(1), clock.elapsed() + 2000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { send, open, closed, outcomes, listening, clock };
};

describe('the notifications of a guest that never closes', () => {
  it('all are delivered, and only the last eight connections are kept', async () => {
    const { send, open, outcomes } = keeping();
    await send(8);
    expect(open).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
    await send(3);
    expect(open).to.deep.equal([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(outcomes).to.deep.equal(Array.from({ length: 11 }, () => 'notification.delivered'));
  });

  it('connections that it has closed do not count', async () => {
    const { send, open, closed } = keeping();
    await send(8);
    for (const gone of closed.slice(0, 4)) gone.next();
    await send(4);
    expect(open).to.have.length(12);
    await send(1);
    expect(open, 'the oldest that is left').to.not.include(4);
  });

  it('nothing is left open, and no timer, when nobody listens any more', async () => {
    const { send, open, listening, clock } = keeping();
    await send(3);
    listening.unsubscribe();
    expect(open).to.deep.equal([]);
    await clock.advance(60_000);
    expect(clock.pending).to.equal(0);
  });
});
