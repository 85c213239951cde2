/**
 * A setting as one row of a table: what it takes, what holds without it, its flag and what it means. What a program takes
 * as input, its configuration file, the file's schema, its flags and its documentation come from such tables.
 */
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import {
  CodeType,
  DurationType,
  type Field,
  type Fields,
  FlagType,
  IntegerType,
  ListType,
  ObjectType,
  optional,
  required,
  WordType,
} from './codecs.js';
import { durationForm, durationText, parseDuration } from './duration.js';
import { type Problem, shownValue } from './problem.js';

/** How a setting is typed on a command line. */
interface Flag {
  /** Without its dashes. Left out: the setting's name with hyphens. */
  readonly name?: string;
  /** What stands behind it, for help: `url`. Left out for `true or false`. */
  readonly value?: string;
  /** What it means where nothing stands behind it. Left out: something must. */
  readonly alone?: unknown;
  /** The value of what was typed, where the codec does not say how to read it. Left: what was expected. */
  readonly read?: (text: string) => E.Either<string, unknown>;
  /** Does it name a file? Shells complete it. */
  readonly file?: true;
  /** Words that may stand behind it, where the codec does not say so. */
  readonly words?: readonly string[];
  /** What it means, where a flag says it in other words: `--no-…`. */
  readonly doc?: string;
}

/** One row. `C` is what it takes, `S` what the program works with. */
export interface Setting<C extends t.Mixed, S, Needed extends boolean = boolean> {
  readonly codec: C;
  /** A phrase in lower case, without its default and without a full stop. */
  readonly doc: string;
  readonly needed: Needed;
  /** What holds where it is left out. */
  readonly otherwise: S;
  /** That in words, where it is no plain value. */
  readonly otherwiseText?: string;
  /** Left out: it is typed nowhere. */
  readonly flag?: Flag;
  /** Takes effect at once when it is another one while the program runs. Left out: after a restart. */
  readonly live?: true;
  settle(value: t.TypeOf<C>): S;
}

/** Rows by the names of their settings. */
export type SettingTable = Readonly<Record<string, Setting<t.Mixed, unknown>>>;

type Row<C extends t.Mixed, S> = Omit<Setting<C, S>, 'settle' | 'needed'>;

/** A setting with which the program works as it is given. */
export const plain = <C extends t.Mixed>(row: Row<C, t.TypeOf<C>>): Setting<C, t.TypeOf<C>, false> => ({
  ...row,
  needed: false,
  settle: (value) => value,
});

/** A setting without which something is not there. */
export const absent = <C extends t.Mixed>(
  row: Omit<Row<C, undefined>, 'otherwise'>,
): Setting<C, t.TypeOf<C> | undefined, false> => ({
  ...row,
  needed: false,
  otherwise: undefined,
  settle: (value) => value,
});

/** A setting that is turned into something else before the program works with it. */
export const settled = <C extends t.Mixed, S>(
  row: Row<C, S> & { settle(value: t.TypeOf<C>): S },
): Setting<C, S, false> => ({ ...row, needed: false });

/** A setting that must be given. */
export const needed = <C extends t.Mixed, S>(
  row: Row<C, S> & { settle(value: t.TypeOf<C>): S },
): Setting<C, S, true> => ({ ...row, needed: true });

type Flat<T> = { [K in keyof T]: T[K] };

/** What is given for a table: each setting as its codec takes it. */
export type InputOf<T extends SettingTable> = Flat<
  { readonly [K in keyof T as T[K]['needed'] extends true ? K : never]: t.TypeOf<T[K]['codec']> } & {
    readonly [K in keyof T as T[K]['needed'] extends true ? never : K]?: t.TypeOf<T[K]['codec']>;
  }
>;

/** What a program works with: every setting, each settled. */
export type SettledOf<T extends SettingTable> = { readonly [K in keyof T]: ReturnType<T[K]['settle']> };

/** Fills in what holds where nothing is given. `input` has been checked. */
export const settle = <T extends SettingTable>(table: T, input: InputOf<T>): SettledOf<T> => {
  const given: Readonly<Record<string, unknown>> = input;
  return Object.fromEntries(
    Object.entries(table).map(([name, row]) => [
      name,
      given[name] === undefined ? row.otherwise : row.settle(given[name]),
    ]),
  ) as SettledOf<T>;
};

/** The codec of what is given in code. */
export const inputCodec = (name: string, table: SettingTable): ObjectType<Fields> =>
  new ObjectType(
    name,
    fieldsOf(table, ({ needed: must }) => must),
  );

