/** The command line as a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Waiting {
  readonly pattern: RegExp;
  readonly resolve: (found: RegExpExecArray) => void;
}

export class CliProcess {
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';
  #hasEnded = false;
  #waiting: readonly Waiting[] = [];

  constructor(argv: readonly string[], input: string | null, env: NodeJS.ProcessEnv) {
    const child = spawn(process.execPath, ['--import', 'tsx', main, ...argv], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#out += text;
      this.#look();
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#err += text;
      this.#look();
    });
    if (input !== null) child.stdin.end(input);
    this.ended = new Promise((resolve) => {
      child.once('close', (code) => {
        this.#hasEnded = true;
        resolve({ code, out: this.#out, err: this.#err });
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get out(): string {
    return this.#out;
  }

  get err(): string {
    return this.#err;
  }

  /** What the pattern finds in either output, now or once it is written; rejects when the process ends without. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const found = new Promise<RegExpExecArray>((resolve) => {
      this.#waiting = [...this.#waiting, { pattern, resolve }];
      this.#look();
    });
    const over = this.ended.then(({ code, out, err }): never => {
      throw new Error(`ended with ${code} before it said ${pattern}:\n${out}\n${err}`);
    });
    return Promise.race([found, over]);
  }

  signal(signal: 'SIGHUP' | 'SIGINT' | 'SIGQUIT' | 'SIGTERM' | 'SIGKILL' | 'SIGUSR2'): void {
    this.#child.kill(signal);
  }

  /** Takes away whoever reads standard output. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  #look(): void {
    for (const waiting of this.#waiting) {
      const found = waiting.pattern.exec(this.#out) ?? waiting.pattern.exec(this.#err);
      if (found === null) continue;
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.resolve(found);
    }
  }
}

const started = new Set<CliProcess>();

/** Starts the program. `input`: all of its standard input. */
export const startCli = (
  argv: readonly string[],
  input: string | null = '',
  env: NodeJS.ProcessEnv = {},
): CliProcess => {
  const cli = new CliProcess(argv, input, env);
  started.add(cli);
  void cli.ended.then(() => started.delete(cli));
  return cli;
};

/** Runs the program to its end. */
export const endOf = (argv: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
  startCli(argv, input, env).ended;

/** For `afterEach`: ends what a failed test has left running. */
export const endAll = async (): Promise<void> => {
  await Promise.all(
    [...started].map((cli) => {
      cli.signal('SIGKILL');
      return cli.ended;
    }),
  );
};
