/** The package as somebody gets it who installs it: packed, and installed into an empty project. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The folder of the project itself. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** What a program that ended has written; the exit code is in a rejection's `code`. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
}

/** The package as a file, and what is in it. */
export interface Packed {
  readonly path: string;
  readonly files: readonly string[];
}

/** An empty project, into which packages can be installed. */
export class Project {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-package-'));
    await writeFile(join(folder, 'package.json'), '{ "name": "somebody", "private": true }');
    return new Project(folder);
  }

  /** Packs this package into the project's folder; builds it first, as publishing does. */
  async pack(): Promise<Packed> {
    const { stdout } = await run('npm', ['pack', '--json', '--silent', '--pack-destination', this.folder], {
      cwd: root,
    });
    const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [
      { readonly files: readonly { readonly path: string }[]; readonly filename: string },
    ];
    const { filename } = packed;
    return { path: join(this.folder, filename), files: packed.files.map(({ path }) => path) };
  }

  install(...packages: readonly string[]): Promise<Ended> {
    const options = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
    return run('npm', ['install', ...options, ...packages], { cwd: this.folder });
  }

  uninstall(...packages: readonly string[]): Promise<Ended> {
    return run('npm', ['uninstall', '--no-audit', '--no-fund', '--loglevel=error', ...packages], {
      cwd: this.folder,
    });
  }

  async write(name: string, text: string): Promise<string> {
    const path = join(this.folder, name);
    await writeFile(path, text);
    return path;
  }

  read(name: string): Promise<string> {
    return readFile(join(this.folder, name), 'utf8');
  }

  node(...args: readonly string[]): Promise<Ended> {
    return run(process.execPath, args, { cwd: this.folder, timeout: 200_000 });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
