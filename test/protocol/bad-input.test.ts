import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import {
  decodeHostMessage,
  decodeRequest,
  decodeRequestHeader,
  encodeHostMessage,
  encodeRequest,
  type HostMessageFault,
  hostMessageFaultText,
} from '../../protocol/frame.js';
import { type FrameRefusal, refusalText } from '../../protocol/refusal.js';
import { anyHostMessage, anyRequest } from './arbitraries.js';
import { bytes, hex } from './captures.js';

const zeros = (size: number) => '00'.repeat(size);
const header = (operation: string, size: string, version = '0100') => operation + size + version;
const connect = (body: { readonly [at: number]: string }, size = 76): string => {
  const frame = bytes(header('03', `${hex(Uint8Array.of(size & 0xff, size >> 8))}0000`) + zeros(size));
  for (const [at, part] of Object.entries(body)) frame.set(bytes(part), 7 + Number(at));
  return hex(frame);
};

interface BadRequest {
  readonly title: string;
  readonly hex: string;
  readonly refusal: FrameRefusal;
  readonly text: string;
}

/** What is wrong with the header alone: refused before a byte of the body is there. */
const badHeaders: readonly BadRequest[] = [
  ...[11, 0x7f, 0xff].map((operation) => ({
    title: `operation ${operation}, which does not exist`,
    hex: header(hex(Uint8Array.of(operation)), '08000000'),
    refusal: { reason: 'unknown operation' as const, operation },
    text: `operation ${operation} is unknown`,
  })),
  ...[0, 2, 4, 6, 7, 8, 10].map((operation) => ({
    title: `operation ${operation}, which only the host sends`,
    hex: header(hex(Uint8Array.of(operation)), '00000000'),
    refusal: { reason: 'not a request' as const, operation },
    text: `operation ${operation} is nothing that a guest may send`,
  })),
  ...[0, 2, 0x0100, 0xffff].map((version) => ({
    title: `version ${version}`,
    hex: header('01', '21000000', hex(Uint8Array.of(version & 0xff, version >> 8))),
    refusal: { reason: 'wrong version' as const, version },
    text: `protocol version ${version} instead of 1`,
  })),
  ...(
    [
      ['a scan request of 0 bytes', 1, 0],
      ['a scan request of 32 bytes', 1, 32],
      ['a scan request of 34 bytes', 1, 34],
      ['a scan request of 4 GiB', 1, 0xffffffff],
      ['a connect request of 0 bytes', 3, 0],
      ['a connect request of 75 bytes', 3, 75],
      ['a connect request of 332 bytes', 3, 332],
      ['a connect request of 4 GiB', 3, 0xffffffff],
      ['a disconnect request of 7 bytes', 5, 7],
      ['a disconnect request of 9 bytes', 5, 9],
      ['a disconnect request of 4 GiB', 5, 0xffffffff],
      ['a hello of 0 bytes', 9, 0],
      ['a hello of 19 bytes', 9, 19],
      ['a hello of 21 bytes', 9, 21],
      ['a hello of 4 GiB', 9, 0xffffffff],
    ] as const
  ).map(([title, operation, size]) => {
    const sizeBytes = new Uint8Array(4);
    new DataView(sizeBytes.buffer).setUint32(0, size, true);
    return {
      title,
      hex: header(hex(Uint8Array.of(operation)), hex(sizeBytes)),
      refusal: { reason: 'impossible size' as const, operation, size },
      text: `a body of ${size} bytes is impossible for operation ${operation}`,
    };
  }),
];

