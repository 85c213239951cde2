import { expect } from 'chai';
import { searchParts } from '../../../native/linux/search-parts.js';

/** Band and number of a channel by its middle, in MHz (IEEE 802.11-2020, 11ax-2021, annex E). */
const channelOf = (middle: number): string => {
  if (middle < 5000) return `2.4 GHz ${(middle - 2407) / 5}`;
  return middle < 5950 ? `5 GHz ${(middle - 5000) / 5}` : `6 GHz ${(middle - 5950) / 5}`;
};

/** Channels of a band from one number to another. */
const channels = (band: string, first: number, last: number, step: number): readonly string[] =>
  Array.from({ length: (last - first) / step + 1 }, (_, i) => `${band} ${first + step * i}`);

describe('a search for a network that has not been seen', () => {
  const parts = searchParts.map((part) => part.channels.map(channelOf));

  it('begins where access points answer at once, then where radars go first, then in 6 GHz where these are found first', () => {
    expect(parts.slice(0, 4)).to.deep.equal([
      channels('2.4 GHz', 1, 13, 1),
      [...channels('5 GHz', 36, 48, 4), ...channels('5 GHz', 149, 165, 4)],
      [...channels('5 GHz', 52, 64, 4), ...channels('5 GHz', 100, 144, 4)],
      channels('6 GHz', 5, 229, 16),
    ]);
  });

  it('has every channel of 6 GHz once', () => {
    const six = parts.slice(3).flat();
    expect(six).to.have.members(channels('6 GHz', 1, 233, 4));
  });

  it('takes only 6 GHz for something that an interface may not have', () => {
    expect(searchParts.map(({ everywhere }) => everywhere)).to.deep.equal([true, true, true, false, false]);
  });
});
