/** The suites of `npm run test:windows`, in the order in which they run. */
import { join } from 'node:path';
import { type Result, runMocha } from './harness/mocha.js';
import { type Wine, windowsPath } from './harness/wine.js';

/** What a suite finds prepared. */
export interface Ground {
  readonly repository: string;
  readonly cache: string;
  /** The project as JavaScript, with its dependencies. */
  readonly tree: string;
  /** The stand-in for `wlanapi.dll`. */
  readonly standIn: string;
  readonly wine: Wine;
}

export interface Suite {
  readonly name: string;
  readonly what: string;
  readonly run: (ground: Ground) => Promise<Result>;
}

/** A suite of test files under Wine. `limit`: milliseconds for all of it. */
const mocha = (name: string, what: string, files: readonly string[], limit = 120_000): Suite => ({
  name,
  what,
  run: ({ wine, tree, standIn }) =>
    runMocha(
      wine,
      tree,
      files.map((file) => join('test', 'windows', file)),
      { WLANAPI_STAND_IN: windowsPath(standIn) },
      limit,
    ),
});

export const suites: readonly Suite[] = [
  mocha('wlanapi', 'the bindings of the Wlan API against the stand-in', ['wlanapi.test']),
];
