import { expect } from 'chai';
import { draw } from '../../../native/simulated/random.js';
import { Schedule } from '../../../native/simulated/schedule.js';
import type { Clock } from '../../../streams/clock.js';
import { ManualClock } from '../../../streams/clock.js';

describe('a schedule', () => {
  const begin = () => {
    const clock = new ManualClock(1000);
    const schedule = new Schedule(clock);
    const done: string[] = [];
    const note = (what: string) => () => {
      done.push(`${schedule.now()} ${what}`);
    };
    return { clock, schedule, done, note };
  };

  it('does things in order of time, and in order of asking where the time is the same', () => {
    const { clock, schedule, done, note } = begin();
    schedule.watch();
    schedule.in(20, note('c'));
    schedule.in(10, note('a'));
    schedule.in(20, note('d'));
    schedule.in(10, note('b'));
    clock.advanceNow(20);
    expect(done).to.deep.equal(['1010 a', '1010 b', '1020 c', '1020 d']);
  });

  it('arms one timer for all, and none while nobody watches or nothing is to be done', () => {
    const { clock, schedule, note } = begin();
    schedule.in(10, note('a'));
    expect(clock.pending).to.equal(0);
    schedule.watch();
    const cancel = schedule.in(20, note('b'));
    expect(clock.pending).to.equal(1);
    clock.advanceNow(10);
    expect(clock.pending).to.equal(1);
    cancel();
    cancel();
    expect(clock.pending).to.equal(0);
  });

  it('goes on however the wall clock is set', () => {
    const { clock, schedule, done, note } = begin();
    schedule.watch();
    schedule.in(10, note('a'));
    clock.setWallClock(-3_600_000);
    schedule.in(20, note('b'));
    clock.advanceNow(10);
    clock.setWallClock(7_200_000);
    schedule.in(20, note('c'));
    clock.advanceNow(9);
    expect(done).to.deep.equal(['1010 a']);
    clock.advanceNow(11);
    expect(done).to.deep.equal(['1010 a', '1020 b', '1030 c']);
  });

  it('makes up for what was due while nobody watched, each thing at its own time', () => {
    const { clock, schedule, done, note } = begin();
    schedule.in(10, () => {
      note('a')();
      schedule.in(10, note('b'));
    });
    clock.advanceNow(100);
    expect(done).to.deep.equal([]);
    schedule.catchUp();
    expect(done).to.deep.equal(['1010 a', '1020 b']);
    expect(schedule.now()).to.equal(1100);
  });

  it('goes on after something in it threw', () => {
    const { clock, schedule, done, note } = begin();
    schedule.watch();
    schedule.in(10, () => {
      throw new Error('broken');
    });
    schedule.in(20, note('a'));
    expect(() => clock.advanceNow(10)).to.throw('broken');
    clock.advanceNow(10);
    expect(done).to.deep.equal(['1020 a']);
  });

  it('does what a timer was armed for even if that fires before the clock gets there', () => {
    const fire: (() => void)[] = [];
    const clock: Clock = {
      now: () => 1000,
      elapsed: () => 1000,
      setTimeout: (callback) => fire.push(callback),
      clearTimeout: () => undefined,
    };
    const schedule = new Schedule(clock);
    const done: number[] = [];
    schedule.watch();
    schedule.in(10, () => done.push(schedule.now()));
    fire[0]?.();
    expect(done).to.deep.equal([1010]);
  });

  it('does not run backwards when the clock does', () => {
    let now = 1000;
    const clock: Clock = {
      now: () => now,
      elapsed: () => now,
      setTimeout: () => 0,
      clearTimeout: () => undefined,
    };
    const schedule = new Schedule(clock);
    expect(schedule.now()).to.equal(1000);
    now = 500;
    expect(schedule.now()).to.equal(1000);
  });
});

describe('a draw', () => {
  it('depends on its seed and each of its keys, and on nothing else', () => {
    expect(draw(1, 2, 3)).to.equal(draw(1, 2, 3));
    expect(new Set([draw(1, 2, 3), draw(2, 2, 3), draw(1, 3, 3), draw(1, 2, 4), draw(1, 2)]).size).to.equal(
      5,
    );
  });

  it('is spread evenly from 0 to 1', () => {
    const buckets = new Array<number>(10).fill(0);
    for (let i = 0; i < 10_000; i++) {
      const bucket = Math.floor(draw(7, i) * 10);
      buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
    expect(buckets).to.have.length(10);
    for (const count of buckets) expect(count).to.be.within(850, 1150);
  });
});
