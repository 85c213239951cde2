import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { firstValueFrom, Subscription } from 'rxjs';
import sinon from 'sinon';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import type { Connection, SocketFailure } from '../../../native/sockets/transport.js';
import { unix } from '../../../native/sockets/unix.js';
import { ManualClock, systemClock } from '../../../streams/clock.js';
import { nodeHandles, type TransportRig, transportCompliance } from '../../compliance/transport.js';
import { endOfUnread, fail, Reading, Stage, succeed } from '../../compliance/transport-stage.js';

const ports = { requestPort: 12345, notificationPort: 12346 };

const guestAt = (path: string) => guestIdOf({ scheme: 'unix', address: path });

const rigIn = (folder: string): TransportRig => {
  const path = join(folder, 'vm1.vsock');
  return {
    transport: unix.transport(systemClock),
    endpoint: { scheme: 'unix', path },
    ...ports,
    guest: (host) => unix.guestSide(host, ports, systemClock),
    guestId: () => guestAt(path),
    handles: nodeHandles,
    release: () => rmSync(folder, { recursive: true }),
  };
};

const newFolder = (): string => mkdtempSync(join(tmpdir(), 'proxy-wifi-'));

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Unix sockets', () => {
  transportCompliance('unix', () => rigIn(newFolder()));

  let folder: string;
  let path: string;
  let file: string;
  let stage: Stage;

  beforeEach(() => {
    folder = newFolder();
    path = join(folder, 'vm1.vsock');
    file = `${path}_12345`;
    stage = new Stage(rigIn(folder));
  });

  afterEach(() => stage.clear());

  describe('and their files', () => {
    /** A socket file to which nobody listens, as a killed process leaves it. */
    const leaveStale = async (at: string): Promise<void> => {
      const server = createServer().listen(`${at}.other`);
      await once(server, 'listening');
      renameSync(`${at}.other`, at);
      server.close();
      await once(server, 'close');
    };

    it('are for their owner only', async () => {
      await stage.host();
      expect(statSync(file).mode & 0o777).to.equal(0o600);
    });

    it('are for their owner only on the simulated guest as well', async () => {
      await stage.notified();
      expect(statSync(path).mode & 0o777).to.equal(0o600);
    });

    it('go when the listener goes', async () => {
      const { listening } = await stage.host();
      listening.stop();
      expect(existsSync(file)).to.equal(false);
    });

    it('replace what a killed service has left', async () => {
      await leaveStale(file);
      const { listening, endpoint } = await stage.host();
      await stage.exchange(listening, endpoint);
    });

    it('are made where somebody else has removed what was left before it was looked at closely', async () => {
      await leaveStale(file);
      const look = fs.lstatSync;
      const looking = sinon.stub(fs, 'lstatSync').callsFake(((path: string, options: object) => {
        const found = look(path, options);
        if (path !== file) return found;
        looking.restore();
        syncBuiltinESMExports();
        fs.unlinkSync(file);
        return found;
      }) as typeof fs.lstatSync);
      syncBuiltinESMExports();
      const { listening, endpoint } = await stage.host();
      expect(looking.callCount).to.be.above(0);
      await stage.exchange(listening, endpoint);
    });

    it('leave a socket alone that somebody listens to', async () => {
      const server = createServer().listen(file);
      await once(server, 'listening');
      const { ino } = statSync(file);
      expect(await stage.listen().failure).to.include({
        code: 'EADDRINUSE',
        where: `unix://${file}`,
      });
      expect(statSync(file).ino).to.equal(ino);
      server.close();
      await once(server, 'close');
    });

    it('leave a socket alone whose listener does not keep up', async () => {
      const program = `require('node:net').createServer().listen({ path: process.argv[1], backlog: 1 }, () => console.log('up'))`;
      const listener = spawn(process.execPath, ['-e', program, file], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const waiting: Socket[] = [];
      try {
        await once(listener.stdout, 'data');
        listener.kill('SIGSTOP');
        for (let refusal = ''; refusal === ''; ) {
          const socket = connect({ path: file });
          waiting.push(socket);
          refusal = await Promise.race([
            once(socket, 'connect').then(() => ''),
            once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code ?? 'none'),
          ]).catch((error: NodeJS.ErrnoException) => error.code ?? 'none');
        }
        expect(await stage.listen().failure).to.include({ code: 'EADDRINUSE' });
        expect(existsSync(file)).to.equal(true);
      } finally {
        for (const socket of waiting) socket.destroy();
        listener.kill('SIGKILL');
        await once(listener, 'close');
      }
    });

    it('never replace a file that is not a socket', async () => {
      writeFileSync(file, 'precious');
      const failure = await stage.listen().failure;
      expect(failure).to.include({ code: 'EEXIST' });
      expect(failure).to.have.property('detail').that.includes('left alone');
      expect(readFileSync(file, 'utf8')).to.equal('precious');
    });

    it('never replace a folder', async () => {
      mkdirSync(file);
      expect(await stage.listen().failure).to.include({ code: 'EEXIST' });
      expect(statSync(file).isDirectory()).to.equal(true);
    });

    it('need a folder that is there', async () => {
      const failure = await stage.listen({ scheme: 'unix', path: join(folder, 'none', 'vm') }).failure;
      expect(failure).to.include({ operation: 'listen', code: 'ENOENT' });
      expect(failure).to.have.property('detail').that.includes('Create the folder first');
    });

    it('need a path that fits, and are not cut off', async () => {
      const long = join(folder, 'x'.repeat(108));
      expect(await stage.listen({ scheme: 'unix', path: long }).failure).to.include({ code: 'ENAMETOOLONG' });
      const connecting = stage.rig.transport.connect(guestAt(long), 12346, new AbortController().signal);
      expect(await fail(connecting)).to.include({ operation: 'connect', code: 'ENAMETOOLONG' });
    });

    it('may have a path of 107 bytes, and not one more', async () => {
      const sized = (size: number): string => join(folder, 'x'.repeat(size - folder.length - 1));
      const dialled = async (file: string): Promise<string> =>
        (await fail(stage.rig.transport.connect(guestAt(file), 12346, new AbortController().signal))).code;
      expect([await dialled(sized(107)), await dialled(sized(108))]).to.deep.equal([
        'ENOENT',
        'ENAMETOOLONG',
      ]);
      const listened = sized(107 - '_12345'.length);
      const listening = stage.listen({ scheme: 'unix', path: listened });
      await listening.endpoint;
      expect(existsSync(`${listened}_12345`)).to.equal(true);
      const beyond = stage.listen({ scheme: 'unix', path: `${listened}x` });
      expect(await beyond.failure).to.include({ code: 'ENAMETOOLONG' });
    });

    it('are not made for a user who is not there, or with a mode that is none', async () => {
      for (const [access, what] of [
        [{ socketOwner: 'nobody-of-this-name' }, '--socket-owner nobody-of-this-name: there is no user'],
        [{ socketMode: '999' }, '--socket-mode 999: expected octal mode bits'],
      ] as const) {
        const listening = unix
          .transport(systemClock)
          .listen({ scheme: 'unix', path }, { ...ports, ...access });
        const failure = await firstValueFrom(listening).catch((reason: SocketFailure) => reason);
        expect(failure).to.include({ operation: 'listen', code: 'EINVAL', where: `unix://${file}` });
        expect(failure).to.have.property('detail').that.includes(what);
      }
      expect(existsSync(file)).to.equal(false);
    });

    it('have the mode that is wished for', async () => {
      const listening = unix
        .transport(systemClock)
        .listen({ scheme: 'unix', path }, { ...ports, socketMode: '0666' });
      let listener = Subscription.EMPTY;
      await new Promise((resolve) => {
        listener = listening.subscribe(resolve);
      });
      expect(statSync(file).mode & 0o777).to.equal(0o666);
      listener.unsubscribe();
    });

    it('are not made when the listener is given up before it is bound', async () => {
      await leaveStale(file);
      stage.listen().stop();
      await settled();
      await settled();
      const { listening, endpoint } = await stage.host();
      await stage.exchange(listening, endpoint);
      listening.stop();
      expect(existsSync(file)).to.equal(false);
    });
  });

  describe('of several virtual machines', () => {
    it('are several paths, each with its own guest', async () => {
      const other = join(folder, 'vm2.vsock');
      const first = await stage.host();
      const second = stage.listen({ scheme: 'unix', path: other });
      const secondEndpoint = await second.endpoint;
      await stage.connect(secondEndpoint);
      await stage.connect(first.endpoint);
      expect((await first.listening.next()).peer).to.equal(guestAt(path));
      expect((await second.next()).peer).to.equal(guestAt(other));
    });
  });

  it('read nothing from a guest before somebody wants it: an unread stream is reset', async () => {
    expect(await endOfUnread(stage)).to.include({ operation: 'read', code: 'ECONNRESET' });
  });

  describe('and the simulated hypervisor', () => {
    it('hangs up on a handshake that is not over when it stops', async () => {
      const { listening } = await stage.notified();
      const hypervisorsClient = connect({ path });
      await once(hypervisorsClient, 'connect');
      hypervisorsClient.write('CONNECT 1');
      await settled();
      listening.stop();
      hypervisorsClient.write('2346\n');
      hypervisorsClient.resume();
      await once(hypervisorsClient, 'close');
      expect(listening.unclaimed).to.equal(0);
    });

    it('hangs up on what is not CONNECT', async () => {
      await stage.notified();
      const hypervisorsClient = connect({ path });
      hypervisorsClient.write('GET / HTTP/1.1\r\n');
      hypervisorsClient.resume();
      await once(hypervisorsClient, 'close');
      expect(hypervisorsClient.bytesRead).to.equal(0);
    });

    it('refuses a port to which the guest does not listen', async () => {
      await stage.notified();
      expect(await fail(stage.reach(999))).to.include({
        operation: 'connect',
        where: `unix://${path} port 999`,
        code: 'ECONNREFUSED',
      });
    });
  });

  describe('with a hypervisor', () => {
    let hypervisor: Server;
    let sockets: Socket[];
    let connected: Promise<Socket>;

    beforeEach(async () => {
      sockets = [];
      hypervisor = createServer({ allowHalfOpen: true });
      connected = new Promise((resolve) => {
        hypervisor.on('connection', (socket) => {
          sockets.push(socket);
          resolve(socket);
        });
      });
      hypervisor.listen(path);
      await once(hypervisor, 'listening');
    });

    afterEach(() => {
      for (const socket of sockets) socket.destroy();
      hypervisor.close();
    });

    /** What the hypervisor reads until `size` bytes are there. */
    const read = async (socket: Socket, size: number): Promise<string> => {
      let text = '';
      while (text.length < size) text += String((await once(socket, 'data'))[0]);
      return text;
    };

    const reach = (abort?: AbortSignal) => succeed(stage.reach(12346, 0, abort));

    const kept = async (connecting: Promise<Connection>): Promise<Connection> => stage.keep(await connecting);

    it('ask for the port, and write nothing more before the stream is open', async () => {
      const connecting = reach();
      const socket = await connected;
      expect(await read(socket, 14)).to.equal('CONNECT 12346\n');
      socket.write('OK 1073741824\n');
      const connection = await kept(connecting);
      await succeed(connection.finish(Buffer.from('notification')));
      expect(await read(socket, 12)).to.equal('notification');
    });

    it('take the answer in whatever pieces it comes, and leave what follows to the stream', async () => {
      const connecting = reach();
      const socket = await connected;
      for (const byte of 'OK 42') {
        socket.write(byte);
        await settled();
      }
      socket.write('\nbytes');
      const connection = await kept(connecting);
      socket.write(' of the guest');
      const reading = new Reading(connection);
      await reading.atLeast(18);
      expect(reading.text).to.equal('bytes of the guest');
    });

    it('take what follows even when the guest has ended already', async () => {
      const connecting = reach();
      const socket = await connected;
      socket.end('OK 42\nbytes');
      const reading = new Reading(await kept(connecting));
      expect(await reading.ended).to.equal(undefined);
      expect(reading.text).to.equal('bytes');
    });

    for (const answer of [
      'HELLO\n',
      'OK\n',
      'OK \n',
      'OK x\n',
      'ok 1\n',
      ' OK 1\n',
      'OK 12345678901\n',
      '\n',
    ]) {
      it(`fail when it answers ${JSON.stringify(answer)}, and hang up`, async () => {
        const connecting = fail(stage.reach(12346));
        const socket = await connected;
        const hungUp = once(socket, 'end');
        socket.resume();
        socket.write(answer);
        const failure = await connecting;
        expect(failure).to.include({ operation: 'connect', code: 'EPROTO' });
        expect(failure.detail).to.include(JSON.stringify(answer.slice(0, -1)));
        await hungUp;
      });
    }

    it('fail when it answers without an end, and keep no more than a line of it', async () => {
      const connecting = fail(stage.reach(12346));
      const socket = await connected;
      socket.on('error', () => {});
      socket.write('A'.repeat(1024 * 1024));
      const failure = await connecting;
      expect(failure.code).to.equal('EPROTO');
      expect(failure.detail).to.have.length.below(300);
    });

    it('fail when it hangs up instead of answering: the guest does not listen', async () => {
      const connecting = fail(stage.reach(12346));
      const socket = await connected;
      socket.write('OK');
      socket.end();
      expect(await connecting).to.include({ code: 'ECONNREFUSED' });
    });

    it('fail after a while when it never answers, and hang up', async () => {
      const clock = new ManualClock();
      const transport = unix.transport(clock);
      const connecting = fail(transport.connect(guestAt(path), 12346, new AbortController().signal));
      const socket = await connected;
      const hungUp = once(socket, 'end');
      await read(socket, 14);
      await clock.advance(1000 - 1);
      socket.write('O');
      await settled();
      await clock.advance(1);
      expect(await connecting).to.include({ operation: 'connect', code: 'ETIMEDOUT' });
      expect(clock.pending).to.equal(0);
      await hungUp;
    });

    it('leave no timer when it answers', async () => {
      const clock = new ManualClock();
      const transport = unix.transport(clock);
      const connecting = succeed(transport.connect(guestAt(path), 12346, new AbortController().signal));
      (await connected).write('OK 1\n');
      await kept(connecting);
      expect(clock.pending).to.equal(0);
    });

    it('hang up when given up during the handshake', async () => {
      const abort = new AbortController();
      const connecting = fail(stage.reach(12346, 0, abort.signal));
      const socket = await connected;
      const hungUp = once(socket, 'end');
      await read(socket, 14);
      abort.abort();
      expect(await connecting).to.include({ operation: 'connect', code: 'ABORT_ERR' });
      await hungUp;
    });
  });
});
