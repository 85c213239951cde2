/** The guest in C, which is in the way of a measure as little as can be: compiled where a compiler is there. */
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { benchFile } from './processes.js';

const run = promisify(execFile);

export interface LeanClient {
  /** Milliseconds of each of `count` exchanges, one after the other. */
  readonly times: (port: number, count: number, request: Buffer) => Promise<readonly number[]>;
  /** Exchanges a second of so many guests at once. */
  readonly load: (port: number, guests: number, seconds: number, request: Buffer) => Promise<number>;
}

/** Compiles it into `folder`. Undefined: there is no compiler `cc` that can. */
export const leanClient = (folder: string): LeanClient | undefined => {
  const program = join(folder, 'lean-client');
  const { status } = spawnSync('cc', ['-O2', '-pthread', '-o', program, benchFile('lean-client.c')]);
  if (status !== 0) return undefined;
  return {
    times: async (port, count, request) => {
      const { stdout } = await run(program, ['times', `${port}`, `${count}`, request.toString('hex')]);
      return stdout
        .trim()
        .split('\n')
        .map((nanoseconds) => Number(nanoseconds) / 1e6);
    },
    load: async (port, guests, seconds, request) => {
      const { stdout } = await run(program, [
        'load',
        `${port}`,
        `${guests}`,
        `${seconds}`,
        request.toString('hex'),
      ]);
      return Number(stdout) / seconds;
    },
  };
};
