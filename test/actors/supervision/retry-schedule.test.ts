import { expect } from 'chai';
import * as fc from 'fast-check';
import { pause, redelivery, reopening } from '../../../actors/supervision/retry-schedule.js';

const middle = (): number => 0.5;

describe('retry schedules', () => {
  it('reopening: half a second, doubled each time, half a minute at most', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 50].map((n) => pause(reopening, n, middle))).to.deep.equal([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('redelivery: four tries fit into 2 s, and no fifth', () => {
    const pauses = [1, 2, 3].map((n) => pause(redelivery, n, middle));
    expect(pauses).to.deep.equal([100, 300, 900]);
    const spent = pauses.reduce((sum, one) => sum + one, 0);
    expect(spent).to.be.below(2000);
    expect(spent + pause(redelivery, 4, middle)).to.be.above(2000);
  });

  it('the random share is 20 %: 90 % to 110 % of the pause', () => {
    expect(pause(reopening, 1, () => 0)).to.equal(450);
    expect(pause(reopening, 1, () => 1 - Number.EPSILON)).to.equal(550);
    expect(pause(redelivery, 1, () => 0)).to.equal(90);
    expect(pause(redelivery, 1, () => 1 - Number.EPSILON)).to.equal(110);
  });

  it('a pause is never negative, and never longer than the longest with its random share', () => {
    return fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, random) => {
          for (const schedule of [reopening, redelivery]) {
            const milliseconds = pause(schedule, n, () => random);
            expect(milliseconds).to.be.within(1, schedule.longest * (1 + schedule.jitter / 2));
          }
        },
      ),
    );
  });
});
