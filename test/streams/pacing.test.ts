import { expect } from 'chai';
import { ManualClock } from '../../streams/clock.js';
import { Deadlines } from '../../streams/deadlines.js';
import { Pacing, type Turn } from '../../streams/pacing.js';

/** Guests by their numbers, and in which order their turns come. */
const paced = () => {
  const clock = new ManualClock();
  const pacing = new Pacing(clock, new Deadlines(clock));
  const begun: number[] = [];
  const turns = new Map<number, Turn>();
  const turnOf = (guest: number): Turn => {
    const turn = turns.get(guest) ?? { begin: () => begun.push(guest) };
    turns.set(guest, turn);
    return turn;
  };
  return {
    clock,
    pacing,
    begun,
    wait: (guest: number, isSlow = false) => pacing.wait(turnOf(guest), isSlow),
    end: (guest: number, isWritten = true) => pacing.end(turnOf(guest), isWritten),
  };
};

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('the pacing of notifications', () => {
  it('begins sixteen at first, and the others in order as those are written', () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(1, 20)) wait(guest);
    expect(begun).to.deep.equal(numbers(1, 16));
    end(7);
    end(1);
    expect(begun.slice(16)).to.deep.equal([17, 18]);
  });

  it('tells for how long the event loop could not have written', async () => {
    const { clock, wait, end } = paced();
    wait(1);
    await clock.advance(50);
    clock.work(3);
    expect(end(1)).to.equal(3);
  });

  it('does not count what the event loop did before it was idle with nothing open', async () => {
    const { clock, pacing, wait, end } = paced();
    wait(1);
    clock.work(30);
    wait(2);
    await clock.advance(1);
    wait(3);
    clock.work(2);
    expect([end(1), end(2), end(3)]).to.deep.equal([2, 2, 2]);
    expect(pacing.limit).to.equal(16);
  });

  it('halves their number when one was written late, once for those that began before', () => {
    const { clock, pacing, wait, end } = paced();
    for (const guest of numbers(1, 16)) wait(guest);
    clock.work(6);
    for (const guest of numbers(1, 16)) end(guest);
    expect(pacing.limit).to.equal(8);
    wait(17);
    clock.work(6);
    end(17);
    expect(pacing.limit).to.equal(4);
    wait(18);
    clock.work(6);
    end(18);
    expect(pacing.limit, 'never fewer').to.equal(4);
  });

  it('raises it again while others wait, up to 64', () => {
    const { pacing, wait, end } = paced();
    for (const guest of numbers(1, 5000)) wait(guest);
    for (const guest of numbers(1, 100)) end(guest);
    expect(pacing.limit).to.be.within(17, 24);
    for (const guest of numbers(101, 4900)) end(guest);
    expect(pacing.limit).to.equal(64);
  });

  it('does not wait for one that does not open', async () => {
    const { clock, begun, wait } = paced();
    for (const guest of numbers(1, 40)) wait(guest);
    await clock.advance(9);
    expect(begun).to.have.length(16);
    await clock.advance(1);
    expect(begun).to.have.length(32);
    await clock.advance(10);
    expect(begun).to.deep.equal(numbers(1, 40));
    await clock.advance(60_000);
    expect(clock.pending).to.equal(0);
  });

  it('waits longer where the event loop has been at work all the time', async () => {
    const { clock, begun, wait } = paced();
    for (const guest of numbers(1, 17)) wait(guest);
    clock.work(60);
    await clock.advance(0);
    expect(begun).to.have.length(16);
  });

  it('lets slow guests wait for prompt ones, and have a quarter of the places', () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(101, 110)) wait(guest, true);
    expect(begun).to.deep.equal(numbers(101, 104));
    for (const guest of numbers(1, 14)) wait(guest);
    expect(begun.slice(4)).to.deep.equal(numbers(1, 12));
    end(101);
    expect(begun.slice(16), 'the prompt one first').to.deep.equal([13]);
    end(1);
    end(2);
    expect(begun.slice(17)).to.deep.equal([14, 105]);
  });

  it('forgets one that is given up while it waits', () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(1, 18)) wait(guest);
    expect(end(17, false)).to.equal(0);
    end(1);
    expect(begun.slice(16)).to.deep.equal([18]);
  });
});
