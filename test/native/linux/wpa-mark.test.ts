import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import {
  type Before,
  beforeOf,
  markIn,
  markOf,
  nothingBefore,
  serviceIn,
  type UsersNetwork,
} from '../../../native/linux/wpa-mark.js';

const network = (number: number, ssid: string, enabled = true): UsersNetwork => ({
  path: `/fi/w1/wpa_supplicant1/Interfaces/0/Networks/${number}`,
  ssid: `"${ssid}"`,
  enabled,
});

const [home, office, never] = [
  network(0, 'home'),
  network(12, 'office'),
  network(3, 'never', false),
] as const;
const before: Before = { enabled: [home, office], current: O.some(office) };

/** As they are while ours is selected. */
const disabled = [home, never, office].map((one) => ({ ...one, enabled: false }));

describe('the mark of a network of ours', () => {
  it('lists what the user had enabled, with a star at the current one', () => {
    expect(markOf(':1.42', before)).to.match(/^proxy-wifi :1\.42 0-[\da-f]{4} 12-[\da-f]{4}\*$/);
    expect(markOf(':1.42', nothingBefore)).to.equal('proxy-wifi :1.42');
  });

  it('is known by its name, and nothing else is', () => {
    for (const ours of ['proxy-wifi', markOf(':1.42', before)]) expect(markIn(`"${ours}"`)).to.equal(ours);
    for (const other of ['', 'proxy-wifi', '"home"', '"my proxy-wifi"', '"proxy-wifi-2"', '"proxy-wifi'])
      expect(markIn(other), other).to.equal(undefined);
  });

  it('says which service has made it', () => {
    expect(serviceIn(markOf(':1.42', before))).to.equal(':1.42');
    expect(serviceIn('proxy-wifi')).to.equal('');
  });

  it('gives all of it back', () => {
    expect(beforeOf(markOf(':1.42', before), disabled)).to.deep.equal(before);
  });

  it('gives a current network back that was not enabled', () => {
    const odd: Before = { enabled: [home], current: O.some(never) };
    expect(beforeOf(markOf(':1.42', odd), disabled)).to.deep.equal(odd);
  });

  it('finds networks by their SSID when the numbers are others, as after a restart of wpa_supplicant', () => {
    const renumbered = [network(0, 'never', false), network(1, 'home', false), network(2, 'office', false)];
    const [, one, two] = renumbered.map((found) => ({ ...found, enabled: true }));
    expect(beforeOf(markOf(':1.42', before), renumbered)).to.deep.equal({
      enabled: [one, two],
      current: O.some(two),
    });
  });

  it('tells networks of the same name apart by their numbers', () => {
    const twin = network(4, 'home', false);
    expect(
      beforeOf(markOf(':1.42', before), [twin, ...disabled]).enabled.map(({ path }) => path),
    ).to.deep.equal([home.path, office.path]);
  });

  it('says nothing of networks that are gone', () => {
    expect(beforeOf(markOf(':1.42', before), [network(0, 'another')])).to.deep.equal(nothingBefore);
  });
});
