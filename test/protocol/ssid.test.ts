import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import {
  type SsidProblem,
  ssidBytes,
  ssidFromBytes,
  ssidFromHex,
  ssidFromText,
  ssidHex,
  ssidProblemText,
} from '../../protocol/ssid.js';
import { anySsid } from './arbitraries.js';
import { accessPoints, hex } from './captures.js';
import { right } from './either.js';

const texts: readonly { readonly title: string; readonly hex: string; readonly text: string }[] = [
  { title: 'nothing', hex: '', text: '' },
  { title: 'plain text', hex: '6f70656e2d6e6574', text: 'open-net' },
  { title: 'spaces at both ends', hex: '206120', text: ' a ' },
  {
    title: 'XML characters, a NUL and a control character',
    hex: '786d6c203c263e2227200001206e616d65',
    text: `xml <&>"' \\x00\\x01 name`,
  },
  {
    title: 'multi-byte text and control characters',
    hex: 'c3a9c3a8f09f93b6e282ac0102',
    text: 'éè📶€\\x01\\x02',
  },
  { title: 'backslashes', hex: '5c5c78303078', text: '\\\\\\\\x00x' },
  { title: 'a terminal escape', hex: '1b5b33316d', text: '\\x1b[31m' },
  { title: 'line feed, carriage return, tab and DEL', hex: '0a0d097f', text: '\\x0a\\x0d\\x09\\x7f' },
  { title: 'C1 controls as UTF-8', hex: 'c285c29b', text: '\\xc2\\x85\\xc2\\x9b' },
  { title: 'line and paragraph separators', hex: 'e280a8e280a9', text: '\\xe2\\x80\\xa8\\xe2\\x80\\xa9' },
  { title: 'a right-to-left override', hex: 'e280ae61', text: '\\xe2\\x80\\xaea' },
  {
    title: 'a zero-width space and a byte order mark',
    hex: 'e2808befbbbf',
    text: '\\xe2\\x80\\x8b\\xef\\xbb\\xbf',
  },
  { title: 'private use and unassigned', hex: 'ee8080cdb8', text: '\\xee\\x80\\x80\\xcd\\xb8' },
  { title: 'half a sequence', hex: '61e282', text: 'a\\xe2\\x82' },
  { title: 'a sequence that breaks off into text', hex: 'e28261', text: '\\xe2\\x82a' },
  { title: 'lone continuation bytes', hex: '80bf', text: '\\x80\\xbf' },
  { title: 'four lone continuation bytes', hex: '80bfbfbf', text: '\\x80\\xbf\\xbf\\xbf' },
  { title: 'leads that are none', hex: 'c180c08080', text: '\\xc1\\x80\\xc0\\x80\\x80' },
  {
    title: 'an overlong slash',
    hex: 'c0afe080aff08080af',
    text: '\\xc0\\xaf\\xe0\\x80\\xaf\\xf0\\x80\\x80\\xaf',
  },
  { title: 'a surrogate as UTF-8', hex: 'eda080', text: '\\xed\\xa0\\x80' },
  { title: 'a backslash alone', hex: '5c', text: '\\\\' },
  { title: 'a tilde, and a DEL behind text', hex: '7e617f', text: '~a\\x7f' },
  { title: 'a space and a unit separator', hex: '201f', text: ' \\x1f' },
  { title: 'plane 14', hex: 'f3a08480', text: '\u{e0100}' },
  { title: 'plane 16, which is for private use', hex: 'f48fbfbd', text: '\\xf4\\x8f\\xbf\\xbd' },
  { title: 'beyond Unicode', hex: 'f4908080f5', text: '\\xf4\\x90\\x80\\x80\\xf5' },
  { title: 'the first and last of each size', hex: '7ec2a1dfbfe0a081f0908080', text: '~¡߿ࠁ𐀀' },
];

