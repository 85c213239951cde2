/** What stays of connections through wpa_supplicant, in its file and when the service ends, and what the next run makes of it. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import { textsOf } from '../../../native/linux/dbus.js';
import { allowsHashToElement, markOf } from '../../../native/linux/wpa-mark.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { plain, refusal, settled } from './fake-bus.js';
import { wlan0 } from './fake-supplicant.js';
import { order, ssid, suites, WpaScene } from './wpa-scene.js';

describe('what is kept of connections through wpa_supplicant', () => {
  let scene: WpaScene;

  beforeEach(() => {
    scene = new WpaScene();
  });

  afterEach(() => scene.close());

  /** Connects where wpa_supplicant has this file, which is looked at first. */
  const connectBeside = async (file: string): Promise<void> => {
    writeFileSync(file, '');
    scene.supplicant.bus.put(wlan0, { ConfigFile: file });
    await scene.open();
    while (!scene.hasCome) await settled();
    scene.succeeds();
    await scene.connect();
  };

  /** Somebody has the network of a guest saved; gives what tells it from the user's own. */
  const somebodySaves = (file: string): string => {
    const mark = markOf(':1.7', { enabled: [], current: O.none });
    writeFileSync(file, `network={\n\tssid="cafe"\n\tid_str="${mark}"\n}\n`);
    return mark;
  };

  it('that end take out of the file what somebody has saved of them, wherever that is now', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-saved-'));
    try {
      const [file, other] = [join(folder, 'a.conf'), join(folder, 'b', 'wpa_supplicant.conf')];
      mkdirSync(join(folder, 'b'));
      await connectBeside(file);
      // In a folder that nobody watches.
      somebodySaves(other);
      scene.supplicant.bus.put(wlan0, { ConfigFile: other });
      await scene.station.disconnect()();
      expect(readFileSync(other, 'utf8').trim()).to.equal('');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that replace another one of ours are followed in the file as that was', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-saved-'));
    try {
      const file = join(folder, 'wpa_supplicant.conf');
      await connectBeside(file);
      await scene.connect();
      const mark = somebodySaves(file);
      while (readFileSync(file, 'utf8').includes(mark)) await settled();
      await scene.station.disconnect()();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('that a guest needs of a killed service are followed in the file as well, also when another one comes to nothing', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proxy-wifi-saved-'));
    try {
      const file = join(folder, 'wpa_supplicant.conf');
      await connectBeside(file);
      scene.supplicant.bus.mute();
      scene.close();
      await settled();
      scene.supplicant.bus.unmute();
      await scene.open(false, () => true);
      expect(textsOf(scene.supplicant.bus.object(wlan0)?.Networks), 'it is still there').to.have.length(1);
      scene.supplicant.bus.method('AddNetwork', () => refusal('org.freedesktop.DBus.Error.AccessDenied'));
      expect(await scene.connect()).to.have.property('_tag', 'Left');
      const mark = somebodySaves(file);
      while (readFileSync(file, 'utf8').includes(mark)) await settled();
      await scene.station.disconnect()();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  describe('by SAE allow hash-to-element', () => {
    const sae = order({
      security: { kind: 'wpa3-sae', ...suites },
      key: new KeyMaterial(new TextEncoder().encode('correct horse')),
    });
    const settings = (): readonly string[] =>
      scene.since(0).filter((call) => call.startsWith('Set 0 SaePwe'));

    it('as long as there is such a network, and no longer', async () => {
      scene.supplicant.bus.put(wlan0, { SaePwe: '0' });
      await scene.open();
      scene.succeeds();
      await scene.connect(sae);
      await scene.connect(sae);
      expect(settings()).to.deep.equal(['Set 0 SaePwe 2']);
      await scene.station.disconnect()();
      expect(settings()).to.deep.equal(['Set 0 SaePwe 2', 'Set 0 SaePwe 0']);
      expect(scene.supplicant.bus.object(wlan0)).to.deep.include({ Networks: [] });
    });

    it('until the next run of a service that was killed', async () => {
      scene.supplicant.bus.put(wlan0, { SaePwe: '0' });
      await scene.open();
      scene.succeeds();
      await scene.connect(sae);
      scene.supplicant.bus.mute();
      scene.close();
      await settled();
      scene.supplicant.bus.unmute();
      await scene.open();
      expect(scene.supplicant.bus.object(wlan0)).to.deep.include({ Networks: [], SaePwe: '0' });
    });

    it('until the next run also where only what stands beside the network was saved', async () => {
      scene.supplicant.bus.put(wlan0, { SaePwe: '0' });
      await scene.open();
      scene.succeeds();
      await scene.connect(sae);
      const [ours] = textsOf(scene.supplicant.bus.object(wlan0)?.Networks);
      scene.supplicant.bus.mute();
      scene.close();
      await settled();
      scene.supplicant.bus.unmute();
      scene.supplicant.forget(ours);
      await scene.open();
      expect(scene.supplicant.bus.object(wlan0)).to.deep.include({ Networks: [], SaePwe: '0' });
    });

    it('also where a guest needs the network of a killed service, and has what stands beside it anew', async () => {
      scene.supplicant.bus.put(wlan0, { SaePwe: '0' });
      await scene.open();
      scene.succeeds();
      await scene.connect(sae);
      scene.supplicant.bus.mute();
      scene.close();
      await settled();
      scene.supplicant.bus.unmute();
      const [ours] = textsOf(scene.supplicant.bus.object(wlan0)?.Networks);
      await scene.open(false, () => true);
      expect(scene.supplicant.bus.object(wlan0)?.Networks).to.deep.equal([ours, `${wlan0}/Networks/2`]);
      expect(scene.supplicant.bus.object(wlan0)).to.include({ SaePwe: '2' });
      await scene.station.disconnect()();
      expect(scene.supplicant.bus.object(wlan0)).to.deep.include({ Networks: [], SaePwe: '0' });
    });

    it('no longer where the network cannot be added', async () => {
      scene.supplicant.bus.put(wlan0, { SaePwe: '0' });
      await scene.open();
      scene.supplicant.bus.method('AddNetwork', () => refusal('org.freedesktop.DBus.Error.AccessDenied'));
      await scene.connect(sae);
      expect(settings()).to.deep.equal(['Set 0 SaePwe 2', 'Set 0 SaePwe 0']);
    });

    it('as another service does, for which it stays allowed', async () => {
      scene.supplicant.bus.put(wlan0, { SaePwe: '2' });
      scene.supplicant.network({ ssid: 'lab', id_str: 'proxy-wifi :1.9 sae_pwe' }, true);
      scene.supplicant.bus.owners.add(':1.9');
      await scene.open();
      scene.succeeds();
      await scene.connect();
      await scene.station.disconnect()();
      expect(settings()).to.deep.equal([]);
    });

    it('unless somebody has chosen something, or wpa_supplicant does not know it', async () => {
      scene.supplicant.bus.put(wlan0, { SaePwe: '1' });
      await scene.open();
      scene.succeeds();
      await scene.connect(sae);
      expect(settings()).to.deep.equal([]);
      scene.supplicant.bus.put(wlan0, { SaePwe: undefined });
      await scene.connect(sae);
      expect(settings()).to.deep.equal([]);
      const marks = scene.supplicant.bus.calls.flatMap(({ member, body }) =>
        member === 'AddNetwork' ? [String(plain(body?.[0]).id_str)] : [],
      );
      expect(marks.filter(allowsHashToElement), 'what is not ours is not given back').to.deep.equal([]);
    });
  });

  describe('when the service ends', () => {
    it("stay, but nothing of the user's stays disabled", async () => {
      const home = scene.supplicant.network({ ssid: 'home' }, true);
      scene.supplicant.network({ ssid: 'never' }, false);
      scene.supplicant.change({ CurrentNetwork: home });
      await scene.open();
      scene.succeeds();
      await scene.connect();
      const before = scene.supplicant.bus.called.length;
      scene.close();
      await settled();
      expect(scene.since(before)).to.deep.equal(['Set 0 Enabled true']);
      expect(scene.supplicant.bus.users).to.equal(0);
    });

    it('do not keep it from ending when wpa_supplicant is stuck', async () => {
      const clock = await scene.open();
      scene.succeeds();
      scene.supplicant.network({ ssid: 'home' }, true);
      await scene.connect();
      scene.supplicant.bus.hold('Set');
      scene.close();
      await settled();
      expect(scene.supplicant.bus.users).to.equal(1);
      await clock.advance(499);
      await settled();
      expect(scene.supplicant.bus.users).to.equal(1);
      await clock.advance(1);
      await settled();
      expect(scene.supplicant.bus.users).to.equal(0);
    });
  });

  describe('of an earlier run of the service', () => {
    /** Two networks of the user's, the first one current, and what a killed service has made of them. */
    const kill = async (): Promise<string> => {
      const home = scene.supplicant.network({ ssid: 'home' }, true);
      const office = scene.supplicant.network({ ssid: 'office' }, true);
      scene.supplicant.network({ ssid: 'never' }, false);
      scene.supplicant.change({ CurrentNetwork: home });
      await scene.open();
      scene.succeeds();
      await scene.connect();
      // A killed service says nothing more.
      scene.supplicant.bus.mute();
      scene.close();
      await settled();
      scene.supplicant.bus.unmute();
      for (const path of [home, office]) scene.supplicant.bus.put(path, { Enabled: false });
      return scene.supplicant.bus.last('SelectNetwork')?.body?.[0] as string;
    };

    it("are ended, and the user's networks and link are as they were", async () => {
      await kill();
      const before = scene.supplicant.bus.called.length;
      await scene.open();
      expect(scene.since(before)).to.deep.equal(['RemoveNetwork 3', 'SelectNetwork 0', 'Set 1 Enabled true']);
    });

    it('are ended, and the host goes back where it was, also where their link is lost by now', async () => {
      await kill();
      scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/', CurrentNetwork: '/' });
      const before = scene.supplicant.bus.called.length;
      await scene.open();
      expect(scene.since(before)).to.deep.equal(['RemoveNetwork 3', 'SelectNetwork 0', 'Set 1 Enabled true']);
    });

    it("are ended without disturbing the user's link that there is by now", async () => {
      await kill();
      scene.supplicant.completes(scene.bss, `${wlan0}/Networks/2`);
      const before = scene.supplicant.bus.called.length;
      await scene.open();
      expect(scene.since(before)).to.deep.equal([
        'RemoveNetwork 3',
        'Set 0 Enabled true',
        'Set 1 Enabled true',
      ]);
    });

    it("go on where a guest still needs them, and give the user's networks back afterwards", async () => {
      await kill();
      const before = scene.supplicant.bus.called.length;
      await scene.open(true, ({ ssid: found }) => found === ssid);
      expect(scene.since(before)).to.deep.equal([]);
      expect(scene.station.link()).to.deep.equal(O.some({ ssid, bssid: '02:00:00:00:00:01' }));
      await scene.station.disconnect()();
      expect(scene.since(before)).to.deep.equal([
        'Disconnect',
        'RemoveNetwork 3',
        'SelectNetwork 0',
        'Set 1 Enabled true',
      ]);
    });

    it('that is still there stay, and what it has disabled is known', async () => {
      const home = scene.supplicant.network({ ssid: 'home' }, false);
      const digest = createHash('sha256').update('"home"').digest('hex').slice(0, 4);
      const living = scene.supplicant.network({ ssid: 'lab', id_str: `proxy-wifi :1.9 0-${digest}` }, true);
      scene.supplicant.bus.owners.add(':1.9');
      scene.supplicant.completes(scene.bss, living);
      await scene.open();
      expect(scene.since(0)).to.deep.equal([]);
      scene.succeeds();
      await scene.connect();
      await scene.station.disconnect()();
      expect(scene.since(0)).to.deep.equal([
        'AddNetwork',
        'SelectNetwork 2',
        'Disconnect',
        'RemoveNetwork 2',
        'Set 0 Enabled true',
      ]);
      expect(scene.supplicant.bus.object(home)).to.include({ Enabled: true });
    });

    it("that say nothing of the user's networks are removed", async () => {
      scene.supplicant.network({ id_str: 'proxy-wifi' });
      await scene.open();
      expect(scene.since(0)).to.deep.equal(['RemoveNetwork 0']);
    });
  });
});
