import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { buildElements, type InformationElement, parseElements } from '../../protocol/elements.js';
import {
  isWpaElement,
  parseRsnElement,
  parseWpaElement,
  type Rsn,
  type RsnProblem,
  rsnElement,
  rsnProblemText,
  wpaElement,
} from '../../protocol/rsn.js';
import { accessPoints, bytes, hex } from './captures.js';
import { right } from './either.js';

const rsnOf = (body: string): InformationElement => ({ id: 48, body: bytes(body) });
const wpaOf = (body: string): InformationElement => ({ id: 221, body: bytes(`0050f201${body}`) });

/** An RSN body that grows part by part, and what it says. */
const parts: readonly { readonly adds: string; readonly part: string; readonly rsn: Rsn }[] = [
  { part: 'the version', adds: '0100', rsn: {} },
  { part: 'the group cipher suite', adds: '000fac04', rsn: { group: 0x000fac04 } },
  {
    part: 'the pairwise cipher suites',
    adds: '0200000fac04000fac08',
    rsn: { pairwise: [0x000fac04, 0x000fac08] },
  },
  { part: 'the AKM suites', adds: '0100000fac02', rsn: { akms: [0x000fac02] } },
  { part: 'the capabilities', adds: 'cc41', rsn: { capabilities: 0x41cc } },
  { part: 'the PMKIDs', adds: `0100${'ab'.repeat(16)}`, rsn: { pmkids: [bytes('ab'.repeat(16))] } },
  { part: 'the group management cipher suite', adds: '000fac06', rsn: { groupManagement: 0x000fac06 } },
  { part: 'something new', adds: 'ee', rsn: { rest: bytes('ee') } },
];

describe('the RSN element', () => {
  parts.forEach(({ part }, last) => {
    it(`may end after ${part}`, () => {
      const body = parts
        .slice(0, last + 1)
        .map(({ adds }) => adds)
        .join('');
      const rsn: Rsn = Object.assign({}, ...parts.slice(0, last + 1).map(({ rsn }) => rsn));
      expect(parseRsnElement(rsnOf(body))).to.deep.equal(E.right(rsn));
      expect(hex(rsnElement(rsn).body)).to.equal(body);
    });
  });

  parts.slice(0, -1).forEach(({ part, adds }, last) => {
    it(`is refused when it ends in the middle of ${part}`, () => {
      const before = parts
        .slice(0, last)
        .map(({ adds }) => adds)
        .join('');
      for (let size = 1; size < adds.length / 2; size++) {
        expect(parseRsnElement(rsnOf(before + adds.slice(0, 2 * size)))).to.deep.equal(
          E.left({ reason: 'cut off', part }),
        );
      }
    });
  });

  const refused: readonly (readonly [string, InformationElement, RsnProblem, string])[] = [
    [
      'another version',
      rsnOf('0200000fac04'),
      { reason: 'unsupported version', version: 2 },
      'version 2 instead of 1',
    ],
    ['no body', rsnOf(''), { reason: 'cut off', part: 'the version' }, 'cut off in the version'],
    [
      'a count beyond its body',
      rsnOf('0100000fac04ffff000fac04'),
      { reason: 'cut off', part: 'the pairwise cipher suites' },
      'cut off in the pairwise cipher suites',
    ],
    ['another id', { id: 47, body: bytes('0100') }, { reason: 'another element' }, 'this is another element'],
  ];
  for (const [title, element, problem, text] of refused) {
    it(`is refused with ${title}`, () => {
      expect(parseRsnElement(element)).to.deep.equal(E.left(problem));
      expect(rsnProblemText(problem)).to.equal(text);
    });
  }

  it('is built with the parts before the first one that is missing', () => {
    expect(hex(rsnElement({ pairwise: [0x000fac04] }).body)).to.equal('0100');
  });

  it('is never misread: what can be parsed is built again byte for byte', () => {
    const anyBody = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc
        .uint8Array({ maxLength: 60 })
        .map((rest) => Uint8Array.from([1, 0, 0, 15, 172, 4, 1, 0, 0, 15, 172, 4, ...rest])),
    );
    fc.assert(
      fc.property(anyBody, (body) => {
        const parsed = parseRsnElement({ id: 48, body });
        if (E.isRight(parsed)) expect(hex(rsnElement(parsed.right).body)).to.equal(hex(body));
      }),
    );
  });
});

