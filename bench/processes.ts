/** The processes that a measurement compares, and how they are talked to. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A forked process that told its port. */
export interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

/** The next message of a type from a child. */
export const messageFrom = <T>(child: ChildProcess, type: string): Promise<T> =>
  new Promise((resolve, reject) => {
    const onMessage = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || Reflect.get(message, 'type') !== type) return;
      child.off('message', onMessage);
      child.off('exit', onExit);
      resolve(message as T);
    };
    const onExit = (code: number | null): void => reject(new Error(`a measured process ended with ${code}`));
    child.on('message', onMessage);
    child.once('exit', onExit);
  });

/** Flags with which Node writes a processor profile into a folder when it ends. */
export const profiling = (folder: string): readonly string[] => [
  '--cpu-prof',
  `--cpu-prof-dir=${folder}`,
  '--cpu-prof-interval=200',
];

/** Forks a server of this folder and waits until it listens. `flags`: further ones for Node. */
export const startServer = async (
  name: string,
  parameters: readonly string[],
  flags: readonly string[] = [],
): Promise<Server> => {
  const child = fork(file(name), parameters, {
    execArgv: ['--expose-gc', ...flags],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const { port } = await messageFrom<{ readonly port: number }>(child, 'listening');
  return { child, port };
};

/** How a process that is timed ends, and what its environment has beside ours. */
export interface TimedProcess {
  readonly end?: 'SIGKILL' | 'SIGTERM';
  readonly env?: Readonly<Record<string, string>>;
}

/** Milliseconds from the start of a process until it prints `sign`. */
export const timeUntilPrinted = (
  parameters: readonly string[],
  sign: RegExp,
  { end = 'SIGKILL', env = {} }: TimedProcess = {},
): Promise<number> =>
  new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, parameters, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    let printed = '';
    const onData = (chunk: unknown): void => {
      printed += String(chunk);
      if (!sign.test(printed)) return;
      const took = performance.now() - started;
      child.removeAllListeners('exit');
      child.once('exit', () => resolve(took));
      child.kill(end);
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', (code) => reject(new Error(`${parameters.join(' ')} ended with ${code}: ${printed}`)));
  });

/** The path of a file in the built package. */
export const built = (name: string): string => file(`../dist/${name}`);

/** The path of a file of the bench. */
export const benchFile = file;

/** Microseconds of processor time that a measured process has used so far, all its threads together. */
export const processorTimeUsed = async (child: ChildProcess): Promise<number> => {
  child.send({ type: 'cpu' });
  const { user, system } = await messageFrom<{ readonly user: number; readonly system: number }>(
    child,
    'cpu',
  );
  return user + system;
};
