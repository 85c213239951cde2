import { pbkdf2Sync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { createActor, waitFor } from 'xstate';
import { type Log, parseEndpoint, proxyWifi, type SeenFrame } from '../../index.js';
import { createGuest, derivePmk } from '../../native/guest/index.js';
import { ssidFromText } from '../../protocol/index.js';
import { ran } from './kept-terminal.js';
import { folderOfEach, freePort, nextAddress, serving } from './serving.js';

const right = 'seven seas and one more';
const wrong = 'seven seas and none more';

/** Made by another implementation than the one that is tested. */
const pmkOf = (passphrase: string): Buffer => pbkdf2Sync(passphrase, 'Quay', 4096, 32, 'sha1');

/** Every spelling in which a secret could get out: text, hex, base64, lists of numbers. */
const spellings = [right, wrong].flatMap((passphrase) =>
  [Buffer.from(passphrase), pmkOf(passphrase)].flatMap((bytes) => [
    bytes.toString('latin1'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    [...bytes].join(','),
    [...bytes].join(', '),
    [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
  ]),
);

const expectNoSecret = (where: string, text: string): void => {
  expect(text.length, `${where} says something`).to.be.greaterThan(0);
  for (const spelling of spellings)
    expect(text.includes(spelling), `${where} holds ${spelling}`).to.equal(false);
};

const air = {
  interfaces: [{ name: 'wlan0' }],
  networks: [
    {
      ssid: 'Quay',
      security: 'wpa2-psk',
      secret: right,
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50 }],
    },
  ],
};

describe('a key or passphrase', function () {
  this.timeout(60_000);
  const folder = folderOfEach();

  it('shows in nothing that serve and guest emit: log at debug level, metrics, recording, answers, errors', async () => {
    const scenario = folder.path('air.json');
    const recording = folder.path('seen.ndjson');
    await writeFile(scenario, JSON.stringify(air));
    const options = ['--scenario', scenario, '--record', recording, '--metrics', '0', '--log-level', 'debug'];
    const { cli, asGuest } = await serving(...options);
    const [, url = ''] = await cli.says(/Metrics are at (http:\S+\/metrics)\./);
    const guest = asGuest();
    const connect = (input: string, ...more: readonly string[]) =>
      ran(['guest', 'connect', 'Quay', ...guest, '--passphrase-stdin', ...more], { input });
    const refused = await connect(wrong);
    expect(refused.code).to.equal(1);
    const connected = await connect(right, '--json');
    expect(connected.code).to.equal(0);
    const asKey = await connect(pmkOf(right).toString('hex'));
    expect(asKey.code).to.equal(0);
    const tooLong = await connect(right.repeat(3));
    expect(tooLong.code).to.equal(2);
    const scrape = await (await fetch(url)).text();
    cli.signal('SIGINT');
    const { out, err } = await cli.ended;
    for (const [i, { out, err }] of [refused, connected, asKey, tooLong].entries())
      expectNoSecret(`guest connect ${i}`, out + err);
    expectNoSecret('standard output', out);
    expectNoSecret('the log', err);
    expectNoSecret('the metrics', scrape);
    expectNoSecret('the recording', await readFile(recording, 'utf8'));
  });

  it('shows in nothing that the root actor has: snapshot, facts, proposals, log, frames, inspected events', async () => {
    const texts: [string, string][] = [];
    const keep = (where: string, what: unknown): void => {
      texts.push([where, JSON.stringify(what) ?? 'nothing'], [where, inspect(what, { depth: 12 })]);
    };
    /** As a viewer or a file gets it. In this process the actors do have what the host application gave them. */
    const keepJson = (where: string, what: unknown): void => void texts.push([where, JSON.stringify(what)]);
    const log: Log = {
      isLevelEnabled: () => true,
      debug: (facts, message) => keep('the log', [facts, message]),
      info: (facts, message) => keep('the log', [facts, message]),
      warn: (facts, message) => keep('the log', [facts, message]),
      error: (facts, message) => keep('the log', [facts, message]),
    };
    const address = nextAddress();
    const port = await freePort(address);
    const proxy = createActor(proxyWifi, {
      input: {
        endpoints: [`tcp://${address}:${port}`],
        radio: { scenario: air },
        log,
        frameTap: (seen: SeenFrame) => {
          keep('a frame', { ...seen, frame: Buffer.from(seen.frame).toString('hex') });
          keep('a frame', Buffer.from(seen.frame).toString('latin1'));
        },
        observer: {
          authorizeGuestConnection: (proposal) => {
            keep('a proposal', proposal);
            return 'approve';
          },
        },
      },
      inspect: (event) => {
        // The first event of the root is the input, scenario and all, as the host application wrote it.
        if (event.type === '@xstate.event' && event.sourceRef !== undefined)
          keepJson('an inspected event', event.event);
      },
    });
    proxy.on('*', (fact) => keep('a fact', fact));
    proxy.start();
    await waitFor(proxy, (snapshot) => snapshot.matches('running'));
    const endpoint = parseEndpoint(`tcp://${address}:${port}`);
    const ssid = ssidFromText('Quay');
    if (E.isLeft(endpoint) || E.isLeft(ssid)) return expect.fail('no endpoint');
    const guest = createGuest({ endpoint: endpoint.right, address: nextAddress(), hello: false });
    for (const passphrase of [wrong, right]) {
      const key = derivePmk(passphrase, ssid.right);
      if (E.isLeft(key)) return expect.fail('no key');
      const answer = await guest.connect({ ssid: ssid.right, security: 'wpa2-psk', key: key.right })();
      keep('an answer', answer);
      keepJson('the snapshot', proxy.getSnapshot());
      keep('the status', proxy.getSnapshot().context.status.read());
    }
    guest.close();
    proxy.send({ type: 'stop' });
    await waitFor(proxy, (snapshot) => snapshot.matches('stopped'));
    keepJson('the snapshot', proxy.getSnapshot());
    const places = new Set(texts.map(([where]) => where));
    for (const where of ['the log', 'a frame', 'a proposal', 'a fact', 'the snapshot', 'an inspected event'])
      expect(places).to.include(where);
    for (const [where, text] of texts) expectNoSecret(where, text);
  });
});
