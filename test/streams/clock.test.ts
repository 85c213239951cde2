import { expect } from 'chai';
import { ManualClock } from '../../streams/clock.js';

describe('a clock that is moved', () => {
  it('says when the next of its timers is due, in whatever order they were set', () => {
    const clock = new ManualClock();
    expect(clock.nextDue).to.equal(undefined);
    const set = (milliseconds: number) => clock.setTimeout(() => undefined, milliseconds);
    set(300);
    const soonest = set(100);
    set(200);
    expect(clock.nextDue).to.equal(100);
    clock.clearTimeout(soonest);
    expect(clock.nextDue).to.equal(200);
    clock.advanceNow(200);
    expect(clock.nextDue).to.equal(300);
  });
});