/** What is wrong with the body. */
const badBodies: readonly BadRequest[] = [
  ...[33, 255].map((value) => ({
    title: `a scan request with an SSID of ${value} bytes`,
    hex: header('01', '21000000') + hex(Uint8Array.of(value)) + zeros(32),
    refusal: { reason: 'ssid too long' as const, value, limit: 32 },
    text: `ssid_len is ${value}, at most 32 are possible`,
  })),
  ...[33, 255].map((value) => ({
    title: `a connect request with an SSID of ${value} bytes`,
    hex: connect({ 0: hex(Uint8Array.of(value)) }),
    refusal: { reason: 'ssid too long' as const, value, limit: 32 },
    text: `ssid_len is ${value}, at most 32 are possible`,
  })),
  ...[3, 255].map((value) => ({
    title: `${value} AKM suites`,
    hex: connect({ 41: hex(Uint8Array.of(value)) }),
    refusal: { reason: 'too many AKM suites' as const, value, limit: 2 },
    text: `num_akm_suites is ${value}, at most 2 are possible`,
  })),
  ...[6, 255].map((value) => ({
    title: `${value} pairwise cipher suites`,
    hex: connect({ 50: hex(Uint8Array.of(value)) }),
    refusal: { reason: 'too many pairwise cipher suites' as const, value, limit: 5 },
    text: `num_pairwise_cipher_suites is ${value}, at most 5 are possible`,
  })),
  ...(
    [
      [1, 76, 0],
      [255, 76, 0],
      [33, 108, 32],
    ] as const
  ).map(([value, size, limit]) => ({
    title: `a key of ${value} bytes in a body of ${size}`,
    hex: connect({ 75: hex(Uint8Array.of(value)) }, size),
    refusal: { reason: 'key beyond body' as const, value, limit },
    text: `key_len is ${value}, but only ${limit} bytes are left in the body`,
  })),
  ...(
    [
      [1, 77, 0],
      [36, 112, 32],
      [255, 331, 0],
    ] as const
  ).map(([value, size, limit]) => ({
    title: `a key of ${limit} bytes in a body of ${size}`,
    hex: connect({ 75: hex(Uint8Array.of(limit)) }, size),
    refusal: { reason: 'bytes behind the key' as const, value, limit },
    text: `the body goes on for ${value} bytes behind key_len, which is ${limit}`,
  })),
];

const incomplete: readonly BadRequest[] = [
  {
    title: 'nothing at all',
    hex: '',
    refusal: { reason: 'incomplete', cause: 'ended', received: 0, expected: undefined },
    text: 'the guest closed after 0 bytes without a whole header',
  },
  {
    title: 'six bytes of a header',
    hex: '012100000001',
    refusal: { reason: 'incomplete', cause: 'ended', received: 6, expected: undefined },
    text: 'the guest closed after 6 bytes without a whole header',
  },
  {
    title: 'a scan request without its last byte',
    hex: header('01', '21000000') + zeros(32),
    refusal: { reason: 'incomplete', cause: 'ended', received: 39, expected: 40 },
    text: 'the guest closed after 39 bytes of 40',
  },
];

describe('bad input from a guest', () => {
  for (const { title, hex: frame, refusal, text } of badHeaders) {
    it(`refuses ${title} after the header`, () => {
      expect(decodeRequestHeader(bytes(frame))).to.deep.equal(E.left(refusal));
      expect(decodeRequest(bytes(frame))).to.deep.equal(E.left(refusal));
      expect(refusalText(refusal)).to.equal(text);
    });
  }

  for (const { title, hex: frame, refusal, text } of badBodies) {
    it(`refuses ${title}`, () => {
      expect(E.isRight(decodeRequestHeader(bytes(frame)))).to.equal(true);
      expect(decodeRequest(bytes(frame))).to.deep.equal(E.left(refusal));
      expect(refusalText(refusal)).to.equal(text);
    });
  }

  for (const { title, hex: frame, refusal, text } of incomplete) {
    it(`refuses ${title}`, () => {
      expect(decodeRequest(bytes(frame))).to.deep.equal(E.left(refusal));
      expect(refusalText(refusal)).to.equal(text);
    });
  }

  it('tells a frame that came too slowly from one that ended', () => {
    expect(refusalText({ reason: 'incomplete', cause: 'timed out', received: 20, expected: 40 })).to.equal(
      'the time for a request was over after 20 bytes of 40',
    );
  });

  it('refuses every beginning of a request as incomplete', () => {
    fc.assert(
      fc.property(
        anyRequest,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (request, part) => {
          const frame = encodeRequest(request);
          const received = Math.floor(part * frame.length);
          const expected = received < 7 ? undefined : frame.length;
          expect(decodeRequest(frame.subarray(0, received))).to.deep.equal(
            E.left({ reason: 'incomplete', cause: 'ended', received, expected }),
          );
        },
      ),
    );
  });

  it('never throws, whatever the bytes are', () => {
    const framed = fc
      .tuple(fc.constantFrom(1, 3, 5, 9), fc.uint8Array({ maxLength: 340 }))
      .map(([operation, body]) =>
        Uint8Array.from([operation, body.length & 0xff, body.length >> 8, 0, 0, 1, 0, ...body]),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 400 }), framed), (frame) => {
        const request = decodeRequest(frame);
        expect(E.isRight(request) || refusalText(request.left).length > 0).to.equal(true);
      }),
    );
  });
});

/** A scan response of one network with 4 bytes of elements. */
const scanResponse = (parts: { readonly [at: number]: string }): string => {
  const frame = bytes(
    '022700000001000101000000270000000200000000011100ceffffff6400e0cd2400040000001a00000000026869',
  );
  for (const [at, part] of Object.entries(parts)) frame.set(bytes(part), 7 + Number(at));
  return hex(frame);
};

