import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { isLeft } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { take } from 'rxjs';
import { derivePmk } from '../../../native/pmk.js';
import { interfaceId, type StationInterface } from '../../../native/radio.js';
import { defaultScenario, harbourCafeSecret } from '../../../native/simulated/default-scenario.js';
import { loadScenario } from '../../../native/simulated/load.js';
import { simulatedBackend } from '../../../native/simulated/radio.js';
import type { ScenarioFile } from '../../../native/simulated/scenario-file.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import type { NetworkSecurity } from '../../../protocol/pretended-elements.js';
import { advertisedSecurity, type OfferedSecurity } from '../../../protocol/security.js';
import { StatusCode } from '../../../protocol/status.js';
import { CipherSuite } from '../../../protocol/suites.js';
import { ManualClock } from '../../../streams/clock.js';
import { right } from '../../protocol/either.js';
import { silent } from './log.js';
import { bssid, network, orderFor, passphrase, places, Scene, ssid, wlan0 } from './scene.js';

const begin = (file: Partial<ScenarioFile> = {}): Scene => {
  const scene = new Scene(file).open();
  scene.news();
  return scene;
};

const instant = [{ name: 'wlan0' }];
const { ccmp, gcmp } = CipherSuite;
const psk: OfferedSecurity = { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp };
const sae: OfferedSecurity = { kind: 'wpa3-sae', pairwise: ccmp, group: ccmp };

describe('a simulated access point', () => {
  /** Security in the file, what the guest offers, the status code that comes of it. */
  const answers: readonly (readonly [NetworkSecurity['kind'], OfferedSecurity, StatusCode])[] = [
    ['open', { kind: 'open' }, StatusCode.success],
    ['open', psk, StatusCode.capabilitiesMismatch],
    ['wep', { kind: 'open' }, StatusCode.capabilitiesMismatch],
    ['wpa-psk', psk, StatusCode.invalidElement],
    ['wpa/wpa2-psk', psk, StatusCode.invalidGroupCipher],
    ['wpa2-psk', psk, StatusCode.success],
    ['wpa2-psk', { kind: 'open' }, StatusCode.invalidElement],
    ['wpa2-psk', { ...psk, group: gcmp }, StatusCode.invalidGroupCipher],
    ['wpa2-psk', { ...psk, pairwise: gcmp }, StatusCode.invalidPairwiseCipher],
    ['wpa2-psk', sae, StatusCode.invalidAkmp],
    ['psk-sha256', psk, StatusCode.invalidAkmp],
    ['ft-psk', psk, StatusCode.invalidAkmp],
    ['wpa2/wpa3-transition', psk, StatusCode.success],
    ['wpa2/wpa3-transition', sae, StatusCode.success],
    ['wpa3-sae', sae, StatusCode.success],
    ['wpa3-sae', psk, StatusCode.invalidAkmp],
    ['owe', { kind: 'open' }, StatusCode.invalidElement],
    ['owe', psk, StatusCode.invalidAkmp],
    ['wpa2-enterprise', psk, StatusCode.invalidAkmp],
    ['wpa3-enterprise-192', psk, StatusCode.invalidGroupCipher],
  ];
  for (const [security, offered, status] of answers) {
    it(`of "${security}" answers ${offered.kind} ${JSON.stringify(offered)} with status ${status}`, async () => {
      const scene = begin({
        interfaces: instant,
        networks: [{ ssid: 'x', security, accessPoints: [{ bssid: bssid(1), channel: 36, signal: -50 }] }],
      });
      const key = new KeyMaterial(new Uint8Array(offered.kind === 'open' ? 0 : 32));
      scene.connect({ ssid: ssid('x'), bssid: none, security: offered, key });
      await scene.clock.advance(0);
      expect(scene.news().at(-1)).to.equal(
        status === StatusCode.success ? `0 wlan0 joined ${bssid(1)}` : `0 wlan0 rejected ${status}`,
      );
    });
  }

  const withSecret = (security: NetworkSecurity['kind'], secret: string): Partial<ScenarioFile> => ({
    interfaces: instant,
    networks: [
      { ssid: 'cafe', security, secret, accessPoints: [{ bssid: bssid(1), channel: 36, signal: -50 }] },
    ],
  });
  const hex = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
  const bytes = (text: string): KeyMaterial => new KeyMaterial(new TextEncoder().encode(text));
  const pmk = right(derivePmk(passphrase, ssid('cafe')));
  const keys = [
    ['wpa2-psk', passphrase, psk, pmk, true],
    ['wpa2-psk', passphrase, psk, bytes(passphrase), false],
    ['wpa2-psk', passphrase, psk, right(derivePmk(passphrase, ssid('other'))), false],
    ['wpa2-psk', hex, psk, new KeyMaterial(Uint8Array.from({ length: 32 }, (_, i) => i)), true],
    ['wpa2/wpa3-transition', passphrase, psk, pmk, true],
    ['wpa2/wpa3-transition', passphrase, sae, bytes(passphrase), true],
    ['wpa3-sae', passphrase, sae, bytes(passphrase), true],
    ['wpa3-sae', passphrase, sae, pmk, false],
  ] as const;
  for (const [i, [security, secret, offered, key, fits]] of keys.entries()) {
    it(`of "${security}" ${fits ? 'accepts' : 'does not accept'} key ${i} for ${offered.kind}`, async () => {
      const scene = begin(withSecret(security, secret));
      scene.connect({ ssid: ssid('cafe'), bssid: none, security: offered, key });
      await scene.clock.advance(0);
      expect(scene.news().at(-1)).to.equal(fits ? `0 wlan0 joined ${bssid(1)}` : '0 wlan0 wrong key 15');
    });
  }

  it('without a secret accepts any key of 32 bytes, and no other', async () => {
    const scene = begin({
      interfaces: instant,
      networks: places.map(({ secret: _, ...place }) => place),
    });
    for (const size of [32, 31, 0])
      scene.connect(orderFor('cafe', { key: new KeyMaterial(new Uint8Array(size)) }));
    await scene.clock.advance(0);
    expect(scene.news().filter((line) => !line.includes('connected'))).to.deep.equal([
      '0 wlan0 joined 02:00:00:00:00:02',
      '0 wlan0 wrong key 15',
      '0 wlan0 wrong key 15',
    ]);
  });
});

