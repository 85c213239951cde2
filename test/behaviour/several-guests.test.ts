/** behaviour.md, “Several guests”. */
import { expect } from 'chai';
import type { AnyActorRef } from 'xstate';
import { banTime, mostEmpty } from '../../actors/door/arrivals.js';
import { encodeRequest, StatusCode } from '../../protocol/index.js';
import { bss, network, ssid, station } from '../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, useStages } from '../stage/stage.js';

const scanRequest = encodeRequest({ operation: 'scan', ssid: { _tag: 'None' } });

/** This actor and all below it. */
const actorsOf = (actor: AnyActorRef): readonly AnyActorRef[] => [
  actor,
  ...Object.values<AnyActorRef>(actor.getSnapshot().children ?? {}).flatMap(actorsOf),
];

/** The actors that supervise guests. */
const guestsOf = (proxy: AnyActorRef): readonly AnyActorRef[] =>
  actorsOf(proxy).filter((actor) => actor.getSnapshot().context?.part === 'guest');

describe('several guests', () => {
  const stage = useStages();
  const networks = [network('Cafe', 1), network('Bar', 2)];
  const oneInterface = { interfaces: [station('wlan0')], networks };

  describe('who may connect', () => {
    it('guests 1: a guest on the allow-list is served', async () => {
      const s = await stage({ ...oneInterface, input: { allow: ['tcp://127.0.1.1', '127.0.1.2'] } });
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe', 'Bar']);
      expect(await (await s.guest(2)).seen()).to.deep.equal(['Cafe', 'Bar']);
    });

    it('guests 1: anything else is refused before a byte is read', async () => {
      const s = await stage({ ...oneInterface, input: { allow: ['tcp://127.0.1.1'] } });
      const raw = s.raw(9);
      await raw.write(scanRequest);
      expect(await raw.ended).to.have.length(0);
      expect(s.records.count('refusedConnections', 'guest not allowed')).to.equal(1);
      expect(s.records.linesAbout('connection refused').map(({ facts }) => facts.guest)).to.deep.equal([
        s.guestId(9),
      ]);
      expect(s.records.frames).to.deep.equal([]);
      expect(s.status.guests).to.deep.equal([]);
    });

    it('guests 1: guests of other endpoints are on the same allow-list', async () => {
      const s = await stage({
        ...oneInterface,
        machines: ['vm1.vsock'],
        input: { allow: ['tcp://127.0.1.1'] },
      });
      const refused = await (await s.machine('vm1.vsock')).guest.scan()();
      expect(refused._tag).to.equal('Left');
      expect(s.records.count('refusedConnections', 'guest not allowed')).to.equal(1);
    });

    it('guests 2: there are no more guests than the setting allows, and one with a session or an open connection stays', async () => {
      const s = await stage({ ...oneInterface, input: { maximumGuests: 2 } });
      const holder = await s.guest(1);
      await holder.connect('Cafe');
      const busy = s.raw(2);
      await busy.write(scanRequest.subarray(0, 9));
      await s.until(() => s.status.guests.length === 2, 'both are there');
      const raw = s.raw(3);
      await raw.write(scanRequest);
      expect(await raw.ended).to.have.length(0);
      expect(s.records.count('refusedConnections', 'too many guests')).to.equal(1);
      expect(
        s.records.linesAbout('connection refused').map(({ level, facts }) => [level, facts]),
      ).to.deep.equal([['warn', { guest: s.guestId(3), reason: 'too many guests' }]]);
      expect(await holder.seen()).to.deep.equal(['Cafe', 'Bar']);
    });

    it('guests 2: guests come and go: the one that has been idle longest makes room', async () => {
      const s = await stage({ ...oneInterface, input: { maximumGuests: 2 } });
      for (let n = 1; n <= 40; n += 1) expect(await (await s.guest(n)).seen()).to.deep.equal(['Cafe', 'Bar']);
      expect(s.status.guests.map(({ id }) => id)).to.deep.equal(['tcp://127.0.1.39', 'tcp://127.0.1.40']);
      expect(s.records.count('refusedConnections', 'too many guests')).to.equal(0);
    });

    it("guests 2: who makes room ends with all its actors, and its room is the next one's", async () => {
      const s = await stage({ ...oneInterface, input: { maximumGuests: 2 } });
      const met = new Set<AnyActorRef>();
      for (let n = 1; n <= 40; n += 1) {
        await (await s.guest(n)).seen();
        for (const actor of guestsOf(s.proxy).flatMap(actorsOf)) met.add(actor);
      }
      const living = [...met].filter((actor) => actor.getSnapshot().status === 'active');
      expect(living.map((actor) => actor.getSnapshot().context?.name).filter(Boolean)).to.deep.equal([
        'guest:tcp://127.0.1.39',
        'guest:tcp://127.0.1.40',
      ]);
      expect(living).to.have.members(guestsOf(s.proxy).flatMap(actorsOf));
      expect(
        Object.keys(s.proxy.getSnapshot().children).filter((id) => id.startsWith('guests:')),
      ).to.have.length(1);
    });

    it('guests 2: of many guests that are not through within a stop’s time none stays, nor the house that they were in', async () => {
      const s = await stage({ ...oneInterface, time: 'manual', input: { maximumGuests: 100 } });
      for (let n = 1; n <= 97; n += 1) await (await s.guest(n)).seen();
      const houses = () => s.proxy.getSnapshot().context.houses;
      expect(houses()).to.deep.equal(['guests:0', 'guests:1', 'guests:2', 'guests:3']);
      const met = guestsOf(s.proxy).flatMap(actorsOf);
      s.proxy.send({ type: 'stop' });
      expect(houses(), 'that have not gone at once').to.deep.equal(['guests:2', 'guests:3']);
      s.clock.advanceNow(5000);
      expect(s.isIn('stopped')).to.equal(true);
      expect(houses()).to.deep.equal([]);
      expect(met.filter((actor) => actor.getSnapshot().status === 'active')).to.deep.equal([]);
      expect(s.status.guests).to.deep.equal([]);
      await s.restart();
      expect(await (await s.guest(98)).seen()).to.deep.equal(['Cafe', 'Bar']);
      expect(houses()).to.deep.equal(['guests:0']);
    });

    it('guests 2: of many guests none stays when the service has stopped, nor the house that they were in', async () => {
      const s = await stage({ ...oneInterface, input: { maximumGuests: 100 } });
      for (let n = 1; n <= 97; n += 1) await (await s.guest(n)).seen();
      const { children, context } = s.proxy.getSnapshot();
      expect(context.houses).to.have.length(4);
      const houses = context.houses.map((id) => children[id]);
      s.proxy.send({ type: 'stop' });
      await s.until(() => s.isIn('stopped'), 'it has stopped');
      expect(houses.map((house) => house?.getSnapshot().status)).to.deep.equal(houses.map(() => 'stopped'));
      expect(s.proxy.getSnapshot().context.houses).to.deep.equal([]);
    });

    it('guests 2: a connection without a byte takes no place', async () => {
      const s = await stage({ ...oneInterface, input: { maximumGuests: 1 } });
      const silent = [2, 3, 4].map((n) => s.raw(n));
      await Promise.all(silent.map(({ opened }) => opened));
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe', 'Bar']);
      expect(s.status.guests.map(({ id }) => id)).to.deep.equal(['tcp://127.0.1.1']);
    });

    it('guests 2: nor does one that ends, or waits for too long, without a byte', async () => {
      const s = await stage({ ...oneInterface, time: 'manual' });
      const [ending, waiting] = [s.raw(2), s.raw(3)];
      await Promise.all([ending.opened, waiting.opened]);
      ending.end();
      await ending.ended;
      await s.clock.advance(2000);
      await waiting.ended;
      expect(s.records.count('refusedFrames', 'incomplete')).to.equal(2);
      expect(s.status.guests).to.deep.equal([]);
    });
  });

  describe('two guests want different networks on one interface', () => {
    it('guests 3: the one who holds it keeps it: the later one is refused, and the host does not change', async () => {
      const s = await stage(oneInterface);
      const [holder, later] = [await s.guest(1), await s.guest(2)];
      await holder.connect('Cafe');
      expect((await later.connect('Bar')).status).to.equal(17);
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
      expect(s.statusOf(holder)?.session).to.include({ id: 1 });
      expect(s.statusOf(later)?.session).to.equal(null);
    });

    it('guests 3: the one who holds it may want another network itself', async () => {
      const s = await stage(oneInterface);
      const holder = await s.guest(1);
      await holder.connect('Cafe');
      expect(await holder.connect('Bar')).to.include({ status: 0 });
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Bar') });
    });

    it('guests 3: the holder is safe from a guest that mirrors beside it', async () => {
      const s = await stage(oneInterface);
      const [holder, mirroring] = [await s.guest(1), await s.guest(2)];
      await holder.connect('Cafe');
      await mirroring.connect('Cafe');
      expect((await mirroring.connect('Bar')).status).to.equal(17);
      expect(s.statusOf(mirroring)?.session).to.include({ id: 1, ssid: ssid('Cafe') });
    });

    it('guests 3: when the holder has left, the other one gets the interface', async () => {
      const s = await stage(oneInterface);
      const [holder, later] = [await s.guest(1), await s.guest(2)];
      await holder.connect('Cafe');
      await holder.disconnect();
      expect(await later.connect('Bar')).to.include({ status: 0 });
    });

    it('guests 3: the later one is served by the next interface that is free', async () => {
      const s = await stage({ interfaces: [station('wlan0'), station('wlan1')], networks });
      const [holder, later] = [await s.guest(1), await s.guest(2)];
      await holder.connect('Cafe');
      expect(await later.connect('Bar')).to.include({ status: 0 });
      expect(s.statusOf(later)?.session).to.include({ interfaceId: 'wlan1' });
      expect(s.statusOf(holder)?.session).to.include({ interfaceId: 'wlan0' });
    });

    it('guests 3: last-wins: the later one takes it, and the earlier one gets disconnected with its session id', async () => {
      const s = await stage({ ...oneInterface, input: { contention: 'last-wins' } });
      const [earlier, later] = [await s.guest(1), await s.guest(2)];
      await earlier.connect('Nowhere');
      await earlier.connect('Cafe');
      expect(await later.connect('Bar')).to.include({ status: 0 });
      await s.until(() => earlier.disconnections.length === 1, 'the earlier one hears of it');
      expect(earlier.disconnections).to.deep.equal([2]);
      expect(s.statusOf(earlier)?.session).to.equal(null);
      expect(s.statusOf(later)?.session).to.include({ id: 1, ssid: ssid('Bar') });
      expect(later.disconnections).to.deep.equal([]);
    });

    it('guests 4: both ask at the same time: one is served, and the other one hears so when that is settled', async () => {
      const port = new ScriptedStation('wlan0');
      const joined = new Deferred<void>();
      port.onConnect = async (order) => {
        await joined.promise;
        const link = linkTo(order.ssid, bss('Cafe', 1));
        port.join(link);
        return { _tag: 'Right', right: link };
      };
      const s = await stage({ radio: new ScriptedRadio([port]) });
      const [first, second, same] = [await s.guest(1), await s.guest(2), await s.guest(3)];
      const connected = first.connect('Cafe');
      await s.until(() => port.asked.length === 1, 'the host connects for the first one');
      const [refused, mirrored] = [second.connect('Bar'), same.connect('Cafe')];
      await s.until(() => s.status.ownership[port.id]?.waiting.length === 2, 'the others wait');
      joined.resolve();
      expect(await connected).to.include({ status: 0 });
      expect((await refused).status).to.equal(17);
      expect(await mirrored).to.include({ status: 0 });
      expect(s.statusOf(same)?.session).to.include({ type: 'hostMirroring' });
      expect(port.asked).to.deep.equal(['connect']);
    });

    it('guests 4: the first one’s attempt fails: the one that waited gets its turn', async () => {
      const port = new ScriptedStation('wlan0');
      const failing = new Deferred<void>();
      port.onConnect = async (order) => {
        if (order.ssid === ssid('Cafe')) {
          await failing.promise;
          return { _tag: 'Left', left: { reason: 'wrong key', status: 15, detail: 'wrong key' } };
        }
        const link = linkTo(order.ssid, bss('Bar', 2));
        port.join(link);
        return { _tag: 'Right', right: link };
      };
      const s = await stage({ radio: new ScriptedRadio([port]) });
      const [first, second] = [await s.guest(1), await s.guest(2)];
      const connected = first.connect('Cafe');
      await s.until(() => port.asked.length === 1, 'the host connects for the first one');
      const waiting = second.connect('Bar');
      await s.until(() => s.status.ownership[port.id]?.waiting.length === 1, 'the other one waits');
      failing.resolve();
      expect((await connected).status).to.equal(15);
      expect(await waiting).to.include({ status: 0 });
    });
  });

  describe('guests 5: two guests want the same network', () => {
    it('the second one mirrors', async () => {
      const s = await stage(oneInterface);
      const [first, second] = [await s.guest(1), await s.guest(2)];
      await first.connect('Cafe');
      await second.connect('Cafe');
      expect(s.records.factsOf('guestConnectionCompleted').map(({ connection }) => connection)).to.deep.equal(
        ['guestDirected', 'hostMirroring'],
      );
    });

    it('the host disconnects when the last one leaves, whoever that is', async () => {
      for (const order of [
        [0, 1],
        [1, 0],
      ] as const) {
        const s = await stage(oneInterface);
        const guests = [await s.guest(1), await s.guest(2)];
        for (const guest of guests) await guest.connect('Cafe');
        await guests[order[0]]?.disconnect();
        expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
        await guests[order[1]]?.disconnect();
        expect(s.interfaceStatus('wlan0')?.link).to.equal(null);
      }
    });

    it('a host that was connected by itself stays connected when the last one leaves', async () => {
      const s = await stage({ interfaces: [station('wlan0', { link: 'Cafe' })], networks });
      const guests = [await s.guest(1), await s.guest(2)];
      for (const guest of guests) await guest.connect('Cafe');
      for (const guest of guests) await guest.disconnect();
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
    });

    it('all of them hear when the host loses it', async () => {
      const s = await stage(oneInterface);
      const guests = [await s.guest(1), await s.guest(2), await s.guest(3)];
      for (const guest of guests) await guest.connect('Cafe');
      s.control.disconnectByUser(station('wlan0').id);
      await s.until(
        () => guests.every(({ disconnections }) => disconnections.length === 1),
        'all hear of it',
      );
    });
  });

  describe('guests 6: a guest floods', () => {
    it('its requests are worked on one at a time', async () => {
      const held = new Deferred<void>();
      const s = await stage({ ...oneInterface, observer: { guestScanRequested: () => held.promise } });
      const guest = await s.guest(1);
      const scans = [guest, ...[1, 2, 3].map(() => s.deafGuest(1))].map((one) => one.scan());
      await s.until(() => s.records.requestsOf(guest.id) === 4, 'four requests are there');
      expect(s.records.factsOf('guestScanRequested')).to.have.length(1);
      held.resolve();
      await Promise.all(scans);
      const types = s.records.facts.map(({ type }) => type);
      expect(types).to.deep.equal([1, 2, 3, 4].flatMap(() => ['guestScanRequested', 'guestScanCompleted']));
    });

    it('between two of them that waited there is a pause, four times as long as the last one took and 10 ms at most', async () => {
      const s = await stage({
        ...oneInterface,
        time: 'manual',
        observer: { guestScanRequested: () => new Promise((resolve) => s.clock.setTimeout(resolve, 2)) },
      });
      const guest = await s.guest(1);
      const scans = [guest, s.deafGuest(1)].map((one) => one.scan());
      await s.until(() => s.records.requestsOf(guest.id) === 2, 'two requests are there');
      await s.clock.advance(2);
      await s.until(() => s.statusOf(guest)?.requestChannel === 'advancing', 'the first one is answered');
      await s.clock.advance(7);
      expect(s.records.factsOf('guestScanRequested')).to.have.length(1);
      await s.clock.advance(1);
      await s.until(() => s.records.factsOf('guestScanRequested').length === 2, 'the second one is begun');
      await s.clock.advance(2);
      await Promise.all(scans);
    });

    it('after eight within a second the next one waits as long, although none waited when it came', async () => {
      const s = await stage({
        ...oneInterface,
        time: 'manual',
        observer: {
          authorizeGuestConnection: () =>
            new Promise((resolve) => s.clock.setTimeout(() => resolve('deny'), 2)),
        },
      });
      const guest = await s.guest(1);
      const asked = (): number => s.records.hooks.length;
      const isDenied = async (): Promise<void> => {
        const before = asked();
        const answer = guest.connect('Cafe');
        await s.until(() => asked() === before + 1, 'the host application is asked');
        await s.clock.advance(2);
        expect((await answer).status).to.equal(StatusCode.requestDeclined);
      };
      for (let n = 0; n < 8; n += 1) await isDenied();
      const ninth = guest.connect('Cafe');
      await s.until(() => s.statusOf(guest)?.requestChannel === 'advancing', 'it waits');
      await s.clock.advance(7);
      expect(asked()).to.equal(8);
      await s.clock.advance(1);
      await s.until(() => asked() === 9, 'it is begun');
      await s.clock.advance(2);
      await ninth;
      await s.clock.advance(1000 - 8 * 2 - 8 - 2);
      for (let n = 0; n < 8; n += 1) await isDenied();
    });

    it('beyond the backlog, connections are refused, and other guests are served', async () => {
      const held = new Deferred<void>();
      const s = await stage({
        ...oneInterface,
        input: { backlog: 3 },
        observer: { guestScanRequested: ({ guest }) => (guest.endsWith('.1') ? held.promise : undefined) },
      });
      const [guest, other] = [await s.guest(1), await s.guest(2)];
      const scans = [guest, s.deafGuest(1), s.deafGuest(1)].map((one) => one.scan());
      await s.until(() => s.records.requestsOf(guest.id) === 3, 'three requests are there');
      const beyond = [s.raw(1), s.raw(1)];
      for (const raw of beyond) {
        await raw.write(scanRequest);
        expect(await raw.ended).to.have.length(0);
      }
      expect(s.records.count('refusedConnections', 'backlog')).to.equal(2);
      expect(s.records.requestsOf(guest.id)).to.equal(3);
      expect(await other.seen()).to.deep.equal(['Cafe', 'Bar']);
      held.resolve();
      for (const answer of await Promise.all(scans)) expect(answer.networks).to.have.length(2);
      await s.until(() => s.statusOf(guest)?.connections === 0, 'the backlog is empty');
      expect(await guest.seen()).to.deep.equal(['Cafe', 'Bar']);
    });
  });

  it('guests 7: whoever comes again and again without a byte is sent away for 10 s, and nobody else', async () => {
    const s = await stage({ ...oneInterface, time: 'manual' });
    const comeInVain = async (number: number): Promise<void> => {
      const raw = s.raw(number);
      await raw.opened;
      raw.end();
      await raw.ended;
      raw.destroy();
      await s.until(() => s.statusOf({ id: s.guestId(number) })?.connections !== 1, 'it is gone');
    };
    for (let n = 0; n < mostEmpty + 3; n += 1) await comeInVain(1);
    await s.until(() => s.records.count('refusedConnections', 'flood') > 0, 'it is sent away');
    expect(await (await s.guest(2)).seen()).to.deep.equal(['Cafe', 'Bar']);
    const refused = s.raw(1);
    await refused.write(scanRequest);
    expect(await refused.ended).to.have.length(0);
    await s.clock.advance(banTime);
    expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe', 'Bar']);
  });
});
