/** behaviour.md, “Connect”. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { connectionPolicy, type Observer } from '../../index.js';
import { AuthType, type ConnectRequest, WpaVersion } from '../../protocol/connect.js';
import { decodeHostMessage, encodeRequest, type Request } from '../../protocol/index.js';
import { AkmSuite, CipherSuite } from '../../protocol/suites.js';
import { right } from '../protocol/either.js';
import { anyKey, bss, bssidNumber, network, ssid, station } from '../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, type Stage, useStages } from '../stage/stage.js';

const deny: Observer = { authorizeGuestConnection: () => 'deny' };

const wpa2Request: ConnectRequest = {
  operation: 'connect',
  ssid: ssid('Cafe'),
  bssid: O.none,
  authType: AuthType.openSystem,
  wpaVersions: WpaVersion.wpa2,
  akmSuites: [AkmSuite.psk],
  pairwiseCipherSuites: [CipherSuite.ccmp],
  groupCipherSuite: CipherSuite.ccmp,
  key: anyKey,
};

describe('connect', () => {
  const stage = useStages();
  const cafe = [network('Cafe', 1), network('Bar', 2)];

  /** The host is connected to `Cafe` on wlan0. */
  const connectedHost = (observer: Observer = {}): Promise<Stage> =>
    stage({ interfaces: [station('wlan0', { link: 'Cafe' })], networks: cafe, observer });

  const notHere: ScriptedStation['onConnect'] = async () =>
    E.left({ reason: 'network not found', status: 1, detail: 'nobody there' });

  /** Two interfaces, of which the first serves `Cafe` only and the second `Bar` only; what they refuse costs them nothing. */
  const pickyInterfaces = async (): Promise<{
    s: Stage;
    first: ScriptedStation;
    second: ScriptedStation;
  }> => {
    const only = (name: string, accessPoint: number, port: ScriptedStation): ScriptedStation => {
      port.onConnect = async (order, abort) => {
        if (order.ssid !== ssid(name)) return notHere(order, abort);
        const link = linkTo(name, bss(name, accessPoint));
        port.join(link);
        return E.right(link);
      };
      return port;
    };
    const first = only('Cafe', 1, new ScriptedStation('wlan0'));
    const second = only('Bar', 2, new ScriptedStation('wlan1'));
    return { s: await stage({ radio: new ScriptedRadio([first, second]) }), first, second };
  };

  const statusAfter = async (s: Stage, request: Request): Promise<number> => {
    const answer = right(
      decodeHostMessage(right(await (await s.guest(1)).guest.exchange(encodeRequest(request))())),
    );
    if (answer.operation !== 'connect.response') throw new Error(answer.operation);
    return answer.status;
  };

  describe('1: mirroring', () => {
    it('connect 1: an SSID that an interface is already connected to is mirrored, with the BSSID of the host', async () => {
      const s = await connectedHost();
      const guest = await s.guest(1);
      expect(await guest.connect('Cafe')).to.include({ status: 0, bssid: bssidNumber(1) });
      expect(s.statusOf(guest)?.session).to.include({ type: 'hostMirroring', interfaceId: 'wlan0' });
    });

    it('connect 1: the observer is asked about hostMirroring and the SSID', async () => {
      const s = await connectedHost({ authorizeGuestConnection: () => 'approve' });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      expect(s.records.entries.find(({ kind }) => kind === 'hook')).to.deep.equal({
        kind: 'hook',
        name: 'authorizeGuestConnection',
        facts: {
          guest: guest.id,
          type: 'hostMirroring',
          ssid: ssid('Cafe'),
          auth: 'wpa2-psk',
          networkAuth: 'wpa2-psk',
        },
      });
    });

    it('connect 1: the host does not change', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]) });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      expect(await (await s.guest(1)).connect('Cafe')).to.include({ status: 0 });
      expect(port.asked).to.deep.equal([]);
    });

    it('connect 1: a mirrored network is mirrored whatever security the guest offers', async () => {
      const s = await connectedHost();
      expect(await (await s.guest(1)).connectOpen('Cafe')).to.include({ status: 0 });
    });

    it('connect 1: an interface that claims a link of which it never told: looked at twice, then refused for now', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({
        radio: new ScriptedRadio([port]),
        observer: { authorizeGuestConnection: () => 'approve' },
      });
      port.current = O.some(linkTo('Cafe', bss('Cafe', 1)));
      expect((await (await s.guest(1)).connect('Cafe')).status).to.equal(30);
      expect(s.records.hooks).to.have.length(2);
    });

    it('connect 1: an interface that has told of a link of which it knows nothing: looked at twice, then refused for now', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({
        time: 'manual',
        radio: new ScriptedRadio([port]),
        observer: { authorizeGuestConnection: () => 'approve' },
      });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      port.current = O.none;
      expect((await (await s.guest(1)).connect('Cafe')).status).to.equal(30);
      expect(s.records.hooks).to.have.length(2);
      expect(port.asked).to.deep.equal([]);
    });

    it('connect 1: an enterprise network that the host is connected to can be mirrored', async () => {
      const s = await stage({
        interfaces: [station('wlan0', { link: 'Office' })],
        networks: [network('Office', 1, { security: { kind: 'wpa2-enterprise' } })],
      });
      expect(await (await s.guest(1)).connect('Office')).to.include({ status: 0, bssid: bssidNumber(1) });
    });
  });

  describe('2: guest-directed', () => {
    it('connect 2: the observer is asked about guestDirected and the SSID, then the host connects', async () => {
      const held = new Deferred<'approve'>();
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: cafe,
        observer: { authorizeGuestConnection: () => held.promise },
      });
      const guest = await s.guest(1);
      const connected = guest.connect('Cafe');
      await s.until(() => s.records.hooks.length === 1, 'the host application is asked');
      expect(s.records.entries.find(({ kind }) => kind === 'hook')).to.deep.include({
        facts: {
          guest: guest.id,
          type: 'guestDirected',
          ssid: ssid('Cafe'),
          auth: 'wpa2-psk',
          networkAuth: 'wpa2-psk',
        },
      });
      expect(s.interfaceStatus('wlan0')?.link).to.equal(null);
      held.resolve('approve');
      expect(await connected).to.include({ status: 0, bssid: bssidNumber(1) });
      expect(s.interfaceStatus('wlan0')?.link).to.deep.equal({ ssid: ssid('Cafe'), bssid: bssidNumber(1) });
    });

    it('connect 2: interfaces are tried one after another in dispatch order until one connects', async () => {
      const ports = [0, 1, 2].map((i) => new ScriptedStation(`wlan${i}`));
      const order: string[] = [];
      for (const port of ports)
        port.onConnect = async () => {
          order.push(port.name);
          return E.left({ reason: 'network not found', status: 1, detail: 'nobody there' });
        };
      ports[1]?.connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      const s = await stage({ radio: new ScriptedRadio(ports) });
      const guest = await s.guest(1);
      expect(await guest.connect('Cafe')).to.include({ status: 0 });
      expect(order).to.deep.equal(['wlan0']);
      expect(ports.map(({ asked }) => asked.length)).to.deep.equal([1, 1, 0]);
      expect(s.statusOf(guest)?.session).to.include({ interfaceId: 'wlan1' });
    });

    it('connect 2: an interface that cannot serve such security is not tried', async () => {
      const [unable, able] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      unable.supported = false;
      able.connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      const s = await stage({ radio: new ScriptedRadio([unable, able]) });
      expect(await (await s.guest(1)).connect('Cafe')).to.include({ status: 0 });
      expect(unable.asked).to.deep.equal([]);
    });

    it('connect 2: one try takes 10 s at most', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      const guest = await s.guest(1);
      const connected = guest.connect('Cafe');
      await s.until(() => port.asked.length === 1, 'the host connects');
      await s.clock.advance(9999);
      expect(s.statusOf(guest)?.dispatcher).to.deep.equal({ busy: { connecting: { trying: 'ordering' } } });
      await s.clock.advance(1);
      expect((await connected).status).to.equal(16);
    });

    it('connect 2: what is left of the 18 s is shared by the tries to come, so two hanging interfaces still answer', async () => {
      const [first, second] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([first, second]) });
      const guest = await s.guest(1);
      const connected = guest.connect('Cafe');
      await s.until(() => first.asked.length === 1, 'the first interface is tried');
      await s.clock.advance(8999);
      expect(second.asked).to.deep.equal([]);
      await s.clock.advance(1);
      await s.until(() => second.asked.length === 1, 'the second interface is tried after 9 s');
      await s.clock.advance(8999);
      expect(s.isBusy(guest)).to.equal(true);
      await s.clock.advance(1);
      expect((await connected).status).to.not.equal(0);
    });

    it('connect 2: two slow interfaces of which the second one connects after 8.5 s succeed within the 18 s', async () => {
      const [first, second] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      const joined = new Deferred<void>();
      second.onConnect = async () => {
        await joined.promise;
        const link = linkTo('Cafe', bss('Cafe', 1));
        second.join(link);
        return E.right(link);
      };
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([first, second]) });
      const connected = (await s.guest(1)).connect('Cafe');
      await s.until(() => first.asked.length === 1, 'the first interface is tried');
      await s.clock.advance(9000);
      await s.until(() => second.asked.length === 1, 'the second interface is tried');
      await s.clock.advance(8500);
      joined.resolve();
      expect(await connected).to.include({ status: 0 });
    });

    it('connect 2: a try that is given up is abandoned on the host', async () => {
      const port = new ScriptedStation('wlan0');
      const aborted = new Deferred<void>();
      port.onConnect = (_order, abort) =>
        new Promise(() => abort.addEventListener('abort', () => aborted.resolve()));
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      const connected = (await s.guest(1)).connect('Cafe');
      await s.until(() => port.asked.length === 1, 'the host connects');
      await s.clock.advance(10_000);
      await connected;
      await aborted.promise;
      expect(s.interfaceStatus('wlan0')?.state).to.include({ link: 'disconnected' });
    });

    it('connect 2: the interface that is removed while it connects is passed over', async () => {
      const [first, second] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      second.connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      const radio = new ScriptedRadio([first, second]);
      const s = await stage({ radio });
      const guest = await s.guest(1);
      const connected = guest.connect('Cafe');
      await s.until(() => first.asked.length === 1, 'the first interface is tried');
      radio.leave(first.id);
      expect(await connected).to.include({ status: 0 });
      expect(s.statusOf(guest)?.session).to.include({ interfaceId: 'wlan1' });
    });

    it('connect 2: the interface that is removed while the host application is asked is passed over', async () => {
      const held = new Deferred<'approve'>();
      const [first, second] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      second.connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      const radio = new ScriptedRadio([first, second]);
      const s = await stage({ radio, observer: { authorizeGuestConnection: () => held.promise } });
      const connected = (await s.guest(1)).connect('Cafe');
      await s.until(() => s.records.hooks.length === 1, 'the host application is asked');
      radio.leave(first.id);
      held.resolve('approve');
      expect(await connected).to.include({ status: 0 });
      expect(first.asked).to.deep.equal([]);
    });

    it('connect 2: the only interface is removed while it connects: the request fails at once', async () => {
      const port = new ScriptedStation('wlan0');
      const radio = new ScriptedRadio([port]);
      const s = await stage({ time: 'manual', radio });
      const connected = (await s.guest(1)).connect('Cafe');
      await s.until(() => port.asked.length === 1, 'the interface is tried');
      radio.leave(port.id);
      expect((await connected).status).to.equal(1);
    });
  });

  describe('3: what no interface could ever serve', () => {
    const impossible: readonly (readonly [string, number, Partial<ConnectRequest>])[] = [
      ['shared key authentication', 13, { authType: AuthType.sharedKey }],
      ['FT authentication', 13, { authType: AuthType.ft }],
      ['an enterprise AKM', 43, { akmSuites: [AkmSuite.ieee8021x] }],
      ['WPA1', 43, { wpaVersions: WpaVersion.wpa }],
      ['TKIP as pairwise cipher', 42, { pairwiseCipherSuites: [CipherSuite.tkip] }],
      ['TKIP as group cipher', 41, { groupCipherSuite: CipherSuite.tkip }],
      [
        'WEP',
        42,
        { akmSuites: [], wpaVersions: 0, pairwiseCipherSuites: [CipherSuite.wep40], groupCipherSuite: 0 },
      ],
    ];

    for (const [what, status, parts] of impossible) {
      it(`connect 3: ${what} fails at once with status ${status}, without touching or asking the host`, async () => {
        const port = new ScriptedStation('wlan0');
        const s = await stage({
          time: 'manual',
          radio: new ScriptedRadio([port]),
          observer: { authorizeGuestConnection: () => 'approve' },
        });
        expect(await statusAfter(s, { ...wpa2Request, ...parts })).to.equal(status);
        expect(port.asked).to.deep.equal([]);
        expect(s.records.hooks).to.deep.equal([]);
      });
    }

    it('connect 3: security that none of the interfaces supports fails at once', async () => {
      const port = new ScriptedStation('wlan0');
      port.supported = false;
      const s = await stage({ radio: new ScriptedRadio([port]) });
      expect(await statusAfter(s, wpa2Request)).to.equal(13);
      expect(port.asked).to.deep.equal([]);
    });

    it('connect 3: a host without interfaces fails at once', async () => {
      expect(await statusAfter(await stage(), wpa2Request)).to.equal(1);
    });
  });

  describe('4: denied, failed or impossible', () => {
    it('connect 4: a denied mirroring has a status other than 0 and no session', async () => {
      const s = await connectedHost(deny);
      const guest = await s.guest(1);
      expect((await guest.connect('Cafe')).status).to.equal(37);
      expect(s.statusOf(guest)?.session).to.equal(null);
    });

    it('connect 4: a denied mirroring is reported as hostMirroring, a denied guest-directed request as guestDirected', async () => {
      const s = await connectedHost(deny);
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.connect('Bar');
      expect(
        s.records.factsOf('guestConnectionCompleted').map(({ connection, status }) => [connection, status]),
      ).to.deep.equal([
        ['hostMirroring', 37],
        ['guestDirected', 37],
      ]);
    });

    it('connect 4: a denied guest-directed request does not touch the host', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]), observer: deny });
      await (await s.guest(1)).connect('Cafe');
      expect(port.asked).to.deep.equal([]);
    });

    it('connect 4: a denied request leaves the guest’s previous session what it was', async () => {
      const s = await connectedHost({
        authorizeGuestConnection: ({ ssid: wanted }) => (wanted === ssid('Cafe') ? 'approve' : 'deny'),
      });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      const before = s.statusOf(guest)?.session;
      expect((await guest.connect('Bar')).status).to.equal(37);
      expect(s.statusOf(guest)?.session).to.deep.equal(before);
      s.control.disconnectByUser(station('wlan0').id);
      await s.until(() => guest.disconnections.length === 1, 'the guest hears of the end of that session');
      expect(guest.disconnections).to.deep.equal([1]);
    });

    it('connect 4: a failed request leaves the guest’s previous session what it was', async () => {
      const { s, first, second } = await pickyInterfaces();
      second.onConnect = notHere;
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      const before = s.statusOf(guest)?.session;
      expect((await guest.connect('Bar')).status).to.equal(1);
      expect(s.statusOf(guest)?.session).to.deep.equal(before);
      first.signal(-61);
      await s.until(() => guest.messages.length > 0, 'the guest still hears of that session');
      expect(guest.messages).to.deep.equal([{ operation: 'signal', rssi: -61 }]);
    });

    it('connect 4: an impossible request leaves the guest’s previous session what it was', async () => {
      const s = await connectedHost();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      const before = s.statusOf(guest)?.session;
      const impossible = encodeRequest({ ...wpa2Request, ssid: ssid('Bar'), authType: AuthType.sharedKey });
      await guest.guest.exchange(impossible)();
      expect(s.statusOf(guest)?.session).to.deep.equal(before);
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
    });

    it('connect 4: a wrong key is answered with the status of the host', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1, { secret: 'another passphrase' })],
      });
      const guest = await s.guest(1);
      expect((await guest.connect('Cafe')).status).to.equal(15);
      expect(s.statusOf(guest)?.session).to.equal(null);
    });

    it('connect 4: an attempt that costs the guest its own connection on the same interface is followed by disconnected', async () => {
      const s = await stage({ interfaces: [station('wlan0')], networks: cafe });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      s.control.arm({ kind: 'connect.fails', reason: 'rejected', status: O.none });
      expect((await guest.connect('Bar')).status).to.equal(17);
      await s.until(() => guest.disconnections.length === 1, 'the guest hears that its session is over');
      expect(guest.disconnections).to.deep.equal([1]);
      expect(s.statusOf(guest)?.session).to.equal(null);
    });
  });

  describe('5: session ids', () => {
    it('connect 5: each connect answer, successful or not, has the next session id, and the first is 1', async () => {
      const s = await stage({ interfaces: [station('wlan0')], networks: cafe });
      const guest = await s.guest(1);
      const ids: number[] = [];
      for (const name of ['Nowhere', 'Cafe', 'Nowhere', 'Cafe'])
        ids.push((await guest.connect(name)).sessionId);
      expect(ids).to.deep.equal([1, 2, 3, 4]);
    });

    it('connect 5: each guest has its own count', async () => {
      const s = await connectedHost();
      expect((await (await s.guest(1)).connect('Cafe')).sessionId).to.equal(1);
      expect((await (await s.guest(2)).connect('Cafe')).sessionId).to.equal(1);
    });

    it('connect 5: the session in effect is the one of the last successful answer', async () => {
      const s = await connectedHost({
        authorizeGuestConnection: ({ ssid: wanted }) => (wanted === ssid('Cafe') ? 'approve' : 'deny'),
      });
      const guest = await s.guest(1);
      await guest.connect('Bar');
      await guest.connect('Cafe');
      await guest.connect('Bar');
      expect(s.statusOf(guest)?.session).to.include({ id: 2 });
      expect(s.statusOf(guest)?.lastSessionId).to.equal(3);
    });

    it('connect 5: a guest that connects again to what it mirrors has a new session in effect', async () => {
      const s = await connectedHost();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      expect((await guest.connect('Cafe')).sessionId).to.equal(2);
      s.control.disconnectByUser(station('wlan0').id);
      await s.until(() => guest.disconnections.length === 1, 'the guest hears of it');
      expect(guest.disconnections).to.deep.equal([2]);
    });
  });

  describe('6: the observer hears of the result before the guest', () => {
    it('connect 6: guestConnectionCompleted tells type, status, interface, SSID and authentication', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [
          network('Cafe', 1, { security: { kind: 'wpa2/wpa3-transition' } }),
          network('Open', 2, { security: { kind: 'open' } }),
        ],
      });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.connectOpen('Open');
      await guest.connectOpen('Nowhere');
      const common = { type: 'guestConnectionCompleted', guest: guest.id, connection: 'guestDirected' };
      expect(s.records.factsOf('guestConnectionCompleted')).to.deep.equal([
        {
          ...common,
          status: 0,
          interfaceId: 'wlan0',
          ssid: 'Cafe',
          auth: 'wpa2-psk',
          networkAuth: 'wpa2/wpa3-transition',
        },
        { ...common, status: 0, interfaceId: 'wlan0', ssid: 'Open', auth: 'open', networkAuth: 'open' },
        { ...common, status: 1, interfaceId: null, ssid: 'Nowhere', auth: 'open', networkAuth: null },
      ]);
    });

    it('connect 6: the answer is sent after the hook is through', async () => {
      const held = new Deferred<void>();
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: cafe,
        observer: { guestConnectionCompleted: () => held.promise },
      });
      const [guest, other] = [await s.guest(1), await s.guest(2)];
      const connected = guest.connect('Cafe');
      await s.until(() => s.records.hooks.length === 1, 'the hook is called');
      await other.scan();
      expect(s.records.frames.some((f) => f.guest === guest.id && f.from === 'host')).to.equal(false);
      held.resolve();
      expect(await connected).to.include({ status: 0 });
    });

    it('connect 6: an interface that loses its network while the hook runs makes it a failure', async () => {
      const held = new Deferred<void>();
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: cafe,
        observer: { guestConnectionCompleted: () => held.promise },
      });
      const guest = await s.guest(1);
      const connected = guest.connect('Cafe');
      await s.until(() => s.records.hooks.length === 1, 'the hook is called');
      s.control.disconnectByUser(station('wlan0').id);
      held.resolve();
      expect((await connected).status).to.equal(1);
      expect(s.statusOf(guest)?.session).to.equal(null);
    });
  });

  describe('7: replaced connections', () => {
    it('connect 7: a guest-directed connection on another interface disconnects the earlier one', async () => {
      const { s, first, second } = await pickyInterfaces();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
      await guest.connect('Bar');
      await s.until(() => s.interfaceStatus('wlan0')?.link === null, 'the first interface is disconnected');
      expect(first.asked).to.deep.equal(['connect', 'connect', 'disconnect']);
      expect(second.asked).to.deep.equal(['connect']);
      expect(s.statusOf(guest)?.session).to.include({ id: 2, interfaceId: 'wlan1' });
      expect(guest.disconnections).to.deep.equal([]);
    });

    it('connect 7: an earlier connection that another guest still uses stays', async () => {
      const [first, second] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      first.connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      second.connectsAt(linkTo('Bar', bss('Bar', 2)));
      const s = await stage({ radio: new ScriptedRadio([first, second]) });
      const [guest, other] = [await s.guest(1), await s.guest(2)];
      await guest.connect('Cafe');
      await other.connect('Cafe');
      expect(await guest.connect('Bar')).to.include({ status: 0 });
      expect(s.statusOf(guest)?.session).to.include({ interfaceId: 'wlan1' });
      await other.scan();
      expect(first.asked.filter((what) => what === 'disconnect')).to.deep.equal([]);
      await other.disconnect();
      expect(first.asked.filter((what) => what === 'disconnect')).to.deep.equal(['disconnect']);
    });

    it('connect 7: a guest-directed connection that a mirrored one replaces is disconnected too', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: cafe,
        input: { fakeNetworks: () => [{ ssid: 'Lab', bssid: '02:00:00:00:00:09' }] },
      });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.connect('Lab');
      await s.until(() => s.interfaceStatus('wlan0')?.link === null, 'the host is disconnected');
      expect(guest.disconnections).to.deep.equal([]);
    });

    it('connect 7: the earlier connection is a mirrored one: the host keeps it', async () => {
      const [first, second] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      second.connectsAt(linkTo('Bar', bss('Bar', 2)));
      first.onConnect = async () => E.left({ reason: 'network not found', status: 1, detail: 'not here' });
      const s = await stage({ radio: new ScriptedRadio([first, second]) });
      first.join(linkTo('Cafe', bss('Cafe', 1)));
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      expect(await guest.connect('Bar')).to.include({ status: 0 });
      await guest.scan();
      expect(first.asked).to.not.include('disconnect');
    });
  });

  describe('8: the signal', () => {
    it('connect 8: a successful answer is followed by the signal that the host told last, before it changes', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]) });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      port.signal(-63);
      const guest = await s.guest(1);
      expect(await guest.connect('Cafe')).to.include({ status: 0 });
      await s.until(() => guest.signals.length === 1, 'the guest is told');
      expect(guest.signals).to.deep.equal([-63]);
    });
  });

  describe('9: no SSID', () => {
    it('connect 9: an empty SSID fails with status 1, without touching or asking the host', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({
        radio: new ScriptedRadio([port]),
        observer: { authorizeGuestConnection: () => 'approve' },
      });
      expect(await statusAfter(s, { ...wpa2Request, ssid: ssid('') })).to.equal(1);
      expect(port.asked).to.deep.equal([]);
      expect(s.records.hooks).to.deep.equal([]);
    });
  });

  describe('10: rules in the settings', () => {
    const open = { security: { kind: 'open' } } as const;
    const networks = [network('Cafe', 1), network('Bar', 2), network('Park', 3, open)];

    it('connect 10: what they refuse is status 37 with the rule in the log, and neither host nor observer is asked', async () => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cafe', 1)];
      const s = await stage({
        radio: new ScriptedRadio([port]),
        observer: { authorizeGuestConnection: () => 'approve' },
        input: { mirrorOnly: true },
      });
      const guest = await s.guest(1);
      expect((await guest.connect('Cafe')).status).to.equal(37);
      expect(port.asked).to.deep.equal([]);
      expect(s.records.hooks).to.deep.equal([]);
      expect(s.records.linesAbout('connection denied')).to.deep.equal([
        {
          level: 'warn',
          message: 'connection denied',
          facts: {
            guest: guest.id,
            type: 'guestDirected',
            ssid: ssid('Cafe'),
            auth: 'wpa2-psk',
            networkAuth: 'wpa2-psk',
            status: 37,
            rule: 'mirrorOnly',
          },
        },
      ]);
      expect(s.records.factsOf('guestConnectionCompleted')).to.have.length(1);
    });

    it('connect 10: with mirrorOnly guests share what the host is connected to, and fake networks', async () => {
      const fakeNetworks = () => [{ ssid: 'Lab', bssid: '02:00:00:00:00:99' }];
      const s = await stage({
        interfaces: [station('wlan0', { link: 'Cafe' })],
        networks,
        input: { mirrorOnly: true, fakeNetworks },
      });
      const guest = await s.guest(1);
      expect((await guest.connect('Cafe')).status).to.equal(0);
      expect((await guest.connect('Lab')).status).to.equal(0);
      expect((await guest.connect('Bar')).status).to.equal(37);
      expect(s.interfaceStatus('wlan0')?.link?.ssid).to.equal('Cafe');
    });

    it('connect 10: lists of SSIDs and the ban on open networks count for shared ones as well', async () => {
      const s = await stage({
        interfaces: [station('wlan0', { link: 'Park' })],
        networks,
        input: { denySsidsHex: ['426172'], refuseOpenNetworks: true },
      });
      const guest = await s.guest(1);
      expect((await guest.connectOpen('Park')).status).to.equal(37);
      expect((await guest.connect('Bar')).status).to.equal(37);
      expect(s.interfaceStatus('wlan0')?.link?.ssid, 'nothing is touched').to.equal('Park');
      expect((await guest.connect('Cafe')).status).to.equal(0);
      expect(s.records.linesAbout('connection denied').map(({ facts }) => facts.rule)).to.deep.equal([
        'refuseOpenNetworks',
        'denySsids',
      ]);
    });

    it('connect 10: the host is moved so often a minute, whichever guests want it', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        networks,
        input: { changesPerMinute: 2, contention: 'last-wins' },
      });
      const [guest, other] = [await s.guest(1), await s.guest(2)];
      expect((await guest.connect('Cafe')).status).to.equal(0);
      expect((await other.connect('Bar')).status).to.equal(0);
      expect((await guest.connect('Cafe')).status).to.equal(37);
      expect((await guest.connect('Bar')).status, 'to share is no change').to.equal(0);
      await s.clock.advance(60_000);
      expect((await guest.connect('Cafe')).status).to.equal(0);
    });

    it('connect 10: the same rules as a function go before those of the host application', async () => {
      const asked: string[] = [];
      const s = await stage({
        interfaces: [station('wlan0')],
        networks,
        observer: {
          authorizeGuestConnection: connectionPolicy({ allowSsids: ['Cafe', 'Bar'] }, ({ ssid: wanted }) => {
            asked.push(wanted);
            return wanted === 'Cafe' ? 'approve' : { status: 12, rule: 'not on Fridays' };
          }),
        },
      });
      const guest = await s.guest(1);
      const statuses = [];
      for (const name of ['Park', 'Bar', 'Cafe']) statuses.push((await guest.connect(name)).status);
      expect(statuses).to.deep.equal([37, 12, 0]);
      expect(asked).to.deep.equal(['Bar', 'Cafe']);
      expect(
        s.records.linesAbout('connection denied').map(({ facts: { rule, status } }) => [rule, status]),
      ).to.deep.equal([
        ['allowSsids', 37],
        ['not on Fridays', 12],
      ]);
    });
  });
});
