import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { operationTables, protocolPage } from '../../protocol/page.js';

describe('the protocol page', () => {
  it('is up to date: if not, run `npx tsx docs/write-protocol.ts`', () => {
    expect(readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')).to.equal(protocolPage());
  });

  it('has the tables of every operation, with every column where the one before ends', () => {
    expect(operationTables.map(({ code }) => code)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    for (const { parts } of operationTables) {
      for (const { layout } of parts) {
        let at = 0;
        for (const { offset, size } of layout.columns) {
          expect(offset).to.equal(at);
          at += size;
        }
        expect(at).to.equal(layout.size);
      }
    }
  });
});
