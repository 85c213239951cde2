/** What the Wlan API costs through koffi: measured under Wine, where the Windows tests have set it up. */
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildStandIn } from '../test/windows/harness/build.js';
import { layTree } from '../test/windows/harness/tree.js';
import { Wine, windowsPath } from '../test/windows/harness/wine.js';
import { compared, median, type Result } from './figures.js';
import { benchFile } from './processes.js';

/** The cache of the Windows tests; `undefined` where something of it is missing, after one line on why. */
const cacheOfWindowsTests = (): string | undefined => {
  try {
    const said = execFileSync('bash', [benchFile('../test/windows/setup.sh'), '--check'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    return said.trim();
  } catch (problem) {
    const why = String(Reflect.get(Object(problem), 'stderr')).trim();
    console.error(`wlan-scan-64 and wlan-slow-call are left out (${why}); npm run test:windows sets them up`);
    return undefined;
  }
};

/** Measures, or returns nothing where Wine and what goes with it are not set up. */
export const wlanCalls = async (short: boolean): Promise<readonly Result[]> => {
  const cache = cacheOfWindowsTests();
  if (cache === undefined) return [];
  const repository = benchFile('..');
  // A tree of its own: the Windows tests may be running from theirs.
  const ground = join(cache, 'bench');
  const tree = layTree(repository, ground);
  const modules = join(tree, 'node_modules');
  if (!existsSync(modules)) symlinkSync(join('..', 'tree', 'node_modules'), modules);
  const standIn = buildStandIn(join(repository, 'test', 'windows', 'stand-in'), join(ground, 'build'));
  const { code, output } = await new Wine(cache, tree).node(
    ['bench/wlan-calls.js', short ? '100' : '600'],
    { WLANAPI_STAND_IN: windowsPath(standIn) },
    120_000,
  ).ended;
  if (code !== 0) throw new Error(`the measurement under Wine ended with ${code}: ${output}`);
  const { scans, delays } = JSON.parse(output.trim().split('\n').at(-1) ?? '') as {
    readonly scans: readonly number[];
    readonly delays: readonly number[];
  };
  // The least and the best would only say what is possible: the usual scan, and the worst delay, are what is claimed.
  return [
    compared('wlan-scan-64', 'ms', median(scans), 2, { atMost: 1 }),
    compared('wlan-slow-call', 'ms', Math.max(...delays), 20, { atMost: 1 }),
  ];
};
