import { expect } from 'chai';
import { isRight } from 'fp-ts/lib/Either.js';
import { interfaceId } from '../../../native/radio.js';
import { Air } from '../../../native/simulated/air.js';
import { loadScenario } from '../../../native/simulated/load.js';
import { draw } from '../../../native/simulated/random.js';
import type { ScenarioNetwork } from '../../../native/simulated/scenario.js';
import { Schedule } from '../../../native/simulated/schedule.js';
import { ManualClock } from '../../../streams/clock.js';

const networksOf = (points: Readonly<Record<string, number>>): readonly ScenarioNetwork[] => {
  const accessPoints = Object.entries(points).map(([bssid, signal]) => ({ bssid, channel: 1, signal }));
  const file = {
    interfaces: [{ name: 'wlan0' }],
    networks: [{ ssid: 'x', security: 'open', accessPoints }],
  };
  const scenario = loadScenario(JSON.stringify(file), 'f.json');
  if (!isRight(scenario)) throw new Error(scenario.left.join());
  return scenario.right.networks;
};

const wlan0 = interfaceId('wlan0');

const airOf = (points: Readonly<Record<string, number>>, seed = 1, dB?: number) => {
  const clock = new ManualClock(1_000_000);
  const schedule = new Schedule(clock);
  const told: string[] = [];
  const air = new Air({
    networks: networksOf(points),
    jitter: dB === undefined ? undefined : { dB, every: 1000 },
    seed,
    schedule,
    changed: ({ bss }, rssiChanged) => told.push(`${bss.rssi}${rssiChanged ? '' : ' still'}`),
  });
  schedule.watch();
  told.length = 0;
  const signals = (): readonly number[] => air.accessPoints.map(({ bss }) => bss.rssi);
  const heard = (): readonly boolean[] => air.accessPoints.map((onAir) => onAir.heardBy(wlan0));
  const target = { kind: 'ssid', ssid: networksOf({ '02:00:00:00:00:01': -1 })[0]?.ssid } as never;
  return { clock, air, told, signals, heard, target };
};

const one = '02:00:00:00:00:01';

describe('a drawn number', () => {
  it('is the same on every machine and in every release', () => {
    expect([draw(0), draw(1), draw(1, 2, 3), draw(0xffff_ffff, -1)]).to.deep.equal([
      0.5733975800685585, 0.5883937727194279, 0.8573490891139954, 0.2583694614004344,
    ]);
  });
});

describe('signals that wander', () => {
  it('are the same for the same seed, on every machine and in every release', () => {
    const { clock, air, signals } = airOf(
      {
        '02:00:00:00:00:01': -50,
        '02:00:00:00:01:00': -50,
        '02:00:00:01:00:00': -50,
        '02:00:01:00:00:00': -50,
        '02:01:00:00:00:00': -50,
        '06:00:00:00:00:00': -50,
      },
      7,
      10,
    );
    air.startJitter();
    const seen = [signals()];
    for (let n = 0; n < 2; n += 1) {
      clock.advanceNow(1000);
      seen.push(signals());
    }
    expect(seen).to.deep.equal([
      [-47, -45, -44, -40, -57, -50],
      [-42, -52, -40, -44, -43, -58],
      [-58, -50, -47, -54, -56, -52],
    ]);
  });

  it('wander as far as they may, up and down, and stay within what can be heard', () => {
    const { clock, air, signals } = airOf(
      {
        [one]: -50,
        '02:00:00:00:00:02': -94,
        '02:00:00:00:00:03': -1,
        '02:00:00:00:00:04': -95,
        '02:00:00:00:00:05': -96,
      },
      3,
      2,
    );
    air.startJitter();
    const ranges = Array.from({ length: 5 }, () => new Set<number>());
    for (let n = 0; n < 300; n += 1) {
      clock.advanceNow(1000);
      for (const [i, signal] of signals().entries()) ranges[i]?.add(signal);
    }
    expect(ranges.map((range) => [...range].sort((a, b) => a - b))).to.deep.equal([
      [-52, -51, -50, -49, -48],
      [-95, -94, -93, -92],
      [-3, -2, -1, 0],
      [-95, -94, -93],
      [-96],
    ]);
  });

  it('leave out what nobody has watched', () => {
    const { clock, air, told } = airOf({ [one]: -50 }, 3, 20);
    air.startJitter();
    told.length = 0;
    clock.advanceNow(999);
    expect(told).to.deep.equal([]);
    clock.advanceNow(1);
    expect(told).to.have.length(1);
  });
});

describe('an access point', () => {
  it('is heard down to -95 dBm, and no further', () => {
    expect(airOf({ [one]: -95, '02:00:00:00:00:02': -96 }).heard()).to.deep.equal([true, false]);
  });

  it('fades by whole dB, in steps of 100 ms at least', () => {
    const { clock, air, told, target } = airOf({ [one]: -50 });
    air.fade(target, -53, 3000);
    clock.advanceNow(999);
    expect(told).to.deep.equal([]);
    clock.advanceNow(2001);
    expect(told).to.deep.equal(['-51', '-52', '-53']);
    told.length = 0;
    air.fade(target, -73, 400);
    clock.advanceNow(400);
    expect(told).to.deep.equal(['-58', '-63', '-68', '-73']);
    told.length = 0;
    air.fade(target, -60, 99);
    expect(told, 'at once').to.deep.equal(['-60']);
    air.fade(target, -60, 5000);
    clock.advanceNow(5000);
    expect(told).to.deep.equal(['-60']);
    expect(clock.pending).to.equal(0);
  });

  it('stops fading when it vanishes, and has its own signal when it appears', () => {
    const { clock, air, told, signals, heard, target } = airOf({ [one]: -50 });
    air.fade(target, -80, 3000);
    clock.advanceNow(1000);
    air.vanish(target);
    expect(heard()).to.deep.equal([false]);
    const before = told.length;
    clock.advanceNow(5000);
    expect(told.length).to.equal(before);
    air.appear(target);
    expect([signals(), heard()]).to.deep.equal([[-50], [true]]);
  });

  it('makes another air whenever it changes, and only then', () => {
    const { air, target } = airOf({ [one]: -50 });
    const versions = [air.version];
    for (const change of [
      () => air.fade(target, -60, 0),
      () => air.fade(target, -60, 0),
      () => air.vanish(target),
      () => air.appear(target),
      () => air.add(networksOf({ '02:00:00:00:00:09': -20 })[0] as ScenarioNetwork),
    ]) {
      change();
      versions.push(air.version);
    }
    const first = versions[0] ?? 0;
    expect(versions.map((version) => version - first)).to.deep.equal([0, 1, 1, 2, 3, 4]);
  });

  it('must be there to be meant', () => {
    const { air } = airOf({ [one]: -50 });
    expect(() => air.vanish({ kind: 'ssid', ssid: 'nowhere' as never })).to.throw('nowhere');
    expect(() => air.vanish({ kind: 'bssid', bssid: '02:00:00:00:00:77' as never })).to.throw('77');
    air.vanish({ kind: 'bssid', bssid: one as never });
    expect(air.accessPoints[0]?.present).to.equal(false);
  });
});
