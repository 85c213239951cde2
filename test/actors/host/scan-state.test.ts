import { expect } from 'chai';
import * as fc from 'fast-check';
import { isFresh, isTired, noteScanned, type Sought, settledBy } from '../../../actors/host/scan-state.js';
import { bss, ssid } from '../../stage/networks.js';

const [cafe, attic, home] = [ssid('Cafe'), ssid('Attic'), ssid('Home')];
const seen = [bss('Cafe', 1)];

describe('fresh results', () => {
  const at = (
    now: number,
    name: typeof cafe | null = null,
    sought: readonly Sought[] = [],
    scannedAt: number | null = 1000,
  ) => isFresh({ scannedAt, sought }, seen, { ssid: name, now, interval: 5000 });

  it('are younger than the interval', () => {
    expect([at(1000), at(5999), at(6000)]).to.deep.equal([true, true, false]);
  });

  it('are not there before the first scan, and never with an interval of 0', () => {
    expect(at(1000, null, [], null)).to.equal(false);
    const none = { ssid: null, now: 1000, interval: 0 };
    expect(isFresh({ scannedAt: 1000, sought: [] }, seen, none)).to.equal(false);
  });

  it('are the answer to a name that they show, or that was looked for as lately', () => {
    expect(at(2000, cafe)).to.equal(true);
    expect(at(2000, attic)).to.equal(false);
    expect(at(5999, attic, [{ ssid: attic, at: 1000 }])).to.equal(true);
    expect(at(5999, attic, [{ ssid: attic, at: 900 }]), 'of an earlier scan').to.equal(false);
    expect(at(5999, attic, [{ ssid: home, at: 1000 }])).to.equal(false);
    expect(at(6000, cafe)).to.equal(false);
  });

  it('know the last 16 names that were looked for, each once, the newest first', () => {
    const names = fc.array(fc.nat(30), { maxLength: 60 });
    return fc.assert(
      fc.property(names, (numbers) => {
        const known = numbers.reduce<readonly Sought[]>((sought, number, now) => {
          const after = noteScanned({ sought, seeking: ssid(`n${number}`) }, now);
          expect([after.scannedAt, after.seeking]).to.deep.equal([now, null]);
          return after.sought;
        }, []);
        const newestFirst = [...new Set([...numbers].reverse())].slice(0, 16);
        expect(known.map((name) => name.ssid)).to.deep.equal(newestFirst.map((number) => ssid(`n${number}`)));
      }),
    );
  });

  it('are the answer to any further name where 16 were looked for within the interval', () => {
    const names = Array.from({ length: 16 }, (_, i) => ({ ssid: ssid(`n${i}`), at: 1000 + i }));
    expect(at(2000, attic, names.slice(1))).to.equal(false);
    expect(at(2000, attic, names)).to.equal(true);
    expect(at(6000, attic, names, 5500), 'one of them is older by now').to.equal(false);
    const tired = (sought: readonly Sought[], seeking: typeof attic | null, now = 2000, interval = 5000) =>
      isTired({ sought, seeking }, now, interval);
    expect([tired(names, null), tired(names.slice(1), null), tired(names.slice(1), attic)]).to.deep.equal([
      true,
      false,
      true,
    ]);
    expect(tired(names.slice(0, 15), ssid('n3')), 'one of them once more').to.equal(false);
    expect(tired(names, null, 6000)).to.equal(false);
    expect(tired(names, null, 2000, 0), 'nothing is fresh').to.equal(false);
    const now = names.map((name) => ({ ...name, at: 2000 }));
    expect([0, 1].map((interval) => tired(now, null, 2000, interval))).to.deep.equal([false, true]);
  });

  it('a scan for all changes nothing about names', () => {
    const sought = [{ ssid: attic, at: 1 }];
    expect(noteScanned({ sought, seeking: null }, 9)).to.deep.equal({ scannedAt: 9, seeking: null, sought });
  });
});

describe('who waits for a scan that has ended', () => {
  const wants = (name: typeof cafe | null) => ({ ssid: name });
  const awake = () => false;

  it('has its results, unless it looks for a name that was neither found nor looked for', () => {
    const who = [wants(null), wants(cafe), wants(attic), wants(home)];
    expect(settledBy(who, attic, seen, awake)).to.deep.equal({
      settled: who.slice(0, 3),
      open: [wants(home)],
    });
    expect(settledBy(who, null, seen, awake)).to.deep.equal({ settled: who.slice(0, 2), open: who.slice(2) });
    expect(settledBy(who, null, seen, () => true)).to.deep.equal({ settled: who, open: [] });
  });
});
