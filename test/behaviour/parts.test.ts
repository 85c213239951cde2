/** behaviour.md, “Parts”. */
import { expect } from 'chai';
import { EMPTY } from 'rxjs';
import { fakeNetworksInterfaceId } from '../../index.js';
import { interfaceId } from '../../native/radio.js';
import { advertisedSecurity } from '../../protocol/security.js';
import { AkmSuite, CipherSuite } from '../../protocol/suites.js';
import { bssidNumber, network, ssid, station } from '../stage/networks.js';
import { ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, useStages } from '../stage/stage.js';

const labNetworks = () => [{ ssid: 'Lab', bssid: '02:00:00:00:00:01' }];

describe('parts', () => {
  const stage = useStages();

  describe('host interface', () => {
    it('parts 1: fake networks are always visible, always connected, and connecting and disconnecting always succeed', async () => {
      const { guest } = await stage({ input: { fakeNetworks: labNetworks } }).then(async (s) => ({
        guest: await s.guest(1),
      }));
      expect(await guest.seen()).to.deep.equal(['Lab']);
      expect(await guest.connect('Lab')).to.include({ status: 0, bssid: '02:00:00:00:00:01' });
      await guest.disconnect();
      expect(await guest.connect('Lab')).to.include({ status: 0 });
      expect(await guest.seen()).to.deep.equal(['Lab']);
    });

    it('parts 1: fake networks come first in every dispatch, even before a radio that was there earlier', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        input: { fakeNetworks: labNetworks },
      });
      const guest = await s.guest(1);
      expect(await guest.seen()).to.deep.equal(['Lab', 'Cafe']);
      expect(s.status.interfaces.map(({ kind }) => kind)).to.deep.equal(['fake', 'station']);
      s.control.leave(station('wlan0').id);
      s.control.arrive(station('wlan0').id);
      await s.until(() => s.status.interfaces.length === 2, 'the interface is back');
      expect(await guest.seen()).to.deep.equal(['Lab', 'Cafe']);
    });

    it('parts 1: an interface of fake networks that arrives late comes first all the same', async () => {
      const radio = new ScriptedRadio([new ScriptedStation('wlan0'), new ScriptedStation('wlan1')]);
      const s = await stage({ radio });
      radio.arrive({
        kind: 'fake',
        changes: EMPTY,
        id: interfaceId('late'),
        name: 'late',
        ask: () => [],
        networks: () => [],
      });
      expect(s.status.interfaces.map(({ name }) => name)).to.deep.equal(['late', 'wlan0', 'wlan1']);
    });

    it('parts 1: the interface of fake networks has the id 1b57e649-a1df-482f-85c2-a16063836418', async () => {
      const s = await stage({ input: { fakeNetworks: labNetworks } });
      expect(s.status.interfaces.map(({ id }) => id)).to.deep.equal(['1b57e649-a1df-482f-85c2-a16063836418']);
      const guest = await s.guest(1);
      await guest.connect('Lab');
      expect(s.records.factsOf('guestConnectionCompleted')[0]?.interfaceId).to.equal(
        interfaceId('1b57e649-a1df-482f-85c2-a16063836418'),
      );
      expect(fakeNetworksInterfaceId, 'as host applications import it').to.equal(
        interfaceId('1b57e649-a1df-482f-85c2-a16063836418'),
      );
    });

    it('parts 2: what a fake network does not say is WPA2-PSK/CCMP, −50 dBm, 5240000 kHz and 100 time units', async () => {
      const s = await stage({ input: { fakeNetworks: labNetworks } });
      const [lab] = (await (await s.guest(1)).scan()).networks;
      if (lab === undefined) throw new Error('no network');
      expect(lab).to.include({ bssid: bssidNumber(1), rssi: -50, frequency: 5_240_000, beaconInterval: 100 });
      expect(advertisedSecurity(lab)).to.deep.equal({
        kind: 'rsn',
        akms: [AkmSuite.psk],
        pairwise: [CipherSuite.ccmp],
        group: CipherSuite.ccmp,
      });
    });

    it('parts 2: a fake network may be open and say everything else itself', async () => {
      const open = {
        ssid: 'Open Lab',
        bssid: '02:00:00:00:00:02',
        security: 'open' as const,
        rssi: -71,
        frequency: 2_437_000,
        beaconInterval: 200,
      };
      const s = await stage({ input: { fakeNetworks: () => [open] } });
      const guest = await s.guest(1);
      const [shown] = (await guest.scan()).networks;
      if (shown === undefined) throw new Error('no network');
      expect(shown).to.include({ rssi: -71, frequency: 2_437_000, beaconInterval: 200 });
      expect(advertisedSecurity(shown)).to.deep.equal({ kind: 'open' });
      expect(await guest.connectOpen('Open Lab')).to.include({ status: 0 });
    });

    it('parts 3: the callback of fake networks is asked anew for every scan and connect', async () => {
      const given = [labNetworks(), [], [{ ssid: 'Attic', bssid: '02:00:00:00:00:02' }]];
      let asked = 0;
      const s = await stage({ input: { fakeNetworks: () => given[asked++ % 3] ?? [] } });
      const guest = await s.guest(1);
      expect(await guest.seen()).to.deep.equal(['Lab']);
      expect(await guest.seen()).to.deep.equal([]);
      expect(await guest.connect('Attic')).to.include({ status: 0 });
      expect(asked).to.equal(3);
    });

    it('parts 3: the callback of fake networks may be async, for scans and connects', async () => {
      const s = await stage({ input: { fakeNetworks: async () => labNetworks() } });
      const guest = await s.guest(1);
      expect(await guest.seen()).to.deep.equal(['Lab']);
      expect(await guest.connect('Lab')).to.include({ status: 0 });
    });

    it('parts 3: a callback that hangs counts as having no networks after 10 s of a scan', async () => {
      let asked = 0;
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        input: {
          fakeNetworks: () => {
            asked += 1;
            return new Promise(() => undefined);
          },
        },
      });
      const scan = (await s.guest(1)).seen();
      await s.until(() => asked === 1 && s.status.guests.length === 1, 'the callback is asked');
      await s.clock.advance(10_000);
      expect(await scan).to.deep.equal(['Cafe']);
    });

    it('parts 3: a callback that throws costs a log line, and other interfaces still count', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        input: {
          fakeNetworks: () => {
            throw new Error('out of ideas');
          },
        },
      });
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe']);
      expect(s.records.linesAbout('out of ideas')).to.have.length(1);
    });

    it('parts 3: a callback that rejects costs a log line, and other interfaces still count', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        input: { fakeNetworks: () => Promise.reject(new Error('out of ideas')) },
      });
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe']);
      expect(s.records.linesAbout('out of ideas')).to.have.length(1);
    });

    it('parts 3: an invalid fake network costs a log line, and the valid ones still count', async () => {
      const wrong = { ssid: 'Wrong', bssid: 'not an address' };
      const s = await stage({ input: { fakeNetworks: () => [wrong, ...labNetworks()] } });
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Lab']);
      expect(s.records.linesAbout('fakeNetworks[0].bssid')).to.have.length(1);
    });

    it('parts 4: a real interface and a simulated one serve guests side by side', async () => {
      const real = new ScriptedStation('wlan7');
      real.onScan = () => ({ _tag: 'Right', right: 'complete' });
      const s = await stage({ radio: new ScriptedRadio([real]), input: { fakeNetworks: labNetworks } });
      real.seen = [];
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Lab']);
      expect(real.asked).to.deep.equal(['scan']);
    });
  });

  describe('guest', () => {
    it('parts 5: has a session with id, kind, interface and SSID', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        input: { fakeNetworks: labNetworks },
      });
      const guest = await s.guest(1);
      await guest.scan();
      expect(s.statusOf(guest)?.session).to.equal(null);
      await guest.connect('Cafe');
      expect(s.statusOf(guest)?.session).to.include({ id: 1, type: 'guestDirected', interfaceId: 'wlan0' });
      await guest.connect('Lab');
      expect(s.statusOf(guest)?.session).to.include({ id: 2, type: 'hostMirroring', ssid: ssid('Lab') });
    });
  });

  describe('dispatcher', () => {
    it('parts 6: the requests of one guest are strictly one at a time', async () => {
      const held = new Deferred<void>();
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        observer: { guestScanRequested: () => held.promise },
      });
      const [first, second] = [await s.guest(1), s.deafGuest(1)];
      const scan = first.scan();
      await s.until(() => s.records.requestsOf(first.id) === 1, 'the scan request is there');
      const answers = Promise.all([scan, second.connect('Cafe')]);
      await s.until(() => s.records.requestsOf(first.id) === 2, 'the connect request waits');
      await (await s.guest(2)).connect('Cafe');
      expect(s.records.factsOf('guestConnectionCompleted').map(({ guest }) => guest)).to.deep.equal([
        s.guestId(2),
      ]);
      held.resolve();
      await answers;
      const ofFirst = s.records.facts.flatMap((f) => ('guest' in f && f.guest === first.id ? [f.type] : []));
      expect(ofFirst).to.deep.equal(['guestScanRequested', 'guestScanCompleted', 'guestConnectionCompleted']);
    });

    it('parts 6: different guests do not wait for each other', async () => {
      const held = new Deferred<'approve'>();
      const s = await stage({
        interfaces: [station('wlan0'), station('wlan1')],
        networks: [network('Cafe', 9)],
        observer: {
          authorizeGuestConnection: ({ guest }) => (guest.endsWith('.1') ? held.promise : 'approve'),
        },
      });
      const [slow, quick] = [await s.guest(1), await s.guest(2)];
      const connected = slow.connect('Cafe');
      await s.until(() => s.records.hooks.length === 1, 'the host application has been asked');
      expect(await quick.seen()).to.deep.equal(['Cafe']);
      expect(await quick.connect('Cafe')).to.include({ status: 0 });
      held.resolve('approve');
      expect(await connected).to.include({ status: 0 });
    });
  });

  describe('host application', () => {
    it('parts 7: a step waits for its async hook', async () => {
      const held = new Deferred<void>();
      const s = await stage({
        interfaces: [station('wlan0')],
        observer: { guestScanRequested: ({ guest }) => (guest.endsWith('.1') ? held.promise : undefined) },
      });
      const guest = await s.guest(1);
      const scan = guest.scan();
      await s.until(() => s.records.hooks.length === 1, 'the hook is called');
      await (await s.guest(2)).scan();
      expect(s.statusOf(guest)?.dispatcher).to.deep.equal({ busy: 'announcing' });
      held.resolve();
      expect(await scan).to.include({ complete: true });
    });

    it('parts 7: a hook that throws is logged, and the step goes on', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        observer: {
          guestScanRequested: () => {
            throw new Error('broken hook');
          },
          guestScanCompleted: () => Promise.reject(new Error('broken hook')),
        },
      });
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe']);
      expect(s.records.linesAbout('observer hook failed').map(({ facts }) => facts.hook)).to.deep.equal([
        'guestScanRequested',
        'guestScanCompleted',
      ]);
    });

    it('parts 7: a hook that hangs is left after 5 s, and logged', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        observer: { guestScanRequested: () => new Promise(() => undefined) },
      });
      const guest = await s.guest(1);
      const scan = guest.scan();
      await s.until(() => s.records.hooks.length === 1, 'the hook is called');
      await s.clock.advance(4999);
      expect(s.records.linesAbout('observer hook takes too long')).to.have.length(0);
      await s.clock.advance(1);
      expect(await scan).to.include({ complete: true });
      expect(s.records.linesAbout('observer hook takes too long')).to.have.length(1);
    });

    it('parts 8: a connection whose authorization does not come within 5 s is denied', async () => {
      const late = new Deferred<'approve'>();
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        observer: { authorizeGuestConnection: () => late.promise },
      });
      const guest = await s.guest(1);
      const connected = guest.connect('Cafe');
      await s.until(() => s.records.hooks.length === 1, 'the host application has been asked');
      await s.clock.advance(5000);
      expect((await connected).status).to.equal(37);
      late.resolve('approve');
      await guest.scan();
      expect(s.statusOf(guest)?.session).to.equal(null);
      expect(s.interfaceStatus('wlan0')?.link).to.equal(null);
    });

    it('parts 8: a connection whose authorization throws, rejects or says something else is denied', async () => {
      const answers: (() => unknown)[] = [
        () => {
          throw new Error('broken hook');
        },
        () => Promise.reject(new Error('broken hook')),
        () => undefined,
        () => 'perhaps',
        () => ({ status: 0 }),
        () => ({ status: 70_000 }),
        () => ({ rule: 'none' }),
      ];
      let asked = 0;
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        observer: { authorizeGuestConnection: () => answers[asked++]?.() as 'approve' },
      });
      const guest = await s.guest(1);
      for (const _ of answers) expect((await guest.connect('Cafe')).status).to.equal(37);
      expect(asked).to.equal(answers.length);
    });

    it('parts 8: the host application may answer with a status of its own', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        observer: { authorizeGuestConnection: () => ({ status: 17 }) },
      });
      const guest = await s.guest(1);
      expect((await guest.connect('Cafe')).status).to.equal(17);
      expect(s.interfaceStatus('wlan0')?.link).to.equal(null);
    });

    it('parts 7: the time for hooks is a setting', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        observer: { guestScanRequested: () => new Promise(() => undefined) },
        input: { hookTime: 300 },
      });
      const guest = await s.guest(1);
      const scan = guest.scan();
      await s.until(() => s.records.hooks.length === 1, 'the hook is called');
      await s.clock.advance(299);
      expect(s.records.linesAbout('observer hook takes too long')).to.have.length(0);
      await s.clock.advance(1);
      expect(await scan).to.include({ complete: true });
    });

    it('parts 9: 18 s after a request it is answered, whatever hooks and host still do', async () => {
      const hang = (): Promise<void> => new Promise(() => undefined);
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0', { connectDuration: 9000 })],
        networks: [network('Cafe', 9)],
        observer: {
          authorizeGuestConnection: () =>
            new Promise((resolve) => s.clock.setTimeout(() => resolve('approve'), 4900)),
          guestConnectionCompleted: hang,
        },
      });
      const guest = await s.guest(1);
      const connected = guest.connect('Cafe');
      await s.until(() => s.records.hooks.length === 1, 'the host application has been asked');
      await s.clock.advance(4900 + 9000);
      await s.until(() => s.records.hooks.length === 2, 'the completion hook is called');
      await s.clock.advance(18_000 - 4900 - 9000 - 1);
      expect(s.statusOf(guest)?.dispatcher).to.deep.equal({ busy: 'reporting' });
      await s.clock.advance(1);
      expect(await connected).to.include({ status: 0 });
    });

    it('parts 9: nothing of a request that has been answered is overdue later', async () => {
      const overdue: string[] = [];
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        inspect: ({ type, ...told }) => {
          if (type === '@xstate.event' && 'event' in told && told.event.type.endsWith('.overdue'))
            overdue.push(told.event.type);
        },
      });
      const guest = await s.guest(1);
      expect(await guest.scan()).to.include({ complete: true });
      await s.clock.advance(18_000);
      expect(await guest.connect('Cafe')).to.include({ status: 0 });
      await s.clock.advance(18_000);
      expect(overdue).to.deep.equal([]);
    });

    it('parts 9: 18 s count from the last byte of the request, also while it waits for an earlier one of the same guest', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 9)],
        observer: { guestScanRequested: () => new Promise(() => undefined) },
      });
      const guest = await s.guest(1);
      const scans = [guest, s.deafGuest(1), s.deafGuest(1), s.deafGuest(1), s.deafGuest(1)].map((g) =>
        g.scan(),
      );
      await s.until(() => s.records.requestsOf(guest.id) === 5, 'all five requests are there');
      const pause = 10;
      const others = async (): Promise<void> => {
        await s.until(
          () => s.statusOf(guest)?.requestChannel === 'advancing',
          'other guests have their turn',
        );
        await s.clock.advance(pause);
      };
      for (let i = 1; i < 5; i++) {
        await s.until(() => s.records.hooks.length === i, `the hook is called for scan ${i}`);
        await s.clock.advance(i < 4 ? 5000 : 2999 - 3 * pause);
        if (i < 4) await others();
      }
      expect(s.records.count('requests')).to.equal(3);
      await s.clock.advance(1);
      await others();
      await s.until(() => s.records.hooks.length === 5, 'the last one has its turn, with no time left');
      await s.clock.advance(0);
      await Promise.all(scans);
      expect(s.records.count('requests')).to.equal(5);
    });
  });
});
