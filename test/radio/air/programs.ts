/** Programs that run in the virtual machine beside the tests. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, createWriteStream } from 'node:fs';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Runs a program to its end; its standard output. Rejects when it fails, or hangs for minutes. */
export const run = async (program: string, ...parameters: string[]): Promise<string> => {
  const { stdout } = await exec(program, parameters, { timeout: 180_000 });
  return stdout;
};

/**
 * Resolves once it is so, for what tells nobody of itself. The test's own time limit bounds the waiting. `pause`: milliseconds
 * between two looks, which cost a busy host nothing: the machine's clock leaps over them.
 */
export const until = async (so: () => Promise<boolean>, pause = 50): Promise<void> => {
  while (!(await so())) await new Promise((resolve) => setTimeout(resolve, pause));
};

/**
 * Where logs are written: in the machine's memory. Its clock leaps over the time for which it waits for this host's disk, and with it
 * over handshakes and deadlines that go on meanwhile.
 */
export const logs = '/tmp/logs';

/** Puts the logs so far where this host finds them. */
export const handLogsOut = (): void => cpSync(logs, '/out/logs', { recursive: true });

/** A program that keeps running. Its output is kept among the `logs`, in `<name>.log`. */
export class Program {
  static readonly #running = new Map<Program, string>();
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  #output = '';
  readonly #waiting = new Set<() => void>();

  private constructor(name: string, command: readonly string[]) {
    const [program = '', ...parameters] = command;
    this.#child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(`${logs}/${name}.log`, { flags: 'a' });
    const take = (chunk: Buffer): void => {
      log.write(chunk);
      this.#output += chunk.toString();
      for (const look of this.#waiting) look();
    };
    this.#child.stdout?.on('data', take);
    this.#child.stderr?.on('data', take);
    Program.#running.set(this, name);
    this.#ended = new Promise((resolve) => {
      this.#child.once('close', () => {
        Program.#running.delete(this);
        log.end();
        for (const look of this.#waiting) look();
        resolve();
      });
    });
  }

  /** Starts a program and resolves once it has written `ready`. */
  static async start(name: string, command: readonly string[], ready: string | RegExp): Promise<Program> {
    const program = new Program(name, command);
    await program.says(ready);
    return program;
  }

  /** Ends the programs with these names, however far the test has come that started them. */
  static async stopAll(...names: readonly string[]): Promise<void> {
    for (const [program, name] of [...Program.#running].reverse())
      if (names.includes(name)) await program.stop();
  }

  /** Resolves once the output so far has `text`; rejects when the program has ended without it. */
  says(text: string | RegExp): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = typeof text === 'string' ? this.#output.includes(text) : text.test(this.#output);
        if (!found && this.#child.exitCode === null && this.#child.signalCode === null) return;
        this.#waiting.delete(look);
        if (found) resolve();
        else reject(new Error(`${this.#child.spawnfile} ended without saying ${text}:\n${this.#output}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Its process id; 0 if it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Whether it has ended. */
  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Everything that it has written. */
  get output(): string {
    return this.#output;
  }

  /** Forgets what was written, so that `says` waits for something new. */
  forget(): void {
    this.#output = '';
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends it and waits for its end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal);
    await this.#ended;
  }
}
