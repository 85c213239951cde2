/** The whole service in one machine: guests over AF_VSOCK and hybrid vsock, real radios, wpa_supplicant. */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { decodeHostMessage } from '../../protocol/frame.js';
import { hexOf } from '../../protocol/hex.js';
import { ssidHex } from '../../protocol/ssid.js';
import { StatusCode } from '../../protocol/status.js';
import { AirRadio, passphrase, putCapturedOnAir, security, takeCapturedOff } from './air/access-points.js';
import { captured, withoutChance } from './air/captured.js';
import { connectBySae, Listener, must, secured } from './air/guests.js';
import { addressOf, distant, distantNamespace, startSupplicant, station } from './air/host.js';
import { type Program, run } from './air/programs.js';
import { named } from './air/radio-watch.js';
import { Service } from './air/service.js';

/** Networks of the capture that a guest can use by itself; the others are shown as WPA2-PSK. */
const usable = [
  'open',
  'wpa2-psk',
  'xml <&>"\' \0\x01 name',
  'hidden-psk',
  '0123456789abcdef0123456789abcdef',
  'wpa2-gcmp',
  'five-gigahertz',
].map((text) => Buffer.from(text).toString('hex'));

/** The RSN element of WPA2-PSK with CCMP (IEEE 802.11-2020, 9.4.2.24), without optional fields. */
const plainRsn = /30140100000fac040100000fac040100000fac02/;

const wpaCli = (...words: string[]): Promise<string> => run('wpa_cli', '-i', station, ...words);

/** The user's own network, in wpa_supplicant's configuration; not connected to by itself. */
const usersNetwork = `network={\nssid="wpa2-psk"\npsk="${passphrase}"\ndisabled=1\n}\n`;

