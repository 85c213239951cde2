import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { IntegerType, ListType, ObjectType, optional, required, TextType } from '../../json/codecs.js';
import { decode } from '../../json/decoding.js';
import { problemText, shownValue } from '../../json/problem.js';

const secret = new TextType('a passphrase', { minLength: 8, secret: true });
const door = new ObjectType('a door', {
  size: required(new IntegerType(1, 3, 'm'), ''),
  key: optional(secret, ''),
  'in use': optional(new IntegerType(0, 1, ''), ''),
});
const house = new ObjectType('a house', { doors: required(new ListType(door), '') });

const problems = (value: unknown, path?: string): readonly string[] => {
  const decoded = decode(house, value, path);
  return E.isLeft(decoded) ? decoded.left.map(problemText) : [];
};

describe('what is wrong with a document', () => {
  it('is said of every part of it, with the way there', () => {
    expect(problems({ doors: [{ size: 4 }, { size: 1 }, { 'in use': 2 }] })).to.deep.equal([
      'doors[0].size: expected a whole number from 1 to 3 (m), found 4',
      'doors[2].size: expected a whole number from 1 to 3 (m), found nothing',
      'doors[2]["in use"]: expected a whole number from 0 to 1, found 2',
    ]);
  });

  it('is said with the way that leads to the document', () => {
    expect(problems({ doors: {} }, 'house')).to.deep.equal(['house.doors: expected a list, found an object']);
    expect(problems(7)).to.deep.equal(['expected a house, found 7']);
  });

  it('shows no secret', () => {
    expect(problems({ doors: [{ size: 1, key: 'too few' }] })).to.deep.equal([
      'doors[0].key: expected a passphrase, found [secret]',
    ]);
  });

  it('shows 60 characters of a text, and larger things by their kind', () => {
    expect(shownValue('x'.repeat(60))).to.equal(`"${'x'.repeat(60)}"`);
    expect(shownValue('x'.repeat(61))).to.equal(`"${'x'.repeat(60)}…"`);
    expect([[], [1, 2], {}, null, undefined, () => 1, 2.5, false].map(shownValue)).to.deep.equal([
      'an empty list',
      'a list of 2',
      'an object',
      'null',
      'nothing',
      'a function',
      '2.5',
      'false',
    ]);
    expect(shownValue('a\u202eb'), 'a mark of direction').to.equal('"a\\u{202e}b"');
  });
});
