import { expect } from 'chai';
import * as fc from 'fast-check';
import { ManualClock } from '../../streams/clock.js';
import { Alarm, Deadlines, timersOf } from '../../streams/deadlines.js';

describe('deadlines', () => {
  it('of any number wait on one timer, and none when all are over', () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const over: number[] = [];
    for (const after of [30, 10, 20]) deadlines.in(after, () => over.push(after));
    expect(clock.pending).to.equal(1);
    clock.advanceNow(9);
    expect(over).to.deep.equal([]);
    clock.advanceNow(1);
    expect([over, clock.pending]).to.deep.equal([[10], 1]);
    clock.advanceNow(20);
    expect([over, clock.pending]).to.deep.equal([[10, 20, 30], 0]);
  });

  it('that are cancelled never come, not even by one that comes at the same moment', () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const over: string[] = [];
    deadlines.in(5, () => {
      over.push('first');
      second.cancel();
    });
    const second = deadlines.in(5, () => over.push('second'));
    clock.advanceNow(60);
    expect(over).to.deep.equal(['first']);
  });

  it('may set others', () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const over: number[] = [];
    const again = (): void => {
      over.push(clock.elapsed());
      if (over.length < 3) deadlines.in(10, again);
    };
    deadlines.in(10, again);
    clock.advanceNow(100);
    expect(over).to.deep.equal([10, 20, 30]);
  });

  it('in the past come at once, by the timer', () => {
    const clock = new ManualClock();
    const over: string[] = [];
    new Deadlines(clock).in(-5, () => over.push('it'));
    expect(over).to.deep.equal([]);
    clock.advanceNow(0);
    expect(over).to.deep.equal(['it']);
  });

  it('that are cleared leave nothing, and new ones may be set', () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const over: string[] = [];
    deadlines.in(10, () => over.push('before'));
    deadlines.clear();
    expect(clock.pending).to.equal(0);
    deadlines.in(20, () => over.push('after'));
    clock.advanceNow(20);
    expect(over).to.deep.equal(['after']);
  });

  it('that are cancelled twice, or when they have come, leave the others alone', () => {
    const clock = new ManualClock();
    const deadlines = new Deadlines(clock);
    const over: number[] = [];
    const [first, second] = [10, 20, 30].map((after) => deadlines.in(after, () => over.push(after)));
    second?.cancel();
    second?.cancel();
    clock.advanceNow(10);
    first?.cancel();
    clock.advanceNow(20);
    expect([over, clock.pending]).to.deep.equal([[10, 30], 0]);
  });

  it('set the timer for the earliest of them only', () => {
    const clock = new ManualClock();
    const times: number[] = [];
    const deadlines = new Deadlines({
      ...clock,
      setTimeout: (callback, milliseconds) => {
        times.push(milliseconds);
        return clock.setTimeout(callback, milliseconds);
      },
    });
    clock.advanceNow(100);
    for (const after of [20, 20, 30]) deadlines.in(after, () => deadlines.in(10, () => undefined));
    expect(times).to.deep.equal([20]);
    deadlines.in(5, () => undefined);
    expect(times).to.deep.equal([20, 5]);
    clock.advanceNow(20);
    expect(times, 'what is set meanwhile may be what is next').to.deep.equal([20, 5, 15, 10]);
    clock.advanceNow(20);
    expect([times, clock.pending]).to.deep.equal([[20, 5, 15, 10, 10], 0]);
  });

  it('whatever is set and cancelled: each that is left comes once, when it is due', () => {
    const step = fc.record({ after: fc.nat(50), wait: fc.nat(30), cancels: fc.boolean() });
    return fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const clock = new ManualClock();
        const deadlines = new Deadlines(clock);
        const came: [number, number][] = [];
        const wanted: [number, number][] = [];
        steps.forEach(({ after, wait, cancels }, i) => {
          const due = clock.elapsed() + after;
          const deadline = deadlines.in(after, () => came.push([i, clock.elapsed()]));
          clock.advanceNow(wait);
          if (cancels) deadline.cancel();
          if (!cancels || due <= clock.elapsed()) wanted.push([i, due]);
        });
        clock.advanceNow(100);
        expect(came.sort(([a], [b]) => a - b)).to.deep.equal(wanted);
        expect(clock.pending).to.equal(0);
      }),
    );
  });
});

describe('an alarm', () => {
  const alarmed = () => {
    const clock = new ManualClock();
    return { clock, alarm: new Alarm(new Deadlines(clock)), over: [] as string[] };
  };

  it('goes off once', () => {
    const { clock, alarm, over } = alarmed();
    alarm.set(10, () => over.push('it'));
    clock.advanceNow(9);
    expect(over).to.deep.equal([]);
    clock.advanceNow(60);
    expect(over).to.deep.equal(['it']);
  });

  it('that is set anew takes the place of the one before', () => {
    const { clock, alarm, over } = alarmed();
    alarm.set(10, () => over.push('before'));
    alarm.set(20, () => over.push('after'));
    clock.advanceNow(60);
    expect(over).to.deep.equal(['after']);
  });

  it('that is cancelled never goes off', () => {
    const { clock, alarm, over } = alarmed();
    alarm.cancel();
    alarm.set(10, () => over.push('it'));
    alarm.cancel();
    clock.advanceNow(60);
    expect(over).to.deep.equal([]);
  });
});

describe('a deadline with a timer of its own', () => {
  it('comes when it is due, unless it is cancelled, and leaves no timer', () => {
    const clock = new ManualClock();
    const over: string[] = [];
    const deadlines = timersOf(clock);
    deadlines.in(10, () => over.push('it'));
    const cancelled = deadlines.in(5, () => over.push('the cancelled one'));
    expect(clock.pending).to.equal(2);
    cancelled.cancel();
    expect(clock.pending).to.equal(1);
    clock.advanceNow(9);
    expect(over).to.deep.equal([]);
    clock.advanceNow(1);
    expect([over, clock.pending]).to.deep.equal([['it'], 0]);
  });
});
