import { expect } from 'chai';
import sinon from 'sinon';
import { ManualClock } from '../../streams/clock.js';
import { Deadlines, timersOf } from '../../streams/deadlines.js';
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

/** Those who ask within one task are served after it. */
const asked = (): Promise<void> => Promise.resolve();

/** The event loop has seen to all that was ready. */
const round = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the pacing of notifications', () => {
  it('begins sixteen at first, and the others in order when the event loop has seen to all that are ready', async () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(1, 20)) wait(guest);
    expect(begun, 'whoever asks has yet to ask for all').to.deep.equal([]);
    await asked();
    expect(begun).to.deep.equal(numbers(1, 16));
    end(7);
    end(1);
    expect(begun.slice(16)).to.deep.equal([]);
    await round();
    expect(begun.slice(16)).to.deep.equal([17, 18]);
  });

  it('tells of all that were written in a round after it, and of a single one at once', async () => {
    const { pacing, wait, end } = paced();
    const told: number[] = [];
    const written = (guest: number): void => {
      end(guest);
      pacing.later(() => told.push(guest));
    };
    for (const guest of numbers(1, 3)) wait(guest);
    await asked();
    written(2);
    written(1);
    written(3);
    expect(told).to.deep.equal([]);
    await round();
    expect(told).to.deep.equal([2, 1, 3]);
    wait(4);
    await asked();
    written(4);
    expect(told).to.deep.equal([2, 1, 3, 4]);
  });

  it('tells for how long the event loop could not have written', async () => {
    const { clock, wait, end } = paced();
    wait(1);
    await clock.advance(50);
    clock.work(3);
    expect(end(1)).to.equal(3);
  });

  it('does not count what the event loop did before it was idle with nothing open', async () => {
    const { clock, wait, end } = paced();
    wait(1);
    await asked();
    clock.work(30);
    wait(2);
    await clock.advance(1);
    wait(3);
    await asked();
    clock.work(2);
    expect([end(1), end(2), end(3)]).to.deep.equal([2, 2, 2]);
  });

  it('opens as many at a time as can be written within 0.7 ms, four at least', async () => {
    const { clock, pacing, wait, end } = paced();
    let guest = 0;
    const rounds = async (count: number, milliseconds: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) {
        const guests = numbers(guest + 1, guest + pacing.limit);
        guest += guests.length;
        for (const each of guests) wait(each);
        await asked();
        for (const each of guests) {
          clock.work(milliseconds);
          end(each);
        }
        await round();
      }
    };
    await rounds(40, 0.07);
    expect(pacing.limit).to.be.within(9, 10);
    await rounds(40, 0.014);
    expect(pacing.limit).to.be.within(48, 50);
    await rounds(40, 5);
    expect(pacing.limit, 'never fewer').to.equal(4);
    await rounds(100, 0);
    expect(pacing.limit, 'never more').to.equal(64);
  });

  it('is not misled much by a pause of the whole machine, or by a single frame', async () => {
    const { clock, pacing, wait, end } = paced();
    for (const guest of numbers(1, 16)) wait(guest);
    await asked();
    clock.work(1000);
    for (const guest of numbers(1, 16)) end(guest);
    wait(17);
    await asked();
    expect(pacing.limit).to.equal(9);
    clock.work(1000);
    end(17);
    wait(18);
    await asked();
    expect(pacing.limit).to.equal(8);
  });

  it('believes of what it sees a quarter, and less where it has seen few', async () => {
    /** The limit after so many of sixteen were written, the last of them so late. */
    const limitAfter = async (written: number, milliseconds: number): Promise<number> => {
      const { clock, pacing, wait, end } = paced();
      for (const guest of numbers(1, 16)) wait(guest);
      await asked();
      clock.work(milliseconds);
      for (const guest of numbers(1, written)) end(guest);
      wait(17);
      await asked();
      return pacing.limit;
    };
    // From 0.7 / 16 ms for each, to 0.7 / limit.
    expect(await limitAfter(16, 0)).to.equal(21);
    expect(await limitAfter(16, 0.154)).to.equal(19);
    expect(await limitAfter(16, 1.4)).to.equal(12);
    expect(await limitAfter(8, 1.4)).to.equal(11);
    expect(await limitAfter(1, 1.4)).to.equal(15);
  });

  it('forgets how late it was once it has learnt from it', async () => {
    const { clock, pacing, wait, end } = paced();
    for (const guest of numbers(1, 16)) wait(guest);
    await asked();
    clock.work(1000);
    for (const guest of numbers(1, 16)) end(guest);
    for (const guest of numbers(17, 25)) wait(guest);
    await asked();
    expect(pacing.limit).to.equal(9);
    for (const guest of numbers(17, 25)) end(guest);
    wait(26);
    await asked();
    expect(pacing.limit).to.equal(12);
  });

  it('lets three slow guests in where there are nine places', async () => {
    const { clock, pacing, begun, wait, end } = paced();
    for (const guest of numbers(1, 16)) wait(guest);
    await asked();
    clock.work(1000);
    for (const guest of numbers(1, 16)) end(guest);
    for (const guest of numbers(101, 110)) wait(guest, true);
    await asked();
    expect(pacing.limit).to.equal(9);
    expect(begun.slice(16)).to.deep.equal(numbers(101, 103));
  });

  it('says how late a frame is whose connection opens at last, once', async () => {
    const { clock, begun, wait, end } = paced();
    for (const guest of numbers(1, 20)) wait(guest);
    await clock.advance(10);
    expect(begun).to.deep.equal(numbers(1, 20));
    clock.work(3);
    expect([end(1), end(1)]).to.deep.equal([3, 0]);
    expect([end(17), end(17)]).to.deep.equal([3, 0]);
  });

  it('takes the event loop for idle where nobody can tell', async () => {
    const clock = new ManualClock();
    const { idle, ...others } = clock;
    const pacing = new Pacing(others, new Deadlines(clock));
    const turn: Turn = { begin: () => undefined };
    pacing.wait(turn, false);
    await asked();
    clock.work(7);
    expect(pacing.end(turn, true)).to.equal(0);
    expect(idle()).to.equal(0);
  });

  it('watches those that do not open with one deadline, however many come and go', async () => {
    const clock = new ManualClock();
    const pacing = new Pacing(clock, timersOf(clock));
    const turns = numbers(1, 40).map((): Turn => ({ begin: () => undefined }));
    for (const turn of turns) {
      pacing.wait(turn, false);
      await asked();
    }
    for (const turn of turns.slice(0, 4)) {
      pacing.end(turn, true);
      await round();
    }
    expect(clock.pending).to.equal(1);
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
    await asked();
    // Looked at every 10 ms: at 60, 90 and 100.
    clock.work(60);
    await clock.advance(0);
    clock.work(30);
    await clock.advance(0);
    expect(begun).to.have.length(16);
    clock.work(10);
    await clock.advance(0);
    expect(begun).to.have.length(17);
  });

  it('lets slow guests wait for prompt ones, and have a quarter of the places', async () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(101, 110)) wait(guest, true);
    await asked();
    expect(begun).to.deep.equal(numbers(101, 104));
    for (const guest of numbers(1, 14)) wait(guest);
    await asked();
    expect(begun.slice(4)).to.deep.equal(numbers(1, 12));
    end(101);
    await round();
    expect(begun.slice(16), 'the prompt one first').to.deep.equal([13]);
    end(1);
    end(2);
    await round();
    expect(begun.slice(17)).to.deep.equal([14, 105]);
  });

  it('forgets one that is given up while it waits', async () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(1, 18)) wait(guest);
    await asked();
    expect(end(17, false)).to.equal(0);
    end(1);
    await round();
    expect(begun.slice(16)).to.deep.equal([18]);
  });

  it('forgets a slow one that is given up while it waits', async () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(1, 6)) wait(guest, true);
    await asked();
    expect(end(5, false)).to.equal(0);
    end(1);
    await round();
    expect(begun.slice(4)).to.deep.equal([6]);
  });

  it('lets no more slow guests in when prompt ones are through', async () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(1, 12)) wait(guest);
    await asked();
    for (const guest of numbers(101, 110)) wait(guest, true);
    await asked();
    expect(begun.slice(12)).to.deep.equal(numbers(101, 104));
    for (const guest of numbers(1, 3)) end(guest);
    await round();
    expect(begun.slice(16)).to.deep.equal([]);
  });

  it('lets one more slow guest in for each that is through', async () => {
    const { begun, wait, end } = paced();
    for (const guest of numbers(101, 120)) wait(guest, true);
    await asked();
    for (const [ended, next] of [
      [101, 105],
      [102, 106],
    ] as const) {
      end(ended);
      await round();
      expect(begun.at(-1)).to.equal(next);
    }
    expect(begun).to.deep.equal(numbers(101, 106));
  });

  it('looks once for all who ask in one task', async () => {
    const looks = sinon.spy(globalThis, 'queueMicrotask');
    try {
      const { begun, wait } = paced();
      for (const guest of numbers(1, 10)) wait(guest);
      expect(looks.callCount).to.equal(1);
      await asked();
      expect(begun).to.deep.equal(numbers(1, 10));
      wait(11);
      expect(looks.callCount).to.equal(2);
    } finally {
      looks.restore();
    }
  });

  it('lets one more slow guest in for each that does not open', async () => {
    const { clock, begun, wait } = paced();
    for (const guest of numbers(101, 120)) wait(guest, true);
    await clock.advance(10);
    expect(begun).to.deep.equal(numbers(101, 108));
    await clock.advance(10);
    expect(begun).to.deep.equal(numbers(101, 112));
  });

  it('counts lateness from the very beginning of the service', async () => {
    const { clock, wait, end } = paced();
    wait(1);
    await asked();
    clock.work(5);
    expect(end(1)).to.equal(5);
  });
});
