/** The whole chain in one machine with nothing made up but the air: hostapd, wpa_supplicant and the service on software radios, the guest over vsock. */
import { expect } from 'chai';
import { StatusCode } from '../../protocol/status.js';
import { AirRadio, passphrase, security } from '../radio/air/access-points.js';
import { addressOf, station as hostStation, startSupplicant } from '../radio/air/host.js';
import { Program, run } from '../radio/air/programs.js';
import type { Arrangement } from './inside/arrangement.js';
import { inMachine } from './inside/arrangements.js';
import { receive } from './inside/data.js';
import { addInterface, load, unload, wifi } from './inside/driver.js';
import { complaints } from './inside/kernel.js';
import { iwdConnect, Station, startIwd, startWpaSupplicant } from './inside/station.js';

const hex = (text: string): string => Buffer.from(text).toString('hex');

/** Three radios, one network each. */
const onAir = [
  { ssid: 'quay-open', bssid: '02:00:00:bb:00:01', channel: 1, settings: security.open },
  { ssid: 'quay-psk', bssid: '02:00:00:bb:00:02', channel: 6, settings: security.psk },
  {
    ssid: 'quay-hidden',
    bssid: '02:00:00:bb:00:03',
    channel: 11,
    settings: { ...security.psk, ignore_broadcast_ssid: 1 },
  },
] as const;

describe('a guest on the real Wi-Fi of its host', () => {
  let all: Arrangement;
  let station: Station;
  let supplicant: Program;
  let points: readonly AirRadio[] = [];
  before(async () => {
    all = inMachine();
    points = await Promise.all(
      onAir.map(({ ssid, bssid, channel, settings }, i) =>
        AirRadio.start(`wlan${i}`, channel, [{ ssid: hex(ssid), bssid, settings }]),
      ),
    );
    supplicant = await startSupplicant();
    await all.host.start({ input: { ...all.input, radio: 'host', disconnectOnStop: true } });
    await load(all.reach);
    await addInterface(all.lower);
    station = await Station.open();
    while (!(await all.host.status()).interfaces.some(({ name }) => name === hostStation));
  });

  afterEach(async () => {
    await Program.stopAll('guest-wpa_supplicant', 'guest-iwd');
    // They take it down when they leave.
    await run('ip', 'link', 'set', wifi, 'up');
    if (!(await station.link()).includes('Not connected')) await station.disconnect();
    expect(await complaints()).to.equal('');
  });

  after(async () => {
    await station.close();
    await unload();
    await all.host.finish();
    await supplicant.stop();
    for (const point of points) await point.stop();
  });

  it('sees the networks, the hidden one when asked for it', async () => {
    const heard = await station.scan('quay-hidden');
    expect(heard.map(({ ssid, bssid }) => [ssid, bssid])).to.deep.include([
      'quay-hidden',
      '02:00:00:bb:00:03',
    ]);
    const everything = await station.scan();
    expect(everything.map(({ ssid, bssid }) => [ssid, bssid])).to.deep.include.members([
      ['quay-open', '02:00:00:bb:00:01'],
      ['quay-psk', '02:00:00:bb:00:02'],
    ]);
  });

  it('connects to the open one and carries data', async () => {
    expect(await station.connectOpen('quay-open')).to.include('connected to 02:00:00:bb:00:01');
    expect(await run('iw', 'dev', hostStation, 'link')).to.include('SSID: quay-open');
    await run('ip', 'address', 'add', all.address, 'dev', wifi);
    expect((await receive(all.peer, all.address)).bytes).to.equal(100_000_000);
    await run('ip', 'address', 'flush', 'dev', wifi);
  });

  it('connects to WPA2 with wpa_supplicant and with iwd', async () => {
    const guest = await startWpaSupplicant(wifi, 'ssid="quay-psk"', `psk="${passphrase}"`);
    await guest.says('CTRL-EVENT-CONNECTED');
    expect(await run('iw', 'dev', hostStation, 'link')).to.include('SSID: quay-psk');
    await guest.stop();
    await startIwd(wifi, { 'quay-psk': passphrase });
    await iwdConnect(wifi, 'quay-psk');
    expect(await station.link()).to.include('SSID: quay-psk');
  });

  it('is told of a wrong key', async () => {
    const guest = await startWpaSupplicant(wifi, 'ssid="quay-psk"', 'psk="wrong horse"');
    await guest.says(new RegExp(`CTRL-EVENT-ASSOC-REJECT .*status_code=${StatusCode.challengeFailure}`));
  });

  it('shows the signal of the host', async () => {
    await station.connectOpen('quay-open');
    const signal = /signal: (-\d+)/.exec(await run('iw', 'dev', hostStation, 'link'))?.[1];
    await station.linkBecomes(`signal: ${signal} dBm`);
  });

  it('is told that the access point has sent the host away', async () => {
    await station.connectOpen('quay-open');
    station.events.forget();
    await points[0]?.deauthenticate(await addressOf(hostStation));
    await station.isLost();
    expect(await station.link()).to.include('Not connected');
  });
});
