import { expect } from 'chai';
import fc from 'fast-check';
import { encodeHostMessage, encodeRequest } from '../../protocol/frame.js';
import { anyHostMessage, anyRequest } from '../protocol/arbitraries.js';
import { accessPoints, guestSession, hex } from '../protocol/captures.js';
import { dissected, pcapngOf, pcapOf, type Segment, type Shown } from './tshark.js';

const column = {
  info: '_ws.col.Info',
  protocol: '_ws.col.Protocol',
  from: '_ws.col.Source',
  to: '_ws.col.Destination',
} as const;
const problems = '_ws.expert.message';

const scan = `01210000000100${'00'.repeat(33)}`;
const networks = '02090000000100010000000009000000';

describe('the dissector, on the session of the real driver,', () => {
  const session = pcapngOf(guestSession);

  it('says of every frame what it is, who sent it and to whom', async () => {
    const packets = await dissected(session, [column.info, column.protocol, column.from, column.to]);
    expect(packets).to.have.length(36);
    expect(new Set(packets.map((packet) => packet[column.protocol]))).to.deep.equal(new Set(['proxy-wifi']));
    const lines = packets.map(
      (packet) => `${packet[column.from]} → ${packet[column.to]}: ${packet[column.info]}`,
    );
    expect(lines.slice(0, 4)).to.deep.equal([
      'vsock://3 → host: scan request',
      'host → vsock://3: scan response: 4 networks',
      'vsock://3 → host: scan request: "hidden-net"',
      'host → vsock://3: scan response: 5 networks',
    ]);
    expect(lines.slice(7, 11)).to.deep.equal([
      'vsock://3 → host: connect request: "open-net"',
      'host → vsock://3: connect response: success, session 1',
      'host → vsock://3: signal quality: -77 dBm',
      'host → vsock://3: disconnected: session 1',
    ]);
  });

  it('finds nothing wrong', async () => {
    for (const packet of await dissected(session, [problems, '_ws.lua.error']))
      expect(packet).to.deep.equal({ [problems]: '', '_ws.lua.error': '' });
  });

  it('shows requests their answers, answers their requests, and the time between', async () => {
    const packets = await dissected(session, [
      'proxywifi.answer_in',
      'proxywifi.request_in',
      'proxywifi.time',
    ]);
    const onRequestChannel = guestSession.flatMap(({ channel, from }, i) =>
      channel === 'request' ? [{ from, number: i + 1 }] : [],
    );
    for (const [i, { from, number }] of onRequestChannel.entries()) {
      const packet = packets[number - 1];
      const other = onRequestChannel[i + (from === 'guest' ? 1 : -1)]?.number;
      expect(packet?.[from === 'guest' ? 'proxywifi.answer_in' : 'proxywifi.request_in']).to.equal(
        `${other}`,
      );
      expect(packet?.['proxywifi.time']).to.equal(from === 'guest' ? '' : '0.01');
    }
  });

  it('reads every column, suites by name and SSIDs as text', async () => {
    const fields = [
      'ssid',
      'bssid',
      'auth_type',
      'wpa_versions',
      'akm_suites',
      'pairwise_cipher_suites',
      'group_cipher_suite',
      'key_len',
    ] as const;
    const packets = await dissected(
      session,
      fields.map((field) => `proxywifi.connect_request.${field}`),
    );
    const connects = packets.filter((packet) => packet['proxywifi.connect_request.ssid'] !== '');
    expect(Object.values(connects.at(-1) ?? {})).to.deep.equal([
      'hidden-net',
      '02:00:00:aa:00:05',
      '0',
      '2',
      '0x000fac02',
      '0x000fac04',
      '0x000fac04',
      '32',
    ]);
  });

  it('shows no byte of a key as a field', async () => {
    const packets = await dissected(session, ['proxywifi.connect_request.key', 'proxywifi.unexpected']);
    expect(new Set(packets.flatMap((packet) => Object.values(packet)))).to.deep.equal(new Set(['', '1']));
  });

  it('has the elements of each network read by the dissectors of 802.11', async () => {
    const packets = await dissected(session, [
      'wlan.ssid',
      'wlan.rsn.akms.type',
      'wlan.bssid',
      'proxywifi.scan_response.entry.rssi',
    ]);
    expect(packets[1]).to.deep.equal({
      'wlan.ssid': ['open-net', 'psk-net', 'sae-net', 'six-net']
        .map((name) => Buffer.from(name).toString('hex'))
        .join(),
      'wlan.rsn.akms.type': '2,8,8',
      'wlan.bssid': [1, 2, 3, 4].map((i) => `02:00:00:aa:00:0${i}`).join(),
      'proxywifi.scan_response.entry.rssi': '-40,-50,-60,-65',
    });
  });
});

