import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { bssidBytes, bssidFromBytes, bssidProblemText, parseBssid } from '../../protocol/bssid.js';
import { hex } from './captures.js';
import { right } from './either.js';

describe('BSSIDs', () => {
  it('keep their bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), (bytes) => {
        const bssid = right(bssidFromBytes(bytes));
        expect(hex(bssidBytes(bssid))).to.equal(hex(bytes));
        expect(parseBssid(bssid)).to.deep.equal(E.right(bssid));
      }),
    );
  });

  it('are read with colons or dashes, in either case, and are lower case afterwards', () => {
    for (const text of ['0a:1b:2c:3d:4e:5f', '0A:1B:2C:3D:4E:5F', '0a-1b-2c-3d-4e-5f', '0A-1b-2C-3d-4E-5f']) {
      expect(parseBssid(text)).to.deep.equal(E.right('0a:1b:2c:3d:4e:5f'));
    }
  });

  for (const text of [
    '',
    '0a:1b:2c:3d:4e',
    '0a:1b:2c:3d:4e:5f:60',
    '0a:1b:2c:3d:4e:5g',
    '0a:1b-2c:3d-4e:5f',
    '0a1b2c3d4e5f',
    ' 0a:1b:2c:3d:4e:5f',
    '0a:1b:2c:3d:4e:5f\n',
  ]) {
    it(`are not read from ${JSON.stringify(text)}`, () => {
      expect(parseBssid(text)).to.deep.equal(E.left({ reason: 'not a BSSID', text }));
    });
  }

  it('have 6 bytes', () => {
    expect(bssidFromBytes(new Uint8Array(5))).to.deep.equal(E.left({ reason: 'wrong size', size: 5 }));
    expect(bssidFromBytes(new Uint8Array(7))).to.deep.equal(E.left({ reason: 'wrong size', size: 7 }));
  });

  it('say what is wrong', () => {
    expect(bssidProblemText({ reason: 'wrong size', size: 5 })).to.equal(
      'a BSSID has 6 bytes, this one has 5',
    );
    expect(bssidProblemText({ reason: 'not a BSSID', text: 'x\n' })).to.equal(
      'a BSSID looks like 02:00:00:00:00:01, not like "x\\n"',
    );
  });
});
