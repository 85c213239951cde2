import { format, inspect } from 'node:util';
import { expect } from 'chai';
import { KeyMaterial } from '../../protocol/key-material.js';
import { hex } from './captures.js';

describe('keys', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => 200 + i);
  const key = new KeyMaterial(bytes);
  const shownAs: readonly (readonly [string, () => string])[] = [
    ['JSON', () => JSON.stringify({ key, list: [key] })],
    ['util.inspect', () => inspect(key, { showHidden: true, depth: 9 })],
    ['util.inspect of what holds them', () => inspect({ nested: { key } }, { showHidden: true, depth: 9 })],
    ['a format string', () => format('%s %o %O %j', key, key, key, { key })],
    ['a template string', () => `${key}`],
    ['String', () => String(key)],
    ['structuredClone', () => inspect(structuredClone(key), { showHidden: true })],
    ['a spread', () => JSON.stringify({ ...key })],
    ['Object.keys', () => Reflect.ownKeys(key).map(String).join()],
  ];
  for (const [way, show] of shownAs) {
    it(`do not show through ${way}`, () => {
      const text = show();
      expect(text).not.to.include(hex(bytes).slice(0, 8));
      expect(text).not.to.match(/20[0-9]|2[1-3][0-9]/);
    });
  }

  it('show as [secret]', () => {
    expect(JSON.stringify(key)).to.equal('"[secret]"');
    expect(inspect(key)).to.equal('[secret]');
    expect(String(key)).to.equal('[secret]');
  });

  it('give their bytes to the one who asks for them', () => {
    expect(hex(key.reveal())).to.equal(hex(bytes));
    expect(key.length).to.equal(32);
    expect(KeyMaterial.none.length).to.equal(0);
  });

  it('do not change with the bytes that they were made from, nor with those that they gave', () => {
    const source = Uint8Array.from([1, 2, 3]);
    const copied = new KeyMaterial(source);
    source.fill(0);
    copied.reveal().fill(0);
    expect(hex(copied.reveal())).to.equal('010203');
  });

  it('are equal if their bytes are', () => {
    expect(key.equals(new KeyMaterial(bytes))).to.equal(true);
    expect(key.equals(new KeyMaterial(bytes.with(31, 0)))).to.equal(false);
    expect(key.equals(new KeyMaterial(bytes.subarray(0, 31)))).to.equal(false);
    expect(new KeyMaterial(bytes.subarray(0, 31)).equals(key)).to.equal(false);
    expect(KeyMaterial.none.equals(new KeyMaterial(new Uint8Array(0)))).to.equal(true);
  });
});
