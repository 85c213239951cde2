/**
 * `npm run guest-driver:faults [-- WORDS]`: puts each fault of faults.ts whose name, file or test has these words into a copy of the
 * driver, and looks whether what must notice it does. A test in a guest's kernel takes a minute each: `PROXY_WIFI_GUEST_KERNEL` says which,
 * 6.12 if not given, and `boot A` takes those of one boot; without words only those are put in place that need no kernel to run.
 * PROXY_WIFI_FAULTS_SHOWN=1 shows what check and machine write, as they write it.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Copy, project } from '../mutation/copy.js';
import { type Fault, faults } from './faults.js';

const kernel = process.env.PROXY_WIFI_GUEST_KERNEL ?? '6.12';

/** Runs a script; all that it wrote. */
const outputOf = (script: string, words: readonly string[], environment: object): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn('bash', [script, ...words], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (process.env.PROXY_WIFI_FAULTS_SHOWN === '1') process.stderr.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The driver with some faults in place, and where it lies. */
interface Faulty {
  readonly driver: string;
  readonly faults: readonly Fault[];
}

/** What a check says of one; the sanitizers' word counts as that of the test that was under way. */
const checked = async ({ driver, faults: [fault] }: Faulty): Promise<readonly (string | undefined)[]> => {
  if (fault === undefined || !('check' in fault.by)) return [];
  const { check, test = check } = fault.by;
  const output = await outputOf(join(driver, 'test', 'check.sh'), [], {
    PROXY_WIFI_GUEST_CHECKS: literal(check),
  });
  const said =
    new RegExp(`^\\s*FAIL ${literal(test)}.*$`, 'm').exec(output) ??
    /^.*(?:AddressSanitizer:|runtime error:).*$/m.exec(output);
  return [said?.[0].trim()];
};

/** What the tests in a guest's kernel say of each. */
const ran = async ({ driver, faults: together }: Faulty): Promise<readonly (string | undefined)[]> => {
  const tests = together.flatMap(({ by }) => ('boot' in by ? [by] : []));
  const output = await outputOf(join(project, 'test', 'guest', 'run.sh'), [kernel], {
    PROXY_WIFI_GUEST_DRIVER: driver,
    PROXY_WIFI_GUEST_ONLY: tests[0]?.machines,
    PROXY_WIFI_GUEST_GREP: tests
      .flatMap(({ test, after }) => [literal(test), ...(after === undefined ? [] : [after])])
      .join('|'),
    // Its test may be one that is the other kernel's in CI.
    PROXY_WIFI_GUEST_UNSHARED: '1',
    // What is noticed by a test that hangs is noticed sooner.
    PROXY_WIFI_GUEST_PATIENCE: '90',
    PROXY_WIFI_MACHINE_TIMEOUT: '900',
  });
  const failed = tests.map(({ test }) =>
    // Not one that another fault has kept from beginning.
    new RegExp(`^\\s*\\d+\\) (?!"before).*${literal(test)}.*$`, 'm').exec(output)?.[0].trim(),
  );
  if (failed.includes(undefined)) console.log(output.slice(-4000));
  return failed;
};

const inPlace = (text: string, { name, file, search, replace }: Fault): string => {
  const times = text.split(search).length - 1;
  if (times === 1) return text.replace(search, () => replace);
  throw new Error(
    `“${name}”: ${file} has ${times} times, and must have once: ${search}\nThe source has changed: bring test/guest/faults.ts up to date.`,
  );
};

const wanted = process.argv.slice(2).join(' ');
const chosen = faults.filter(({ name, file, by }) =>
  wanted === ''
    ? 'check' in by
    : `${file} ${name} ${by.test ?? ''} ${'boot' in by ? `boot ${by.boot}` : ''}`.includes(wanted),
);
const boots = new Map<string, readonly Fault[]>();
for (const fault of chosen) {
  const boot = 'boot' in fault.by ? fault.by.boot : fault.name;
  boots.set(boot, [...(boots.get(boot) ?? []), fault]);
}
const copy = await Copy.make();
const fileOf = ({ file }: Fault): string => `guest-driver/${file}`;

/** Runs `body` while all of them are in place. */
const withAll = <T>([first, ...rest]: readonly Fault[], body: () => Promise<T>): Promise<T> =>
  first === undefined
    ? body()
    : copy
        .read(fileOf(first))
        .then((text) => copy.with(fileOf(first), inPlace(text, first), () => withAll(rest, body)));

try {
  for (const fault of faults) inPlace(await copy.read(fileOf(fault)), fault);
  let survived = 0;
  for (const together of boots.values()) {
    const faulty = { driver: join(copy.folder, 'guest-driver'), faults: together };
    const run = together.some(({ by }) => 'boot' in by) ? ran : checked;
    const by = await withAll(together, () => run(faulty));
    for (const [i, fault] of together.entries()) {
      if (by[i] === undefined) survived += 1;
      console.log(
        `${by[i] === undefined ? 'SURVIVED' : 'noticed '}  ${fileOf(fault)}: ${fault.name}\n          by ${by[i] ?? 'nobody'}`,
      );
    }
  }
  console.log(`${chosen.length - survived} of ${chosen.length} faults noticed`);
  process.exitCode = survived === 0 && chosen.length > 0 ? 0 : 1;
} finally {
  await copy.remove();
}
