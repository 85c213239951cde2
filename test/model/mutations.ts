/**
 * Shows that the models bite: puts one fault of `faults.ts` after the other into a copy of the source, walks the model that
 * must notice it there, and reports which path did. `npm run mutations`, or with words of the faults' names for some.
 */
import { Copy, type Report } from '../mutation/copy.js';
import { type Fault, faults } from './faults.js';

/** Milliseconds after which a walk counts as stuck, and its fault as noticed. */
const patience = 900_000;

const models: readonly Fault['model'][] = [...new Set(faults.map(({ model }) => model))];

/** Walks a model until the first path that fails. Undefined: it had to be ended. */
const walk = (copy: Copy, model: Fault['model']): Promise<Report | undefined> =>
  copy.test([`test/model/${model}.test.ts`], { patience, bail: true });

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

const isNoticed = async (copy: Copy, fault: Fault): Promise<boolean> => {
  const source = await copy.read(fault.file);
  const report = await copy.with(fault.file, mutate(source, fault), () => walk(copy, fault.model));
  const noticed = report === undefined || report.failures.length > 0;
  const how = report === undefined ? 'the walk did not come to an end' : pathOf(report);
  console.log(
    `${noticed ? 'caught  ' : 'SURVIVED'}  ${fault.file}: ${fault.name}\n          by ${fault.model}: ${how}`,
  );
  return noticed;
};

const wanted = process.argv.slice(2).join(' ');
const chosen = faults.filter(({ name }) => name.includes(wanted));
const copy = await Copy.make();
try {
  for (const fault of chosen) mutate(await copy.read(fault.file), fault);
  if (wanted === '')
    for (const model of models) {
      const clean = await walk(copy, model);
      if (clean === undefined || clean.failures.length > 0)
        throw new Error(`${model} fails without any fault: ${JSON.stringify(clean?.failures[0])}`);
      console.log(`${model} without a fault: ${clean.stats.passes} tests pass`);
    }
  let survived = 0;
  for (const fault of chosen) if (!(await isNoticed(copy, fault))) survived += 1;
  console.log(`${chosen.length - survived} of ${chosen.length} faults caught`);
  process.exitCode = survived === 0 && chosen.length > 0 ? 0 : 1;
} finally {
  await copy.remove();
}
