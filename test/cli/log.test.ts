import { readFile } from 'node:fs/promises';
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
