/** behaviour.md, “From the host to the guest”: how notifications reach a guest. */
import { expect } from 'chai';
import { thisPlatform } from '../../platform.js';
import { HelloCapability } from '../../protocol/hello.js';
import { encodeRequest } from '../../protocol/index.js';
import { instanceIdOf } from '../../protocol/instance-id.js';
import type { StagedGuest } from '../stage/guests.js';
import { bss, ssid } from '../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, type Stage, useStages } from '../stage/stage.js';

const isBackingOff = (s: Stage, id: string): boolean =>
  JSON.stringify(s.status.guests.find((guest) => guest.id === id)?.notificationChannel ?? '').includes(
    'backingOff',
  );

describe('from the host to the guest', () => {
  const stage = useStages();

  describe('notifications of one guest', () => {
    /** A guest on `Cafe` that does not listen yet. */
    const unreachable = async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const guest = s.deafGuest(1);
      await guest.connect('Cafe');
      return { s, port, guest };
    };

    it('notification 1: reach a virtual machine through its hypervisor’s Unix socket', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]), machines: ['vm1.vsock', 'vm2.vsock'] });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const [first, second] = [await s.machine('vm1.vsock'), await s.machine('vm2.vsock')];
      await first.connect('Cafe');
      await second.scan();
      port.signal(-60);
      port.completeScan();
      port.lose();
      await s.until(() => first.messages.length === 3 && second.messages.length === 1, 'all come');
      expect(first.messages.map(({ operation }) => operation)).to.deep.equal([
        'signal',
        'scan.response',
        'disconnected',
      ]);
      expect(second.messages.map(({ operation }) => operation)).to.deep.equal(['scan.response']);
      expect([...first.failures, ...second.failures]).to.deep.equal([]);
    });

    it('notification 1: keep their order, one at a time', async () => {
      const { s, port, guest } = await unreachable();
      port.signal(-60);
      await s.until(() => s.statusOf(guest)?.queue === 0, 'the first one is in hand');
      port.completeScan();
      port.lose();
      await s.until(() => isBackingOff(s, guest.id), 'the guest cannot be reached');
      await guest.listen(s.changed);
      await s.clock.advance(100);
      await s.until(() => guest.messages.length === 3, 'all three come');
      expect(guest.messages.map(({ operation }) => operation)).to.deep.equal([
        'signal',
        'scan.response',
        'disconnected',
      ]);
    });

    it('notification 2: of signals that wait only the newest is kept', async () => {
      const { s, port, guest } = await unreachable();
      for (const rssi of [-60, -61, -62, -63]) {
        port.signal(rssi);
        await s.until(() => s.interfaceStatus('wlan0')?.rssi === rssi, `${rssi} is known`);
      }
      await s.until(() => isBackingOff(s, guest.id), 'the guest cannot be reached');
      await guest.listen(s.changed);
      await s.clock.advance(100);
      await s.until(() => guest.signals.length === 2, 'the one in hand and the newest come');
      expect(guest.signals).to.deep.equal([-60, -63]);
      expect(s.records.count('notificationsConflated', 'signal')).to.equal(2);
    });

    it('notification 2: scan results that wait are replaced by newer ones', async () => {
      const { s, port, guest } = await unreachable();
      port.signal(-60);
      for (const name of ['Old', 'New']) {
        port.seen = [bss(name, 1)];
        port.completeScan();
      }
      await s.until(() => isBackingOff(s, guest.id), 'the guest cannot be reached');
      await guest.listen(s.changed);
      await s.clock.advance(100);
      await s.until(() => guest.messages.length === 2, 'the one in hand and the newest results come');
      expect(guest.scans.map(({ networks: [seen] }) => seen?.ssid)).to.deep.equal([ssid('New')]);
    });

    it('notification 3: one that cannot be delivered is tried again a few times within 2 s, then dropped with a log line and a metric', async () => {
      const { s, port, guest } = await unreachable();
      const failing = () => s.records.count('notificationsRetried', 'signal');
      port.signal(-60);
      for (const [i, pause] of [100, 300, 900].entries()) {
        await s.until(() => isBackingOff(s, guest.id), 'the guest cannot be reached');
        await s.clock.advance(pause - 1);
        expect(failing(), `before pause ${i} is over`).to.equal(i);
        await s.clock.advance(1);
        expect(failing(), `after pause ${i}`).to.equal(i + 1);
      }
      await s.until(() => s.records.count('notificationsDropped', 'signal') === 1, 'it is dropped');
      expect(s.records.linesAbout('notification dropped').map(({ facts }) => facts)).to.deep.equal([
        { guest: guest.id, kind: 'signal', code: 'ECONNREFUSED' },
      ]);
    });

    it('all guests of a scheme are reached by one transport, which is also the one that listens', async () => {
      const made: string[] = [];
      const s = await stage({
        time: 'manual',
        platform: {
          ...thisPlatform,
          transport: (scheme, clock) => {
            made.push(scheme);
            return thisPlatform.transport(scheme, clock);
          },
        },
      });
      for (const number of [1, 2]) await (await s.guest(number)).scan();
      expect(made).to.have.length(1);
    });

    it('notification 3: a guest that does not even refuse is given up after 2 s', async () => {
      const aborted = new Deferred<void>();
      const port = new ScriptedStation('wlan0');
      const s = await stage({
        time: 'manual',
        radio: new ScriptedRadio([port]),
        platform: {
          ...thisPlatform,
          transport: (scheme, clock) => ({
            ...thisPlatform.transport(scheme, clock),
            send: () => () => aborted.resolve(),
          }),
        },
      });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const guest = s.deafGuest(1);
      await guest.connect('Cafe');
      port.signal(-60);
      await s.clock.advance(1999);
      expect(s.records.count('notificationsDropped')).to.equal(0);
      await s.clock.advance(1);
      await aborted.promise;
      expect(s.records.count('notificationsDropped', 'signal')).to.equal(1);
    });

    it('notification 3: the next one is tried when one has been dropped', async () => {
      const { s, port, guest } = await unreachable();
      port.signal(-60);
      port.lose();
      for (const pause of [100, 300, 900]) {
        await s.until(() => isBackingOff(s, guest.id), 'the guest cannot be reached');
        await s.clock.advance(pause);
      }
      await s.until(() => s.records.count('notificationsDropped', 'signal') === 1, 'the signal is dropped');
      await s.until(() => isBackingOff(s, guest.id), 'the next one is tried');
      await guest.listen(s.changed);
      await s.clock.advance(100);
      await s.until(() => guest.disconnections.length === 1, 'the guest hears of the end of its session');
    });

    it('notification 2: a disconnected notification is never dropped in favour of another', async () => {
      const { s, port, guest } = await unreachable();
      port.signal(-60);
      for (let id = 1; id <= 3; id++) {
        port.lose();
        port.join(linkTo('Cafe', bss('Cafe', 1)));
        await guest.connect('Cafe');
        port.signal(-60 - id);
        port.completeScan();
      }
      await s.until(() => isBackingOff(s, guest.id), 'the guest cannot be reached');
      // A driver that was loaded anew holds no session id, and so ignores nothing.
      const reloaded = await s.guest(1);
      await s.clock.advance(100);
      await s.until(() => reloaded.scans.length === 1, 'the last one comes');
      expect(reloaded.disconnections).to.deep.equal([1, 2, 3]);
    });

    it('notification 4: a guest that is unreachable costs nobody else anything', async () => {
      const { s, port, guest } = await unreachable();
      const other = await s.guest(2);
      await other.connect('Cafe');
      for (const rssi of [-60, -61, -62]) {
        port.signal(rssi);
        await s.until(() => other.signals.at(-1) === rssi, `the other guest hears of ${rssi}`);
      }
      expect(s.statusOf(guest)?.notificationChannel).to.not.equal('idle');
    });

    /** A guest that is connected. `works`: for how long, in milliseconds, the event loop is at work while it accepts each notification. */
    const busyHost = async (): Promise<{
      s: Stage;
      port: ScriptedStation;
      guest: StagedGuest;
      works: number[];
    }> => {
      const works: number[] = [];
      const port = new ScriptedStation('wlan0');
      const s = await stage({
        time: 'manual',
        radio: new ScriptedRadio([port]),
        platform: {
          ...thisPlatform,
          transport: (scheme, clock) => {
            const transport = thisPlatform.transport(scheme, clock);
            return {
              ...transport,
              send: (guest, number, delivery) => {
                if (works.length > 0) s.clock.work(works.shift() ?? 0);
                return transport.send(guest, number, delivery);
              },
            };
          },
        },
      });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      return { s, port, guest, works };
    };

    it('notification 6: what was written late is sent once more, and counts as uncertain', async () => {
      const { s, port, guest, works } = await busyHost();
      works.push(8.5, 1);
      port.signal(-60);
      await s.until(() => guest.signals.length === 2, 'it comes twice');
      expect(guest.signals).to.deep.equal([-60, -60]);
      await s.until(() => s.statusOf(guest)?.notificationChannel === 'idle', 'it is over');
      expect(s.records.count('notificationsUncertain', 'signal')).to.equal(1);
      works.push(9, 9);
      port.signal(-70);
      await s.until(() => s.records.count('notificationsUncertain', 'signal') === 3, 'both were late');
      works.push(7);
      port.signal(-50);
      await s.until(() => guest.signals.at(-1) === -50, 'the next one comes');
      expect(guest.signals.slice(2)).to.deep.equal([-70, -70, -50]);
    });

    it('notification 6: a guest that reads for 1 s has 800 ms', async () => {
      const { s, port, guest, works } = await busyHost();
      const { scanComplete, patientNotifications } = HelloCapability;
      const hello = { capabilities: scanComplete | patientNotifications, instance: instanceIdOf(1n) };
      await guest.guest.exchange(encodeRequest({ operation: 'hello', sessionId: 1, ...hello }))();
      works.push(799);
      port.signal(-60);
      await s.until(() => guest.signals.length === 1, 'it comes');
      await s.until(() => s.statusOf(guest)?.notificationChannel === 'idle', 'it is over');
      expect(s.records.count('notificationsUncertain', 'signal')).to.equal(0);
      works.push(801, 1);
      port.signal(-70);
      await s.until(() => guest.signals.length === 3, 'it comes twice');
      expect(guest.signals).to.deep.equal([-60, -70, -70]);
    });

    it('notification 5: only so many are opened at a time', async () => {
      const opened: string[] = [];
      const written: (() => void)[] = [];
      const port = new ScriptedStation('wlan0');
      const s = await stage({
        time: 'manual',
        radio: new ScriptedRadio([port]),
        platform: {
          ...thisPlatform,
          transport: (scheme, clock) => ({
            ...thisPlatform.transport(scheme, clock),
            send: (guest, _port, delivery) => {
              opened.push(guest);
              written.push(() => {
                delivery.opened();
                delivery.written();
                delivery.closed();
              });
              return () => undefined;
            },
          }),
        },
      });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const guests = Array.from({ length: 20 }, (_, i) => s.deafGuest(i + 1));
      for (const guest of guests) await guest.scan();
      port.completeScan();
      await s.until(() => opened.length === 16, 'sixteen are opened');
      for (const write of written.splice(0)) write();
      expect(opened, 'while the event loop sees to those that are ready').to.have.length(16);
      await s.until(() => opened.length === 20, 'the others have their turn');
      expect(opened).to.deep.equal(guests.map(({ id }) => id));
    });
  });
});
