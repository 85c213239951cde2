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

/** A text of a form that a parser knows. */
export class ParsedTextType extends t.Type<string> {
  /** `parse` gives what it expected instead, where it can say that better than `expected`. */
  constructor(expected: string, parse: (text: string) => E.Either<string | undefined, unknown>) {
    const validate = (u: unknown, context: t.Context): t.Validation<string> => {
      if (typeof u !== 'string') return t.failure(u, context);
      const parsed = parse(u);
      return E.isLeft(parsed) ? t.failure(u, context, parsed.left) : t.success(u);
    };
    super(expected, (u): u is string => typeof u === 'string' && E.isRight(parse(u)), validate, same);
  }
}

/** A time in whole milliseconds. People who type it give the unit: see `duration.ts`. */
export class DurationType extends IntegerType {
  constructor(minimum: number, maximum: number) {
    super(minimum, maximum, 'ms');
  }
}

/** A value that only a function can tell, with the JSON Schema (draft 7) of what a document may hold. */
export class JudgedType<A> extends t.Type<A> {
  readonly schema: Readonly<Record<string, unknown>>;

  constructor(expected: string, is: (u: unknown) => u is A, schema: Readonly<Record<string, unknown>>) {
    super(expected, is, (u, context) => (is(u) ? t.success(u) : t.failure(u, context)), same);
    this.schema = schema;
  }
}

/** A value that code gives and no document holds: a function, or an object with methods. */
export class CodeType<A> extends t.Type<A> {
  constructor(expected: string, is: (u: unknown) => u is A, validate?: t.Validate<unknown, A>) {
    super(expected, is, validate ?? ((u, context) => (is(u) ? t.success(u) : t.failure(u, context))), same);
  }
}

/** An object with some of these methods. A plain object has nothing else, so that a misspelt one is found. */
export const hooks = <A extends object>(
  expected: string,
  names: readonly (keyof A & string)[],
): CodeType<A> => {
  const validate = (u: unknown, context: t.Context): t.Validation<A> => {
    if (!isObject(u)) return t.failure(u, context);
    const prototype: unknown = Object.getPrototypeOf(u);
    const own = prototype === Object.prototype || prototype === null ? Object.keys(u) : [];
    const known: ReadonlySet<string> = new Set(names);
    const unknown = own.filter((key) => !known.has(key)).map((key) => unknownIn(context, key, names));
    const wrong = names
      .filter((name) => u[name] !== undefined && typeof u[name] !== 'function')
      .map((name) => t.failure(u[name], t.appendContext(context, name, t.Function), 'a function'));
    return gathered(u as A, [...unknown, ...wrong]);
  };
  return new CodeType(expected, (u): u is A => E.isRight(validate(u, [])), validate);
};

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

  /** `what` the items are, for people: `networks`. */
  constructor(item: C, minItems = 0, what = '') {
    const fits = (u: unknown): u is readonly t.TypeOf<C>[] =>
      Array.isArray(u) && u.length >= minItems && u.every(item.is);
    super(
      [minItems === 0 ? 'a list' : `a list of at least ${minItems}`, what]
        .filter(Boolean)
        .join(minItems === 0 ? ' of ' : ' '),
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

/** An object whose keys are of one form and whose values are all of one kind. */
export class MapType<C extends t.Mixed> extends t.Type<Readonly<Record<string, t.TypeOf<C>>>> {
  readonly key: t.Type<string>;
  readonly item: C;

  constructor(name: string, key: t.Type<string>, item: C) {
    const validate = (
      u: unknown,
      context: t.Context,
    ): t.Validation<Readonly<Record<string, t.TypeOf<C>>>> => {
      if (!isObject(u)) return t.failure(u, context);
      const results = Object.entries(u).map(([at, value]) => {
        const named = key.validate(at, t.appendContext(context, at, key, at));
        return E.isLeft(named) ? named : item.validate(value, t.appendContext(context, at, item, value));
      });
      return gathered(u as Readonly<Record<string, t.TypeOf<C>>>, results);
    };
    super(
      name,
      (u): u is Readonly<Record<string, t.TypeOf<C>>> => E.isRight(validate(u, [])),
      validate,
      same,
    );
    this.key = key;
    this.item = item;
  }
}

/** What `codec` takes, or null. */
export class NullableType<C extends t.Mixed> extends t.Type<t.TypeOf<C> | null> {
  readonly codec: C;

  constructor(codec: C) {
    super(
      `${codec.name} or null`,
      (u): u is t.TypeOf<C> | null => u === null || codec.is(u),
      (u, context) => (u === null ? t.success(u) : codec.validate(u, context)),
      same,
    );
    this.codec = codec;
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
        if (!Object.hasOwn(fields, key)) results.push(unknownIn(context, key, Object.keys(fields)));
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

const unknownIn = (context: t.Context, key: string, known: readonly string[]): t.Validation<never> =>
  t.failure(unknownField, t.appendContext(context, key, t.never), `one of the fields ${quoted(known)}`);

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
