import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { changedSettings, reload } from '../../cli/reload.js';
import type { Log } from '../../index.js';
import { endAll, startCli } from './cli-process.js';
import { newFolder } from './serving.js';

const setting = (name: string, value: unknown) => ({ name, value, from: undefined });

describe('a configuration that is read again', function () {
  this.timeout(60_000);

  it('differs in what was changed, added and left out', () => {
    const before = [setting('allow', ['a']), setting('logLevel', 'info'), setting('state', 'none')];
    const after = [setting('allow', ['b']), setting('logLevel', 'info'), setting('record', 'x')];
    expect(changedSettings(before, after)).to.have.members(['allow', 'state', 'record']);
    expect(changedSettings(before, before)).to.deep.equal([]);
  });

  describe('takes over', () => {
    const said: { readonly level: string; readonly facts: object; readonly message: string }[] = [];
    const say = (level: string) => (facts: object, message: string) =>
      void said.push({ level, facts, message });
    const log: Log = {
      isLevelEnabled: () => true,
      debug: say('debug'),
      info: say('info'),
      warn: say('warn'),
      error: say('error'),
    };
    const levels: string[] = [];
    const rereading = (again: E.Either<readonly string[], readonly ReturnType<typeof setting>[]>) =>
      reload({
        inEffect: [setting('allow', ['a']), setting('logLevel', 'info')],
        read: async () => again,
        log,
        changeLevel: (level) => void levels.push(level),
      });
    beforeEach(() => {
      said.length = 0;
      levels.length = 0;
    });

    it('the level of the log at once, and names what waits for a restart, each time', async () => {
      const inEffect = await rereading(E.right([setting('allow', ['b']), setting('logLevel', 'debug')]));
      expect(levels).to.deep.equal(['debug']);
      expect(inEffect).to.deep.equal([setting('allow', ['a']), setting('logLevel', 'debug')]);
      expect(said).to.deep.include({
        level: 'warn',
        facts: { settings: ['allow'] },
        message: 'these settings are other ones after a restart only',
      });
    });

    it('nothing when it is wrong, and says what is', async () => {
      const inEffect = await rereading(E.left(['logLevel: expected one of the words']));
      expect(levels).to.deep.equal([]);
      expect(inEffect).to.deep.equal([setting('allow', ['a']), setting('logLevel', 'info')]);
      expect(said).to.deep.equal([
        {
          level: 'error',
          facts: { problem: 'logLevel: expected one of the words' },
          message: 'the configuration stays as it was',
        },
      ]);
    });
  });

  describe('by SIGHUP', () => {
    let folder: Awaited<ReturnType<typeof newFolder>>;
    beforeEach(async () => {
      folder = await newFolder();
    });
    afterEach(async () => {
      await endAll();
      await folder.remove();
    });

    it('ends nothing: the service goes on with another log level, and with the old one after a mistake', async () => {
      const file = folder.path('serve.json');
      const settings = (logLevel: string) =>
        writeFile(file, JSON.stringify({ endpoints: ['tcp://127.0.0.1:0'], state: 'none', logLevel }));
      await settings('info');
      const cli = startCli(['serve', '--config', file, '--log-json'], null);
      await cli.says(/Listening for guests at/);
      await settings('loud');
      cli.signal('SIGHUP');
      await cli.says(/the configuration stays as it was/);
      await settings('debug');
      cli.signal('SIGHUP');
      expect((await cli.says(/.*the configuration has been read again.*/))[0]).to.include('"logLevel"');
      cli.signal('SIGTERM');
      expect((await cli.ended).code).to.equal(143);
    });
  });
});
