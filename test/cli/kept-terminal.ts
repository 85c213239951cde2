/** A terminal that keeps what is written to it, and gives what it was told to. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../../cli/program.js';
import type { ExitCode, Terminal } from '../../cli/terminal.js';

/** What commands remember goes away with the tests. */
const remembered = mkdtempSync(join(tmpdir(), 'proxy-wifi-remembered-'));
process.env.XDG_STATE_HOME = remembered;
process.once('exit', () => rmSync(remembered, { recursive: true, force: true }));

export interface Given {
  /** All of standard input. */
  readonly input?: string;
  /** What is typed at a prompt; without it nobody is there. */
  readonly typed?: string;
}

export class KeptTerminal implements Terminal {
  readonly lines: string[] = [];
  readonly complaints: string[] = [];
  readonly questions: string[] = [];
  readonly colour = false;
  readonly ask: Terminal['ask'];
  readonly readInput: Terminal['readInput'];

  constructor({ input = '', typed }: Given = {}) {
    this.readInput = async () => input;
    this.ask =
      typed === undefined
        ? undefined
        : async (question) => {
            this.questions.push(question);
            return typed;
          };
  }

  readonly out = (line: string): void => void this.lines.push(line);
  readonly err = (line: string): void => void this.complaints.push(line);
}

export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
  readonly questions: readonly string[];
}

/** Runs one command in this process. */
export const ran = async (argv: readonly string[], given: Given = {}): Promise<Ran> => {
  const terminal = new KeptTerminal(given);
  const code = await run(argv, terminal);
  const { lines, complaints, questions } = terminal;
  return { code, out: lines.join('\n'), err: complaints.join('\n'), questions };
};
