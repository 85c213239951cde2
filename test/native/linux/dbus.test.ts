import { expect } from 'chai';
import { bytesOf, numberOf, textOf, textsOf } from '../../../native/linux/dbus.js';

describe('a value from the bus', () => {
  it('is a text, or none', () => {
    expect(['x', '/path', 7, undefined, ['x']].map(textOf)).to.deep.equal(['x', '/path', '', '', '']);
  });

  it('is a number, or what takes its place', () => {
    expect([7, 0, '7', undefined].map((value) => numberOf(value))).to.deep.equal([7, 0, 0, 0]);
    expect(numberOf('7', -50)).to.equal(-50);
  });

  it('is bytes, or none', () => {
    expect([...bytesOf(Uint8Array.of(1, 2))]).to.deep.equal([1, 2]);
    expect([[1, 2], 'x', undefined].map((value) => bytesOf(value).length)).to.deep.equal([0, 0, 0]);
  });

  it('is texts, of which others are none', () => {
    expect(textsOf(['a', 7, '/b', null, ['c']])).to.deep.equal(['a', '/b']);
    expect([undefined, 'a', 7].map(textsOf)).to.deep.equal([[], [], []]);
  });
});
