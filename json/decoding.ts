/** Decoding by io-ts with problems that people can act on. */
import * as E from 'fp-ts/lib/Either.js';
import type * as t from 'io-ts';
import { ListType, TextType } from './codecs.js';
import { fieldPath, type Problem, shownValue } from './problem.js';

/** `value`, found at `path`, as the codec's type, or all of its problems in the order in which the codec looks. */
export const decode = <A>(
  codec: t.Decoder<unknown, A>,
  value: unknown,
  path = '',
): E.Either<readonly Problem[], A> =>
  E.mapLeft((errors: t.Errors) => problemsOf(errors, path))(codec.decode(value));

const problemsOf = (errors: t.Errors, path: string): readonly Problem[] =>
  errors.map(({ context, value, message }) => {
    const type = context.at(-1)?.type;
    const secret = type instanceof TextType && type.rules.secret === true;
    return {
      path: pathOf(context, path),
      value: secret ? '[secret]' : shownValue(value),
      expected: message ?? type?.name ?? 'something else',
    };
  });

const pathOf = (context: t.Context, start: string): string => {
  let path = start;
  for (const [i, { key }] of context.entries()) {
    if (i > 0) path = context[i - 1]?.type instanceof ListType ? `${path}[${key}]` : fieldPath(path, key);
  }
  return path;
};
