import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { isSome, none, some } from 'fp-ts/lib/Option.js';
import { take } from 'rxjs';
import { derivePmk } from '../../../native/pmk.js';
import { interfaceId } from '../../../native/radio.js';
import { defaultScenario, harbourCafeSecret } from '../../../native/simulated/default-scenario.js';
import { loadScenario } from '../../../native/simulated/load.js';
import { simulatedBackend } from '../../../native/simulated/radio.js';
import type { ScenarioFile } from '../../../native/simulated/scenario-file.js';
import { ManualClock } from '../../../streams/clock.js';
import { right } from '../../protocol/either.js';
import { silent } from './log.js';
import { begin, bssid, instant, network, orderFor, Scene, ssid, wlan0 } from './scene.js';

describe('a simulated radio', () => {
  it('keeps its links while it is closed, and gives up what is under way', async () => {
    const scene = begin();
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    await scene.scan();
    scene.close();
    await scene.clock.advance(10_000);
    scene.open();
    expect(scene.news().slice(2)).to.deep.equal([
      '500 wlan0 scan running',
      '500 wlan0 complete',
      '10500 opened',
      '10500 wlan0 arrived on open',
    ]);
  });

  it('forgets the scan that runs when it is closed', async () => {
    const scene = begin();
    await scene.scan();
    await scene.clock.advance(500);
    scene.close();
    scene.open();
    scene.news();
    await scene.clock.advance(5000);
    expect(scene.news()).to.deep.equal([]);
  });

  it('that is closed is brought up to date before a test changes it', async () => {
    const scene = begin({ timeline: [{ at: 1000, do: 'user.connects', ssid: 'open' }] });
    scene.close();
    await scene.clock.advance(2000);
    scene.radio.control.disconnectByUser(wlan0);
    scene.news();
    scene.open();
    expect(scene.news()).to.deep.equal(['2000 opened', '2000 wlan0 arrived']);
  });

  it('lets signals wander in step with its own time after it was closed', async () => {
    const scene = begin({ seed: 1, interfaces: instant, jitter: { dB: 5, every: 500 } });
    scene.connect(orderFor('open'));
    await scene.clock.advance(0);
    scene.close();
    await scene.clock.advance(1700);
    scene.open();
    scene.news();
    await scene.clock.advance(5000);
    const times = scene.news().map((line) => Number(line.split(' ')[0]));
    expect(times.length).to.be.greaterThan(4);
    expect(times.filter((time) => time % 500 !== 0)).to.deep.equal([]);
  });

  it('can be opened by one at a time', () => {
    const scene = begin();
    scene.radio.open.subscribe({ error: ({ code }: { readonly code: string }) => scene.tell(code) });
    expect(scene.news()).to.deep.equal(['0 SIMULATED_IN_USE']);
    scene.close();
    scene.news();
    scene.open();
    expect(scene.news()).to.deep.equal(['0 opened', '0 wlan0 arrived']);
  });

  it('tells nothing more to one who leaves in the middle of the arrivals', () => {
    const scene = new Scene({
      interfaces: [{ name: 'wlan0' }, { name: 'wlan1' }],
      timeline: [{ at: 9, do: 'service.dies' }],
    });
    const heard: string[] = [];
    scene.radio.open.pipe(take(2)).subscribe(({ type }) => heard.push(type));
    scene.radio.control.leave(wlan0);
    expect(heard).to.deep.equal(['opened', 'interface.arrived']);
    expect(scene.clock.pending).to.equal(0);
  });

  it('throws when a test names what the scenario does not have', () => {
    const { control } = begin().radio;
    expect(() => control.leave(interfaceId('wlan9'))).to.throw('no interface wlan9, only wlan0');
    expect(() => control.vanish(network('nowhere'))).to.throw('nowhere');
  });

  it('does nothing when what is there arrives, or what is not there leaves', () => {
    const scene = begin();
    scene.radio.control.arrive(wlan0);
    scene.radio.control.reviveService();
    expect(scene.news()).to.deep.equal([]);
    scene.radio.control.leave(wlan0);
    scene.radio.control.leave(wlan0);
    scene.radio.control.dieService();
    scene.radio.control.dieService();
    expect(scene.news()).to.deep.equal([
      '0 wlan0 complete',
      '0 wlan0 left',
      '0 failed SIMULATED_SERVICE_DIED',
    ]);
  });

  it('lets signals wander around their own, within the bounds, out of nobody’s range', async () => {
    const scene = begin({ seed: 5, interfaces: instant, jitter: { dB: 3, every: 500 } });
    scene.connect(orderFor('far'));
    const heard = new Map<string, Set<number>>();
    for (let i = 0; i < 200; i++) {
      await scene.clock.advance(500);
      for (const bss of scene.station().networks())
        heard.set(bss.bssid, (heard.get(bss.bssid) ?? new Set()).add(bss.rssi));
    }
    const sorted = (last: number) => [...(heard.get(bssid(last)) ?? [])].sort((a, b) => a - b);
    expect(sorted(1)).to.deep.equal([-63, -62, -61, -60, -59, -58, -57]);
    expect(sorted(4)).to.deep.equal([-95, -94, -93, -92, -91]);
    expect(scene.news().some((line) => line.includes('disconnected'))).to.equal(false);
  });

  it('tells its seed, and logs it', () => {
    const given = new Scene({ seed: 7 }, () => 8);
    expect(given.radio.seed).to.equal(7);
    expect(given.log.lines).to.deep.equal(['simulated radio with seed 7']);
    const drawn = new Scene({}, () => 8);
    expect(drawn.radio.seed).to.equal(8);
    expect(drawn.log.facts).to.deep.equal([{ seed: 8 }]);
  });

  it('draws a seed of its own when it is given none', () => {
    const seeds = new Set(Array.from({ length: 8 }, () => new Scene().radio.seed));
    expect(seeds.size).to.be.greaterThan(1);
    for (const seed of seeds)
      expect(seed).to.satisfy((n: number) => Number.isInteger(n) && n >= 0 && n < 2 ** 32);
  });

  describe('goes the same way with the same seed', () => {
    const text = readFileSync(new URL('../../../docs/examples/harbour.json', import.meta.url), 'utf8');
    const file = JSON.parse(text) as ScenarioFile;
    const history = async (seed: number, steps: readonly number[]): Promise<readonly string[]> => {
      const scene = new Scene({ ...file, seed }).open();
      await scene.scan();
      await scene.clock.advance(1000);
      scene.connect({
        ...orderFor('cafe'),
        ssid: ssid('Harbour Cafe'),
        key: right(derivePmk(harbourCafeSecret, ssid('Harbour Cafe'))),
      });
      for (const step of steps) await scene.clock.advance(step);
      scene.close();
      return scene.history;
    };
    const minute = [60_000];

    it('in every event, at every time', async () => {
      const first = await history(1, minute);
      expect(first.length).to.be.greaterThan(10);
      expect(await history(1, minute)).to.deep.equal(first);
    });

    it('in whatever steps the clock is moved', async () => {
      const whole = (await history(1, minute)).slice(0, -1);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 12 }), async (steps) => {
          const rest = 60_000 - steps.reduce((a, b) => a + b, 0);
          expect((await history(1, [...steps, rest])).slice(0, -1)).to.deep.equal(whole);
        }),
        { numRuns: 4 },
      );
    });

    it('and another way with another', async () => {
      expect(await history(2, minute)).to.not.deep.equal(await history(1, minute));
    });
  });
});