const badHostFrames: readonly {
  readonly title: string;
  readonly hex: string;
  readonly fault: HostMessageFault;
}[] = [
  { title: 'six bytes', hex: '000000000001', fault: { reason: 'incomplete', received: 6, expected: 7 } },
  {
    title: 'a body that is shorter than its header says',
    hex: '0410000000010000',
    fault: { reason: 'incomplete', received: 8, expected: 23 },
  },
  { title: 'bytes behind the frame', hex: '0600000000010000', fault: { reason: 'trailing bytes', count: 1 } },
  {
    title: 'an operation that does not exist',
    hex: '0b000000000100',
    fault: { reason: 'unknown operation', operation: 11 },
  },
  {
    title: 'a request',
    hex: `01210000000100${zeros(33)}`,
    fault: { reason: 'not from a host', operation: 1 },
  },
  { title: 'another version', hex: '06000000000200', fault: { reason: 'wrong version', version: 2 } },
  {
    title: 'a scan response without its head',
    hex: `02080000000100${zeros(8)}`,
    fault: { reason: 'impossible size', operation: 2, size: 8 },
  },
  {
    title: 'a scan response of 4 GiB',
    hex: '02ffffffff0100',
    fault: { reason: 'impossible size', operation: 2, size: 0xffffffff },
  },
  {
    title: 'a connect response of 17 bytes',
    hex: `04110000000100${zeros(17)}`,
    fault: { reason: 'impossible size', operation: 4, size: 17 },
  },
  ...[16, 18].map((size) => ({
    title: `a hello response of ${size} bytes`,
    hex: header('0a', `${hex(Uint8Array.of(size))}000000`) + zeros(size),
    fault: { reason: 'impossible size' as const, operation: 10, size },
  })),
  {
    title: 'a hello, which only a guest says',
    hex: `09140000000100${zeros(20)}`,
    fault: { reason: 'not from a host', operation: 9 },
  },
  {
    title: 'an empty signal',
    hex: '08000000000100',
    fault: { reason: 'impossible size', operation: 8, size: 0 },
  },
  {
    title: 'a scan_complete of 2',
    hex: scanResponse({ 0: '02' }),
    fault: { reason: 'invalid scan_complete', value: 2 },
  },
  {
    title: 'a total_size that is not the size of the body',
    hex: scanResponse({ 5: '28' }),
    fault: { reason: 'wrong total size', totalSize: 40, size: 39 },
  },
  {
    title: 'more networks than there is room for',
    hex: scanResponse({ 1: '02' }),
    fault: { reason: 'too many networks', count: 2, limit: 1 },
  },
  {
    title: '4 billion networks',
    hex: scanResponse({ 1: 'ffffffff' }),
    fault: { reason: 'too many networks', count: 0xffffffff, limit: 1 },
  },
  {
    title: 'elements that begin inside the entries',
    hex: scanResponse({ 31: '19' }),
    fault: { reason: 'elements outside the body', index: 0 },
  },
  {
    title: 'elements that end behind the body',
    hex: scanResponse({ 27: '05' }),
    fault: { reason: 'elements outside the body', index: 0 },
  },
  {
    title: 'elements whose offset and size wrap around 32 bits',
    hex: scanResponse({ 27: 'f0ffffff1a000000' }),
    fault: { reason: 'elements outside the body', index: 0 },
  },
];

describe('bad input from a host', () => {
  it('begins from a frame that is good', () => {
    expect(E.isRight(decodeHostMessage(bytes(scanResponse({}))))).to.equal(true);
  });

  for (const { title, hex: frame, fault } of badHostFrames) {
    it(`refuses ${title}`, () => {
      expect(decodeHostMessage(bytes(frame))).to.deep.equal(E.left(fault));
      expect(hostMessageFaultText(fault)).to.match(
        new RegExp(`^the host sent a frame that makes no sense: ${fault.reason} \\(`),
      );
    });
  }

  it('never throws, whatever became of a good frame', () => {
    fc.assert(
      fc.property(
        anyHostMessage,
        fc.nat(),
        fc.nat(0xff),
        fc.boolean(),
        (message, place, value, isNewDriver) => {
          const frame = encodeHostMessage(message);
          frame[place % frame.length] = value;
          const read = decodeHostMessage(frame, isNewDriver ? 'with-scan-complete' : 'without-scan-complete');
          expect(E.isRight(read) || hostMessageFaultText(read.left).length > 0).to.equal(true);
        },
      ),
    );
  });
});
