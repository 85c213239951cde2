/** What the host loses, and what becomes of the guests then: the service goes on and finds everything again. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { AirRadio, security, takeCapturedOff } from './air/access-points.js';
import { Listener, must } from './air/guests.js';
import { forgetScans, plugRadios, restartBus, startSupplicant, station } from './air/host.js';
import { type Program, run } from './air/programs.js';
import { named } from './air/radio-watch.js';
import { Service } from './air/service.js';

const phy = 'phy3';

/** The software switch of the station's radio. */
const rfkill = (): string => {
  const folder = `/sys/class/ieee80211/${phy}`;
  const name = readdirSync(folder).find((entry) => entry.startsWith('rfkill'));
  return `${folder}/${name}/soft`;
};

describe('a loss on the host', () => {
  let access: AirRadio;
  let supplicant: Program;
  let service: Service;
  let guest: Listener;

  const lobby = { ssid: named('lobby'), security: 'open' } as const;
  const openLobby = (): Promise<AirRadio> =>
    AirRadio.start('wlan0', 1, [
      { ssid: Buffer.from('lobby').toString('hex'), bssid: '02:00:00:00:00:00', settings: security.open },
    ]);

  before(async () => {
    await takeCapturedOff();
    access = await openLobby();
    await forgetScans();
    supplicant = await startSupplicant();
    service = new Service();
    await service.arrives();
    guest = new Listener('vsock://1');
    await guest.listening;
  });

  after(async () => {
    guest.close();
    await service.stop();
    await supplicant.stop();
    await access.stop();
  });

  /** A guest is connected; then `lose` happens: it is told, the interface leaves; `find` brings everything back. */
  const survives = async (lose: () => Promise<void>, find: () => Promise<void>): Promise<void> => {
    const { sessionId } = await must(guest.guest.connect(lobby));
    const told = guest.hears('disconnected');
    const left = service.leaves();
    await lose();
    expect((await told).sessionId).to.equal(sessionId);
    await left;
    await find();
    await service.arrives();
    const networks = await guest.scan();
    expect(networks.map(({ ssid }) => ssid)).to.include(lobby.ssid);
    await must(guest.guest.connect(lobby));
    await must(guest.guest.disconnect());
  };

  it('of wpa_supplicant, killed and started again', async () => {
    await survives(
      () => supplicant.stop('SIGKILL'),
      async () => {
        supplicant = await startSupplicant();
      },
    );
  });

  it('of the interface, pulled out and plugged in again', async () => {
    await survives(
      async () => {
        await run('iw', 'dev', station, 'del');
      },
      async () => {
        await run('iw', 'phy', phy, 'interface', 'add', station, 'type', 'managed');
      },
    );
  });

  it('of the radio by rfkill, blocked and unblocked', async () => {
    await survives(
      async () => writeFileSync(rfkill(), '1'),
      async () => writeFileSync(rfkill(), '0'),
    );
    expect(readFileSync(rfkill(), 'utf8').trim()).to.equal('0');
  });

  it('of the system bus', async () => {
    await survives(
      async () => {
        await restartBus();
        await supplicant.stop();
      },
      async () => {
        supplicant = await startSupplicant();
      },
    );
  });

  it('of all radios, with their driver', async () => {
    await survives(
      async () => {
        await access.stop();
        await run('rmmod', 'mac80211_hwsim');
      },
      async () => {
        await plugRadios();
        access = await openLobby();
      },
    );
  });
});
