/** Mocha under Wine. */
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
 * Runs test files (paths in the tree, without their ending). Mocha is not told to exit: a handle, timer or thread that
 * is left behind keeps the process alive, and its time running out counts as a failure.
 */
export const runMocha = async (
  wine: Wine,
  tree: string,
  files: readonly string[],
  environment: NodeJS.ProcessEnv,
  limit: number,
): Promise<Result> => {
  const mocha = windowsPath(join(tree, 'node_modules', 'mocha', 'bin', 'mocha.js'));
  const { code, output } = await wine.node(
    [mocha, '--no-config', '--timeout', '20000', ...files.map((file) => `${file}.js`)],
    environment,
    limit,
  ).ended;
  const passed = counted(output, 'passing');
  const failed = counted(output, 'failing');
  if (code === 0 && failed === 0 && passed > 0) return { passed, failed, output };
  const reason = code === undefined ? `did not end within ${limit / 1000} s` : `ended with code ${code}`;
  return { passed, failed: Math.max(1, failed), output: `${output}\n  (node.exe ${reason})` };
};
