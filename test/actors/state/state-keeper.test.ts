import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { Subject } from 'rxjs';
import sinon from 'sinon';
import { createActor } from 'xstate';
import { supervisedStateKeeper } from '../../../actors/state/state-keeper.js';
import { ManualClock } from '../../../index.js';
import { Records } from '../../stage/records.js';

/** A keeper of what a service remembers, which is nothing but how often it was written. */
const keeper = () => {
  const clock = new ManualClock();
  const changes = new Subject<void>();
  const save = sinon.stub().resolves(E.right(undefined));
  const { log, lines } = new Records(() => undefined);
  const service = { clock, log, memory: { changes, save, links: [] }, settings: { random: () => 0.5 } };
  const input = {
    service,
    guests: { entries: () => [], recalled: new Map() },
    interfaces: { ids: [] },
    ownership: { state: undefined, lastState: undefined },
  };
  createActor(supervisedStateKeeper, { input: input as never, clock }).start();
  return { clock, change: () => changes.next(), save, lines };
};

describe('what a restart needs to know', () => {
  it('is written 50 ms after a change, and not again without another one', async () => {
    const { clock, change, save } = keeper();
    await clock.advance(50);
    expect(save.callCount, 'as it was left').to.equal(1);
    await clock.advance(3_600_000);
    expect(save.callCount).to.equal(1);
    change();
    change();
    await clock.advance(49);
    expect(save.callCount).to.equal(1);
    await clock.advance(1);
    expect(save.callCount).to.equal(2);
  });

  it('is written once more where it has changed while it was written', async () => {
    const { clock, change, save } = keeper();
    const written: ((outcome: E.Either<never, void>) => void)[] = [];
    save.callsFake(() => new Promise((resolve) => written.push(resolve)));
    await clock.advance(50);
    change();
    change();
    written[0]?.(E.right(undefined));
    await clock.advance(50);
    expect(save.callCount).to.equal(2);
    written[1]?.(E.right(undefined));
    await clock.advance(50);
    expect(save.callCount).to.equal(2);
  });

  it('is tried again after half a second, one, and two where it cannot be, with one line then and one when it can', async () => {
    const { clock, change, save, lines } = keeper();
    save.resolves(E.left({ reason: 'failed', code: 'ENOSPC', detail: 'the disk is full' }));
    await clock.advance(50);
    for (const [failures, pause] of [500, 1000, 2000].entries()) {
      expect(save.callCount).to.equal(failures + 1);
      await clock.advance(pause - 1);
      expect(save.callCount).to.equal(failures + 1);
      await clock.advance(1);
    }
    save.resolves(E.right(undefined));
    await clock.advance(4000);
    expect(save.callCount).to.equal(5);
    change();
    await clock.advance(50);
    expect(save.callCount, 'as before').to.equal(6);
    expect(lines.map(({ level, facts }) => [level, facts])).to.deep.equal([
      ['warn', { code: 'ENOSPC' }],
      ['info', {}],
    ]);
  });
});
