import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import module from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { build } from 'esbuild';
import sinon from 'sinon';
import { cacheFolder, ownFolder, partsOf } from '../../cli/compiled-code.js';

const run = promisify(execFile);

/** A program of two parts, of which the first leads to the second and, on demand, to a package. */
const parts = {
  'part-a.cjs': `const { twice } = require('./part-b.cjs');
console.log(twice(21), __filename.endsWith('part-a.cjs'));
const importOther = require.importOther ?? ((name) => import(name));
importOther('node:os').then(({ EOL }) => console.log(JSON.stringify(EOL), require('./part-b.cjs').times));`,
  'part-b.cjs': `exports.times = (exports.times ?? 0) + 1;
exports.twice = (n) => n * 2;`,
};

describe('compiled code that is kept', () => {
  let folder: string;
  let kept: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-compiled-'));
    kept = join(folder, 'cache');
    for (const [name, text] of Object.entries(parts)) writeFileSync(join(folder, name), text);
    await build({
      stdin: {
        contents: `import { partsOf } from './compiled-code.js';
import { fileURLToPath } from 'node:url';
partsOf(fileURLToPath(import.meta.url), process.env.BUILD ?? '1')('part-a.cjs');`,
        resolveDir: join(import.meta.dirname, '../../cli'),
      },
      outfile: join(folder, 'main.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const start = async (env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const { stdout, stderr } = await run(process.execPath, [join(folder, 'main.mjs')], {
      env: { ...process.env, XDG_CACHE_HOME: kept, CACHE_DIRECTORY: '', ...env },
    });
    expect(stderr).to.equal('');
    return stdout;
  };
  const said = `42 true\n"\\n" 1\n`;

  /** The files that are kept, by path, each with what changes when it is written anew. */
  const files = async (): Promise<ReadonlyMap<string, number>> => {
    const found = await readdir(kept, { recursive: true, withFileTypes: true }).catch(() => []);
    const paths = found
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name));
    return new Map(await Promise.all(paths.map(async (path) => [path, (await stat(path)).ino] as const)));
  };

  it('is written by the first start and used by the second', async () => {
    expect(await start()).to.equal(said);
    const first = await files();
    expect(first.size).to.be.at.least(2);
    expect(await start()).to.equal(said);
    expect(await files()).to.deep.equal(first);
  });

  it('is for its user alone', async () => {
    await start();
    expect(statSync(join(kept, 'proxy-wifi')).mode & 0o777).to.equal(0o700);
  });

  it('is written anew where it is damaged', async () => {
    await start();
    const before = await files();
    for (const path of before.keys()) await writeFile(path, 'not what V8 wrote');
    expect(await start()).to.equal(said);
    expect(await start()).to.equal(said);
    for (const path of (await files()).keys()) expect((await stat(path)).size, path).to.be.greaterThan(100);
  });

  it('is that of the same build', async () => {
    await start();
    // As long as before, which is all that V8 looks at.
    writeFileSync(join(folder, 'part-b.cjs'), parts['part-b.cjs'].replace('n * 2', 'n * 3'));
    expect(await start({ BUILD: '2' })).to.equal(said.replace('42', '63'));
  });

  it('is not kept where nobody may write, and where the user wants none', async () => {
    writeFileSync(kept, 'a file');
    expect(await start()).to.equal(said);
    rmSync(kept);
    expect(await start({ NODE_DISABLE_COMPILE_CACHE: '1' })).to.equal(said);
    expect(await files()).to.have.property('size', 0);
  });

  it('is not taken from a folder that others may write to, or from behind a link', () => {
    const mine = join(folder, 'mine');
    expect(ownFolder(mine)).to.equal(mine);
    chmodSync(mine, 0o770);
    expect(ownFolder(mine)).to.equal(undefined);
    mkdirSync(join(folder, 'elsewhere'));
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'link'));
    expect(ownFolder(join(folder, 'link'))).to.equal(undefined);
  });

  it('is not taken from a folder of somebody else, nor from what is none; others may read it', () => {
    const mine = join(folder, 'some', 'where');
    expect(ownFolder(mine)).to.equal(mine);
    expect(statSync(mine).mode & 0o777).to.equal(0o700);
    for (const [mode, mayBe] of [
      [0o755, true],
      [0o702, false],
      [0o720, false],
    ] as const) {
      chmodSync(mine, mode);
      expect(ownFolder(mine) !== undefined, mode.toString(8)).to.equal(mayBe);
    }
    writeFileSync(join(folder, 'file'), '');
    expect(ownFolder(join(folder, 'file'))).to.equal(undefined);
    chmodSync(mine, 0o700);
    const user = sinon.stub(process, 'getuid').returns(statSync(mine).uid + 1);
    expect(ownFolder(mine)).to.equal(undefined);
    user.restore();
    // Windows has no such modes; behind a link may be anything there, too.
    sinon.stub(process, 'platform').value('win32');
    chmodSync(mine, 0o777);
    symlinkSync(mine, join(folder, 'way'));
    expect([ownFolder(mine), ownFolder(join(folder, 'way'))]).to.deep.equal([mine, undefined]);
    sinon.restore();
  });

  describe('by Node itself, where it does that', () => {
    const node = module as { enableCompileCache?: unknown; flushCompileCache?: unknown };
    const before = { ...node };
    afterEach(() => {
      sinon.restore();
      for (const name of ['enableCompileCache', 'flushCompileCache'] as const)
        if (before[name] === undefined) delete node[name];
        else node[name] = before[name];
    });

    for (const canFlush of [true, false])
      it(`goes into the same folder${canFlush ? ', and is kept after 2 s at the latest' : ''}`, () => {
        const [enable, flush] = [sinon.fake(), sinon.fake()];
        node.enableCompileCache = enable;
        if (canFlush) node.flushCompileCache = flush;
        else delete node.flushCompileCache;
        const timers = sinon.stub(globalThis, 'setTimeout').returns({ unref: () => undefined } as never);
        const load = partsOf(join(folder, 'main.cjs'), '1', { XDG_CACHE_HOME: kept });
        sinon.assert.calledOnceWithExactly(enable, join(kept, 'proxy-wifi'));
        expect(timers.args).to.deep.equal(canFlush ? [[flush, 2000]] : []);
        timers.restore();
        expect(load('part-b.cjs')).to.have.property('times', 1);
      });

    it('not where there is no folder, or nobody wants it', () => {
      const enable = sinon.fake();
      node.enableCompileCache = enable;
      writeFileSync(kept, 'a file');
      partsOf(join(folder, 'main.cjs'), '1', { XDG_CACHE_HOME: kept });
      partsOf(join(folder, 'main.cjs'), '1', { XDG_CACHE_HOME: folder, NODE_DISABLE_COMPILE_CACHE: '1' });
      sinon.assert.notCalled(enable);
    });
  });

  it('is where each system keeps it, for root and for others', () => {
    const user = sinon.stub(process, 'getuid').returns(0);
    const platform = sinon.stub(process, 'platform').value('linux');
    const local = { LOCALAPPDATA: '/windows' };
    expect([cacheFolder({}), cacheFolder(local)]).to.deep.equal([
      '/var/cache/proxy-wifi',
      '/var/cache/proxy-wifi',
    ]);
    user.returns(1000);
    expect(cacheFolder({ CACHE_DIRECTORY: 'here' })).to.equal(join(homedir(), '.cache', 'proxy-wifi'));
    platform.value('win32');
    expect(cacheFolder(local)).to.equal('/windows/proxy-wifi/cache');
    expect(cacheFolder({ LOCALAPPDATA: 'here' })).to.equal(join(homedir(), '.cache', 'proxy-wifi'));
    sinon.restore();
  });

  it('is where the system keeps what can be made again', () => {
    expect(cacheFolder({ CACHE_DIRECTORY: '/var/cache/unit', XDG_CACHE_HOME: '/x' })).to.equal(
      '/var/cache/unit',
    );
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).to.equal('/x/proxy-wifi');
    expect(cacheFolder({ XDG_CACHE_HOME: 'relative' })).to.not.contain('relative');
  });
});
