import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { parseBssid } from '../../protocol/bssid.js';
import {
  decodeHostMessage,
  decodeRequest,
  decodeRequestHeader,
  encodeHostMessage,
  encodeRequest,
  headerSize,
  hostFrameSize,
} from '../../protocol/frame.js';
import { instanceIdOf } from '../../protocol/instance-id.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import type { HostMessage, Request } from '../../protocol/messages.js';
import { ssidFromText } from '../../protocol/ssid.js';
import { anyHostMessage, anyRequest } from './arbitraries.js';
import { bytes, guestSession, hex } from './captures.js';
import { readAsDriver } from './driver-reader.js';
import { right } from './either.js';

const ssid = (text: string) => right(ssidFromText(text));
const bssid = (text: string) => right(parseBssid(text));

/** A request with its key in the clear, so that two of them can be compared. */
const revealed = (request: Request): object =>
  request.operation === 'connect' ? { ...request, key: hex(request.key.reveal()) } : request;

const pmk = 'b7d6b157d7a1a3ae4ab7a649ee9033ffe66680d3d20bd57a5c0580442d049375';

const goldenRequests: readonly { readonly title: string; readonly hex: string; readonly request: Request }[] =
  [
    {
      title: 'a scan for every network',
      hex: `01210000000100${'00'.repeat(33)}`,
      request: { operation: 'scan', ssid: O.none },
    },
    {
      title: 'a directed scan',
      hex: `012100000001000a68696464656e2d6e6574${'00'.repeat(22)}`,
      request: { operation: 'scan', ssid: O.some(ssid('hidden-net')) },
    },
    {
      title: 'a connect to an open network',
      hex: `034c0000000100086f70656e2d6e6574${'00'.repeat(24)}020000aa0001${'00'.repeat(37)}`,
      request: {
        operation: 'connect',
        ssid: ssid('open-net'),
        bssid: O.some(bssid('02:00:00:aa:00:01')),
        authType: 0,
        wpaVersions: 0,
        akmSuites: [],
        pairwiseCipherSuites: [],
        groupCipherSuite: 0,
        key: KeyMaterial.none,
      },
    },
    {
      title: 'a connect to a WPA2-PSK network',
      hex:
        `036c00000001000770736b2d6e6574${'00'.repeat(25)}020000aa00020002` +
        `0102ac0f0000000000` +
        `0104ac0f00${'00'.repeat(16)}04ac0f00` +
        `20${pmk}`,
      request: {
        operation: 'connect',
        ssid: ssid('psk-net'),
        bssid: O.some(bssid('02:00:00:aa:00:02')),
        authType: 0,
        wpaVersions: 2,
        akmSuites: [0x000fac02],
        pairwiseCipherSuites: [0x000fac04],
        groupCipherSuite: 0x000fac04,
        key: new KeyMaterial(bytes(pmk)),
      },
    },
    {
      title: 'a disconnect',
      hex: '050800000001000200000000000000',
      request: { operation: 'disconnect', sessionId: 2 },
    },
    {
      title: 'a hello',
      hex: '09140000000100' + '05000000' + 'efcdab8967452301' + '0300000000000000',
      request: {
        operation: 'hello',
        capabilities: 5,
        instance: instanceIdOf(0x0123456789abcdefn),
        sessionId: 3,
      },
    },
    {
      title: 'a hello of a guest that can nothing and holds nothing',
      hex: `09140000000100${'00'.repeat(4)}ffffffffffffff00${'00'.repeat(8)}`,
      request: {
        operation: 'hello',
        capabilities: 0,
        instance: instanceIdOf(0x00ffffffffffffffn),
        sessionId: 0,
      },
    },
  ];

