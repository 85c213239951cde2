/** Scenario files, from their text to the scenario that is played. */
import * as E from 'fp-ts/lib/Either.js';
import { decode } from '../../json/decoding.js';
import { type Problem, problemText } from '../../json/problem.js';
import { parseJson } from '../../json/text.js';
import { isAccessPointLine, scenarioFromAccessPoints } from './access-points.js';
import { castOf } from './cast.js';
import { resolveScenario } from './resolve.js';
import { resolveAction } from './resolve-step.js';
import type { Action, Scenario } from './scenario.js';
import { scenarioFile } from './scenario-file.js';
import { airStep } from './scenario-steps.js';

/** A scenario from plain JSON values, as a file holds it. Left: everything that is wrong. */
export const decodeScenario = (value: unknown): E.Either<readonly Problem[], Scenario> =>
  E.chain(resolveScenario)(decode(scenarioFile, value));

/**
 * A step of a timeline that is done now (`backend.control.perform`), from plain JSON values; what it names must be in `scenario`.
 * Left: everything that is wrong.
 */
export const decodeAirStep = (value: unknown, scenario: Scenario): E.Either<readonly Problem[], Action> => {
  const step = decode(airStep, value);
  if (E.isLeft(step)) return step;
  const cast = castOf(scenario);
  const action = resolveAction(cast, '', step.right);
  return cast.problems.length > 0 ? E.left(cast.problems) : E.right(action);
};

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
