/** A question on the terminal whose answer does not show. */
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/**
 * Asks, and gives the line that was typed; undefined at the end of the input. The line editor swallows Ctrl-C: `interrupt` is
 * called for it, and there is no answer.
 */
export const askHidden = (
  question: string,
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  interrupt: () => void,
): Promise<string | undefined> => {
  // What the line editor would show goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  output.write(question);
  return new Promise((resolve) => {
    const settle = (answer: string | undefined): void => {
      if (answer !== undefined) resolve(answer);
      lines.close();
    };
    lines.once('line', settle);
    lines.once('SIGINT', () => {
      settle(undefined);
      interrupt();
    });
    lines.once('close', () => {
      output.write('\n');
      resolve(undefined);
    });
  });
};
