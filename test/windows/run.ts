/** Runs the suites under Wine and adds up what they say. Usage: run.ts CACHE [SUITE…]; `run.sh` calls it. */
import { join } from 'node:path';
import { buildStandIn } from './harness/build.js';
import { layTree } from './harness/tree.js';
import { Wine } from './harness/wine.js';
import { suites } from './suites.js';

const [cache, ...wanted] = process.argv.slice(2);
if (cache === undefined) throw new Error('usage: run.ts CACHE [SUITE…]');

const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0)
  throw new Error(
    `no such suite: ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}`,
  );

const repository = join(import.meta.dirname, '..', '..');
const tree = layTree(repository, join(cache, 'tree'));
const standIn = buildStandIn(join(import.meta.dirname, 'stand-in'), join(cache, 'build'));
const wine = new Wine(cache, tree);

let passed = 0;
let failed = 0;
for (const suite of suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  console.log(`\n== ${suite.name}: ${suite.what}`);
  const result = await suite.run({ repository, cache, tree, standIn, wine });
  console.log(result.output.trimEnd());
  passed += result.passed;
  failed += result.failed;
}
wine.stop();
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
