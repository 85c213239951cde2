/** What a service leaves on the host when it ends, is killed or fails, and what the next one makes of it. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { hexOf } from '../../protocol/hex.js';
import { AirRadio, passphrase, putCapturedOnAir, security } from './air/access-points.js';
import { connectBySae, Listener, must, secured } from './air/guests.js';
import { startSupplicant, station, supplicantFile } from './air/host.js';
import { Program, run, until } from './air/programs.js';
import { named } from './air/radio-watch.js';
import { serve } from './air/served.js';

const wpaCli = (...words: string[]): Promise<string> => run('wpa_cli', '-i', station, ...words);

const block = (ssid: string, more: string): string => `network={\nssid="${ssid}"\n${more}}\n`;

/** What the user has: a network that he is connected to, one more that is enabled, and one that is not. */
const usersNetworks = [
  'update_config=1\n',
  block('wpa2-psk', `psk="${passphrase}"\n`),
  block('nowhere', 'key_mgmt=NONE\n'),
  block('open', 'key_mgmt=NONE\ndisabled=1\n'),
].join('');

const usersLink = (): Promise<void> =>
  until(async () => {
    // wpa_supplicant says that it is ready before it can be asked.
    const status = await wpaCli('status').catch(() => '');
    return /^ssid=wpa2-psk\n(?:.*\n)*wpa_state=COMPLETED/m.test(status);
  });

/** The flags of all networks, by SSID. */
const networks = async (): Promise<Record<string, string>> =>
  Object.fromEntries(
    (await wpaCli('list_networks'))
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => {
        const [, ssid = '', , flags = ''] = line.split('\t');
        return [ssid, flags];
      }),
  );

const asTheUserHadThem = { 'wpa2-psk': '[CURRENT]', nowhere: '', open: '[DISABLED]' };

describe('a service that has connected the host for a guest', () => {
  let supplicant: Program;
  let service: Program;
  let guest: Listener;

  before(async () => {
    await putCapturedOnAir();
  });

  beforeEach(async () => {
    supplicant = await startSupplicant(usersNetworks);
    await usersLink();
    guest = new Listener('vsock://1');
    await guest.listening;
  });

  afterEach(async () => {
    guest.close();
    await Program.stopAll('serve', 'wpa_supplicant');
  });

  for (const flags of [['--restore-host-connection'], []])
    it(`is killed: the next one gives the user everything back (${flags.join() || 'no flag'})`, async () => {
      service = await serve(flags);
      await must(guest.guest.connect(secured(named('wpa2-gcmp'))));
      await service.stop('SIGKILL');
      expect(await networks()).to.deep.equal({
        'wpa2-psk': '[DISABLED]',
        nowhere: '[DISABLED]',
        open: '[DISABLED]',
        'wpa2-gcmp': '[CURRENT]',
      });
      service = await serve(flags);
      await usersLink();
      expect(await networks()).to.deep.equal(asTheUserHadThem);
    });

  it('is killed, and so is wpa_supplicant after somebody has saved its networks: the same', async () => {
    service = await serve();
    await must(guest.guest.connect(secured(named('wpa2-gcmp'))));
    await service.stop('SIGKILL');
    await wpaCli('save_config');
    await supplicant.stop('SIGKILL');
    supplicant = await startSupplicant('saved');
    service = await serve();
    await usersLink();
    expect(await networks()).to.deep.equal(asTheUserHadThem);
    expect(readFileSync(supplicantFile, 'utf8')).to.not.match(/proxy-wifi|wpa2-gcmp/);
  });

  it("ends: the guest's connection stays, but nothing of the user's stays disabled", async () => {
    service = await serve();
    await must(guest.guest.connect(secured(named('wpa2-gcmp'))));
    await service.stop('SIGTERM');
    expect(await networks()).to.deep.equal({ ...asTheUserHadThem, 'wpa2-psk': '', 'wpa2-gcmp': '[CURRENT]' });
  });

  it('fails to connect a second time: no network of ours stays where the first one has gone', async () => {
    const ssid = Buffer.from('brief').toString('hex');
    const brief = await AirRadio.start('wlan4', 11, [
      { ssid, bssid: '02:00:00:00:04:00', settings: security.psk },
    ]);
    service = await serve(['--restore-host-connection']);
    await must(guest.guest.connect(secured(named('brief'))));
    const second = guest.guest.connect(secured(named('wpa2-gcmp'), 'wrong horse'))();
    await until(async () => 'wpa2-gcmp' in (await networks()));
    await brief.cut();
    expect(E.isLeft(await second)).to.equal(true);
    await usersLink();
    expect(await networks()).to.deep.equal(asTheUserHadThem);
  });

  const saved = async (): Promise<string> => {
    await wpaCli('save_config');
    return readFileSync(supplicantFile, 'utf8');
  };

  for (const [kind, connect] of [
    ['open', () => must(guest.guest.connect({ ssid: named('open'), security: 'open' }))],
    ['WPA2', () => must(guest.guest.connect(secured(named('wpa2-gcmp'))))],
    ['WPA3', () => connectBySae(guest.guest, named('wpa3-sae'))],
  ] as const) {
    it(`leaves nothing in the file that somebody saves while the guest's network is ${kind}`, async () => {
      const before = await saved();
      service = await serve();
      await connect();
      const link = (await networks())['wpa2-psk'];
      expect(await saved()).to.not.equal(before);
      await until(async () => readFileSync(supplicantFile, 'utf8') === before);
      expect((await networks())['wpa2-psk']).to.equal(link);
      await must(guest.guest.disconnect());
      expect(readFileSync(supplicantFile, 'utf8')).to.equal(before);
    });

    it(`is killed, and somebody saves the guest's network (${kind}): the next one takes it out`, async () => {
      const before = await saved();
      service = await serve();
      await connect();
      await service.stop('SIGKILL');
      expect(await saved())
        .to.include('id_str="proxy-wifi :')
        .and.not.equal(before);
      service = await serve();
      await until(async () => readFileSync(supplicantFile, 'utf8') === before);
      await usersLink();
      expect(await saved()).to.equal(before);
    });
  }

  it('lets nobody write the key of a guest to disk', async () => {
    service = await serve();
    const wpa2 = secured(named('wpa2-gcmp'));
    const others = async (): Promise<string> => (await saved()).replace(`psk="${passphrase}"`, '');
    await must(guest.guest.connect(wpa2));
    expect(await others()).to.not.include(hexOf(wpa2.key.reveal()));
    await connectBySae(guest.guest, named('wpa3-sae'));
    expect(await others())
      .to.include('ssid="nowhere"')
      .and.not.include(passphrase);
  });
});
