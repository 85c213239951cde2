/** Writes what was measured into docs/guest-benchmarks.md. Usage: record-rows.ts FILE…, each with the rows of one kernel. */
import { readFileSync, writeFileSync } from 'node:fs';
import { withRows } from './measured-rows.js';

const page = new URL('../../docs/guest-benchmarks.md', import.meta.url);
const rows = process.argv.slice(2).flatMap((file) => readFileSync(file, 'utf8').trim().split('\n'));
writeFileSync(page, withRows(readFileSync(page, 'utf8'), rows));
