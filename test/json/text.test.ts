import { expect } from 'chai';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { problemText } from '../../json/problem.js';
import { parseJson } from '../../json/text.js';

const sentence = (text: string): string => {
  const parsed = parseJson(text);
  return E.isLeft(parsed) ? problemText(parsed.left) : 'nothing is wrong';
};

const broken: readonly (readonly [string, string])[] = [
  ['', 'line 1, column 1: expected valid JSON, found the end of the text'],
  ['{"a": 1,}', 'line 1, column 9: expected valid JSON, found something else'],
  ['{1: 2}', 'line 1, column 2: expected valid JSON, found something else'],
  ['{"a": 1, b: 2}', 'line 1, column 10: expected valid JSON, found something else'],
  ['{\n  "a": [1, 2\n}', 'line 3, column 1: expected valid JSON, found something else'],
  ['{"a": 1, "a": 2}', 'line 1, column 10: expected each field of an object once, found "a" again'],
  ['{"a": 1,\n "\\u0061": 2}', 'line 2, column 2: expected each field of an object once, found "a" again'],
  ['[{"x": {"b": 1, "b": {}}}]', 'line 1, column 17: expected each field of an object once, found "b" again'],
];

describe('JSON that a person wrote', () => {
  for (const [text, expected] of broken)
    it(`is refused: ${JSON.stringify(text)}`, () => {
      expect(sentence(text)).to.equal(expected);
    });

  it('may have a field again in another object', () => {
    expect(sentence('{"a": {"a": 1}, "b": [{"a": 1}, {"a": 1}]}')).to.equal('nothing is wrong');
  });

  it('is read as JSON.parse reads it', () => {
    void fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        const parsed = parseJson(JSON.stringify(value, null, indent));
        expect(E.isRight(parsed) && JSON.stringify(parsed.right)).to.equal(JSON.stringify(value));
      }),
    );
  });
});
