import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ConnectRequest } from '../../protocol/connect.js';
import { describeFrame, logEntry, withoutSecrets } from '../../protocol/describe.js';
import { decodeHostMessage, decodeRequest, encodeHostMessage, encodeRequest } from '../../protocol/frame.js';
import { instanceIdOf } from '../../protocol/instance-id.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { anyHostMessage, anyRequest } from './arbitraries.js';
import { bssWith } from './bsses.js';
import { bytes, guestSession, hex } from './captures.js';
import { right } from './either.js';

const rowsOf = (frame: string, from?: 'guest' | 'host') =>
  describeFrame(bytes(frame), from).map(({ field, offset, size, value, meaning }) => [
    field,
    offset,
    size,
    value,
    meaning,
  ]);

const connectWithKey = guestSession.find(({ hex }) => hex.startsWith('036c'))?.hex ?? '';
const key = connectWithKey.slice(-64);

describe('the description of a frame', () => {
  it('is field by field with places, values and meanings', () => {
    expect(rowsOf('041000000001002b00020000aa00010700000000000000')).to.deep.equal([
      ['operation', 0, 1, '4', 'connect response'],
      ['size', 1, 4, '16', '16 bytes'],
      ['version', 5, 2, '1', ''],
      ['result_code', 7, 2, '43', 'invalid AKM suite'],
      ['bssid', 9, 6, '020000aa0001', '02:00:00:aa:00:01'],
      ['session_id', 15, 8, '7', ''],
    ]);
  });

  it('masks the key', () => {
    const rows = rowsOf(connectWithKey);
    expect(rows.slice(3)).to.deep.equal([
      ['ssid_len', 7, 1, '7', ''],
      ['ssid', 8, 32, `70736b2d6e6574${'00'.repeat(25)}`, 'psk-net'],
      ['bssid', 40, 6, '020000aa0002', '02:00:00:aa:00:02'],
      ['auth_type', 46, 1, '0', 'open system'],
      ['wpa_versions', 47, 1, '2', 'WPA2'],
      ['num_akm_suites', 48, 1, '1', ''],
      ['akm_suites', 49, 8, '0x000fac02 0x00000000', 'PSK'],
      ['num_pairwise_cipher_suites', 57, 1, '1', ''],
      ['pairwise_cipher_suites', 58, 20, `0x000fac04${' 0x00000000'.repeat(4)}`, 'CCMP'],
      ['group_cipher_suite', 78, 4, '1027076', 'CCMP'],
      ['key_len', 82, 1, '32', ''],
      ['key', 83, 32, '[secret]', '[secret] (32 bytes)'],
    ]);
  });

  it('of a scan response shows networks and then their elements', () => {
    const scan = guestSession.find(({ hex }) => hex.startsWith('020c01'))?.hex ?? '';
    const rows = rowsOf(scan);
    expect(rows).to.have.length(3 + 3 + 4 * 7 + 3 + 4 + 4 + 4);
    expect(rows).to.deep.include(['networks[3].channel_center_freq', 108, 4, '5975000', '5975000 kHz']);
    expect(rows).to.deep.include(['networks[1].capabilities', 48, 2, '1041', 'ESS, privacy, 0x0400']);
    expect(rows.at(-1)).to.deep.equal([
      'networks[3].elements[3]',
      253,
      22,
      '30140100000fac040100000fac040100000fac080000',
      'RSN: SAE, pairwise CCMP, group CCMP',
    ]);
  });

  it('sees by itself which driver a scan response is for', () => {
    const fields = rowsOf('020800000001000000000008000000').map(([field]) => field);
    expect(fields).to.deep.equal(['operation', 'size', 'version', 'num_bss', 'total_size']);
  });

  it('says that a side sends what is not for it to send', () => {
    expect(rowsOf('08010000000100b3', 'guest')[0]).to.deep.equal([
      'operation',
      0,
      1,
      '8',
      'signal quality: not for a guest to send',
    ]);
    expect(rowsOf('08010000000100b3', 'host')[0]).to.deep.equal(['operation', 0, 1, '8', 'signal quality']);
  });

  for (const [title, frame, row] of [
    ['a header that is cut off', '0108', ['size', 1, 1, '08', 'cut off']],
    ['another version', '06000000000200', ['version', 5, 2, '2', 'unknown: 1 is expected']],
    [
      'an unknown operation, without its body',
      '0b020000000100abcd',
      ['body', 7, 2, '[secret]', 'unexpected'],
    ],
    ['a body that is cut off', '0508000000010001', ['session_id', 7, 1, '01', 'cut off']],
    ['bytes behind the frame', '0600000000010000', ['after the frame', 7, 1, '00', 'unexpected']],
    [
      'bytes behind the body’s last field',
      '0802000000010000ff',
      ['more of the body', 8, 1, 'ff', 'unexpected'],
    ],
    [
      'an SSID that is too long',
      `0121000000010021${'61'.repeat(32)}`,
      ['ssid', 8, 32, '61'.repeat(32), 'ssid too long'],
    ],
    [
      'an entry that is cut off',
      '020b00000001000101000000' + '0b0000000200',
      ['networks[0].bssid', 16, 2, '0200', 'cut off'],
    ],
  ] as const) {
    it(`has a row for ${title}`, () => {
      expect(rowsOf(frame)).to.deep.include(row);
    });
  }

  it('shows no byte of a key that is cut off, beyond the body, not counted or behind the frame', () => {
    const whole = connectWithKey;
    const shorter = `${whole.slice(0, 2)}4c${whole.slice(4)}`;
    const withoutLength = `${whole.slice(0, -66)}00${key}`;
    for (const frame of [
      whole.slice(0, -2),
      shorter,
      withoutLength,
      `${whole}${key}`,
      `0b${whole.slice(2)}`,
    ]) {
      const text = JSON.stringify(describeFrame(bytes(frame)));
      for (let at = 0; at < key.length - 8; at += 2) expect(text).not.to.include(key.slice(at, at + 8));
    }
  });

  it('shows 64 bytes of a field at most', () => {
    const vendor = (size: number) => `dd${hex(Uint8Array.of(size))}${'ab'.repeat(size)}`;
    const scanned = (size: number) =>
      rowsOf(
        hex(
          encodeHostMessage({
            operation: 'scan.response',
            complete: true,
            networks: [bssWith({ kind: 'open' }, { elements: bytes(vendor(size)) })],
          }),
        ),
      ).at(-1);
    const name = 'networks[0].elements[0]';
    const meaning = 'Vendor Specific ab-ab-ab';
    expect(scanned(62)).to.deep.equal([name, 42, 64, vendor(62), meaning]);
    expect(scanned(63)).to.deep.equal([name, 42, 65, `${vendor(63).slice(0, 128)}…`, meaning]);
  });

  it('says what the bits of a hello mean, and which of them nobody knows', () => {
    expect(rowsOf(`09140000000100${'0f000080'}efcdab8967452301${'0300000000000000'}`)).to.deep.equal([
      ['operation', 0, 1, '9', 'hello'],
      ['size', 1, 4, '20', '20 bytes'],
      ['version', 5, 2, '1', ''],
      [
        'capabilities',
        7,
        4,
        '2147483663',
        'scan_complete, SAE by password, patient notifications, unknown bits 0x80000008',
      ],
      ['guest_instance', 11, 8, '81985529216486895', '0123456789abcdef'],
      ['session_id', 19, 8, '3', ''],
    ]);
    for (const [capabilities, text] of [
      [0, 'none'],
      [1, 'scan_complete'],
      [2, 'SAE by password'],
      [4, 'patient notifications'],
    ] as const)
      expect(
        logEntry({ operation: 'hello', capabilities, instance: instanceIdOf(1n), sessionId: 0 }),
      ).to.deep.equal({
        operation: 'hello',
        capabilities: text,
        instance: '0000000000000001',
        sessionId: 0,
      });
  });

  it('says of a hello response whether the session is in effect, and when the next hello is expected', () => {
    const rows = rowsOf('0a11000000010000000000' + '2a00000000000000' + '01' + '30750000').slice(4);
    expect(rows).to.deep.equal([
      ['host_instance', 11, 8, '42', '000000000000002a'],
      ['session_in_effect', 19, 1, '1', 'true'],
      ['next_hello', 20, 4, '30000', '30000 ms'],
    ]);
  });

  it('covers every byte of a good frame exactly once', () => {
    const anyFrame = fc.oneof(
      anyRequest.map(encodeRequest),
      anyHostMessage.map((message) => encodeHostMessage(message)),
    );
    fc.assert(
      fc.property(anyFrame, (frame) => {
        let at = 0;
        for (const { offset, size } of describeFrame(frame)) {
          expect(offset).to.equal(at);
          at += size;
        }
        expect(at).to.equal(frame.length);
      }),
    );
  });

  it('never throws, whatever the bytes are', () => {
    const damaged = fc
      .tuple(anyHostMessage, fc.nat(), fc.nat(0xff), fc.nat())
      .map(([message, place, value, cut]) => {
        const frame = encodeHostMessage(message);
        frame[place % frame.length] = value;
        return frame.subarray(0, 1 + (cut % frame.length));
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 100 }), damaged), (frame) => {
        for (const { offset, size } of describeFrame(frame))
          expect(offset + size).to.be.at.most(frame.length);
      }),
    );
  });
});

