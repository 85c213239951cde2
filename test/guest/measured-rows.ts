/** The table of docs/guest-benchmarks.md: measured for one kernel, it keeps what was measured for the others. */

import { marked, withMarked } from '../../bench/marked.js';

/** Its mark. */
const name = 'measured';

/** Lines of the table above its rows. */
const titles = 2;

const kernelOf = (row: string): string => row.split('|')[2]?.trim() ?? '';

/** The page with these rows in the place of those of the same kernels. Throws where the page has no table between its marks. */
export const withRows = (page: string, rows: readonly string[]): string => {
  const table = marked(page, name).split('\n');
  const measured = new Set(rows.map(kernelOf));
  const others = table.slice(titles).filter((row) => !measured.has(kernelOf(row)));
  const all = [...others, ...rows].sort((a, b) =>
    kernelOf(a).localeCompare(kernelOf(b), 'en', { numeric: true }),
  );
  return withMarked(page, name, [...table.slice(0, titles), ...all].join('\n'));
};
