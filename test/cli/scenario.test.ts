import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { RecordedFrame } from '../../cli/record-format.js';
import { airOf } from '../../cli/recorded-air.js';
import { decodeScenario } from '../../native/simulated/index.js';
import {
  type Bss,
  type Bssid,
  encodeHostMessage,
  encodeRequest,
  type HostMessage,
  KeyMaterial,
  parseBssid,
  type Request,
  type Ssid,
  ssidBytes,
  ssidFromHex,
  ssidFromText,
} from '../../protocol/index.js';
import { ran } from './kept-terminal.js';
import { folderOfEach, serving } from './serving.js';

const capture = fileURLToPath(new URL('../fixtures/linux-guest-session.ndjson', import.meta.url));

const ssid = (text: string): Ssid => E.getOrElse((): Ssid => expect.fail(text))(ssidFromText(text));
const bssid = (number: number): Bssid =>
  E.getOrElse((): Bssid => expect.fail(`${number}`))(parseBssid(`02:00:00:00:00:0${number}`));

const network = (name: Ssid, number: number, rssi = -50): Bss => {
  const bytes = ssidBytes(name);
  return {
    bssid: bssid(number),
    ssid: name,
    capabilities: 1,
    rssi,
    beaconInterval: 100,
    frequency: 2_412_000,
    elements: Uint8Array.from([0, bytes.length, ...bytes]),
  };
};

const scan: Request = { operation: 'scan', ssid: { _tag: 'None' } };
const connect = (name: string): Request => ({
  operation: 'connect',
  ssid: ssid(name),
  bssid: { _tag: 'None' },
  authType: 0,
  wpaVersions: 0,
  akmSuites: [],
  pairwiseCipherSuites: [],
  groupCipherSuite: 0,
  key: KeyMaterial.none,
});
const found = (...networks: readonly Bss[]): HostMessage => ({
  operation: 'scan.response',
  complete: true,
  networks,
});
const connected = (number: number, sessionId: number, status = 0): HostMessage => ({
  operation: 'connect.response',
  status,
  bssid: bssid(number),
  sessionId,
});

/** What happens when, in milliseconds: a request with its answer, or a notification. */
type Happening = readonly [number, Request, HostMessage] | readonly [number, HostMessage];

const recorded = (...happenings: readonly Happening[]): readonly RecordedFrame[] =>
  happenings.flatMap((happening, i): readonly RecordedFrame[] => {
    const [at] = happening;
    const common = { line: i + 1, time: 1_700_000_000_000 + at, guest: 'vsock://3' };
    if (happening.length === 2)
      return [{ ...common, channel: 'notification', from: 'host', frame: encodeHostMessage(happening[1]) }];
    return [
      { ...common, channel: 'request', from: 'guest', frame: encodeRequest(happening[1]) },
      { ...common, channel: 'request', from: 'host', frame: encodeHostMessage(happening[2]) },
    ];
  });

/** The timeline of the air of these, which is a scenario. */
const timelineOf = (...happenings: readonly Happening[]): unknown => {
  const air = airOf(recorded(...happenings));
  expect(E.isRight(decodeScenario(air)), JSON.stringify(air)).to.equal(true);
  return air.timeline;
};

