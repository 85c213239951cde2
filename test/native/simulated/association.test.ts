import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'chai';
import { none } from 'fp-ts/lib/Option.js';
import sinon from 'sinon';
import { derivePmk } from '../../../native/pmk.js';
import type { ScenarioFile } from '../../../native/simulated/scenario-file.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import type { NetworkSecurity } from '../../../protocol/network-elements.js';
import type { OfferedSecurity } from '../../../protocol/security.js';
import { StatusCode } from '../../../protocol/status.js';
import { CipherSuite } from '../../../protocol/suites.js';
import { right } from '../../protocol/either.js';
import { begin, bssid, instant, orderFor, passphrase, places, ssid } from './scene.js';

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

  it('makes the key of its secret once, however many connect', async () => {
    const scene = begin(withSecret('wpa2-psk', passphrase));
    const made = sinon.spy(crypto, 'pbkdf2Sync');
    syncBuiltinESMExports();
    try {
      for (let i = 0; i < 3; i += 1) {
        scene.connect({ ssid: ssid('cafe'), bssid: none, security: psk, key: pmk });
        await scene.clock.advance(0);
      }
    } finally {
      made.restore();
      syncBuiltinESMExports();
    }
    expect(made.callCount).to.equal(1);
  });

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
