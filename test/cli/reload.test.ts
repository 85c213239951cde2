import { writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { changedSettings, type Reread, reload } from '../../cli/reload.js';
import type { Log } from '../../index.js';
import { encodeRequest } from '../../protocol/index.js';
import { startCli } from './cli-process.js';
import { driverExchange } from './driver-exchange.js';
import { folderOfEach, freePort, nextAddress } from './serving.js';

const scanRequest = encodeRequest({ operation: 'scan', ssid: { _tag: 'None' } });

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
    const changes: object[] = [];
    const rereading = (again: E.Either<readonly string[], Reread>) =>
      reload({
        inEffect: [setting('allow', ['vsock://3']), setting('driver', 'a'), setting('logLevel', 'info')],
        read: async () => again,
        log,
        changeLevel: (level) => void levels.push(level),
        change: (settings) => void changes.push(settings),
      });
    beforeEach(() => {
      said.length = 0;
      levels.length = 0;
      changes.length = 0;
    });

    it('what can change at once, and names what waits for a restart, each time', async () => {
      const input = { endpoints: ['vsock://any'], allow: ['vsock://4'] };
      const wanted = [setting('allow', ['vsock://4']), setting('driver', 'b'), setting('logLevel', 'debug')];
      const inEffect = await rereading(E.right({ input, inEffect: wanted }));
      expect(levels).to.deep.equal(['debug']);
      expect(changes).to.deep.equal([{ allow: ['vsock://4'] }]);
      expect(inEffect).to.deep.equal([
        setting('allow', ['vsock://4']),
        setting('driver', 'a'),
        setting('logLevel', 'debug'),
      ]);
      expect(said).to.deep.include({
        level: 'warn',
        facts: { settings: ['driver'] },
        message: 'these settings are other ones after a restart only',
      });
    });

    it('what holds by itself, where a setting is not given any more', async () => {
      const input = { endpoints: ['vsock://any'] };
      await rereading(E.right({ input, inEffect: [setting('allow', null), setting('driver', 'a')] }));
      expect(changes).to.deep.equal([{ allow: undefined }]);
    });

    it('nothing when it is wrong, and says what is', async () => {
      const inEffect = await rereading(E.left(['logLevel: expected one of the words']));
      expect(levels).to.deep.equal([]);
      expect(changes).to.deep.equal([]);
      expect(inEffect).to.deep.equal([
        setting('allow', ['vsock://3']),
        setting('driver', 'a'),
        setting('logLevel', 'info'),
      ]);
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
    const folder = folderOfEach();

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

    it('lets in guests that it refused, and refuses those that it served, without a restart', async () => {
      const file = folder.path('serve.json');
      const [host, mine, other] = [nextAddress(), nextAddress(), nextAddress()];
      const port = await freePort(host);
      const allow = (guest: string) =>
        writeFile(
          file,
          JSON.stringify({ endpoints: [`tcp://${host}:${port}`], state: 'none', allow: [`tcp://${guest}`] }),
        );
      await allow(mine);
      const cli = startCli(['serve', '--config', file, '--log-json'], null);
      await cli.says(/Listening for guests at/);
      const isServed = async (localAddress: string): Promise<boolean> =>
        driverExchange({ host, port, localAddress }, scanRequest).then(
          ({ length }) => length > 0,
          () => false,
        );
      expect([await isServed(mine), await isServed(other)]).to.deep.equal([true, false]);
      await allow(other);
      cli.signal('SIGHUP');
      expect((await cli.says(/.*the configuration has been read again.*/))[0]).to.include('"allow"');
      expect([await isServed(mine), await isServed(other)]).to.deep.equal([false, true]);
      expect(cli.err).to.not.include('after a restart only');
      cli.signal('SIGTERM');
      expect((await cli.ended).code).to.equal(143);
    });
  });
});
