/** `docs/behaviour.md` and the tests that name its rules. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/behaviour.md', root), 'utf8');
const [rulesText = '', untestedText = ''] = page.split('## Rules without a test');

/** Numbers of rules, such as `scan 2`, in their order. */
const rules = [...rulesText.matchAll(/^\*\*([a-z]+ \d+)\.\*\* \S/gm)].map(([, number = '']) => number);
const groups = new Set(rules.map((rule) => rule.split(' ')[0]));
const untested = [...untestedText.matchAll(/^- \*\*([a-z]+ \d+)\*\*/gm)].map(([, number = '']) => number);

/** A title that begins with the number of a rule. */
const numbered = /\b(?:describe|it)(?:\.\w+)?\(\s*(['"`])(?<rule>(?<group>[a-z]+) \d+): /g;

/** Which rules the titles of a file name. Elsewhere than in `test/behaviour` another word with a number is none. */
const rulesNamedIn = (source: string, path: string): readonly string[] =>
  [...source.matchAll(numbered)].flatMap(({ groups: found }) =>
    found?.rule !== undefined && (path.startsWith('behaviour/') || groups.has(found.group))
      ? [found.rule]
      : [],
  );

/** Each rule that some test's title names, with the first file in which it does. */
const named = new Map(
  readdirSync(new URL('test/', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts'))
    .flatMap((path) =>
      rulesNamedIn(readFileSync(new URL(`test/${path}`, root), 'utf8'), path).map(
        (rule) => [rule, path] as const,
      ),
    )
    .toReversed(),
);

describe('docs/behaviour.md', () => {
  it('numbers the rules of each group from 1 on, each number once', () => {
    for (const group of groups) {
      const ofGroup = rules.filter((rule) => rule.startsWith(`${group} `));
      expect(ofGroup).to.deep.equal(ofGroup.map((_, i) => `${group} ${i + 1}`));
    }
  });

  it('has every rule that the title of a test names', () => {
    for (const [rule, path] of named) expect(rules, `${rule} of test/${path}`).to.include(rule);
  });

  it('has no rule that no test names, but those that it lists as untested', () => {
    expect(rules.filter((rule) => !named.has(rule))).to.deep.equal(untested);
  });

  it('reads titles on one line and on several, and takes no words of other tests', () => {
    const titles = [
      `it('scan 1: a'`,
      `it(\n  \`life 2: \${b}\`,`,
      `describe("input 3: c"`,
      `it('frame 4: d'`,
    ].join('\n');
    expect(rulesNamedIn(titles, 'streams/a.test.ts')).to.deep.equal(['scan 1', 'life 2', 'input 3']);
    expect(rulesNamedIn(titles, 'behaviour/a.test.ts')).to.include('frame 4');
  });
});
