import { expect } from 'chai';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import {
  CodeType,
  DurationType,
  FlagType,
  IntegerType,
  ListType,
  TextType,
  WordType,
} from '../../json/codecs.js';
import { decode } from '../../json/decoding.js';
import { durationText, parseDuration } from '../../json/duration.js';
import { problemText } from '../../json/problem.js';
import {
  absent,
  documentFields,
  flagsOf,
  inputCodec,
  needed,
  plain,
  sentence,
  settle,
  settled,
  type Typed,
} from '../../json/setting.js';

const table = {
  names: needed({
    codec: new ListType(new TextType('a name'), 1, 'name'),
    doc: 'who is there',
    otherwise: 0,
    otherwiseText: 'nobody',
    flag: { name: 'name', value: 'name' },
    settle: (names) => names.length,
  }),
  size: plain({
    codec: new IntegerType(1, 9, 'cm'),
    doc: 'how large',
    otherwise: 3,
    flag: { value: 'size' },
  }),
  pause: plain({
    codec: new DurationType(0, 60_000),
    doc: 'how long',
    otherwise: 1500,
    flag: { value: 'time' },
  }),
  isLoud: plain({ codec: new FlagType(), doc: 'be loud', otherwise: true, flag: { doc: 'be quiet' } }),
  isFast: plain({ codec: new FlagType(), doc: 'be fast', otherwise: false, flag: {} }),
  colour: settled({
    codec: new WordType({ red: 'Red.', blue: 'Blue.' }),
    doc: 'which colour',
    otherwise: 'RED',
    flag: { value: 'word' },
    settle: (word): string => word.toUpperCase(),
  }),
  file: absent({
    codec: new TextType('a path'),
    doc: 'where it goes',
    otherwiseText: 'nowhere',
    flag: { alone: true, file: true },
  }),
  callback: absent({
    codec: new CodeType('a function', (u): u is () => void => typeof u === 'function'),
    doc: 'called at last',
    otherwiseText: 'nobody',
  }),
} as const;

const flags = new Map(flagsOf(table).map((flag) => [flag.setting, flag]));

const typed = (setting: string, text: Typed): unknown => {
  const read = flags.get(setting)?.read(text);
  if (read === undefined) throw new Error(`no flag for ${setting}`);
  return E.isLeft(read) ? problemText(read.left) : read.right;
};

describe('a table of settings', () => {
  it('fills in what is not given, and settles what is', () => {
    expect(settle(table, { names: ['a', 'b'], colour: 'blue' })).to.deep.equal({
      names: 2,
      size: 3,
      pause: 1500,
      isLoud: true,
      isFast: false,
      colour: 'BLUE',
      file: undefined,
      callback: undefined,
    });
  });

  it('needs in code what must be given, and takes functions there', () => {
    const input = inputCodec('an input', table);
    expect(input.is({ names: ['a'], callback: () => undefined })).to.equal(true);
    const decoded = decode(input, { size: 10, colours: 'red' });
    expect(E.isLeft(decoded) && decoded.left.map(problemText)).to.deep.equal([
      `colours: expected one of the fields ${Object.keys(table)
        .map((name) => `"${name}"`)
        .join(', ')}, found an unknown field`,
      'names: expected a list of at least 1 name, found nothing',
      'size: expected a whole number from 1 to 9 (cm), found 10',
    ]);
  });

  it('needs nothing in a document, which has no functions', () => {
    const fields = documentFields(table);
    expect(Object.keys(fields)).to.deep.equal(Object.keys(table).filter((name) => name !== 'callback'));
    expect(Object.values(fields).every(({ optional }) => optional)).to.equal(true);
    expect(fields.size?.description).to.equal('How large. Default: 3.');
    expect(sentence(table.names)).to.equal('Who is there.');
    expect(sentence(table.pause)).to.equal('How long. Default: 1500 (1500ms).');
  });

  it('has flags with names, values and help', () => {
    expect([...flags.values()].map(({ name, value }) => `${name} ${value}`.trim())).to.deep.equal([
      '--name <name>',
      '--size <size>',
      '--pause <time>',
      '--no-is-loud',
      '--is-fast',
      '--colour <word>',
      '--file [value]',
    ]);
    expect([...flags.values()].map(({ help }) => help)).to.deep.equal([
      'who is there; repeatable (default: nobody)',
      'how large (default: 3)',
      'how long (default: 1500ms)',
      'be quiet',
      'be fast',
      'which colour (default: RED)',
      'where it goes (default: nowhere)',
    ]);
    expect(flags.get('colour')?.words).to.deep.equal(['red', 'blue']);
    expect([flags.get('file')?.file, flags.get('size')?.file]).to.deep.equal([true, false]);
  });

  it('reads what was typed as the codec takes it', () => {
    expect(typed('names', ['a', 'b'])).to.deep.equal(['a', 'b']);
    expect(typed('size', '7')).to.equal(7);
    expect(typed('size', '7e1')).to.equal('7e1');
    expect(typed('pause', '2s')).to.equal(2000);
    expect(typed('isLoud', true)).to.equal(false);
    expect(typed('isFast', true)).to.equal(true);
    expect(typed('file', true)).to.equal(true);
    expect(typed('file', 'x')).to.equal('x');
    expect(typed('pause', '2')).to.equal(
      '--pause: expected a time with its unit, such as 250ms, 5s, 1m or 2h, found "2"',
    );
  });
});

describe('a time as people type it', () => {
  for (const [text, milliseconds] of [
    ['0', 0],
    ['250ms', 250],
    ['1.5s', 1500],
    ['5s', 5000],
    ['1m', 60_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ] as const)
    it(`${text} is ${milliseconds} ms`, () => {
      expect(parseDuration(text)).to.equal(milliseconds);
    });

  for (const text of ['', '5', 's', '-1s', '1.5ms', '5 s', '5S', '1e3s', '5s5s', '0.0001s'])
    it(`${JSON.stringify(text)} is none`, () => {
      expect(parseDuration(text)).to.equal(undefined);
    });

  it('is written in the largest unit that fits', () => {
    expect([0, 250, 1500, 5000, 90_000, 60_000, 7_200_000, 86_400_000].map(durationText)).to.deep.equal([
      '0',
      '250ms',
      '1500ms',
      '5s',
      '90s',
      '1m',
      '2h',
      '1d',
    ]);
  });

  it('is written so that it is read again', () => {
    void fc.assert(
      fc.property(fc.nat(999_999_999), (milliseconds) => {
        expect(parseDuration(durationText(milliseconds))).to.equal(milliseconds);
      }),
    );
  });
});
