/** NetworkManager as the owner of the interface. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { linuxChecks } from '../../native/linux/checks.js';
import { parseBssid } from '../../protocol/bssid.js';
import { right } from '../protocol/either.js';
import { AirRadio, passphrase, putCapturedOnAir, security } from './air/access-points.js';
import { connectBySae, Listener, must, secured } from './air/guests.js';
import { addressOf, second, startBareSupplicant, startNetworkManager, station } from './air/host.js';
import { Program, run, until } from './air/programs.js';
import { named } from './air/radio-watch.js';
import { serve } from './air/served.js';
import { Service } from './air/service.js';

describe('the service beside NetworkManager', () => {
  let radios: readonly AirRadio[];
  let required: AirRadio;
  const extra: AirRadio[] = [];
  let supplicant: Program;
  let manager: Program;
  let service: Service;
  let guest: Listener;

  before(async function () {
    this.timeout(90_000);
    radios = await putCapturedOnAir();
    required = await AirRadio.start('wlan4', 1, [
      {
        ssid: Buffer.from('transition-required').toString('hex'),
        bssid: '02:00:00:00:04:00',
        settings: { ...security.transition, ieee80211w: 2 },
      },
    ]);
    supplicant = await startBareSupplicant();
    manager = await startNetworkManager();
    service = new Service({ restoreHostConnection: true });
    await service.settles(({ interfaces }) => interfaces.map(({ name }) => name).join() === station);
    guest = new Listener('vsock://1');
    await guest.listening;
  });

  after(async () => {
    guest.close();
    await service.stop();
    await manager.stop();
    await supplicant.stop();
    await required.stop();
  });

  /** Whatever has become of a test, the next one finds what the first one found. */
  afterEach(async () => {
    for (const radio of extra.splice(0)) await radio.stop();
    await Program.stopAll('agent', 'dbus-monitor');
    for (const name of ['wpa2-psk', 'mine'])
      await run('nmcli', '--wait', '5', 'connection', 'delete', name).catch(() => '');
    await must(guest.guest.disconnect());
    await service.settles(({ interfaces }) => interfaces.every(({ link }) => link === null));
  });

  const profiles = (): Promise<string> =>
    run('nmcli', '--terse', '--escape', 'no', '--fields', 'NAME,DEVICE', 'connection', 'show');

  /** NetworkManager takes a volatile profile away a moment after its connection. */
  const noProfile = (): Promise<void> => until(async () => !(await profiles()).includes('proxy-wifi'));

  it('is what doctor finds', async () => {
    const check = (await linuxChecks()).find(({ name }) => name === 'NetworkManager');
    expect(check).to.include({ state: 'ok', detail: `connections of ${station} are made through it` });
  });

  it('sees what wpa_supplicant sees', async () => {
    const networks = await guest.scan();
    expect(networks.map(({ ssid }) => ssid)).to.include.members([named('open'), named('wpa2-psk')]);
  });

  for (const [text, radio] of [
    ['wpa2-wpa3-transition', 0],
    ['transition-required', 4],
    ['hidden-psk', 1],
    ['wpa2-ft-psk', 1],
  ] as const)
    it(`connects a guest to ${text} with its PMK`, async () => {
      const { bssid } = await must(guest.guest.connect(secured(named(text))));
      expect(bssid).to.match(new RegExp(`^02:00:00:00:0${radio}:`));
      await must(guest.guest.disconnect());
    });

  it('connects a guest to a WPA3 network with the password', async () => {
    const sessionId = await connectBySae(guest.guest, named('wpa3-sae'));
    await must(guest.guest.disconnect(sessionId));
  });

  it('connects a guest to the access point that it names', async () => {
    const twin = '02:00:00:00:06:00';
    const ssid = Buffer.from('wpa2-psk').toString('hex');
    extra.push(await AirRadio.start('wlan6', 11, [{ ssid, bssid: twin, settings: security.psk }]));
    await guest.sees(named('wpa2-psk'), twin);
    for (const bssid of [twin, '02:00:00:00:00:01'].map((text) => right(parseBssid(text)))) {
      const link = await must(guest.guest.connect({ ...secured(named('wpa2-psk')), bssid }));
      expect(link.bssid).to.equal(bssid);
      await must(guest.guest.disconnect());
    }
  });

  it("takes nothing from a profile of the user's for the same network", async () => {
    await run(
      ...(['nmcli', 'connection', 'add', 'type', 'wifi', 'ifname', station, 'con-name', 'mine'] as const),
      ...[
        'autoconnect',
        'no',
        'ssid',
        'wpa2-psk',
        'wifi-sec.key-mgmt',
        'wpa-psk',
        'wifi-sec.psk',
        'other horse',
      ],
    );
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    await must(guest.guest.disconnect());
    expect(
      await run('nmcli', '-s', '-g', '802-11-wireless-security.psk', 'connection', 'show', 'mine'),
    ).to.equal('other horse\n');
  });

  it('connects a guest by a profile that is gone afterwards', async () => {
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    expect(await profiles()).to.include(`proxy-wifi: wpa2-psk:${station}`);
    await must(guest.guest.disconnect());
    await service.settles(({ interfaces }) => interfaces.every(({ link }) => link === null));
    await noProfile();
  });

  it('ends a connection for good when the access point has sent the host away', async () => {
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    const lost = guest.hears('disconnected');
    await radios[0]?.deauthenticate(await addressOf(station), 1);
    await lost;
    await guest.scan();
    await noProfile();
    expect(await run('iw', 'dev', station, 'link')).to.include('Not connected');
    await must(guest.guest.disconnect());
  });

  it('tells a wrong key, and lets nobody be asked for another one', async () => {
    const agent = await Program.start('agent', ['nmcli', 'agent', 'secret'], 'successfully registered');
    agent.forget();
    await guest.sees(named('wpa2-psk'));
    const result = await guest.guest.connect(secured(named('wpa2-psk'), 'wrong horse'))();
    expect(E.isLeft(result) && result.left).to.include({ reason: 'connection denied', status: 15 });
    await noProfile();
    expect(agent.output).to.equal('');
  });

  it("mirrors the user's own connection, and gives it back after a guest's", async () => {
    const connected = service.tells('hostConnected');
    await run('nmcli', '--wait', '0', 'device', 'wifi', 'connect', 'wpa2-psk', 'password', passphrase);
    expect((await connected).ssid).to.equal(named('wpa2-psk'));
    await must(guest.guest.connect({ ssid: named('wpa2-psk'), security: 'open' }));
    await must(guest.guest.disconnect());
    await must(guest.guest.connect({ ssid: named('open'), security: 'open' }));
    await must(guest.guest.disconnect());
    await service.settles(({ interfaces }) =>
      interfaces.some(({ link }) => link?.ssid === named('wpa2-psk')),
    );
  });

  it('uses two interfaces for two guests that want different networks', async () => {
    await run('nmcli', 'device', 'set', second, 'managed', 'yes');
    await service.settles(({ interfaces }) => interfaces.some(({ name }) => name === second));
    const other = new Listener('unix:///run/vm2.vsock');
    await other.listening;
    await guest.scan();
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    await must(other.guest.connect({ ssid: named('open'), security: 'open' }));
    const links = service.status.interfaces.flatMap(({ name, link }) =>
      link === null ? [] : [[name, link.ssid]],
    );
    expect(links).to.have.deep.members([
      [station, named('wpa2-psk')],
      [second, named('open')],
    ]);
    await must(other.guest.disconnect());
    await must(guest.guest.disconnect());
    other.close();
    await run('nmcli', 'device', 'set', second, 'managed', 'no');
    await service.settles(({ interfaces }) => interfaces.every(({ name }) => name !== second));
  });

  it('goes on when NetworkManager is restarted while a guest is connected', async () => {
    const { sessionId } = await must(guest.guest.connect(secured(named('wpa2-psk'))));
    const lost = guest.hears('disconnected');
    const left = service.leaves();
    await manager.stop();
    expect((await lost).sessionId).to.equal(sessionId);
    await left;
    manager = await startNetworkManager();
    await service.arrives();
    await noProfile();
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    await must(guest.guest.disconnect());
  });

  it('lets nobody be asked, however late it hears of a wrong key, by a new NetworkManager either', async () => {
    await service.stop();
    const slow = await serve();
    try {
      await must(guest.guest.connect(secured(named('wpa2-psk'))));
      await must(guest.guest.disconnect());
      slow.forget();
      await manager.stop();
      manager = await startNetworkManager();
      await slow.says('interface arrived');
      const agent = await Program.start('agent', ['nmcli', 'agent', 'secret'], 'successfully registered');
      agent.forget();
      const questions = "interface='org.freedesktop.NetworkManager.SecretAgent',member='GetSecrets'";
      const bus = await Program.start('dbus-monitor', ['dbus-monitor', '--system', questions], 'NameLost');
      manager.forget();
      const connecting = guest.guest.connect(secured(named('wpa2-psk'), 'wrong horse'))();
      await manager.says('-> 4way_handshake');
      slow.signal('SIGSTOP');
      await bus.says('member=GetSecrets');
      slow.signal('SIGCONT');
      const result = await connecting;
      expect(E.isLeft(result) && result.left).to.include({ reason: 'connection denied', status: 15 });
      await noProfile();
      expect(agent.output).to.equal('');
    } finally {
      slow.signal('SIGCONT');
      await slow.stop();
      service = new Service({ restoreHostConnection: true });
      await service.arrives();
    }
  });

  it('gives back what a killed service has left', async () => {
    const connected = service.tells('hostConnected');
    await run('nmcli', '--wait', '0', 'device', 'wifi', 'connect', 'wpa2-psk', 'password', passphrase);
    await connected;
    await service.stop();
    const killed = await serve();
    await must(guest.guest.connect({ ssid: named('open'), security: 'open' }));
    await killed.stop('SIGKILL');
    expect(await profiles()).to.include(`proxy-wifi: open:${station}`);
    service = new Service({ restoreHostConnection: true });
    await service.settles(({ interfaces }) =>
      interfaces.some(({ link }) => link?.ssid === named('wpa2-psk')),
    );
    await noProfile();
  });
});
