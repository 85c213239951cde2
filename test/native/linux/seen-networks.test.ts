import { expect } from 'chai';
import { SeenNetworks } from '../../../native/linux/seen-networks.js';
import { capturedBsss, FakeSupplicant, wlan0 } from './fake-supplicant.js';

describe('the access points that wpa_supplicant has seen', () => {
  const [properties = {}] = capturedBsss;
  let supplicant: FakeSupplicant;
  let seen: SeenNetworks;

  const put = async (path: string, changed: Readonly<Record<string, unknown>> = {}): Promise<void> => {
    supplicant.bus.put(path, { ...properties, ...changed });
    await seen.refresh();
  };

  beforeEach(() => {
    supplicant = new FakeSupplicant();
    supplicant.bus.put(wlan0, { BSSs: ['/1', '/2'] });
    seen = new SeenNetworks(supplicant.bus, wlan0);
  });

  it('are listed while they can be read, and are the same as long as they do not change', async () => {
    await put('/1');
    const [one] = seen.list;
    expect(seen.list).to.have.lengthOf(1);
    const before = seen.list;
    await put('/1');
    expect(seen.list).to.equal(before);
    await put('/1', { Signal: -91 });
    expect(seen.list.map(({ rssi }) => rssi)).to.deep.equal([-91]);
    expect(seen.list[0]).not.to.equal(one);
    await put('/1', { Mode: 'ad-hoc' });
    expect(seen.list).to.deep.equal([]);
  });

  it('are gone with what wpa_supplicant forgets', async () => {
    await put('/1');
    const known = await seen.at('/1');
    expect(known).to.equal(seen.list[0]);
    seen.forget('/3');
    expect(seen.list).to.deep.equal([known]);
    seen.forget('/1');
    expect(seen.list).to.deep.equal([]);
    await put('/1');
    supplicant.bus.put(wlan0, { BSSs: ['/2'] });
    await seen.refresh();
    expect(seen.list).to.deep.equal([]);
  });

  it('are one where a hidden network is seen with its SSID and without: the one that has it', async () => {
    for (const [hidden, named] of [
      ['/1', '/2'],
      ['/2', '/1'],
    ] as const) {
      await put(hidden, { SSID: new Uint8Array(0) });
      await put(named);
      expect(seen.list.map(({ ssid }) => ssid)).to.deep.equal([
        Buffer.from(properties.SSID as Uint8Array).toString(),
      ]);
    }
  });
});
