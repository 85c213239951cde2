import { once } from 'node:events';
import fs, { chmodSync, chownSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createServer, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sinon from 'sinon';
import { listenAtFile, usualMode } from '../../../native/sockets/socket-file.js';

describe('the mode of a socket, where nobody has asked for one,', () => {
  const folder = { uid: 1000, gid: 107, mode: 0o40775 };

  it('is for its owner alone, where that is the owner of the folder', () => {
    expect(usualMode(folder, { uid: 1000, gid: 107, mode: 0 })).to.equal(0o600);
  });

  it('is for the group of the folder too, where the owner is another one and the group may write there', () => {
    expect(usualMode(folder, { uid: 0, gid: 107, mode: 0 })).to.equal(0o660);
  });

  it('is for nobody else where the group is another one, or may not write there', () => {
    expect(usualMode(folder, { uid: 0, gid: 0, mode: 0 })).to.equal(0o600);
    expect(usualMode({ ...folder, mode: 0o40755 }, { uid: 0, gid: 107, mode: 0 })).to.equal(0o600);
  });
});

if (process.platform === 'linux')
  describe('a file that somebody has put in the place of a socket', () => {
    let folder: string;
    let path: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-'));
      path = join(folder, 'vm1');
    });

    afterEach(() => rmSync(folder, { recursive: true }));

    /** A server in whose place `put` puts something as soon as it listens. */
    const robbed = (put: () => void): Server => {
      const server = sinon.createStubInstance(Server);
      server.listen.callsFake(() => {
        put();
        return server;
      });
      return Object.defineProperty(server, 'listening', { value: true });
    };

    const modeOf = (file: string): number => statSync(file).mode & 0o777;

    it('is not followed, nor changed', () => {
      const other = join(folder, 'other');
      writeFileSync(other, '', { mode: 0o644 });
      listenAtFile(
        robbed(() => symlinkSync(other, path)),
        path,
        { mode: 0o666 },
      );
      expect(modeOf(other)).to.equal(0o644);
      listenAtFile(
        robbed(() => undefined),
        other,
        { mode: 0o666 },
      );
      expect(modeOf(other)).to.equal(0o644);
    });

    // Others' sockets are made by whoever may give files away.
    if (process.geteuid?.() === 0)
      it('is left as it is where it is the socket of somebody else', async () => {
        const another = createServer().listen(path);
        await once(another, 'listening');
        chownSync(path, 4321, 4321);
        const before = modeOf(path);
        try {
          listenAtFile(
            robbed(() => undefined),
            path,
            { mode: 0o666 },
          );
          expect(modeOf(path)).to.equal(before);
        } finally {
          another.close();
          await once(another, 'close');
        }
      });
  });

if (process.platform === 'linux' && process.geteuid?.() === 0)
  describe('a socket for a user who is named', () => {
    for (const [access, mode] of [
      [{ owner: 1234 }, 0o660],
      [{ owner: 1234, mode: 0o600 }, 0o600],
      [{}, 0o600],
    ] as const)
      it(`in a folder of a group that may write there has mode ${mode.toString(8)} for ${JSON.stringify(access)}`, async () => {
        const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-'));
        chmodSync(folder, 0o775);
        chownSync(folder, 4321, 4322);
        const server = createServer();
        try {
          const path = join(folder, 'vm1');
          listenAtFile(server, path, access);
          const { uid, gid, mode: given } = statSync(path);
          expect([uid, gid, given & 0o777]).to.deep.equal(['owner' in access ? 1234 : 4321, 4322, mode]);
        } finally {
          server.close();
          rmSync(folder, { recursive: true });
        }
      });
  });

if (process.platform === 'linux' && process.geteuid?.() === 0)
  describe('a socket that may not be given away', () => {
    let folder: string;
    let chown: sinon.SinonStub;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-'));
      chownSync(folder, 4321, 4322);
      chown = sinon
        .stub(fs, 'chownSync')
        .throws(Object.assign(new Error('not permitted'), { code: 'EPERM' }));
      syncBuiltinESMExports();
    });

    afterEach(() => {
      chown.restore();
      syncBuiltinESMExports();
      rmSync(folder, { recursive: true });
    });

    const listening = (access: Parameters<typeof listenAtFile>[2]): void => {
      const server = createServer();
      try {
        listenAtFile(server, join(folder, 'vm1'), access);
      } finally {
        server.close();
      }
    };

    it('stays the service’s own where nobody has asked for that', () => {
      listening({});
      expect(chown.callCount, 'its group, and its owner').to.equal(2);
    });

    for (const access of [{ owner: 1234 }, { group: 1234 }])
      it(`is a failure where ${Object.keys(access).join()} was asked for by name`, () => {
        expect(() => listening(access)).to.throw('not permitted');
      });
  });
