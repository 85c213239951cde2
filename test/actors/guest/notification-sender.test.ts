import { expect } from 'chai';
import sinon from 'sinon';
import { decodeInput } from '../../../actors/application/settings.js';
import { NotificationSender } from '../../../actors/guest/notification-sender.js';
import { Service } from '../../../actors/service.js';
import { type GuestId, ManualClock, parseGuestId } from '../../../index.js';
import { socketFailure } from '../../../native/sockets/failure.js';
import type { Delivery } from '../../../native/sockets/transport.js';
import { thisPlatform } from '../../../platform.js';
import { right } from '../../protocol/either.js';

const guest = right(parseGuestId('tcp://127.0.1.1'));

/**
 * A guest that takes every notification, or refuses it, or is slow to take its bytes, and closes none of its connections unless told
 * to.
 */
const keeping = ({ refuses = false, isSlow = false } = {}) => {
  const clock = new ManualClock();
  const open: number[] = [];
  const closed: (() => void)[] = [];
  const send = (delivery: Delivery): (() => void) => {
    const number = closed.length;
    const close = (): void => {
      open.splice(open.indexOf(number), 1);
    };
    open.push(number);
    closed.push(() => delivery.closed());
    queueMicrotask(() => {
      if (refuses) return delivery.failed(socketFailure('connect', guest, 'ECONNREFUSED'));
      delivery.opened();
      if (!isSlow) delivery.written();
    });
    return close;
  };
  const platform = {
    ...thisPlatform,
    transport: (...given: Parameters<typeof thisPlatform.transport>) => ({
      ...thisPlatform.transport(...given),
      send: (_guest: GuestId, _port: number, delivery: Delivery) => send(delivery),
    }),
  };
  const service = new Service(right(decodeInput({ endpoints: ['memory://vm'], clock })), platform);
  const sender = new NotificationSender(guest, service);
  const outcomes: string[] = [];
  let waited = 0;
  const listening = sender.outcomes.subscribe((event) => {
    outcomes.push(event.type);
    if (event.type === 'delivery.failed') ({ waited } = event);
  });
  const sendSeveral = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++) {
      sender.send(() => new Uint8Array(1), 2000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    send: sendSeveral,
    sender,
    service,
    open,
    closed,
    outcomes,
    listening,
    clock,
    waited: () => waited,
  };
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

  it('wait behind those of others while two of its connections are open', async () => {
    const { send, service, closed } = keeping();
    const wait = sinon.spy(service.pacing, 'wait');
    await send(3);
    for (const close of closed.slice(0, 2)) close();
    await send(1);
    expect(wait.args.map(([, isSlow]) => isSlow)).to.deep.equal([false, false, true, false]);
  });

  it('connections that it has closed do not count', async () => {
    const { send, open, closed } = keeping();
    await send(8);
    for (const close of closed.slice(0, 4)) close();
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

describe('a notification that a guest has accepted', () => {
  it('is told as under way while its bytes are not taken', async () => {
    const { send, outcomes } = keeping({ isSlow: true });
    await send(1);
    expect(outcomes).to.deep.equal(['connection.opened']);
  });

  it('is given up with its connection when its time is over', async () => {
    const { send, open, outcomes, clock, service } = keeping({ isSlow: true });
    const ended = sinon.spy(service.pacing, 'end');
    await send(1);
    await clock.advance(1999);
    expect(open).to.deep.equal([0]);
    await clock.advance(1);
    expect(open).to.deep.equal([]);
    expect(
      ended.args.map(([, isWritten]) => isWritten),
      'says nothing about how long writing takes',
    ).to.deep.equal([false]);
    expect(outcomes).to.deep.equal(['connection.opened', 'delivery.failed']);
    expect(clock.pending).to.equal(0);
  });

  it('is not told as under way once the next one has taken its place', async () => {
    const { sender, outcomes, open } = keeping({ isSlow: true });
    const next = (): Uint8Array => new Uint8Array(1);
    sender.send(() => {
      sender.send(next, 2000);
      return next();
    }, 2000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(open).to.deep.equal([1]);
    expect(outcomes).to.deep.equal(['connection.opened']);
  });
});

describe('a notification that waits for its turn', () => {
  const waiting = async (guestOf: ReturnType<typeof keeping>): Promise<void> => {
    const { sender, service, open, outcomes, clock } = guestOf;
    // As many others as there are places, none of which comes to an end.
    const others = Array.from({ length: service.pacing.limit }, () => ({ begin: () => undefined }));
    for (const other of others) service.pacing.wait(other, false);
    await Promise.resolve();
    sender.send(() => new Uint8Array(1), 3);
    await clock.advance(5);
    expect(open).to.deep.equal([]);
    expect(outcomes).to.deep.equal([]);
    for (const other of others) service.pacing.end(other, true);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
  };

  it('has all of its time from then on', async () => {
    const one = keeping();
    await waiting(one);
    expect(one.outcomes).to.deep.equal(['notification.delivered']);
  });

  it('says how long it waited when it fails', async () => {
    const one = keeping({ refuses: true });
    await waiting(one);
    expect(one.outcomes).to.deep.equal(['delivery.failed']);
    expect(one.waited()).to.equal(5);
  });
});
