/** `proxy-wifi ctl air …`: how each step of a scenario's timeline is typed, and what was typed as a step. */
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { DurationType, type Field, FlagType, IntegerType, WordType } from '../json/codecs.js';
import { decode } from '../json/decoding.js';
import { durationForm, parseDuration } from '../json/duration.js';
import { type Problem, problemText } from '../json/problem.js';
import { type AirStep, airStep } from '../native/simulated/index.js';

/** A step as words: `ctl air user connect 'Harbour Cafe'` is `user.connects` with an `ssid`. */
export interface AirWords {
  readonly words: readonly string[];
  readonly do: AirStep['do'];
  /** Which field stands there without a flag. */
  readonly argument?: 'ssid' | 'interface';
}

/** Every step. */
export const airWords: readonly AirWords[] = [
  { words: ['appear'], do: 'network.appears', argument: 'ssid' },
  { words: ['vanish'], do: 'network.vanishes', argument: 'ssid' },
  { words: ['fade'], do: 'network.fades', argument: 'ssid' },
  { words: ['arrive'], do: 'interface.arrives', argument: 'interface' },
  { words: ['leave'], do: 'interface.leaves', argument: 'interface' },
  { words: ['user', 'connect'], do: 'user.connects', argument: 'ssid' },
  { words: ['user', 'disconnect'], do: 'user.disconnects', argument: 'interface' },
  { words: ['user', 'scan'], do: 'user.scans', argument: 'interface' },
  { words: ['connect', 'fail'], do: 'connect.fails' },
  { words: ['connect', 'slow'], do: 'connect.slows' },
  { words: ['connect', 'hang'], do: 'connect.hangs' },
  { words: ['disconnect', 'fail'], do: 'disconnect.fails' },
  { words: ['disconnect', 'slow'], do: 'disconnect.slows' },
  { words: ['disconnect', 'hang'], do: 'disconnect.hangs' },
  { words: ['scan', 'fail'], do: 'scan.fails' },
  { words: ['scan', 'slow'], do: 'scan.slows' },
  { words: ['scan', 'hang'], do: 'scan.hangs' },
  { words: ['service', 'die'], do: 'service.dies' },
  { words: ['service', 'return'], do: 'service.returns' },
];

/** A field of a step as a flag. */
export interface AirFlag {
  readonly field: string;
  /** `--over <time>`, `--refused`. */
  readonly flags: string;
  readonly description: string;
  readonly words: readonly string[];
}

const valueName = (field: string, codec: t.Mixed): string => {
  if (codec instanceof DurationType) return 'time';
  if (field === 'to') return 'dBm';
  return codec instanceof IntegerType ? 'number' : field === 'ssidHex' ? 'hex' : field;
};

const flagName = (field: string): string => `--${field === 'ssidHex' ? 'ssid-hex' : field}`;

const fieldsOf = (step: AirStep['do']): readonly (readonly [string, Field<t.Mixed, boolean>])[] =>
  Object.entries(airStep.variants.get(step)?.fields ?? {}).filter(([name]) => name !== 'do');

/** What a step does, for help. */
export const airDescription = ({ do: step }: AirWords): string => {
  const description = airStep.variants.get(step)?.fields.do?.description ?? '';
  return `${description.charAt(0).toLowerCase()}${description.slice(1).replace(/\.$/, '')}`;
};

/** The flags of a step: its fields, but for the one that stands there by itself. */
export const airFlags = ({ do: step, argument }: AirWords): readonly AirFlag[] =>
  fieldsOf(step)
    .filter(([name]) => name !== argument)
    .map(([field, { codec, description }]) => ({
      field,
      flags: codec instanceof FlagType ? flagName(field) : `${flagName(field)} <${valueName(field, codec)}>`,
      description: description.replace(/^True: /, '').replace(/\.$/, ''),
      words: codec instanceof WordType ? Object.keys(codec.meanings) : [],
    }));

const typedValue = (
  field: string,
  codec: t.Mixed | undefined,
  typed: string | boolean,
): E.Either<string, unknown> => {
  if (typeof typed === 'boolean' || !(codec instanceof IntegerType)) return E.right(typed);
  if (codec instanceof DurationType) {
    const time = parseDuration(typed);
    return time === undefined
      ? E.left(`${flagName(field)}: expected ${durationForm}, found ${JSON.stringify(typed)}`)
      : E.right(time);
  }
  return E.right(/^-?\d+$/.test(typed) ? Number(typed) : typed);
};

/** What was typed, by the names of fields. */
export type AirTyped = Readonly<Record<string, string | boolean | undefined>>;

/** The step that was typed. Left: one sentence for each thing that is wrong. */
export const airStepOf = (
  { do: step, argument }: AirWords,
  typed: AirTyped,
): E.Either<readonly string[], AirStep> => {
  const codecs = new Map(fieldsOf(step));
  const problems: string[] = [];
  const made: Record<string, unknown> = { do: step };
  for (const [field, text] of Object.entries(typed)) {
    if (text === undefined || !codecs.has(field)) continue;
    const value = typedValue(field, codecs.get(field)?.codec, text);
    if (E.isLeft(value)) problems.push(value.left);
    else made[field] = value.right;
  }
  if (problems.length > 0) return E.left(problems);
  return E.mapLeft((wrong: readonly Problem[]) =>
    wrong.map((problem) => {
      const bare = problem.path === argument || problem.path === '';
      return problemText({ ...problem, path: bare ? problem.path : flagName(problem.path) });
    }),
  )(decode(airStep, made));
};
