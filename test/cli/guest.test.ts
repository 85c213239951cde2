import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import sinon from 'sinon';
import { askHidden } from '../../cli/prompt.js';
import { endOf, startCli } from './cli-process.js';
import { ran } from './kept-terminal.js';
import { folderOfEach, freePort, nextAddress, serving } from './serving.js';

/** A slow scan, a hidden network, one with a name of any bytes, and a host that its user connects and disconnects. */
const air = {
  interfaces: [{ name: 'wlan0', scanDuration: 300 }],
  networks: [
    {
      ssid: 'Quay',
      security: 'open',
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 36, signal: -60 }],
    },
    {
      ssid: 'Cellar',
      security: 'wpa2-psk',
      hidden: true,
      accessPoints: [{ bssid: '02:00:00:00:00:02', channel: 1, signal: -80 }],
    },
    {
      ssidHex: '1b5b324a00ff',
      security: 'open',
      accessPoints: [{ bssid: '02:00:00:00:00:03', channel: 11, signal: -90 }],
    },
  ],
  timeline: [
    { after: { event: 'connected', ssid: 'Quay', delay: 200 }, do: 'network.fades', ssid: 'Quay', to: -71 },
    { after: { event: 'connected', ssid: 'Quay', delay: 400 }, do: 'user.disconnects' },
  ],
};

