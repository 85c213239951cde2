import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { withRows } from '../guest/measured-rows.js';

describe('the page of what was measured in guests', () => {
  const page = readFileSync(new URL('../../docs/guest-benchmarks.md', import.meta.url), 'utf8');
  const rowsOf = (text: string): readonly string[] =>
    text.split('\n').filter((line) => line.startsWith('| `guest-'));
  const kernels = [...new Set(rowsOf(page).map((row) => row.split('|')[2]?.trim()))];

  it('has what was measured on one kernel in the place of that, and all else as it was', () => {
    const [kernel] = kernels;
    const row = `| \`guest-scan\` | ${kernel} | 1 ms | 1 ms | 1 | ≤ 1.5 | yes |`;
    const others = rowsOf(page).filter((line) => !line.includes(`| ${kernel} |`));
    const after = withRows(page, [row]);
    expect(rowsOf(after)).to.deep.equal([row, ...others]);
    const proseOf = (text: string): string =>
      text
        .split('\n')
        .filter((line) => !line.startsWith('| `guest-'))
        .join('\n');
    expect(proseOf(after)).to.equal(proseOf(page));
  });

  it('has a kernel that is new to it behind the older ones', () => {
    const row = '| `guest-scan` | 6.1000.1-amd64 | 1 ms | 1 ms | 1 | ≤ 1.5 | yes |';
    expect(rowsOf(withRows(page, [row]))).to.deep.equal([...rowsOf(page), row]);
  });

  it('comes from no page without its marks', () => {
    expect(() => withRows('nothing', [])).to.throw('<!-- measured -->');
  });
});
