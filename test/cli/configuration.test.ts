import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { expect } from 'chai';
import { printConfig } from '../../cli/print-config.js';
import { configurationPage, configurationSchemaText } from '../../docs/configuration-page.js';
import type { JsonSchema } from '../../json/schema.js';
import { KeptTerminal, ran } from './kept-terminal.js';
import { folderOfEach } from './serving.js';

const shipped = (name: string): string =>
  readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

describe('the configuration', () => {
  it('is described by the page that is shipped (else run npm run docs)', () => {
    expect(shipped('configuration.md')).to.equal(configurationPage());
  });

  it('has the schema that is shipped (else run npm run docs)', () => {
    expect(shipped('configuration.schema.json')).to.equal(configurationSchemaText());
  });

  describe('as its schema sees it', () => {
    const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
    ajv.addSchema({
      $id: 'scenario.schema.json',
      ...(JSON.parse(shipped('scenario.schema.json')) as JsonSchema),
    });
    const accepts = ajv.compile(JSON.parse(shipped('configuration.schema.json')) as JsonSchema);
    const [, example = ''] = /```json\n(.*?)\n```/s.exec(configurationPage()) ?? [];
    const good: Readonly<Record<string, unknown>> = JSON.parse(example);

    it('may be the example of the page', () => {
      expect(accepts(good), JSON.stringify(accepts.errors)).to.equal(true);
    });

    for (const [name, value] of [
      ['radio', { scenario: { interfaces: [{ name: 'wlan0' }], networks: [] } }],
      ['fakeNetworks', [{ ssid: 'Lab', bssid: '02:00:00:00:00:01' }]],
      ['guests', { 'vsock://3': { driver: 'without-scan-complete' } }],
      ['metrics', true],
      ['metrics', '[::1]:9464'],
      ['inspect', 9465],
    ] as const)
      it(`may hold ${name}: ${JSON.stringify(value)}`, () => {
        expect(accepts({ [name]: value }), JSON.stringify(accepts.errors)).to.equal(true);
      });

    for (const [name, value] of [
      ['listen', []],
      ['radio', 'loud'],
      ['radio', { scenario: {} }],
      ['requestPort', 65536],
      ['scanInterval', '5s'],
      ['guests', { 'vsock://3': { drivr: 'without-scan-complete' } }],
      ['fakeNetworks', [{ ssid: 'Lab', bssid: '03:00:00:00:00:01' }]],
      ['inspect', -1],
      ['endpoints', []],
    ] as const)
      it(`must not hold ${name}: ${JSON.stringify(value)}`, () => {
        expect(accepts({ ...good, [name]: value })).to.equal(false);
      });

    it('has a radio or a scenario, and fake networks or a file of them', () => {
      expect(accepts({ radio: 'host', scenario: 'x' })).to.equal(false);
      expect(accepts({ networks: 'x', fakeNetworks: [] })).to.equal(false);
    });
  });

  describe('in effect', () => {
    const folder = folderOfEach();

    it('is printed with where each value came from, and nothing is started', async () => {
      const file = folder.path('proxy.json');
      await writeFile(file, JSON.stringify({ endpoints: ['vsock://any'], backlog: 3, scanInterval: 0 }));
      const { code, out, err } = await ran([
        ...['serve', '--print-config', '--config', file],
        ...['--backlog', '4', '--scan-interval', '1m', '--no-notify-disconnected', '--allow', 'vsock://3'],
      ]);
      expect([code, err]).to.deep.equal([0, '']);
      const lines = out.split('\n').map((line) => line.replace(/ {2,}/g, ' | '));
      expect(lines).to.include.members([
        `endpoints | ["vsock://any"] | ${file}`,
        'radio | simulated | default',
        'record | nothing is recorded | default',
        'allow | ["vsock://3"] | --allow',
        'requestPort | 12345 | default',
        'scanInterval | 60000 (1m) | --scan-interval',
        'notifyDisconnected | false | --no-notify-disconnected',
        'backlog | 4 | --backlog',
        'logLevel | info | default',
      ]);
    });

    it('is printed in columns, those that nobody has chosen dim where there is colour', async () => {
      const out: string[] = [];
      const terminal = { ...new KeptTerminal(), colour: true, out: (line: string) => void out.push(line) };
      expect(await printConfig({ backlog: '4' }, true, terminal)).to.equal(0);
      const plain = out.map((line) => line.replace('\u001b[2m', '').replace('\u001b[22m', ''));
      const at = (line: string): number => line.search(/\S+$/);
      expect(new Set(plain.map(at)).size).to.equal(1);
      const [backlog, ...others] = [...out].sort(
        (a, b) => Number(a.startsWith('\u001b')) - Number(b.startsWith('\u001b')),
      );
      expect(backlog).to.match(/^backlog +4 +--backlog$/);
      for (const line of others)
        expect([line.slice(0, 4), line.slice(-13)]).to.deep.equal(['\u001b[2m', ' default\u001b[22m']);
    });

    for (const format of ['xml', '', 'JSON'])
      it(`is not printed as ${JSON.stringify(format)}`, async () => {
        const terminal = new KeptTerminal();
        expect(await printConfig({}, format, terminal)).to.equal(2);
        expect(terminal.complaints.join()).to.match(/^error: --print-config: expected text or json, found /);
        expect(terminal.lines).to.deep.equal([]);
      });

    it('is printed as JSON, without the inside of a scenario, which has secrets', async () => {
      const file = folder.path('proxy.json');
      const accessPoints = [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50 }];
      const networks = [{ ssid: 'Cafe', security: 'wpa2-psk', secret: 'hush hush', accessPoints }];
      const radio = { scenario: { interfaces: [{ name: 'wlan0' }], networks } };
      await writeFile(file, JSON.stringify({ radio }));
      const { code, out } = await ran(['serve', '--print-config', 'json', '--config', file]);
      expect(code).to.equal(0);
      expect(out).not.to.include('hush');
      expect(out).to.match(/^\{\n {2}"/);
      expect(JSON.parse(out)).to.deep.include({
        radio: { value: 'an object', from: file },
        endpoints: { value: ['tcp://127.0.0.1'], from: 'default' },
        scanInterval: { value: 5000, from: 'default' },
        allow: { value: null, from: 'default' },
      });
    });
  });
});
