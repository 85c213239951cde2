/** The host's radio through wpa_supplicant, with real access points. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { StationInterface } from '../../native/radio.js';
import { hexOf } from '../../protocol/hex.js';
import { type Ssid, ssidFromHex, ssidHex } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import { AirRadio, passphrase, putCapturedOnAir, security } from './air/access-points.js';
import { captured, withoutChance } from './air/captured.js';
import { addressOf, startSupplicant, station as stationName } from './air/host.js';
import { type Program, run } from './air/programs.js';
import { connected, named, order, RadioWatch, scanned } from './air/radio-watch.js';

const fromHex = (hex: string): Ssid => {
  const ssid = ssidFromHex(hex);
  if (E.isLeft(ssid)) throw new Error(hex);
  return ssid.right;
};

describe('a station of wpa_supplicant', () => {
  let radios: readonly AirRadio[];
  let watch: RadioWatch;
  let supplicant: Program;
  let wifi: StationInterface;

  before(async () => {
    radios = await putCapturedOnAir();
    supplicant = await startSupplicant();
    watch = new RadioWatch();
    wifi = await watch.arrival();
  });

  after(async () => {
    watch.close();
    await supplicant.stop();
  });

  afterEach(async () => {
    if (O.isSome(wifi.link())) {
      const gone = watch.reports('disconnected');
      await wifi.disconnect()();
      await gone;
    }
  });

  const must = async (ssid: Ssid, kind: 'open' | 'wpa2-psk' | 'wpa3-sae') => {
    const result = await connected(wifi, order(ssid, kind, passphrase));
    if (E.isLeft(result)) throw new Error(result.left.detail);
    return result.right;
  };

  it('shows every access point as it is on the air, a hidden one by its name when asked for', async () => {
    await scanned(watch, wifi, O.some(named('hidden-psk')));
    const seen = wifi.networks().map((bss) => ({
      SSID: ssidHex(bss.ssid),
      BSSID: bss.bssid.replaceAll(':', ''),
      Frequency: bss.frequency / 1000,
      Privacy: (bss.capabilities & 0x10) !== 0,
      IEs: withoutChance(hexOf(bss.elements)),
    }));
    const byBssid = (a: { BSSID: string }, b: { BSSID: string }): number => a.BSSID.localeCompare(b.BSSID);
    expect(seen.sort(byBssid)).to.deep.equal([...captured].sort(byBssid));
  });

  const open = [['open', 'open']] as const;
  const wpa2 = [
    'wpa2-psk',
    'wpa2-wpa3-transition',
    'wpa-wpa2-mixed',
    'wpa2-gcmp',
    'wpa2-ft-psk',
    'five-gigahertz',
    'hidden-psk',
    '0123456789abcdef0123456789abcdef',
  ].map((text) => [text, 'wpa2-psk'] as const);
  for (const [text, kind] of [...open, ...wpa2, ['wpa3-sae', 'wpa3-sae'] as const])
    it(`connects to ${text}`, async () => {
      const link = await must(named(text), kind);
      expect(link.ssid).to.equal(named(text));
      expect(wifi.link()).to.deep.equal(O.some(link));
    });

  it('connects to an access point that takes hash-to-element only', async () => {
    const ssid = Buffer.from('hash').toString('hex');
    const settings = { ...security.sae, sae_pwe: 1 };
    const hash = await AirRadio.start('wlan4', 11, [{ ssid, bssid: '02:00:00:00:04:00', settings }]);
    try {
      expect((await must(named('hash'), 'wpa3-sae')).bssid).to.equal('02:00:00:00:04:00');
    } finally {
      await wifi.disconnect()();
      await hash.stop();
      // The kernel would show it to whoever scans in the next 30 s.
      await run('iw', 'dev', stationName, 'scan', 'trigger', 'flush');
      while ((await run('iw', 'dev', stationName, 'scan', 'dump')).includes('02:00:00:00:04:00'));
    }
    expect(await run('wpa_cli', '-i', stationName, 'get', 'sae_pwe')).to.equal('0');
  });

  it('connects to SSIDs that are no text', async () => {
    for (const hex of ['c3a9c3a8f09f93b6e282ac0102', '786d6c203c263e2227200001206e616d65']) {
      const link = await must(fromHex(hex), 'wpa2-psk');
      expect(ssidHex(link.ssid)).to.equal(hex);
    }
  });

  it('tells a wrong WPA2 key', async () => {
    const result = await connected(wifi, order(named('wpa2-psk'), 'wpa2-psk', 'wrong horse'));
    expect(result).to.deep.include({ _tag: 'Left' });
    expect(E.isLeft(result) && result.left).to.include({
      reason: 'wrong key',
      status: StatusCode.challengeFailure,
    });
  });

  it('tells a wrong WPA3 password', async () => {
    const result = await connected(wifi, order(named('wpa3-sae'), 'wpa3-sae', 'wrong horse'));
    expect(E.isLeft(result) && result.left.reason).to.equal('wrong key');
  });

  it('tells that there is no such network', async () => {
    const result = await connected(wifi, order(named('nowhere')));
    expect(E.isLeft(result) && result.left.reason).to.equal('network not found');
  });

  it('leaves no network behind when a try is given up', async () => {
    const abort = new AbortController();
    const result = connected(wifi, order(named('nowhere')), abort.signal);
    const started = watch.reports('scan.completed');
    await wifi.scan(O.none);
    await started;
    abort.abort();
    expect(E.isLeft(await result)).to.equal(true);
    expect(await run('wpa_cli', '-i', stationName, 'list_networks')).to.not.include('nowhere');
  });

  it('tells a deauthentication and its reason, and does not come back by itself', async () => {
    await must(named('wpa2-psk'), 'wpa2-psk');
    const lost = watch.reports('disconnected');
    await radios[0]?.deauthenticate(await addressOf(stationName), 1);
    const { reason, ssid } = await lost;
    expect(ssid).to.equal(named('wpa2-psk'));
    expect(reason).to.match(/^by the access point: /);
    await scanned(watch, wifi);
    expect(await run('wpa_cli', '-i', stationName, 'list_networks')).to.not.include('wpa2-psk');
    expect(wifi.link()).to.deep.equal(O.none);
  });

  it('reports the signal while there is a link and somebody wants to know', async () => {
    await must(named('wpa2-psk'), 'wpa2-psk');
    const signal = watch.reports('signal');
    wifi.followSignal?.(true);
    const { rssi } = await signal;
    wifi.followSignal?.(false);
    expect(rssi).to.be.within(-60, -10);
  });

  it('keeps the link of a guest when the guest tries another network in vain', async () => {
    await must(named('wpa2-psk'), 'wpa2-psk');
    const back = watch.reports('connected');
    const result = await connected(wifi, order(named('wpa2-gcmp'), 'wpa2-psk', 'wrong horse'));
    expect(E.isLeft(result)).to.equal(true);
    expect((await back).link.ssid).to.equal(named('wpa2-psk'));
  });

  it('moves to another network and forgets the first one', async () => {
    await must(named('wpa2-psk'), 'wpa2-psk');
    await must(named('open'), 'open');
    const networks = await run('wpa_cli', '-i', stationName, 'list_networks');
    expect(networks).to.include('open').and.not.include('wpa2-psk');
  });
});
