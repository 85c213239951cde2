/** A part of the plans that `npm run soak -- plans` plays, and that the simulation deserves to be believed. */
import { expect } from 'chai';
import { planOf, playPlans } from '../../soak/plans/plans.js';
import { play } from '../../soak/plans/plays.js';
import { failureText } from '../../soak/plans/text.js';

/** Plans a test, so that none takes long. */
const share = 50;

describe('plans of faults', () => {
  it('go the same way with the same seed, byte for byte', async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const [once, again] = [await play(planOf(seed), true), await play(planOf(seed), true)];
      expect(once.trace.length).to.be.greaterThan(50);
      expect(again.trace.join('\n')).to.equal(once.trace.join('\n'));
    }
  }).timeout(120_000);

  it('go another way where things arrive in another order', async () => {
    const plan = planOf(3);
    const [one, other] = [await play(plan, true), await play({ ...plan, order: plan.order + 1 }, true)];
    expect(one.trace.join('\n')).not.to.equal(other.trace.join('\n'));
  }).timeout(60_000);

  for (let part = 0; part < 10; part++)
    it(`keep every promise: ${share} from seed ${1 + part * share} on`, async () => {
      const { plans, answers, failures } = await playPlans(1 + part * share, share, { most: 1 });
      expect(failures.map(failureText)).to.deep.equal([]);
      expect(plans).to.equal(share);
      expect(answers).to.be.greaterThan(share);
    }).timeout(300_000);
});