describe('a message for the log', () => {
  it('is a flat record without the key', () => {
    expect(logEntry(right(decodeRequest(bytes(connectWithKey))))).to.deep.equal({
      operation: 'connect',
      ssid: 'psk-net',
      bssid: '02:00:00:aa:00:02',
      authType: 'open system',
      wpaVersions: 'WPA2',
      akmSuites: 'PSK',
      pairwiseCipherSuites: 'CCMP',
      groupCipherSuite: 'CCMP',
      key: '[secret] (32 bytes)',
    });
  });

  const connect = (changes: Partial<ConnectRequest>) => {
    const request = right(decodeRequest(bytes(connectWithKey)));
    if (request.operation !== 'connect') expect.fail();
    return logEntry({ ...request, ...changes });
  };

  it('says where a list is empty, and what there is none of', () => {
    expect(
      connect({
        bssid: O.none,
        akmSuites: [],
        pairwiseCipherSuites: [],
        groupCipherSuite: 0,
        wpaVersions: 0,
        key: KeyMaterial.none,
      }),
    ).to.deep.equal({
      operation: 'connect',
      ssid: 'psk-net',
      bssid: 'any',
      authType: 'open system',
      wpaVersions: 'none',
      akmSuites: 'none',
      pairwiseCipherSuites: 'none',
      groupCipherSuite: 'none',
      key: 'none',
    });
  });

  it('names the ways to authenticate as nl80211 numbers them', () => {
    const names = Array.from({ length: 10 }, (_, authType) => connect({ authType }).authType);
    expect(names).to.deep.equal([
      'open system',
      'shared key',
      'FT',
      'network EAP',
      'SAE',
      'FILS SK',
      'FILS SK PFS',
      'FILS PK',
      'automatic',
      'authentication type 9',
    ]);
  });

  it('names the versions of WPA bit by bit, and the bits that nobody knows', () => {
    const names = [1, 2, 3, 4, 7, 8, 0x81].map((wpaVersions) => connect({ wpaVersions }).wpaVersions);
    expect(names).to.deep.equal([
      'WPA',
      'WPA2',
      'WPA, WPA2',
      'WPA3',
      'WPA, WPA2, WPA3',
      'unknown bits 8',
      'WPA, unknown bits 128',
    ]);
  });

  it('of a scan has the number of networks only', () => {
    const scan = guestSession.find(({ hex }) => hex.startsWith('020c01'))?.hex ?? '';
    expect(logEntry(right(decodeHostMessage(bytes(scan))))).to.deep.equal({
      operation: 'scan.response',
      complete: true,
      networks: 4,
    });
  });

  it('says any where a request leaves the choice open', () => {
    expect(logEntry({ operation: 'scan', ssid: { _tag: 'None' } })).to.deep.equal({
      operation: 'scan',
      ssid: 'any',
    });
  });
});

