/** What `serve` keeps for its next run: where, and what becomes of a guest when the process is killed. */
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { expect } from 'chai';
import sinon from 'sinon';
import { stateFolder, statePlace } from '../../cli/state-place.js';
import { endAll, startCli } from './cli-process.js';
import { ran } from './kept-terminal.js';
import { freePort, newFolder, nextAddress } from './serving.js';

const air = {
  interfaces: [{ name: 'wlan0' }],
  networks: [
    {
      ssid: 'Quay',
      security: 'open',
      accessPoints: [{ bssid: '02:00:00:00:00:01', channel: 6, signal: -50 }],
    },
  ],
};

describe('the state that serve keeps', function () {
  this.timeout(60_000);
  const listeners: Server[] = [];
  let folder: Awaited<ReturnType<typeof newFolder>>;
  beforeEach(async () => {
    folder = await newFolder();
    await writeFile(folder.path('air.json'), JSON.stringify(air));
  });
  afterEach(async () => {
    await endAll();
    for (const listener of listeners.splice(0)) listener.close();
    await folder.remove();
  });

  const place = (...endpoints: string[]): string =>
    statePlace(undefined, { endpoints }, { XDG_STATE_HOME: '/state' }) ?? '';

  it('stands in a file named after the endpoints, another one for each service', () => {
    expect(place('tcp://127.0.0.1')).to.equal('/state/proxy-wifi/tcp-127.0.0.1-12345.json');
    const names = [
      place('tcp://127.0.0.1'),
      place('unix:///run/vm1.vsock'),
      place('unix:///run/vm1-vsock'),
      place('vsock://3'),
      place('vsock://3', 'vsock://4'),
      place('unix:///run/a', 'unix:///run/b'),
      statePlace(undefined, { endpoints: ['tcp://127.0.0.1'], requestPort: 7 }, { XDG_STATE_HOME: '/state' }),
    ];
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names) expect(name).to.match(/^\/state\/proxy-wifi\/[A-Za-z0-9._-]+\.json$/);
    expect(place('vsock://4', 'vsock://3')).to.equal(place('vsock://3', 'vsock://4'));
  });

  it('is in the folder of the XDG specification, unless that is relative', () => {
    const input = { endpoints: ['vsock://3'] };
    expect(statePlace(undefined, input, { XDG_STATE_HOME: 'here' })).to.match(
      /^\/(var\/lib|.*\.local\/state)\/proxy-wifi\//,
    );
  });

  it('is not in the folder of Windows on another system', () => {
    expect(statePlace(undefined, { endpoints: ['vsock://3'] }, { LOCALAPPDATA: '/windows' })).not.to.match(
      /^\/windows/,
    );
  });

  it('has a name of 80 characters at most, and 16 of a hash where that says too little', () => {
    const nameOf = (...endpoints: string[]): string => place(...endpoints).replace('/state/proxy-wifi/', '');
    expect(nameOf(`tcp://${'a'.repeat(70)}`)).to.equal(`tcp-${'a'.repeat(70)}-12345.json`);
    expect(nameOf(`tcp://${'a'.repeat(71)}`)).to.match(
      new RegExp(`^tcp-${'a'.repeat(71)}-1234-[0-9a-f]{16}\\.json$`),
    );
    expect(nameOf('unix:///run/vm1')).to.match(/^unix-run-vm1-12345-[0-9a-f]{16}\.json$/);
    expect(nameOf('vsock://3', 'vsock://4')).to.match(/^vsock-3-vsock-4-12345-[0-9a-f]{16}\.json$/);
    expect(nameOf('tcp://127.0.0.1/')).to.equal(nameOf('tcp://127.0.0.1'));
  });

  it('is in the folder that the system has for it', () => {
    const of = (env: NodeJS.ProcessEnv): string => stateFolder(env);
    const platform = sinon.stub(process, 'platform').value('linux');
    const user = sinon.stub(process, 'getuid').returns(0);
    try {
      expect(of({})).to.equal('/var/lib/proxy-wifi');
      user.returns(1000);
      expect(of({})).to.equal(`${homedir()}/.local/state/proxy-wifi`);
      platform.value('win32');
      expect(of({ LOCALAPPDATA: '/windows' })).to.equal('/windows/proxy-wifi');
      expect(of({ LOCALAPPDATA: 'here' })).to.equal(`${homedir()}/.local/state/proxy-wifi`);
      expect(of({ LOCALAPPDATA: '/windows', XDG_STATE_HOME: '/x' })).to.equal('/x/proxy-wifi');
    } finally {
      sinon.restore();
    }
  });

  it('is somewhere only where each endpoint is found again', () => {
    const env = { XDG_STATE_HOME: '/state' };
    const isKept = (requestPort: number, ...endpoints: string[]): boolean =>
      statePlace(undefined, { endpoints, requestPort }, env) !== undefined;
    expect(isKept(0, 'vsock://3')).to.equal(false);
    expect(isKept(1, 'vsock://3', 'tcp://127.0.0.1:0')).to.equal(false);
    expect(isKept(1, 'tcp://127.0.0.1:80', 'unix:///run/vm:0')).to.equal(true);
  });

  it('is nowhere when it is not wanted, and where no guest could find the service again', () => {
    expect(statePlace('none', { endpoints: ['vsock://3'] })).to.equal(undefined);
    expect(statePlace(undefined, { endpoints: ['tcp://127.0.0.1:0'] })).to.equal(undefined);
    expect(statePlace('/there', { endpoints: ['tcp://127.0.0.1:0'] })).to.equal('/there');
  });

  it('outlives a killed process: the guest is told that its session is over, and its ids go on', async () => {
    const address = nextAddress();
    const own = nextAddress();
    const port = await freePort(address);
    const notificationPort = `${await freePort(own)}`;
    const serve = () =>
      startCli(
        [
          'serve',
          '--listen',
          `tcp://${address}:${port}`,
          '--notification-port',
          notificationPort,
          '--scenario',
          folder.path('air.json'),
        ],
        '',
        { XDG_STATE_HOME: folder.path('state') },
      );
    const file = folder.path(`state/proxy-wifi/tcp-${address}-${port}-12345.json`);
    const guest = [
      '--endpoint',
      `tcp://${address}:${port}`,
      '--notification-port',
      notificationPort,
      '--address',
      own,
    ];

    const first = serve();
    await first.says(/Listening/);
    expect((await ran(['guest', 'connect', 'Quay', ...guest, '--open', '--json'])).code).to.equal(0);
    while (!(await readFile(file, 'utf8').catch(() => '')).includes('"session"'))
      await new Promise((resolve) => setImmediate(resolve));
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
    first.signal('SIGKILL');
    await first.ended;

    // The guest is there all the time, and listens for notifications.
    const told = new Promise<Buffer>((resolve) => {
      const listener = createServer((connection) => {
        connection.once('data', (frame: Buffer) => {
          // A disconnected notification begins so.
          if (frame[0] === 7) resolve(frame);
          connection.destroy();
        });
      });
      listeners.push(listener.listen(Number(notificationPort), own));
    });
    const second = serve();
    await second.says(/Listening/);
    expect((await told).toString('hex')).to.equal('070800000001000100000000000000');
    const again = await ran(['guest', 'connect', 'Quay', ...guest, '--open', '--json']);
    expect(JSON.parse(again.out)).to.include({ connected: true, sessionId: 2 });
    second.signal('SIGTERM');
    await second.ended;
  });

  it('is no other process’s meanwhile: a second service says so and goes on without', async () => {
    const options = ['--scenario', folder.path('air.json'), '--state', folder.path('state')];
    const first = startCli(['serve', '--listen', `tcp://${nextAddress()}:0`, ...options]);
    await first.says(/Listening/);
    const second = startCli(['serve', '--listen', `tcp://${nextAddress()}:0`, ...options]);
    await second.says(
      /nothing is remembered: another service keeps its state in \S+\/state\. Give this one a file of its own with --state FILE, or let it keep none with --state none/,
    );
    await second.says(/Listening/);
  });
});