describe('the dissector', () => {
  it('has every captured access point read by the dissectors of 802.11', async () => {
    const frames = accessPoints.map(({ IEs, BSSID, Frequency, Signal }): Shown => {
      const elements = Buffer.from(IEs, 'hex');
      const entry = Buffer.alloc(35);
      entry.writeUInt8(1, 0);
      entry.writeUInt32LE(1, 1);
      entry.writeUInt32LE(35 + elements.length, 5);
      entry.set(Buffer.from(BSSID, 'hex'), 9);
      entry.writeInt32LE(Signal, 17);
      entry.writeUInt16LE(100, 21);
      entry.writeUInt32LE(Frequency * 1000, 23);
      entry.writeUInt32LE(elements.length, 27);
      entry.writeUInt32LE(26, 31);
      const header = Buffer.from('02000000000100', 'hex');
      header.writeUInt32LE(35 + elements.length, 1);
      return { from: 'host', hex: Buffer.concat([header, entry, elements]).toString('hex') };
    });
    const packets = await dissected(pcapngOf(frames), ['wlan.ssid', column.info]);
    expect(packets.map((packet) => packet['wlan.ssid'])).to.deep.equal(accessPoints.map(({ SSID }) => SSID));
    expect(packets[0]?.[column.info]).to.equal('scan response: 1 networks');
  });

  it('knows hello and its answer', async () => {
    const packets = await dissected(
      pcapngOf([
        { from: 'guest', hex: '0914000000010005000000efcdab89674523010300000000000000' },
        { from: 'host', hex: '0a1100000001000200000001000000000000000130750000' },
      ]),
      [column.info, 'proxywifi.hello.guest_instance', 'proxywifi.hello_response.next_hello', problems],
    );
    expect(packets.map((packet) => Object.values(packet))).to.deep.equal([
      ['hello: session 3', `${0x0123456789abcdefn}`, '', ''],
      ['hello response: session in effect', '', '30000', ''],
    ]);
  });

  it('keeps the requests of several guests apart', async () => {
    const packets = await dissected(
      pcapngOf([
        { from: 'guest', hex: scan, guest: 'vsock://3' },
        { from: 'guest', hex: scan, guest: 'tcp://127.0.1.7' },
        { from: 'host', hex: networks, guest: 'vsock://3' },
        { from: 'host', hex: networks, guest: 'tcp://127.0.1.7' },
      ]),
      ['proxywifi.request_in', 'proxywifi.guest'],
    );
    expect(packets.map((packet) => packet['proxywifi.request_in'])).to.deep.equal(['', '', '1', '2']);
    expect(packets[1]?.['proxywifi.guest']).to.equal('tcp://127.0.1.7');
  });

  it('sees by itself that a scan response is for the older driver', async () => {
    const [packet] = await dissected(
      pcapngOf([{ from: 'host', hex: '020800000001000000000008000000', channel: 'notification' }]),
      [problems, 'proxywifi.scan_response.total_size'],
    );
    expect(packet).to.deep.equal({
      [problems]: 'without scan_complete, for the older driver',
      'proxywifi.scan_response.total_size': '8',
    });
  });
});

const connect = (size: number, parts: Readonly<Record<number, string>>): string => {
  const frame = Buffer.alloc(7 + size);
  frame.set([3, size & 0xff, size >> 8, 0, 0, 1, 0]);
  for (const [at, part] of Object.entries(parts)) frame.set(Buffer.from(part, 'hex'), 7 + Number(at));
  return frame.toString('hex');
};

const oneNetwork = (parts: Readonly<Record<number, string>>): string => {
  const frame = Buffer.from(
    '022700000001000101000000270000000200000000011100ceffffff6400e0cd2400040000001a00000000026869',
    'hex',
  );
  for (const [at, part] of Object.entries(parts)) frame.set(Buffer.from(part, 'hex'), 7 + Number(at));
  return frame.toString('hex');
};

