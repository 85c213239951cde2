/** A host that sends nothing right, on both channels: the guest's kernel lives, and serves its user when an honest host is back. */
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import { Program } from '../radio/air/programs.js';
import { neighbourhood } from './inside/air.js';
import { hostileBodies } from './inside/amounts.js';
import { inMachine } from './inside/arrangements.js';
import { addInterface, load, loaded, unload, wifi } from './inside/driver.js';
import { HostileBodies } from './inside/hostile-bodies.js';
import { complaints } from './inside/kernel.js';
import { Station } from './inside/station.js';

/** How many bad bodies there are; a fifth of them are answers. */
const bodies = hostileBodies;
const seed = Number(process.env.PROXY_WIFI_GUEST_SEED ?? Math.floor(Math.random() * 2 ** 32));

/** The operation that answers each request. */
const answers: Readonly<Record<number, number>> = { 1: 2, 3: 4, 5: 6, 9: 10 };

const ports = { request: 23_451, notification: 23_452 };

describe(`a hostile host, seed ${seed}`, () => {
  const hostile = new HostileBodies(seed);
  let server: Server;
  let answered = 0;
  /** Resolves the wait for so many answers. */
  let enough: { readonly count: number; readonly resolve: () => void } | undefined;

  const listen = async (): Promise<void> => {
    server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', (request) => {
        const bytes = hostile.next(answers[request[0] ?? 0]);
        answered++;
        if (enough !== undefined && answered >= enough.count) enough.resolve();
        if (answered % 7 === 0) socket.resetAndDestroy();
        else socket.end(bytes);
      });
    });
    server.listen(ports.request, '127.0.0.1');
    await once(server, 'listening');
  };

  before(async () => {
    if (loaded()) await unload();
    await listen();
    await load({
      transport: 'tcp',
      host: '127.0.0.1',
      requestPort: ports.request,
      notificationPort: ports.notification,
    });
    await addInterface(inMachine().lower);
  });

  after(async () => {
    await Program.stopAll('hostile-wpa_cli', 'guest-wpa_supplicant', 'iw-event');
    server.close();
    await unload();
  });

  afterEach(async () => {
    expect(await complaints()).to.equal('');
  });

  it(`takes ${bodies - Math.floor(bodies / 5)} bad notifications`, async () => {
    const one = async (): Promise<void> => {
      const socket = connect(ports.notification, '127.0.0.1');
      // The guest resets what it does not read to the end: `once` would take that for a failure.
      socket.on('error', () => socket.destroy());
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.end(hostile.next());
      socket.resume();
      await closed;
    };
    const left = bodies - Math.floor(bodies / 5);
    // A few at a time, as many as a host may have under way.
    for (let i = 0; i < left; i += 8) await Promise.all(Array.from({ length: 8 }, one));
  }).timeout(3_600_000);

  it(`takes ${Math.floor(bodies / 5)} bad answers`, async () => {
    // Requests as fast as they go: wpa_supplicant scans again as soon as it is told to, and tries to connect to what it sees.
    const count = Math.floor(bodies / 5);
    const all = new Promise<void>((resolve) => {
      enough = { count: answered + count, resolve };
    });
    const asking = await Program.start(
      'hostile-wpa_cli',
      [
        'bash',
        '-c',
        `while :; do iw dev ${wifi} scan trigger ssid x; iw dev ${wifi} connect Cafe; iw dev ${wifi} disconnect; done 2>/dev/null`,
      ],
      '',
    );
    await all;
    await asking.stop();
  }).timeout(3_600_000);

  it('serves its user when the host is an honest one again', async () => {
    server.close();
    await once(server, 'close');
    const { host } = inMachine();
    await host.start({
      input: {
        endpoints: ['tcp://127.0.0.1'],
        requestPort: ports.request,
        notificationPort: ports.notification,
      },
      scenario: neighbourhood,
    });
    const station = await Station.open();
    for (;;) {
      const heard = await station.scan().catch(() => []);
      if (heard.some(({ ssid }) => ssid === 'Cafe')) break;
    }
    if (!(await station.link()).includes('Not connected')) await station.disconnect();
    expect(await station.connectOpen('Cafe')).to.include('connected to');
    await station.disconnect();
    await host.finish();
  });
});
