/** What a command writes to and reads from, and how it ends. */
import { styleText } from 'node:util';

/**
 * 0: done. 1: it did not work. 2: it was not asked for rightly, and nothing was started. 130, 131 and 143: ended by Ctrl-C
 * (SIGINT) or SIGTERM.
 */
export type ExitCode = 0 | 1 | 2 | 130 | 131 | 143;

/** Where a command's lines go; tests collect them. */
export interface Terminal {
  /** One line of what was asked for. */
  readonly out: (line: string) => void;
  /** One line about what went wrong. */
  readonly err: (line: string) => void;
  /** May lines carry colour? */
  readonly colour: boolean;
  /** Asks for one line that is not shown while it is typed; undefined: nothing was given. Undefined where nobody is there. */
  readonly ask: ((question: string) => Promise<string | undefined>) | undefined;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
}

/** The terminal of this process. Colour only where a person looks, and not if `NO_COLOR` is set (no-color.org). */
export const processTerminal = (): Terminal => ({
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  colour: process.stdout.isTTY === true && !process.env.NO_COLOR,
  ask:
    process.stdin.isTTY && process.stderr.isTTY
      ? async (question) =>
          (await import('./prompt.js')).askHidden(question, process.stdin, process.stderr, () =>
            process.kill(process.pid, 'SIGINT'),
          )
      : undefined,
  readInput: async () => (await import('node:stream/consumers')).text(process.stdin),
});

/** Writes one line for each thing that went wrong. */
export const complain = <Code extends 1 | 2>(
  { err }: Pick<Terminal, 'err'>,
  sentences: readonly string[],
  code: Code,
): Code => {
  for (const sentence of sentences) err(`error: ${sentence}`);
  return code;
};

/** The text in a style, on terminals that have styles. */
export const styled = (
  { colour }: Pick<Terminal, 'colour'>,
  style: 'bold' | 'dim' | 'green' | 'yellow' | 'red',
  text: string,
): string => (colour ? styleText(style, text, { validateStream: false }) : text);