/** What is shown, and what is said of it; an answer is shown with the scan request before it. */
const broken: readonly (readonly [string, Shown, string])[] = [
  ['less than a header', { from: 'guest', hex: '012100' }, 'size takes 4 bytes, and 2 are left'],
  ['an unknown operation', { from: 'guest', hex: '0b000000000100' }, 'operation 11 is unknown'],
  ['another version', { from: 'guest', hex: scan.replace('0100', '0200') }, 'version 2 instead of 1'],
  [
    'an impossible size',
    { from: 'guest', hex: `01220000000100${'00'.repeat(34)}` },
    'a body of 34 bytes is impossible for a scan request',
  ],
  [
    '4 GiB',
    { from: 'guest', hex: '01ffffffff0100' },
    'a body of 4294967295 bytes is impossible for a scan request',
  ],
  [
    'a body that is cut off',
    { from: 'guest', hex: scan.slice(0, -4) },
    'the header announces 33 bytes of body, and 31 are there',
  ],
  ['bytes behind the frame', { from: 'guest', hex: `${scan}00ff` }, '2 bytes that belong to nothing'],
  [
    'an answer from a guest',
    { from: 'guest', hex: networks },
    'a scan response is nothing that a guest may send',
  ],
  [
    'a request on the other channel',
    { from: 'guest', hex: scan, channel: 'notification' },
    'a scan request on the channel for notifications',
  ],
  [
    'a notification as an answer',
    { from: 'host', hex: '08010000000100b3' },
    'a signal quality on the channel for requests',
  ],
  [
    'an answer to something else',
    { from: 'host', hex: '06000000000100' },
    'a disconnect response as the answer to a scan request',
  ],
  ['a refusal', { from: 'host', hex: '00000000000100' }, 'the host could not process the request'],
  [
    'an SSID that is too long',
    { from: 'guest', hex: `0121000000010021${'61'.repeat(32)}` },
    'ssid_len is 33, at most 32 are possible',
  ],
  [
    'too many AKM suites',
    { from: 'guest', hex: connect(76, { 41: '03' }) },
    'num_akm_suites is 3, at most 2 are possible',
  ],
  [
    'too many ciphers',
    { from: 'guest', hex: connect(76, { 50: 'ff' }) },
    'num_pairwise_cipher_suites is 255, at most 5 are possible',
  ],
  [
    'a key beyond the body',
    { from: 'guest', hex: connect(76, { 75: '20' }) },
    'key takes 32 bytes, and 0 are left',
  ],
  [
    'bytes behind the key',
    { from: 'guest', hex: connect(79, { 75: '02' }) },
    '1 bytes that belong to nothing',
  ],
  [
    'a failed connect',
    { from: 'host', hex: '041000000001002b000000000000000700000000000000' },
    'connect response: invalid AKM suite, session 7',
  ],
  [
    'a wrong total size',
    { from: 'host', hex: oneNetwork({ 5: '28' }) },
    'total_size is 40, and the body has 39 bytes',
  ],
  [
    'more networks than bytes',
    { from: 'host', hex: oneNetwork({ 1: 'ffffffff' }) },
    'num_bss is 4294967295, and there is room for 1',
  ],
  [
    'elements within the entries',
    { from: 'host', hex: oneNetwork({ 31: '19' }) },
    'the elements of network 1 are outside the body',
  ],
  [
    'elements beyond the body',
    { from: 'host', hex: oneNetwork({ 27: 'f0ffffff1a000000' }) },
    'the elements of network 1 are outside the body',
  ],
  [
    'bytes behind the elements',
    { from: 'host', hex: oneNetwork({ 27: '03' }) },
    '1 bytes that belong to nothing',
  ],
  [
    'an element beyond the elements',
    { from: 'host', hex: oneNetwork({ 36: '05' }) },
    'the elements make no beacon',
  ],
  [
    'a scan_complete of 2',
    { from: 'host', hex: oneNetwork({ 0: '02' }) },
    'scan_complete is 2: 0 or 1 is possible',
  ],
];

/** The number of Wireshark's group of experts for frames that are malformed (epan/proto.h, PI_MALFORMED). */
const malformed = String(0x07000000);

/** What is wrong with a frame of which every byte can be read. */
const isWellFormed = /as the answer to|could not process|^connect response:|may send$|on the channel/;

