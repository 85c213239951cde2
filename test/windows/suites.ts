/** The suites of `npm run test:windows`, in the order in which they run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Result, runMocha, runMochaOnLinux } from './harness/mocha.js';
import { buildProbe } from './harness/probe.js';
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
      files.map((file) => `test/windows/${file}.js`),
      { WLANAPI_STAND_IN: windowsPath(standIn) },
      limit,
    ),
});

/**
 * What `npm test` runs and Windows should do as well. Left out are the files that need Unix sockets, Linux or a
 * TypeScript compiler in child processes.
 */
const portable: readonly string[] = [
  'test/protocol',
  'test/streams',
  'test/actors',
  'test/behaviour/connect.test.js',
  'test/behaviour/disconnect.test.js',
  'test/behaviour/scan.test.js',
  'test/native/fake',
  'test/native/guest',
  'test/native/guest.test.js',
  'test/native/log.test.js',
  'test/native/pmk.test.js',
  'test/native/report/report.test.js',
  'test/native/simulated',
  'test/native/sockets/endpoint.test.js',
  'test/native/sockets/failure.test.js',
  'test/native/sockets/koffi-streams-connection.test.js',
  'test/native/sockets/memory.test.js',
  'test/native/sockets/tcp.test.js',
  'test/native/state-file.test.js',
  'test/native/windows',
];

/** Tests in those files that cannot pass there: Wine does not tell a program that a TCP connection was reset; files have no modes, and there is no /dev. */
const impossible = 'Unix socket|with a guest that resets|is its user’s alone|a device or a pipe';

const ownSuite: Suite = {
  name: 'own',
  what: "the project's own tests, as far as they need neither Unix sockets nor Linux",
  run: ({ wine, tree }) =>
    runMocha(wine, tree, portable, {}, 240_000, [
      '--recursive',
      '--reporter',
      'dot',
      '--grep',
      impossible,
      '--invert',
    ]),
};

/** The whole service is driven from Linux, where the guests are. */
const chain: Suite = {
  name: 'chain',
  what: 'serve --radio host under Wine, guests from Linux over TCP',
  run: async ({ repository, cache, tree, standIn }) =>
    runMochaOnLinux(
      repository,
      ['test/windows/chain.test.ts'],
      { WINDOWS_CACHE: cache, WINDOWS_TREE: tree, WLANAPI_STAND_IN: standIn },
      480_000,
    ),
};

/** The probe of the headers runs first, on its own; the comparison then reads what it said. */
const abi: Suite = {
  name: 'abi',
  what: "structures and constants against mingw-w64's headers",
  run: async ({ wine, tree, cache }) => {
    const { output } = await wine.start(buildProbe(join(cache, 'build')), [], {}, 60_000).ended;
    const file = join(cache, 'build', 'abi-probe.txt');
    writeFileSync(file, output);
    return runMocha(
      wine,
      tree,
      ['test/windows/abi.test.js'],
      { ABI_PROBE_OUTPUT: windowsPath(file) },
      60_000,
    );
  },
};

export const suites: readonly Suite[] = [
  abi,
  mocha('wlanapi', 'the bindings of the Wlan API against the stand-in', ['wlanapi.test']),
  mocha('radio', 'the radio compliance suite on the stand-in', ['radio-compliance.test']),
  mocha('faults', 'what can happen to real interfaces', ['radio-faults.test']),
  mocha('denied', 'what Windows does not let us know', ['radio-denied.test']),
  mocha('links', 'roaming, whose connection is whose, and what the host is given back', ['radio-links.test']),
  mocha('sockets', 'the socket compliance suite through ws2_32.dll, and AF_HYPERV', ['sockets.test']),
  mocha('registration', "register and doctor on Wine's registry", ['registration.test']),
  mocha('report', 'doctor --report: what each call gave, and nobody named', ['report.test']),
  ownSuite,
  chain,
];
