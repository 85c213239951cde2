import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { isLeft } from 'fp-ts/lib/Either.js';
import { derivePmk } from '../../../native/pmk.js';
import type { StationInterface } from '../../../native/radio.js';
import { loadScenario } from '../../../native/simulated/load.js';
import { simulatedBackend } from '../../../native/simulated/radio.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { advertisedSecurity } from '../../../protocol/security.js';
import { ManualClock } from '../../../streams/clock.js';
import { right } from '../../protocol/either.js';
import { silent } from './log.js';
import { orderFor, passphrase, ssid } from './scene.js';

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

  it('gives them the usual beacon interval, of which a line says nothing', () => {
    const networks = open(JSON.stringify(captured[0])).networks();
    expect(networks.map(({ beaconInterval }) => beaconInterval)).to.deep.equal([100]);
  });

  it('takes the last of several lines about one access point, and SSIDs without a byte', () => {
    const [first] = captured;
    const lines = [first, { ...first, Signal: -77, SSID: '' }].map((line) => JSON.stringify(line));
    const networks = open(lines.join('\n')).networks();
    expect(networks.map((bss) => [bss.ssid, bss.rssi])).to.deep.equal([['', -77]]);
  });
});
