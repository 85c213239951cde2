/**
 * The virtual machine in which WSL 2 runs the distributions of this user. No wildcard of Hyper-V's matches it (WSL issue 5751),
 * and its id is another one after each start, so it is asked for: `wsl.exe --list --running` starts nothing;
 * `wslinfo --vm-id`, which WSL has since its pull request 13212 (August 2025), must run inside a distribution, and does in one
 * that runs already. Nothing of it needs elevation.
 */
import { execFile } from 'node:child_process';
import * as E from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import type { Clock, TimerHandle } from '../../streams/clock.js';
import { callBegins } from '../native-calls.js';

/** How a run of `wsl.exe` ended. */
export interface WslRun {
  /** The exit code; undefined where it did not come to one. */
  readonly code: number | undefined;
  /** What it wrote on standard output. */
  readonly output: Uint8Array;
}

/** Runs `wsl.exe`; the left side is the code for which it could not be started: `ENOENT`. */
export type RunWsl = (parameters: readonly string[]) => Promise<E.Either<string, WslRun>>;

/** Milliseconds that a run may take; a virtual machine that stops can hold one up. */
const runLimit = 10_000;

/** Windows' own `wsl.exe`, by its full path. */
export const runWsl: RunWsl = (parameters) =>
  new Promise((resolve) => {
    const [verb] = parameters;
    const ended = callBegins('wsl', `wsl.exe ${verb === '--list' ? verb : '--exec wslinfo'}`);
    execFile(
      `${process.env.SystemRoot ?? 'C:\\Windows'}\\System32\\wsl.exe`,
      [...parameters],
      {
        encoding: 'buffer',
        timeout: runLimit,
        windowsHide: true,
        env: { ...process.env, WSL_UTF8: '1' },
      },
      (error, output) => {
        if (error !== null && typeof error.code === 'string') {
          ended(error.code);
          resolve(E.left(error.code));
          return;
        }
        // Killed after its time it has none.
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
        ended(`exit code ${code ?? 'none'}`);
        resolve(E.right({ code, output }));
      },
    );
  });

/** `wsl.exe` writes UTF-16 unless a newer one is told not to. */
const textOf = (output: Uint8Array): string =>
  new TextDecoder(output.includes(0) ? 'utf-16le' : 'utf-8').decode(output);

/** The distributions that run. It exits with another code than 0 where none does, or where there is none. */
export const runningDistributions = async (run: RunWsl): Promise<E.Either<string, readonly string[]>> =>
  E.map(({ code, output }: WslRun): readonly string[] =>
    code === 0
      ? textOf(output)
          .split(/\r?\n/)
          .map((line) => line.trim())
          .filter((line) => line !== '')
      : [],
  )(await run(['--list', '--running', '--quiet']));

const guid = /^\{?([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})\}?$/i;

/** The id that one of these tells; those of WSL 1, and those that have no `wslinfo`, tell none. */
export const vmIdOf = async (
  run: RunWsl,
  distributions: readonly string[],
): Promise<E.Either<string, string | undefined>> => {
  for (const name of distributions) {
    const ran = await run(['--distribution', name, '--exec', 'wslinfo', '--vm-id', '-n']);
    if (E.isLeft(ran)) return ran;
    const id = guid.exec(textOf(ran.right.output).trim())?.[1];
    if (ran.right.code === 0 && id !== undefined) return E.right(id.toLowerCase());
  }
  return E.right(undefined);
};

/** How often it is looked which distributions run, in milliseconds. */
const lookPause = 5_000;

/**
 * How often the id is asked for while the same ones run: they may have been stopped and started between two looks. Asking
 * is a command inside, which puts off the moment at which WSL stops what is idle (15 s for a distribution, 60 s for the
 * machine), so this is longer.
 */
const askPause = 300_000;

/**
 * The id of the virtual machine, `undefined` while there is none: at once, and whenever it changes. Errors with the code
 * for which `wsl.exe` could not be started.
 */
export const wslVm = (run: RunWsl, clock: Clock): Observable<string | undefined> =>
  new Observable((subscriber) => {
    let timer: TimerHandle | undefined;
    let told: { readonly id: string | undefined } | undefined;
    let known: { readonly distributions: string; readonly asked: number } | undefined;

    const tell = (id: string | undefined): void => {
      if (told !== undefined && told.id === id) return;
      told = { id };
      subscriber.next(id);
    };
    const look = async (): Promise<E.Either<string, void>> => {
      const running = await runningDistributions(run);
      if (E.isLeft(running)) return running;
      if (running.right.length === 0) {
        tell(undefined);
        return E.right(undefined);
      }
      const distributions = running.right.join('\n');
      const isKnown = told?.id !== undefined && known?.distributions === distributions;
      if (isKnown && clock.elapsed() - (known?.asked ?? 0) < askPause) return E.right(undefined);
      if (subscriber.closed) return E.right(undefined);
      known = { distributions, asked: clock.elapsed() };
      return E.map(tell)(await vmIdOf(run, running.right));
    };
    const lookAgain = async (): Promise<void> => {
      const looked = await look();
      if (E.isLeft(looked)) subscriber.error(looked.left);
      else if (!subscriber.closed) timer = clock.setTimeout(() => void lookAgain(), lookPause);
    };
    void lookAgain();
    return () => {
      if (timer !== undefined) clock.clearTimeout(timer);
    };
  });
