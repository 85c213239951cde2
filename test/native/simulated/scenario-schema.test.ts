import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { isRight } from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import {
  ChoiceType,
  type FieldRule,
  type Fields,
  FlagType,
  IntegerType,
  ListType,
  ObjectType,
  TextType,
  WordType,
} from '../../../json/codecs.js';
import { documentSchema, type JsonSchema } from '../../../json/schema.js';
import { scenarioFile } from '../../../native/simulated/scenario-file.js';
import { scenarioSchemaText } from '../../../native/simulated/scenario-schema.js';

const docs = new URL('../../../docs/', import.meta.url);
const shipped = readFileSync(new URL('scenario.schema.json', docs), 'utf8');
const accepts = new Ajv({ strict: true, strictRequired: false }).compile(JSON.parse(shipped) as JsonSchema);

const hex = (minLength: number, maxLength: number, separator = ''): fc.Arbitrary<string> =>
  fc
    .uint8Array({ minLength, maxLength })
    .map((bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(separator));

const text = (minLength: number, maxLength: number, characters: string): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...characters), { minLength, maxLength }).map((each) => each.join(''));

/** A text that the rules allow, by what their pattern begins with. */
const textOf = ({ rules, is, name }: TextType): fc.Arbitrary<string> => {
  const { pattern = '', minLength = 0, maxLength = 80 } = rules;
  if (pattern === '') return text(minLength, maxLength, 'aZ0 "\\é€📶\u0007');
  if (pattern === '^[^\\p{Cc}]+$' || pattern === '^[^\\0]+$') return text(1, maxLength, 'aZ0 "\\é€📶');
  if (pattern.startsWith('^(?!(?:00')) return fc.oneof(hex(6, 6, ':'), hex(6, 6, '-')).filter(is);
  if (pattern.startsWith('^([0-9a-fA-F]{2})+')) return hex(1, Math.min(maxLength / 2, 40));
  if (pattern.startsWith('^\\d{4}-'))
    return fc
      .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
      .map((date) => date.toISOString());
  if (pattern.startsWith('^([ -~]{8,63}')) return fc.oneof(text(8, 63, 'aZ0 ~"\\'), hex(32, 32));
  throw new Error(`no texts for ${name}`);
};

/** Leaves as many of the fields as the rule allows: the one at `chosen`, if there has to be one. */
const obey =
  (chosen: number) =>
  (value: Record<string, unknown>, { exactly, of }: FieldRule): Record<string, unknown> => {
    const given = of.filter((key) => value[key] !== undefined);
    const kept = exactly || chosen % 2 === 0 ? given[chosen % given.length] : undefined;
    return Object.fromEntries(Object.entries(value).filter(([key]) => key === kept || !of.includes(key)));
  };

const objectOf = ({ fields, rules, is }: ObjectType<Fields>): fc.Arbitrary<unknown> => {
  const needed = Object.keys(fields).filter(
    (key) => fields[key]?.optional === false || rules.some(({ exactly, of }) => exactly && of.includes(key)),
  );
  const record = fc.record(
    Object.fromEntries(Object.entries(fields).map(([key, { codec }]) => [key, acceptedBy(codec)])),
    { requiredKeys: needed },
  );
  return fc
    .tuple(record, fc.nat(5))
    .map(([value, chosen]): unknown => rules.reduce(obey(chosen), { ...value }))
    .filter(is);
};

/** Values that a codec of scenario files accepts. One for each codec, since those are used at many places. */
const acceptedBy = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  const known = values.get(codec) ?? madeFor(codec);
  values.set(codec, known);
  return known;
};

const values = new Map<t.Mixed, fc.Arbitrary<unknown>>();

const madeFor = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  if (codec instanceof IntegerType) return fc.integer({ min: codec.minimum, max: codec.maximum });
  if (codec instanceof TextType) return textOf(codec);
  if (codec instanceof FlagType) return fc.boolean();
  if (codec instanceof WordType) return fc.constantFrom(...Object.keys(codec.meanings));
  if (codec instanceof ListType)
    return fc.array(acceptedBy(codec.item), { minLength: codec.minItems, maxLength: codec.minItems + 2 });
  if (codec instanceof ChoiceType) return fc.oneof(...[...codec.variants.values()].map(objectOf));
  if (codec instanceof ObjectType) return objectOf(codec);
  throw new Error(codec.name);
};

