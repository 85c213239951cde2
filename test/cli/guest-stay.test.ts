/** `guest connect --stay`, `guest watch` and `guest scan` at a host that does what a test tells it. */
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import sinon from 'sinon';
import { encodeHostMessage, type HostMessage, parseBssid } from '../../protocol/index.js';
import { right } from '../protocol/either.js';
import { ran } from './kept-terminal.js';
import { freePort, nextAddress } from './serving.js';

/** By the first byte of a request; the host knows no hello. */
const usual: Readonly<Record<number, HostMessage>> = {
  1: { operation: 'scan.response', complete: true, networks: [] },
  3: {
    operation: 'connect.response',
    status: 0,
    bssid: right(parseBssid('02:00:00:00:00:01')),
    sessionId: 4,
  },
  5: { operation: 'disconnect.response' },
};

describe('a guest of the command line', () => {
  let host: Server;
  let requests: number[];
  let answers: Record<number, HostMessage>;
  let address: string;
  let port: number;
  let flags: readonly string[];
  /** Nothing is waited for any more. */
  let isOver: boolean;
  let others: readonly NodeJS.SignalsListener[];

  /** Looks again and again, as long as the test goes on. */
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo() && !isOver) await new Promise((resolve) => setImmediate(resolve));
  };

  /** Ctrl-C, for what runs in this process and not for mocha. */
  const interrupt = (): void => {
    for (const listener of process.listeners('SIGINT')) if (!others.includes(listener)) listener('SIGINT');
  };

  beforeEach(async () => {
    isOver = false;
    others = process.listeners('SIGINT');
    requests = [];
    answers = { ...usual };
    address = nextAddress();
    port = await freePort(address);
    host = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .once('data', (request) => {
          requests.push(request.readUInt8(0));
          socket.end(encodeHostMessage(answers[request.readUInt8(0)] ?? { operation: 'invalid' }));
        }),
    );
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port: at } = host.address() as AddressInfo;
    const as = ['--address', address, '--notification-port', `${port}`];
    flags = ['--endpoint', `tcp://127.0.0.1:${at}`, ...as];
  });
  afterEach((done) => {
    isOver = true;
    // A guest that a failed test has left.
    interrupt();
    host.close(() => done());
  });

  /** Tells the guest, once it listens; each on a connection of its own, one after the other. */
  const tell = async (...notifications: readonly Uint8Array[]): Promise<void> => {
    for (const bytes of notifications)
      await new Promise<void>((resolve) => {
        const dial = (): void => {
          const socket = connect({ host: address, port }, () => socket.end(bytes));
          // Nobody listens yet.
          socket.on('error', () => isOver || setImmediate(dial));
          socket.on('close', (hadError) => hadError || resolve());
        };
        dial();
      });
  };

  const stays = (...more: readonly string[]) =>
    ran(['guest', 'connect', 'Quay', '--open', '--stay', ...flags, ...more]);
  const ends = encodeHostMessage({ operation: 'disconnected', sessionId: 4 });
  const told = [
    encodeHostMessage({ operation: 'signal', rssi: -71 }),
    Uint8Array.of(9, 9, 9),
    encodeHostMessage({ operation: 'disconnected', sessionId: 3 }),
  ];

  it('holds the session and tells what it hears, until the session ends, and remembers that', async () => {
    const [{ code, out, err }] = await Promise.all([stays(), tellsOnceConnected(...told, ends)]);
    expect(out.split('\n')).to.deep.equal([
      'Connected to Quay (02:00:00:00:00:01), session 4.',
      'Holding session 4 until Ctrl-C.',
      'Signal: ▂▄__  -71 dBm',
      'A notification of the host was unusable.',
      'Quay: session 4 has ended on the host. Nothing is listened to any more.',
    ]);
    expect([code, err]).to.deep.equal([1, '']);
    expect((await ran(['guest', 'disconnect', '4', ...flags])).out).to.equal(
      'Session 4 was not in effect: it was over before.',
    );
  });

  it('tells programs of the session alone', async () => {
    const [{ code, out, err }] = await Promise.all([stays('--json'), tellsOnceConnected(...told, ends)]);
    expect(out.split('\n').map((line) => JSON.parse(line))).to.deep.equal([
      {
        ...{ connected: true, status: 0, statusName: 'success', ssid: 'Quay', ssidHex: '51756179' },
        ...{ bssid: '02:00:00:00:00:01', sessionId: 4 },
      },
      { event: 'holding', sessionId: 4 },
      { event: 'ended', sessionId: 4 },
    ]);
    expect([code, err]).to.deep.equal([1, '']);
  });

  it('says hello before all else, and ends no session that has ended', async () => {
    await Promise.all([stays(), tellsOnceConnected(ends)]);
    expect(requests).to.deep.equal([9, 3]);
  });

  it('ends the session again where nothing can be listened to, and says so', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, address, resolve));
    const { code, out, err } = await stays();
    other.close();
    expect(out).to.equal('Connected to Quay (02:00:00:00:00:01), session 4.');
    expect(err).to.match(/^error: Quay: the session cannot be held: listen tcp:.*EADDRINUSE/);
    expect(code).to.equal(1);
    expect(requests).to.deep.equal([9, 3, 5]);
  });

  it('says no hello and ends nothing where it is not to stay', async () => {
    const { code, out } = await ran(['guest', 'connect', 'Quay', '--open', '--json', ...flags]);
    expect([code, JSON.parse(out).sessionId]).to.deep.equal([0, 4]);
    expect(requests).to.deep.equal([3]);
  });

  const watches = async (
    notifications: readonly Uint8Array[],
    ...more: readonly string[]
  ): Promise<readonly string[]> => {
    const watching = ran(['guest', 'watch', ...flags, ...more]);
    await until(() => requests.includes(1));
    await tell(...notifications);
    // All of them have been shown when the next request has been answered.
    await ran(['guest', 'disconnect', '1', ...flags]);
    interrupt();
    const { code, out, err } = await watching;
    expect([code, err]).to.deep.equal([130, 'Stopped by SIGINT.']);
    expect(process.listeners('SIGINT')).to.deep.equal(others);
    return out.split('\n');
  };

  const heard = [
    encodeHostMessage({ operation: 'signal', rssi: -71 }),
    Uint8Array.of(9, 9, 9),
    encodeHostMessage({ operation: 'disconnect.response' }),
    encodeHostMessage({ operation: 'scan.response', complete: true, networks: [] }),
    encodeHostMessage({ operation: 'disconnected', sessionId: 3 }),
  ];

  it('that watches has a row for each thing with its time, and no hello', async () => {
    const [first, ...rows] = await watches(heard);
    expect(first).to.equal(`Listening for notifications at tcp://${address}:${port}. Ctrl-C stops.`);
    for (const row of rows.slice(2)) expect(row).to.match(/^\d\d:\d\d:\d\d {2}/);
    expect(rows.map((row) => row.replace(/^\d\d:\d\d:\d\d {2}/, ''))).to.deep.equal([
      'Networks  0',
      '                    No networks.',
      'Signal    ▂▄__  -71 dBm',
      rows[3]?.replace(/^\d\d:\d\d:\d\d {2}/, ''),
      'Unexpected  disconnect.response is no notification',
      'Networks  0',
      'Ended     session 3, disconnected by the host',
    ]);
    expect(rows[3]).to.match(/ {2}Unusable {2}\w/);
    expect(requests).to.deep.equal([1, 5]);
  });

  it('that watches for a program has an object for each thing', async () => {
    const events = (await watches(heard, '--json')).map((line) => JSON.parse(line));
    expect(events.map(({ problem, ...event }) => event)).to.deep.equal([
      { event: 'listening', address: `tcp://${address}:${port}` },
      { event: 'scan.response', complete: true, networks: [] },
      { event: 'signal', rssi: -71 },
      { event: 'failure' },
      { event: 'disconnect.response' },
      { event: 'scan.response', complete: true, networks: [] },
      { event: 'disconnected', sessionId: 3 },
    ]);
    expect(events[3].problem).to.be.a('string').and.not.equal('');
  });

  it('waits 10 s for the rest of a scan, and says so after one', async () => {
    answers[1] = { operation: 'scan.response', complete: false, networks: [] };
    const timeouts = sinon.spy(globalThis, 'setTimeout');
    const clock = sinon.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      let isOver = false;
      const scanning = ran(['guest', 'scan', ...flags, '--json']).finally(() => {
        isOver = true;
      });
      await until(() => clock.countTimers() > 0);
      sinon.assert.calledWith(timeouts, sinon.match.func, 1000);
      clock.tick(9999);
      await new Promise((resolve) => setImmediate(resolve));
      expect(isOver).to.equal(false);
      clock.tick(1);
      const { code, out, err } = await scanning;
      expect([code, JSON.parse(out)]).to.deep.equal([0, { complete: false, networks: [] }]);
      expect(err).to.equal('The host still scans, so there may be more: scan again in a few seconds.');
    } finally {
      clock.restore();
      timeouts.restore();
    }
  });

  it('has the rest of a scan from the first notification that is the end of one', async () => {
    answers[1] = { operation: 'scan.response', complete: false, networks: [] };
    const scanning = ran(['guest', 'scan', ...flags, '--json']);
    await until(() => requests.includes(1));
    await tell(
      encodeHostMessage({ operation: 'signal', rssi: -71 }),
      encodeHostMessage({ operation: 'scan.response', complete: false, networks: [] }),
      encodeHostMessage({ operation: 'scan.response', complete: true, networks: [] }),
    );
    expect(await scanning).to.deep.include({ code: 0, err: '', out: '{"complete":true,"networks":[]}' });
  });

  it('says no more about a host that has answered', async () => {
    answers[5] = { operation: 'invalid' };
    const { code, out, err } = await ran(['guest', 'disconnect', '1', ...flags]);
    expect([code, out]).to.deep.equal([1, '']);
    expect(err).to.match(new RegExp(`^error: ${flags[1]}: `));
  });

  /** Nothing of the session before the guest has asked for one. */
  const tellsOnceConnected = async (...notifications: readonly Uint8Array[]): Promise<void> => {
    await until(() => requests.includes(3));
    await tell(...notifications);
  };
});
