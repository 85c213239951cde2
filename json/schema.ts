/** JSON Schema (draft 7) out of the codecs in `codecs.ts`: pure, for the schema files in `docs` and their tests. */
import type * as t from 'io-ts';
import {
  ChoiceType,
  type FieldRule,
  type Fields,
  FlagType,
  IntegerType,
  JudgedType,
  ListType,
  MapType,
  NullableType,
  ObjectType,
  ParsedTextType,
  TextType,
  WordType,
} from './codecs.js';

/** A schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of a document that `codec` decodes. A codec that is not from `codecs.ts` is a programming error and throws. */
export const documentSchema = (title: string, codec: t.Mixed): JsonSchema => {
  const definitions = new Map<string, JsonSchema>();
  const schema = schemaOf(codec, definitions);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title,
    ...schema,
    definitions: Object.fromEntries(definitions),
  };
};

/** The same as part of an OpenAPI document; choices are added to its `schemas`. */
export const componentSchema = (codec: t.Mixed, schemas: Map<string, JsonSchema>): JsonSchema => {
  const moved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(moved);
    if (typeof value === 'string') return value.replace(/^#\/definitions\//, '#/components/schemas/');
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, moved(each)]));
  };
  const definitions = new Map<string, JsonSchema>();
  const schema = moved(schemaOf(codec, definitions)) as JsonSchema;
  for (const [name, each] of definitions) schemas.set(name, moved(each) as JsonSchema);
  return schema;
};

/** Choices stand under `definitions`, by their name, since they are large and used more than once. */
const schemaOf = (codec: t.Mixed, definitions: Map<string, JsonSchema>): JsonSchema => {
  if (codec instanceof IntegerType) {
    const { minimum, maximum } = codec;
    return { type: 'integer', minimum, maximum };
  }
  if (codec instanceof ParsedTextType) return { type: 'string' };
  if (codec instanceof JudgedType) return codec.schema;
  if (codec instanceof NullableType) return { oneOf: [{ type: 'null' }, schemaOf(codec.codec, definitions)] };
  if (codec instanceof MapType)
    return { type: 'object', additionalProperties: schemaOf(codec.item, definitions) };
  if (codec instanceof TextType) {
    const { pattern, minLength, maxLength } = codec.rules;
    return { type: 'string', ...given({ pattern, minLength, maxLength }) };
  }
  if (codec instanceof FlagType) return { type: 'boolean' };
  if (codec instanceof WordType) return wordSchema(Object.entries(codec.meanings));
  if (codec instanceof ListType) {
    const { item, minItems } = codec;
    return { type: 'array', items: schemaOf(item, definitions), ...(minItems > 0 ? { minItems } : {}) };
  }
  if (codec instanceof ObjectType) return objectSchema(codec, definitions);
  if (codec instanceof ChoiceType) {
    const name = codec.name.replace(/^an? /, '');
    if (!definitions.has(name)) definitions.set(name, choiceSchema(codec, definitions));
    return { $ref: `#/definitions/${name}` };
  }
  throw new Error(`no JSON Schema for the codec "${codec.name}"`);
};

const choiceSchema = (
  { tag, variants }: ChoiceType<unknown>,
  definitions: Map<string, JsonSchema>,
): JsonSchema => ({
  type: 'object',
  required: [tag],
  oneOf: [...variants.values()].map((variant) => objectSchema(variant, definitions)),
});

/** Editors show what a word means where each word is a schema of its own. */
const wordSchema = (words: readonly (readonly [string, unknown])[]): JsonSchema => {
  const each = words.map(([word, description]) => ({ const: word, description }));
  return each.length === 1 ? { ...each[0] } : { oneOf: each };
};

const objectSchema = (
  { fields, rules, open }: ObjectType<Fields>,
  definitions: Map<string, JsonSchema>,
): JsonSchema => {
  const required = Object.keys(fields).filter((key) => fields[key]?.optional === false);
  const allOf = rules.map(ruleSchema);
  return {
    type: 'object',
    additionalProperties: open,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(
      Object.entries(fields).map(([key, { codec, description }]) => [
        key,
        described(description, schemaOf(codec, definitions)),
      ]),
    ),
    ...(allOf.length > 0 ? { allOf } : {}),
  };
};

/** Draft 7 takes no notice of what stands beside a `$ref`. */
const described = (description: string, schema: JsonSchema): JsonSchema =>
  '$ref' in schema ? { description, allOf: [schema] } : { description, ...schema };

const ruleSchema = ({ exactly, of }: FieldRule): JsonSchema => {
  const each = of.map((key) => ({ required: [key] }));
  if (exactly) return { oneOf: each };
  const pairs = of.flatMap((a, i) => of.slice(i + 1).map((b) => ({ required: [a, b] })));
  return { not: { anyOf: pairs } };
};

const given = (rules: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(rules).filter(([, value]) => value !== undefined));
