/** Measures taken in turns, so that what else the machine does falls on both sides alike. */

/** The values of two measures, `rounds` of each. */
export const interleaved = async (
  rounds: number,
  measures: readonly [() => Promise<number>, () => Promise<number>],
): Promise<readonly [number[], number[]]> => {
  const values: readonly [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    values[0].push(await measures[0]());
    values[1].push(await measures[1]());
  }
  return values;
};