describe('a simulated interface', () => {
  it('connects to the strongest access point, unless another one is asked for', async () => {
    const scene = begin({ interfaces: instant });
    scene.connect(orderFor('cafe'));
    scene.connect(orderFor('cafe', { bssid: some(bssid(1)) }));
    scene.connect(orderFor('cafe', { bssid: some(bssid(3)) }));
    await scene.clock.advance(0);
    expect(scene.news().filter((line) => !line.includes('connected'))).to.deep.equal([
      '0 wlan0 joined 02:00:00:00:00:02',
      '0 wlan0 joined 02:00:00:00:00:01',
      '0 wlan0 network not found 1',
    ]);
  });

  it('passes over a stronger access point whose security does not fit', async () => {
    const scene = begin({
      interfaces: instant,
      networks: [
        ...places,
        { ssid: 'cafe', security: 'open', accessPoints: [{ bssid: bssid(9), channel: 1, signal: -20 }] },
      ],
    });
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(0);
    expect(scene.news().at(-1)).to.equal('0 wlan0 joined 02:00:00:00:00:02');
  });

  it('judges a network as it is when the connect is over, not when it began', async () => {
    const scene = begin({ timeline: [{ at: 499, do: 'network.vanishes', ssid: 'open' }] });
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    expect(scene.news()).to.deep.equal(['500 wlan0 network not found 1']);
  });

  it('does not hear what only another interface hears', async () => {
    const scene = begin({
      interfaces: [{ name: 'wlan0' }, { name: 'Second card', id: '{1B57E649-A1DF-482F-85C2-000000000001}' }],
      networks: [
        {
          ssid: 'one',
          security: 'open',
          seenBy: ['wlan0'],
          accessPoints: [
            { bssid: bssid(1), channel: 1, signal: -50 },
            {
              bssid: bssid(2),
              channel: 6,
              signal: -50,
              seenBy: ['1b57e649-a1df-482f-85c2-000000000001', 'wlan0'],
            },
          ],
        },
      ],
    });
    expect(
      scene
        .station('wlan0')
        .networks()
        .map((bss) => bss.bssid),
    ).to.deep.equal([bssid(1), bssid(2)]);
    expect(
      scene
        .station('Second card')
        .networks()
        .map((bss) => bss.bssid),
    ).to.deep.equal([bssid(2)]);
    expect(scene.station('Second card').id).to.equal('1b57e649-a1df-482f-85c2-000000000001');
    scene.connect(orderFor('one', { bssid: some(bssid(1)) }), 'Second card');
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal(['0 Second card network not found 1']);
  });

  it('refuses security that it does not support, without giving up the link that it has', async () => {
    const scene = begin({ interfaces: [{ name: 'wlan0', supports: ['open'] }] });
    expect(scene.station().supports(psk)).to.equal(false);
    scene.connect(orderFor('open'));
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 connected open',
      '0 wlan0 joined 02:00:00:00:00:03',
      '0 wlan0 unsupported 43',
    ]);
  });

  it('gives up a connect for the next one', async () => {
    const scene = begin();
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(100);
    scene.connect(orderFor('open'));
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal([
      '100 wlan0 abandoned 1',
      '600 wlan0 connected open',
      '600 wlan0 joined 02:00:00:00:00:03',
    ]);
  });

  it('gives up a connect for a disconnect', async () => {
    const scene = begin();
    scene.connect(orderFor('cafe'));
    scene.disconnect();
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal(['200 wlan0 abandoned 1', '200 wlan0 disconnect done']);
  });

  it('tells in order even when the one who hears of a link ends it on the spot', async () => {
    const scene = new Scene({ interfaces: instant });
    scene.radio.open.subscribe((event) => {
      if (event.type !== 'interface.arrived' || event.interface.kind !== 'station') return;
      const station = event.interface;
      station.events.subscribe((told) => {
        if (told.type === 'connected')
          station
            .disconnect()()
            .catch(() => scene.tell('threw'));
      });
      station.events.subscribe((told) => scene.tell(told.type));
      station
        .connect(orderFor('open'), new AbortController().signal)()
        .then(
          (result) => scene.tell(result._tag),
          () => scene.tell('threw'),
        );
    });
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal(['0 connected', '0 disconnected', '0 Right']);
  });

  it('takes no notice when a connect that is over is aborted', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [{ after: { event: 'connect.failed' }, do: 'user.disconnects' }],
    });
    const abort = scene.connect(orderFor('open'));
    await scene.clock.advance(0);
    abort.abort();
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal(['0 wlan0 connected open', '0 wlan0 joined 02:00:00:00:00:03']);
  });

  it('tells of no signal that has not changed', async () => {
    const scene = begin({ interfaces: instant });
    scene.connect(orderFor('open'));
    await scene.clock.advance(0);
    scene.news();
    scene.radio.control.appear(network('open'));
    expect(scene.news()).to.deep.equal([]);
  });

  it('is connected by its user to the strongest access point', () => {
    const scene = begin({ interfaces: instant });
    scene.radio.control.connectByUser(wlan0, { ssid: ssid('cafe'), bssid: none });
    expect(scene.station().link()).to.deep.equal(some({ ssid: 'cafe', bssid: bssid(2) }));
  });

  it('shows what the last scan found, while the air changes', async () => {
    const scene = begin();
    expect(scene.seen()).to.deep.equal([]);
    await scene.scan();
    scene.radio.control.fade(network('open'), -80, 500);
    await scene.clock.advance(1000);
    expect(scene.seen()).to.include('open -80');
    const before = scene.station().networks();
    scene.radio.control.vanish(network('open'));
    expect(scene.station().networks()).to.equal(before);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.seen()).to.deep.equal(['cafe -60', 'cafe -50', 'far -94']);
  });

  it('keeps the array and each network in it as long as they do not change', async () => {
    const scene = begin({ interfaces: instant });
    const before = scene.station().networks();
    await scene.scan();
    expect(scene.station().networks()).to.equal(before);
    scene.radio.control.fade(network('open'), -80, 0);
    const after = scene.station().networks();
    expect(after).to.not.equal(before);
    expect(after.map((bss, i) => bss === before[i])).to.deep.equal([true, true, false, true]);
    scene.radio.control.fade(network('open'), -120, 0);
    const without = scene.station().networks();
    scene.radio.control.fade(network('open'), -125, 0);
    expect(scene.station().networks()).to.equal(without);
  });

  it('finds a hidden network by directed scans only, also by one that joins a scan that runs', async () => {
    const networks = places.map((place) => ({ ...place, hidden: place.ssid !== 'far' }));
    const scene = begin({ networks });
    await scene.scan();
    await scene.clock.advance(500);
    await scene.scan(some(ssid('open')));
    await scene.scan(some(ssid('cafe')));
    await scene.clock.advance(500);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 scan running',
      '500 wlan0 scan running',
      '500 wlan0 scan running',
      '1000 wlan0 scan.completed',
    ]);
    expect(scene.seen()).to.deep.equal(['cafe -60', 'cafe -50', 'open -55', 'far -94']);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.seen()).to.deep.equal(['far -94']);
  });

  it('that leaves or dies does not forget the faults and the air, only what it has seen', async () => {
    const scene = begin();
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.seen()).to.have.length(4);
    scene.radio.control.leave(wlan0);
    scene.radio.control.arrive(wlan0);
    expect(scene.seen()).to.deep.equal([]);
  });

  it('that is gone answers nothing but failures', async () => {
    const scene = begin();
    const station = scene.station();
    scene.close();
    expect(station.networks()).to.deep.equal([]);
    expect(station.link()).to.deep.equal(none);
    expect(isLeft(await station.scan(none))).to.equal(true);
    expect(isLeft(await station.disconnect()())).to.equal(true);
    expect(isLeft(await station.connect(orderFor('open'), new AbortController().signal)())).to.equal(true);
  });
});

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

