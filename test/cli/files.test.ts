import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { serveSettings } from '../../cli/serve-settings.js';
import { ran } from './kept-terminal.js';
import { newFolder } from './serving.js';

interface WrongFile {
  readonly what: string;
  readonly argv: (file: string) => readonly string[];
  readonly content: unknown;
  /** Path, value and what was expected. */
  readonly says: readonly string[];
}

const config = (file: string) => ['serve', '--config', file];
const scenario = (file: string) => ['serve', '--scenario', file];
const networks = (file: string) => ['serve', '--networks', file];
const recording = (file: string) => ['replay', file];

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

const wrongFiles: readonly WrongFile[] = [
  { what: 'no JSON', argv: config, content: '{"a": 1,}', says: ['line 1, column 9', 'expected valid JSON'] },
  { what: 'a list', argv: config, content: [], says: ['expected a configuration', 'an empty list'] },
  {
    what: 'an unknown name',
    argv: config,
    content: { listen: [] },
    says: ['listen: expected one of the fields', '"endpoints"', 'an unknown field'],
  },
  {
    what: 'a port',
    argv: config,
    content: { requestPort: 'x' },
    says: ['requestPort: expected a whole number from 0', '"x"'],
  },
  {
    what: 'an endpoint',
    argv: config,
    content: { endpoints: ['tcp://127.0.0.1', 'x'] },
    says: ['endpoints[1]: expected an endpoint URL', '"x"'],
  },
  { what: 'a guest', argv: config, content: { allow: [7] }, says: ['allow[0]: expected a guest', '7'] },
  {
    what: 'a driver of a guest',
    argv: config,
    content: { guests: { 'vsock://3': { driver: 'old' } } },
    says: ['guests["vsock://3"].driver: expected one of "with-scan-complete"', '"old"'],
  },
  {
    what: 'a log level',
    argv: config,
    content: { logLevel: 'loud' },
    says: ['logLevel: expected one of "silent"', '"loud"'],
  },
  {
    what: 'an address',
    argv: config,
    content: { metrics: 'x:y' },
    says: ['metrics: expected true', 'PORT', '"x:y"'],
  },
  {
    what: 'a port of the inspector',
    argv: config,
    content: { inspect: -1 },
    says: ['inspect: expected true, false or a port', '-1'],
  },
  {
    what: 'two radios',
    argv: config,
    content: { radio: 'none', scenario: 'x' },
    says: ['at most one of "radio", "scenario"'],
  },
  {
    what: 'a fake network in it',
    argv: config,
    content: { fakeNetworks: [{ ssid: 'Lab', bssid: 'x' }] },
    says: ['fakeNetworks[0].bssid: expected a BSSID', '"x"'],
  },
  {
    what: 'a scenario in it',
    argv: config,
    content: { radio: { scenario: air('eight characters', 'strong') } },
    says: [
      'radio.scenario: networks[0].accessPoints[0].signal: expected a whole number from -128 to 0 (dBm)',
      '"strong"',
    ],
  },
  {
    what: 'a signal',
    argv: scenario,
    content: air('eight characters', 3),
    says: ['networks[0].accessPoints[0].signal: expected a whole number from -128 to 0 (dBm)', '3'],
  },
  {
    what: 'no interface',
    argv: scenario,
    content: { interfaces: [], networks: [] },
    says: ['interfaces: expected a list of at least 1'],
  },
  { what: 'no JSON', argv: scenario, content: '{', says: ['line 1, column 2', 'valid JSON'] },
  { what: 'no list', argv: networks, content: {}, says: ['expected a list of fake networks'] },
  {
    what: 'a BSSID',
    argv: networks,
    content: [{ ssid: 'Lab', bssid: 'x' }],
    says: ['[0].bssid: expected a BSSID', '"x"'],
  },
  { what: 'no JSON', argv: networks, content: '[', says: ['line 1, column 2', 'valid JSON'] },
  {
    what: 'no JSON',
    argv: recording,
    content: '{"note": "x"}\n{',
    says: ['line 2: expected one JSON object'],
  },
  {
    what: 'an odd number of digits',
    argv: recording,
    content: '{"channel":"request","from":"guest","hex":"012"}',
    says: ['line 1: hex: expected a frame in hex', '"012"'],
  },
  {
    what: 'somebody else',
    argv: recording,
    content: '{"channel":"request","from":"somebody","hex":"01"}',
    says: ['line 1: from: expected one of "guest", "host"', '"somebody"'],
  },
  { what: 'no request', argv: recording, content: '{"note": "x"}', says: ['no request of a guest'] },
  {
    what: 'several guests',
    argv: recording,
    content: ['vsock://3', 'vsock://4']
      .map((guest) => JSON.stringify({ channel: 'request', from: 'guest', guest, hex: '01' }))
      .join('\n'),
    says: ['several guests', '--guest', 'vsock://3, vsock://4'],
  },
  {
    what: 'other guests than the one that is asked for',
    argv: (file) => ['replay', file, '--guest', 'vsock://5'],
    content: '{"channel":"request","from":"guest","guest":"vsock://3","hex":"01"}',
    says: ['no guest "vsock://5"', 'vsock://3'],
  },
];

const serveFixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

describe('files that the command line is given', () => {
  let folder: Awaited<ReturnType<typeof newFolder>>;
  beforeEach(async () => {
    folder = await newFolder();
  });
  afterEach(() => folder.remove());

  const write = async (content: unknown, name = 'file.json'): Promise<string> => {
    await writeFile(folder.path(name), typeof content === 'string' ? content : JSON.stringify(content));
    return folder.path(name);
  };

  for (const { what, argv, content, says } of wrongFiles) {
    it(`are refused with path, value and what was expected: ${argv('FILE').join(' ')} with ${what}`, async () => {
      const file = await write(content);
      const { code, err } = await ran(argv(file));
      expect(code).to.equal(2);
      for (const text of [`error: ${file}: `, ...says]) expect(err).to.include(text);
    });
  }

  it('keep their secrets when they are refused', async () => {
    const file = await write(air('short'));
    const { code, err } = await ran(scenario(file));
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
