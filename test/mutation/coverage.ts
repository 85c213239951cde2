/** Which test file executes which lines: V8's own count, taken once for each test file, with the processes that it starts. */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { areaOf } from './areas.js';
import { type Copy, project } from './copy.js';

/** What one test file executes of one source file. */
interface Executed {
  /** Of the source file when it was counted: lines of another one say nothing. */
  readonly hash: string;
  readonly lines: readonly number[];
  readonly otherLines: readonly number[];
  /** More than what runs when the file is loaded. */
  readonly active: boolean;
}

/** What is known of one test file. */
interface TestCoverage {
  readonly hash: string;
  /** It was another one when it was counted. */
  readonly isOther?: boolean;
  readonly passes: boolean;
  /** How long its tests took. */
  readonly milliseconds: number;
  readonly files: Readonly<Record<string, Executed>>;
}

/** By path of the test file. */
export type Coverage = Readonly<Record<string, TestCoverage>>;

interface V8Function {
  readonly functionName: string;
  readonly ranges: readonly {
    readonly startOffset: number;
    readonly endOffset: number;
    readonly count: number;
  }[];
}

interface V8Coverage {
  readonly result: readonly { readonly url: string; readonly functions: readonly V8Function[] }[];
  readonly 'source-map-cache'?: Readonly<
    Record<
      string,
      { readonly lineLengths: readonly number[]; readonly data: { readonly mappings: string } | null }
    >
  >;
}

const cacheFile = join(project, 'node_modules', '.cache', 'proxy-wifi', 'coverage.json');

const hashOf = (text: string): string => createHash('sha1').update(text).digest('hex');

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The numbers of one segment of a source map: base 64, five bits a digit, the lowest bit the sign. */
const segmentNumbers = (segment: string): readonly number[] => {
  const numbers: number[] = [];
  let [value, shift] = [0, 0];
  for (const digit of segment) {
    const bits = digits.indexOf(digit);
    value += (bits & 31) << shift;
    shift += 5;
    if ((bits & 32) !== 0) continue;
    numbers.push((value & 1) === 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
};

/** Offset in the generated text and line in the original one, for each segment of a source map. */
const places = function* (mappings: string, lineLengths: readonly number[]): Generator<[number, number]> {
  let [offset, original] = [0, 0];
  for (const [row, segments] of mappings.split(';').entries()) {
    let column = 0;
    for (const segment of segments.split(',')) {
      const [columns = 0, , lines = 0] = segment === '' ? [] : segmentNumbers(segment);
      column += columns;
      original += lines;
      if (segment !== '') yield [offset + column, original + 1];
    }
    offset += (lineLengths[row] ?? 0) + 1;
  }
};

/** How often each character of a generated text was run. */
const countsOf = (functions: readonly V8Function[]): Int32Array => {
  const ranges = functions.flatMap((each) => [...each.ranges]);
  const counts = new Int32Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset)));
  // An inner range says more than the one around it.
  const size = ({ startOffset, endOffset }: (typeof ranges)[number]): number => endOffset - startOffset;
  for (const { startOffset, endOffset, count } of ranges.sort((a, b) => size(b) - size(a)))
    counts.fill(count, startOffset, endOffset);
  return counts;
};

const isMore = ({ functionName, ranges: [range] }: V8Function): boolean =>
  functionName !== '__name' && range !== undefined && range.startOffset > 0 && range.count > 0;

/** Reads what V8 has written of all processes of one test file. */
const readCounts = async (folder: string, copy: Copy): Promise<Readonly<Record<string, Executed>>> => {
  const lines = new Map<string, { ran: Set<number>; known: Set<number>; active: boolean }>();
  for (const name of await readdir(folder)) {
    const text = await readFile(join(folder, name), 'utf8');
    // A process that was killed while it wrote leaves half a file.
    if (!text.endsWith('}')) continue;
    const { result, 'source-map-cache': maps = {} } = JSON.parse(text) as V8Coverage;
    for (const { url, functions } of result) {
      if (!url.startsWith('file:')) continue;
      const file = relative(copy.folder, fileURLToPath(new URL(url)));
      const map = maps[url];
      if (areaOf(file) === undefined || map === undefined || map.data === null) continue;
      const entry = lines.get(file) ?? { ran: new Set(), known: new Set(), active: false };
      const counts = countsOf(functions);
      for (const [offset, line] of places(map.data.mappings, map.lineLengths)) {
        entry.known.add(line);
        if ((counts[offset] ?? 0) > 0) entry.ran.add(line);
      }
      lines.set(file, { ...entry, active: entry.active || functions.some(isMore) });
    }
  }
  const files: Record<string, Executed> = {};
  for (const [file, { ran, known, active }] of lines)
    files[file] = {
      hash: hashOf(await copy.read(file)),
      lines: [...ran].sort((a, b) => a - b),
      otherLines: [...known].filter((line) => !ran.has(line)).sort((a, b) => a - b),
      active,
    };
  return files;
};

/** Milliseconds for one test file without a mutant. */
const patience = 300_000;

const count = async (test: string, copy: Copy): Promise<TestCoverage> => {
  const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-coverage-'));
  try {
    const environment = { NODE_V8_COVERAGE: folder };
    const report = await copy.test([test], { patience, bail: false, environment });
    return {
      hash: hashOf(await copy.read(test)),
      passes: report !== undefined && report.failures.length === 0,
      milliseconds: report?.stats.duration ?? patience,
      files: await readCounts(folder, copy),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** What is known from earlier runs, and counted now of tests that are new; `refresh`: of all. */
export const takeCoverage = async (
  tests: readonly string[],
  copies: readonly Copy[],
  { refresh }: { readonly refresh: boolean },
): Promise<Coverage> => {
  const kept = refresh
    ? {}
    : await readFile(cacheFile, 'utf8').then(
        (text) => JSON.parse(text) as Coverage,
        () => ({}) as Coverage,
      );
  const coverage: Record<string, TestCoverage> = {};
  const waiting = [...tests];
  await Promise.all(
    copies.map(async (copy) => {
      for (let test = waiting.shift(); test !== undefined; test = waiting.shift()) {
        const known = kept[test];
        if (known?.passes === true) {
          coverage[test] = { ...known, isOther: known.hash !== hashOf(await copy.read(test)) };
          continue;
        }
        coverage[test] = await count(test, copy);
        console.log(`${coverage[test]?.passes ? 'passes' : 'FAILS '}  ${test}`);
        await mkdir(dirname(cacheFile), { recursive: true });
        await writeFile(cacheFile, JSON.stringify({ ...kept, ...coverage }));
      }
    }),
  );
  return coverage;
};

/**
 * The test files that execute this line of the file. Where the one or the other was an older version when it was counted nothing
 * is known by lines: the test file is taken if it loaded the source file. So are all that did where nobody executes the line.
 */
export const testsOf = (coverage: Coverage, file: string, line: number, text: string): readonly string[] => {
  const hash = hashOf(text);
  const loading = Object.entries(coverage).flatMap(([test, { passes, files, isOther }]) => {
    const executed = files[file];
    if (!passes || executed === undefined) return [];
    const isReached = isOther === true || executed.hash !== hash || !executed.otherLines.includes(line);
    return [{ test, active: executed.active, isReached }];
  });
  const reaching = loading.filter((each) => each.isReached);
  // What nobody is seen to execute may run in a bundle, which is another file.
  const asked = reaching.length > 0 ? reaching : loading;
  // A line that runs when the file is loaded runs for everybody: those count who use the file.
  const active = asked.filter((each) => each.active);
  return (active.length > 0 ? active : asked).map(({ test }) => test);
};
