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
