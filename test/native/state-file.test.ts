import { mkdir, mkdtemp, readdir, readFile, rm, rmdir, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { StateStore } from '../../native/index.js';
import { stateFile } from '../../native/state-file.js';

describe('a state file', () => {
  let folder: string;
  const stores: StateStore[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proxy-wifi-state-'));
  });
  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await rm(folder, { recursive: true, force: true });
  });
  /** A Unix socket has a file, a named pipe has none. */
  const lockFiles = process.platform === 'win32' ? [] : ['state.lock'];
  const at = (name: string): string => join(folder, name);
  const storeAt = (path: string): StateStore => {
    const store = stateFile(path);
    stores.push(store);
    return store;
  };

  it('gives what was saved last, in another process or in this one, and nothing at first', async () => {
    const first = storeAt(at('state'));
    expect(await first.open()).to.deep.equal(E.right(O.none));
    for (const text of ['one', 'two']) expect(await first.save(text)()).to.deep.equal(E.right(undefined));
    await first.close();
    expect(await storeAt(at('state')).open()).to.deep.equal(E.right(O.some('two')));
  });

  it('is its user’s alone, so is the folder that is made for it, and a link is not followed', async () => {
    const store = storeAt(at('new/deep/state'));
    await store.open();
    await store.save('text')();
    expect((await stat(at('new/deep/state'))).mode & 0o777).to.equal(0o600);
    expect((await stat(at('new/deep'))).mode & 0o777).to.equal(0o700);
    // Also in the place of what a crash has left.
    await writeFile(at('new/deep/state.new'), 'left', { mode: 0o666 });
    await store.save('text')();
    expect((await stat(at('new/deep/state'))).mode & 0o777).to.equal(0o600);
    await writeFile(at('of another'), 'theirs');
    await symlink(at('of another'), at('new/deep/state.new'));
    await store.save('text')();
    expect(await readFile(at('of another'), 'utf8')).to.equal('theirs');
  });

  it('is replaced as a whole: nothing is left of the writing', async () => {
    const store = storeAt(at('state'));
    await store.open();
    await writeFile(at('state.new'), 'left by a crash');
    await store.save('text')();
    expect(await readFile(at('state'), 'utf8')).to.equal('text');
    expect(await readdir(folder)).to.have.members(['state', ...lockFiles]);
  });

  it('is one service’s at a time, until that one closes it', async () => {
    const [first, second] = [storeAt(at('state')), storeAt(at('state'))];
    await first.open();
    await first.save('mine')();
    const refused = await second.open();
    expect(refused).to.deep.include({ _tag: 'Left' });
    expect(E.isLeft(refused) ? refused.left : undefined).to.include({ reason: 'in use' });
    expect(await second.save('yours')()).to.have.property('_tag', 'Left');
    expect(await readFile(at('state'), 'utf8')).to.equal('mine');
    await first.close();
    expect(await second.open()).to.deep.equal(E.right(O.some('mine')));
    expect(await readdir(folder)).to.have.members(['state', ...lockFiles]);
  });

  it('that cannot be written says why, and what was there stays', async () => {
    const store = storeAt(at('state'));
    await store.open();
    await store.save('before')();
    // In the way of the new file also for root, who may do anything.
    await mkdir(at('state.new'));
    const saved = await store.save('after')();
    expect(E.isLeft(saved) ? saved.left : undefined).to.include({ reason: 'failed' });
    expect(E.isLeft(saved) ? saved.left.detail : '').to.include(`write ${at('state')}: `);
    expect(await readFile(at('state'), 'utf8')).to.equal('before');
    await rmdir(at('state.new'));
    expect(await store.save('after')()).to.deep.equal(E.right(undefined));
    expect(await readFile(at('state'), 'utf8')).to.equal('after');
  });

  it('whose folder can be made only later is taken then', async () => {
    await writeFile(at('blocked'), '');
    const store = storeAt(at('blocked/state'));
    expect(await store.open()).to.have.property('_tag', 'Left');
    const refused = await store.save('text')();
    expect(E.isLeft(refused) ? refused.left : undefined).to.include({ reason: 'failed' });
    await rm(at('blocked'));
    expect(await store.save('text')()).to.deep.equal(E.right(undefined));
    expect(await storeAt(at('blocked/state')).open()).to.have.nested.property('left.reason', 'in use');
    expect(await readFile(at('blocked/state'), 'utf8')).to.equal('text');
  });

  it('whose folder cannot be made, or in whose place is something else, fails and says so', async () => {
    await writeFile(at('blocked'), '');
    await mkdir(at('folder'));
    for (const [path, what] of [
      [at('blocked/state'), 'make the folder of'],
      [at('folder'), 'read'],
    ] as const) {
      const opened = await storeAt(path).open();
      expect(E.isLeft(opened) ? opened.left : undefined).to.include({ reason: 'failed' });
      expect(E.isLeft(opened) ? opened.left.detail : '').to.include(`${what} ${path}: `);
    }
  });

  it('that is no file is not read: a device or a pipe would never end', async () => {
    await symlink('/dev/zero', at('state'));
    const opened = await storeAt(at('state')).open();
    expect(E.isLeft(opened) ? opened.left.detail : '').to.equal(`read ${at('state')}: this is no file`);
  });
});
