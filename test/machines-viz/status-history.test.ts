import { expect } from 'chai';
import fc from 'fast-check';
import { sharing, tooMany } from '../../machines-viz/inspector/status-history.js';

describe('the history of the state of everything', () => {
  it('keeps a bounded number over any time, the newest all, the older ones ever sparser', () => {
    let kept: readonly number[] = [];
    for (let second = 0; second < 100_000; second += 1) {
      kept = [...kept, second];
      const dropped = new Set(tooMany(kept));
      kept = kept.filter((number) => !dropped.has(number));
      expect(kept.length).to.be.at.most(320);
    }
    expect(kept[0], 'the oldest').to.equal(0);
    expect(kept.slice(-150)).to.deep.equal(Array.from({ length: 150 }, (_, i) => 99_850 + i));
    const gaps = kept.slice(1).map((number, i) => number - (kept[i] ?? 0));
    expect(Math.max(...gaps.slice(-200))).to.be.lessThan(Math.max(...gaps.slice(0, 20)));
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
