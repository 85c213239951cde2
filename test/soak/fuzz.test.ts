/** A part of what `npm run soak -- fuzz` does. */
import { expect } from 'chai';
import { Dice } from '../../soak/dice.js';
import { decoders, fuzzDecoders } from '../../soak/fuzz/decoders.js';
import { fuzzService } from '../../soak/fuzz/service.js';

describe('hostile bytes', () => {
  for (const decoder of Object.keys(decoders))
    it(`end no reader of what others wrote: ${decoder}`, () => {
      expect(fuzzDecoders(1, 1500, [decoder])).to.deep.equal([]);
    }).timeout(120_000);

  it('neither end the service nor keep guests that behave from being served', async () => {
    const report = await fuzzService(new Dice(1), {
      until: Date.now() + 30_000,
      frames: 20_000,
      progress: () => undefined,
    });
    expect(report.findings).to.deep.equal([]);
    expect(report.frames).to.be.greaterThan(100);
    expect(report.requests).to.be.greaterThan(10);
    expect(report.served).to.be.at.least(3);
  }).timeout(300_000);
});
