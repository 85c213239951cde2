import { readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { expect } from 'chai';
import { startCli } from './cli-process.js';
import { ran } from './kept-terminal.js';
import { folderOfEach, freePort, nextAddress, serving } from './serving.js';

const passphrase = 'correct horse battery';

/** One network with a secret, on an interface whose operations are immediate; `more` is added to the scenario. */
const air = (more: object = {}) => ({
  interfaces: [{ name: 'wlan0' }],
  networks: [
    {
      ssid: 'Quay',
      security: 'wpa2-psk',
      secret: passphrase,
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50 }],
    },
  ],
  ...more,
});

/** Takes a port at an address. */
const takenAt = (address: string): Promise<{ readonly port: number; readonly free: () => void }> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, address, () => {
      const { port } = server.address() as AddressInfo;
      resolve({ port, free: () => void server.close() });
    });
  });

describe('proxy-wifi serve', function () {
  this.timeout(60_000);
  const folder = folderOfEach();

  const scenarioFile = async (more: object = {}): Promise<string> => {
    await writeFile(folder.path('air.json'), JSON.stringify(air(more)));
    return folder.path('air.json');
  };

  it('says what to type next, and what it says works', async () => {
    const { cli, asGuest } = await serving();
    await cli.says(/Ctrl-C stops/);
    const [, next = ''] = /proxy-wifi (guest scan .*)/.exec(cli.out) ?? [];
    const typed = await ran([...next.split(' '), ...asGuest().slice(-2)]);
    expect(typed.code).to.equal(0);
    expect(typed.out).to.include('Harbour Cafe');
  });

  it('answers guests over TCP from the first scan to the disconnect', async () => {
    const { asGuest } = await serving('--scenario', await scenarioFile());
    const guest = asGuest();
    const scan = await ran(['guest', 'scan', ...guest]);
    expect(scan.out).to.match(/Quay +02:00:00:00:00:01 +▂▄▆█ +-50 dBm +6 \(2437 MHz\) +RSN PSK CCMP/);
    const connect = await ran(['guest', 'connect', 'Quay', ...guest, '--passphrase-stdin'], {
      input: `${passphrase}\n`,
    });
    expect(connect).to.include({ code: 0, out: 'Connected to Quay (02:00:00:00:00:01), session 1.' });
    const disconnect = await ran(['guest', 'disconnect', '1', ...guest, '--json']);
    expect(disconnect).to.include({ code: 0, out: '{"disconnected":true,"sessionId":1}' });
  });

  it('answers guests over a Unix socket that only its user can open', async () => {
    const path = folder.path('vm.vsock');
    const cli = startCli([
      'serve',
      '--listen',
      `unix://${path}`,
      '--request-port',
      '7',
      '--scenario',
      await scenarioFile(),
    ]);
    await cli.says(/Listening for guests at unix:/);
    expect((await stat(`${path}_7`)).mode & 0o777).to.equal(0o600);
    const guest = ['--endpoint', `unix://${path}`, '--request-port', '7'];
    const file = folder.path('passphrase');
    await writeFile(file, `${passphrase}\n`);
    const connect = await ran(['guest', 'connect', 'Quay', ...guest, '--passphrase-file', file, '--json']);
    expect(connect.code).to.equal(0);
    expect(JSON.parse(connect.out)).to.deep.include({ connected: true, ssid: 'Quay', sessionId: 1 });
    expect((await ran(['guest', 'disconnect', '1', ...guest])).code).to.equal(0);
  });

  it('gives its Unix sockets the owner and the mode that are typed', async () => {
    const listen = ['serve', '--listen', `unix://${folder.path('vm1.vsock')}`];
    const cli = startCli([...listen, '--socket-mode', '0664']);
    await cli.says(/Listening for guests at unix:/);
    expect((await stat(folder.path('vm1.vsock_12345'))).mode & 0o777).to.equal(0o664);
    cli.signal('SIGTERM');
    await cli.ended;
    const refused = await startCli([...listen, '--socket-owner', 'nobody-of-this-name']).ended;
    expect(refused.code).to.equal(1);
    expect(refused.err).to.include('--socket-owner nobody-of-this-name: there is no user');
  });

  it('refuses a wrong passphrase, and the guest ends with exit code 1 and the name of the status', async () => {
    const { asGuest } = await serving('--scenario', await scenarioFile());
    const connect = await ran(['guest', 'connect', 'Quay', ...asGuest(), '--json'], {
      typed: 'wrong horse battery',
    });
    expect(connect.questions).to.deep.equal(['Passphrase of Quay: ']);
    expect(connect.code).to.equal(1);
    expect(connect.err).to.match(/^error: Quay: the passphrase is wrong\..+ \(.+, status \d+\)$/);
    const answer = JSON.parse(connect.out);
    expect(answer.connected).to.equal(false);
    expect(connect.err).to.include(answer.statusName);
  });

  it('lets in whom --allow names, and nobody else', async () => {
    const friend = nextAddress();
    const { asGuest, cli } = await serving(
      '--scenario',
      await scenarioFile(),
      '--allow',
      friend,
      '--allow',
      nextAddress(),
    );
    expect((await ran(['guest', 'scan', ...asGuest(friend)])).code).to.equal(0);
    const stranger = await ran(['guest', 'scan', ...asGuest()]);
    expect(stranger.code).to.equal(1);
    await cli.says(/guest not allowed/);
  });

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGQUIT', 131],
  ] as const) {
    it(`stops cleanly at ${signal}, says so and ends with exit code ${exitCode}`, async () => {
      const { cli } = await serving(
        '--scenario',
        await scenarioFile(),
        '--metrics',
        '0',
        '--record',
        folder.path('seen'),
      );
      await cli.says(/Ctrl-C stops/);
      cli.signal(signal);
      const { code, out } = await cli.ended;
      expect(code).to.equal(exitCode);
      expect(out).to.match(new RegExp(`Stopping after ${signal}.*\\nStopped\\.\\n$`));
    });
  }

  it('is gone at once at the second Ctrl-C, whatever the host is doing', async () => {
    const hangs = { timeline: [{ at: 0, do: 'disconnect.hangs' }] };
    const { cli, asGuest } = await serving('--scenario', await scenarioFile(hangs), '--disconnect-on-stop');
    const connect = ['guest', 'connect', 'Quay', ...asGuest(), '--passphrase-stdin'];
    expect((await ran(connect, { input: passphrase })).code).to.equal(0);
    cli.signal('SIGINT');
    await cli.says(/once more stops at once/);
    cli.signal('SIGINT');
    const { code, out } = await cli.ended;
    expect(code).to.equal(130);
    expect(out).not.to.include('Stopped.');
  });

  it('ends with exit code 1 and says what to do when no endpoint can be had', async () => {
    const address = nextAddress();
    const { port, free } = await takenAt(address);
    const cli = startCli([
      'serve',
      '--listen',
      `tcp://${address}`,
      '--request-port',
      `${port}`,
      '--log-level',
      'silent',
    ]);
    const { code, out, err } = await cli.ended;
    free();
    expect(code).to.equal(1);
    expect(out).to.equal('');
    expect(err).to.equal(
      `error: listen tcp://${address}:${port}: address in use (EADDRINUSE). Is another proxy-wifi running? Choose another port with --request-port.\n`,
    );
  });

  it('goes on with the endpoints that it could have, and logs the other', async () => {
    const address = nextAddress();
    const { port, free } = await takenAt(address);
    const { cli, asGuest } = await serving('--listen', `tcp://${address}:${port}`);
    await cli.says(/address in use/);
    expect((await ran(['guest', 'scan', ...asGuest()])).code).to.equal(0);
    free();
  });

  it('ends with exit code 1 when the metrics or the control cannot be served or the recording not be written, and does not say that it runs', async () => {
    const address = nextAddress();
    const { port, free } = await takenAt(address);
    const where = `${address}:${port}`;
    const listen = ['serve', '--listen', `tcp://${address}:0`, '--log-level', 'silent'];
    const [metrics, record, control] = await Promise.all([
      startCli([...listen, '--metrics', where]).ended,
      startCli([...listen, '--record', folder.path('no/folder')]).ended,
      startCli([...listen, '--control', `unix://${folder.path('no/control.sock')}`]).ended,
    ]);
    free();
    expect(metrics.code).to.equal(1);
    expect(metrics.err).to.include(
      `listen http://${where}/metrics: address in use (EADDRINUSE). Choose another address`,
    );
    expect(record.code).to.equal(1);
    expect(record.err).to.include('cannot be written: no such file');
    expect(control.code).to.equal(1);
    expect(control.err).to.match(/^error: listen unix:\/\/\S+control\.sock: /);
    expect([metrics.out, record.out, control.out]).to.deep.equal(['', '', '']);
  });

  it('reads the file of fake networks again when it changes, and keeps the old list when that is wrong', async () => {
    const file = folder.path('lab.json');
    const lab = (ssid: string) => writeFile(file, JSON.stringify([{ ssid, bssid: '02:00:00:00:00:09' }]));
    await lab('Lab one');
    const { cli, asGuest } = await serving('--networks', file);
    const guest = asGuest();
    expect((await ran(['guest', 'scan', ...guest])).out).to.include('Lab one');
    await lab('Lab number two');
    await cli.says(/fake networks have changed/);
    expect((await ran(['guest', 'scan', ...guest])).out).to.include('Lab number two');
    await writeFile(file, '[{"ssid": "Lab three"}]');
    await cli.says(/fake networks stay as they were: .*bssid: expected a BSSID/);
    expect((await ran(['guest', 'scan', ...guest])).out).to.include('Lab number two');
  });

  it('writes nothing but JSON lines with --log-json', async () => {
    const address = nextAddress();
    const cli = startCli(['serve', '--listen', `tcp://${address}:0`, '--log-json']);
    await cli.says(/Listening for guests/);
    cli.signal('SIGTERM');
    const { code, out, err } = await cli.ended;
    expect(code).to.equal(143);
    expect(out).to.equal('');
    const messages = err
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).msg);
    expect(messages).to.include('Stopped.').and.to.include('listening for guests');
  });

  it('records every frame, so that the recording can be replayed, with keys left out', async () => {
    const file = folder.path('seen.ndjson');
    const first = await serving('--scenario', await scenarioFile(), '--record', file);
    const guest = first.asGuest();
    await ran(['guest', 'scan', ...guest]);
    const connect = ['guest', 'connect', 'Quay', ...guest, '--passphrase-stdin'];
    expect((await ran(connect, { input: passphrase })).code).to.equal(0);
    await ran(['guest', 'disconnect', '1', ...guest]);
    first.cli.signal('SIGINT');
    await first.cli.ended;
    const lines = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ note }) => note === undefined);
    expect(lines.map(({ channel, from }) => `${channel} ${from}`)).to.deep.equal(
      Array.from({ length: 6 }, (_, i) => `request ${i % 2 === 0 ? 'guest' : 'host'}`),
    );
    expect(lines[0]).to.have.all.keys('t', 'channel', 'from', 'guest', 'hex');
    expect(lines[0]).to.include({ t: 0, guest: `tcp://${guest.at(-1)}` });
    expect(lines[2].hex).to.match(/20(00){32}$/);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);

    const second = await serving('--scenario', await scenarioFile());
    const replay = await ran(['replay', file, ...second.asGuest()]);
    expect(replay.code).to.equal(0);
    expect(replay.out).to.match(/3 requests: 2 same, 1 similar, 0 differ, 0 unacceptable/);
    expect(replay.out).to.match(/status: success then, .+ now: its key is masked in the recording/);

    await writeFile(folder.path('secrets.json'), JSON.stringify({ Quay: passphrase }));
    const third = await serving('--scenario', await scenarioFile());
    const known = await ran(['replay', file, ...third.asGuest(), '--secrets', folder.path('secrets.json')]);
    expect(known).to.include({ code: 0 });
    expect(known.out).to.include('3 requests: 3 same, 0 similar');
  });

  it('records to a new file only, unless it is told to overwrite', async () => {
    await writeFile(folder.path('seen.pcapng'), 'precious');
    const record = ['--record', folder.path('seen.pcapng')];
    const refused = await startCli(['serve', '--listen', `tcp://${nextAddress()}:0`, ...record]).ended;
    expect(refused.code).to.equal(1);
    expect(refused.err)
      .to.include('seen.pcapng: cannot be written: it is there already')
      .and.to.include('--force');
    const { cli, asGuest } = await serving('--scenario', await scenarioFile(), ...record, '--force');
    await ran(['guest', 'scan', ...asGuest()]);
    cli.signal('SIGINT');
    await cli.ended;
    expect((await readFile(folder.path('seen.pcapng'))).readUInt32LE(0)).to.equal(0x0a0d0d0a);
  });

  it('shows itself in a browser with --inspect, and closes that with everything else', async () => {
    const { cli } = await serving('--inspect', '0', '--record', folder.path('seen'));
    const [, url = ''] = await cli.says(/The inspector is at (http:\S+)/);
    const page = await fetch(url);
    expect(page.status).to.equal(200);
    expect(await page.text()).to.match(/^<!doctype html>/i);
    cli.signal('SIGINT');
    expect((await cli.ended).code).to.equal(130);
    const taken = await takenAt('127.0.0.1');
    const port = ['--inspect', `${taken.port}`];
    const second = await startCli(['serve', '--listen', `tcp://${nextAddress()}:0`, ...port]).ended;
    taken.free();
    expect(second.code).to.equal(1);
    expect(second.err).to.include(`the inspector cannot be served on 127.0.0.1:${taken.port}`);
  });

  it('goes on when nobody reads its output any more', async () => {
    const { cli, asGuest } = await serving();
    cli.stopReading();
    expect((await ran(['guest', 'scan', ...asGuest()])).code).to.equal(0);
    cli.signal('SIGINT');
    expect((await cli.ended).code).to.equal(130);
  });

  it('leaves no port taken and no socket file behind', async () => {
    const path = folder.path('vm.vsock');
    const address = nextAddress();
    const port = await freePort(address);
    const tcp = ['--listen', `tcp://${address}:${port}`];
    const unix = ['--listen', `unix://${path}`, '--request-port', '7'];
    const control = ['--control', `unix://${folder.path('control.sock')}`];
    const cli = startCli(['serve', ...tcp, ...unix, ...control]);
    await cli.says(/Ctrl-C stops/);
    expect((await stat(folder.path('control.sock'))).isSocket()).to.equal(true);
    cli.signal('SIGINT');
    await cli.ended;
    for (const file of [`${path}_7`, folder.path('control.sock')]) {
      const gone = await stat(file).catch((error: NodeJS.ErrnoException) => error.code);
      expect(gone, file).to.equal('ENOENT');
    }
    const again = startCli(['serve', ...tcp]);
    await again.says(/Listening for guests/);
  });
});
