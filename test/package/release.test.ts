import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { root } from './installed.js';

const run = promisify(execFile);

describe('a release', () => {
  let folder = '';
  const git = (...args: readonly string[]) =>
    run('git', ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org', ...args], {
      cwd: folder,
    });
  const release = (...args: readonly string[]) =>
    run(process.execPath, ['release.mjs', ...args], { cwd: folder }).then(
      () => expect.fail('it should have been refused'),
      ({ code, stderr }: { readonly code: number; readonly stderr: string }) => ({ code, stderr }),
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-release-'));
    await cp(join(root, 'release.mjs'), join(folder, 'release.mjs'));
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify({ version: '1.2.3', scripts: { docs: 'node -e 0' } }),
    );
    await writeFile(
      join(folder, 'CHANGELOG.md'),
      '# Changes\n\n## 1.3.0\n\n- More.\n\n## 1.2.4\n\nNothing.\n',
    );
    await git('init', '--quiet');
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'Begin');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('needs a version', async () => {
    const expected = 'error: expected a version such as 0.3.0. Type: npm run release -- 0.3.0\n';
    expect(await release()).to.deep.equal({ code: 2, stderr: expected });
    expect(await release('1.3')).to.deep.equal({ code: 2, stderr: expected });
  });

  it('is refused with a dirty tree', async () => {
    await writeFile(join(folder, 'more'), '');
    expect((await release('1.3.0')).stderr).to.equal(
      'error: the tree is dirty. Commit or undo what has changed.\n',
    );
  });

  it('is refused for an earlier version, and for one that has a tag', async () => {
    expect((await release('1.2.2')).stderr).to.include('1.2.2 is not later than 1.2.3');
    await git('tag', 'v1.3.0');
    expect((await release('1.3.0')).stderr).to.include('there is a tag v1.3.0 already');
  });

  it('is refused where the changes say nothing of it', async () => {
    expect((await release('1.2.4')).stderr).to.include('CHANGELOG.md says nothing of 1.2.4');
    expect((await release('2.0.0')).stderr).to.include('CHANGELOG.md says nothing of 2.0.0');
  });

  it('is refused where documents are not what is written from the code', async () => {
    const scripts = { docs: `node -e "require('fs').writeFileSync('page', '')"` };
    await writeFile(join(folder, 'package.json'), JSON.stringify({ version: '1.2.3', scripts }));
    await git('commit', '--quiet', '--all', '--message', 'Document');
    expect((await release('1.3.0')).stderr).to.include('`npm run docs` changes documents');
  });

  it('is refused where something fails', async () => {
    expect((await release('1.3.0')).stderr).to.include('.ci/run fails. A version is what passes.');
  });
});