/** The fields of a document: what code alone can give is left out, and nothing must be there. */
export const documentFields = (table: SettingTable): Fields =>
  fieldsOf(Object.fromEntries(Object.entries(table).filter(([, row]) => isWritten(row))), () => false);

const fieldsOf = (
  table: SettingTable,
  must: (row: Setting<t.Mixed, unknown>) => boolean,
): Readonly<Record<string, Field<t.Mixed, boolean>>> =>
  Object.fromEntries(
    Object.entries(table).map(([name, row]) => [
      name,
      (must(row) ? required : optional)(row.codec, sentence(row)),
    ]),
  );

/** Can a document hold it? */
export const isWritten = ({ codec }: Setting<t.Mixed, unknown>): boolean => !(codec instanceof CodeType);

/** What holds without it, in words. */
export const otherwiseText = (row: Setting<t.Mixed, unknown>): string =>
  row.otherwiseText ?? valueText(row, row.otherwise);

/** A value as people read it: times also as they are typed. */
export const valueText = ({ codec }: Setting<t.Mixed, unknown>, value: unknown): string => {
  if (codec instanceof DurationType && typeof value === 'number') return `${value} (${durationText(value)})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** What a setting is, for documents and schemas. */
export const sentence = (row: Setting<t.Mixed, unknown>): string =>
  `${row.doc.charAt(0).toUpperCase()}${row.doc.slice(1)}.${row.needed ? '' : ` Default: ${otherwiseText(row)}.`}`;

/** A setting's flag, ready to be declared, completed and read. */
export interface TypedFlag {
  readonly setting: string;
  /** With its dashes: `--request-port`. */
  readonly name: string;
  /** `<port>`, `[port]` or nothing. */
  readonly value: string;
  readonly repeatable: boolean;
  readonly file: boolean;
  /** Words that may stand behind it; none where anything may. */
  readonly words: readonly string[];
  /** For help: what it means and what holds without it. */
  readonly help: string;
  /** The value of what was typed, for the codec to check. Left: what was wrong with it. */
  readonly read: (typed: Typed) => E.Either<Problem, unknown>;
}

/** What was typed: the texts behind a flag, or true where it stood alone. */
export type Typed = string | boolean | readonly string[];

const hyphenated = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The flags of a table, in its order. */
export const flagsOf = (table: SettingTable): readonly TypedFlag[] =>
  Object.entries(table).flatMap(([setting, row]) =>
    row.flag === undefined ? [] : [flagOf(setting, row, row.flag)],
  );

const flagOf = (setting: string, row: Setting<t.Mixed, unknown>, flag: Flag): TypedFlag => {
  const { codec } = row;
  const isSwitch = codec instanceof FlagType;
  const isOff = isSwitch && row.otherwise === true;
  const name = `--${isOff ? 'no-' : ''}${flag.name ?? hyphenated(setting)}`;
  const item = codec instanceof ListType ? (codec.item as t.Mixed) : codec;
  const readOne = (text: string): E.Either<Problem, unknown> => {
    const read = flag.read?.(text) ?? typedValue(item, text);
    return E.mapLeft((expected: string) => ({ path: name, value: shownValue(text), expected }))(read);
  };
  const value = flag.value ?? 'value';
  return {
    setting,
    name,
    value: isSwitch ? '' : flag.alone === undefined ? `<${value}>` : `[${value}]`,
    repeatable: codec instanceof ListType,
    file: flag.file ?? false,
    words: flag.words ?? (item instanceof WordType ? Object.keys(item.meanings) : []),
    help: helpOf(row),
    read: (typed) => {
      if (isSwitch) return E.right(!isOff);
      if (typeof typed === 'boolean') return E.right(flag.alone);
      return typeof typed === 'string' ? readOne(typed) : E.traverseArray(readOne)(typed);
    },
  };
};

/** The value of a typed text. What is no number stays a text, for the codec to refuse. */
const typedValue = (codec: t.Mixed, text: string): E.Either<string, unknown> => {
  if (codec instanceof DurationType) return E.fromNullable(durationForm)(parseDuration(text));
  return E.right(codec instanceof IntegerType && /^-?\d+$/.test(text) ? Number(text) : text);
};

const helpOf = (row: Setting<t.Mixed, unknown>): string => {
  const { codec, otherwise, flag, doc } = row;
  const repeatable = codec instanceof ListType ? '; repeatable' : '';
  if (codec instanceof FlagType) return flag?.doc ?? doc;
  const without =
    codec instanceof DurationType && typeof otherwise === 'number'
      ? durationText(otherwise)
      : otherwiseText(row);
  return `${flag?.doc ?? doc}${repeatable} (default: ${without})`;
};
