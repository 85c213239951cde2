/** behaviour.md, “Scan”. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { ProxyWifiInput } from '../../index.js';
import { encodeRequest } from '../../protocol/index.js';
import { advertisedSecurity } from '../../protocol/security.js';
import { AkmSuite, CipherSuite } from '../../protocol/suites.js';
import { bss, bssidNumber, network, ssid, station } from '../stage/networks.js';
import { ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, type Stage, useStages } from '../stage/stage.js';

const refused = E.left({ operation: 'scan', code: 'EBUSY', detail: 'the interface is busy' });

/** Guest 127.0.1.`number` has the older driver. */
const older = (number: number) => ({
  guests: { [`tcp://127.0.1.${number}`]: { driver: 'without-scan-complete' as const } },
});

/** What the first interface does about scans. */
const scanOf = (s: Stage): unknown => s.interfaceStatus('wlan0')?.state?.scan;

describe('scan', () => {
  const stage = useStages();

  /** Two scripted interfaces, which see one network each and the network `Both` with one access point. */
  const twoStations = async (
    time: 'manual' | 'system' = 'system',
    input: Partial<ProxyWifiInput> = {},
  ): Promise<{ s: Stage; a: ScriptedStation; b: ScriptedStation; radio: ScriptedRadio }> => {
    const [a, b] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
    a.seen = [bss('Left', 1), bss('Both', 3, { rssi: -80 })];
    b.seen = [bss('Right', 2), bss('Both', 3, { rssi: -40 })];
    const radio = new ScriptedRadio([a, b]);
    return { s: await stage({ time, radio, input }), a, b, radio };
  };

  describe('1: the observer hears of the request', () => {
    it('scan 1: guestScanRequested names the guest and, of a directed scan, the SSID', async () => {
      const s = await stage({ interfaces: [station('wlan0')] });
      const guest = await s.guest(1);
      await guest.scan();
      await guest.scan(ssid('Attic'));
      expect(s.records.factsOf('guestScanRequested')).to.deep.equal([
        { type: 'guestScanRequested', guest: guest.id, ssid: null },
        { type: 'guestScanRequested', guest: guest.id, ssid: ssid('Attic') },
      ]);
    });

    it('scan 1: the interfaces scan after the hook is through', async () => {
      const held = new Deferred<void>();
      const radio = new ScriptedRadio([new ScriptedStation('wlan0')]);
      const port = new ScriptedStation('wlan1');
      radio.arrive(port);
      const s = await stage({ radio, observer: { guestScanRequested: () => held.promise } });
      const scan = (await s.guest(1)).scan();
      await s.until(() => s.records.hooks.length === 1, 'the hook is called');
      expect(port.asked).to.deep.equal([]);
      held.resolve();
      await scan;
      expect(port.asked).to.deep.equal(['scan']);
    });
  });

  describe('2: fresh results are the answer', () => {
    const interval = { scanInterval: 5000 };

    it('scan 2: an interface scans once by itself when it arrives, and the first guest finds results', async () => {
      const port = new ScriptedStation('wlan0');
      port.onArrivalScan = () => E.right('running');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: interval });
      expect(scanOf(s)).to.equal('scanning');
      port.seen = [bss('Cafe', 1)];
      port.completeScan();
      const answer = await (await s.guest(1)).scan();
      expect([answer.complete, answer.networks.map((n) => n.ssid)]).to.deep.equal([true, ['Cafe']]);
      expect(port.asked).to.deep.equal([]);
    });

    it('scan 2: one guest or a hundred, the host is not asked while the last scan is younger than the interval', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: interval });
      port.seen = [bss('Cafe', 1)];
      await s.clock.advance(4999);
      for (let n = 1; n <= 20; n += 1) {
        const answer = await (await s.guest(n)).scan();
        expect([answer.complete, answer.networks.map((b) => b.ssid)]).to.deep.equal([true, ['Cafe']]);
      }
      expect(port.asked).to.deep.equal([]);
      await s.clock.advance(1);
      expect((await (await s.guest(21)).scan()).complete).to.equal(false);
      expect(port.asked).to.deep.equal(['scan']);
    });

    it('scan 2: with an interval of 0 every scan asks the host', async () => {
      const port = new ScriptedStation('wlan0');
      port.onScan = () => E.right('complete');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: { scanInterval: 0 } });
      const guest = await s.guest(1);
      await guest.scan();
      await guest.scan();
      expect(port.asked).to.deep.equal(['scan', 'scan']);
    });

    it('scan 2: only interfaces without fresh results are asked', async () => {
      const { s, a, b } = await twoStations('manual', interval);
      await s.clock.advance(3000);
      a.completeScan();
      await s.clock.advance(3000);
      const answer = await (await s.guest(1)).scan();
      expect(answer.networks.map((n) => n.ssid)).to.deep.equal(['Left', 'Both', 'Right']);
      expect([a.asked, b.asked]).to.deep.equal([[], ['scan']]);
    });

    it('scan 2: a directed scan goes on to the host only where the SSID is not among the fresh results, once an interval', async () => {
      const port = new ScriptedStation('wlan0');
      port.onScan = () => E.right('complete');
      port.seen = [bss('Cafe', 1)];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: interval });
      const guest = await s.guest(1);
      expect((await guest.scan(ssid('Cafe'))).complete).to.equal(true);
      expect(port.asked).to.deep.equal([]);
      await guest.scan(ssid('Attic'));
      await guest.scan(ssid('Attic'));
      expect(port.asked).to.deep.equal(['scan']);
      await guest.scan(ssid('Cellar'));
      expect(port.asked).to.deep.equal(['scan', 'scan']);
    });

    it('scan 2: a guest that makes up names has the host look for each once an interval, and for 16 of them at most', async () => {
      const port = new ScriptedStation('wlan0');
      port.onScan = () => E.right('complete');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: interval });
      const [guest, other] = [await s.guest(1), await s.guest(2)];
      for (const times of [16, 32]) {
        for (let i = 0; i < 40; i++) expect((await guest.scan(ssid(`${i}`))).complete).to.equal(true);
        expect(port.asked).to.have.length(times);
        await other.scan(ssid('Attic'));
        expect(port.asked, 'whoever asks').to.have.length(times);
        await s.clock.advance(interval.scanInterval);
        await other.scan();
        port.asked.pop();
      }
    });

    it('scan 2: names that wait for a running scan are looked for one after another, no more than 16', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]), input: { scanInterval: 600_000 } });
      const guests = await Promise.all(Array.from({ length: 20 }, (_, i) => s.guest(i + 1)));
      const answers = guests.map((guest, i) => guest.scan(ssid(`${i}`)));
      await Promise.all(answers);
      for (let ended = 0; ended < 16; ended++) {
        await s.until(() => port.asked.length === ended + 1, `scan ${ended + 1} of the host has begun`);
        port.completeScan();
      }
      await s.until(() => guests.every(({ scans }) => scans.length > 0), 'everybody has results');
      expect(port.asked).to.have.length(16);
    });

    it('scan 2: a failed scan gives no fresh results', async () => {
      const port = new ScriptedStation('wlan0');
      port.onArrivalScan = () => refused;
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: interval });
      await (await s.guest(1)).scan();
      expect(port.asked).to.deep.equal(['scan']);
    });

    it('scan 2: fake networks are asked for anew all the same', async () => {
      let calls = 0;
      const fakeNetworks = () => {
        calls += 1;
        return [{ ssid: `Lab ${calls}`, bssid: '02:00:00:00:00:01' }];
      };
      const s = await stage({ input: { ...interval, fakeNetworks } });
      const guest = await s.guest(1);
      expect(await guest.seen()).to.deep.equal(['Lab 1']);
      expect(await guest.seen()).to.deep.equal(['Lab 2']);
    });

    it('scan 2: the wall clock may be set as one likes', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: interval });
      const guest = await s.guest(1);
      for (const by of [3_600_000, -7_200_000]) {
        s.clock.setWallClock(by);
        expect((await guest.scan()).complete).to.equal(true);
      }
      expect(port.asked).to.deep.equal([]);
    });
  });

  describe('3: otherwise all interfaces scan at the same time', () => {
    it('scan 3: every interface is asked before any has answered', async () => {
      const { s, a, b } = await twoStations();
      const held = new Deferred<E.Either<never, 'running'>>();
      a.onScan = () => held.promise;
      const scan = (await s.guest(1)).scan();
      await s.until(() => b.asked.length === 1, 'the second interface is asked');
      expect(a.asked).to.deep.equal(['scan']);
      held.resolve(E.right('running'));
      expect((await scan).networks.map((n) => n.ssid)).to.have.members(['Left', 'Right', 'Both']);
    });

    it('scan 3: a directed scan finds the hidden network that it names', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Attic', 1, { hidden: true }), network('Cafe', 2)],
      });
      const guest = await s.guest(1);
      expect(await guest.seen()).to.deep.equal(['Cafe']);
      const { networks } = await guest.scan(ssid('Attic'));
      expect(networks.map((n) => n.ssid)).to.deep.equal(['Attic', 'Cafe']);
    });

    it('scan 3: a real interface answers at once with what the host has cached, while its scan goes on', async () => {
      const { s, a } = await twoStations();
      const guest = await s.guest(1);
      const answer = await guest.scan();
      expect(answer.complete).to.equal(false);
      expect(answer.networks.map((n) => n.ssid)).to.deep.equal(['Left', 'Both', 'Right']);
      expect(s.interfaceStatus('wlan0')?.state).to.include({ scan: 'scanning' });
      a.completeScan();
      await s.until(() => guest.scans.length === 1, 'the results of the first interface come');
    });

    it('scan 3: a guest of the older driver is answered when the results are there', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]), input: older(1) });
      const guest = await s.guest(1, 'without-scan-complete');
      const scan = guest.scan();
      await s.until(() => scanOf(s) === 'scanning' && s.isBusy(guest), 'the host scans');
      port.seen = [bss('Fresh', 1)];
      port.completeScan();
      expect((await scan).networks.map((n) => n.ssid)).to.deep.equal(['Fresh']);
    });

    it('scan 3: a guest of the older driver is answered with the cached ones after 10 s', async () => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cached', 1)];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: older(1) });
      const guest = await s.guest(1, 'without-scan-complete');
      const scan = guest.scan();
      await s.until(() => scanOf(s) === 'scanning' && s.isBusy(guest), 'the host scans');
      await s.clock.advance(9999);
      expect(s.statusOf(guest)?.dispatcher).to.equal('scanning');
      await s.clock.advance(1);
      expect((await scan).networks.map((n) => n.ssid)).to.deep.equal(['Cached']);
    });

    it('scan 3: the answer is written in the same step in which the last interface answers', async () => {
      const steps: string[] = [];
      const s = await stage({
        interfaces: [station('wlan0')],
        inspect: ({ type, actorRef, ...told }) => {
          if (type === '@xstate.microstep' && Reflect.get(actorRef, 'id') === 'dispatcher' && 'event' in told)
            steps.push(told.event.type);
        },
      });
      const guest = await s.guest(1);
      await guest.scan();
      steps.length = 0;
      await guest.scan();
      expect(steps).to.deep.equal(['scan.requested', 'interface.scanned']);
    });

    it('scan 3: the 10 s are the guest’s own, also where a second scan of the host follows for it', async () => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cached', 1)];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input: older(2) });
      await (await s.guest(1)).scan();
      const guest = await s.guest(2, 'without-scan-complete');
      const scan = guest.scan(ssid('Attic'));
      await s.until(() => s.isBusy(guest), 'it waits for the scan of the first');
      await s.clock.advance(6000);
      port.completeScan();
      await s.until(() => port.asked.length === 2, 'the host is asked to look for the name');
      await s.clock.advance(3999);
      expect(s.statusOf(guest)?.dispatcher).to.equal('scanning');
      await s.clock.advance(1);
      expect((await scan).networks.map((n) => n.ssid)).to.deep.equal(['Cached']);
    });

    it('scan 3: another guest joins a scan that runs, at once with what is cached or at its end', async () => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cached', 1)];
      const s = await stage({ radio: new ScriptedRadio([port]), input: older(3) });
      const [first, second, third] = [
        await s.guest(1),
        await s.guest(2),
        await s.guest(3, 'without-scan-complete'),
      ];
      await first.scan();
      const joined = await second.scan();
      expect([joined.complete, joined.networks.map((n) => n.ssid)]).to.deep.equal([false, ['Cached']]);
      const scan = third.scan();
      await s.until(() => s.isBusy(third), 'the third guest waits');
      port.seen = [bss('Fresh', 1)];
      port.completeScan();
      expect((await scan).networks.map((n) => n.ssid)).to.deep.equal(['Fresh']);
      await s.until(() => first.scans.length + second.scans.length === 2, 'the others get the rest');
      for (const guest of [first, second])
        expect(guest.scans.map(({ complete }) => complete)).to.deep.equal([true]);
      expect(port.asked).to.deep.equal(['scan']);
    });

    it('scan 3: at 9 s who was promised results gets what has been seen by then, as complete', async () => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cached', 1)];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      const guest = await s.guest(1);
      expect((await guest.scan()).complete).to.equal(false);
      await s.clock.advance(8999);
      expect(guest.scans).to.have.length(0);
      await s.clock.advance(1);
      await s.until(() => guest.scans.length === 1, 'the guest is told');
      expect(guest.scans[0]?.complete).to.equal(true);
      expect(guest.scans[0]?.networks.map((n) => n.ssid)).to.deep.equal(['Cached']);
      await s.clock.advance(1000);
      expect(scanOf(s)).to.equal('idle');
      port.seen = [bss('Late', 2)];
      port.completeScan();
      await s.until(() => guest.scans.length === 2, 'what comes later is told unasked');
      expect(guest.scans[1]?.networks.map((n) => n.ssid)).to.deep.equal(['Late']);
    });

    it('scan 3: an interface that refuses to scan counts as having seen nothing new', async () => {
      const { s, a } = await twoStations();
      a.onScan = () => refused;
      const answer = await (await s.guest(1)).scan();
      expect(answer.networks.map((n) => n.ssid)).to.deep.equal(['Left', 'Both', 'Right']);
      expect(s.records.linesAbout('host scan failed')).to.have.length(1);
    });

    it('scan 3: an interface whose scan fails on the way counts as having seen nothing new', async () => {
      const { s, a, b } = await twoStations();
      const guest = await s.guest(1);
      expect((await guest.scan()).complete).to.equal(false);
      b.completeScan();
      await s.until(() => guest.scans.length === 1, 'the second interface is through');
      a.events.next({ type: 'scan.failed', reason: 'the firmware gave up' });
      await s.until(() => guest.scans.length === 2, 'the guest hears that nothing more will come');
      expect(guest.scans[1]?.complete).to.equal(true);
      expect(guest.scans[1]?.networks.map((n) => n.ssid)).to.deep.equal(['Left', 'Both', 'Right']);
    });

    it('scan 3: an interface that has not answered after 10 s counts as having seen nothing new, and is asked again', async () => {
      const { s, a } = await twoStations('manual');
      a.onScan = () => new Promise(() => undefined);
      const guest = await s.guest(1);
      const scan = guest.scan();
      await s.until(() => a.asked.length === 1, 'the interfaces are asked');
      await s.clock.advance(9999);
      expect(s.statusOf(guest)?.dispatcher).to.equal('scanning');
      await s.clock.advance(1);
      expect((await scan).networks.map((n) => n.ssid)).to.deep.equal(['Left', 'Both', 'Right']);
      void guest.scan();
      await s.until(() => a.asked.length === 2, 'the interface is asked again');
    });

    it('scan 3: a host scan that never reports completion is given up after 10 s, and the interface scans again', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0', { scanDuration: 800 })],
        networks: [network('Cafe', 1)],
      });
      await s.clock.advance(800);
      s.control.arm({ kind: 'scan.hangs' });
      const guest = await s.guest(1);
      expect((await guest.scan()).complete).to.equal(false);
      await s.clock.advance(9999);
      expect(scanOf(s)).to.equal('scanning');
      await s.clock.advance(1);
      expect(scanOf(s)).to.equal('idle');
      await s.until(() => guest.scans.length === 1, 'the guest hears that nothing more will come');
      expect(guest.scans[0]?.networks.map((n) => n.ssid)).to.deep.equal(['Cafe']);
      await guest.scan();
      await s.clock.advance(800);
      await s.until(() => guest.scans.length === 2, 'the next scan completes');
      expect(guest.scans[1]?.networks.map((n) => n.ssid)).to.deep.equal(['Cafe']);
    });

    it('scan 3: who is promised results after 9 s hears as well when such a scan is given up', async () => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cached', 1)];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      const [first, second] = [await s.guest(1), await s.guest(2)];
      expect((await first.scan()).complete).to.equal(false);
      await s.clock.advance(9500);
      await s.until(() => first.scans.length === 1, 'the first is told at 9 s');
      expect((await second.scan()).complete).to.equal(false);
      await s.clock.advance(499);
      expect(second.scans).to.have.length(0);
      await s.clock.advance(1);
      await s.until(() => second.scans.length === 1, 'the second is told when it is given up');
      expect(second.scans[0]?.complete).to.equal(true);
      expect(second.scans[0]?.networks.map((n) => n.ssid)).to.deep.equal(['Cached']);
      expect(first.scans, 'the first needs nothing more').to.have.length(1);
      expect(scanOf(s)).to.equal('idle');
    });

    it('scan 3: an interface that is removed while it is waited for counts as having seen nothing new', async () => {
      const { s, a, b, radio } = await twoStations();
      a.onScan = () => new Promise(() => undefined);
      const scan = (await s.guest(1)).scan();
      await s.until(() => b.asked.length === 1, 'the interfaces are asked');
      radio.leave(a.id);
      expect((await scan).networks.map((n) => n.ssid)).to.deep.equal(['Right', 'Both']);
    });
  });

  describe('4: the results are merged', () => {
    it('scan 4: there is one entry per BSSID, and the first interface in dispatch order wins', async () => {
      const { s } = await twoStations();
      const { networks } = await (await s.guest(1)).scan();
      expect(networks.filter(({ bssid }) => bssid === bssidNumber(3)).map(({ rssi }) => rssi)).to.deep.equal([
        -80,
      ]);
    });

    it('scan 4: a fake network wins against a real one with the same BSSID', async () => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Real', 1), bss('Other', 2)];
      const s = await stage({
        radio: new ScriptedRadio([port]),
        input: { fakeNetworks: () => [{ ssid: 'Fake', bssid: '02:00:00:00:00:01' }] },
      });
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Fake', 'Other']);
    });

    it('scan 4: an SSID with several access points has an entry for each', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1), network('Cafe', 2)],
      });
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe', 'Cafe']);
    });

    it('scan 4: scan_complete is 1 when every interface is complete', async () => {
      const { s, a, b } = await twoStations();
      a.onScan = () => E.right('complete');
      b.onScan = () => E.right('complete');
      expect(await (await s.guest(1)).scan()).to.include({ complete: true });
    });

    it('scan 4: scan_complete is 0 when one of several interfaces still scans for this guest', async () => {
      const { s, a } = await twoStations();
      a.onScan = () => E.right('complete');
      expect(await (await s.guest(1)).scan()).to.include({ complete: false });
    });

    it('scan 4: of the notifications that follow, only that of the last interface has scan_complete 1', async () => {
      const { s, a, b } = await twoStations();
      const guest = await s.guest(1);
      await guest.scan();
      b.completeScan();
      await s.until(() => guest.scans.length === 1, 'the results of the second interface come');
      a.completeScan();
      await s.until(() => guest.scans.length === 2, 'the results of the first interface come');
      expect(guest.scans.map(({ complete }) => complete)).to.deep.equal([false, true]);
    });

    it('scan 4: a notification of an earlier scan that comes late does not end the scan that the guest makes meanwhile', async () => {
      const port = new ScriptedStation('wlan0');
      port.seen = [bss('Cafe', 1)];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      const guest = s.deafGuest(1);
      await guest.scan();
      port.completeScan();
      await s.until(() => s.statusOf(guest)?.notificationChannel === 'backingOff', 'nobody listens');
      expect(await guest.scan(ssid('Attic'))).to.include({ complete: false });
      await guest.listen(s.changed);
      await s.clock.advance(200);
      await s.until(() => guest.scans.length === 1, 'what was to be told before comes');
      port.seen = [bss('Cafe', 1), bss('Attic', 2)];
      port.completeScan();
      await s.until(() => guest.scans.length === 2, 'the hidden network has been found');
      expect(guest.scans.map(({ complete, networks }) => [complete, networks.length])).to.deep.equal([
        [false, 1],
        [true, 2],
      ]);
    });

    it('scan 4: nor does one that comes before that scan is answered', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      const guest = s.deafGuest(1);
      await guest.scan();
      port.completeScan();
      await s.until(() => s.statusOf(guest)?.notificationChannel === 'backingOff', 'nobody listens');
      const held = new Deferred<E.Either<never, 'running'>>();
      port.onScan = () => held.promise;
      const scan = guest.scan(ssid('Attic'));
      await s.until(() => port.asked.length === 2, 'the host is asked');
      await guest.listen(s.changed);
      await s.clock.advance(200);
      await s.until(() => guest.scans.length === 1, 'what was to be told before comes');
      held.resolve(E.right('running'));
      await scan;
      port.completeScan();
      await s.until(() => guest.scans.length === 2, 'the scan has ended');
      expect(guest.scans.map(({ complete }) => complete)).to.deep.equal([false, true]);
    });

    it('scan 4: a scan of another guest that has ended does not make this guest’s answer incomplete', async () => {
      const { s, a, b } = await twoStations();
      const [first, second] = [await s.guest(1), await s.guest(2)];
      await first.scan();
      b.completeScan();
      a.completeScan();
      a.onScan = () => E.right('complete');
      b.onScan = () => E.right('complete');
      expect(await second.scan()).to.include({ complete: true });
    });
  });

  describe('5: the observer hears of the result, then the guest', () => {
    it('scan 5: guestScanCompleted tells how many networks and whether they are all', async () => {
      const { s } = await twoStations();
      const guest = await s.guest(1);
      await guest.scan();
      expect(s.records.factsOf('guestScanCompleted')).to.deep.equal([
        {
          type: 'guestScanCompleted',
          guest: guest.id,
          networks: 3,
          complete: false,
          outcome: 'promised',
          failed: [],
        },
      ]);
    });

    it('scan 5: guestScanCompleted tells which interfaces have seen nothing new, and whether all of them', async () => {
      const { s, a, b } = await twoStations('manual');
      const guest = await s.guest(1);
      a.onScan = () => refused;
      b.onScan = () => E.right('complete');
      await guest.scan();
      b.onScan = () => new Promise(() => undefined);
      const silent = guest.scan();
      await s.until(() => b.asked.length === 2, 'both are asked');
      await s.clock.advance(10_000);
      await silent;
      expect(
        s.records.factsOf('guestScanCompleted').map(({ outcome, failed }) => [outcome, failed]),
      ).to.deep.equal([
        ['complete', ['wlan0']],
        ['failed', ['wlan0', 'wlan1']],
      ]);
    });

    it('scan 5: guestScanCompleted tells of fresh results, too, where a hook has heard of the request first', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1)],
        observer: { guestScanRequested: () => undefined },
        input: { scanInterval: 5000 },
      });
      const guest = await s.guest(1);
      await guest.scan();
      await guest.scan();
      expect(
        s.records.factsOf('guestScanCompleted').map(({ networks, outcome }) => [networks, outcome]),
      ).to.deep.equal([
        [1, 'complete'],
        [1, 'complete'],
      ]);
    });

    it('scan 5: guestScanCompleted tells of fresh results that are answered at once', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1)],
        input: { scanInterval: 5000 },
      });
      const guest = await s.guest(1);
      await guest.scan();
      await guest.scan();
      expect(s.records.factsOf('guestScanCompleted')[1]).to.deep.include({
        networks: 1,
        complete: true,
        outcome: 'complete',
        failed: [],
      });
    });

    it('scan 5: the answer is sent after the hook is through', async () => {
      const held = new Deferred<void>();
      const s = await stage({
        interfaces: [station('wlan0')],
        observer: { guestScanCompleted: ({ guest }) => (guest.endsWith('.1') ? held.promise : undefined) },
      });
      const [slow, quick] = [await s.guest(1), await s.guest(2)];
      const scan = slow.scan();
      await s.until(() => s.records.hooks.length === 1, 'the hook is called');
      await quick.scan();
      const answered = () => s.records.frames.flatMap((f) => (f.from === 'host' ? [f.guest] : []));
      expect(answered()).to.deep.equal([quick.id]);
      held.resolve();
      await scan;
      expect(answered()).to.deep.equal([quick.id, slow.id]);
    });
  });

  describe('6: results that nobody waits for', () => {
    it('scan 6: when a host scan completes unasked, its results go to every guest that has ever made a request', async () => {
      const s = await stage({ interfaces: [station('wlan0')], networks: [network('Cafe', 1)] });
      const [scanned, connected] = [await s.guest(1), await s.guest(2)];
      await scanned.scan();
      await connected.connect('Nowhere');
      s.control.scanByHost(station('wlan0').id);
      await s.until(() => scanned.scans.length + connected.scans.length === 2, 'both guests hear of it');
      for (const guest of [scanned, connected]) {
        expect(guest.scans[0]?.complete).to.equal(true);
        expect(guest.scans[0]?.networks.map((n) => n.ssid)).to.deep.equal(['Cafe']);
      }
    });

    it('scan 6: a guest that never made a valid request hears nothing', async () => {
      const s = await stage({ interfaces: [station('wlan0')], networks: [network('Cafe', 1)] });
      const [known, silent] = [await s.guest(1), await s.guest(2)];
      await known.scan();
      const garbage = s.raw(2);
      await garbage.write(new Uint8Array(7).fill(0xff));
      await garbage.ended;
      s.control.scanByHost(station('wlan0').id);
      await s.until(() => known.scans.length === 1, 'the known guest hears of it');
      expect(s.statusOf(silent)?.queue ?? 0).to.equal(0);
      await silent.scan();
      s.control.scanByHost(station('wlan0').id);
      await s.until(() => silent.scans.length > 0 && known.scans.length === 2, 'now both hear of it');
      expect(silent.scans).to.have.length(1);
    });

    it('scan 6: the guest that was answered with cached networks gets the results as a notification', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]) });
      const guest = await s.guest(1);
      await guest.scan();
      port.seen = [bss('Fresh', 1)];
      port.completeScan();
      await s.until(() => guest.scans.length === 1, 'the results come');
      expect(guest.scans[0]).to.deep.include({ complete: true });
      expect(guest.scans[0]?.networks.map((n) => n.ssid)).to.deep.equal(['Fresh']);
    });

    it('scan 6: results that a guest waits for are its answer, and no notification to the others', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]), input: older(2) });
      const [idle, waiting] = [await s.guest(1), await s.guest(2, 'without-scan-complete')];
      port.onScan = () => E.right('complete');
      await idle.scan();
      port.onScan = () => E.right('running');
      const scan = waiting.scan();
      await s.until(() => scanOf(s) === 'scanning', 'the second guest waits');
      port.seen = [bss('Fresh', 1)];
      port.completeScan();
      await scan;
      port.seen = [bss('Marker', 2)];
      port.completeScan();
      await s.until(() => idle.scans.length > 0, 'an unasked scan completes');
      expect(idle.scans[0]?.networks.map((n) => n.ssid)).to.deep.equal(['Marker']);
    });

    it('scan 6: a guest of the older driver, which does not know scan notifications, gets none', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1)],
        input: older(2),
      });
      const [modern, old] = [await s.guest(1), await s.guest(2, 'without-scan-complete')];
      await modern.scan();
      await old.scan();
      for (const times of [1, 2]) {
        s.control.scanByHost(station('wlan0').id);
        await s.until(() => modern.scans.length === times, 'the other guest is notified');
      }
      expect(old.messages).to.deep.equal([]);
    });
  });

  describe('what guests are shown', () => {
    const shown = async (security: Parameters<typeof network>[2]) => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Net', 1, { signal: -64, frequency: 2_412_000, ...security })],
      });
      const before = network('Net', 1, { signal: -64, frequency: 2_412_000, ...security }).accessPoints[0];
      const [seen] = (await (await s.guest(1)).scan()).networks;
      if (seen === undefined || before === undefined) throw new Error('no network');
      return { seen, before };
    };

    for (const security of [
      { kind: 'open' },
      { kind: 'wpa2-psk', cipher: 'ccmp' },
      { kind: 'wpa2-psk', cipher: 'gcmp' },
    ] as const) {
      it(`shown 1: ${Object.values(security).join(' ')} is shown with its own elements`, async () => {
        const { seen, before } = await shown({ security });
        expect(Buffer.from(seen.elements)).to.deep.equal(Buffer.from(before.elements));
        expect(seen.capabilities).to.equal(before.capabilities);
      });
    }

    for (const kind of [
      'wep',
      'wpa-psk',
      'wpa/wpa2-psk',
      'psk-sha256',
      'ft-psk',
      'wpa2/wpa3-transition',
      'wpa3-sae',
      'owe',
      'wpa2-enterprise',
      'wpa3-enterprise-192',
    ] as const) {
      it(`shown 2: ${kind} is shown as WPA2-PSK/CCMP with its own SSID, BSSID, frequency, beacon interval and signal`, async () => {
        const { seen } = await shown({ security: { kind } });
        expect(advertisedSecurity(seen)).to.deep.equal({
          kind: 'rsn',
          akms: [AkmSuite.psk],
          pairwise: [CipherSuite.ccmp],
          group: CipherSuite.ccmp,
        });
        expect(seen).to.include({
          ssid: ssid('Net'),
          bssid: bssidNumber(1),
          frequency: 2_412_000,
          beaconInterval: 100,
          rssi: -64,
        });
      });
    }

    it('shown 4: each guest is answered in its driver’s format', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1)],
        input: older(2),
      });
      const [modern, old] = [await s.guest(1), await s.guest(2, 'without-scan-complete')];
      expect(await modern.seen()).to.deep.equal(['Cafe']);
      expect(await old.seen()).to.deep.equal(['Cafe']);
      const sizes = s.records.frames.flatMap((f) => (f.from === 'host' ? [f.frame.length] : []));
      expect(Number(sizes[0]) - Number(sizes[1])).to.equal(1);
    });

    it('shown 4: the format for guests that are not named is a setting too', async () => {
      const s = await stage({
        interfaces: [station('wlan0')],
        networks: [network('Cafe', 1)],
        input: { driver: 'without-scan-complete' },
      });
      expect(await (await s.guest(1, 'without-scan-complete')).seen()).to.deep.equal(['Cafe']);
    });

    it('input 2: a request that arrives byte by byte is answered like any other', async () => {
      const s = await stage({ interfaces: [station('wlan0')] });
      const raw = s.raw(1);
      const request = encodeRequest({ operation: 'scan', ssid: { _tag: 'None' } });
      for (const byte of request) await raw.write(Uint8Array.of(byte));
      expect((await raw.ended)[0]).to.equal(2);
    });
  });
});
