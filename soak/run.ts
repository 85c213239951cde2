/** `npm run soak -- plans|fuzz|guests|months`: what takes too long for `npm test`. docs/reliability.md has the figures. */
import { parseArgs } from 'node:util';
import { planOf, playPlans } from './plans/plans.js';
import { Simulation } from './plans/simulation.js';
import { failureText, planText, reportText } from './plans/text.js';

const usage = `Usage: npm run soak -- COMMAND

  plans [--seeds N] [--seed S] [--minutes M] [--trace]
      Plays N plans (500) from seed S (1) on in virtual time, for M minutes at most; --trace prints all that happens in the first.`;

const wholeNumber = (text: string | undefined, otherwise: number): number => {
  const value = Number(text ?? otherwise);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  console.error(`${text}: expected a whole number\n\n${usage}`);
  process.exit(2);
};

const options = {
  seeds: { type: 'string' },
  seed: { type: 'string' },
  minutes: { type: 'string' },
  trace: { type: 'boolean' },
} as const;

/** Says how far a long run is, once a minute. */
const eachMinute = (): ((text: () => string) => void) => {
  let due = Date.now() + 60_000;
  return (text) => {
    if (Date.now() < due) return;
    due = Date.now() + 60_000;
    console.log(text());
  };
};

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

const plans = async ({ seeds, seed, minutes, trace }: Values): Promise<boolean> => {
  const first = wholeNumber(seed, 1);
  if (trace === true) {
    console.log(planText(planOf(first)));
    const outcome = await Simulation.play(planOf(first), true);
    console.log(outcome.trace.join('\n'));
    return outcome.violations.length === 0;
  }
  const started = Date.now();
  const say = eachMinute();
  const report = await playPlans(first, wholeNumber(seeds, 500), {
    until: started + wholeNumber(minutes, 24 * 60) * 60_000,
    progress: (soFar) => say(() => reportText(soFar, Date.now() - started)),
  });
  for (const failure of report.failures) console.log(failureText(failure));
  console.log(reportText(report, Date.now() - started));
  return report.failures.length === 0;
};

const commands: Readonly<Record<string, (values: Values) => Promise<boolean>>> = { plans };

const { values, positionals } = parseArgs({ options, allowPositionals: true });
const command = commands[positionals[0] ?? ''];
if (command === undefined) {
  console.error(usage);
  process.exit(2);
}
process.exitCode = (await command(values)) ? 0 : 1;
