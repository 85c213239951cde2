// `npm run release -- 0.3.0`: makes a version of what is committed. Refuses a dirty tree, a version without a section in
// CHANGELOG.md, documents that are not what `npm run docs` writes, and a `.ci/run` that fails. Publishes nothing: it commits, tags,
// packs, and says what to type next.
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('.', import.meta.url));
const at = (path) => `${root}${path}`;
const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();

const refuse = (sentence) => {
  process.stderr.write(`error: ${sentence}\n`);
  process.exit(1);
};

const numbers = (text) => /^(\d+)\.(\d+)\.(\d+)$/.exec(text)?.slice(1).map(Number);

/** Is the first version later than the second one? */
const isLater = (one, other) => {
  const i = one.findIndex((number, place) => number !== other[place]);
  return i >= 0 && one[i] > other[i];
};

const [version = ''] = process.argv.slice(2);
const wanted = numbers(version);
if (wanted === undefined) {
  process.stderr.write('error: expected a version such as 0.3.0. Type: npm run release -- 0.3.0\n');
  process.exit(2);
}

const facts = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const tag = `v${version}`;
if (git('status', '--porcelain') !== '') refuse('the tree is dirty. Commit or undo what has changed.');
if (git('tag', '--list', tag) !== '') refuse(`there is a tag ${tag} already. Choose a later version.`);
if (version !== facts.version && !isLater(wanted, numbers(facts.version)))
  refuse(`${version} is not later than ${facts.version}. Choose a later version.`);

const [, section = ''] =
  readFileSync(at('CHANGELOG.md'), 'utf8')
    .split(/^## /m)
    .map((text) => text.split(/\n([\s\S]*)/))
    .find(([title]) => title.trim() === version) ?? [];
if (!/^- /m.test(section)) refuse(`CHANGELOG.md says nothing of ${version}. Write what people will notice.`);

execFileSync('npm', ['run', '--silent', 'docs'], { cwd: root, stdio: 'inherit' });
if (git('status', '--porcelain') !== '') refuse('`npm run docs` changes documents. Commit them.');

if (spawnSync('bash', ['.ci/run'], { cwd: root, stdio: 'inherit' }).status !== 0)
  refuse('.ci/run fails. A version is what passes.');

if (version !== facts.version) {
  for (const name of ['package.json', 'package-lock.json']) {
    const whole = JSON.parse(readFileSync(at(name), 'utf8'));
    whole.version = version;
    if (whole.packages !== undefined) whole.packages[''].version = version;
    writeFileSync(at(name), `${JSON.stringify(whole, null, 2)}\n`);
  }
  git('commit', '--all', '--message', `Make version ${version}`);
}
git('tag', '--annotate', tag, '--message', `Version ${version}`);
execFileSync('npm', ['pack'], { cwd: root, stdio: 'inherit' });
process.stdout.write(
  `${tag} is tagged. Type next: git push --follow-tags && npm publish proxy-wifi-${version}.tgz\n`,
);
