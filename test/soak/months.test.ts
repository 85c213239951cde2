/** What grows with time: days of a restless host in virtual time, bounded; `npm run soak -- months` lives through ninety. */
import { expect } from 'chai';
import { months } from '../../soak/months.js';

describe('months', () => {
  it('pass without a broken promise, a timer, a drift, or anything that is kept', async () => {
    const { days, answers, violations, timers, growth } = await months(9, 20, 1, () => undefined);
    expect(violations).to.deep.equal([]);
    expect(days).to.equal(9);
    expect(answers).to.be.greaterThan(500);
    expect(timers).to.be.at.most(1);
    // Percent. In so few days code is still being compiled; what was kept of each connection came to 20 a day.
    expect(growth).to.be.at.most(10);
  }).timeout(300_000);
});
