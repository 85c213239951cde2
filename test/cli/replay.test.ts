import { writeFile } from 'node:fs/promises';
import { createServer, type NetConnectOpts, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { pcapngPacket, pcapngStart } from '../../cli/pcapng.js';
import { acceptable, differences, exchangesOf, SessionIds } from '../../cli/replay-answers.js';
import { readSecrets } from '../../cli/replay-secrets.js';
import { derivePmk } from '../../native/guest/index.js';
import {
  type Bss,
  type Bssid,
  decodeHostMessage,
  encodeHostMessage,
  encodeRequest,
  type HostMessage,
  instanceIdOf,
  KeyMaterial,
  parseBssid,
  type Ssid,
  ssidFromText,
} from '../../protocol/index.js';
import { guestSession } from '../protocol/captures.js';
import { type ReadNetwork, readAsDriver } from '../protocol/driver-reader.js';
import { Deferred } from '../stage/stage.js';
import { startCli } from './cli-process.js';
import { driverExchange } from './driver-exchange.js';
import { ran } from './kept-terminal.js';
import { folderOfEach, nextAddress, serving } from './serving.js';

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
  const folder = folderOfEach();
  let scenario: string;
  beforeEach(async () => {
    scenario = folder.path('air.json');
    await writeFile(scenario, JSON.stringify(airOfCapture));
  });

  /** Scans are made for each request, however soon it comes: a hidden network is in the results of its own scan only. */
  const air = (): readonly string[] => ['--scenario', scenario, '--scan-interval', '0'];

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
    const cli = startCli(['serve', '--listen', `unix://${path}`, '--request-port', '7', ...air()]);
    await cli.says(/Listening for guests at unix:/);
    return path;
  };

  it('gets an answer that the driver accepts to each request over TCP', async () => {
    const { endpoint } = await serving(...air());
    const { hostname, port } = new URL(endpoint.replace('tcp:', 'http:'));
    await checkAll({ host: hostname, port: Number(port), localAddress: nextAddress() });
  });

  it('gets an answer that the driver accepts to each request over a Unix socket', async () => {
    await checkAll({ path: `${await unixServing()}_7` });
  });

  it('is played by proxy-wifi replay over TCP, which says what matters to a guest and ends with exit code 1', async () => {
    const { asGuest } = await serving(...air());
    const { code, out } = await ran(['replay', capture, ...asGuest(), '--json']);
    expect(code).to.equal(1);
    const { requests, same, differs, unacceptable } = JSON.parse(out);
    expect(requests).to.have.length(16);
    expect({ same, differs, unacceptable }).to.deep.equal({ same: 10, differs: 6, unacceptable: 0 });
    for (const { operation, verdict, notes } of requests) {
      if (operation !== 'scan') expect(verdict).to.equal('same');
      else
        for (const { text, matters } of notes) {
          expect(text).to.match(/^02:00:00:aa:00:0[34]: .* RSN SAE CCMP .* then, .* RSN PSK CCMP .* now$/);
          expect(matters).to.equal(true);
        }
    }
  });

  it('is played over a Unix socket, a second time with sessions that are numbered on', async () => {
    const path = await unixServing();
    const guest = ['--endpoint', `unix://${path}`, '--request-port', '7'];
    await ran(['replay', capture, ...guest]);
    const { out } = await ran(['replay', capture, ...guest]);
    expect(out).to.match(/connect +similar\n +session: 1 then, 6 now \(does not matter\)/);
    expect(out).to.match(/scan +differs\n +02:00:00:aa:00:03: .* now\n/);
    expect(out).to.match(/16 requests: 5 same, 5 similar, 6 differ, 0 unacceptable\.$/);
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
    expect(out).to.include('16 requests: 0 same, 0 similar, 0 differ, 16 unacceptable.');
  });

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    it(`ends with exit code ${exitCode} after ${signal} while the host is silent, with no result`, async () => {
      const asked = new Deferred<void>();
      const server = createServer((socket) =>
        socket.on('error', () => undefined).once('data', asked.resolve),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const at = server.address();
      const endpoint = `tcp://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
      const cli = startCli(['replay', capture, '--endpoint', endpoint, '--json']);
      await asked.promise;
      cli.signal(signal);
      expect(await cli.ended).to.deep.equal({ code: exitCode, out: '', err: `Stopped by ${signal}.\n` });
      server.close();
    });

  it('ends with exit code 1 when nobody listens', async () => {
    const { code, err } = await ran(['replay', capture, '--endpoint', `unix://${folder.path('none')}`]);
    expect(code).to.equal(1);
    expect(err).to.include('no such file or folder (ENOENT)');
  });
});

