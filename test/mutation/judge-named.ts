/** Puts the named mutants in place, one after the other, and runs the tests that must notice each. */
import { Copy } from './copy.js';
import { type NamedMutant, namedMutants } from './named.js';

/** Milliseconds for the test files of one mutant. */
const patience = 300_000;

const inPlace = (text: string, { name, file, search, replace }: NamedMutant): string => {
  const times = text.split(search).length - 1;
  if (times === 1) return text.replace(search, () => replace);
  throw new Error(
    `“${name}”: ${file} has ${times} times, and must have once: ${search}\nThe source has changed: bring test/mutation/named.ts up to date.`,
  );
};

/** Those of them whose name or file has this in it; resolves with how many survived. */
export const judgeNamed = async (part: string): Promise<number> => {
  const copy = await Copy.make();
  try {
    const chosen = namedMutants.filter(({ name, file }) => `${file} ${name}`.includes(part));
    let survived = 0;
    for (const mutant of chosen) {
      const { file, name, tests } = mutant;
      const report = await copy.with(file, inPlace(await copy.read(file), mutant), () =>
        copy.test(tests, { patience, bail: true }),
      );
      const by = report === undefined ? 'no end, or none with a report' : report.failures[0]?.fullTitle;
      if (by === undefined) survived += 1;
      console.log(
        `${by === undefined ? 'SURVIVED' : 'noticed '}  ${file}: ${name}\n          by ${by ?? 'nobody'}`,
      );
    }
    console.log(`${chosen.length - survived} of ${chosen.length} named mutants noticed`);
    return survived;
  } finally {
    await copy.remove();
  }
};
