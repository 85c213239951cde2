/** A part of `npm run soak -- addresses`. */
import { expect } from 'chai';
import { manyAddresses } from '../../soak/many/addresses.js';

describe('addresses without end', () => {
  it('are served to the last, though the service knows 1,024 guests at a time, and memory stays', async () => {
    const { otherwise, memory } = await manyAddresses(9000, () => undefined);
    expect(otherwise).to.equal(0);
    const [early, late] = memory;
    // A guest costs some 16 KiB: 4,500 more than there are places for would show.
    expect(late).to.be.below(early + 24);
  }).timeout(300_000);
});
