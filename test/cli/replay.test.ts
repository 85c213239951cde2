import { writeFile } from 'node:fs/promises';
import { createServer, type NetConnectOpts, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { acceptable, differences, exchangesOf, SessionIds } from '../../cli/replay-answers.js';
import { type Bssid, parseBssid } from '../../protocol/index.js';
import { guestSession } from '../protocol/captures.js';
import { type ReadNetwork, readAsDriver } from '../protocol/driver-reader.js';
import { endAll, startCli } from './cli-process.js';
import { driverExchange } from './driver-exchange.js';
import { ran } from './kept-terminal.js';
import { newFolder, nextAddress, serving } from './serving.js';

const capture = fileURLToPath(new URL('../fixtures/linux-guest-session.ndjson', import.meta.url));

const onRequestChannel = guestSession.filter(({ channel }) => channel === 'request');

/** Each request of the real driver, with the answer that it accepted. */
const exchanges = onRequestChannel.flatMap(({ from, hex }, i) => {
  const answer = onRequestChannel[i + 1];
  return from === 'guest' && answer !== undefined
    ? [{ request: Buffer.from(hex, 'hex'), accepted: readAsDriver(Buffer.from(answer.hex, 'hex')) }]
    : [];
});

/** Every access point that the driver was shown, the hidden one included. */
const shown = new Map<string, ReadNetwork>(
  exchanges.flatMap(({ accepted }) =>
    accepted.code === 2 ? accepted.networks.map((network) => [network.bssid, network] as const) : [],
  ),
);

const ssidOf = ({ elements }: ReadNetwork): string =>
  elements.subarray(2, 2 + elements.readUInt8(1)).toString();

const isSae = (ssid: string): boolean => ['sae-net', 'six-net'].includes(ssid);

/** The air of the capture: the same access points with the same elements, on an interface that scans at once. */
const airOfCapture = {
  interfaces: [{ name: 'wlan0' }],
  networks: [...shown.values()].map((network) => ({
    ssid: ssidOf(network),
    hidden: ssidOf(network) === 'hidden-net',
    ...(ssidOf(network).startsWith('open') ? {} : { secret: 'correct horse' }),
    accessPoints: [
      {
        bssid: network.bssid,
        frequency: network.frequency / 1000,
        signal: network.rssi,
        beaconInterval: network.beaconInterval,
        elements: network.elements.toString('hex'),
      },
    ],
  })),
};

describe('the session of the real guest driver, replayed', function () {
  this.timeout(60_000);
  let folder: Awaited<ReturnType<typeof newFolder>>;
  let scenario: string;
  beforeEach(async () => {
    folder = await newFolder();
    scenario = folder.path('air.json');
    await writeFile(scenario, JSON.stringify(airOfCapture));
  });
  afterEach(async () => {
    await endAll();
    await folder.remove();
  });

  /** Sends every request as the driver did and reads every answer as the driver does. */
  const checkAll = async (to: NetConnectOpts): Promise<void> => {
    expect(exchanges).to.have.length(16);
    for (const [i, { request, accepted }] of exchanges.entries()) {
      const now = readAsDriver(await driverExchange(to, request));
      expect(now.code, `answer ${i + 1}`).to.equal(accepted.code);
      if (now.code === 4 && accepted.code === 4)
        expect(now).to.include({ status: 0, bssid: accepted.bssid, sessionId: accepted.sessionId });
      if (now.code === 2 && accepted.code === 2) {
        expect(now.complete).to.equal(true);
        expect(now.networks.map(({ bssid }) => bssid)).to.include.members(
          accepted.networks.map(({ bssid }) => bssid),
        );
        for (const network of now.networks) {
          const { bssid, frequency, rssi, elements } = network;
          const known = shown.get(bssid);
          expect({ bssid, frequency, rssi }).to.deep.equal({
            bssid: known?.bssid,
            frequency: known?.frequency,
            rssi: known?.rssi,
          });
          // The stand-in host showed WPA3 networks as they are; this one shows them as WPA2.
          if (!isSae(ssidOf(network)))
            expect(elements.toString('hex')).to.equal(known?.elements.toString('hex'));
        }
      }
    }
  };

  const unixServing = async (): Promise<string> => {
    const path = folder.path('vm.vsock');
    const cli = startCli([
      'serve',
      '--listen',
      `unix://${path}`,
      '--request-port',
      '7',
      '--scenario',
      scenario,
    ]);
    await cli.says(/Listening for guests at unix:/);
    return path;
  };

  it('gets an answer that the driver accepts to each request over TCP', async () => {
    const { endpoint } = await serving('--scenario', scenario);
    const { hostname, port } = new URL(endpoint.replace('tcp:', 'http:'));
    await checkAll({ host: hostname, port: Number(port), localAddress: nextAddress() });
  });

  it('gets an answer that the driver accepts to each request over a Unix socket', async () => {
    await checkAll({ path: `${await unixServing()}_7` });
  });

  it('is found acceptable by proxy-wifi replay over TCP', async () => {
    const { asGuest } = await serving('--scenario', scenario);
    const { code, out } = await ran(['replay', capture, ...asGuest(), '--json']);
    expect(code).to.equal(0);
    const { requests, same, unacceptable } = JSON.parse(out);
    expect(requests).to.have.length(16);
    expect(unacceptable).to.equal(0);
    expect(same).to.equal(10);
    for (const { operation, verdict, notes } of requests) {
      if (operation !== 'scan') expect(verdict).to.equal('same');
      else
        for (const note of notes)
          expect(note).to.match(/^02:00:00:aa:00:0[34]: .* RSN SAE CCMP .* then, .* RSN PSK CCMP .* now$/);
    }
  });

  it('is found acceptable by proxy-wifi replay over a Unix socket, and the differences are shown', async () => {
    const path = await unixServing();
    const guest = ['--endpoint', `unix://${path}`, '--request-port', '7'];
    expect((await ran(['replay', capture, ...guest])).code).to.equal(0);
    const again = await ran(['replay', capture, ...guest]);
    expect(again.code).to.equal(0);
    expect(again.out).to.match(/connect +differs\n +session: 1 then, 6 now/);
    expect(again.out).to.match(/16 requests: \d+ same, \d+ differ, 0 unacceptable\.$/);
  });

  it('ends with exit code 1 when the driver could not accept an answer', async () => {
    const answers = new Map([
      [1, Buffer.from('0209000000010001ff00000009000000', 'hex')],
      [3, Buffer.from('04020000000100', 'hex')],
      [5, Buffer.from('00000000000100', 'hex')],
    ]);
    const server = await new Promise<Server>((resolve) => {
      const listening = createServer((socket) => {
        socket.once('data', (request) => socket.end(answers.get(request.readUInt8(0)) ?? ''));
      });
      listening.listen(0, '127.0.0.1', () => resolve(listening));
    });
    const at = server.address();
    const endpoint = `tcp://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
    const { code, out } = await ran(['replay', capture, '--endpoint', endpoint]);
    server.close();
    expect(code).to.equal(1);
    expect(out).to.match(
      /scan +unacceptable\n +the driver cannot read it: entries beyond the body, networks 255, size 9/,
    );
    expect(out).to.match(/connect +unacceptable/);
    expect(out).to.match(/disconnect +unacceptable\n +the host refused the request/);
    expect(out).to.include('16 requests: 0 same, 0 differ, 16 unacceptable.');
  });

  it('ends with exit code 1 when nobody listens', async () => {
    const { code, err } = await ran(['replay', capture, '--endpoint', `unix://${folder.path('none')}`]);
    expect(code).to.equal(1);
    expect(err).to.include('no such file or folder (ENOENT)');
  });
});

describe('answers beside each other', () => {
  const frame = (line: number, from: 'guest' | 'host', hex: string) => ({
    line,
    from,
    channel: 'request' as const,
    guest: undefined,
    frame: new Uint8Array(Buffer.from(hex, 'hex')),
  });
  const disconnect = (id: string) => frame(1, 'guest', `05080000000100${id}00000000000000`);

  it('belong to the request before them; a request without one has none', () => {
    const found = exchangesOf([disconnect('01'), disconnect('02'), frame(3, 'host', '06000000000100')]);
    expect(found.map(({ operation, answer }) => [operation, answer?.operation])).to.deep.equal([
      ['disconnect', undefined],
      ['disconnect', 'disconnect.response'],
    ]);
    expect(differences(undefined, { operation: 'disconnect.response' })).to.deep.equal([
      'the recording has no answer that makes sense',
    ]);
  });

  it('are not acceptable when they belong to another request', () => {
    const answer = acceptable({ operation: 'scan' }, frame(1, 'host', '06000000000100').frame);
    expect(answer).to.deep.equal({ _tag: 'Left', left: 'it is a disconnect.response, not a scan.response' });
  });

  it('give the sessions of the recording the ids of today', () => {
    const ids = new SessionIds();
    const request = disconnect('03').frame;
    expect(ids.translated(request)).to.deep.equal(request);
    const status = 0;
    const bssid = E.getOrElse((): Bssid => expect.fail('no BSSID'))(parseBssid('02:00:00:00:00:01'));
    ids.learn(
      { operation: 'connect.response', status, bssid, sessionId: 3 },
      { operation: 'connect.response', status, bssid, sessionId: 77 },
    );
    expect(ids.translated(request)).to.deep.equal(disconnect('4d').frame);
    expect(request, 'the recording itself').to.deep.equal(disconnect('03').frame);
  });
});
