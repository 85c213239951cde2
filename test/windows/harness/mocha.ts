/** Mocha under Wine. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Wine, windowsPath } from './wine.js';

/** How many tests of a suite passed and failed, and everything it printed. */
export interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
}

const counted = (output: string, what: string): number =>
  Number(new RegExp(`^ *(\\d+) ${what}`, 'm').exec(output)?.[1] ?? 0);

/**
 * Runs test files or folders of them (paths in the tree). Mocha is not told to exit: a handle, timer or thread that
 * is left behind keeps the process alive, and its time running out counts as a failure.
 */
export const runMocha = async (
  wine: Wine,
  tree: string,
  files: readonly string[],
  environment: NodeJS.ProcessEnv,
  limit: number,
  options: readonly string[] = [],
): Promise<Result> => {
  const mocha = windowsPath(join(tree, 'node_modules', 'mocha', 'bin', 'mocha.js'));
  const { code, output } = await wine.node(
    [mocha, '--no-config', '--timeout', '20000', ...options, ...files],
    environment,
    limit,
  ).ended;
  return resultOf(code, output, limit);
};

/** The same for tests that run on Linux and start what they need under Wine themselves. */
export const runMochaOnLinux = async (
  repository: string,
  files: readonly string[],
  environment: NodeJS.ProcessEnv,
  limit: number,
): Promise<Result> => {
  const mocha = join(repository, 'node_modules', 'mocha', 'bin', 'mocha.js');
  const child = spawn(process.execPath, ['--import', 'tsx', mocha, '--no-config', ...files], {
    cwd: repository,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill('SIGKILL');
  }, limit);
  const [code]: (number | null)[] = await once(child, 'close');
  clearTimeout(timer);
  return resultOf(late ? undefined : (code ?? undefined), output, limit);
};

const resultOf = (code: number | undefined, output: string, limit: number): Result => {
  const passed = counted(output, 'passing');
  const failed = counted(output, 'failing');
  if (code === 0 && failed === 0 && passed > 0) return { passed, failed, output };
  const reason = code === undefined ? `did not end within ${limit / 1000} s` : `ended with code ${code}`;
  return { passed, failed: Math.max(1, failed), output: `${output}\n  (the tests ${reason})` };
};
