/** NetworkManager as the owner of the interface. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { linuxChecks } from '../../native/linux/checks.js';
import { type AirRadio, passphrase, putCapturedOnAir } from './air/access-points.js';
import { Listener, must, secured } from './air/guests.js';
import { addressOf, startBareSupplicant, startNetworkManager, station } from './air/host.js';
import { type Program, run } from './air/programs.js';
import { named } from './air/radio-watch.js';
import { Service } from './air/service.js';

describe('the service beside NetworkManager', () => {
  let radios: readonly AirRadio[];
  let supplicant: Program;
  let manager: Program;
  let service: Service;
  let guest: Listener;

  before(async function () {
    this.timeout(90_000);
    radios = await putCapturedOnAir();
    supplicant = await startBareSupplicant();
    manager = await startNetworkManager();
    service = new Service({ restoreHostConnection: true });
    await service.arrives();
    guest = new Listener('vsock://1');
    await guest.listening;
  });

  after(async () => {
    guest.close();
    await service.stop();
    await manager.stop();
    await supplicant.stop();
  });

  const profiles = (): Promise<string> =>
    run('nmcli', '--terse', '--escape', 'no', '--fields', 'NAME,DEVICE', 'connection', 'show');

  it('is what doctor finds', async () => {
    const check = (await linuxChecks()).find(({ name }) => name === 'NetworkManager');
    expect(check).to.include({ state: 'ok', detail: `connections of ${station} are made through it` });
  });

  it('sees what wpa_supplicant sees', async () => {
    const networks = await guest.scan();
    expect(networks.map(({ ssid }) => ssid)).to.include.members([named('open'), named('wpa2-psk')]);
  });

  it('connects a guest by a profile that is gone afterwards', async () => {
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    expect(await profiles()).to.include(`proxy-wifi: wpa2-psk:${station}`);
    await must(guest.guest.disconnect());
    await service.settles(({ interfaces }) => interfaces.every(({ link }) => link === null));
    expect(await profiles()).to.not.include('proxy-wifi');
  });

  it('ends a connection for good when the access point has sent the host away', async () => {
    await must(guest.guest.connect(secured(named('wpa2-psk'))));
    const lost = guest.hears('disconnected');
    await radios[0]?.deauthenticate(await addressOf(station), 1);
    await lost;
    await guest.scan();
    expect(await profiles()).to.not.include('proxy-wifi');
    expect(await run('iw', 'dev', station, 'link')).to.include('Not connected');
    await must(guest.guest.disconnect());
  });

  it('tells a wrong key', async () => {
    const result = await guest.guest.connect(secured(named('wpa2-psk'), 'wrong horse'))();
    expect(E.isLeft(result) && result.left).to.include({ reason: 'connection denied', status: 15 });
    expect(await profiles()).to.not.include('proxy-wifi');
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
    await run('nmcli', '--wait', '5', 'connection', 'delete', 'wpa2-psk');
  });
});
