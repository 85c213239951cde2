import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  beginRound,
  interfacesOf,
  isComplete,
  isDone,
  recordScan,
  type ScanOutcome,
  unanswered,
} from '../../../actors/guest/scan-round.js';
import { interfaceId } from '../../../native/radio.js';

const [wlan0, wlan1, fake] = [interfaceId('wlan0'), interfaceId('wlan1'), interfaceId('fake')];

const from = (id: typeof wlan0, outcome: ScanOutcome, round = 1) => ({ interfaceId: id, outcome, round });

describe('a scan round', () => {
  it('without interfaces is done and complete', () => {
    const round = beginRound(1, [], []);
    expect([isDone(round), isComplete(round)]).to.deep.equal([true, true]);
  });

  it('with fresh results alone is done at once', () => {
    const round = beginRound(1, [fake, wlan0], []);
    expect([isDone(round), isComplete(round)]).to.deep.equal([true, true]);
    expect(interfacesOf(round)).to.deep.equal([fake, wlan0]);
  });

  it('asks the interfaces whose results are stale, in dispatch order', () => {
    expect(unanswered(beginRound(1, [fake, wlan0, wlan1], [wlan1, fake]))).to.deep.equal([fake, wlan1]);
  });

  it('is done when each of them has answered, whatever came of it', () => {
    const begun = beginRound(1, [wlan0, wlan1], [wlan0, wlan1]);
    const half = recordScan(begun, from(wlan1, 'failed'));
    expect(isDone(half)).to.equal(false);
    const whole = recordScan(half, from(wlan0, 'complete'));
    expect([isDone(whole), isComplete(whole)]).to.deep.equal([true, true]);
  });

  it('is not complete while an interface scans on', () => {
    const round = recordScan(beginRound(1, [wlan0, wlan1], [wlan0]), from(wlan0, 'running'));
    expect([isDone(round), isComplete(round)]).to.deep.equal([true, false]);
    expect(isComplete(recordScan(round, from(wlan0, 'complete')))).to.equal(true);
  });

  it('takes no answer to another round, of an interface that was not asked, or a second one', () => {
    const begun = beginRound(2, [wlan0, wlan1], [wlan0]);
    for (const late of [from(wlan0, 'complete', 1), from(wlan1, 'failed', 2), from(fake, 'running', 2)])
      expect(recordScan(begun, late)).to.equal(begun);
    const answered = recordScan(begun, from(wlan0, 'failed', 2));
    expect(recordScan(answered, from(wlan0, 'running', 2))).to.equal(answered);
  });

  it('an interface that does not answer keeps it open, and counts as complete when it is given up', () => {
    const round = beginRound(1, [wlan0], [wlan0]);
    expect([isDone(round), isComplete(round)]).to.deep.equal([false, true]);
  });

  it('whatever is answered: exactly those who were asked and have not answered are missing', () => {
    const outcomes = fc.constantFrom<ScanOutcome>('complete', 'running', 'failed');
    const answers = fc.array(fc.tuple(fc.constantFrom(wlan0, wlan1, fake), outcomes), { maxLength: 8 });
    return fc.assert(
      fc.property(fc.subarray([wlan0, wlan1, fake]), answers, (stale, given) => {
        const round = given.reduce(
          (before, [id, outcome]) => recordScan(before, from(id, outcome)),
          beginRound(1, [wlan0, wlan1, fake], stale),
        );
        const answered = new Set(given.map(([id]) => id));
        expect(unanswered(round)).to.deep.equal(stale.filter((id) => !answered.has(id)));
      }),
    );
  });
});