/** Everything in a JSON value that can be changed: the object or list that holds it, and where. */
const places = (value: unknown): readonly (readonly [object, string])[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => [[value, key] as const, ...places(inner)])
    : [];

interface Breakage {
  readonly at: number;
  readonly how: 'replace' | 'remove' | 'add' | 'copy';
  readonly value: unknown;
}

const breakage: fc.Arbitrary<Breakage> = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'add', 'copy'),
  value: fc.oneof(fc.jsonValue(), fc.integer(), fc.constantFrom('', 'open', 'scan', 'wlan0', '00')),
});

/** The file with one thing in it changed. */
const broken = (file: unknown, { at, how, value }: Breakage): unknown => {
  const copy: unknown = JSON.parse(JSON.stringify(file));
  const all = places(copy);
  const [holder, key] = all[at % all.length] ?? [{}, ''];
  const [, other] = all[(at * 7 + 3) % all.length] ?? [{}, ''];
  if (how === 'remove') {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else Reflect.deleteProperty(holder, key);
  } else if (how === 'replace') Object.assign(holder, { [key]: value });
  else if (!Array.isArray(holder)) Object.assign(holder, { [how === 'add' ? 'extra' : other]: value });
  return copy;
};

const decodes = (value: unknown): boolean => isRight(scenarioFile.decode(value));

describe('the JSON Schema of scenario files', () => {
  it('is in the file that is shipped, up to date (else run docs/write-scenario-schema.ts)', () => {
    expect(shipped).to.equal(scenarioSchemaText);
  });

  for (const name of readdirSync(new URL('examples/', docs))) {
    if (!name.endsWith('.json')) continue;
    it(`accepts docs/examples/${name}`, () => {
      const file: unknown = JSON.parse(readFileSync(new URL(`examples/${name}`, docs), 'utf8'));
      accepts(file);
      expect(accepts.errors).to.equal(null);
      expect(decodes(file)).to.equal(true);
    });
  }

  it('has a description for every field', () => {
    const missing: string[] = [];
    const look = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      for (const [key, inner] of Object.entries(schema)) {
        if (key === 'properties')
          for (const [field, at] of Object.entries(
            inner as Record<string, { readonly description?: string }>,
          ))
            if (!at.description?.endsWith('.')) missing.push(`${path}.${field}`);
        look(inner, `${path}.${key}`);
      }
    };
    look(JSON.parse(shipped), '');
    expect(missing).to.deep.equal([]);
  });

  it('accepts what the decoder accepts', () =>
    fc.assert(
      fc.property(acceptedBy(scenarioFile), (file) => {
        accepts(file);
        expect(accepts.errors).to.equal(null);
        expect(decodes(file)).to.equal(true);
      }),
      { numRuns: 200 },
    ));

  it('accepts and refuses what the decoder accepts and refuses, when something is changed', () => {
    const verdicts = { accepted: 0, refused: 0 };
    const agreement = fc.property(acceptedBy(scenarioFile), breakage, (file, change): void => {
      const changed = broken(file, change);
      const accepted = decodes(changed);
      verdicts[accepted ? 'accepted' : 'refused']++;
      expect(accepts(changed), JSON.stringify(changed)).to.equal(accepted);
    });
    expect(() => fc.assert(agreement, { numRuns: 600 })).to.not.throw();
    expect(verdicts.refused).to.be.greaterThan(100);
    expect(verdicts.accepted).to.be.greaterThan(10);
  });

  it('cannot be made of a codec that it does not know', () => {
    const foreign = new ListType(scenarioFile.fields.seed.codec);
    expect(documentSchema('numbers', foreign)).to.deep.include({ type: 'array' });
    expect(() => documentSchema('unknown', { ...foreign, name: 'foreign' } as unknown as t.Mixed)).to.throw(
      'foreign',
    );
  });
});
