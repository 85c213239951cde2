import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  type Admission,
  type Notification,
  type NotificationKind,
  type Outbox,
  put,
} from '../../streams/outbox.js';

/** An outbox that is put into and taken from. */
class Box {
  readonly #limit: number | undefined;
  waiting: Outbox<number> = [];

  constructor(limit?: number) {
    this.#limit = limit;
  }

  put(notification: Notification<number>): Admission {
    const { outbox, admission } = put(this.waiting, notification, this.#limit);
    this.waiting = outbox;
    return admission;
  }

  take(): Notification<number> | undefined {
    const [first, ...others] = this.waiting;
    this.waiting = others;
    return first;
  }
}

const kinds: readonly NotificationKind[] = ['signal', 'scan', 'disconnected'];

/** Fills an outbox with numbered notifications of these kinds. */
const filled = (limit: number, ...given: readonly NotificationKind[]): Box => {
  const outbox = new Box(limit);
  for (const [frame, kind] of given.entries()) outbox.put({ kind, frame });
  return outbox;
};

const drained = (outbox: Box): readonly Notification<number>[] => {
  const taken: Notification<number>[] = [];
  for (let next = outbox.take(); next !== undefined; next = outbox.take()) taken.push(next);
  return taken;
};

describe('the outbox', () => {
  it('gives notifications in the order in which they came', () => {
    expect(drained(filled(9, 'signal', 'disconnected', 'scan'))).to.deep.equal([
      { kind: 'signal', frame: 0 },
      { kind: 'disconnected', frame: 1 },
      { kind: 'scan', frame: 2 },
    ]);
  });

  for (const kind of ['signal', 'scan'] as const)
    it(`keeps only the newest ${kind}, at the place of the newest`, () => {
      expect(drained(filled(9, kind, 'disconnected', kind)).map(({ frame }) => frame)).to.deep.equal([1, 2]);
      expect(filled(9, kind).put({ kind, frame: 9 })).to.deep.equal({ outcome: 'conflated' });
    });

  it('keeps every disconnected notification', () => {
    expect(drained(filled(9, 'disconnected', 'disconnected', 'disconnected'))).to.have.length(3);
  });

  it('gives a disconnected notification the place of the oldest other one when it is full', () => {
    const outbox = filled(3, 'disconnected', 'scan', 'signal');
    expect(outbox.put({ kind: 'disconnected', frame: 9 })).to.deep.equal({
      outcome: 'displaced',
      kind: 'scan',
    });
    expect(drained(outbox).map(({ frame }) => frame)).to.deep.equal([0, 2, 9]);
  });

  it('holds 64 by itself', () => {
    const outbox = new Box();
    const disconnected = (frame: number) => outbox.put({ kind: 'disconnected', frame }).outcome;
    for (let frame = 0; frame < 64; frame += 1) expect(disconnected(frame)).to.equal('queued');
    expect(disconnected(64)).to.equal('full');
    expect(drained(outbox)).to.have.length(64);
  });

  it('takes nothing else when it is full of disconnected notifications', () => {
    const outbox = filled(2, 'disconnected', 'disconnected');
    for (const kind of kinds) expect(outbox.put({ kind, frame: 9 })).to.deep.equal({ outcome: 'full' });
    expect(drained(outbox).map(({ frame }) => frame)).to.deep.equal([0, 1]);
  });

  it('whatever comes: the limit holds, order is kept, at most one signal and one scan wait, no disconnected is lost to another kind', () => {
    const operations = fc.array(fc.constantFrom(...kinds, 'take' as const), { maxLength: 60 });
    return fc.assert(
      fc.property(operations, fc.integer({ min: 1, max: 6 }), (steps, limit) => {
        const outbox = new Box(limit);
        let owed = 0;
        let last = -1;
        const check = (taken: Notification<number> | undefined): void => {
          if (taken === undefined) return;
          expect(taken.frame).to.be.greaterThan(last);
          last = taken.frame;
          if (taken.kind === 'disconnected') owed -= 1;
        };
        for (const [frame, step] of steps.entries()) {
          if (step === 'take') check(outbox.take());
          else if (outbox.put({ kind: step, frame }).outcome !== 'full' && step === 'disconnected') owed += 1;
          expect(outbox.waiting.length).to.be.at.most(limit);
        }
        const rest = drained(outbox);
        for (const notification of rest) check(notification);
        expect(owed).to.equal(0);
        for (const kind of ['signal', 'scan'])
          expect(rest.filter((notification) => notification.kind === kind).length).to.be.at.most(1);
      }),
    );
  });
});
