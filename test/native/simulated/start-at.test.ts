import { expect } from 'chai';
import { decodeAirStep, decodeScenario } from '../../../native/simulated/load.js';
import type { ScenarioFile } from '../../../native/simulated/scenario-file.js';
import { right } from '../../protocol/either.js';
import { begin, bssid, instant, places, Scene } from './scene.js';

const epoch = 1_700_000_000_000;

const at = (milliseconds: number): string => new Date(epoch + milliseconds).toISOString();

/** A fade, a vanishing, a coming and wandering signals within a minute. */
const minute = (startAt: number | undefined): Partial<ScenarioFile> => ({
  seed: 7,
  ...(startAt === undefined ? {} : { startAt: at(startAt) }),
  interfaces: instant,
  jitter: { dB: 3, every: 1000 },
  timeline: [
    { at: 5000, do: 'network.fades', ssid: 'open', to: -85, over: 20_000 },
    { at: 12_000, do: 'network.vanishes', bssid: bssid(2) },
    { at: 40_000, do: 'network.appears', bssid: bssid(2) },
  ],
});

/** What one machine sees that opens its radio after `late` ms, once `time` ms have gone by. */
const seenAt = async (
  startAt: number | undefined,
  late: number,
  time: number,
): Promise<readonly string[]> => {
  const scene = new Scene(minute(startAt));
  await scene.clock.advance(late);
  scene.open();
  await scene.clock.advance(time - late);
  await scene.scan();
  return scene.seen();
};

describe('the start of a scenario', () => {
  for (const time of [4000, 13_500, 30_000, 59_250])
    it(`gives the same air after ${time} ms on machines that come early and late`, async () => {
      const early = await seenAt(0, 0, time);
      expect(await seenAt(0, Math.floor(time / 3), time)).to.deep.equal(early);
      expect(await seenAt(0, time, time)).to.deep.equal(early);
    });

  it('may be still to come', async () => {
    expect(await seenAt(20_000, 15_000, 19_000)).to.deep.equal(await seenAt(20_000, 0, 0));
    expect(await seenAt(20_000, 0, 50_000)).to.deep.equal(await seenAt(0, 0, 30_000));
    expect(await seenAt(1, 0, 12_000), 'if only by 1 ms').to.deep.equal(await seenAt(0, 0, 11_999));
    expect(await seenAt(1, 0, 12_001)).to.deep.equal(await seenAt(0, 0, 12_000));
  });

  it('is the opening of the radio unless it is given', async () => {
    expect(await seenAt(undefined, 30_000, 34_000)).to.deep.equal(await seenAt(0, 0, 4000));
  });

  it('needs a date with its zone', () => {
    for (const startAt of ['2026-11-27T18:00:00', 'tomorrow', '2026-13-01T00:00:00Z', 5])
      expect(decodeScenario({ interfaces: instant, networks: places, startAt })).to.deep.include({
        _tag: 'Left',
        left: [
          {
            path: 'startAt',
            value: JSON.stringify(startAt),
            expected: 'a date and time with its zone, such as 2026-11-27T18:00:00Z',
          },
        ],
      });
  });
});

describe('another scenario', () => {
  it('takes the place of the one that is played, and its interfaces arrive', async () => {
    const scene = begin();
    await scene.scan();
    scene.radio.replace(
      right(decodeScenario({ interfaces: [{ name: 'wlan7' }], networks: places.slice(1, 2) })),
    );
    expect(scene.news()).to.deep.equal([
      '0 wlan0 scan running',
      '0 wlan0 complete',
      '0 wlan0 left',
      '0 opened',
      '0 wlan7 arrived',
    ]);
    await scene.scan(undefined, 'wlan7');
    expect(scene.seen('wlan7')).to.deep.equal(['open -55']);
    await scene.clock.advance(10_000);
    expect(scene.news()).to.deep.equal(['0 wlan7 scan complete']);
    scene.close();
    scene.news();
    scene.open();
    expect(scene.news()).to.deep.equal(['10000 opened', '10000 wlan7 arrived']);
  });

  it('is played by a radio that was closed, once it is opened', () => {
    const scene = begin();
    scene.close();
    scene.radio.replace(right(decodeScenario({ interfaces: [{ name: 'wlan7' }], networks: [] })));
    scene.news();
    scene.open();
    expect(scene.news()).to.deep.equal(['0 opened', '0 wlan7 arrived']);
  });
});

describe('a step that is done now', () => {
  const { played: scenario } = begin().radio;

  it('takes effect on what is on the air', async () => {
    const scene = begin({ interfaces: instant });
    scene.radio.control.perform(right(decodeAirStep({ do: 'network.vanishes', ssid: 'cafe' }, scenario)));
    await scene.scan();
    expect(scene.seen()).to.deep.equal(['open -55', 'far -94']);
  });

  it('may name no network and no interface that the scenario does not have', () => {
    const wrong: readonly (readonly [step: object, path: string])[] = [
      [{ do: 'network.vanishes', ssid: 'nowhere' }, 'ssid'],
      [{ do: 'network.appears', bssid: bssid(9) }, 'bssid'],
      [{ do: 'user.scans', interface: 'wlan9' }, 'interface'],
      [{ do: 'user.scans', at: 5 }, 'at'],
      [{ do: 'it.rains' }, 'do'],
    ];
    for (const [step, path] of wrong) {
      const decoded = decodeAirStep(step, scenario);
      expect(decoded._tag === 'Left' ? decoded.left.map((problem) => problem.path) : []).to.deep.equal([
        path,
      ]);
    }
  });
});