describe('a scenario made of a recording', () => {
  const quay = network(ssid('Quay'), 1);
  const pier = network(ssid('Pier'), 2);

  it('has networks that come and go when scans say so', () => {
    expect(
      timelineOf(
        [0, scan, found(quay)],
        [1000, scan, found(quay, pier)],
        [2000, scan, found(pier)],
        [3000, scan, found(quay, pier)],
      ),
    ).to.deep.equal([
      { at: 1000, do: 'network.appears', bssid: bssid(2) },
      { at: 2000, do: 'network.vanishes', bssid: bssid(1) },
      { at: 3000, do: 'network.appears', bssid: bssid(1) },
    ]);
  });

  it('keeps a network that an incomplete scan or a notification does not have', () => {
    const partly: HostMessage = { operation: 'scan.response', complete: false, networks: [] };
    const air = airOf(recorded([0, scan, found(quay)], [1000, scan, partly], [1700, found()]));
    expect(air.timeline).to.deep.equal([]);
    expect(air.interfaces).to.deep.equal([{ name: 'wlan0', scanDuration: 700 }]);
  });

  it('has signals that change as scans and notifications say', () => {
    expect(
      timelineOf(
        [0, scan, found(quay, pier)],
        [1000, connect('Quay'), connected(1, 1)],
        [2000, { operation: 'signal', rssi: -70 }],
        [3000, scan, found({ ...quay, rssi: -70 }, { ...pier, rssi: 5 })],
      ),
    ).to.deep.equal([
      { at: 2000, do: 'network.fades', bssid: bssid(1), to: -70 },
      { at: 3000, do: 'network.fades', bssid: bssid(2), to: 0 },
    ]);
  });

  it('has its user disconnect where a guest was told that its session has ended, and not for an older one', () => {
    expect(
      timelineOf(
        [0, scan, found(quay)],
        [1000, connect('Quay'), connected(1, 4)],
        [2000, { operation: 'disconnected', sessionId: 3 }],
        [3000, { operation: 'disconnected', sessionId: 4 }],
        [4000, { operation: 'disconnected', sessionId: 4 }],
      ),
    ).to.deep.equal([{ at: 3000, do: 'user.disconnects', interface: 'wlan0' }]);
  });

  it('has connects fail that failed, from the answer before on', () => {
    const away = ssid('Away');
    expect(
      timelineOf(
        [0, scan, found(quay)],
        [1000, connect('Quay'), connected(1, 1, 15)],
        [2000, connect('Quay'), connected(1, 2, 16)],
        [3000, connect('Quay'), connected(1, 3, 43)],
        [4000, { ...connect('Quay'), ssid: away } as Request, connected(1, 4, 1)],
      ),
    ).to.deep.equal([
      { at: 0, do: 'connect.fails', ssid: 'Quay', reason: 'wrong key', status: 15 },
      { at: 1000, do: 'connect.fails', ssid: 'Quay', reason: 'timed out', status: 16 },
      { at: 2000, do: 'connect.fails', ssid: 'Quay', reason: 'rejected', status: 43 },
    ]);
  });

  it('has a hidden network where only a scan for its name found it', () => {
    const cellar = network(ssid('Cellar'), 3);
    const named: Request = { operation: 'scan', ssid: { _tag: 'Some', value: ssid('Cellar') } };
    const air = airOf(
      recorded([0, scan, found(quay)], [1000, named, found(quay, cellar)], [2000, scan, found(quay)]),
    );
    expect(air.networks.map(({ ssid: name, hidden }) => [name, hidden])).to.deep.equal([
      ['Quay', undefined],
      ['Cellar', true],
    ]);
    expect(air.timeline).to.deep.equal([]);
  });

  it('has a network in sight from the start that was there in the first scan, and later others', () => {
    const air = airOf(recorded([500, scan, found(quay)], [1500, scan, found(quay, pier)]));
    const present = air.networks.flatMap(({ accessPoints }) =>
      accessPoints.map((point) => ('present' in point ? point.present : undefined)),
    );
    expect(present).to.deep.equal([undefined, false]);
    expect(air.timeline).to.deep.equal([{ at: 1000, do: 'network.appears', bssid: bssid(2) }]);
  });

  it('has what the simulated radio can have of frequencies and signals', () => {
    const odd = (number: number, frequency: number, rssi: number) => ({
      ...network(ssid(`Odd ${number}`), number, rssi),
      frequency,
    });
    const air = airOf(
      recorded([0, scan, found(odd(1, 1_000_000, 7), odd(2, 9_000_000, -129), odd(3, 2_412_400, -128))]),
    );
    expect(air.networks.map(({ accessPoints: [point] }) => [point?.frequency, point?.signal])).to.deep.equal([
      [2400, 0],
      [7125, -128],
      [2412, -128],
    ]);
    expect(timelineOf([0, scan, found(quay)], [1, scan, found({ ...quay, rssi: -130 })])).to.deep.equal([
      { at: 1, do: 'network.fades', bssid: bssid(1), to: -128 },
    ]);
  });

  it('has no name for a hidden network that nobody looked for, and one once a scan of all shows it', () => {
    const hidden = network(ssid(''), 1);
    const named: Request = { operation: 'scan', ssid: { _tag: 'Some', value: ssid('Quay') } };
    expect(airOf(recorded([0, scan, found(hidden)])).networks).to.deep.equal([]);
    const air = airOf(recorded([0, named, found(quay)], [1000, scan, found(quay)], [2000, scan, found()]));
    expect(air.networks.map(({ hidden: isHidden }) => isHidden)).to.deep.equal([undefined]);
    expect(air.timeline).to.deep.equal([{ at: 2000, do: 'network.vanishes', bssid: bssid(1) }]);
  });

  it('has a network go that a scan for another name does not show, unless that is hidden', () => {
    const named: Request = { operation: 'scan', ssid: { _tag: 'Some', value: ssid('Pier') } };
    const air = airOf(
      recorded([0, named, found(pier)], [1000, scan, found(quay)], [2000, named, found(pier)]),
    );
    expect(air.timeline).to.deep.equal([
      { at: 1000, do: 'network.appears', bssid: bssid(1) },
      { at: 2000, do: 'network.vanishes', bssid: bssid(1) },
    ]);
    expect(air.networks.map(({ hidden }) => hidden)).to.deep.equal([true, undefined]);
  });

  it('takes the longest time from an incomplete answer to the rest for what a scan takes', () => {
    const partly: HostMessage = { operation: 'scan.response', complete: false, networks: [] };
    const happenings: readonly Happening[] = [
      [0, scan, partly],
      [900, found(quay)],
      [1000, scan, partly],
      [1300, found(quay)],
      [5000, found(quay)],
    ];
    expect(airOf(recorded(...happenings)).interfaces).to.deep.equal([{ name: 'wlan0', scanDuration: 900 }]);
  });

  it('hears nothing of a signal without a connection, nor after its end', () => {
    const signal: HostMessage = { operation: 'signal', rssi: -70 };
    expect(
      timelineOf(
        [0, scan, found(quay)],
        [1, signal],
        [2, { operation: 'disconnected', sessionId: 9 }],
        [3, connect('Quay'), connected(1, 1)],
        [4, { operation: 'disconnect', sessionId: 1 }, { operation: 'disconnect.response' }],
        [5, signal],
      ),
    ).to.deep.equal([]);
  });

  it('has frames of each guest by themselves, and none that make no sense', () => {
    const frames = recorded([0, scan, found(quay)], [1000, connect('Quay'), connected(1, 1, 15)]);
    const others = frames.map((frame) => ({ ...frame, guest: 'vsock://4', frame: Uint8Array.of(1) }));
    const mixed = frames.flatMap((frame, i) => [frame, ...others.slice(i, i + 1)]);
    expect(airOf(mixed)).to.deep.equal(airOf(frames));
  });

  it('has everything in its order where a clock went back, and at once where there are no times', () => {
    const frames = recorded([0, scan, found(quay)], [1000, scan, found()], [500, scan, found(quay)]);
    expect(airOf(frames).timeline?.map(({ at }) => at)).to.deep.equal([1000, 1000]);
    const timeless = frames.map((frame) => ({ ...frame, time: undefined }));
    expect(airOf(timeless).timeline?.map(({ at }) => at)).to.deep.equal([0, 0]);
  });

  it('has names of any bytes, and all access points of one name together', () => {
    const wild = E.getOrElse((): Ssid => expect.fail('no SSID'))(ssidFromHex('1b5b00ff'));
    const air = airOf(recorded([0, scan, found(network(wild, 1), network(wild, 2), quay)]));
    expect(E.isRight(decodeScenario(air))).to.equal(true);
    expect(air.networks[0]).to.include({ ssidHex: '1b5b00ff' });
    expect(air.networks[0]?.accessPoints).to.have.length(2);
  });
});

