/** The configuration file of `serve`: JSON with the settings of `serve-table.ts`. */
import { dirname, resolve } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { atMostOne, ObjectType, optional, TextType } from '../json/codecs.js';
import { decode } from '../json/decoding.js';
import { problemText } from '../json/problem.js';
import { documentFields } from '../json/setting.js';
import { parseJson } from '../json/text.js';
import { decodeFakeNetworks } from '../settings.js';
import { logTargetIn } from './log-target.js';
import { serveTable } from './serve-table.js';
import { noState } from './state-place.js';
import { readTextFile } from './text-file.js';

/** Settings by their names, as a file or flags give them; each has been checked by itself. */
export type Given = Readonly<Record<string, unknown>>;

/** The whole file. */
export const configFile = new ObjectType(
  'a configuration',
  {
    $schema: optional(new TextType('the address of the schema'), 'For editors; not read.'),
    ...documentFields(serveTable),
  },
  [atMostOne('radio', 'scenario'), atMostOne('fakeNetworks', 'networks')],
);

/** Settings that name files. */
const fileSettings = Object.entries(serveTable)
  .filter(([, { flag }]) => flag?.file === true)
  .map(([name]) => name);

/** A word of its own, where a path may stand. */
const isWord = (name: string, value: string): boolean => name === 'state' && value === noState;

const decodeConfig = (text: string, folder: string): E.Either<readonly string[], Given> => {
  const json = parseJson(text);
  if (E.isLeft(json)) return E.left([problemText(json.left)]);
  const decoded = decode(configFile, json.right);
  if (E.isLeft(decoded)) return E.left(decoded.left.map(problemText));
  const { $schema: _, ...given } = decoded.right as Given;
  const list = decodeFakeNetworks(given.fakeNetworks ?? [], 'fakeNetworks');
  if (E.isLeft(list)) return E.left(list.left.map(problemText));
  const paths = fileSettings.flatMap((name) =>
    typeof given[name] === 'string' && !isWord(name, given[name])
      ? [[name, resolve(folder, given[name])] as const]
      : [],
  );
  const logTo = Array.isArray(given.logTo)
    ? { logTo: given.logTo.map((target) => logTargetIn(folder, String(target))) }
    : {};
  return E.right({ ...given, ...Object.fromEntries(paths), ...logTo });
};

/**
 * Reads a configuration file; paths in it become absolute. Left: one sentence for each thing that is wrong, beginning with
 * the file's name.
 */
export const readConfig = async (file: string): Promise<E.Either<readonly string[], Given>> => {
  const text = await readTextFile(file);
  if (E.isLeft(text)) return text;
  return E.mapLeft((problems: readonly string[]) => problems.map((problem) => `${file}: ${problem}`))(
    decodeConfig(text.right, dirname(resolve(file))),
  );
};
