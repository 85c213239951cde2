import { pbkdf2Sync } from 'node:crypto';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { derivePmk, passphraseProblemText } from '../../native/pmk.js';
import { type Ssid, ssidFromBytes, ssidFromText } from '../../protocol/ssid.js';

const ssid = (text: string): Ssid => {
  const parsed = ssidFromText(text);
  if (E.isLeft(parsed)) throw new Error('not an SSID');
  return parsed.right;
};

const pmk = (passphrase: string, network: Ssid): string => {
  const key = derivePmk(passphrase, network);
  if (E.isLeft(key)) throw new Error(passphraseProblemText(key.left));
  return Buffer.from(key.right.reveal()).toString('hex');
};

describe('a pairwise master key', () => {
  it('is the one that wpa_supplicant gave to the driver (capture)', () => {
    expect(pmk('correct horse', ssid('psk-net'))).to.equal(
      'b7d6b157d7a1a3ae4ab7a649ee9033ffe66680d3d20bd57a5c0580442d049375',
    );
    expect(pmk('correct horse', ssid('hidden-net'))).to.equal(
      'd991632aedabdfd850926d1857df36998de4809fe4c581f149e3a4ae9033e48b',
    );
  });

  it('is the one of the test vectors of IEEE 802.11-2020, annex J.4', () => {
    expect(pmk('password', ssid('IEEE'))).to.equal(
      'f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e',
    );
    expect(pmk('ThisIsAPassword', ssid('ThisIsASSID'))).to.equal(
      '0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af',
    );
  });

  it('depends on the bytes of the SSID, whatever they are', () => {
    const bytes = Uint8Array.of(0x00, 0xff, 0x3c);
    const parsed = ssidFromBytes(bytes);
    if (E.isLeft(parsed)) throw new Error('not an SSID');
    expect(pmk('password', parsed.right)).to.equal(
      pbkdf2Sync('password', bytes, 4096, 32, 'sha1').toString('hex'),
    );
  });

  it('may be given as 64 hexadecimal digits, in either case', () => {
    const hex = '0123456789abcdef'.repeat(4);
    expect(pmk(hex, ssid('any'))).to.equal(hex);
    expect(pmk(hex.toUpperCase(), ssid('any'))).to.equal(hex);
  });

  it('takes passphrases of 8 and of 63 characters', () => {
    expect(pmk('12345678', ssid('any'))).to.have.lengthOf(64);
    expect(pmk('~'.repeat(63), ssid('any'))).to.have.lengthOf(64);
  });

  for (const [what, passphrase, problem] of [
    ['7 characters', '1234567', { reason: 'wrong length', length: 7 }],
    ['nothing', '', { reason: 'wrong length', length: 0 }],
    [
      '64 characters that are not all hexadecimal',
      `${'a'.repeat(63)}g`,
      { reason: 'wrong length', length: 64 },
    ],
    ['65 hexadecimal digits', 'a'.repeat(65), { reason: 'wrong length', length: 65 }],
    ['an umlaut at the beginning', 'über den Wolken', { reason: 'not printable ASCII', position: 1 }],
    ['an umlaut', 'grün ist die Wiese', { reason: 'not printable ASCII', position: 3 }],
    ['a newline at the end', 'correct horse\n', { reason: 'not printable ASCII', position: 14 }],
  ] as const) {
    it(`refuses ${what}, without repeating it`, () => {
      const refused = derivePmk(passphrase, ssid('any'));
      expect(refused).to.deep.equal(E.left(problem));
      const text = passphraseProblemText(problem);
      expect(text).to.include('8 to 63 printable ASCII characters');
      if (passphrase !== '') expect(text).to.not.include(passphrase.trim());
    });
  }
});
