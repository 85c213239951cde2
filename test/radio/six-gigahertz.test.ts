/**
 * The same under a regulatory domain with 6 GHz. The host must not speak first on most of those channels, but listen for a
 * beacon on each: a scan takes 10 s and more, which no domain without 6 GHz shows.
 */
import { expect } from 'chai';
import type { Bss } from '../../protocol/bss.js';
import type { Ssid } from '../../protocol/ssid.js';
import { AirRadio, putCapturedOnAir, security } from './air/access-points.js';
import { connectBySae, Listener, must, secured } from './air/guests.js';
import {
  changeCountry,
  country,
  startBareSupplicant,
  startNetworkManager,
  startSupplicant,
  station,
} from './air/host.js';
import { type Program, run } from './air/programs.js';
import { named } from './air/radio-watch.js';
import { Service } from './air/service.js';

describe('the service in the United States', () => {
  let supplicant: Program;
  let service: Service;
  let guest: Listener;
  let late: AirRadio | undefined;

  before(async () => {
    await putCapturedOnAir();
    await changeCountry('US');
    supplicant = await startSupplicant();
    // Every scan of the guest is one of the host, of whose end it hears.
    service = new Service({ scanInterval: 0 });
    await service.arrives();
    guest = new Listener('vsock://1');
    await guest.listening;
  });

  after(async () => {
    guest.close();
    await late?.stop();
    await service.stop();
    await supplicant.stop();
    await changeCountry(country);
  });

  it('has channels of 6 GHz to scan', async () => {
    const channels = await run('iw', 'phy', 'phy3', 'channels');
    expect(channels).to.match(/\* 5955 MHz \[1\](?! \(disabled\))/);
  });

  /**
   * Scans until the guest has been told of these networks, and of the scan's end: the host takes longer for one than a guest waits,
   * and would not connect before.
   */
  const sees = async (texts: readonly string[], ssid?: Ssid): Promise<void> => {
    for (;;) {
      const later = guest.hears('scan.response');
      const has = (networks: readonly Bss[]): boolean =>
        texts.every((text) => networks.some((bss) => bss.ssid === named(text)));
      const [cached, found] = [(await must(guest.guest.scan(ssid))).networks, (await later).networks];
      if (has(cached) || has(found)) return;
    }
  };

  it('shows a guest what is on the air', () => sees(['open', 'wpa2-psk', 'five-gigahertz']));

  it('connects a guest by what it has just seen', async () => {
    for (const text of ['wpa2-psk', 'five-gigahertz']) {
      await sees([text]);
      await must(guest.guest.connect(secured(named(text))));
      await must(guest.guest.disconnect());
    }
    await sees(['wpa3-sae']);
    const sessionId = await connectBySae(guest.guest, named('wpa3-sae'));
    await must(guest.guest.disconnect(sessionId));
  });

  describe('whatever the host has scanned of late', () => {
    // As if each of its results were older than the 5 s for which wpa_supplicant connects by them at once.
    before(() => run('wpa_cli', '-i', station, 'set', 'scan_res_valid_for_connect', '0'));
    after(() => run('wpa_cli', '-i', station, 'set', 'scan_res_valid_for_connect', '5'));

    it('connects a guest to what was seen long ago', async () => {
      for (const text of ['wpa2-psk', 'five-gigahertz']) {
        await must(guest.guest.connect(secured(named(text))));
        await must(guest.guest.disconnect());
      }
      const sessionId = await connectBySae(guest.guest, named('wpa3-sae'));
      await must(guest.guest.disconnect(sessionId));
    });

    it('connects a guest while the host scans', async () => {
      for (const text of ['wpa2-psk', 'five-gigahertz']) {
        expect((await must(guest.guest.scan())).complete).to.equal(false);
        await must(guest.guest.connect(secured(named(text))));
        await must(guest.guest.disconnect());
      }
    });
  });

  it('connects a guest to what nobody has looked for yet, hidden or not', async () => {
    const unseen = await AirRadio.start('wlan4', 11, [
      { ssid: Buffer.from('unseen').toString('hex'), bssid: '02:00:00:00:04:01', settings: security.psk },
    ]);
    try {
      for (const text of ['unseen', 'hidden-psk']) {
        await must(guest.guest.connect(secured(named(text))));
        await must(guest.guest.disconnect());
      }
    } finally {
      await unseen.stop();
    }
  });

  it('finds what has come on the air meanwhile, by name as well', async () => {
    late = await AirRadio.start('wlan4', 11, [
      { ssid: Buffer.from('late').toString('hex'), bssid: '02:00:00:00:04:00', settings: security.psk },
    ]);
    await sees(['late'], named('late'));
    await must(guest.guest.connect(secured(named('late'))));
    await must(guest.guest.disconnect());
  });
});

describe('the service beside NetworkManager in the United States', () => {
  let supplicant: Program;
  let manager: Program;
  let service: Service;
  let guest: Listener;

  before(async function () {
    this.timeout(90_000);
    await putCapturedOnAir();
    await changeCountry('US');
    supplicant = await startBareSupplicant();
    manager = await startNetworkManager();
    service = new Service();
    await service.settles(({ interfaces }) => interfaces.map(({ name }) => name).join() === station);
    guest = new Listener('vsock://1');
    await guest.listening;
  });

  after(async () => {
    guest.close();
    await service.stop();
    await manager.stop();
    await supplicant.stop();
    await changeCountry(country);
  });

  it('connects a guest to what nobody has looked for yet', async () => {
    const unseen = await AirRadio.start('wlan4', 11, [
      { ssid: Buffer.from('unseen').toString('hex'), bssid: '02:00:00:00:04:02', settings: security.psk },
    ]);
    try {
      await must(guest.guest.connect(secured(named('unseen'))));
      await must(guest.guest.disconnect());
    } finally {
      await unseen.stop();
    }
  });

  const connectsToAll = async (): Promise<void> => {
    for (const text of ['wpa2-psk', 'wpa2-wpa3-transition', 'five-gigahertz']) {
      await must(guest.guest.connect(secured(named(text))));
      await must(guest.guest.disconnect());
    }
  };

  it('connects a guest to what has just been seen', async () => {
    await guest.sees(named('wpa2-psk'));
    await connectsToAll();
  });

  it('connects a guest to what was seen long ago', async () => {
    // Longer than the 5 s for which wpa_supplicant connects by its results at once.
    await new Promise((resolve) => setTimeout(resolve, 8000));
    await connectsToAll();
  });
});
