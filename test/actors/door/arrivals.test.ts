import { expect } from 'chai';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { EMPTY } from 'rxjs';
import sinon from 'sinon';
import { Arrivals, admittedPerTurn, banTime, mostEmpty, mostWaiting } from '../../../actors/door/arrivals.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import type { Connection } from '../../../native/sockets/transport.js';
import { ManualClock, systemClock } from '../../../streams/clock.js';

describe('newcomers at an endpoint', () => {
  let clock: sinon.SinonFakeTimers;
  let admitted: string[];
  let refused: string[];
  let closed: string[];
  let arrivals: Arrivals;

  beforeEach(() => {
    clock = sinon.useFakeTimers({ toFake: ['setImmediate', 'clearImmediate', 'performance', 'setTimeout'] });
    admitted = [];
    refused = [];
    closed = [];
    arrivals = new Arrivals(
      systemClock,
      ({ peer }) => void admitted.push(peer),
      ({ peer }) => void refused.push(peer),
    );
  });
  afterEach(() => {
    arrivals.close();
    clock.restore();
  });

  const idOf = (number: number) => guestIdOf({ scheme: 'tcp', address: `127.0.1.${number}` });

  const come = (number: number, times = 1): void => {
    const peer = idOf(number);
    const connection: Connection = {
      peer,
      bytes: EMPTY,
      onClosed: () => undefined,
      finish: () => TE.right(undefined),
      destroy: () => void closed.push(peer),
    };
    for (let n = 0; n < times; n += 1) arrivals.add(connection);
  };

  const turn = (): void => void clock.next();

  it('are let in at once where few come, however often one of them does', () => {
    for (let n = 0; n < 500; n += 1) {
      come(1);
      clock.tick(1);
    }
    expect(admitted).to.have.length(500);
  });

  it('wait while more come at a time, and are all let in, turn by turn', () => {
    come(1, 100);
    expect(admitted).to.have.length(admittedPerTurn);
    turn();
    expect(admitted).to.have.length(2 * admittedPerTurn);
    turn();
    turn();
    expect(admitted).to.have.length(100);
    expect(closed).to.deep.equal([]);
  });

  it('do not wait behind the flood of another address', () => {
    come(1, 500);
    come(2);
    turn();
    expect(admitted.indexOf(idOf(2))).to.equal(admittedPerTurn);
  });

  it('do not wait behind a flood from four hundred addresses either: who has come least goes first', () => {
    for (let round = 0; round < 3; round += 1) for (let n = 0; n < 400; n += 1) come(1000 + n);
    come(2);
    turn();
    expect(admitted.indexOf(idOf(2))).to.be.within(admittedPerTurn, 2 * admittedPerTurn - 1);
  });

  it('do not overtake who waits already, however late they come themselves', () => {
    const time = new ManualClock();
    arrivals = new Arrivals(
      time,
      ({ peer }) => void admitted.push(peer),
      ({ peer }) => void refused.push(peer),
    );
    come(1, admittedPerTurn + 1);
    time.advanceNow(1);
    come(2);
    expect(admitted).to.not.include(idOf(2));
    turn();
    expect(admitted)
      .to.include(idOf(2))
      .and.have.length(admittedPerTurn + 2);
  });

  it('are let in at once again in the next millisecond, and not sooner', () => {
    const time = new ManualClock();
    arrivals = new Arrivals(
      time,
      ({ peer }) => void admitted.push(peer),
      ({ peer }) => void refused.push(peer),
    );
    come(1, admittedPerTurn);
    time.advanceNow(1);
    come(2, admittedPerTurn);
    expect(admitted).to.have.length(2 * admittedPerTurn);
    time.advanceNow(0.5);
    come(3);
    expect(admitted).to.not.include(idOf(3));
  });

  it('are no more in a turn for coming from many addresses', () => {
    for (let n = 0; n < 400; n += 1) come(1000 + n);
    for (const turns of [2, 3, 4]) {
      turn();
      expect(admitted).to.have.length(turns * admittedPerTurn);
    }
  });

  it('take turns, whoever came how often before', () => {
    come(1, 200);
    come(2, 200);
    admitted.length = 0;
    turn();
    expect(admitted.filter((peer) => peer === idOf(2))).to.have.length(admittedPerTurn / 2);
  });

  it('are closed where too many wait: those of the busiest address, last come first, and nobody else', () => {
    come(2, 3);
    come(1, mostWaiting + 200);
    come(2, 3);
    expect(new Set(refused)).to.deep.equal(new Set([idOf(1)]));
    expect(closed).to.deep.equal(refused);
    expect(admitted.length + refused.length).to.equal(206);
    while (clock.countTimers() > 0) turn();
    expect(admitted.filter((peer) => peer === idOf(2))).to.have.length(6);
    expect(admitted.length + refused.length).to.equal(mostWaiting + 206);
  });

  it('are forgotten when they have not come for a second', () => {
    const time = new ManualClock();
    arrivals = new Arrivals(
      time,
      ({ peer }) => void admitted.push(peer),
      () => undefined,
    );
    come(1, 40);
    while (clock.countTimers() > 0) turn();
    time.work(1000);
    come(3, 35);
    come(1);
    come(3, 2);
    admitted.length = 0;
    turn();
    expect(admitted[0], 'the forty do not count any more').to.equal(idOf(1));
  });

  it('are sent away for ten seconds when they have come eight times in a row without a byte', () => {
    for (let n = 0; n < mostEmpty; n += 1) {
      come(1);
      arrivals.noteClosed(idOf(1), false);
    }
    expect(refused).to.deep.equal([]);
    come(1, 3);
    come(2);
    expect(refused).to.deep.equal([idOf(1), idOf(1), idOf(1)]);
    expect(closed).to.deep.equal(refused);
    expect(admitted.filter((peer) => peer === idOf(2))).to.have.length(1);
    clock.tick(banTime);
    come(1);
    expect(admitted.filter((peer) => peer === idOf(1))).to.have.length(mostEmpty + 1);
  });

  it('are watched for that 8192 addresses at a time, of which the one that came last longest ago is forgotten', () => {
    const comeInVain = (peer: string): void =>
      arrivals.noteClosed(guestIdOf({ scheme: 'vsock', address: peer }), false);
    for (let n = 0; n < mostEmpty; n += 1) arrivals.noteClosed(idOf(1), false);
    for (let n = 1; n < 8192; n += 1) comeInVain(String(n));
    come(1);
    expect(refused).to.deep.equal([idOf(1)]);
    comeInVain('8192');
    come(1);
    expect(refused, 'one too many').to.have.length(1);
  });

  it('begin anew with each byte', () => {
    for (let n = 0; n < 100; n += 1) {
      clock.tick(1);
      come(1);
      arrivals.noteClosed(idOf(1), n % mostEmpty === 0);
    }
    expect(refused).to.deep.equal([]);
  });

  it('are let in no more when the endpoint closes while one of them is', () => {
    const letIn: string[] = [];
    const closing: Arrivals = new Arrivals(
      systemClock,
      ({ peer }) => {
        letIn.push(peer);
        if (peer === idOf(2)) closing.close();
      },
      () => undefined,
    );
    arrivals = closing;
    come(1, admittedPerTurn + 3);
    come(2, 2);
    turn();
    expect(letIn).to.have.length(admittedPerTurn + 1);
    expect(closed).to.have.length(4);
  });

  it('are closed with the endpoint', () => {
    come(1, 100);
    arrivals.close();
    expect(closed).to.have.length(100 - admittedPerTurn);
    expect(clock.countTimers()).to.equal(0);
  });
});
