import { expect } from 'chai';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import {
  advertisedSsid,
  buildElements,
  elementName,
  type InformationElement,
  parseElements,
  ssidElement,
} from '../../protocol/elements.js';
import { ssidFromHex } from '../../protocol/ssid.js';
import { anySsid } from './arbitraries.js';
import { accessPoints, bytes, hex } from './captures.js';
import { right } from './either.js';

const anyElements: fc.Arbitrary<readonly InformationElement[]> = fc.array(
  fc.record({ id: fc.nat(0xff), body: fc.uint8Array({ maxLength: 255 }) }),
  { maxLength: 12 },
);

describe('information elements', () => {
  for (const { IEs, SSID } of accessPoints) {
    it(`of the captured ${right(ssidFromHex(SSID))} are parsed and built again byte for byte`, () => {
      const elements = right(parseElements(bytes(IEs)));
      expect(elements.length).to.be.greaterThan(8);
      expect(hex(buildElements(elements))).to.equal(IEs);
      expect(advertisedSsid(bytes(IEs))).to.equal(right(ssidFromHex(SSID)));
    });
  }

  it('are kept whatever they are', () => {
    fc.assert(
      fc.property(anyElements, (elements) => {
        const parsed = right(parseElements(buildElements(elements)));
        expect(parsed.map(({ id, body }) => [id, hex(body)])).to.deep.equal(
          elements.map(({ id, body }) => [id, hex(body)]),
        );
      }),
    );
  });

  it('are not copied out of the bytes that they are in', () => {
    const source = bytes('000161');
    expect(right(parseElements(source))[0]?.body.buffer).to.equal(source.buffer);
  });

  it('may be none at all', () => {
    expect(parseElements(new Uint8Array(0))).to.deep.equal(E.right([]));
    expect(buildElements([])).to.have.length(0);
  });

  for (const [title, of, offset] of [
    ['an id without a length', '00016103', 3],
    ['a body of fewer bytes than its length says', '000161030201', 3],
    ['a first element without a body', '00ff', 0],
  ] as const) {
    it(`are refused with ${title}`, () => {
      expect(parseElements(bytes(of))).to.deep.equal(E.left({ reason: 'cut off', offset }));
    });
  }

  it('have at most 255 bytes of body', () => {
    expect(buildElements([{ id: 221, body: new Uint8Array(255) }])).to.have.length(257);
    expect(() => buildElements([{ id: 221, body: new Uint8Array(256) }])).to.throw(
      RangeError,
      '255 are the most',
    );
  });

  it('have names', () => {
    expect(elementName({ id: 48, body: bytes('0100') })).to.equal('RSN');
    expect(elementName({ id: 221, body: bytes('0050f20201') })).to.equal('Vendor Specific 00-50-f2');
    expect(elementName({ id: 255, body: bytes('24') })).to.equal('Extension 36');
    expect(elementName({ id: 255, body: bytes('') })).to.equal('Extension without id');
    expect(elementName({ id: 99, body: bytes('') })).to.equal('element 99');
  });
});

describe('the SSID of information elements', () => {
  it('is that of the SSID element, whatever its bytes are', () => {
    fc.assert(
      fc.property(
        anySsid.filter((ssid) => !/^(\\x00)*$/.test(ssid)),
        (ssid) => {
          expect(advertisedSsid(buildElements([{ id: 1, body: bytes('82') }, ssidElement(ssid)]))).to.equal(
            ssid,
          );
        },
      ),
    );
  });

  for (const [title, of] of [
    ['there is no SSID element', '010182'],
    ['there are no elements', ''],
    ['the network is hidden by an empty SSID', '0000010182'],
    ['the network is hidden by zeros', '0003000000010182'],
    ['the SSID is longer than SSIDs are', `0021${'61'.repeat(33)}`],
    ['the SSID element is cut off', '00056162'],
  ] as const) {
    it(`is empty where ${title}`, () => {
      expect(advertisedSsid(bytes(of))).to.equal('');
    });
  }

  it('is found before an element that is cut off', () => {
    expect(advertisedSsid(bytes('00016130ff'))).to.equal('a');
  });
});

describe('the name of an element', () => {
  it('is that of IEEE 802.11, else its number', () => {
    const names = Array.from({ length: 256 }, (_, id) => id)
      .map((id) => [id, elementName({ id, body: new Uint8Array(0) })] as const)
      .filter(([id, name]) => name !== `element ${id}`);
    expect(names).to.deep.equal([
      [0, 'SSID'],
      [1, 'Supported Rates'],
      [3, 'DSSS Parameter Set'],
      [5, 'TIM'],
      [7, 'Country'],
      [11, 'BSS Load'],
      [42, 'ERP'],
      [45, 'HT Capabilities'],
      [48, 'RSN'],
      [50, 'Extended Supported Rates'],
      [54, 'Mobility Domain'],
      [59, 'Supported Operating Classes'],
      [61, 'HT Operation'],
      [70, 'RM Enabled Capabilities'],
      [127, 'Extended Capabilities'],
      [191, 'VHT Capabilities'],
      [192, 'VHT Operation'],
      [195, 'Transmit Power Envelope'],
      [221, 'Vendor Specific '],
      [244, 'RSN Extension'],
      [255, 'Extension without id'],
    ]);
  });
});
