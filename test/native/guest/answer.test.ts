import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { checkAnswer } from '../../../native/guest/answer.js';
import { bytesOf, capturedFrames, left } from './scripted-host.js';

const format = 'with-scan-complete';

describe('what a host sends, as the driver reads it,', () => {
  for (const channel of ['request', 'notification'] as const) {
    for (const [index, hex] of capturedFrames(channel, 'host').entries()) {
      it(`is good in frame ${index} of the capture's ${channel} channel`, () => {
        const frame = bytesOf(hex);
        expect(checkAnswer(frame, format)).to.deep.equal(E.right(frame));
      });
    }
  }

  it('is good for the older driver without scan_complete', () => {
    const frame = Uint8Array.of(2, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0);
    expect(checkAnswer(frame, 'without-scan-complete')).to.deep.equal(E.right(frame));
    expect(left(checkAnswer(frame, format))).to.have.property('reason', 'wrong body size');
  });

  it('has the sizes that the driver expects of each operation, and no other', () => {
    const sized = (operation: number, size: number): Uint8Array =>
      Uint8Array.from([operation, size, 0, 0, 0, 1, 0, ...new Array<number>(size).fill(0)]);
    const sizes = (operation: number): readonly number[] =>
      Array.from({ length: 24 }, (_, size) => size).filter((size) =>
        E.isRight(checkAnswer(sized(operation, size), format)),
      );
    const good = Array.from({ length: 12 }, (_, operation) => [operation, sizes(operation)]);
    expect(good.filter(([, found]) => Array.isArray(found) && found.length > 0)).to.deep.equal([
      [0, [0]],
      [4, [16]],
      [6, [0, 1]],
      [7, [8]],
      [8, [1]],
      [10, [17]],
    ]);
    expect(left(checkAnswer(sized(6, 2), format))).to.deep.equal({
      ...{ reason: 'wrong body size', operation: 6, size: 2, expected: '0 or 1' },
    });
  });

  describe('is bad and said to be so, with the numbers,', () => {
    /** A scan response with these counts, and entries of which only the place of their elements is looked at. */
    const scanned = (
      elements: readonly (readonly [number, number])[],
      behind: number,
      more = {},
    ): Uint8Array => {
      const { networks = elements.length, total = undefined } = more as { networks?: number; total?: number };
      const body = new DataView(new ArrayBuffer(9 + elements.length * 26 + behind));
      body.setUint32(1, networks, true);
      body.setUint32(5, total ?? body.byteLength, true);
      for (const [index, [offset, size]] of elements.entries()) {
        body.setUint32(9 + index * 26 + 18, size, true);
        body.setUint32(9 + index * 26 + 22, offset, true);
      }
      const header = Uint8Array.of(2, body.byteLength % 256, body.byteLength >> 8, 0, 0, 1, 0);
      return Uint8Array.from([...header, ...new Uint8Array(body.buffer)]);
    };
    const fault = (frame: Uint8Array) => left(checkAnswer(frame, format));

    it('but not where the elements fill what is behind the entries, in their order', () => {
      expect(checkAnswer(scanned([[26, 4]], 4), format)).to.have.property('_tag', 'Right');
      const two = [
        [52, 3],
        [29, 2],
      ] as const;
      expect(checkAnswer(scanned(two, 5), format)).to.have.property('_tag', 'Right');
      expect(checkAnswer(scanned([[26, 0]], 0), format)).to.have.property('_tag', 'Right');
    });

    it('for elements that begin one byte too early or end one too late', () => {
      expect(fault(scanned([[25, 4]], 4))).to.deep.equal({
        ...{ reason: 'elements misplaced', index: 0, from: 34, to: 38 },
      });
      expect(fault(scanned([[26, 5]], 4))).to.deep.equal({
        ...{ reason: 'elements misplaced', index: 0, from: 35, to: 40 },
      });
      const second = [
        [52, 3],
        [28, 2],
      ] as const;
      expect(fault(scanned(second, 5))).to.deep.equal({
        ...{ reason: 'elements misplaced', index: 1, from: 63, to: 65 },
      });
    });

    it('for entries beyond the body, bytes that nothing uses and counts that differ', () => {
      expect(fault(scanned([[26, 0]], 25, { networks: 2 }))).to.deep.equal({
        ...{ reason: 'entries beyond the body', networks: 2, size: 60 },
      });
      expect(fault(scanned([[26, 1]], 3))).to.deep.equal({ reason: 'unused bytes', count: 2 });
      expect(fault(scanned([], 0, { total: 8 }))).to.deep.equal({
        ...{ reason: 'total_size differs', totalSize: 8, size: 9 },
      });
      expect(fault(Uint8Array.of(2, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0))).to.deep.equal({
        ...{ reason: 'wrong body size', operation: 2, size: 8, expected: 'at least 9' },
      });
      const old = Uint8Array.of(2, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 7, 0, 0);
      expect(left(checkAnswer(old, 'without-scan-complete'))).to.deep.equal({
        ...{ reason: 'wrong body size', operation: 2, size: 7, expected: 'at least 8' },
      });
    });

    it('for headers that promise something else', () => {
      expect(fault(Uint8Array.of(0, 0, 0, 0, 0, 1))).to.deep.equal({
        ...{ reason: 'body size differs', size: 0, received: -1 },
      });
      expect(fault(Uint8Array.of(8, 3, 0, 0, 0, 1, 0, 1))).to.deep.equal({
        ...{ reason: 'body size differs', size: 3, received: 1 },
      });
      expect(fault(Uint8Array.of(8, 1, 0, 0, 0, 1, 2, 1))).to.deep.equal({
        ...{ reason: 'not version 1', version: 513 },
      });
      expect(fault(Uint8Array.of(9, 0, 0, 0, 0, 1, 0))).to.deep.equal({
        ...{ reason: 'not a host operation', operation: 9 },
      });
    });
  });

  describe('is bad', () => {
    const scanFrame = bytesOf(capturedFrames('request', 'host')[0]);
    /** The first answer of the capture with the bytes of one number changed. */
    const changed = (at: number, ...bytes: number[]): Uint8Array => {
      const frame = Uint8Array.from(scanFrame);
      frame.set(bytes, at);
      return frame;
    };
    const table: readonly (readonly [string, Uint8Array, string])[] = [
      ['the version', changed(5, 2), 'not version 1'],
      ['total_size', changed(12, 0xff), 'total_size differs'],
      ['num_bss beyond the body', changed(8, 0xff), 'entries beyond the body'],
      ['num_bss of 2^32 - 1', changed(8, 0xff, 0xff, 0xff, 0xff), 'entries beyond the body'],
      ['elements within the entries', changed(16 + 22, 1, 0), 'elements misplaced'],
      ['elements beyond the body', changed(16 + 18, 0xff, 0xff), 'elements misplaced'],
      ['elements of an earlier entry', changed(16 + 26 + 22, 78), 'elements misplaced'],
      ['fewer networks than there are bytes for', changed(8, 3), 'unused bytes'],
      [
        'bytes behind the last element',
        Uint8Array.of(2, 10, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 10, 0, 0, 0, 9),
        'unused bytes',
      ],
      [
        'a scan response without its counts',
        Uint8Array.of(2, 8, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 8, 0, 0),
        'wrong body size',
      ],
      [
        'a connect response of 15 bytes',
        Uint8Array.from([4, 15, 0, 0, 0, 1, 0, ...new Array<number>(15).fill(0)]),
        'wrong body size',
      ],
      [
        'a hello response of 16 bytes',
        Uint8Array.from([10, 16, 0, 0, 0, 1, 0, ...new Array<number>(16).fill(0)]),
        'wrong body size',
      ],
      ['a request as an answer', bytesOf(capturedFrames('request', 'guest')[0]), 'not a host operation'],
      ['an unknown operation', Uint8Array.of(99, 0, 0, 0, 0, 1, 0), 'not a host operation'],
      ['bytes behind the body', Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0), 'body size differs'],
      ['a body that is not there', Uint8Array.of(8, 1, 0, 0, 0, 1, 0), 'body size differs'],
      ['less than a header', Uint8Array.of(0, 0, 0), 'body size differs'],
    ];

    for (const [what, frame, reason] of table) {
      it(`for ${what}`, () => {
        expect(left(checkAnswer(frame, format))).to.have.property('reason', reason);
      });
    }
  });
});
