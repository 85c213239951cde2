import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { serveSettings } from '../../cli/serve-settings.js';
import { ran } from './kept-terminal.js';
import { folderOfEach } from './serving.js';

const air = (secret: unknown, signal: unknown = -50) => ({
  interfaces: [{ name: 'wlan0' }],
  networks: [
    {
      ssid: 'Cafe',
      security: 'wpa2-psk',
      secret,
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal }],
    },
  ],
});

const serveFixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

describe('files that the command line is given', () => {
  const folder = folderOfEach();

  const write = async (content: unknown, name = 'file.json'): Promise<string> => {
    await writeFile(folder.path(name), typeof content === 'string' ? content : JSON.stringify(content));
    return folder.path(name);
  };

  it('keep their secrets when they are refused', async () => {
    const file = await write(air('short'));
    const { code, err } = await ran(['serve', '--scenario', file]);
    expect(code).to.equal(2);
    expect(err).to.include('networks[0].secret: expected a passphrase').and.not.to.include('short');
  });

  const settingsOf = async (flags: Parameters<typeof serveSettings>[0]) => {
    const settings = await serveSettings(flags);
    if (E.isLeft(settings)) throw new Error(settings.left.join('\n'));
    return settings.right;
  };

  it('may be left out: then it is loopback TCP and the simulated radio, to try things out', async () => {
    const { input, tryOut, metrics } = await settingsOf({});
    expect(input).to.deep.equal({ endpoints: ['tcp://127.0.0.1'], radio: 'simulated' });
    expect(tryOut).to.equal(true);
    expect(metrics).to.equal(undefined);
  });

  it('give way to flags', async () => {
    const file = await write({
      endpoints: ['vsock://any'],
      requestPort: 1,
      backlog: 3,
      logLevel: 'warn',
      metrics: true,
    });
    const { input, log, metrics } = await settingsOf({
      config: file,
      requestPort: '2',
      logLevel: 'debug',
      metrics: '7',
    });
    expect(input).to.deep.include({ endpoints: ['vsock://any'], requestPort: 2, backlog: 3 });
    expect(log.level).to.equal('debug');
    expect(metrics).to.deep.equal({ host: '127.0.0.1', port: 7 });
  });

  it('say like a flag that the host gets back what it was connected to', async () => {
    const file = await write({ restoreHostConnection: true });
    expect((await settingsOf({ config: file })).input).to.include({ restoreHostConnection: true });
    expect((await settingsOf({ restoreHostConnection: true })).input).to.include({
      restoreHostConnection: true,
    });
    expect((await settingsOf({})).input).to.not.have.property('restoreHostConnection');
    const { code, err } = await ran(['serve', '--restore-host-connection', '--radio', 'loud']);
    expect(code).to.equal(2);
    expect(err).to.include('--radio: expected').and.not.to.include('unknown option');
  });

  it('name other files relative to themselves', async () => {
    await write([{ ssid: 'Lab', bssid: '02:00:00:00:00:01' }], 'lab.json');
    await write(air('eight characters'), 'air.json');
    const file = await write({ networks: 'lab.json', scenario: 'air.json', record: 'seen.ndjson' });
    const settings = await settingsOf({ config: file });
    expect(settings.fakeNetworks).to.have.length(1);
    expect(settings.scenario?.networks).to.have.length(1);
    expect(settings.record).to.equal(folder.path('seen.ndjson'));
    expect(settings.tryOut).to.equal(false);
  });

  it('may be captures of access points as scenarios', async () => {
    const { scenario: played } = await settingsOf({ scenario: serveFixture('access-points.ndjson') });
    expect(played?.networks.flatMap(({ accessPoints }) => accessPoints)).to.have.length(16);
  });
});
