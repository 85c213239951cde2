import { expect } from 'chai';
import { refusalOf } from '../../../actors/application/decision.js';

describe('what a hook answers about a connection', () => {
  const declined = { status: 37, rule: 'authorizeGuestConnection' };

  it('approves by that word alone', () => {
    expect(refusalOf('approve')).to.equal(undefined);
    for (const answer of ['Approve', true, undefined, null, {}, []])
      expect(refusalOf(answer), JSON.stringify(answer)).to.deep.equal(declined);
  });

  it('refuses with any status code from 1 to 65535, and with that of a decline where it has another', () => {
    for (const status of [1, 2, 37, 0xffff])
      expect(refusalOf({ status, rule: 'hours' })).to.deep.equal({ status, rule: 'hours' });
    for (const status of [0, -1, 1.5, 0x1_0000, Number.NaN, '1', undefined])
      expect(refusalOf({ status, rule: 'hours' }), `${status}`).to.deep.equal(declined);
  });

  it('has the name of the hook for a rule where it names none', () => {
    expect(refusalOf({ status: 1 })).to.deep.equal({ status: 1, rule: 'authorizeGuestConnection' });
    expect(refusalOf({ status: 1, rule: 7 })).to.deep.equal({ status: 1, rule: 'authorizeGuestConnection' });
  });
});
