/**
 * The io-ts codecs that the documents people write (scenarios, fake networks, configuration) are made of. Each knows, besides how to decode, what it
 * expects in words (its `name`, for error messages) and everything that a JSON Schema says of it, so that decoder,
 * messages and schema cannot drift apart. They describe plain JSON: decoding checks and changes nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Finding, quoted } from './problem.js';

const same = <A>(value: A): A => value;

/** A whole number within bounds. */
export class IntegerType extends t.Type<number> {
  readonly minimum: number;
  readonly maximum: number;

  /** `unit` is for people: `dBm`, `ms`. */
  constructor(minimum: number, maximum: number, unit: string) {
    const fits = (u: unknown): u is number =>
      Number.isInteger(u) && Number(u) >= minimum && Number(u) <= maximum;
    const name = `a whole number from ${minimum} to ${maximum}${unit === '' ? '' : ` (${unit})`}`;
    super(name, fits, (u, context) => (fits(u) ? t.success(u) : t.failure(u, context)), same);
    this.minimum = minimum;
    this.maximum = maximum;
  }
}

/** What a text must be like. */
export interface TextRules {
  /** Regular expression over the whole text, with the flag `u`. */
  readonly pattern?: string;
  /** Code points. */
  readonly minLength?: number;
  /** Code points. */
  readonly maxLength?: number;
  /** The text must not appear in any message. */
  readonly secret?: boolean;
}

/** A text. */
export class TextType extends t.Type<string> {
  readonly rules: TextRules;

  constructor(expected: string, rules: TextRules = {}) {
    const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = rules;
    const pattern = rules.pattern === undefined ? undefined : new RegExp(rules.pattern, 'u');
    const fits = (u: unknown): u is string => {
      if (typeof u !== 'string' || pattern?.test(u) === false) return false;
      const length = [...u].length;
      return length >= minLength && length <= maxLength;
    };
    super(expected, fits, (u, context) => (fits(u) ? t.success(u) : t.failure(u, context)), same);
    this.rules = rules;
  }
}

/** `true` or `false`. */
export class FlagType extends t.Type<boolean> {
  constructor() {
    super('true or false', t.boolean.is, (u, c) => (t.boolean.is(u) ? t.success(u) : t.failure(u, c)), same);
  }
}

/** One word out of a few, each with its meaning. */
export class WordType<W extends string> extends t.Type<W> {
  readonly meanings: Readonly<Record<W, string>>;

  constructor(meanings: Readonly<Record<W, string>>) {
    const known = (u: unknown): u is W => typeof u === 'string' && Object.hasOwn(meanings, u);
    super(
      `one of ${quoted(Object.keys(meanings))}`,
      known,
      (u, context) => (known(u) ? t.success(u) : t.failure(u, context)),
      same,
    );
    this.meanings = meanings;
  }
}

/** A list whose items are all of one kind. */
export class ListType<C extends t.Mixed> extends t.Type<readonly t.TypeOf<C>[]> {
  readonly item: C;
  readonly minItems: number;

  constructor(item: C, minItems = 0) {
    const fits = (u: unknown): u is readonly t.TypeOf<C>[] =>
      Array.isArray(u) && u.length >= minItems && u.every(item.is);
    super(
      minItems === 0 ? 'a list' : `a list of at least ${minItems}`,
      fits,
      (u, context) => {
        if (!Array.isArray(u) || u.length < minItems) return t.failure(u, context);
        const items: readonly unknown[] = u;
        return gathered(
          items,
          items.map((value, i) => item.validate(value, t.appendContext(context, `${i}`, item, value))),
        );
      },
      same,
    );
    this.item = item;
    this.minItems = minItems;
  }
}

/** One field of an object: what it takes and what it means. */
export interface Field<C extends t.Mixed, Optional extends boolean> {
  readonly codec: C;
  readonly optional: Optional;
  /** For the schema: a sentence, with the default if the field may be left out. */
  readonly description: string;
}

/** A field that must be there. */
export const required = <C extends t.Mixed>(codec: C, description: string): Field<C, false> => ({
  codec,
  optional: false,
  description,
});

/** A field that may be left out. */
export const optional = <C extends t.Mixed>(codec: C, description: string): Field<C, true> => ({
  codec,
  optional: true,
  description,
});

/** The fields of an object by their names. */
export type Fields = Readonly<Record<string, Field<t.Mixed, boolean>>>;

type Flat<T> = { [K in keyof T]: T[K] };

/** The value of an object with these fields. */
export type ValueOf<F extends Fields> = Flat<
  { readonly [K in keyof F as F[K]['optional'] extends false ? K : never]: t.TypeOf<F[K]['codec']> } & {
    readonly [K in keyof F as F[K]['optional'] extends false ? never : K]?: t.TypeOf<F[K]['codec']>;
  }
