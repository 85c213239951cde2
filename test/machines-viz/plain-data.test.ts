import { expect } from 'chai';
import fc from 'fast-check';
import { plainData } from '../../machines-viz/inspector/plain-data.js';
import { KeyMaterial } from '../../protocol/key-material.js';

describe('plain data', () => {
  it('leaves out instances of classes, functions and buffers, however deep', () => {
    const secret = new KeyMaterial(new Uint8Array(32).fill(1));
    expect(
      plainData({
        secret,
        list: [{ secret, name: 'Quay' }],
        call: () => secret,
        bytes: new Uint8Array(2),
        map: new Map(),
        n: 1,
      }),
    ).to.deep.equal({ list: [{ name: 'Quay' }], n: 1 });
  });

  it('takes objects without a prototype for plain', () => {
    expect(plainData(Object.assign(Object.create(null), { n: 1 }))).to.deep.equal({ n: 1 });
  });

  it('is what JSON would make of data that is plain already', () => {
    fc.assert(
      fc.property(
        fc.object({
          maxDepth: 3,
          withNullPrototype: false,
          values: [fc.string(), fc.boolean(), fc.integer(), fc.constant(null)],
        }),
        (value) => {
          expect(plainData(value)).to.deep.equal(JSON.parse(JSON.stringify(value)));
        },
      ),
    );
  });

  it('keeps what is called as the prototype is, and makes no prototype of it', () => {
    const text = '{"__proto__":{"n":1}}';
    expect(JSON.stringify(plainData(JSON.parse(text)))).to.equal(text);
  });

  it('ends, also for what contains itself', () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    expect(JSON.stringify(plainData(loop))).to.match(/^(\{"self":)+/);
  });

  it('goes eight levels down and no further', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 'here' : { in: nested(levels - 1) });
    expect(plainData(nested(8))).to.deep.equal(nested(8));
    expect(JSON.stringify(plainData(nested(9)))).not.to.include('here');
  });

  it('says numbers that JSON has no word for', () => {
    expect(plainData({ a: Number.POSITIVE_INFINITY, b: 2n, e: new TypeError('no') })).to.deep.equal({
      a: 'Infinity',
      b: '2',
      e: 'TypeError: no',
    });
  });
});
