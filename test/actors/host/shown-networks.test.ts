import { expect } from 'chai';
import { ShownNetworks } from '../../../actors/host/shown-networks.js';
import { decodeHostMessage } from '../../../protocol/index.js';
import { capabilitiesFor, elementsFor } from '../../../protocol/network-elements.js';
import { right } from '../../protocol/either.js';
import { bss, ssid } from '../../stage/networks.js';

const [cafe, bar, cafeElsewhere] = [bss('Cafe', 1), bss('Bar', 2), bss('Cafe', 1, { rssi: -80 })];

describe('shown networks', () => {
  it('have one entry per BSSID, of the first list that has it', () => {
    const merged = new ShownNetworks().merge([[cafe], [bar, cafeElsewhere]]);
    expect(merged).to.deep.equal([cafe, bar]);
    expect(new ShownNetworks().merge([[bar, cafeElsewhere], [cafe]])).to.deep.equal([bar, cafeElsewhere]);
  });

  it('are not copied when a guest can use them', () => {
    expect(new ShownNetworks().merge([[cafe]])[0]).to.equal(cafe);
  });

  it('are rewritten when a guest cannot use them', () => {
    const enterprise = bss('Office', 3, {
      capabilities: capabilitiesFor({ kind: 'wpa2-enterprise' }),
      elements: elementsFor({ kind: 'wpa2-enterprise' }, ssid('Office'), 5_180_000),
    });
    const [shown] = new ShownNetworks().merge([[enterprise]]);
    expect(shown).to.deep.equal(bss('Office', 3));
  });

  it('are the same array for the same lists, and another one when a list is another one', () => {
    const shown = new ShownNetworks();
    const [first, second] = [[cafe], [bar]];
    const merged = shown.merge([first, second]);
    expect(shown.merge([first, second])).to.equal(merged);
    expect(shown.merge([first, [bar]])).to.not.equal(merged);
    expect(shown.merge([first])).to.deep.equal([cafe]);
  });

  it('are nothing without interfaces', () => {
    expect(new ShownNetworks().merge([])).to.deep.equal([]);
  });

  it('are encoded once for all guests with one format and completeness', () => {
    const shown = new ShownNetworks();
    const networks = shown.merge([[cafe]]);
    const frame = shown.frame(networks, true, 'with-scan-complete');
    expect(shown.frame(networks, true, 'with-scan-complete')).to.equal(frame);
    expect(right(decodeHostMessage(frame))).to.deep.include({ operation: 'scan.response', complete: true });
    const partial = shown.frame(networks, false, 'with-scan-complete');
    expect(right(decodeHostMessage(partial))).to.deep.include({ complete: false });
    const old = shown.frame(networks, true, 'without-scan-complete');
    expect(old.length).to.equal(frame.length - 1);
    expect(right(decodeHostMessage(old, 'without-scan-complete'))).to.deep.include({
      operation: 'scan.response',
    });
  });
});
