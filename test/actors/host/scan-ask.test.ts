import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { ScanAsk } from '../../../actors/host/scan-ask.js';
import type { FakeInterface } from '../../../native/radio.js';
import { ManualClock } from '../../../streams/clock.js';
import { timersOf } from '../../../streams/deadlines.js';
import { ssid } from '../../stage/networks.js';
import { ScriptedStation } from '../../stage/scripted-radio.js';
import { Deferred } from '../../stage/stage.js';

type Scan = ReturnType<ScriptedStation['scan']>;

/** A station on which every scan is the test's to answer. */
class Asked extends ScriptedStation {
  readonly wanted: unknown[] = [];
  answer: () => Scan = () => E.right('complete');
  override readonly scan: ScriptedStation['scan'] = (wanted) => {
    this.wanted.push(wanted);
    return this.answer();
  };
}

const failure = { operation: 'scan', code: 'EBUSY', detail: 'it is busy' } as const;

describe('asking for a scan', () => {
  let clock: ManualClock;
  let device: Asked;
  let ask: ScanAsk;
  let told: unknown[];

  beforeEach(() => {
    clock = new ManualClock();
    device = new Asked('wlan0');
    ask = new ScanAsk(device);
    told = [];
  });

  const begin = (wanted: ReturnType<typeof ssid> | null = null): void =>
    ask.begin(wanted, timersOf(clock), (event) => told.push(event));

  it('tells at once what is known at once, and nothing more', async () => {
    begin();
    expect(told).to.deep.equal([{ type: 'scan.completed' }]);
    device.answer = () => E.right('running');
    begin();
    device.answer = () => E.left(failure);
    begin();
    expect(told.slice(1)).to.deep.equal([
      { type: 'scan.running' },
      { type: 'scan.failed', reason: 'it is busy' },
    ]);
    expect(clock.pending, 'no timer').to.equal(0);
    await clock.advance(20_000);
    expect(told).to.have.length(3);
  });

  it('asks for a network by name where one is looked for', () => {
    begin();
    begin(ssid('Cellar'));
    expect(device.wanted).to.deep.equal([O.none, O.some(ssid('Cellar'))]);
  });

  it('tells a later answer when it is there, and leaves no timer', async () => {
    const cases: readonly (readonly [Awaited<Scan>, object])[] = [
      [E.right('complete'), { type: 'scan.completed' }],
      [E.right('running'), { type: 'scan.running' }],
      [E.left(failure), { type: 'scan.failed', reason: 'it is busy' }],
    ];
    for (const [answer, event] of cases) {
      told = [];
      const later = new Deferred<Awaited<Scan>>();
      device.answer = () => later.promise;
      begin();
      expect([told, clock.pending]).to.deep.equal([[], 1]);
      later.resolve(answer);
      await clock.advance(0);
      expect([told, clock.pending]).to.deep.equal([[event], 0]);
    }
  });

  it('takes what is thrown, at once or later, for a failure', async () => {
    device.answer = () => {
      throw new Error('at once');
    };
    begin();
    device.answer = () => Promise.reject(new Error('later'));
    begin();
    await clock.advance(0);
    expect(told).to.deep.equal([
      { type: 'scan.failed', reason: 'Error: at once' },
      { type: 'scan.failed', reason: 'Error: later' },
    ]);
    expect(clock.pending).to.equal(0);
  });

  it('takes no answer within 10 s for a failure, and hears none that comes after it', async () => {
    const late = new Deferred<E.Either<typeof failure, 'complete'>>();
    device.answer = () => late.promise;
    begin();
    await clock.advance(9999);
    expect(told).to.deep.equal([]);
    await clock.advance(1);
    late.resolve(E.right('complete'));
    await clock.advance(0);
    expect(told).to.deep.equal([{ type: 'scan.failed', reason: 'no answer within 10 s' }]);
  });

  it('hears no answer to an asking that another one has followed, or that was ended', async () => {
    const [first, second] = [
      new Deferred<E.Either<typeof failure, 'complete'>>(),
      new Deferred<E.Either<typeof failure, 'running'>>(),
    ];
    device.answer = () => first.promise;
    begin();
    device.answer = () => second.promise;
    begin();
    expect(clock.pending, 'one timer, of the second').to.equal(1);
    first.resolve(E.right('complete'));
    await clock.advance(0);
    expect([told, clock.pending]).to.deep.equal([[], 1]);
    ask.end();
    expect(clock.pending).to.equal(0);
    second.resolve(E.right('running'));
    await clock.advance(10_000);
    expect(told).to.deep.equal([]);
  });

  it('asks the host application for its networks where they are fake', async () => {
    const given = new Deferred<readonly []>();
    let answer: ReturnType<FakeInterface['ask']> = [];
    const fake = { kind: 'fake', ask: () => answer } as unknown as FakeInterface;
    const fakes = new ScanAsk(fake);
    fakes.begin(ssid('Cafe'), timersOf(clock), (event) => told.push(event));
    expect(told).to.deep.equal([{ type: 'scan.completed' }]);
    answer = given.promise;
    fakes.begin(null, timersOf(clock), (event) => told.push(event));
    expect(told).to.have.length(1);
    given.resolve([]);
    await clock.advance(0);
    expect(told).to.deep.equal([{ type: 'scan.completed' }, { type: 'scan.completed' }]);
  });
});