const bssid = E.getOrElse((): Bssid => expect.fail('no BSSID'))(parseBssid('02:00:00:aa:00:01'));

const connected = (
  sessionId: number,
  status = 0,
): Extract<HostMessage, { operation: 'connect.response' }> => ({
  operation: 'connect.response',
  status,
  bssid,
  sessionId,
});

/** The networks of the captured session's first answer. */
const goldenNetworks: readonly Bss[] = (() => {
  const answer = decodeHostMessage(Buffer.from(onRequestChannel[1]?.hex ?? '', 'hex'));
  return E.isRight(answer) && answer.right.operation === 'scan.response' ? answer.right.networks : [];
})();

describe('a recording of several guests, replayed', () => {
  const folder = folderOfEach();
  let server: Server;
  let endpoint: string;
  /** What came, in hex. */
  let requests: string[];
  /** What is answered to operations by their code. */
  let answers: Map<number, Uint8Array[]>;

  beforeEach(async () => {
    requests = [];
    answers = new Map();
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (request) => {
        requests.push(request.toString('hex'));
        socket.end(answers.get(request.readUInt8(0))?.shift() ?? '');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const at = server.address();
    endpoint = `tcp://127.0.0.1:${typeof at === 'object' ? at?.port : ''}`;
  });
  afterEach(() => server.close());

  const one = 'tcp://127.0.1.1';
  const two = 'tcp://127.0.1.2';
  const sessionOf = (id: number): string => `050800000001000${id}00000000000000`;
  const open = (ssid: string): string =>
    Buffer.from(
      encodeRequest({
        operation: 'connect',
        ssid: E.getOrElse((): Ssid => expect.fail('no SSID'))(ssidFromText(ssid)),
        bssid: { _tag: 'None' },
        authType: 0,
        wpaVersions: 0,
        akmSuites: [],
        pairwiseCipherSuites: [],
        groupCipherSuite: 0,
        key: KeyMaterial.none,
      }),
    ).toString('hex');
  /** The same for WPA2 with a key of zeros, as a recording keeps it. */
  const masked = (ssid: string): string => {
    const frame = Buffer.from(`${open(ssid)}${'00'.repeat(32)}`, 'hex');
    frame.writeUInt8(76 + 32, 1);
    frame.writeUInt8(32, 7 + 75);
    return frame.toString('hex');
  };
  const hexOf = (message: HostMessage): string => Buffer.from(encodeHostMessage(message)).toString('hex');

  const recorded = async (
    ...lines: readonly (readonly [string, 'guest' | 'host', string])[]
  ): Promise<string> => {
    const file = folder.path('seen.ndjson');
    const text = lines
      .map(([guest, from, hex]) => JSON.stringify({ channel: 'request', from, guest, hex }))
      .join('\n');
    await writeFile(file, text);
    return file;
  };

  it('sends the requests of the guest that was chosen and of no other, with the ids that its sessions have now', async () => {
    const file = await recorded(
      [one, 'guest', open('Quay')],
      [two, 'guest', open('Pier')],
      [two, 'host', hexOf(connected(1))],
      [one, 'host', hexOf(connected(4))],
      [two, 'guest', sessionOf(1)],
      [one, 'guest', sessionOf(4)],
      [one, 'host', '06000000000100'],
      [two, 'host', '06000000000100'],
    );
    answers.set(3, [encodeHostMessage(connected(9))]);
    answers.set(5, [encodeHostMessage({ operation: 'disconnect.response' })]);
    const { code, out } = await ran(['replay', file, '--endpoint', endpoint, '--guest', one]);
    expect(requests).to.deep.equal([open('Quay'), sessionOf(9)]);
    expect(out.split('\n')).to.deep.equal([
      'line   1  connect     similar',
      '          session: 4 then, 9 now (does not matter)',
      'line   6  disconnect  same',
      '2 requests: 1 same, 1 similar, 0 differ, 0 unacceptable.',
    ]);
    expect(code).to.equal(0);
  });

  it('ends with exit code 1 where as many answers differ as cannot be accepted', async () => {
    const file = await recorded(
      [one, 'guest', open('Quay')],
      [one, 'host', hexOf(connected(1))],
      [one, 'guest', sessionOf(1)],
      [one, 'host', '06000000000100'],
    );
    answers.set(3, [encodeHostMessage(connected(1, 1))]);
    answers.set(5, [Buffer.from('00000000000100', 'hex')]);
    const { code, out } = await ran(['replay', file, '--endpoint', endpoint]);
    expect(out).to.include('2 requests: 0 same, 0 similar, 1 differ, 1 unacceptable.');
    expect(code).to.equal(1);
  });

  it('is not played as long as nobody says whose', async () => {
    const file = await recorded([one, 'guest', open('Quay')], [two, 'guest', open('Pier')]);
    const { code, err } = await ran(['replay', file, '--endpoint', endpoint]);
    expect({ code, requests }).to.deep.equal({ code: 2, requests: [] });
    expect(err).to.equal(`error: ${file}: several guests: choose one with --guest: ${one}, ${two}`);
  });

  it('says that a key was masked, and does not blame the host for it', async () => {
    const file = await recorded([one, 'guest', masked('Quay')], [one, 'host', hexOf(connected(1))]);
    answers.set(3, [encodeHostMessage(connected(1, 15))]);
    const { code, out } = await ran(['replay', file, '--endpoint', endpoint]);
    expect(out).to.include(
      'status: success then, challenge failure now: its key is masked in the recording (does not matter)',
    );
    expect(out).to.include(
      '1 of them had a key that the recording does not hold: --secrets FILE says the passphrases.',
    );
    expect(code).to.equal(0);
  });

  it('sends what is no request as it is, without a word about keys', async () => {
    const file = await recorded([one, 'guest', '7f00000000'], [one, 'host', '00000000000100']);
    const { code, out } = await ran(['replay', file, '--endpoint', endpoint]);
    expect(requests).to.deep.equal(['7f00000000']);
    expect(out)
      .to.match(/^line +1 {2}unknown +unacceptable\n/)
      .and.not.to.include('key');
    expect(code).to.equal(1);
    const { requests: told } = JSON.parse(
      (await ran(['replay', file, '--endpoint', endpoint, '--json'])).out,
    );
    expect(told[0]).to.include({ line: 1, operation: 'unknown', verdict: 'unacceptable', masked: false });
  });

  it('says all the same that the recording has no answer for a key that was masked', async () => {
    const file = await recorded([one, 'guest', masked('Quay')], [one, 'host', '06000000000100']);
    answers.set(3, [encodeHostMessage(connected(1))]);
    const { code, out } = await ran(['replay', file, '--endpoint', endpoint]);
    expect(out).to.match(/^ +answer: [^()]+$/m);
    expect(code).to.equal(1);
  });

  it('puts the key in its place when it is told the passphrase, and then what comes counts', async () => {
    const file = await recorded([one, 'guest', masked('Quay')], [one, 'host', hexOf(connected(1))]);
    await writeFile(folder.path('secrets.json'), '{"Quay": "correct horse"}');
    answers.set(3, [encodeHostMessage(connected(1, 15))]);
    const argv = ['replay', file, '--endpoint', endpoint, '--secrets', folder.path('secrets.json')];
    const { code, out } = await ran(argv);
    const ssid = E.getOrElse((): Ssid => expect.fail('no SSID'))(ssidFromText('Quay'));
    const key = E.getOrElse((): KeyMaterial => expect.fail('no key'))(derivePmk('correct horse', ssid));
    expect(requests[0]?.slice(-64)).to.equal(Buffer.from(key.reveal()).toString('hex'));
    expect(code).to.equal(1);
    expect(out)
      .to.match(/connect +differs\n +status: success then, challenge failure now\n/)
      .and.not.to.include('masked');
  });

  for (const text of ['5', 'true', '"correct horse"', '["correct horse"]', 'null', 'correct horse'])
    it(`expects passphrases by SSID, and not ${text.replaceAll(/[a-z]+ [a-z]+/g, 'a passphrase')}`, async () => {
      await writeFile(folder.path('secrets.json'), text);
      const file = folder.path('secrets.json');
      expect(await readSecrets(file)).to.deep.equal(
        E.left([`${file}: expected an object of passphrases by SSID: {"Harbour Cafe": "fish and chips"}`]),
      );
    });

  it('shows no passphrase of a file that is wrong', async () => {
    const file = await recorded([one, 'guest', masked('Quay')]);
    await writeFile(
      folder.path('secrets.json'),
      `{"Quay": "seven 7", "Pier": 8, "${'x'.repeat(33)}": "eight 88"}`,
    );
    const { code, err } = await ran([
      'replay',
      file,
      '--endpoint',
      endpoint,
      '--secrets',
      folder.path('secrets.json'),
    ]);
    expect({ code, requests }).to.deep.equal({ code: 2, requests: [] });
    expect(err.split('\n')).to.have.length(3);
    expect(err)
      .to.include('"Quay": The passphrase has 7 characters.')
      .and.not.to.match(/seven|eight/);
  });

  it('may be a pcapng file', async () => {
    const file = folder.path('seen.pcapng');
    const frames = [
      { from: 'guest', frame: Buffer.from(sessionOf(2), 'hex') },
      { from: 'host', frame: Buffer.from('06000000000100', 'hex') },
    ] as const;
    const packets = frames.map((frame) =>
      pcapngPacket({ ...frame, time: 1, guest: one, channel: 'request' }),
    );
    await writeFile(file, Buffer.concat([pcapngStart(), ...packets]));
    answers.set(5, [encodeHostMessage({ operation: 'disconnect.response' })]);
    const { code, out } = await ran(['replay', file, '--endpoint', endpoint]);
    expect({ code, requests }).to.deep.equal({ code: 0, requests: [sessionOf(2)] });
    expect(out).to.include('1 requests: 1 same');
  });
});

describe('answers beside each other', () => {
  const frame = (line: number, from: 'guest' | 'host', hex: string) => ({
    line,
    time: undefined,
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
      { what: 'answer', text: 'the recording has no answer that makes sense', matters: true },
    ]);
  });

  it('are not acceptable when they belong to another request', () => {
    const answer = acceptable({ operation: 'scan' }, frame(1, 'host', '06000000000100').frame);
    expect(answer).to.deep.equal({ _tag: 'Left', left: 'it is a disconnect.response, not a scan.response' });
  });

  it('give the sessions of the recording the ids of today', () => {
    const ids = new SessionIds();
    const request = { operation: 'disconnect', sessionId: 3 } as const;
    expect(ids.translated(request)).to.equal(request);
    ids.learn(connected(3), connected(77));
    expect(ids.translated(request)).to.deep.equal({ operation: 'disconnect', sessionId: 77 });
    const capabilities = 0;
    const hello = { operation: 'hello', capabilities, instance: instanceIdOf(1n), sessionId: 3 } as const;
    expect(ids.translated(hello)).to.deep.equal({ ...hello, sessionId: 77 });
  });

  it('matter where a guest would do something else, and not where numbers count on', () => {
    const said = (then: HostMessage, now: HostMessage) =>
      differences(then, now).map(({ text, matters }) => `${matters ? '!' : ' '} ${text}`);
    expect(said(connected(1), connected(2))).to.deep.equal(['  session: 1 then, 2 now']);
    expect(said(connected(1), connected(1, 15))).to.deep.equal([
      '! status: success then, challenge failure now',
    ]);
    expect(said(connected(1), { operation: 'invalid' })).to.deep.equal([
      '! answer: connect.response then, invalid now',
    ]);
    const [network] = goldenNetworks;
    if (network === undefined) return expect.fail('no network');
    const scanned = (complete: boolean, ...networks: readonly Bss[]): HostMessage => ({
      operation: 'scan.response',
      complete,
      networks,
    });
    expect(said(scanned(true, network), scanned(true, { ...network, rssi: -90 }))).to.deep.equal([]);
    expect(said(scanned(true, network), scanned(true))).to.deep.equal([
      '  networks: 1 then, 0 now',
      '! 02:00:00:aa:00:01 ("open-net") is missing',
    ]);
    expect(said(scanned(true, network), scanned(false))).to.deep.equal([
      '  complete: true then, false now',
      '  networks: 1 then, 0 now',
      '  02:00:00:aa:00:01 ("open-net") is missing',
    ]);
    expect(said(scanned(true), scanned(true, network))).to.include('! 02:00:00:aa:00:01 ("open-net") is new');
    expect(said(scanned(false), scanned(true, network))).to.include(
      '  02:00:00:aa:00:01 ("open-net") is new',
    );
    const hello = {
      operation: 'hello.response',
      capabilities: 1,
      instance: instanceIdOf(1n),
      inEffect: true,
      nextHello: 1,
    } as const;
    expect(said(hello, { ...hello, instance: instanceIdOf(2n), nextHello: 2 })).to.deep.equal([
      '  milliseconds until the next hello: 1 then, 2 now',
    ]);
    expect(said(hello, { ...hello, inEffect: false })).to.deep.equal([
      '! session in effect: true then, false now',
    ]);
  });
});
