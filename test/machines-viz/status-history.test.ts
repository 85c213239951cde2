import { expect } from 'chai';
import fc from 'fast-check';
import { StatusHistory, sharing } from '../../machines-viz/inspector/status-history.js';

describe('the history of the state of everything', () => {
  it('keeps a bounded number over any time, the newest all, the older ones ever sparser', () => {
    const history = new StatusHistory<number>();
    for (let second = 0; second < 100_000; second += 1) {
      history.note(second, second);
      expect(history.numbers.length).to.be.at.most(320);
    }
    const kept = history.numbers;
    expect(kept[0], 'the oldest').to.equal(0);
    expect(kept.slice(-150)).to.deep.equal(Array.from({ length: 150 }, (_, i) => 99_850 + i));
    const gaps = kept.slice(1).map((number, i) => number - (kept[i] ?? 0));
    expect(Math.max(...gaps.slice(-200))).to.be.lessThan(Math.max(...gaps.slice(0, 20)));
  });

  const guests = (count: number, round: number) => ({
    guests: Array.from({ length: count }, (_, n) => ({
      id: `guest ${n}`,
      session: { id: round, network: { ssid: 'Lobby', round } },
    })),
  });

  it('keeps fewer of them where every guest has changed each time, and the newest always', () => {
    const history = new StatusHistory<ReturnType<typeof guests>>();
    const dropped = new Set<number>();
    for (let second = 0; second < 200; second += 1) {
      for (const number of history.note(second, guests(2000, second)).dropped) dropped.add(number);
      expect(history.values).to.be.at.most(500_000);
      expect(history.numbers.at(-1)).to.equal(second);
    }
    expect(history.numbers.length).to.be.within(10, 40);
    expect([...history.numbers, ...dropped].sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 200 }, (_, i) => i),
    );
    history.note(200, guests(60_000, 200));
    expect(history.numbers, 'one that is too large by itself').to.deep.equal([200]);
  });

  it('lets every second of the older half go where there are too many, or the oldest of a few', () => {
    const many = new StatusHistory<number>();
    for (let second = 0; second < 320; second += 1)
      expect(many.note(second, second).dropped).to.deep.equal([]);
    expect(many.note(320, 320).dropped).to.deep.equal(Array.from({ length: 80 }, (_, i) => 2 * i + 1));
    const few = new StatusHistory<object>();
    // Ten values in each guest.
    for (const second of [0, 1]) few.note(second, guests(20_000, second));
    expect(few.note(2, guests(20_000, 2)).dropped).to.deep.equal([0]);
    expect(few.numbers).to.deep.equal([1, 2]);
  });

  it('keeps as many as ever where most guests rest', () => {
    const history = new StatusHistory<object>();
    const { guests: resting } = guests(1000, 0);
    for (let second = 0; second < 300; second += 1)
      history.note(second, structuredClone([...resting, { id: 'busy', second }]));
    expect(history.numbers).to.have.lengthOf(300);
  });

  it('counts each value once, and none of what is not kept', () => {
    const history = new StatusHistory<object>();
    const { status } = history.note(1, { a: { b: 1 }, c: { d: [1, 2] } });
    // Three objects and a list, with six values in them.
    expect(history.values).to.equal(10);
    expect(history.note(2, { a: { b: 2 }, c: { d: [1, 2] } }).status).to.have.property(
      'c',
      (status as { readonly c: object }).c,
    );
    expect(history.values).to.equal(15);
    history.forgetBefore(2);
    expect(history.values).to.equal(10);
    expect(history.numbers).to.deep.equal([2]);
    history.forgetBefore(3);
    expect(history.values).to.equal(0);
    history.note(3, { a: { b: 2 }, c: { d: [1, 2] } });
    expect(history.values, 'what comes again').to.equal(10);
  });

  it('shares what has not changed with the state before', () => {
    const before = {
      guests: [
        { id: 'a', n: 1 },
        { id: 'b', n: 1 },
      ],
      counters: { sent: 1 },
      gone: 1,
    };
    const now = {
      guests: [
        { id: 'a', n: 1 },
        { id: 'b', n: 2 },
      ],
      counters: { sent: 1 },
    };
    const shared = sharing(before, now);
    expect(shared).to.deep.equal(now);
    expect(shared.guests[0]).to.equal(before.guests[0]);
    expect(shared.guests[1]).not.to.equal(before.guests[1]);
    expect(shared.counters).to.equal(before.counters);
    expect(sharing(before, structuredClone(before))).to.equal(before);
  });

  it('is equal to what it was given, whatever was before', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, now) => {
        expect(sharing(before, now)).to.deep.equal(now);
      }),
    );
  });
});