describe('proxy-wifi guest', function () {
  this.timeout(60_000);
  const folder = folderOfEach();
  beforeEach(async () => {
    await writeFile(folder.path('air.json'), JSON.stringify(air));
  });

  it('waits for the rest of a scan that the host has not finished', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const { code, out, err } = await ran(['guest', 'scan', ...asGuest(), '--json']);
    expect(code).to.equal(0);
    expect(err).to.equal('');
    const { complete, networks } = JSON.parse(out);
    expect(complete).to.equal(true);
    expect(networks).to.have.length(2);
    expect(networks[0]).to.deep.include({
      ssid: 'Quay',
      ssidHex: '51756179',
      rssi: -60,
      frequency: 5_180_000,
      channel: 36,
      band: '5',
      security: 'open',
    });
  });

  it('says that there may be more when it cannot listen for the rest', async () => {
    const { asGuest, notificationPort } = await serving('--scenario', folder.path('air.json'));
    const address = nextAddress();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(notificationPort, address, resolve));
    const { code, out, err } = await ran(['guest', 'scan', ...asGuest(address)]);
    server.close();
    expect(code).to.equal(0);
    expect(out).to.equal('No networks.');
    expect(err).to.equal(
      `The host still scans, so there may be more: scan again in a few seconds.
No notifications: listen tcp://${address}:${notificationPort}: address in use (EADDRINUSE). Another guest command holds it, probably guest watch or guest connect --stay: stop that, or choose another port with --notification-port.`,
    );
  });

  it('finds a hidden network when it is named, and no escape sequence reaches the terminal', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const { out } = await ran(['guest', 'scan', 'Cellar', ...asGuest()]);
    expect(out).to.include('Cellar');
    expect(out).to.include('\\x1b[2J\\x00\\xff');
    expect(out).not.to.include('\u001b');
  });

  it('connects to a network whose name is given in hex', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const guest = asGuest();
    await ran(['guest', 'scan', ...guest]);
    const connect = await ran(['guest', 'connect', '1b5b324a00ff', '--hex', '--open', ...guest]);
    expect(connect).to.include({
      code: 0,
      out: 'Connected to \\x1b[2J\\x00\\xff (02:00:00:00:00:03), session 1.',
    });
  });

  it('ends with exit code 1 and says what to do when nobody listens', async () => {
    const address = nextAddress();
    const endpoint = `tcp://${address}:${await freePort(address)}`;
    for (const command of [['scan'], ['connect', 'x', '--open'], ['disconnect', '1'], ['watch']]) {
      const { code, err } = await ran([
        'guest',
        ...command,
        '--endpoint',
        endpoint,
        '--address',
        nextAddress(),
      ]);
      expect(code, command[0]).to.equal(1);
      expect(err).to.equal(
        `error: connect ${endpoint}: nobody listens there (ECONNREFUSED). Is the service (or the driver, for a guest) running, and is it this port?`,
      );
    }
  });

  it('watches what the host tells, a row for each thing with its time, until Ctrl-C', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const guest = asGuest();
    const watch = startCli(['guest', 'watch', ...guest]);
    await watch.says(/Listening for notifications at tcp:/);
    await watch.says(/\d\d:\d\d:\d\d {2}Networks {2}2\n/);
    await watch.says(/Quay +02:00:00:00:00:01/);
    expect((await ran(['guest', 'connect', 'Quay', '--open', ...guest])).code).to.equal(0);
    await watch.says(/\d\d {2}Signal {4}▂▄__ +-71 dBm/);
    await watch.says(/\d\d {2}Ended {5}session 1, disconnected by the host/);
    watch.signal('SIGINT');
    const { code, err } = await watch.ended;
    expect(code).to.equal(130);
    expect(err).to.equal('Stopped by SIGINT.\n');
  });

  it('watches what comes and what goes from one scan to the next', async () => {
    const after = { event: 'connected', ssid: 'Quay' };
    const passers = [2, 4].map((n) => ({
      ssid: `Ship ${n}`,
      security: 'open',
      accessPoints: [{ bssid: `02:00:00:00:00:2${n}`, channel: n, signal: -70 }],
      ...(n === 4 ? { present: false } : {}),
    }));
    await writeFile(
      folder.path('ships.json'),
      JSON.stringify({
        interfaces: [{ name: 'wlan0', scanDuration: 20 }],
        networks: [air.networks[0], ...passers],
        timeline: [
          { after: { ...after, delay: 50 }, do: 'network.vanishes', ssid: 'Ship 2' },
          { after: { ...after, delay: 50 }, do: 'network.appears', ssid: 'Ship 4' },
          { after: { ...after, delay: 100 }, do: 'user.scans', interface: 'wlan0' },
        ],
      }),
    );
    const { asGuest } = await serving('--scenario', folder.path('ships.json'));
    const guest = asGuest();
    const watch = startCli(['guest', 'watch', ...guest]);
    await watch.says(/ {2}Networks {2}2\n/);
    expect((await ran(['guest', 'connect', 'Quay', '--open', ...guest])).code).to.equal(0);
    await watch.says(/ {2}Networks {2}2 \(new: Ship 4; gone: Ship 2\)\n/);
    watch.signal('SIGINT');
    const { out } = await watch.ended;
    expect(out.match(/ Quay +02:00:00:00:00:01/g), 'all networks are shown once').to.have.length(1);
  });

  it('does not watch when it cannot listen', async () => {
    const address = nextAddress();
    const port = await freePort(address);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, address, resolve));
    const watch = ['guest', 'watch', '--notification-port', `${port}`, '--address', address];
    const { code, out, err } = await ran(watch);
    server.close();
    expect(code).to.equal(1);
    expect(out).to.equal('');
    expect(err).to.match(/^error: listen tcp:.*EADDRINUSE.*--notification-port/);
  });

  it('watches in JSON, one object a line', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const watch = startCli(['guest', 'watch', ...asGuest(), '--json']);
    await watch.says(/"complete":true.*\n/);
    watch.signal('SIGTERM');
    const { code, out } = await watch.ended;
    expect(code).to.equal(143);
    const events = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).event);
    expect(events[0]).to.equal('listening');
    expect(events.slice(1)).to.include('scan.response');
  });

  it('reads the passphrase from standard input up to the end of the first line', async () => {
    const address = nextAddress();
    const endpoint = `tcp://${address}:${await freePort(address)}`;
    const connect = ['guest', 'connect', 'x', '--endpoint', endpoint, '--passphrase-stdin'];
    const [short, long] = await Promise.all([
      endOf(connect, 'seven 7\r\nmore'),
      endOf(connect, 'eight 88\r\nmore'),
    ]);
    expect(short.code).to.equal(2);
    expect(short.err).to.include('The passphrase has 7 characters').and.not.to.include('seven');
    expect(long.code).to.equal(1);
    expect(long.err).to.include('nobody listens there');
  });
});

