import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import sinon from 'sinon';
import { isSame, takeOut, unsave } from '../../../native/linux/saved-file.js';
import { markOf } from '../../../native/linux/wpa-mark.js';

const mark = markOf(':1.7', { enabled: [], current: O.none });
const users = 'network={\n\tssid="home"\n}\n';
const saved = `${users}\nnetwork={\n\tssid="cafe"\n\tid_str="${mark}"\n}\n`;

describe('a configuration file of wpa_supplicant', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-saved-'));
    file = join(folder, 'wpa_supplicant.conf');
    writeFileSync(file, saved);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('loses what is ours, and it is said how many that were', async () => {
    expect(await unsave(file)).to.deep.equal([{ path: file, taken: E.right(1) }]);
    expect(await unsave(file)).to.deep.equal([{ path: file, taken: E.right(0) }]);
    expect(readdirSync(folder)).to.deep.equal(['wpa_supplicant.conf']);
  });

  it('is any in /etc/wpa_supplicant where none is named', async () => {
    const readdir = sinon.stub(fs, 'readdir');
    readdir.withArgs('/etc/wpa_supplicant').resolves(['nobody-has-this.conf', 'functions.sh'] as never);
    syncBuiltinESMExports();
    try {
      const [one, ...others] = await unsave();
      expect(one?.path).to.equal('/etc/wpa_supplicant/nobody-has-this.conf');
      expect(others).to.deep.equal([]);
    } finally {
      readdir.restore();
      syncBuiltinESMExports();
    }
  });

  it('is tried five times where somebody writes it meanwhile, and left alone then', async () => {
    let looks = 0;
    const taken = await takeOut(file, async (marks) => {
      looks += 1;
      writeFileSync(file, `${saved}# ${'x'.repeat(looks)}\n`);
      return new Set(marks);
    });
    expect(taken).to.deep.equal(E.left({ step: 'write', why: 'somebody else goes on writing it' }));
    expect(looks).to.equal(5);
    expect(readdirSync(folder)).to.deep.equal(['wpa_supplicant.conf']);
  });

  it('loses what is ours as soon as nobody writes it', async () => {
    let looks = 0;
    const taken = await takeOut(file, async (marks) => {
      looks += 1;
      if (looks < 5) writeFileSync(file, `${saved}# ${'x'.repeat(looks)}\n`);
      return new Set(marks);
    });
    expect([taken, looks]).to.deep.equal([E.right(1), 5]);
  });

  if (process.platform === 'linux')
    it('is closed again, whatever became of it', async () => {
      const open = (): number => readdirSync('/proc/self/fd').length;
      const before = open();
      await unsave(file);
      await unsave(file);
      await takeOut(file, async () => {
        throw new Error('no bus');
      });
      await unsave(join(folder, 'missing'));
      expect(open()).to.equal(before);
    });

  it('keeps its mode and its owner, and is written by nobody else meanwhile', async () => {
    chmodSync(file, 0o4751);
    const { uid, gid } = statSync(file);
    expect(await unsave(file)).to.deep.equal([{ path: file, taken: E.right(1) }]);
    expect(statSync(file)).to.include({ uid, gid, mode: 0o104751 });
  });

  it('is on the disk before it takes the place of the one before', async () => {
    const handle = await fs.open(file);
    const synced = sinon.spy(Object.getPrototypeOf(handle) as typeof handle, 'sync');
    await handle.close();
    try {
      await unsave(file);
      sinon.assert.calledOnce(synced);
    } finally {
      synced.restore();
    }
  });

  it('is the same as long as neither another one has taken its place nor its size nor its time has changed', () => {
    const look = { ino: 1n, size: 2n, mtimeNs: 3n };
    expect(isSame(look, { ...look })).to.equal(true);
    for (const name of ['ino', 'size', 'mtimeNs'] as const)
      expect(isSame(look, { ...look, [name]: 9n }), name).to.equal(false);
  });

  it('is not looked at beyond 16 MiB', async () => {
    const largest = 16 * 1024 * 1024;
    const padded = (size: number) => writeFileSync(file, `#${' '.repeat(size - saved.length - 2)}\n${saved}`);
    padded(largest + 1);
    expect(await unsave(file)).to.deep.equal([
      { path: file, taken: E.left({ step: 'read', why: `it has ${largest + 1} bytes` }) },
    ]);
    padded(largest);
    expect(statSync(file).size).to.equal(largest);
    expect(await unsave(file)).to.deep.equal([{ path: file, taken: E.right(1) }]);
  });

  it('is freed of what a crash has left beside it, once that is a minute old', async () => {
    const clock = sinon.useFakeTimers({ toFake: ['Date'], now: 1_000_000_000 });
    try {
      const leave = (name: string, age: number): void => {
        mkdirSync(join(folder, name));
        const seconds = (Date.now() - age) / 1000;
        utimesSync(join(folder, name), seconds, seconds);
      };
      leave('wpa_supplicant.conf.proxy-wifi-old', 60_001);
      leave('wpa_supplicant.conf.proxy-wifi-new', 60_000);
      leave('other.conf.proxy-wifi-old', 3_600_000);
      expect(await unsave(file)).to.deep.equal([{ path: file, taken: E.right(1) }]);
      expect(readdirSync(folder).sort()).to.deep.equal([
        'other.conf.proxy-wifi-old',
        'wpa_supplicant.conf',
        'wpa_supplicant.conf.proxy-wifi-new',
      ]);
    } finally {
      clock.restore();
    }
  });
});