describe('a capture of access points as a scenario', () => {
  const text = readFileSync(new URL('../../fixtures/access-points.ndjson', import.meta.url), 'utf8');
  interface Captured {
    readonly SSID: string;
    readonly BSSID: string;
    readonly Frequency: number;
    readonly Signal: number;
    readonly IEs: string;
    readonly Privacy: boolean;
  }
  const captured = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Captured);

  const open = (file: string) => {
    const clock = new ManualClock();
    const scenario = right(loadScenario(file, 'access-points.ndjson'));
    const radio = simulatedBackend(scenario, { clock, log: silent });
    const stations: StationInterface[] = [];
    radio.open.subscribe((event) => {
      if (event.type === 'interface.arrived' && event.interface.kind === 'station')
        stations.push(event.interface);
    });
    const [station] = stations;
    if (station === undefined) throw new Error('no interface');
    return station;
  };

  it('shows each of them as it was captured, byte for byte', () => {
    const shown = open(text)
      .networks()
      .map(({ bssid: address, ssid: _, ...bss }) => ({
        BSSID: address.replaceAll(':', ''),
        Frequency: bss.frequency / 1000,
        Signal: bss.rssi,
        IEs: Buffer.from(bss.elements).toString('hex'),
        Privacy: (bss.capabilities & 16) !== 0,
        ESS: (bss.capabilities & 1) !== 0,
      }));
    expect(shown).to.deep.equal(
      captured.map(({ BSSID, Frequency, Signal, IEs, Privacy }) => ({
        BSSID,
        Frequency,
        Signal,
        IEs,
        Privacy,
        ESS: true,
      })),
    );
  });

  it('lets anyone in who has a key of 32 bytes', async () => {
    const station = open(text);
    const order = { ...orderFor('cafe'), ssid: ssid('wpa2-psk') };
    const result = await station.connect(order, new AbortController().signal)();
    expect(right(result).bssid).to.equal('02:00:00:00:00:01');
  });

  it('lets in only those who know the secret that was added to a line', async () => {
    const lines = captured.map((line) => JSON.stringify({ ...line, secret: passphrase })).join('\r\n');
    const station = open(`\n${lines}\n\n`);
    const connect = (key: KeyMaterial) =>
      station.connect(
        { ...orderFor('cafe', { key }), ssid: ssid('wpa2-psk') },
        new AbortController().signal,
      )();
    const wrong = await connect(new KeyMaterial(new Uint8Array(32)));
    expect(isLeft(wrong) && wrong.left.reason).to.equal('wrong key');
    expect(right(await connect(right(derivePmk(passphrase, ssid('wpa2-psk'))))).ssid).to.equal('wpa2-psk');
  });

  it('believes a line that an access point encrypts, although no element says so', () => {
    const [first] = captured;
    const networks = open(JSON.stringify({ ...first, Privacy: true })).networks();
    expect(networks.map(advertisedSecurity)).to.deep.equal([{ kind: 'wep' }]);
  });

  it('takes the last of several lines about one access point, and SSIDs without a byte', () => {
    const [first] = captured;
    const lines = [first, { ...first, Signal: -77, SSID: '' }].map((line) => JSON.stringify(line));
    const networks = open(lines.join('\n')).networks();
    expect(networks.map((bss) => [bss.ssid, bss.rssi])).to.deep.equal([['', -77]]);
  });
});
