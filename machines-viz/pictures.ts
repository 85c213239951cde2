/** Every file that shows the machines: one drawing and one export for each, and the tree of the actors. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { drawActorTree } from './draw/draw-actor-tree.js';
import { drawMachine } from './draw/draw-machine.js';
import { exportMachine } from './export.js';
import { machines } from './machines.js';

/** By name of the file: `dispatcher.svg`, `actor-tree.svg`. */
export const drawings = async (): Promise<ReadonlyMap<string, string>> => {
  const files = new Map([['actor-tree.svg', await drawActorTree()]]);
  for (const machine of machines) files.set(`${machine.id}.svg`, await drawMachine(machine));
  return files;
};

/** By name of the file: `dispatcher.json`. For Stately's editor and visualizer. */
export const statelyExports = (): ReadonlyMap<string, string> =>
  new Map(
    machines.map((machine) => [`${machine.id}.json`, `${JSON.stringify(exportMachine(machine), null, 2)}\n`]),
  );

/** Writes files into a folder, which is made if it is not there. Gives their paths. */
export const writeFiles = async (
  folder: string,
  files: ReadonlyMap<string, string>,
): Promise<readonly string[]> => {
  await mkdir(folder, { recursive: true });
  const paths = [...files.keys()].map((name) => join(folder, name));
  await Promise.all([...files].map(([name, text]) => writeFile(join(folder, name), text)));
  return paths;
};

/** Removes what a former run left behind and this one would not write, such as a drawing of a machine that is no more. */
export const removeOthers = async (folder: string, kept: ReadonlySet<string>): Promise<void> => {
  const stale = (await readdir(folder)).filter((name) => /\.(svg|json)$/.test(name) && !kept.has(name));
  await Promise.all(stale.map((name) => rm(join(folder, name))));
};
