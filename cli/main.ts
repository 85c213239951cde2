/** The program `proxy-wifi`; `start.ts` loads what the build makes of it. */
import { run } from './program.js';
import { processTerminal } from './terminal.js';

/** A programming error. People get one line; where it is from, with `NODE_DEBUG=proxy-wifi`. */
const crash = (error: unknown): never => {
  const details =
    process.env.NODE_DEBUG === 'proxy-wifi' && error instanceof Error ? error.stack : String(error);
  process.stderr.write(`internal error, please report it: ${details}\n`);
  return process.exit(1);
};

process.on('uncaughtException', crash);
// Whoever read the output has seen enough: `proxy-wifi guest scan | head -1`. A service goes on.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') crash(error);
  else if (process.argv[2] !== 'serve') process.exit();
});

// The build makes CommonJS of it, which has no await here.
void run(process.argv.slice(2), processTerminal()).then((code) => {
  process.exitCode = code;
  // What a stuck reader leaves unread would keep a service's process alive; this timer does not, and ends it.
  if (process.argv[2] === 'serve') setTimeout(() => process.exit(), 300).unref();
});
