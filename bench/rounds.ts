/** Measures taken in turns, so that what else the machine does falls on all sides alike. */

type Measure = () => Promise<number>;

/** The values of measures, `rounds` of each. */
export const interleaved = async <M extends readonly [Measure, ...(readonly Measure[])]>(
  rounds: number,
  measures: M,
): Promise<{ readonly [K in keyof M]: number[] }> => {
  const values: number[][] = measures.map(() => []);
  for (let round = 0; round < rounds; round += 1)
    for (const [n, measure] of measures.entries()) values[n]?.push(await measure());
  // One list for each measure, as the type says.
  return values as { readonly [K in keyof M]: number[] };
};
