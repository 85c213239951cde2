import { expect } from 'chai';
import { updatedNetworks } from '../../../native/windows/known-networks.js';
import type { Bss } from '../../../protocol/bss.js';
import { parseBssid } from '../../../protocol/bssid.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import { right } from '../../protocol/either.js';

const bss = (last: number, parts: Partial<Bss> = {}): Bss => ({
  bssid: right(parseBssid(`02:00:00:00:00:0${last}`)),
  ssid: right(ssidFromText(`network ${last}`)),
  capabilities: 1,
  rssi: -50,
  beaconInterval: 100,
  frequency: 2_412_000,
  elements: Uint8Array.from([0, 1, last]),
  ...parts,
});

describe('the networks that an interface knows', () => {
  it('stay the same list when nothing has changed', () => {
    const known = updatedNetworks([], [bss(1), bss(2)]);
    expect(updatedNetworks(known, [bss(1), bss(2)])).to.equal(known);
  });

  for (const [what, change] of Object.entries<Partial<Bss>>({
    signal: { rssi: -51 },
    elements: { elements: Uint8Array.from([0, 1, 9]) },
    channel: { frequency: 5_180_000 },
    capabilities: { capabilities: 0x11 },
    'beacon interval': { beaconInterval: 200 },
    name: { ssid: right(ssidFromText('other')) },
  }))
    it(`are a new list when the ${what} of one has changed, and the others stay the same objects`, () => {
      const known = updatedNetworks([], [bss(1), bss(2)]);
      const now = updatedNetworks(known, [bss(1), bss(2, change)]);
      expect(now).to.not.equal(known);
      expect(now[0]).to.equal(known[0]);
      expect(now[1]).to.deep.equal(bss(2, change));
    });

  it('are a new list when one is gone', () => {
    const known = updatedNetworks([], [bss(1), bss(2)]);
    expect(updatedNetworks(known, [bss(1)])).to.deep.equal([bss(1)]);
  });

  it('have one entry a BSSID: that with the name, in whatever order they come', () => {
    const nameless = bss(1, { ssid: right(ssidFromText('')) });
    expect(updatedNetworks([], [nameless, bss(1)])).to.deep.equal([bss(1)]);
    expect(updatedNetworks([], [bss(1), nameless])).to.deep.equal([bss(1)]);
  });
});
