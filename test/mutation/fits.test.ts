/** The lists of faults that were thought of: each must fit the source as it is today, or it shows nothing. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { faults as driverFaults } from '../guest/faults.js';
import { faults } from '../model/faults.js';
import { project } from './copy.js';
import { namedMutants } from './named.js';

for (const [list, entries] of [
  ['test/model/faults.ts', faults],
  ['test/mutation/named.ts', namedMutants],
  ['test/guest/faults.ts', driverFaults.map((fault) => ({ ...fault, file: `guest-driver/${fault.file}` }))],
] as const)
  describe(`each fault of ${list} is in the source once`, () => {
    for (const { name, file, search } of entries)
      it(name, async () => {
        const text = await readFile(join(project, file), 'utf8');
        expect(text.split(search).length - 1, `times in ${file}: ${search}`).to.equal(1);
      });
  });
