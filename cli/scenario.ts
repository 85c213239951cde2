/** `proxy-wifi scenario FILE`: makes a scenario of a recording, so that what happened once can happen again. */
import { writeFile } from 'node:fs/promises';
import * as E from 'fp-ts/lib/Either.js';
import { problemText } from '../json/problem.js';
import { decodeScenario } from '../native/simulated/index.js';
import { parseRecording } from './record-format.js';
import { airOf } from './recorded-air.js';
import { complain, type ExitCode, type Terminal } from './terminal.js';
import { fileProblem, readBytes } from './text-file.js';

export interface ScenarioFlags {
  readonly out?: string;
  readonly force?: boolean;
}

/** Prints the scenario, or writes it to a new file. */
export const scenario = async (
  file: string,
  { out, force }: ScenarioFlags,
  terminal: Terminal,
): Promise<ExitCode> => {
  const bytes = await readBytes(file);
  if (E.isLeft(bytes)) return complain(terminal, bytes.left, 2);
  const frames = parseRecording(bytes.right);
  if (E.isLeft(frames))
    return complain(
      terminal,
      frames.left.map((problem) => `${file}: ${problem}`),
      2,
    );
  if (frames.right.length === 0) return complain(terminal, [`${file}: no frame in it`], 2);
  const air = airOf(frames.right);
  const problems = decodeScenario(air);
  if (E.isLeft(problems))
    return complain(
      terminal,
      problems.left.map((problem) => `${file}: no scenario can be made of it: ${problemText(problem)}`),
      1,
    );
  const text = JSON.stringify(air, undefined, 2);
  if (out === undefined) {
    terminal.out(text);
    return 0;
  }
  try {
    await writeFile(out, `${text}\n`, { flag: force === true ? 'w' : 'wx' });
  } catch (error) {
    return complain(terminal, [fileProblem(out, 'written', error)], 1);
  }
  terminal.out(`${out}: ${air.networks.length} networks, ${air.timeline.length} steps. Play it with`);
  terminal.out(`  proxy-wifi serve --radio simulated --scenario ${out}`);
  return 0;
};
