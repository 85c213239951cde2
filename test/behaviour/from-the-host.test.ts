/** behaviour.md, “From the host to the guest”. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { FakeNetwork, InterfaceId } from '../../index.js';
import { bss, network, ssid, station } from '../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, type Stage, type StageOptions, useStages } from '../stage/stage.js';

const wlan0: InterfaceId = station('wlan0').id;

describe('from the host to the guest', () => {
  const stage = useStages();
  const networks = [
    network('Cafe', 1),
    network('Bar', 2),
    network('Open', 3, { security: { kind: 'open' } }),
  ];

  const connectedHost = (input: Parameters<typeof stage>[0] = {}): Promise<Stage> =>
    stage({ interfaces: [station('wlan0', { link: 'Cafe' }), station('wlan1')], networks, ...input });

  describe('host 1: an interface connects', () => {
    it('the observer hears hostConnected with the interface, the SSID and the authentication as shown to the guest', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [...networks, network('Office', 4, { security: { kind: 'wpa2-enterprise' } })],
        observer: { hostConnected: () => undefined },
      });
      for (const name of ['Cafe', 'Open', 'Office'])
        s.control.connectByUser(wlan0, { ssid: ssid(name), bssid: { _tag: 'None' } });
      await s.until(() => s.records.factsOf('hostConnected').length === 3, 'three facts');
      expect(s.records.factsOf('hostConnected')).to.deep.equal([
        { type: 'hostConnected', interfaceId: 'wlan0', ssid: 'Cafe', auth: 'wpa2-psk' },
        { type: 'hostConnected', interfaceId: 'wlan0', ssid: 'Open', auth: 'open' },
        { type: 'hostConnected', interfaceId: 'wlan0', ssid: 'Office', auth: 'wpa2-psk' },
      ]);
      expect(s.records.hooks).to.deep.equal(['hostConnected', 'hostConnected', 'hostConnected']);
    });

    it('guests hear nothing of it', async () => {
      const s = await stage({ interfaces: [station('wlan0')], networks });
      const guest = await s.guest(1);
      await guest.scan();
      s.control.connectByUser(wlan0, { ssid: ssid('Cafe'), bssid: { _tag: 'None' } });
      s.control.scanByHost(wlan0);
      await s.until(() => guest.messages.length > 0, 'a later notification comes');
      expect(guest.messages.map(({ operation }) => operation)).to.deep.equal(['scan.response']);
    });

    it('an access point that changes within the network is no new connection', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]) });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      port.join(linkTo('Cafe', bss('Cafe', 2)));
      port.signal(-70);
      await s.until(() => guest.messages.length > 0, 'a later notification comes');
      expect(guest.messages).to.deep.equal([{ operation: 'signal', rssi: -70 }]);
      expect(s.records.factsOf('hostConnected')).to.have.length(1);
      expect(s.records.factsOf('hostDisconnected')).to.deep.equal([]);
    });
  });

  describe('host 2: an interface is already connected when it is added', () => {
    it('the observer hears hostConnected once', async () => {
      const s = await connectedHost();
      await (await s.guest(1)).scan();
      expect(s.records.factsOf('hostConnected')).to.deep.equal([
        { type: 'hostConnected', interfaceId: 'wlan0', ssid: 'Cafe', auth: 'wpa2-psk' },
      ]);
    });
  });

  describe('host 3: an interface disconnects, or is removed', () => {
    for (const [how, lose] of [
      ['disconnects', (s: Stage) => s.control.disconnectByUser(wlan0)],
      ['is removed', (s: Stage) => s.control.leave(wlan0)],
      ['loses its access point', (s: Stage) => s.control.vanish({ kind: 'ssid', ssid: ssid('Cafe') })],
    ] as const) {
      it(`it ${how}: hostDisconnected with interface and SSID, and disconnected(session id) for the guests on it only`, async () => {
        const s = await connectedHost();
        const [first, second, elsewhere, idle] = [
          await s.guest(1),
          await s.guest(2),
          await s.guest(3),
          await s.guest(4),
        ];
        await first.connect('Cafe');
        await first.connect('Cafe');
        await second.connect('Cafe');
        s.control.connectByUser(station('wlan1').id, { ssid: ssid('Bar'), bssid: { _tag: 'None' } });
        await elsewhere.connect('Bar');
        await idle.scan();
        lose(s);
        await s.until(
          () => first.disconnections.length + second.disconnections.length === 2,
          'both hear of it',
        );
        expect([first.disconnections, second.disconnections]).to.deep.equal([[2], [1]]);
        expect(s.statusOf(first)?.session).to.equal(null);
        expect(s.statusOf(elsewhere)?.session).to.include({ id: 1 });
        expect(s.records.factsOf('hostDisconnected')).to.deep.equal([
          { type: 'hostDisconnected', interfaceId: 'wlan0', ssid: 'Cafe' },
        ]);
        s.control.scanByHost(station('wlan1').id);
        await s.until(() => elsewhere.scans.length + idle.scans.length === 2, 'a later notification comes');
        expect([...elsewhere.disconnections, ...idle.disconnections]).to.deep.equal([]);
      });
    }

    it('disconnected can be switched off; the session ends all the same', async () => {
      const s = await connectedHost({ input: { notifyDisconnected: false } });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      s.control.disconnectByUser(wlan0);
      await s.until(() => s.statusOf(guest)?.session === null, 'the session ends');
      s.control.scanByHost(wlan0);
      await s.until(() => guest.messages.length > 0, 'a later notification comes');
      expect(guest.disconnections).to.deep.equal([]);
    });

    it('a guest-directed session ends like a mirrored one', async () => {
      const s = await stage({ interfaces: [station('wlan0')], networks });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      s.control.vanish({ kind: 'ssid', ssid: ssid('Cafe') });
      await s.until(() => guest.disconnections.length === 1, 'the guest hears of it');
      expect(s.statusOf(guest)?.session).to.equal(null);
    });

    it('the host connects to another network: the sessions on the former one end', async () => {
      const s = await connectedHost();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      s.control.connectByUser(wlan0, { ssid: ssid('Bar'), bssid: { _tag: 'None' } });
      await s.until(() => guest.disconnections.length === 1, 'the guest hears of it');
      expect(s.records.facts.slice(-2).map(({ type }) => type)).to.deep.equal([
        'hostDisconnected',
        'hostConnected',
      ]);
    });

    it('the session id is the one of the session that ended, so that a guest that has reconnected meanwhile ignores it', async () => {
      const s = await connectedHost();
      const deaf = s.deafGuest(1);
      await deaf.connect('Cafe');
      s.control.disconnectByUser(wlan0);
      await s.until(
        () => s.records.count('notificationsRetried', 'disconnected') > 0,
        'the guest cannot be reached',
      );
      s.control.connectByUser(wlan0, { ssid: ssid('Cafe'), bssid: { _tag: 'None' } });
      await deaf.connect('Cafe');
      expect(deaf.guest.sessionId()).to.equal(2);
      await deaf.listen(s.changed);
      await s.until(() => s.records.count('notificationsSent', 'disconnected') === 1, 'it is delivered');
      const [sent] = s.records.frames.filter((f) => f.channel === 'notification');
      expect(Buffer.from(sent?.frame ?? []).readBigUInt64LE(7)).to.equal(1n);
      s.control.fade({ kind: 'ssid', ssid: ssid('Cafe') }, -77, 0);
      await s.until(() => deaf.signals.length === 1, 'a later notification comes');
      expect(deaf.disconnections).to.deep.equal([]);
    });
  });

  describe('host 4: signal changes', () => {
    it('the guests whose session is on the interface get the signal in dBm, and no others', async () => {
      const s = await connectedHost();
      const [mirroring, elsewhere, idle] = [await s.guest(1), await s.guest(2), await s.guest(3)];
      await mirroring.connect('Cafe');
      s.control.connectByUser(station('wlan1').id, { ssid: ssid('Bar'), bssid: { _tag: 'None' } });
      await elsewhere.connect('Bar');
      await idle.scan();
      s.control.fade({ kind: 'ssid', ssid: ssid('Cafe') }, -71, 0);
      await s.until(() => mirroring.signals.length === 2, 'the guest on it hears of it');
      s.control.scanByHost(wlan0);
      await s.until(() => elsewhere.scans.length + idle.scans.length === 2, 'a later notification comes');
      expect(mirroring.signals).to.deep.equal([-50, -71]);
      expect(elsewhere.signals, 'its own, when it connected').to.deep.equal([-50]);
      expect(idle.signals).to.deep.equal([]);
      expect(s.interfaceStatus('wlan0')?.rssi).to.equal(-71);
    });

    it('connect 8: a guest that connects is told the signal of the moment, as the host said last or saw in its last scan', async () => {
      const device = new ScriptedStation('wlan0').connectsAt(linkTo('Bar', bss('Bar', 2)));
      device.seen = [bss('Cafe', 1, { rssi: -61 }), bss('Bar', 2, { rssi: -62 })];
      device.join(linkTo('Cafe', bss('Cafe', 1)));
      const s = await stage({ radio: new ScriptedRadio([device]) });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await s.until(() => guest.signals.length === 1, 'the signal of the scan comes');
      device.signal(-70);
      await s.until(() => guest.signals.length === 2, 'the changed signal comes');
      await guest.connect('Cafe');
      await s.until(() => guest.signals.length === 3, 'the signal that the host told comes again');
      await guest.connect('Bar');
      await s.until(() => guest.signals.length === 4, 'the signal of the other network comes');
      expect(guest.signals).to.deep.equal([-61, -70, -70, -62]);
    });

    it('a guest whose session has ended gets no signal any more', async () => {
      const s = await connectedHost();
      const [leaving, staying] = [await s.guest(1), await s.guest(2)];
      await leaving.connect('Cafe');
      await staying.connect('Cafe');
      await leaving.disconnect();
      s.control.fade({ kind: 'ssid', ssid: ssid('Cafe') }, -71, 0);
      await s.until(() => staying.signals.at(-1) === -71, 'the other one hears of it');
      s.control.scanByHost(wlan0);
      await s.until(() => leaving.scans.length === 1, 'a later notification comes');
      expect(leaving.signals).to.deep.equal([-50]);
    });

    it('a station is asked for its signal exactly while a guest is on it', async () => {
      const radio = new ScriptedRadio([]);
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cafe', 1)];
      radio.arrive(port);
      const s = await stage({ radio });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const guest = await s.guest(1);
      await guest.scan();
      expect(port.followed).to.deep.equal([]);
      await guest.connect('Cafe');
      await s.until(() => port.followed.length === 1, 'the station is followed');
      await guest.disconnect();
      await s.until(() => port.followed.length === 2, 'the station is not followed any more');
      expect(port.followed).to.deep.equal([true, false]);
    });
  });

  describe('host 5: a scan completes unasked', () => {
    it('every known guest gets a scan response', async () => {
      const s = await connectedHost();
      const guests = [await s.guest(1), await s.guest(2)];
      await guests[0]?.scan();
      await guests[1]?.disconnect();
      s.control.scanByHost(wlan0);
      await s.until(() => guests.every(({ scans }) => scans.length === 1), 'both get it');
    });

    it('the response holds what the other stations have seen too: it takes the place of one that waits', async () => {
      const radio = new ScriptedRadio([]);
      const ports = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')] as const;
      ports[0].seen = [bss('Cafe', 1), bss('Both', 3)];
      ports[1].seen = [bss('Library', 2), bss('Both', 3)];
      for (const port of ports) radio.arrive(port);
      const s = await stage({ radio });
      const guest = await s.guest(1);
      await guest.disconnect();
      ports[1].events.next({ type: 'scan.completed' });
      await s.until(() => guest.scans.length === 1, 'the guest hears of it');
      expect(guest.scans[0]?.networks.map(({ ssid: name }) => name)).to.deep.equal([
        'Cafe',
        'Both',
        'Library',
      ]);
    });
  });

  describe('host 7: the host application changes its fake networks', () => {
    const [lab, attic] = [
      { ssid: 'Lab', bssid: '02:00:00:00:00:09' },
      { ssid: 'Attic', bssid: '02:00:00:00:00:0a' },
    ];
    const names = ({ networks }: { networks: readonly { ssid: string }[] }) =>
      networks.map(({ ssid: name }) => name);

    const seeing = (name: string): ScriptedStation => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss(name, 1)];
      port.onScan = () => E.right('complete');
      return port;
    };

    const changing = async (first: readonly FakeNetwork[], options: StageOptions = {}) => {
      const list = { now: first };
      const s = await stage({ ...options, input: { fakeNetworks: async () => list.now } });
      const guests = [await s.guest(1), await s.guest(2)] as const;
      for (const guest of guests) await guest.scan();
      return { s, list, guests };
    };

    it('one that is taken away ends the sessions on it, and no others', async () => {
      const { s, list, guests } = await changing([lab, attic]);
      const [guest, other] = guests;
      await guest.connect('Lab');
      await other.connect('Attic');
      list.now = [attic];
      s.proxy.send({ type: 'networks.changed' });
      await s.until(() => guest.disconnections.length === 1, 'the guest is told');
      expect(guest.disconnections).to.deep.equal([1]);
      expect(s.statusOf(guest)?.session).to.equal(null);
      await other.scan();
      expect(other.disconnections).to.deep.equal([]);
      expect(s.statusOf(other)?.session).to.include({ ssid: ssid('Attic') });
    });

    it('a changed list is told to every known guest as a scan that completes unasked, with what the stations have seen', async () => {
      const { s, list, guests } = await changing([lab], { radio: new ScriptedRadio([seeing('Cafe')]) });
      list.now = [lab, attic];
      s.proxy.send({ type: 'networks.changed' });
      await s.until(() => guests.every(({ scans }) => scans.length === 1), 'both hear of it');
      for (const { scans } of guests)
        expect([scans[0]?.complete, scans.map(names)]).to.deep.equal([true, [['Lab', 'Attic', 'Cafe']]]);
    });

    it('the same list again is no news, and a callback that fails takes nothing away', async () => {
      const { s, list, guests } = await changing([lab]);
      const [guest, other] = guests;
      await guest.connect('Lab');
      list.now = [{ ...lab }];
      s.proxy.send({ type: 'networks.changed' });
      list.now = 'broken' as unknown as typeof list.now;
      s.proxy.send({ type: 'networks.changed' });
      await s.until(() => s.records.linesAbout('no fake networks').length === 1, 'the log tells');
      list.now = [lab];
      await other.scan();
      expect(s.statusOf(guest)?.session).to.include({ ssid: ssid('Lab') });
      expect([guest.disconnections, guest.scans, other.scans]).to.deep.equal([[], [], []]);
    });

    it('a scan or a connect finds it out as well: the others are told, who asks has the answer', async () => {
      const { s, list, guests } = await changing([lab, attic]);
      const [guest, other] = guests;
      await guest.connect('Lab');
      list.now = [attic];
      expect(names(await other.scan())).to.deep.equal(['Attic']);
      await s.until(() => guest.disconnections.length === 1 && guest.scans.length === 1, 'the guest is told');
      list.now = [];
      expect((await guest.connect('Attic')).status).to.not.equal(0);
      await s.until(() => other.scans.length === 1, 'the other guest is told');
      expect(other.scans.map(names)).to.deep.equal([[]]);
    });

    it('one that goes while the host application decides about a connection is not joined any more', async () => {
      const held = new Deferred<'approve'>();
      const { s, list, guests } = await changing([lab], {
        observer: { authorizeGuestConnection: () => held.promise },
      });
      const [guest] = guests;
      const connected = guest.connect('Lab');
      await s.until(
        () => s.records.hooks.includes('authorizeGuestConnection'),
        'the host application is asked',
      );
      list.now = [];
      s.proxy.send({ type: 'networks.changed' });
      await s.until(() => guest.scans.length === 1, 'the list has changed');
      held.resolve('approve');
      expect((await connected).status).to.not.equal(0);
      expect(s.statusOf(guest)?.session).to.equal(null);
    });
  });

  describe('host 6: the Wi-Fi service of the host goes away', () => {
    it('its interfaces are removed, with what follows for the observer and the guests', async () => {
      const s = await connectedHost({ time: 'manual' });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      s.control.dieService();
      await s.until(() => guest.disconnections.length === 1, 'the guest hears of it');
      expect(s.status.interfaces).to.deep.equal([]);
      expect(s.records.factsOf('hostDisconnected')).to.have.length(1);
      expect(await guest.seen()).to.deep.equal([]);
    });

    it('one that was never there is told of once to people, and looked for again half a second later', async () => {
      const radio = new ScriptedRadio([]);
      radio.die();
      const s = await stage({ time: 'manual', radio });
      await s.clock.advance(499);
      expect(radio.openings).to.equal(1);
      await s.clock.advance(1);
      expect(radio.openings).to.equal(2);
      const lines = s.records.linesAbout('it is looked for again');
      expect(lines.map(({ level }) => level)).to.deep.equal(['warn', 'debug']);
    });

    it('it is looked for again with growing pauses, and serves guests when it is back', async () => {
      const radio = new ScriptedRadio([]);
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cafe', 1)];
      radio.arrive(port);
      const s = await stage({ time: 'manual', radio });
      radio.die();
      for (const [i, pause] of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000].entries()) {
        await s.clock.advance(pause - 1);
        expect(radio.openings, `before pause ${i} is over`).to.equal(1 + i);
        await s.clock.advance(1);
        expect(radio.openings, `after pause ${i}`).to.equal(2 + i);
      }
      const levels = s.records.linesAbout('it is looked for again').map(({ level }) => level);
      expect(levels, 'said once to people').to.deep.equal([
        'warn',
        ...Array.from({ length: 8 }, () => 'debug'),
      ]);
      expect(s.status.counters.restarts).to.deep.equal({ radio: 9 });
      radio.broken = undefined;
      await s.clock.advance(30_000);
      expect(s.status.radios).to.deep.include.members([
        { name: 'scripted', state: { open: 'ready' }, problem: null },
      ]);
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe']);
      const arrival = { interfaceId: 'wlan0', name: 'wlan0', radio: 'scripted' };
      expect(s.records.linesAbout('interface arrived').map(({ facts }) => facts)).to.deep.equal([
        arrival,
        arrival,
      ]);
      radio.die();
      await s.clock.advance(500);
      expect(radio.openings, 'the pauses begin anew').to.equal(11);
    });

    it('a guest that asks makes it be looked for at once, twice a second at most', async () => {
      const radio = new ScriptedRadio([]);
      const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      port.seen = [bss('Cafe', 1)];
      radio.arrive(port);
      const s = await stage({ time: 'manual', radio });
      const guest = await s.guest(1);
      radio.die();
      for (const pause of [500, 1000, 2000, 4000, 8000]) await s.clock.advance(pause);
      const openings = radio.openings;
      await s.clock.advance(499);
      for (let i = 0; i < 3; i++) await guest.connect('Cafe');
      await guest.seen();
      expect(radio.openings, 'too early').to.equal(openings);
      await s.clock.advance(1);
      for (let i = 0; i < 3; i++) expect((await guest.connect('Cafe')).status).to.not.equal(0);
      expect(radio.openings, 'still away').to.equal(openings + 1);
      radio.broken = undefined;
      await s.clock.advance(500);
      await guest.seen();
      await s.until(() => s.status.interfaces.length === 1, 'the interface is back');
      expect(await guest.connect('Cafe')).to.include({ status: 0 });
    });

    it('what a guest wanted of it meanwhile fails, and other radios serve on', async () => {
      const s = await connectedHost({
        time: 'manual',
        input: { fakeNetworks: () => [{ ssid: 'Lab', bssid: '02:00:00:00:00:09' }] },
      });
      s.control.arm({ kind: 'connect.hangs' });
      const guest = await s.guest(1);
      const connected = guest.connect('Bar');
      await s.until(
        () => s.interfaceStatus('wlan0')?.state?.valueOf() !== undefined && s.isBusy(guest),
        'it connects',
      );
      s.control.dieService();
      expect((await connected).status).to.not.equal(0);
      expect(await guest.connect('Lab')).to.include({ status: 0 });
    });
  });
});
