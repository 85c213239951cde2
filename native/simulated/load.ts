/** Scenario files, from their text to the scenario that is played. */
import * as E from 'fp-ts/lib/Either.js';
import { decode } from '../../json/decoding.js';
import { type Problem, problemText } from '../../json/problem.js';
import { parseJson } from '../../json/text.js';
import { isAccessPointLine, scenarioFromAccessPoints } from './access-points.js';
import { resolveScenario } from './resolve.js';
import type { Scenario } from './scenario.js';
import { scenarioFile } from './scenario-file.js';

/** A scenario from plain JSON values, as a file holds it. Left: everything that is wrong. */
export const decodeScenario = (value: unknown): E.Either<readonly Problem[], Scenario> =>
  E.chain(resolveScenario)(decode(scenarioFile, value));

/**
 * A scenario from the text of a file: a scenario as JSON, or a capture of access points with one JSON object a line.
 * Left: one sentence for each thing that is wrong, beginning with `filename`.
 */
export const loadScenario = (text: string, filename: string): E.Either<readonly string[], Scenario> =>
  E.mapLeft((problems: readonly Problem[]) =>
    problems.map((problem) => `${filename}: ${problemText(problem)}`),
  )(read(text));

const read = (text: string): E.Either<readonly Problem[], Scenario> => {
  const lines = text.split(/\r?\n/);
  if (isAccessPointLine(lines.find((line) => line.trim() !== '') ?? ''))
    return scenarioFromAccessPoints(lines);
  const value = parseJson(text);
  return E.isLeft(value) ? E.left([value.left]) : decodeScenario(value.right);
};