describe('the WPA element', () => {
  it('is told from other vendor elements', () => {
    expect(isWpaElement(wpaOf('0100'))).to.equal(true);
    expect(isWpaElement({ id: 221, body: bytes('0050f2020101') })).to.equal(false);
    expect(isWpaElement({ id: 221, body: bytes('0050f2') })).to.equal(false);
    expect(isWpaElement({ id: 48, body: bytes('0050f2010100') })).to.equal(false);
  });

  for (const [body, wpa] of [
    ['0100', {}],
    ['01000050f202', { group: 0x0050f202 }],
    [
      '01000050f20201000050f20401000050f202',
      { group: 0x0050f202, pairwise: [0x0050f204], akms: [0x0050f202] },
    ],
    [
      '01000050f20201000050f20401000050f2020c00ee',
      { group: 0x0050f202, pairwise: [0x0050f204], akms: [0x0050f202], capabilities: 12, rest: bytes('ee') },
    ],
  ] as const) {
    it(`is parsed and built again from ${body}`, () => {
      expect(parseWpaElement(wpaOf(body))).to.deep.equal(E.right(wpa));
      expect(hex(wpaElement(wpa).body)).to.equal(`0050f201${body}`);
    });
  }

  it('is refused when it is cut off, of another version or another element', () => {
    expect(parseWpaElement(wpaOf('01000050f2'))).to.deep.equal(
      E.left({ reason: 'cut off', part: 'the group cipher suite' }),
    );
    expect(parseWpaElement(wpaOf('0200'))).to.deep.equal(
      E.left({ reason: 'unsupported version', version: 2 }),
    );
    expect(parseWpaElement(rsnOf('0100'))).to.deep.equal(E.left({ reason: 'another element' }));
  });
});

/** wpa_supplicant's words for suites. */
const words: ReadonlyMap<number, string> = new Map([
  [0x000fac01, 'wpa-eap'],
  [0x000fac02, 'wpa-psk'],
  [0x000fac04, 'wpa-ft-psk'],
  [0x000fac06, 'wpa-psk-sha256'],
  [0x000fac08, 'sae'],
  [0x000fac0c, 'wpa-eap-suite-b-192'],
  [0x000fac12, 'owe'],
  [0x0050f202, 'wpa-psk'],
]);
const cipherWords: ReadonlyMap<number, string> = new Map([
  [0x000fac02, 'tkip'],
  [0x000fac04, 'ccmp'],
  [0x000fac08, 'gcmp'],
  [0x000fac09, 'gcmp-256'],
  [0x0050f202, 'tkip'],
]);

describe('RSN and WPA elements of the captured access points', () => {
  const elementsOf = (IEs: string) => right(parseElements(bytes(IEs)));

  for (const { SSID, IEs, RSN, WPA } of accessPoints) {
    it(`of ${Buffer.from(SSID, 'hex').toString('latin1').replace(/\W/g, '.')} say what wpa_supplicant says`, () => {
      const rsn = elementsOf(IEs).find(({ id }) => id === 48);
      const wpa = elementsOf(IEs).find(isWpaElement);
      for (const [selection, summary] of [
        [rsn && right(parseRsnElement(rsn)), RSN],
        [wpa && right(parseWpaElement(wpa)), WPA],
      ] as const) {
        expect((selection?.akms ?? []).map((akm) => words.get(akm))).to.deep.equal(summary.KeyMgmt);
        expect([...(selection?.pairwise ?? [])].map((cipher) => cipherWords.get(cipher))).to.have.members(
          summary.Pairwise,
        );
        expect(cipherWords.get(selection?.group ?? 0) ?? '').to.equal(summary.Group);
      }
    });

    it(`of ${Buffer.from(SSID, 'hex').toString('latin1').replace(/\W/g, '.')} are built again byte for byte`, () => {
      const rebuilt = elementsOf(IEs).map((element) => {
        if (element.id === 48) return rsnElement(right(parseRsnElement(element)));
        return isWpaElement(element) ? wpaElement(right(parseWpaElement(element))) : element;
      });
      expect(hex(buildElements(rebuilt))).to.equal(IEs);
    });
  }
});