describe('the service on real radios', () => {
  let supplicant: Program;
  let radios: readonly AirRadio[];
  let service: Service;
  let one: Listener;
  let two: Listener;
  before(async () => {
    radios = await putCapturedOnAir();
    supplicant = await startSupplicant(usersNetwork);
    service = new Service({ restoreHostConnection: true, disconnectOnStop: true });
    await service.arrives();
    one = new Listener('vsock://1');
    two = new Listener('unix:///run/vm2.vsock');
    await Promise.all([one.listening, two.listening]);
  });

  after(async () => {
    one.close();
    two.close();
    await service.stop();
    await supplicant.stop();
  });

  afterEach(async () => {
    await must(one.guest.disconnect());
    await must(two.guest.disconnect());
    await wpaCli('disconnect');
    await service.settles(({ interfaces }) => interfaces.every(({ link }) => link === null));
  });

  it('shows a guest every access point: what it can use byte for byte, the rest as WPA2-PSK', async () => {
    await one.scan(named('hidden-psk'));
    const networks = await one.scan();
    const shown = new Map(networks.map((bss) => [bss.bssid.replaceAll(':', ''), bss]));
    expect([...shown.keys()].sort()).to.deep.equal(captured.map(({ BSSID }) => BSSID).sort());
    for (const { SSID, BSSID, Frequency, Privacy, IEs } of captured) {
      const bss = shown.get(BSSID);
      expect(bss && ssidHex(bss.ssid), BSSID).to.equal(SSID);
      expect(bss?.frequency).to.equal(Frequency * 1000);
      const elements = withoutChance(hexOf(bss?.elements ?? new Uint8Array()));
      if (usable.includes(SSID)) {
        expect(elements).to.equal(IEs);
        expect((bss?.capabilities ?? 0) & 0x10).to.equal(Privacy ? 0x10 : 0);
      } else {
        expect(elements).to.match(plainRsn);
        expect((bss?.capabilities ?? 0) & 0x11).to.equal(0x11);
      }
    }
  });

  it('connects a guest to an open and to a WPA2 network, one after the other', async () => {
    const open = await must(one.guest.connect({ ssid: named('open'), security: 'open' }));
    expect(open.bssid).to.equal('02:00:00:00:00:00');
    const psk = await must(one.guest.connect(secured(named('wpa2-gcmp'))));
    expect(psk.bssid).to.equal('02:00:00:00:01:04');
    expect(psk.sessionId).to.equal(open.sessionId + 1);
    expect(await wpaCli('status'))
      .to.include('ssid=wpa2-gcmp')
      .and.include('wpa_state=COMPLETED');
  });

  it('connects a guest to a WPA3 network when it sends the password', async () => {
    const sessionId = await connectBySae(one.guest, named('wpa3-sae'));
    expect(await wpaCli('status')).to.include('key_mgmt=SAE');
    await must(one.guest.disconnect(sessionId));
  });

  it('carries packets over the link', async () => {
    await run('ip', 'netns', 'add', distantNamespace);
    const phy = readFileSync(`/sys/class/net/${distant}/phy80211/name`, 'utf8').trim();
    const ssid = Buffer.from('far').toString('hex');
    await run('iw', 'phy', phy, 'set', 'netns', 'name', distantNamespace);
    const far = await AirRadio.start(
      distant,
      11,
      [{ ssid, bssid: '02:00:00:00:05:00', settings: security.psk }],
      distantNamespace,
    );
    await run('ip', '-n', distantNamespace, 'address', 'add', '10.99.0.1/24', 'dev', distant);
    await run('ip', 'address', 'add', '10.99.0.2/24', 'dev', station);
    await one.sees(named('far'));
    await must(one.guest.connect(secured(named('far'))));
    expect(await run('ping', '-c', '3', '-W', '5', '10.99.0.1')).to.include(' 0% packet loss');
    const lost = one.hears('disconnected');
    await far.cut();
    expect((await lost).sessionId).to.equal(one.guest.sessionId());
    await run('ip', 'address', 'flush', 'dev', station);
  });

  it('answers a wrong key with the status of a failed challenge', async () => {
    const result = await one.guest.connect(secured(named('wpa2-psk'), 'wrong horse'))();
    expect(E.isLeft(result) && result.left).to.include({
      reason: 'connection denied',
      status: StatusCode.challengeFailure,
    });
  });

  it('tells a guest that the access point has sent the host away', async () => {
    const { sessionId } = await must(one.guest.connect(secured(named('wpa2-psk'))));
    const lost = one.hears('disconnected');
    await radios[0]?.deauthenticate(await addressOf(station), 1);
    expect((await lost).sessionId).to.equal(sessionId);
  });

  it('keeps a session when the host roams between access points of the network', async () => {
    const ssid = Buffer.from('campus').toString('hex');
    const points = ['02:00:00:00:04:00', '02:00:00:00:06:00'];
    const first = await AirRadio.start('wlan4', 1, [
      { ssid, bssid: points[0] ?? '', settings: security.psk },
    ]);
    await one.sees(named('campus'));
    const { sessionId } = await must(one.guest.connect(secured(named('campus'))));
    const second = await AirRadio.start('wlan6', 6, [
      { ssid, bssid: points[1] ?? '', settings: security.psk },
    ]);
    // Who is to roam must know the access point.
    await one.sees(named('campus'), points[1]);
    const before = one.heard.length;
    await wpaCli('roam', points[1] ?? '');
    await service.settles(({ interfaces }) => interfaces.some(({ link }) => link?.bssid === points[1]));
    expect(one.heard.slice(before).filter(({ operation }) => operation === 'disconnected')).to.deep.equal([]);
    const mirrored = await must(two.guest.connect(secured(named('campus'))));
    expect(mirrored.bssid).to.equal(points[1]);
    expect(one.guest.sessionId()).to.equal(sessionId);
    await first.stop();
    await second.stop();
  });

  it('finds a hidden network for a guest and connects to it', async () => {
    const networks = await one.scan(named('hidden-psk'));
    expect(networks.map(({ ssid }) => ssid)).to.include(named('hidden-psk'));
    const { bssid } = await must(one.guest.connect(secured(named('hidden-psk'))));
    expect(bssid).to.equal('02:00:00:00:01:01');
  });

  it('lets two guests share a network, and lets the first keep it against other wishes', async () => {
    await must(one.guest.connect(secured(named('wpa2-psk'))));
    const refused = await two.guest.connect({ ssid: named('open'), security: 'open' })();
    expect(E.isLeft(refused)).to.equal(true);
    await must(two.guest.connect(secured(named('wpa2-psk'))));
    await must(one.guest.disconnect());
    expect(await wpaCli('status'))
      .to.include('ssid=wpa2-psk')
      .and.include('wpa_state=COMPLETED');
    await must(two.guest.disconnect());
    expect(await wpaCli('status')).to.not.include('wpa_state=COMPLETED');
    expect(await wpaCli('list_networks')).to.match(/0\twpa2-psk\tany\t\[DISABLED\]\n$/);
  });

  it('mirrors what the host connected to itself, and gives it back when a guest has had another network', async () => {
    const connected = service.tells('hostConnected');
    await wpaCli('select_network', '0');
    expect((await connected).ssid).to.equal(named('wpa2-psk'));
    const { bssid } = await must(one.guest.connect({ ssid: named('wpa2-psk'), security: 'open' }));
    expect(bssid).to.equal('02:00:00:00:00:01');
    await must(one.guest.disconnect());
    expect(await wpaCli('status'))
      .to.include('ssid=wpa2-psk')
      .and.include('wpa_state=COMPLETED');

    await must(one.guest.connect(secured(named('wpa2-gcmp'))));
    await must(one.guest.disconnect());
    await service.settles(({ interfaces }) =>
      interfaces.some(({ link }) => link?.ssid === named('wpa2-psk')),
    );
    await wpaCli('disable_network', '0');
  });

  it('answers the captured session of the real driver', async () => {
    await takeCapturedOff();
    const names = [
      ['open-net', '02:00:00:aa:00:01', security.open],
      ['psk-net', '02:00:00:aa:00:02', security.psk],
      ['hidden-net', '02:00:00:aa:00:05', { ...security.psk, ignore_broadcast_ssid: 1 }],
    ] as const;
    const points = await Promise.all(
      names.map(([text, bssid, settings], i) =>
        AirRadio.start(`wlan${i}`, [1, 6, 11][i] ?? 1, [
          { ssid: Buffer.from(text).toString('hex'), bssid, settings },
        ]),
      ),
    );
    await one.scan(named('hidden-net'));
    const lines = readFileSync('/project/test/fixtures/linux-guest-session.ndjson', 'utf8')
      .trim()
      .split('\n');
    let statuses = 0;
    for (const line of lines) {
      const { from, hex } = JSON.parse(line) as { from?: string; hex?: string };
      if (from !== 'guest' || hex === undefined) continue;
      const answer = decodeHostMessage(await must(one.guest.exchange(Buffer.from(hex, 'hex'))));
      if (E.isLeft(answer)) throw new Error(`an answer that cannot be read to ${hex}`);
      const operation = ['', 'scan.response', '', 'connect.response', '', 'disconnect.response'][
        Number(hex.slice(0, 2))
      ];
      expect(answer.right.operation).to.equal(operation);
      if (answer.right.operation === 'connect.response') {
        expect(answer.right.status, hex).to.equal(StatusCode.success);
        statuses++;
        // The driver ends each session with the id it was given; the captured ids are those of another host.
        await must(one.guest.disconnect(answer.right.sessionId));
      }
    }
    expect(statuses).to.equal(5);
    for (const point of points) await point.stop();
  });
});
