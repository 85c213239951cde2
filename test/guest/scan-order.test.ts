/** What ends a scan of the guest, by a host that answers when the test says so: the end of an earlier scan does not. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import type { Bss } from '../../protocol/bss.js';
import { encodeHostMessage } from '../../protocol/frame.js';
import { run, until } from '../radio/air/programs.js';
import { bss } from '../stage/networks.js';
import { inMachine } from './inside/arrangements.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { Station } from './inside/station.js';

const ports = { request: 23_461, notification: 23_462 };

const seen = (complete: boolean, ...networks: readonly Bss[]): Uint8Array =>
  encodeHostMessage({ operation: 'scan.response', complete, networks });

/** Has the driver taken a connection to its port, so that it is more than one that the system keeps for it? */
const isTaken = async (localPort: number): Promise<boolean> =>
  readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .some((line) => {
      const [, local = '', remote = '', , , , , , , inode] = line.trim().split(/\s+/);
      const port = (address: string): number => Number.parseInt(address.split(':')[1] ?? '', 16);
      return port(local) === ports.notification && port(remote) === localPort && Number(inode) !== 0;
    });

describe('the order of a scan and its words', () => {
  let server: Server;
  let station: Station;
  /** Answers the scan that is asked for. */
  let asked: ((bytes: Uint8Array) => void) | undefined;

  before(async () => {
    server = createServer((socket) => {
      socket.on('error', () => socket.destroy());
      socket.once('data', (request) => {
        if (request[0] === 1) asked = (bytes) => socket.end(bytes);
        // It knows no hello, and refuses everything else.
        else socket.end(encodeHostMessage({ operation: 'invalid' }));
      });
    });
    server.listen(ports.request, '127.0.0.1');
    await once(server, 'listening');
    await load({
      transport: 'tcp',
      host: '127.0.0.1',
      requestPort: ports.request,
      notificationPort: ports.notification,
    });
    await addInterface(inMachine().lower);
    station = await Station.open();
  });

  after(async () => {
    await station.close();
    server.close();
    await unload();
    expect(await complaints()).to.equal('');
  });

  beforeEach(() => {
    asked = undefined;
  });

  const notify = async (): Promise<Socket> => {
    const socket = connect(ports.notification, '127.0.0.1');
    await once(socket, 'connect');
    // Whoever does not read does not hear of the end.
    socket.resume();
    await until(() => isTaken(socket.localPort ?? 0));
    return socket;
  };

  /** Resolves when the driver has read it and closed. It waits for a second, counted from `notify`. */
  const say = async (socket: Socket, bytes: Uint8Array): Promise<void> => {
    if (socket.readyState !== 'open') throw new Error('too slow: the driver has waited for its second');
    const closed = once(socket, 'close');
    socket.end(bytes);
    await closed;
  };

  /** Starts a scan; resolves with what answers it once the host is asked. */
  const scan = async (): Promise<(bytes: Uint8Array) => void> => {
    await station.triggerScan('Attic');
    await until(async () => asked !== undefined);
    return (bytes) => asked?.(bytes);
  };

  /** Is it still under way after the time that a scan takes at least? */
  const goesOn = async (): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(station.events.output).to.not.match(new RegExp(`${wifi} .*: scan (finished|aborted)`));
  };

  const ssids = async (): Promise<readonly string[]> => (await station.known()).map(({ ssid }) => ssid);

  for (const [when, isEarly] of [
    ['before it is answered', true],
    ['after it is answered', false],
  ] as const)
    it(`is not ended by the end of an earlier one that is read ${when}, but by its own`, async () => {
      const late = await notify();
      const answer = await scan();
      if (!isEarly) answer(seen(false));
      await say(late, seen(true, bss('Cafe', 1)));
      if (isEarly) answer(seen(false));
      await goesOn();
      await say(await notify(), seen(true, bss('Cafe', 1), bss('Attic', 2)));
      expect(await station.scanEnds()).to.equal('finished');
      expect(await ssids()).to.have.members(['Cafe', 'Attic']);
    });

  it('is ended by its own end that overtakes the answer', async () => {
    const answer = await scan();
    await say(await notify(), seen(true, bss('Attic', 2)));
    answer(seen(false));
    expect(await station.scanEnds()).to.equal('finished');
    expect(await ssids()).to.deep.equal(['Attic']);
  });

  it('goes on after results that are not all', async () => {
    const answer = await scan();
    answer(seen(false));
    await say(await notify(), seen(false, bss('Cafe', 1)));
    await goesOn();
    await say(await notify(), seen(true, bss('Attic', 2)));
    expect(await station.scanEnds()).to.equal('finished');
  });

  it('is given up when it is answered in the older format, which is told once and not each time', async () => {
    await complaints();
    for (let i = 0; i < 10; i++) {
      asked = undefined;
      const answer = await scan();
      answer(
        encodeHostMessage(
          { operation: 'scan.response', complete: true, networks: [bss('Pantry', 3), bss('Cellar', 4)] },
          'without-scan-complete',
        ),
      );
      expect(await station.scanEnds()).to.equal('aborted');
    }
    const said = (await run('dmesg')).match(/scan answer in the older format/g) ?? [];
    expect(said).to.have.lengthOf.within(1, 2);
    for (const ssid of ['Pantry', 'Cellar']) expect(await ssids()).to.not.include(ssid);
    const answer = await scan();
    answer(seen(true, bss('Cafe', 1)));
    expect(await station.scanEnds()).to.equal('finished');
  });
});