describe('the dissector, on frames that are broken,', () => {
  it('says of each what is wrong', async () => {
    const frames = broken.flatMap(([, shown], i): Shown[] => {
      const guest = `vsock://${100 + i}`;
      return shown.from === 'host'
        ? [
            { from: 'guest', hex: scan, guest },
            { ...shown, guest },
          ]
        : [{ ...shown, guest }];
    });
    const packets = await dissected(
      pcapngOf(frames),
      [problems, '_ws.lua.error', 'proxywifi.guest', '_ws.expert.group'],
      ';',
    );
    for (const [i, [what, , problem]] of broken.entries()) {
      const said = packets.filter((packet) => packet['proxywifi.guest'] === `vsock://${100 + i}`).at(-1);
      const all = said?.[problems].split(';') ?? [];
      expect(all, what).to.include(problem);
      if (!isWellFormed.test(problem))
        expect(said?.['_ws.expert.group'].split(';')[all.indexOf(problem)], what).to.equal(malformed);
      expect(said?.['_ws.lua.error'], what).to.equal('');
    }
  });

  it('takes one byte of a disconnect response, which means nothing, as the driver does', async () => {
    const disconnect = '050800000001000200000000000000';
    const packets = await dissected(
      pcapngOf([
        { from: 'guest', hex: disconnect },
        { from: 'host', hex: '0601000000010000' },
      ]),
      [problems],
    );
    expect(packets.map((packet) => packet[problems])).to.deep.equal(['', '']);
  });

  it('never fails, whatever the bytes are', async () => {
    const good = fc.oneof(
      anyRequest.map(encodeRequest),
      anyHostMessage.map((message) => encodeHostMessage(message)),
    );
    const damaged = fc.tuple(good, fc.nat(), fc.nat(0xff), fc.nat()).map(([frame, place, value, cut]) => {
      const copy = Uint8Array.from(frame);
      copy[place % copy.length] = value;
      return copy.subarray(0, cut % 3 === 0 ? 1 + (cut % copy.length) : copy.length);
    });
    const anything = fc.oneof(good, damaged, damaged, fc.uint8Array({ minLength: 1, maxLength: 80 }));
    const shown = fc.record({
      from: fc.constantFrom('guest' as const, 'host' as const),
      channel: fc.constantFrom('request' as const, 'notification' as const),
      hex: anything.map(hex),
    });
    const frames = fc.sample(shown, 1500);
    const packets = await dissected(pcapngOf(frames), ['_ws.lua.error', column.protocol]);
    expect(packets).to.have.length(frames.length);
    for (const [i, packet] of packets.entries())
      expect(packet, frames[i]?.hex).to.deep.equal({ '_ws.lua.error': '', [column.protocol]: 'proxy-wifi' });
  });
});

describe('the dissector, on TCP as it is on the wire,', () => {
  const host = { address: [127, 0, 0, 1], port: 12345 } as const;
  const guest = { address: [127, 0, 1, 7], port: 40000 } as const;

  it('puts a frame together that came in pieces, and matches by connection', async () => {
    const [, answer = ''] = guestSession.filter(({ channel }) => channel === 'request').map(({ hex }) => hex);
    const segments: readonly Segment[] = [
      { from: guest, to: host, sequence: 1, hex: scan.slice(0, 6) },
      { from: guest, to: host, sequence: 4, hex: scan.slice(6) },
      { from: host, to: guest, sequence: 1, hex: answer.slice(0, 200) },
      { from: host, to: guest, sequence: 101, hex: answer.slice(200) },
    ];
    const packets = await dissected(pcapOf(segments), [
      'proxywifi.operation',
      'proxywifi.request_in',
      'proxywifi.guest',
      problems,
    ]);
    expect(packets.map((packet) => packet['proxywifi.operation'])).to.deep.equal(['', '1', '', '2']);
    expect(packets[3]).to.include({ 'proxywifi.request_in': '2', 'proxywifi.guest': '127.0.1.7:40000' });
  });

  it('knows notifications by their port', async () => {
    const to = { address: [127, 0, 1, 7], port: 12346 } as const;
    const from = { address: [127, 0, 0, 1], port: 50000 } as const;
    const packets = await dissected(pcapOf([{ from, to, sequence: 1, hex: '08010000000100b3' }]), [
      column.info,
      'proxywifi.guest',
      problems,
    ]);
    expect(packets).to.deep.equal([
      { [column.info]: 'signal quality: -77 dBm', 'proxywifi.guest': '127.0.1.7', [problems]: '' },
    ]);
  });

  it('does not wait for the rest of what cannot be a frame', async () => {
    const packets = await dissected(pcapOf([{ from: guest, to: host, sequence: 1, hex: '01ffffffff0100' }]), [
      problems,
    ]);
    expect(packets[0]?.[problems]).to.include('a body of 4294967295 bytes is impossible for a scan request');
  });
});
