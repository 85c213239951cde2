import { readdirSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { openLog } from '../../cli/log.js';
import { logTargetIn, parseLogTarget } from '../../cli/log-target.js';
import { ran } from './kept-terminal.js';
import { folderOfEach, serving } from './serving.js';

describe('where the log goes', function () {
  this.timeout(60_000);
  const folder = folderOfEach();

  const messages = async (file: string): Promise<readonly string[]> =>
    (await readFile(folder.path(file), 'utf8'))
      .split('\n')
      .filter(Boolean)
      .map((line) => (JSON.parse(line) as { readonly msg: string }).msg);

  it('is typed as a place, and its level behind it', () => {
    const of = (text: string) => parseLogTarget(text);
    expect(of('stderr')).to.deep.equal(E.right({ file: null, level: null }));
    expect(of('stderr=warn')).to.deep.equal(E.right({ file: null, level: 'warn' }));
    expect(of('/var/log/a=b/c.log')).to.deep.equal(E.right({ file: '/var/log/a=b/c.log', level: null }));
    expect(of('a.log=trace')).to.deep.equal(E.right({ file: 'a.log', level: 'trace' }));
    for (const wrong of ['', '=warn', 'a\0b', 'a.log=loud'])
      expect(E.isLeft(of(wrong)), wrong).to.equal(true);
    expect(logTargetIn('/etc/pw', 'a.log=trace')).to.equal('/etc/pw/a.log=trace');
    expect(logTargetIn('/etc/pw', '/a.log')).to.equal('/a.log');
    expect(logTargetIn('/etc/pw', 'stderr=warn')).to.equal('stderr=warn');
  });

  it('is several places at once, each with its level, of which a change leaves alone those that have their own', async () => {
    const target = (file: string, level: 'trace' | 'warn' | null) => ({ file: folder.path(file), level });
    const targets = [target('all', null), target('calls', 'trace'), target('loud', 'warn')];
    const opened = await openLog({ level: 'info', json: true, targets });
    if (E.isLeft(opened)) throw new Error(opened.left.join());
    expect(opened.right.dropped()).to.equal(0);
    const { log, changeLevel, close } = opened.right;
    expect(['trace', 'debug'].map(log.isLevelEnabled)).to.deep.equal([true, true]);
    const write = (round: string): void => {
      log.trace?.({}, `trace ${round}`);
      log.debug({}, `debug ${round}`);
      log.warn({}, `warn ${round}`);
    };
    write('one');
    changeLevel('debug');
    write('two');
    close();
    write('three');
    expect(await messages('all')).to.deep.equal(['warn one', 'debug two', 'warn two']);
    expect(await messages('calls')).to.deep.equal(
      ['one', 'two'].flatMap((round) => [`trace ${round}`, `debug ${round}`, `warn ${round}`]),
    );
    expect(await messages('loud')).to.deep.equal(['warn one', 'warn two']);
  });

  it('has lines of files without what is the same in all of them, for its user and group only', async () => {
    const file = folder.path('service.log');
    const opened = await openLog({ level: 'info', json: false, targets: [{ file, level: null }] });
    if (E.isLeft(opened)) throw new Error(opened.left.join());
    opened.right.log.error({ a: 1 }, 'said');
    opened.right.close();
    const line = JSON.parse(await readFile(file, 'utf8')) as object;
    expect(line).to.have.all.keys('level', 'time', 'a', 'msg');
    expect((await stat(file)).mode & 0o777 & ~0o640).to.equal(0);
  });

  it('is one place where there is one, and its level is that of all or its own', async () => {
    for (const level of [null, 'error'] as const) {
      const file = folder.path(`one-${level}`);
      const opened = await openLog({ level: 'info', json: true, targets: [{ file, level }] });
      if (E.isLeft(opened)) throw new Error(opened.left.join());
      const { log, changeLevel, close } = opened.right;
      expect(log.isLevelEnabled('info')).to.equal(level === null);
      changeLevel('debug');
      expect(log.isLevelEnabled('debug')).to.equal(level === null);
      log.info({}, 'info');
      log.error({}, 'error');
      close();
      expect(await messages(`one-${level}`)).to.deep.equal(level === null ? ['info', 'error'] : ['error']);
    }
  });

  if (process.platform === 'linux')
    it('leaves no file open where another one cannot be written', async () => {
      const open = (): number => readdirSync('/proc/self/fd').length;
      const targets = ['a', 'missing/b', 'c'].map((name) => ({ file: folder.path(name), level: null }));
      // What is loaded for it is open from the first time on.
      await openLog({ level: 'info', json: true, targets });
      const before = open();
      const opened = await openLog({ level: 'info', json: true, targets });
      expect(E.isLeft(opened) && opened.left).to.deep.equal([
        `${folder.path('missing/b')}: cannot be written: no such file. Check the path (ENOENT).`,
      ]);
      expect(open()).to.equal(before);
    });

  it('is added to, to the last line', async () => {
    const file = folder.path('service.log');
    for (let times = 1; times <= 2; times++) {
      const { cli } = await serving('--log-to', `${file}=info`, '--log-to', 'stderr=silent');
      cli.signal('SIGTERM');
      const { err } = await cli.ended;
      expect(err).to.equal('');
      const ends = (await messages('service.log')).filter((line) => line === 'proxy-wifi stopped');
      expect(ends).to.have.length(times);
    }
  });

  it('is told where it cannot be written, and nothing is started', async () => {
    const file = folder.path('missing/service.log');
    const { code, err } = await ran(['serve', '--log-to', file]);
    expect(code).to.equal(1);
    expect(err).to.equal(`error: ${file}: cannot be written: no such file. Check the path (ENOENT).`);
  });
});
