/**
 * Shows how much the tests notice: mutants chosen by chance, one after the other in a copy of the project, each against the
 * test files that execute its line. `npm run mutate -- --sample 50 --seed 1 --area linux`; what is counted and what is not
 * stands in docs/testing.md.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Area, areaOf, areas, speaksFor } from './areas.js';
import { Copy, project } from './copy.js';
import { type Coverage, takeCoverage, testsOf } from './coverage.js';
import { judgeNamed } from './judge-named.js';
import { type Mutant, mutated } from './mutants.js';
import { shuffled } from './random.js';
import { Source } from './source.js';

/** What became of a mutant. */
interface Outcome {
  readonly mutant: Mutant;
  /** The test that noticed it, or what happened instead of a test's failure; undefined: it survived. */
  readonly by: string | undefined;
}

const { values } = parseArgs({
  options: {
    sample: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    area: { type: 'string', multiple: true },
    file: { type: 'string', default: '' },
    tests: { type: 'string', multiple: true, default: [''] },
    jobs: { type: 'string', default: '1' },
    refresh: { type: 'boolean', default: false },
    named: { type: 'boolean', default: false },
  },
});
const [sample, seed, jobs] = [Number(values.sample), Number(values.seed), Number(values.jobs)];
const chosenAreas = areas.filter(({ name }) => values.area === undefined || values.area.includes(name));
if (![sample, seed, jobs].every(Number.isSafeInteger) || chosenAreas.length === 0) {
  const names = areas.map(({ name }) => name).join(', ');
  console.error(
    `npm run mutate -- [--sample N] [--seed N] [--area NAME]… [--file PART] [--tests PART]… [--jobs N] [--refresh] [--named]; areas: ${names}`,
  );
  process.exit(2);
}

if (values.named) process.exit((await judgeNamed(values.file)) === 0 ? 0 : 1);

/** Suites with a command of their own. */
const elsewhere = ['windows', 'radio', 'browser', 'package', 'wireshark', 'guest', 'soak'];

const testFiles = async (): Promise<readonly string[]> => {
  const files = (await readdir(join(project, 'test'), { recursive: true })).map((name) => `test/${name}`);
  return files
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => !elsewhere.some((folder) => file.startsWith(`test/${folder}/`)))
    .filter((file) => values.tests.some((part) => file.includes(part)))
    .filter((file) => chosenAreas.some((area) => speaksFor(file, area)))
    .sort();
};

/** Test files for one mocha: it loads all of them before the first one runs. */
const handful = 6;

/** How often each test file was the first to notice something in each source file. */
const merits = new Map<string, number>();

/** Those first that are about the file, then those that noticed its mutants before, then the short ones. */
const ordered = (tests: readonly string[], mutant: Mutant, coverage: Coverage): readonly string[] => {
  const own = `test/${mutant.file.replace(/\.ts$/, '.test.ts')}`;
  const rank = (test: string): number =>
    (test === own ? 1000 : 0) + (merits.get(`${mutant.file} ${test}`) ?? 0);
  const time = (test: string): number => coverage[test]?.milliseconds ?? 0;
  return [...tests].sort((a, b) => rank(b) - rank(a) || time(a) - time(b));
};

/** Milliseconds for tests that took `usual` without a mutant: what takes longer hangs. */
const patienceFor = (usual: number): number => 60_000 + 6 * usual;

const judge = async (
  mutant: Mutant,
  area: Area,
  { copy, coverage, text }: { readonly copy: Copy; readonly coverage: Coverage; readonly text: string },
): Promise<Outcome> => {
  const covering = testsOf(coverage, mutant.file, mutant.line, text).filter((test) => speaksFor(test, area));
  const tests = ordered(covering, mutant, coverage);
  const by = await copy.with(mutant.file, mutated(text, mutant), async () => {
    for (let at = 0; at < tests.length; at += handful) {
      const some = tests.slice(at, at + handful);
      const usual = some.reduce((sum, test) => sum + (coverage[test]?.milliseconds ?? 0), 0);
      const report = await copy.test(some, { patience: patienceFor(usual), bail: true });
      if (report === undefined) return `no end, or none with a report: ${some.join(', ')}`;
      const [failure] = report.failures;
      if (failure === undefined) continue;
      const file = some.find((test) => failure.file?.endsWith(test));
      if (file !== undefined) {
        const key = `${mutant.file} ${file}`;
        merits.set(key, (merits.get(key) ?? 0) + 1);
      }
      return failure.fullTitle;
    }
    return undefined;
  });
  return { mutant, by };
};

/** The lines that a mutant changes, before and after. */
const difference = (text: string, mutant: Mutant): string => {
  const from = text.lastIndexOf('\n', mutant.start - 1) + 1;
  const next = text.indexOf('\n', mutant.end);
  const to = next === -1 ? text.length : next;
  const lines = (part: string, sign: string): readonly string[] =>
    part.split('\n').map((line) => `    ${sign} ${line}`);
  return [
    ...lines(text.slice(from, to), '-'),
    ...lines(text.slice(from, mutant.start) + mutant.after + text.slice(mutant.end, to), '+'),
  ].join('\n');
};

const place = ({ file, line, kind }: Mutant): string => `${file}:${line} (${kind})`;

const source = new Source();
const copies = await Promise.all(Array.from({ length: Math.max(1, jobs) }, () => Copy.make()));
let failed = false;
try {
  const all = source.mutants();
  const coverage = await takeCoverage(await testFiles(), copies, { refresh: values.refresh });
  const broken = Object.entries(coverage).filter(([, { passes }]) => !passes);
  if (broken.length > 0)
    console.log(`fail without a mutant and are not asked: ${broken.map(([test]) => test).join(', ')}`);
  const rows: string[] = [];
  for (const area of chosenAreas) {
    const candidates = [...all.values()]
      .flat()
      .filter(({ file }) => areaOf(file) === area && file.includes(values.file));
    const chosen: Mutant[] = [];
    let refused = 0;
    for (const mutant of shuffled(candidates, seed)) {
      if (chosen.length === sample) break;
      if (source.compiles(mutant)) chosen.push(mutant);
      else refused += 1;
    }
    const waiting = [...chosen];
    const outcomes: Outcome[] = [];
    await Promise.all(
      copies.map(async (copy) => {
        for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
          const text = source.textOf(mutant.file);
          const outcome = await judge(mutant, area, { copy, coverage, text });
          outcomes.push(outcome);
          if (outcome.by !== undefined) console.log(`noticed   ${place(mutant)} by ${outcome.by}`);
          else console.log(`SURVIVED  ${place(mutant)}\n${difference(text, mutant)}`);
        }
      }),
    );
    const noticed = outcomes.filter(({ by }) => by !== undefined).length;
    const share = Math.round((100 * noticed) / Math.max(1, outcomes.length));
    failed ||= noticed < 0.95 * outcomes.length;
    rows.push(
      `| ${area.name} | ${candidates.length} | ${outcomes.length} | ${refused} | ${noticed} | ${share} % |`,
    );
  }
  console.log(`\nseed ${seed}\n| area | mutants | tried | refused by the compiler | noticed | share |`);
  console.log(`| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}`);
} finally {
  source.close();
  for (const copy of copies) await copy.remove();
}
process.exitCode = failed ? 1 : 0;
