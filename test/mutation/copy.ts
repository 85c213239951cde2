/** A copy of the project in which source files are spoilt and tests are run; the checkout is never touched. */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout. */
export const project = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Not needed in a copy, or too large for one. */
const leftOut = new Set(['node_modules', 'dist', '.git']);

/** What mocha reports of one run. */
export interface Report {
  readonly failures: readonly {
    readonly fullTitle: string;
    readonly file?: string;
    readonly err: { readonly message?: string };
  }[];
  readonly stats: { readonly passes: number; readonly duration: number };
}

/** How a run goes. */
export interface RunOptions {
  /** Milliseconds after which it is ended, with every process that it has started. */
  readonly patience: number;
  /** Stops at the first failure. */
  readonly bail: boolean;
  readonly environment?: Readonly<Record<string, string>>;
}

/** One copy. */
export class Copy {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Copy> {
    const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-mutations-'));
    await cp(project, folder, { recursive: true, filter: (source) => !leftOut.has(basename(source)) });
    await symlink(join(project, 'node_modules'), join(folder, 'node_modules'));
    return new Copy(folder);
  }

  read(file: string): Promise<string> {
    return readFile(join(this.folder, file), 'utf8');
  }

  /** Runs `body` while the file has this text. */
  async with<T>(file: string, text: string, body: () => Promise<T>): Promise<T> {
    const source = await this.read(file);
    await writeFile(join(this.folder, file), text);
    try {
      return await body();
    } finally {
      await writeFile(join(this.folder, file), source);
    }
  }

  /** Runs test files in one mocha. Undefined: it came to no end, or to one without a report. */
  async test(
    files: readonly string[],
    { patience, bail, environment }: RunOptions,
  ): Promise<Report | undefined> {
    const output = join(this.folder, 'report.json');
    await rm(output, { force: true });
    const mocha = join(project, 'node_modules', 'mocha', 'bin', 'mocha.js');
    const reporting = ['--reporter', 'json', '--reporter-option', `output=${output}`];
    const child = spawn(process.execPath, [mocha, ...(bail ? ['--bail'] : []), ...reporting, ...files], {
      cwd: this.folder,
      stdio: 'ignore',
      // A group of its own, so that what the tests have started can be ended with them.
      detached: true,
      env: { ...process.env, ...environment },
    });
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(end, patience);
    await new Promise((resolve) => child.once('exit', resolve));
    clearTimeout(timer);
    end();
    return readFile(output, 'utf8').then(
      (text) => JSON.parse(text) as Report,
      () => undefined,
    );
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