describe('SSIDs', () => {
  for (const { title, hex: bytes, text } of texts) {
    it(`writes ${title} as printable text, and keeps the bytes`, () => {
      const ssid = right(ssidFromHex(bytes));
      expect(ssid).to.equal(text);
      expect(ssidHex(ssid)).to.equal(bytes);
    });
  }

  it('keep the bytes of every captured access point', () => {
    for (const { SSID } of accessPoints) expect(ssidHex(right(ssidFromHex(SSID)))).to.equal(SSID);
  });

  it('are one text for each sequence of bytes, and the other way round', () => {
    const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 32 }), anySsid.map(ssidBytes));
    fc.assert(
      fc.property(anyBytes, anyBytes, (one, other) => {
        const ssid = right(ssidFromBytes(one));
        expect(hex(ssidBytes(ssid))).to.equal(hex(one));
        expect(right(ssidFromBytes(other)) === ssid).to.equal(hex(one) === hex(other));
      }),
    );
  });

  it('can stand in a log line: no control or format character, no line break, nothing that is not Unicode', () => {
    fc.assert(
      fc.property(anySsid, (ssid) => {
        expect(ssid).not.to.match(/[\p{C}\p{Zl}\p{Zp}]/u);
        expect(Buffer.from(ssid, 'utf8').toString('utf8')).to.equal(ssid);
      }),
    );
  });

  it('are bytes where UTF-8 has no character: beyond the last lead byte', () => {
    expect(String(right(ssidFromBytes(Uint8Array.of(0xf5, 0x80, 0x80, 0x80))))).to.equal(
      String.raw`\xf5\x80\x80\x80`,
    );
  });

  it('take text literally', () => {
    expect(ssidFromText('a\\x00')).to.deep.equal(E.right('a\\\\x00'));
    expect(ssidFromText('Café ☕')).to.deep.equal(E.right('Café ☕'));
    expect(ssidHex(right(ssidFromText('a\\x00')))).to.equal('615c783030');
  });

  it('come from text as from its UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 5 }), (text) => {
        expect(ssidFromText(text)).to.deep.equal(ssidFromBytes(new TextEncoder().encode(text)));
      }),
    );
  });

  const problems: readonly {
    readonly title: string;
    readonly of: E.Either<SsidProblem, string>;
    readonly problem: SsidProblem;
    readonly text: string;
  }[] = [
    {
      title: '33 bytes',
      of: ssidFromBytes(new Uint8Array(33)),
      problem: { reason: 'too long', size: 33 },
      text: 'an SSID has at most 32 bytes, this one has 33',
    },
    {
      title: '11 characters of 3 bytes each',
      of: ssidFromText('€'.repeat(11)),
      problem: { reason: 'too long', size: 33 },
      text: 'an SSID has at most 32 bytes, this one has 33',
    },
    {
      title: '33 bytes of hex',
      of: ssidFromHex('00'.repeat(33)),
      problem: { reason: 'too long', size: 33 },
      text: 'an SSID has at most 32 bytes, this one has 33',
    },
    {
      title: 'an odd number of hex digits',
      of: ssidFromHex('abc'),
      problem: { reason: 'not hex' },
      text: 'an SSID in hex is an even number of the digits 0-9 and a-f',
    },
    {
      title: 'something else than hex digits',
      of: ssidFromHex('0x'),
      problem: { reason: 'not hex' },
      text: 'an SSID in hex is an even number of the digits 0-9 and a-f',
    },
    {
      title: 'half a surrogate pair',
      of: ssidFromText('a\ud83d'),
      problem: { reason: 'not Unicode' },
      text: 'this SSID holds half a surrogate pair, which is no text: give its bytes in hex',
    },
  ];
  for (const { title, of, problem, text } of problems) {
    it(`are not made from ${title}`, () => {
      expect(of).to.deep.equal(E.left(problem));
      expect(ssidProblemText(problem)).to.equal(text);
    });
  }
});