describe('a frame without secrets', () => {
  it('has zeros for the key, and all the rest', () => {
    expect(hex(withoutSecrets(bytes(connectWithKey)))).to.equal(connectWithKey.replace(key, '00'.repeat(32)));
  });

  it('has zeros for everything behind the place of the key', () => {
    expect(hex(withoutSecrets(bytes(`${connectWithKey}${key}`)))).to.equal(
      connectWithKey.replace(key, '00'.repeat(64)),
    );
  });

  it('keeps its header only if its operation is unknown', () => {
    expect(hex(withoutSecrets(bytes('0b020000000100abcd')))).to.equal('0b0200000001000000');
  });

  for (const frame of ['', '03', '036c00000001', 'ffffffffffff'])
    it(`is itself where it is shorter than a header: ${frame.length / 2} bytes`, () => {
      const source = bytes(frame);
      const copy = withoutSecrets(source);
      expect(hex(copy)).to.equal(frame);
      expect(copy).not.to.equal(source);
    });

  it('keeps a bare header of any operation', () => {
    for (let operation = 0; operation < 256; operation++) {
      const header = `${hex(Uint8Array.of(operation))}6c0000000100`;
      expect(hex(withoutSecrets(bytes(header)))).to.equal(header);
    }
  });

  it('has zeros for a key that is cut off after its first byte', () => {
    const frame = connectWithKey.slice(0, 2 * (7 + 77));
    expect(hex(withoutSecrets(bytes(frame)))).to.equal(`${frame.slice(0, -2)}00`);
  });

  it('is a copy, and the same where there are no secrets', () => {
    for (const { hex: frame } of guestSession.filter(({ hex }) => !hex.startsWith('03'))) {
      expect(hex(withoutSecrets(bytes(frame)))).to.equal(frame);
    }
    const source = bytes(connectWithKey);
    withoutSecrets(source);
    expect(hex(source)).to.equal(connectWithKey);
  });

  it('still decodes', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        expect(E.isRight(decodeRequest(withoutSecrets(encodeRequest(request))))).to.equal(true);
      }),
    );
  });
});