/** Networks of each kind, all heard at once. */
const harbour = {
  interfaces: [{ name: 'wlan0' }],
  networks: [
    {
      ssid: 'Quay',
      security: 'open',
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 36, signal: -60 }],
    },
    {
      ssid: 'Pier',
      security: 'wpa2-psk',
      secret: 'correct horse',
      accessPoints: [{ bssid: '02:00:00:00:00:02', channel: 1, signal: -50 }],
    },
    {
      ssid: 'Office',
      security: 'wpa2-enterprise',
      accessPoints: [{ bssid: '02:00:00:00:00:03', channel: 6, signal: -55 }],
    },
  ],
  timeline: [{ after: { event: 'connected', ssid: 'Quay', delay: 300 }, do: 'user.disconnects' }],
};

describe('proxy-wifi guest connect', function () {
  this.timeout(60_000);
  const folder = folderOfEach();
  beforeEach(async () => {
    await writeFile(folder.path('air.json'), JSON.stringify(harbour));
  });

  it('says why not in words, what to do next, and of which network', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const guest = asGuest();
    const cases = [
      [
        ['Pier', '--passphrase-stdin'],
        'wrong passphrase',
        /^error: Pier: the passphrase is wrong\. Try again .*status 15\)$/,
      ],
      [
        ['Nowhere', '--open'],
        '',
        /^error: Nowhere: no network of that name is in sight\. proxy-wifi guest scan shows/,
      ],
      [['Pier', '--open'], '', /^error: Pier: the network has a passphrase\. Leave out --open/],
      [
        ['Quay', '--passphrase-stdin'],
        'correct horse',
        /^error: Quay: the network has no passphrase\. Connect with --open\./,
      ],
      [
        ['Office', '--passphrase-stdin'],
        'correct horse',
        /^error: Office: the network wants something else than a WPA2 passphrase \(WPA3, or a login\), which this command does not have\. A guest shares it when the host itself is connected to it\. \(invalid AKM suite, status 43\)$/,
      ],
    ] as const;
    for (const [argv, input, words] of cases) {
      const { code, out, err } = await ran(['guest', 'connect', ...argv, ...guest], { input });
      expect({ code, out }, argv[0]).to.deep.equal({ code: 1, out: '' });
      expect(err).to.match(words);
    }
  });

  it('says that it is denied by policy, while the log of the host names the rule', async () => {
    const { cli: host, asGuest } = await serving(
      ...['--scenario', folder.path('air.json'), '--log-json'],
      ...['--deny-ssid-hex', '51756179', '--changes-per-minute', '1'],
    );
    const connect = (ssid: string) =>
      ran(['guest', 'connect', ssid, '--passphrase-stdin', ...asGuest()], { input: 'correct horse' });
    const { code, out, err } = await connect('Quay');
    expect({ code, out, err }).to.deep.equal({
      code: 1,
      out: '',
      err: 'error: Quay: denied by policy: the rules of the host, or whoever is asked there, do not allow it. Ask who runs the host. (request declined, status 37)',
    });
    await host.says(/"ssid":"Quay".*"status":37,"rule":"denySsids","msg":"connection denied"/);
    expect((await connect('Pier')).code).to.equal(0);
  });

  it('says who is waited for when the host is silent, and ends with exit code 143 and without a result', async () => {
    const address = nextAddress();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, address, resolve));
    const at = server.address();
    const endpoint = `tcp://${address}:${typeof at === 'object' ? at?.port : ''}`;
    const cli = startCli(['guest', 'connect', 'Quay', '--open', '--endpoint', endpoint]);
    await cli.says(new RegExp(`Waiting for ${endpoint} to answer …`));
    cli.signal('SIGTERM');
    const { code, out, err } = await cli.ended;
    server.close();
    expect({ code, out, err }).to.deep.equal({
      code: 143,
      out: '',
      err: `Waiting for ${endpoint} to answer …\nStopped by SIGTERM.\n`,
    });
  });

  it('says that another guest holds the interface', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const holder = startCli(
      ['guest', 'connect', 'Pier', '--passphrase-stdin', '--stay', ...asGuest()],
      'correct horse\n',
    );
    await holder.says(/Holding session 1/);
    const { code, out, err } = await ran(['guest', 'connect', 'Quay', '--open', ...asGuest()]);
    expect({ code, out, err }).to.deep.equal({
      code: 1,
      out: '',
      err: "error: Quay: the host's Wi-Fi is in use: another guest holds it, or something else is being connected. Try again later. (too many stations, status 17)",
    });
  });

  it('tells disconnect which session is in effect, and that another one is not', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const guest = asGuest();
    const connect = () =>
      ran(['guest', 'connect', 'Pier', '--passphrase-stdin', ...guest], { input: 'correct horse' });
    const disconnect = (session: string, ...more: readonly string[]) =>
      ran(['guest', 'disconnect', session, ...guest, ...more]);
    expect(await disconnect('1')).to.include({
      code: 0,
      out: 'Session 1 is over. A host says the same of one that was not in effect.',
    });
    expect(JSON.parse((await disconnect('1', '--json')).out)).to.deep.equal({
      disconnected: true,
      sessionId: 1,
    });
    await connect();
    await connect();
    expect((await disconnect('1')).out).to.equal(
      'Session 1 was not in effect: session 2 (Pier) is, and goes on. It ends with: proxy-wifi guest disconnect 2',
    );
    expect(JSON.parse((await disconnect('1', '--json')).out)).to.deep.equal({
      disconnected: false,
      sessionId: 1,
    });
    expect((await disconnect('2')).out).to.equal('Session 2 (Pier) is over.');
    expect((await disconnect('2')).out).to.equal('Session 2 was not in effect: it was over before.');
    await connect();
    expect((await disconnect('9')).out, 'a later number ends it too').to.equal('Session 9 is over.');
    expect((await disconnect('3')).out).to.equal('Session 3 was not in effect: it was over before.');
  });

  it('leaves the session to the host, and says that nobody listens', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const { code, out, err } = await ran(['guest', 'connect', 'Pier', '--passphrase-stdin', ...asGuest()], {
      input: 'correct horse',
    });
    expect({ code, out }).to.deep.equal({
      code: 0,
      out: 'Connected to Pier (02:00:00:00:00:02), session 1.',
    });
    expect(err).to.include('--stay').and.to.include('proxy-wifi guest disconnect 1');
  });

  it('with --stay holds the session until Ctrl-C, and ends it then', async () => {
    const { cli: host, asGuest } = await serving('--scenario', folder.path('air.json'), '--log-json');
    const cli = startCli(
      ['guest', 'connect', 'Pier', '--passphrase-stdin', '--stay', ...asGuest()],
      'correct horse\n',
    );
    await cli.says(/Holding session 1 until Ctrl-C\./);
    cli.signal('SIGINT');
    expect((await cli.ended).code).to.equal(130);
    await host.says(/"operation":"disconnect"/);
  });

  it('with --stay says when the session has ended, and that nothing is listened to any more', async () => {
    const { asGuest } = await serving('--scenario', folder.path('air.json'));
    const cli = startCli(['guest', 'connect', 'Quay', '--open', '--stay', ...asGuest()]);
    const { code, out } = await cli.ended;
    expect(code).to.equal(1);
    expect(out).to.match(/Quay: session 1 has ended on the host\. Nothing is listened to any more\.\n$/);
  });
});

describe('a hidden prompt', () => {
  const asking = () => {
    const input = new PassThrough();
    const output = new PassThrough({ encoding: 'utf8' });
    const interrupt = sinon.fake();
    return {
      input,
      interrupt,
      shown: () => output.read() as string,
      answer: askHidden('Passphrase of Quay: ', input, output, interrupt),
    };
  };

  it('gives the line that was typed, corrections taken into account, and shows nothing of it', async () => {
    const { input, shown, answer } = asking();
    input.write('correct horsr\x7fe\r');
    expect(await answer).to.equal('correct horse');
    await new Promise(setImmediate);
    expect(shown()).to.equal('Passphrase of Quay: \n');
  });

  it('gives nothing after Ctrl-C, which it passes on, nor at the end of the input', async () => {
    const interrupted = asking();
    interrupted.input.write('secret\x03');
    expect(await interrupted.answer).to.equal(undefined);
    sinon.assert.calledOnce(interrupted.interrupt);
    const ended = asking();
    ended.input.end();
    expect(await ended.answer).to.equal(undefined);
    sinon.assert.notCalled(ended.interrupt);
  });
});