const goldenHostMessages: readonly {
  readonly title: string;
  readonly hex: string;
  readonly message: HostMessage;
}[] = [
  {
    title: 'a scan response with two networks',
    hex:
      '02600000000100' +
      '010200000060000000' +
      '020000aa0001' +
      '0104' +
      'd8ffffff' +
      '6400' +
      'e0cd2400' +
      '17000000' +
      '34000000' +
      '020000aa0003' +
      '1104' +
      'c4ffffff' +
      '6400' +
      '600a4f00' +
      '0c000000' +
      '31000000' +
      '00086f70656e2d6e6574010882848b960c121824030101' +
      '00077361652d6e6574030124',
    message: {
      operation: 'scan.response',
      complete: true,
      networks: [
        {
          bssid: bssid('02:00:00:aa:00:01'),
          ssid: ssid('open-net'),
          capabilities: 0x0401,
          rssi: -40,
          beaconInterval: 100,
          frequency: 2412000,
          elements: bytes('00086f70656e2d6e6574010882848b960c121824030101'),
        },
        {
          bssid: bssid('02:00:00:aa:00:03'),
          ssid: ssid('sae-net'),
          capabilities: 0x0411,
          rssi: -60,
          beaconInterval: 100,
          frequency: 5180000,
          elements: bytes('00077361652d6e6574030124'),
        },
      ],
    },
  },
  {
    title: 'a scan response without networks that is not complete',
    hex: '02090000000100000000000009000000',
    message: { operation: 'scan.response', complete: false, networks: [] },
  },
  {
    title: 'a successful connect response',
    hex: '041000000001000000020000aa00010100000000000000',
    message: { operation: 'connect.response', status: 0, bssid: bssid('02:00:00:aa:00:01'), sessionId: 1 },
  },
  {
    title: 'a failed connect response',
    hex: '041000000001002b000000000000000700000000000000',
    message: { operation: 'connect.response', status: 43, bssid: bssid('00:00:00:00:00:00'), sessionId: 7 },
  },
  { title: 'a disconnect response', hex: '06000000000100', message: { operation: 'disconnect.response' } },
  {
    title: 'a hello response for a session in effect',
    hex: '0a110000000100' + '03000080' + '0100000000000080' + '01' + '30750000',
    message: {
      operation: 'hello.response',
      capabilities: 0x80000003,
      instance: instanceIdOf(0x8000000000000001n),
      inEffect: true,
      nextHello: 30_000,
    },
  },
  {
    title: 'a hello response for a session that has ended',
    hex: '0a110000000100' + '00000000' + '2a00000000000000' + '00' + 'ffffffff',
    message: {
      operation: 'hello.response',
      capabilities: 0,
      instance: instanceIdOf(42n),
      inEffect: false,
      nextHello: 0xffffffff,
    },
  },
  { title: 'an invalid', hex: '00000000000100', message: { operation: 'invalid' } },
  {
    title: 'a disconnected notification',
    hex: '070800000001000100000000000000',
    message: { operation: 'disconnected', sessionId: 1 },
  },
  { title: 'a signal notification', hex: '08010000000100b3', message: { operation: 'signal', rssi: -77 } },
];

describe('requests', () => {
  for (const golden of goldenRequests) {
    it(`decodes and encodes ${golden.title}`, () => {
      expect(revealed(right(decodeRequest(bytes(golden.hex))))).to.deep.equal(revealed(golden.request));
      expect(hex(encodeRequest(golden.request))).to.equal(golden.hex);
    });
  }

  it('decodes every frame of the real driver and encodes it to the same bytes', () => {
    const frames = guestSession.filter(({ from }) => from === 'guest');
    expect(frames).to.have.length(16);
    for (const { hex: frame } of frames)
      expect(hex(encodeRequest(right(decodeRequest(bytes(frame)))))).to.equal(frame);
  });

  it('says after 7 bytes which request it is and how many bytes follow', () => {
    expect(decodeRequestHeader(bytes('036c0000000100'))).to.deep.equal(
      E.right({ operation: 'connect', bodySize: 108 }),
    );
  });

  it('accepts the shortest and the longest connect request', () => {
    expect(decodeRequestHeader(bytes('034c0000000100'))).to.deep.equal(
      E.right({ operation: 'connect', bodySize: 76 }),
    );
    expect(decodeRequestHeader(bytes('034b0100000100'))).to.deep.equal(
      E.right({ operation: 'connect', bodySize: 331 }),
    );
  });

  it('takes an all-zero BSSID as any', () => {
    const frame = bytes(goldenRequests[2]?.hex ?? '');
    frame.fill(0, headerSize + 33, headerSize + 39);
    expect(right(decodeRequest(frame))).to.have.deep.property('bssid', O.none);
  });

  it('ignores what stands behind ssid_len bytes and behind the counted suites', () => {
    const frame = new Uint8Array(headerSize + 78).fill(0xee);
    frame.set(bytes('034e0000000100'));
    frame.set([3, 0x61, 0x62, 0x63], headerSize);
    frame[headerSize + 41] = 1;
    frame[headerSize + 50] = 0;
    frame[headerSize + 75] = 2;
    const request = right(decodeRequest(frame));
    expect(revealed(request)).to.include({ ssid: 'abc', key: 'eeee' });
    expect(request).to.have.deep.property('akmSuites', [0xeeeeeeee]);
    expect(request).to.have.deep.property('pairwiseCipherSuites', []);
  });

  it('reads a frame that lies in the middle of a larger buffer', () => {
    const buffer = bytes(`ffffff${goldenRequests[4]?.hex}ff`);
    expect(decodeRequest(buffer.subarray(3))).to.deep.equal(E.right(goldenRequests[4]?.request));
  });

  it('reads a session id beyond 2^53−1 as 2^53−1', () => {
    const largest = E.right({ operation: 'disconnect', sessionId: Number.MAX_SAFE_INTEGER });
    expect(decodeRequest(bytes('05080000000100ffffffffffffffff'))).to.deep.equal(largest);
    expect(decodeRequest(bytes('05080000000100ffffffffffff1f00'))).to.deep.equal(largest);
  });

  it('keeps every request through encoding and decoding', () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        expect(revealed(right(decodeRequest(encodeRequest(request))))).to.deep.equal(revealed(request));
      }),
    );
  });

  it('refuses to encode more suites or a longer key than there is room for', () => {
    const [request] = goldenRequests.flatMap(({ request }) =>
      request.operation === 'connect' ? [request] : [],
    );
    if (request === undefined) throw new Error('no connect request among the golden ones');
    expect(() => encodeRequest({ ...request, akmSuites: [1, 2, 3] })).to.throw(RangeError, 'akm_suites');
    expect(() => encodeRequest({ ...request, key: new KeyMaterial(new Uint8Array(256)) })).to.throw(
      RangeError,
      '255',
    );
  });
});

