import { expect } from 'chai';
import { useFakeTimers } from 'sinon';
import { ManualClock, systemClock } from '../../streams/clock.js';

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

  it('fires what is due in order, each at its time, and those of one moment as they were set', () => {
    const clock = new ManualClock();
    const fired: [string, number][] = [];
    const set = (name: string, milliseconds: number) =>
      clock.setTimeout(() => fired.push([name, clock.elapsed()]), milliseconds);
    set('third', 20);
    set('first', 10);
    set('second', 10);
    set('later', 31);
    clock.advanceNow(30);
    expect(fired).to.deep.equal([
      ['first', 10],
      ['second', 10],
      ['third', 20],
    ]);
    expect([clock.elapsed(), clock.pending]).to.deep.equal([30, 1]);
  });

  it('takes a time before now for now, and never goes back', () => {
    const clock = new ManualClock();
    const fired: number[] = [];
    const note = () => fired.push(clock.elapsed());
    clock.setTimeout(note, 10);
    clock.work(25);
    clock.setTimeout(note, -5);
    expect(clock.nextDue).to.equal(10);
    clock.advanceNow(0);
    expect([fired, clock.elapsed()]).to.deep.equal([[25, 25], 25]);
  });

  it('lets promises and what has arrived be handled before and after each timer, and at the end', async () => {
    const clock = new ManualClock();
    const happened: string[] = [];
    const soon = (name: string): void => {
      setImmediate(() => happened.push(name));
    };
    const fires = (name: string) => () => {
      happened.push(name);
      soon(`${name} is handled`);
    };
    soon('what was there');
    clock.setTimeout(fires('one'), 1);
    clock.setTimeout(fires('two'), 2);
    // What is due after the last timer: a promise of one that waits for the end of the time.
    clock.setTimeout(() => queueMicrotask(() => clock.setTimeout(fires('three'), 1)), 3);
    await clock.advance(4);
    expect(happened).to.deep.equal([
      'what was there',
      'one',
      'one is handled',
      'two',
      'two is handled',
      'three',
      'three is handled',
    ]);
    expect(clock.elapsed()).to.equal(4);
    const reached = clock.advance(1);
    setImmediate(() => happened.push('the end is handled'));
    await reached;
    expect(happened.at(-1)).to.equal('the end is handled');
  });

  it('has a wall clock that people set, which no duration notices', () => {
    expect(new ManualClock().now()).to.equal(0);
    const clock = new ManualClock(1_000_000);
    const fired: number[] = [];
    clock.setTimeout(() => fired.push(clock.now()), 10);
    clock.advanceNow(4);
    expect([clock.now(), clock.elapsed()]).to.deep.equal([1_000_004, 4]);
    clock.setWallClock(3_600_000);
    clock.setWallClock(-7_200_000);
    expect([clock.now(), clock.elapsed(), clock.nextDue]).to.deep.equal([-2_599_996, 4, 10]);
    clock.advanceNow(6);
    expect(fired).to.deep.equal([-2_599_990]);
  });

  it('is idle while it is moved, and not while the event loop works', () => {
    const clock = new ManualClock();
    expect([clock.idle(), clock.elapsed()]).to.deep.equal([0, 0]);
    clock.advanceNow(5);
    clock.work(3);
    clock.work(4);
    clock.advanceNow(1);
    expect([clock.idle(), clock.elapsed()]).to.deep.equal([6, 13]);
  });
});

describe('the clock of the system', () => {
  it('has been idle for less than the time that has passed', () => {
    const elapsed = systemClock.elapsed();
    expect(systemClock.idle?.()).to.be.lessThan(elapsed);
  });

  it('sets and clears real timers', () => {
    const fake = useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: 5000 });
    try {
      const fired: [number, number][] = [];
      const from = systemClock.elapsed();
      const note = () => fired.push([systemClock.now(), systemClock.elapsed() - from]);
      systemClock.setTimeout(note, 20);
      systemClock.clearTimeout(systemClock.setTimeout(note, 10));
      fake.tick(100);
      expect(fired).to.deep.equal([[5020, 20]]);
      expect(fake.countTimers()).to.equal(0);
    } finally {
      fake.restore();
    }
  });
});
