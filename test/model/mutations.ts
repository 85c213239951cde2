/**
 * Shows that the models bite: puts one fault of `faults.ts` after the other into a copy of the source, walks the model that
 * must notice it there, and reports which path did. `npm run mutations`, or with words of the faults' names for some.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Fault, faults } from './faults.js';

const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Not needed in the copy, or too large for one. */
const leftOut = new Set(['node_modules', 'dist', '.git', 'docs']);

/** Milliseconds after which a walk counts as stuck, and its fault as noticed. */
const patience = 300_000;

interface Report {
  readonly failures: readonly { readonly fullTitle: string; readonly err: { readonly message?: string } }[];
  readonly stats: { readonly passes: number };
}

const copyProject = async (): Promise<string> => {
  const copy = await mkdtemp(join(tmpdir(), 'proxy-wifi-mutations-'));
  await cp(project, copy, { recursive: true, filter: (source) => !leftOut.has(basename(source)) });
  await symlink(join(project, 'node_modules'), join(copy, 'node_modules'));
  return copy;
};

/** Walks models until the first path that fails. Undefined: it had to be ended. */
const walk = async (copy: string, model: Fault['model'] | '*'): Promise<Report | undefined> => {
  const output = join(copy, 'report.json');
  await rm(output, { force: true });
  const mocha = join(project, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const reporting = ['--reporter', 'json', '--reporter-option', `output=${output}`];
  const child = spawn(process.execPath, [mocha, '--bail', ...reporting, `test/model/${model}.test.ts`], {
    cwd: copy,
    stdio: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  await new Promise((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  return readFile(output, 'utf8').then(
    (text) => JSON.parse(text) as Report,
    () => undefined,
  );
};

/** The walk's path up to the arrow, at which the service and the model differed. */
const pathOf = ({ failures: [failure] }: Report): string => {
  const steps = [...(failure?.err.message ?? '').matchAll(/^\s*(→?)\s*(\{"type".*\})$/gm)];
  const at = steps.findIndex(([, arrow]) => arrow === '→');
  const taken = steps.slice(0, at + 1).map(([, arrow = '', event = '{}']) => `${arrow}${eventText(event)}`);
  if (steps.length === 0) return failure?.fullTitle ?? '';
  return taken.join(', ') || '→the beginning';
};

const eventText = (json: string): string =>
  Object.values(JSON.parse(json) as Readonly<Record<string, string>>).join(' ');

/** The fault's file with the fault in it. */
const mutate = (source: string, { file, search, replace, name }: Fault): string => {
  const count = source.split(search).length - 1;
  if (count !== 1)
    throw new Error(
      `“${name}”: ${file} has ${count} times, and must have once: ${search}\nThe source has changed: bring test/model/faults.ts up to date.`,
    );
  return source.replace(search, () => replace);
};

const isNoticed = async (copy: string, fault: Fault): Promise<boolean> => {
  const path = join(copy, fault.file);
  const source = await readFile(path, 'utf8');
  await writeFile(path, mutate(source, fault));
  const report = await walk(copy, fault.model);
  await writeFile(path, source);
  const noticed = report === undefined || report.failures.length > 0;
  const how = report === undefined ? 'the walk did not come to an end' : pathOf(report);
  console.log(
    `${noticed ? 'caught  ' : 'SURVIVED'}  ${fault.file}: ${fault.name}\n          by ${fault.model}: ${how}`,
  );
  return noticed;
};

const wanted = process.argv.slice(2).join(' ');
const chosen = faults.filter(({ name }) => name.includes(wanted));
const copy = await copyProject();
try {
  for (const fault of chosen) mutate(await readFile(join(copy, fault.file), 'utf8'), fault);
  if (wanted === '') {
    const clean = await walk(copy, '*');
    if (clean === undefined || clean.failures.length > 0)
      throw new Error(`the models fail without any fault: ${JSON.stringify(clean?.failures[0])}`);
    console.log(`without a fault: ${clean.stats.passes} tests pass`);
  }
  let survived = 0;
  for (const fault of chosen) if (!(await isNoticed(copy, fault))) survived += 1;
  console.log(`${chosen.length - survived} of ${chosen.length} faults caught`);
  process.exitCode = survived === 0 && chosen.length > 0 ? 0 : 1;
} finally {
  await rm(copy, { recursive: true, force: true });
}
