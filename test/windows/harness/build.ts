/** Compiles C for Windows with mingw-w64. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const compile = (options: readonly string[]): void => {
  execFileSync('x86_64-w64-mingw32-gcc', ['-Wall', '-Wextra', '-Werror', '-O1', ...options], {
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 120_000,
  });
};

/** The stand-in for `wlanapi.dll`; returns the path of the DLL. */
export const buildStandIn = (sources: string, build: string): string => {
  mkdirSync(build, { recursive: true });
  const dll = join(build, 'wlanapi-stand-in.dll');
  const files = readdirSync(sources).filter((name) => name.endsWith('.c'));
  compile(['-shared', '-o', dll, ...files.map((name) => join(sources, name)), '-lws2_32']);
  return dll;
};

/** One program from one file; returns the path of the executable. */
export const buildProgram = (source: string, executable: string): string => {
  compile(['-o', executable, source]);
  return executable;
};
