/** Unix sockets between users: the hypervisor usually runs as another one than the service. */
import { chmodSync, chownSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { expect } from 'chai';
import type { Subscription } from 'rxjs';
import type { SocketFailure } from '../../native/sockets/transport.js';
import { unix } from '../../native/sockets/unix.js';
import { systemClock } from '../../streams/clock.js';

const root = '/srv/jailer';

/** What the jailer makes for a virtual machine: a root file system in a folder that belongs to the machine's own user. */
const path = `${root}/firecracker/vm1/root/run/vm1.vsock`;
const folder = dirname(path);
const socket = `${path}_12345`;

/** User and group of the hypervisor, of the service where it is not root, and of neither. */
const hypervisor = 2001;
const service = 1000;
const stranger = 2002;

/** Does something as another user with these groups. */
const as = async <T>(user: number, groups: readonly number[], what: () => Promise<T>): Promise<T> => {
  const before = process.getgroups?.() ?? [];
  process.setgroups?.([...groups]);
  process.setegid?.(groups[0] ?? user);
  process.seteuid?.(user);
  try {
    return await what();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(before);
  }
};

/** What becomes of a connection to the socket: `connected`, or the code of the failure. */
const reach = (user: number): Promise<string> =>
  as(
    user,
    [user],
    () =>
      new Promise((resolve) => {
        const guest = connect({ path: socket });
        guest.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        guest.on('connect', () => {
          guest.destroy();
          resolve('connected');
        });
      }),
  );

describe('a Unix socket of the service', () => {
  let listening: Subscription | undefined;

  /** Resolves once it listens; rejects with the failure. */
  const listen = (socketOwner?: string, socketMode?: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const options = { requestPort: 12345, socketOwner, socketMode };
      listening = unix
        .transport(systemClock)
        .listen({ scheme: 'unix', path }, options)
        .subscribe({ next: () => resolve(), error: reject });
    });

  const failure = (listened: Promise<void>): Promise<SocketFailure> =>
    listened.then(
      () => {
        throw new Error('it listens');
      },
      (reason: SocketFailure) => reason,
    );

  const owned = (user: number, group: number, mode: number): void => {
    chownSync(folder, user, group);
    chmodSync(folder, mode);
  };

  const shown = (): string => {
    const { uid, gid, mode } = statSync(socket);
    return `${uid}:${gid} ${(mode & 0o777).toString(8)}`;
  };

  beforeEach(() => mkdirSync(folder, { recursive: true }));

  afterEach(() => {
    listening?.unsubscribe();
    rmSync(root, { recursive: true });
  });

  it("in the jail of a virtual machine belongs to the machine's user, and nobody else gets in", async () => {
    owned(hypervisor, hypervisor, 0o711);
    await listen();
    expect(shown()).to.equal(`${hypervisor}:${hypervisor} 600`);
    expect(await reach(hypervisor)).to.equal('connected');
    expect(await reach(stranger)).to.equal('EACCES');
  });

  it('of a service that is not root is for the group with which it shares the folder', async () => {
    owned(0, hypervisor, 0o2775);
    await as(service, [service, hypervisor], () => listen());
    expect(shown()).to.equal(`${service}:${hypervisor} 660`);
    expect(await reach(hypervisor)).to.equal('connected');
    expect(await reach(stranger)).to.equal('EACCES');
  });

  it('in a folder of everybody stays with the service', async () => {
    owned(0, 0, 0o1777);
    await as(service, [service], () => listen());
    expect(shown()).to.equal(`${service}:${service} 600`);
    expect(await reach(hypervisor)).to.equal('EACCES');
  });

  it('belongs to whom it is given', async () => {
    owned(0, 0, 0o755);
    await listen(`${hypervisor}`);
    expect(shown()).to.equal(`${hypervisor}:0 600`);
    listening?.unsubscribe();
    await listen(`:${hypervisor}`, '0660');
    expect(shown()).to.equal(`0:${hypervisor} 660`);
    expect(await reach(hypervisor)).to.equal('connected');
    expect(await reach(stranger)).to.equal('EACCES');
  });

  it('is not there at all where it may not be given to whom it should', async () => {
    owned(service, service, 0o755);
    const refused = await failure(as(service, [service], () => listen(`${hypervisor}`)));
    expect(refused).to.include({ operation: 'listen', code: 'EPERM' });
    expect(refused.detail).to.include('--socket-owner');
    expect(existsSync(socket)).to.equal(false);
  });

  it('is not made where this user may not write', async () => {
    owned(0, 0, 0o755);
    const refused = await failure(as(service, [service], () => listen()));
    expect(refused.code).to.equal('EACCES');
    expect(refused.detail).to.include('no access to the socket or its folder').and.not.include('port');
  });

  it('is left alone if it is the living one of another user', async () => {
    owned(0, 0, 0o777);
    await listen();
    const living = listening;
    const { ino } = statSync(socket);
    const refused = await failure(as(service, [service], () => listen()));
    expect(refused.code).to.equal('EACCES');
    expect(statSync(socket).ino).to.equal(ino);
    expect(await reach(0)).to.equal('connected');
    living?.unsubscribe();
  });
});
