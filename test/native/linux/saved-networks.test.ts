import { EventEmitter } from 'node:events';
import fs, {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import type { Subscription } from 'rxjs';
import sinon from 'sinon';
import type { Dbus, DbusCall } from '../../../native/linux/dbus.js';
import { SavedNetworks } from '../../../native/linux/saved-networks.js';
import { markOf } from '../../../native/linux/wpa-mark.js';
import { logNativeCode } from '../../../native/log.js';
import { FakeSupplicant, wlan0 } from './fake-supplicant.js';

const users = 'update_config=1\n\nnetwork={\n\tssid="home"\n\tpsk="correct horse"\n}\n';
const home = { path: '/Networks/0', ssid: '"home"', enabled: true };

/** What `SaveConfig` writes while a network with this mark is selected. */
const savedWith = (mark: string): string =>
  `${users.replace('}', '\tdisabled=1\n}')}\nnetwork={\n\tssid="cafe"\n\tkey_mgmt=NONE\n\tid_str="${mark}"\n}\n`;
const markBy = (service: string): string => markOf(service, { enabled: [home], current: O.some(home) });

describe("what somebody's SaveConfig writes of our networks", () => {
  let folder: string;
  let file: string;
  let supplicant: FakeSupplicant;
  let saved: SavedNetworks;
  let said: string[];
  let heard: () => void;
  let log: Subscription;

  /** As wpa_supplicant does it. */
  const save = (text: string): void => {
    writeFileSync(`${file}.tmp`, text, { mode: 0o600 });
    renameSync(`${file}.tmp`, file);
  };
  const now = (): string => readFileSync(file, 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-saved-'));
    file = join(folder, 'wpa_supplicant.conf');
    save(users);
    supplicant = new FakeSupplicant();
    supplicant.bus.put(wlan0, { ConfigFile: file });
    saved = new SavedNetworks(supplicant.bus, wlan0);
    said = [];
    heard = () => undefined;
    const note = (_: unknown, message: string): void => {
      said.push(message);
      heard();
    };
    log = logNativeCode({ info: note, warn: note, isLevelEnabled: () => false });
  });

  afterEach(async () => {
    await saved.end();
    log.unsubscribe();
    rmSync(folder, { recursive: true });
  });

  it('is taken out as soon as it is there, with what was disabled for it', async () => {
    await saved.follow();
    const done = new Promise<void>((resolve) => {
      heard = resolve;
    });
    save(savedWith(markBy(':1.7')));
    await done;
    expect(now()).to.equal(users);
    expect(said).to.deep.equal([
      `somebody has saved the networks of wpa_supplicant with a guest's among them: ${file} is without it again`,
    ]);
  });

  it('is taken out at the start, when the service that has made it was killed', async () => {
    save(savedWith(markBy(':1.3')));
    await saved.clean();
    expect(now()).to.equal(users);
    expect(readdirSync(folder)).to.deep.equal(['wpa_supplicant.conf']);
  });

  it('stays while the service that has made it is there', async () => {
    supplicant.bus.owners.add(':1.3');
    save(savedWith(markBy(':1.3')));
    await saved.clean();
    expect(now()).to.equal(savedWith(markBy(':1.3')));
  });

  it('costs a file neither its owner nor its mode, and nothing where nothing is ours', async () => {
    chmodSync(file, 0o640);
    const untouched = statSync(file).ino;
    await saved.clean();
    expect(statSync(file).ino).to.equal(untouched);
    writeFileSync(file, savedWith(markBy(':1.7')));
    const { uid, gid } = statSync(file);
    await saved.clean();
    expect(now()).to.equal(users);
    expect(statSync(file)).to.include({ uid, gid, mode: 0o100640 });
  });

  it('is not followed through a link: what to do is said, once', async () => {
    await saved.follow();
    const elsewhere = join(folder, 'elsewhere');
    writeFileSync(elsewhere, savedWith(markBy(':1.7')));
    rmSync(file);
    symlinkSync(elsewhere, file);
    await saved.end();
    await saved.clean();
    expect(readFileSync(elsewhere, 'utf8')).to.equal(savedWith(markBy(':1.7')));
    expect(said).to.deep.equal([
      `somebody has saved the networks of wpa_supplicant while a guest's was among them: it stands in ${file}, without a key, and cannot be taken out (ELOOP). Once no guest is connected: wpa_cli -i wlan0 save_config`,
    ]);
  });

  it('is not looked for in what is no file, nor spoken of where nobody has saved', async () => {
    supplicant.bus.put(wlan0, { ConfigFile: folder });
    await saved.follow();
    await saved.end();
    supplicant.bus.put(wlan0, { ConfigFile: join(folder, 'missing') });
    await saved.clean();
    supplicant.bus.put(wlan0, { ConfigFile: '' });
    await saved.follow();
    await saved.clean();
    expect(said).to.deep.equal([]);
  });

  it('cannot be taken out where nothing can be written beside it: what to do is said', async () => {
    // Nobody, not even root, can put anything beside a file whose name is as long as names may be.
    const long = join(folder, 'a'.repeat(255));
    writeFileSync(long, savedWith(markBy(':1.7')));
    supplicant.bus.put(wlan0, { ConfigFile: long });
    await saved.clean();
    expect(readFileSync(long, 'utf8')).to.equal(savedWith(markBy(':1.7')));
    expect(said).to.have.length(1);
    expect(said[0])
      .to.include('cannot be taken out (ENAMETOOLONG)')
      .and.include('wpa_cli -i wlan0 save_config');
  });

  it('stays where somebody else sees to the file', async () => {
    const told = new SavedNetworks(supplicant.bus, wlan0, false);
    await told.follow();
    save(savedWith(markBy(':1.3')));
    await told.clean();
    await told.end();
    expect(now()).to.equal(savedWith(markBy(':1.3')));
    expect(said).to.deep.equal([]);
  });

  describe('as its folder is watched', () => {
    let watcher: EventEmitter & { close?: sinon.SinonSpy };
    let watching: sinon.SinonStub;
    beforeEach(() => {
      watcher = Object.assign(new EventEmitter(), { close: sinon.fake() });
      watching = sinon.stub(fs, 'watch').returns(watcher as never);
      syncBuiltinESMExports();
    });
    afterEach(() => {
      sinon.restore();
      syncBuiltinESMExports();
    });
    const tell = (name: string): void => watching.firstCall.args[2]('rename', name);

    it('keeps no process alive, is watched once, and no more once nobody needs it', async () => {
      await saved.follow();
      await saved.follow();
      sinon.assert.calledOnceWithMatch(watching, folder, { persistent: false });
      await saved.end();
      sinon.assert.calledOnce(watcher.close ?? sinon.fake());
      await saved.follow();
      sinon.assert.calledTwice(watching);
    });

    it('is looked at when it changes, and not when another one in its folder does', async () => {
      await saved.follow();
      save(savedWith(markBy(':1.7')));
      tell('other.conf');
      const done = new Promise<void>((resolve) => {
        heard = resolve;
      });
      expect(now()).to.equal(savedWith(markBy(':1.7')));
      tell('wpa_supplicant.conf');
      await done;
      expect(now()).to.equal(users);
    });

    it('is looked at when the last network of ours goes, where it cannot be watched any more', async () => {
      await saved.follow();
      watcher.emit('error', new Error('too many'));
      sinon.assert.calledOnce(watcher.close ?? sinon.fake());
      save(savedWith(markBy(':1.7')));
      await saved.end();
      expect(now()).to.equal(users);
    });

    it('is so too where it cannot be watched at all', async () => {
      watching.throws(new Error('no watches left'));
      await saved.follow();
      save(savedWith(markBy(':1.7')));
      await saved.end();
      expect(now()).to.equal(users);
    });
  });

  for (const [how, write] of [
    ['puts another in its place', (text: string) => save(text)],
    ['writes into it', (text: string) => writeFileSync(file, text)],
  ] as const)
    it(`gives way to whoever ${how} meanwhile`, async () => {
      const newer = savedWith(markBy(':1.3')).replace('home', 'my home');
      save(savedWith(markBy(':1.3')));
      let asked = 0;
      const { call } = supplicant.bus;
      const bus: Dbus = Object.assign(Object.create(supplicant.bus), {
        call: (wanted: DbusCall) => {
          // Asked between reading and writing: whether another service has made it.
          if (wanted.member === 'NameHasOwner' && asked++ === 0) write(newer);
          return call(wanted);
        },
      });
      await new SavedNetworks(bus, wlan0).clean();
      expect(asked).to.equal(2);
      // The mark speaks of a network of another name: nothing but ours goes.
      expect(now()).to.equal(`${users.replace('home', 'my home').replace('}', '\tdisabled=1\n}')}`);
    });
});