describe('the default scenario', () => {
  it('has the interface and the networks that docs/scenarios.md lists', () => {
    const page = readFileSync(new URL('../../../docs/scenarios.md', import.meta.url), 'utf8');
    const rows = [
      ...page.matchAll(
        /^\| ([^|]+?)(, hidden)? \| `([^`]+)` \| (?:`([^`]+)` )?\| ([^|]+) \| (\d+) \| (-\d+) \|$/gm,
      ),
    ];
    expect(rows).to.have.lengthOf(6);
    const read = loadScenario(
      JSON.stringify({
        interfaces: [{ name: 'wlan0', scanDuration: 800, connectDuration: 300 }],
        networks: [...new Set(rows.map(([, name]) => name))].map((name) => {
          const list = rows.filter(([, other]) => other === name);
          const [[, , hidden, security, secret] = []] = list;
          return {
            ssid: name,
            security,
            ...(secret === undefined ? {} : { secret }),
            ...(hidden === undefined ? {} : { hidden: true }),
            accessPoints: list.map(([, , , , , bssid, channel, dBm]) => ({
              bssid,
              channel: Number(channel),
              signal: Number(dBm),
            })),
          };
        }),
      }),
      'docs/scenarios.md',
    );
    expect(defaultScenario).to.deep.equal(right(read));
    const secrets = (scenario: typeof defaultScenario): readonly (string | undefined)[] =>
      scenario.networks.map(({ secret }) =>
        isSome(secret) ? Buffer.from(secret.value.reveal()).toString() : undefined,
      );
    expect(secrets(defaultScenario)).to.deep.equal(secrets(right(read)));
  });

  it('shows four networks in both bands, and the hidden one to whoever knows it', async () => {
    const clock = new ManualClock();
    const radio = simulatedBackend(defaultScenario, { clock, log: silent });
    const seen: (readonly string[])[] = [];
    radio.open.subscribe(async (event) => {
      if (event.type !== 'interface.arrived' || event.interface.kind !== 'station') return;
      const station = event.interface;
      for (const directed of [none, some(ssid('Boathouse'))]) {
        await station.scan(directed);
        clock.advanceNow(800);
        seen.push(station.networks().map((bss) => bss.ssid));
      }
    });
    await clock.advance(0);
    const visible = ['Harbour Cafe', 'Harbour Cafe', 'Harbour Guests', 'Lighthouse', 'Port Authority'];
    expect(seen[0]).to.deep.equal(visible);
    expect(seen[1]).to.have.members([...visible, 'Boathouse']);
    const bands = defaultScenario.networks.flatMap(({ accessPoints }) =>
      accessPoints.map((ap) => ap.frequency),
    );
    expect(new Set(bands.map((kHz) => Math.floor(kHz / 1_000_000)))).to.deep.equal(new Set([2, 5]));
  });
});