describe('host messages', () => {
  for (const golden of goldenHostMessages) {
    it(`encodes and decodes ${golden.title}`, () => {
      expect(hex(encodeHostMessage(golden.message))).to.equal(golden.hex);
      expect(decodeHostMessage(bytes(golden.hex))).to.deep.equal(E.right(golden.message));
    });
  }

  it('decodes every frame that the real driver accepted and encodes it to the same bytes', () => {
    const frames = guestSession.filter(({ from }) => from === 'host');
    expect(frames).to.have.length(20);
    for (const { hex: frame } of frames) {
      expect(hex(encodeHostMessage(right(decodeHostMessage(bytes(frame)))))).to.equal(frame);
    }
  });

  it('is accepted by an independent reader, whatever the message', () => {
    fc.assert(
      fc.property(anyHostMessage, fc.boolean(), (message, isNewDriver) => {
        const frame = encodeHostMessage(
          message,
          isNewDriver ? 'with-scan-complete' : 'without-scan-complete',
        );
        const read = readAsDriver(frame, isNewDriver);
        if (read.code !== 2 || message.operation !== 'scan.response') return;
        expect(read.complete).to.equal(message.complete || !isNewDriver);
        expect(read.networks.map(({ elements }) => hex(elements))).to.deep.equal(
          message.networks.map(({ elements }) => hex(elements)),
        );
        expect(read.networks.map(({ elements, ...entry }) => entry)).to.deep.equal(
          message.networks.map(({ elements, ssid, ...entry }) => entry),
        );
      }),
    );
  });

  it('keeps every message through encoding and decoding', () => {
    fc.assert(
      fc.property(anyHostMessage, (message) => {
        expect(decodeHostMessage(encodeHostMessage(message))).to.deep.equal(E.right(message));
      }),
    );
  });

  it('leaves out scan_complete for the older driver, and nothing else', () => {
    const message: HostMessage = { operation: 'scan.response', complete: false, networks: [] };
    expect(hex(encodeHostMessage(message, 'without-scan-complete'))).to.equal(
      '020800000001000000000008000000',
    );
    expect(decodeHostMessage(bytes('020800000001000000000008000000'), 'without-scan-complete')).to.deep.equal(
      E.right({ ...message, complete: true }),
    );
  });

  it('brings a signal beyond a byte to the nearest one', () => {
    const signal = (rssi: number) => hex(encodeHostMessage({ operation: 'signal', rssi })).slice(-2);
    expect([-200, -128, -62.5, 0, 127, 300, Number.NaN].map(signal)).to.deep.equal([
      '80',
      '80',
      'c2',
      '00',
      '7f',
      '7f',
      '00',
    ]);
  });

  it('writes 0 for a session id that is no number, and the nearest one for one out of range', () => {
    const session = (sessionId: number) =>
      hex(encodeHostMessage({ operation: 'disconnected', sessionId })).slice(14);
    expect([Number.NaN, -1, 0.6, 2 ** 60, Number.POSITIVE_INFINITY].map(session)).to.deep.equal([
      '0000000000000000',
      '0000000000000000',
      '0100000000000000',
      'ffffffffffff1f00',
      'ffffffffffff1f00',
    ]);
  });

  it('reads the disconnect response of one byte that another host sends', () => {
    expect(decodeHostMessage(bytes('0601000000010000'))).to.deep.equal(
      E.right({ operation: 'disconnect.response' }),
    );
  });

  it('tells the size of a frame as soon as its header is there', () => {
    expect(hostFrameSize(bytes('041000000001'))).to.deep.equal(O.none);
    expect(hostFrameSize(bytes('04100000000100'))).to.deep.equal(O.some(23));
  });
});
