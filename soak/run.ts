/** `npm run soak -- plans|real|fuzz|guests|hostile|dead|addresses|months`: what takes too long for `npm test`. docs/reliability.md has the figures. */

import { parseArgs } from 'node:util';
import { Dice } from './dice.js';
import { decoders, fuzzDecoders } from './fuzz/decoders.js';
import { fuzzService } from './fuzz/service.js';
import { measureAddresses, measureDead, measureHostile, measureMany } from './many/commands.js';
import { months } from './months.js';
import { planOf, playPlans } from './plans/plans.js';
import { play } from './plans/plays.js';
import { playForReal } from './plans/real.js';
import { failureText, planText, reportText } from './plans/text.js';

const usage = `Usage: npm run soak -- COMMAND

  plans [--seeds N] [--seed S] [--minutes M] [--trace]
      Plays N plans (500) from seed S (1) on in virtual time, for M minutes at most; --trace prints all that happens in the first.

  real [--seeds N] [--seed S] [--minutes M]
      Plays N plans (30) over real sockets, with a process that is really killed.

  fuzz [--minutes M] [--frames N] [--seed S]
      Sends hostile bytes to a service of its own, its inspector and its metrics, and to every decoder, for M minutes (1) or N
      frames (no limit); guests that behave are served meanwhile, and looked at.

  guests [--most N] [--rounds N]
      Measures a service with 1, 10, 100, 1,000 and 4,000 guests; --most leaves out what is beyond. All five are written to
      docs/reliability.md and docs/many-guests.svg.

  hostile [--rounds N]
      Measures what 99 guests notice of a hostile one, in N turns (8) with and N without it.

  dead
      Measures what 64 guests notice of 200 dead ones, which are told the same.

  addresses [--count N]
      N addresses (100,000), one after the other, at a service that knows 1,024 guests at a time.

  months [--days N] [--seed S]
      Lives through N virtual days (90) of 20 guests and a restless host, and looks at what grows.`;

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
  frames: { type: 'string' },
  most: { type: 'string' },
  rounds: { type: 'string' },
  count: { type: 'string' },
  days: { type: 'string' },
  trace: { type: 'boolean' },
  help: { type: 'boolean' },
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
    const outcome = await play(planOf(first), true);
    console.log(outcome.trace.join('\n'));
    return outcome.violations.length === 0;
  }
  const started = Date.now();
  const say = eachMinute();
  const report = await playPlans(first, wholeNumber(seeds, 500), {
    until: started + wholeNumber(minutes, 24 * 60) * 60_000,
    failed: (failure) => console.log(failureText(failure)),
    progress: (soFar) => say(() => reportText(soFar, Date.now() - started)),
  });
  console.log(reportText(report, Date.now() - started));
  return report.failures.length === 0;
};

const real = async ({ seeds, seed, minutes }: Values): Promise<boolean> => {
  const first = wholeNumber(seed, 1);
  const started = Date.now();
  const until = started + wholeNumber(minutes, 24 * 60) * 60_000;
  let [plans, answers, kills, failed] = [0, 0, 0, 0];
  for (let n = first; n < first + wholeNumber(seeds, 30) && Date.now() < until; n++) {
    const outcome = await playForReal(n);
    plans += 1;
    answers += outcome.answers;
    kills += outcome.kills;
    if (outcome.violations.length === 0) continue;
    failed += 1;
    console.log(`seed ${n}: ${outcome.violations.join('; ')}`);
  }
  console.log(
    `${plans} plans with ${answers} answered requests and ${kills} kills in ${Math.round((Date.now() - started) / 1000)} s, ${failed} failed`,
  );
  return failed === 0;
};

/** Rounds of each decoder for a minute of the service. */
const roundsPerMinute = 3000;

const fuzz = async ({ minutes, frames, seed }: Values): Promise<boolean> => {
  const first = wholeNumber(seed, 1);
  const time = wholeNumber(minutes, 1);
  const started = Date.now();
  const say = eachMinute();
  const report = await fuzzService(new Dice(first), {
    until: started + time * 60_000,
    frames: wholeNumber(frames, Number.MAX_SAFE_INTEGER),
    progress: (soFar) => say(() => `${soFar} frames in ${Math.round((Date.now() - started) / 1000)} s`),
  });
  const rounds = Math.max(1, time) * roundsPerMinute;
  const found = fuzzDecoders(first, rounds);
  for (const { decoder, seed: at, problem } of found) console.log(`${decoder}, seed ${at}: ${problem}`);
  for (const finding of report.findings) console.log(finding);
  const [early, late] = report.memory;
  console.log(
    `${report.frames} frames and ${report.requests} requests at the service, ${rounds} rounds of ${Object.keys(decoders).length} decoders in ${Math.round((Date.now() - started) / 1000)} s; ${report.served} exchanges of guests that behave, median ${report.median.toFixed(1)} ms, p99 ${report.p99.toFixed(1)} ms; resident ${early.toFixed(0)} MiB, at the end ${late.toFixed(0)} MiB; ${report.findings.length + found.length} findings`,
  );
  return report.findings.length + found.length === 0;
};

const monthsOf = async ({ days, seed }: Values): Promise<boolean> => {
  const started = Date.now();
  const say = eachMinute();
  const report = await months(wholeNumber(days, 90), 20, wholeNumber(seed, 1), ({ day, answers }) =>
    say(() => `day ${day}, ${answers} answered requests`),
  );
  for (const violation of report.violations) console.log(violation);
  const [early, late] = report.heap;
  console.log(
    `${report.days} days and ${report.answers} answered requests in ${Math.round((Date.now() - started) / 1000)} s; heap ${early.toFixed(1)} → ${late.toFixed(1)} MiB (${report.growth.toFixed(2)} %), ${report.timers} timers at most at the end of a day, ${report.violations.length} violations`,
  );
  return report.violations.length === 0 && report.growth <= 2;
};

const commands: Readonly<Record<string, (values: Values) => Promise<boolean>>> = {
  plans,
  real,
  fuzz,
  guests: ({ most, rounds }) => measureMany(wholeNumber(most, 4000), wholeNumber(rounds, 2000)),
  hostile: ({ rounds }) => measureHostile(wholeNumber(rounds, 8)),
  dead: measureDead,
  addresses: ({ count }) => {
    const say = eachMinute();
    return measureAddresses(wholeNumber(count, 100_000), (n) => say(() => `${n} addresses`));
  },
  months: monthsOf,
};

/** As it was typed; an option that there is not ends it. */
const typed = () => {
  try {
    return parseArgs({ options, allowPositionals: true });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
};

const { values, positionals } = typed();
const command = commands[positionals[0] ?? ''];
if (values.help === true || command === undefined) {
  if (values.help === true) console.log(usage);
  else console.error(usage);
  process.exit(values.help === true ? 0 : 2);
}
process.exitCode = (await command(values)) ? 0 : 1;
