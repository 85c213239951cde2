import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import {
  atMostOne,
  CodeType,
  choice,
  exactlyOne,
  FlagType,
  hooks,
  IntegerType,
  JudgedType,
  ListType,
  MapType,
  NullableType,
  ObjectType,
  optional,
  ParsedTextType,
  required,
  TextType,
  WordType,
} from '../../json/codecs.js';

const small = new IntegerType(1, 3, 'dBm');
const word = new TextType('a word', { pattern: '^[a-z]*$', minLength: 2, maxLength: 3 });
const isEven = (u: unknown): u is number => typeof u === 'number' && u % 2 === 0;
const point = new ObjectType(
  'a point',
  { x: required(small, ''), y: optional(small, ''), z: optional(small, '') },
  [atMostOne('y', 'z')],
);

/** A codec, what it takes, and what it does not take. */
const codecs: readonly (readonly [string, t.Mixed, readonly unknown[], readonly unknown[]])[] = [
  ['a whole number', small, [1, 3], [0, 4, 1.5, '2', null, undefined, Number.NaN]],
  ['a text', word, ['ab', 'abc'], ['a', 'abcd', 'AB', 7, null]],
  ['a text of any length', new TextType('a text'), ['', 'x'.repeat(9999)], [7, null]],
  [
    'a text that is parsed',
    new ParsedTextType('an x', (text) => (text === 'x' ? E.right(7) : E.left(undefined))),
    ['x'],
    ['y', 7, null],
  ],
  ['a value that a function judges', new JudgedType('even', isEven, {}), [0, 2], [1, '2', null]],
  ['a value of code', new CodeType('even', isEven), [0, 2], [1, '2', null]],
  ['a flag', new FlagType(), [true, false], [0, 'true', null, undefined]],
  ['a word of a few', new WordType({ a: '', b: '' }), ['a', 'b'], ['c', 'toString', 7, null]],
  ['a list', new ListType(small, 1), [[1], [1, 2, 3]], [[], [0], [1, 4], { 0: 1, length: 1 }, 'a', null]],
  ['a list that may be empty', new ListType(small), [[], [2]], [[7], 7]],
  [
    'a map',
    new MapType('a map', word, small),
    [{}, { ab: 1, abc: 3 }],
    [{ a: 1 }, { ab: 4 }, { ab: 1, A: 1 }, [], null, 7],
  ],
  ['what may be null', new NullableType(small), [null, 1, 3], [0, undefined, 'x']],
  [
    'an object',
    point,
    [{ x: 1 }, { x: 1, y: 2 }, { x: 1, z: 2, y: undefined }],
    [{}, { x: 7 }, { x: 1, y: 7 }, { x: 1, y: 1, z: 1 }, { x: 1, other: 1 }, [], null, 7],
  ],
  [
    'an open object of which one field must be there',
    new ObjectType('one', { x: optional(small, ''), y: optional(small, '') }, [exactlyOne('x', 'y')], true),
    [{ x: 1 }, { y: 1, other: 7 }],
    [{}, { x: 1, y: 1 }, { x: 7 }, null],
  ],
  [
    'a choice',
    choice(
      'a choice',
      'do',
      { fields: { at: optional(small, '') }, rules: [] },
      {
        go: { description: '', fields: { to: required(small, '') } },
        stop: {
          description: '',
          fields: { x: optional(small, ''), y: optional(small, '') },
          rules: [exactlyOne('x', 'y')],
        },
      },
    ),
    [
      { do: 'go', to: 1 },
      { do: 'go', to: 1, at: 2 },
      { do: 'stop', x: 1 },
    ],
    [{ do: 'go' }, { do: 'go', to: 1, x: 1 }, { do: 'stop' }, { do: 'other' }, { do: 7 }, {}, null, 'go'],
  ],
  [
    'hooks',
    hooks<{ readonly on?: () => void }>('hooks', ['on']),
    [
      {},
      { on: () => undefined },
      { on: undefined },
      Object.assign(Object.create(null), { on: () => undefined }),
    ],
    [{ on: 7 }, { off: () => undefined }, [], null, () => undefined],
  ],
];

describe('a codec', () => {
  for (const [what, codec, right, wrong] of codecs)
    it(`of ${what} decodes what is one, unchanged, and knows it when it sees it`, () => {
      for (const value of right) {
        const decoded = codec.decode(value);
        expect(E.isRight(decoded) && decoded.right === value, JSON.stringify(value)).to.equal(true);
        expect(codec.is(value), JSON.stringify(value)).to.equal(true);
      }
      for (const value of wrong) {
        expect(E.isLeft(codec.decode(value)), JSON.stringify(value)).to.equal(true);
        expect(codec.is(value), JSON.stringify(value)).to.equal(false);
      }
    });

  it('takes hooks of any class, whatever else they have', () => {
    class Kept {
      readonly other = 7;
      on(): void {}
    }
    expect(hooks<Kept>('hooks', ['on']).is(new Kept())).to.equal(true);
  });

  it('says what it is in words', () => {
    const list = (minItems?: number, what?: string) => new ListType(small, minItems, what).name;
    expect([list(), list(0, 'numbers'), list(2), list(2, 'numbers')]).to.deep.equal([
      'a list',
      'a list of numbers',
      'a list of at least 2',
      'a list of at least 2 numbers',
    ]);
    expect([small.name, new IntegerType(0, 1, '').name, new NullableType(small).name]).to.deep.equal([
      'a whole number from 1 to 3 (dBm)',
      'a whole number from 0 to 1',
      'a whole number from 1 to 3 (dBm) or null',
    ]);
  });
});
