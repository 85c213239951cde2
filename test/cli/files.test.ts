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

  const portsProblem = (inspect: string) =>
    E.left([`--inspect: expected another port than that of the metrics, found ${inspect}`]);

  it('are served at ports of their own: the inspector and the metrics, unless the system chooses', async () => {
    expect(await settingsOf({ metrics: '0', inspect: '0' })).to.deep.include({ inspect: 0 });
    expect(await settingsOf({ metrics: '2', inspect: '1' })).to.deep.include({ inspect: 1 });
    expect(await serveSettings({ metrics: '1', inspect: '1' })).to.deep.equal(portsProblem('1'));
    expect(await serveSettings({ metrics: '9465', inspect: true })).to.deep.equal(portsProblem('9465'));
  });

  it('are served where it is usual, where no place is typed', async () => {
    const { metrics, inspect, control } = await settingsOf({ metrics: true, inspect: true, control: true });
    expect(metrics).to.deep.equal({ host: '127.0.0.1', port: 9464 });
    expect(inspect).to.equal(9465);
    expect(control).to.have.property('scheme', 'unix');
    const file = await write({ metrics: false, inspect: false, control: false });
    const none = await settingsOf({ config: file });
    expect([none.metrics, none.inspect, none.control]).to.deep.equal([undefined, undefined, undefined]);
  });

  it('may be overwritten or limited only where something is recorded, or may be', async () => {
    expect(await serveSettings({ overwriteRecording: true })).to.deep.equal(
      E.left(['--force: expected --record beside it: there is nothing to overwrite']),
    );
    expect(await serveSettings({ recordLimit: '1M' })).to.deep.equal(
      E.left(['--record-limit: expected --record or --control beside it: nothing is recorded']),
    );
    const { recordOptions } = await settingsOf({ record: 'x', overwriteRecording: true, recordLimit: '1M' });
    expect(recordOptions).to.deep.equal({ force: true, limit: 1024 ** 2 });
    expect((await settingsOf({ control: true, recordLimit: '64k' })).recordOptions.limit).to.equal(65_536);
    expect(E.isLeft(await serveSettings({ record: 'x', recordLimit: '65535' }))).to.equal(true);
  });

  it('say what is in effect, and from where', async () => {
    const file = await write({ backlog: 3, logLevel: 'warn' });
    const { inEffect, log, tryOut } = await settingsOf({ config: file, logLevel: 'debug', logJson: true });
    const of = (name: string) => inEffect.find((setting) => setting.name === name);
    expect(of('backlog')).to.deep.equal({ name: 'backlog', value: 3, from: file });
    expect(of('logLevel')).to.deep.equal({ name: 'logLevel', value: 'debug', from: '--log-level' });
    expect(of('radio')).to.deep.equal({ name: 'radio', value: 'simulated', from: undefined });
    expect(log).to.deep.equal({ level: 'debug', json: true, targets: [{ file: null, level: null }] });
    expect(tryOut).to.equal(true);
    expect((await settingsOf({})).log).to.deep.include({ level: 'info', json: false });
  });

  it('have only the networks of a list, or of none, where one is given', async () => {
    const file = await write({ fakeNetworks: [{ ssid: 'Lab', bssid: '02:00:00:00:00:01' }] });
    const { tryOut, input, fakeNetworks } = await settingsOf({ config: file });
    expect([tryOut, input.radio, fakeNetworks?.length]).to.deep.equal([false, undefined, 1]);
    await write(
      [
        { ssid: 'One', bssid: '02:00:00:00:00:01' },
        { ssid: 'Two', bssid: '02:00:00:00:00:02' },
      ],
      'two.json',
    );
    const flagged = await settingsOf({ config: file, networks: folder.path('two.json') });
    expect(flagged.fakeNetworks?.map(({ ssid }) => ssid)).to.deep.equal(['One', 'Two']);
    expect((await settingsOf({ radio: 'none' })).tryOut).to.equal(false);
  });

  it('give way to a flag that takes the place of a setting of another name', async () => {
    await write(air('eight characters'), 'air.json');
    const file = await write({ scenario: 'air.json' });
    const { scenario, input } = await settingsOf({ config: file, radio: 'none' });
    expect([scenario, input.radio]).to.deep.equal([undefined, 'none']);
    const other = await write({ radio: 'none' }, 'other.json');
    const played = await settingsOf({ config: other, scenario: folder.path('air.json') });
    expect([played.scenario?.networks.length, played.input.radio]).to.deep.equal([1, 'simulated']);
    const both = await settingsOf({ radio: 'simulated', scenario: folder.path('air.json') });
    expect(both.scenario).to.have.property('networks');
  });

  it('may be captures of access points as scenarios', async () => {
    const { scenario: played } = await settingsOf({ scenario: serveFixture('access-points.ndjson') });
    expect(played?.networks.flatMap(({ accessPoints }) => accessPoints)).to.have.length(16);
  });
});