>;

/** Fields of which exactly one, or at most one, may be there. */
export interface FieldRule {
  readonly exactly: boolean;
  readonly of: readonly string[];
}

/** One of these fields must be there, and only one. */
export const exactlyOne = (...of: readonly string[]): FieldRule => ({ exactly: true, of });

/** Of these fields one may be there, and only one. */
export const atMostOne = (...of: readonly string[]): FieldRule => ({ exactly: false, of });

/** An object that has these fields and, unless it is `open`, no others, so that a misspelt field is found. */
export class ObjectType<F extends Fields> extends t.Type<ValueOf<F>> {
  readonly fields: F;
  readonly rules: readonly FieldRule[];
  readonly open: boolean;

  constructor(name: string, fields: F, rules: readonly FieldRule[] = [], open = false) {
    const entries = Object.entries(fields);
    const validate = (u: unknown, context: t.Context): t.Validation<ValueOf<F>> => {
      if (!isObject(u)) return t.failure(u, context);
      const results: t.Validation<unknown>[] = [];
      for (const key of open ? [] : Object.keys(u)) {
        if (Object.hasOwn(fields, key)) continue;
        const unknown = t.appendContext(context, key, t.never);
        results.push(t.failure(unknownField, unknown, `one of the fields ${quoted(Object.keys(fields))}`));
      }
      for (const [key, field] of entries) {
        const value = Object.hasOwn(u, key) ? u[key] : undefined;
        if (value === undefined && field.optional) continue;
        results.push(field.codec.validate(value, t.appendContext(context, key, field.codec, value)));
      }
      for (const { exactly, of } of rules) {
        const given = of.filter((key) => u[key] !== undefined);
        if (given.length === 1 || (given.length === 0 && !exactly)) continue;
        const found = new Finding(given.length === 0 ? 'none of them' : quoted(given));
        results.push(t.failure(found, context, `${exactly ? 'exactly' : 'at most'} one of ${quoted(of)}`));
      }
      return gathered(u as ValueOf<F>, results);
    };
    super(name, (u): u is ValueOf<F> => E.isRight(validate(u, [])), validate, same);
    this.fields = fields;
    this.rules = rules;
    this.open = open;
  }
}

const unknownField = new Finding('an unknown field');

/** One of several objects, told apart by the word in the field `tag`. */
export class ChoiceType<A> extends t.Type<A> {
  readonly tag: string;
  readonly variants: ReadonlyMap<string, ObjectType<Fields>>;

  constructor(name: string, tag: string, variants: ReadonlyMap<string, ObjectType<Fields>>) {
    const words = new TextType(`one of ${quoted([...variants.keys()])}`);
    const validate = (u: unknown, context: t.Context): t.Validation<A> => {
      if (!isObject(u)) return t.failure(u, context);
      const word = u[tag];
      const variant = typeof word === 'string' ? variants.get(word) : undefined;
      if (variant === undefined) return t.failure(word, t.appendContext(context, tag, words, word));
      return variant.validate(u, context) as t.Validation<A>;
    };
    super(name, (u): u is A => E.isRight(validate(u, [])), validate, same);
    this.tag = tag;
    this.variants = variants;
  }
}

type Variants = Readonly<
  Record<
    string,
    { readonly description: string; readonly fields: Fields; readonly rules?: readonly FieldRule[] }
  >
>;

type ChoiceOf<Tag extends string, Shared extends Fields, V extends Variants> = {
  [W in keyof V & string]: Flat<{ readonly [K in Tag]: W } & ValueOf<Shared> & ValueOf<V[W]['fields']>>;
}[keyof V & string];

/** Makes a choice whose variants all have the `shared` fields and rules besides their own. */
export const choice = <Tag extends string, Shared extends Fields, V extends Variants>(
  name: string,
  tag: Tag,
  shared: { readonly fields: Shared; readonly rules: readonly FieldRule[] },
  variants: V,
): ChoiceType<ChoiceOf<Tag, Shared, V>> =>
  new ChoiceType(
    name,
    tag,
    new Map(
      Object.entries(variants).map(([word, { description, fields, rules = [] }]) => [
        word,
        new ObjectType<Fields>(
          name,
          {
            [tag]: required(new WordType({ [word]: description }), description),
            ...fields,
            ...shared.fields,
          },
          [...shared.rules, ...rules],
        ),
      ]),
    ),
  );

const isObject = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u);

/** `value` if everything in it is right, else every problem of every part. */
const gathered = <A>(value: A, parts: readonly t.Validation<unknown>[]): t.Validation<A> => {
  const errors = parts.flatMap((part) => (E.isLeft(part) ? part.left : []));
  return errors.length === 0 ? t.success(value) : t.failures(errors);
};
