import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import { channelOfFrequency, frequencyOfChannel, inDriverChannelTable } from '../../protocol/frequency.js';
import { accessPoints } from './captures.js';

describe('channels', () => {
  for (const [channel, band, frequency] of [
    [1, '2.4', 2412000],
    [6, '2.4', 2437000],
    [13, '2.4', 2472000],
    [14, '2.4', 2484000],
    [36, '5', 5180000],
    [64, '5', 5320000],
    [100, '5', 5500000],
    [144, '5', 5720000],
    [149, '5', 5745000],
    [177, '5', 5885000],
    [1, '6', 5955000],
    [5, '6', 5975000],
    [233, '6', 7115000],
  ] as const) {
    it(`${channel} of the ${band} GHz band is at ${frequency} kHz, which the driver knows`, () => {
      expect(frequencyOfChannel(channel, band)).to.deep.equal(O.some(frequency));
      expect(channelOfFrequency(frequency)).to.deep.equal(O.some({ channel, band }));
      expect(inDriverChannelTable(frequency)).to.equal(true);
    });
  }

  for (const [channel, band] of [
    [0, '2.4'],
    [-1, '2.4'],
    [15, '2.4'],
    [32, '5'],
    [96, '5'],
    [148, '5'],
    [1.5, '2.4'],
    [35, '5'],
    [37, '5'],
    [68, '5'],
    [145, '5'],
    [181, '5'],
    [2, '6'],
    [237, '6'],
    [Number.NaN, '6'],
  ] as const) {
    it(`${channel} of the ${band} GHz band does not exist`, () => {
      expect(frequencyOfChannel(channel, band)).to.deep.equal(O.none);
    });
  }

  it('are not found between the channels', () => {
    for (const frequency of [0, 2411999, 2414500, 2477000, 5000000, 5182500, 5935000, 7135000]) {
      expect(channelOfFrequency(frequency)).to.deep.equal(O.none);
    }
  });
});

describe('the driver’s channel table', () => {
  it('has the frequencies of the captured access points', () => {
    for (const { Frequency } of accessPoints) expect(inDriverChannelTable(Frequency * 1000)).to.equal(true);
  });

  it('has the frequencies between the 20 MHz channels of the 5 GHz band', () => {
    for (const frequency of [5160000, 5170000, 5210000, 5885000])
      expect(inDriverChannelTable(frequency)).to.equal(true);
  });

  it('has so many frequencies in all', () => {
    const known = Array.from({ length: 8000 }, (_, megahertz) => megahertz * 1000).filter(
      inDriverChannelTable,
    );
    expect(known).to.have.length(13 + 1 + 146 + 59);
  });

  for (const frequency of [
    0,
    2407000,
    2412,
    2412001,
    2413000,
    2477000,
    2489000,
    5155000,
    5162000,
    5890000,
    5950000,
    5960000,
    7120000,
    7135000,
    60480000,
    Number.NaN,
  ]) {
    it(`does not have ${frequency} kHz`, () => {
      expect(inDriverChannelTable(frequency)).to.equal(false);
    });
  }
});
