/** A part of the plans that `npm run soak -- real` plays: the process is really killed, and its state file is on a real disk. */
import { expect } from 'chai';
import { playForReal } from '../../soak/plans/real.js';

describe('plans with real processes', () => {
  for (const seed of [1, 2, 3])
    it(`keep every promise: seed ${seed}`, async () => {
      const { violations, answers, kills } = await playForReal(seed);
      expect(violations).to.deep.equal([]);
      expect(answers).to.be.greaterThan(3);
      expect(kills).to.be.greaterThan(0);
    }).timeout(300_000);
});