describe('proxy-wifi scenario', function () {
  this.timeout(60_000);
  const folder = folderOfEach();

  it('makes the air of the captured session, in which its guest finds what it found then', async () => {
    const out = folder.path('air.json');
    const made = await ran(['scenario', capture, '--out', out]);
    expect(made).to.include({ code: 0, err: '' });
    expect(made.out).to.include('5 networks').and.to.include(`--scenario ${out}`);
    const { asGuest } = await serving('--scenario', out, '--scan-interval', '0');
    const { code, out: replayed } = await ran(['replay', capture, ...asGuest(), '--json']);
    const { requests } = JSON.parse(replayed);
    expect(code, 'WPA3 is shown as WPA2 by this host').to.equal(1);
    for (const { verdict, notes } of requests)
      if (verdict === 'differs')
        for (const { text } of notes) expect(text).to.match(/^02:00:00:aa:00:0[34]: .*RSN SAE.* then/);
  });

  it('prints it, or writes it to a new file only', async () => {
    const { out } = await ran(['scenario', capture]);
    expect(E.isRight(decodeScenario(JSON.parse(out)))).to.equal(true);
    await writeFile(folder.path('air.json'), 'precious');
    const refused = await ran(['scenario', capture, '--out', folder.path('air.json')]);
    expect(refused.code).to.equal(1);
    expect(refused.err).to.include('is there already').and.to.include('--force');
    expect((await ran(['scenario', capture, '--out', folder.path('air.json'), '--force'])).code).to.equal(0);
    expect(JSON.parse(await readFile(folder.path('air.json'), 'utf8'))).to.deep.equal(JSON.parse(out));
  });

  it('says what is wrong with a file that is no recording', async () => {
    await writeFile(folder.path('x.ndjson'), 'hello');
    const { code, err } = await ran(['scenario', folder.path('x.ndjson')]);
    expect(code).to.equal(2);
    expect(err).to.include('line 1: expected one JSON object a line');
  });
});
