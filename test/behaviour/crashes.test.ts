/** behaviour.md, “Life cycle”: a crash in one guest's or one interface's actor. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import sinon from 'sinon';
import { StatusCode } from '../../protocol/index.js';
import type { StagedGuest } from '../stage/guests.js';
import { bss, network, ssid, station } from '../stage/networks.js';
import { freePort } from '../stage/ports.js';
import type { LogLine } from '../stage/records.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { type Stage, useStages } from '../stage/stage.js';

/** Crashes whoever logs `text` first, with these facts. */
const crashOn = (s: Stage, text: string, facts: LogLine['facts'] = {}): void => {
  s.records.sabotage = (line) => {
    if (!line.message.includes(text)) return;
    if (Object.entries(facts).some(([name, value]) => line.facts[name] !== value)) return;
    s.records.sabotage = () => undefined;
    throw new Error(`crashed on purpose: ${text}`);
  };
};

describe('life cycle: crashes', () => {
  const stage = useStages();
  const networks = [network('Cafe', 1), network('Bar', 2)];
  const simple = (more: Parameters<typeof stage>[0] = {}): Promise<Stage> =>
    stage({ interfaces: [station('wlan0')], networks, ...more });

  describe('life 5: a crash restarts that actor and no other', () => {
    /** The service’s own restarts, by part. */
    const restarts = (s: Stage) => s.status.counters.restarts;

    it('of a guest’s dispatcher: its connections close, its session ends, it is served again after a pause', async () => {
      const s = await simple({
        time: 'manual',
        observer: { guestScanRequested: () => undefined },
        input: { fakeNetworks: () => [{ ssid: 'Lab', bssid: '02:00:00:00:00:09' }] },
      });
      const [victim, other] = [await s.guest(1), await s.guest(2)];
      await victim.connect('Cafe');
      await other.connect('Cafe');
      crashOn(s, 'request answered', { guest: victim.id });
      await victim.guest.scan()();
      await s.until(() => restarts(s).guest === 1, 'the crash is noticed');
      expect(s.statusOf(victim)?.connections).to.equal(0);
      expect(await victim.guest.scan()(), 'it is not kept waiting').to.include({ _tag: 'Left' });
      expect(await other.seen()).to.deep.equal(['Lab', 'Cafe', 'Bar']);
      expect(s.statusOf(other)?.session).to.include({ id: 1 });
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
      await s.clock.advance(500);
      await s.until(() => victim.disconnections.length === 1, 'the victim hears that its session is over');
      expect(await victim.seen()).to.deep.equal(['Lab', 'Cafe', 'Bar']);
      expect((await victim.connect('Cafe')).sessionId, 'its count goes on').to.equal(2);
      expect(restarts(s)).to.deep.equal({ guest: 1 });
      await other.disconnect();
      await victim.disconnect();
      expect(s.interfaceStatus('wlan0')?.link).to.equal(null);
    });

    it('of a guest’s notification channel: later notifications arrive', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const [victim, other] = [s.deafGuest(1), await s.guest(2)];
      await victim.connect('Cafe');
      await other.connect('Cafe');
      crashOn(s, 'notification dropped');
      port.signal(-60);
      await s.until(() => other.signals.length === 1, 'the other guest has its signal');
      await s.clock.advance(2000);
      await s.until(() => restarts(s).guest === 1, 'the crash is noticed');
      await victim.listen(s.changed);
      await s.clock.advance(500);
      await s.until(() => victim.disconnections.length === 1, 'what waited is delivered');
      port.signal(-61);
      await s.until(() => other.signals.length === 2, 'the other guest has its next signal');
      expect(restarts(s)).to.deep.equal({ guest: 1 });
    });

    it('of an interface: it leaves as if pulled out, and comes back after a pause', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0'), station('wlan1', { link: 'Bar' })],
        networks,
      });
      const [victim, other] = [await s.guest(1), await s.guest(2)];
      await other.connect('Bar');
      crashOn(s, 'host connected', { interfaceId: 'wlan0' });
      expect((await victim.connect('Cafe')).status).to.not.equal(0);
      expect(restarts(s)).to.deep.equal({ interface: 1 });
      expect(s.status.interfaces.map(({ name }) => name)).to.deep.equal(['wlan1']);
      expect(s.statusOf(other)?.session).to.include({ id: 1 });
      await s.clock.advance(500);
      expect(s.status.interfaces.map(({ name }) => name)).to.deep.equal(['wlan1', 'wlan0']);
      await s.until(() => s.interfaceStatus('wlan0')?.link !== null, 'it is watched again');
      expect(await victim.connect('Cafe')).to.include({ status: 0 });
    });

    for (const [what, fail] of [
      [
        'throws',
        () => {
          throw new Error('thrown by the port');
        },
      ],
      ['rejects', () => Promise.reject(new Error('thrown by the port'))],
    ] as const)
      it(`not even of a port that ${what} when it is to scan: its scan has failed, and it is watched on`, async () => {
        const [broken, fine] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
        broken.onScan = fail;
        fine.onScan = () => E.right('complete');
        fine.seen = [bss('Cafe', 1)];
        const s = await stage({ time: 'manual', radio: new ScriptedRadio([broken, fine]) });
        const guest = await s.guest(1);
        expect(await guest.seen()).to.deep.equal(['Cafe']);
        expect(restarts(s)).to.deep.equal({});
        expect(broken.events.observed).to.equal(true);
        expect(s.records.lines).to.deep.include({
          level: 'warn',
          facts: { interfaceId: 'wlan0', reason: 'Error: thrown by the port' },
          message: 'host scan failed',
        });
        broken.onScan = () => E.right('complete');
        broken.seen = [bss('Quay', 2)];
        expect(await guest.seen()).to.have.members(['Cafe', 'Quay']);
      });

    it('of an interface in the middle of something: it is not watched while it rests, and once afterwards', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      crashOn(s, 'host connected');
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      await s.until(() => restarts(s).interface === 1, 'the crash is noticed');
      expect(port.events.observed).to.equal(false);
      await s.clock.advance(500);
      expect(port.events.observed).to.equal(true);
      expect(await (await s.guest(1)).connect('Cafe')).to.include({ status: 0 });
    });

    it('of a listener: its address is free again for the next one', async () => {
      const port = await freePort();
      const s = await simple({
        time: 'manual',
        input: { endpoints: ['tcp://127.0.0.1:0', `tcp://127.0.0.1:${port}`] },
      });
      await s.halt();
      crashOn(s, 'listening for guests', { endpoint: `tcp://127.0.0.1:${port}` });
      s.proxy.send({ type: 'start' });
      await s.until(() => restarts(s).listener === 1, 'the crash is noticed');
      await s.until(() => s.status.endpoints[0]?.address !== null, 'the other one listens');
      await s.clock.advance(500);
      await s.until(
        () => s.status.endpoints.some(({ address }) => address?.endsWith(`:${port}`) === true),
        'it listens',
      );
      await s.until(() => s.isIn('running'), 'the service runs');
      expect(restarts(s)).to.deep.equal({ listener: 1 });
    });

    it('of a radio: its interfaces leave with it, and come back after a pause', async () => {
      const s = await stage({
        time: 'manual',
        interfaces: [station('wlan0', { link: 'Cafe' }), station('wlan1')],
        networks,
        input: { fakeNetworks: () => [{ ssid: 'Lab', bssid: '02:00:00:00:00:09' }] },
      });
      const [victim, other] = [await s.guest(1), await s.guest(2)];
      await victim.connect('Cafe');
      await other.connect('Lab');
      crashOn(s, 'interface left');
      s.control.leave(station('wlan1').id);
      await s.until(() => restarts(s).radio === 1, 'the crash is noticed');
      await s.until(() => victim.disconnections.length === 1, 'its guests hear of it');
      expect(s.status.interfaces.map(({ kind }) => kind)).to.deep.equal(['fake']);
      expect(s.statusOf(other)?.session).to.include({ id: 1 });
      expect(await victim.seen()).to.deep.equal(['Lab']);
      await s.clock.advance(500);
      expect(s.status.interfaces.map(({ name }) => name)).to.deep.equal(['fake networks', 'wlan0']);
      expect(await victim.connect('Cafe')).to.include({ status: 0 });
    });

    it('of the ownership table: sessions go on, and the rules about several guests hold as before', async () => {
      const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      const [directed, mirroring] = [await s.guest(1), s.deafGuest(2)];
      const follow = sinon.stub(port, 'followSignal').onFirstCall().throws(new Error('crashed on purpose'));
      await directed.connect('Cafe');
      await s.until(() => restarts(s).ownership === 1, 'the crash is noticed');
      await s.clock.advance(500);
      expect(follow.callCount, 'the signal is wanted again').to.equal(2);
      await mirroring.connect('Cafe');
      port.signal(-63);
      await s.until(() => directed.signals.at(-1) === -63, 'a guest on the interface hears of its signal');
      expect((await s.guest(3).then((third) => third.connect('Bar'))).status).to.equal(17);
      expect(await directed.connect('Cafe')).to.include({ status: 0 });
      await mirroring.disconnect();
      expect(port.asked).to.deep.equal(['connect']);
      await directed.disconnect();
      expect(port.asked).to.deep.equal(['connect', 'disconnect']);
    });

    it('of the ownership table: who asks to share a network while it rests is told after 10 s that nobody answers', async () => {
      const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      port.seen = [bss('Cafe', 1)];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      const [directed, mirroring] = [await s.guest(1), await s.guest(2)];
      sinon.stub(port, 'followSignal').onFirstCall().throws(new Error('crashed on purpose'));
      await directed.connect('Cafe');
      await s.until(() => restarts(s).ownership === 1, 'the crash is noticed');
      const answer = mirroring.connect('Cafe');
      const isJoining = () =>
        JSON.stringify(s.statusOf(mirroring)?.dispatcher) === '{"busy":{"connecting":"joining"}}';
      await s.until(isJoining, 'the guest waits');
      await s.clock.advance(9999);
      expect(isJoining()).to.equal(true);
      await s.clock.advance(1);
      expect(await answer).to.include({ status: StatusCode.sequenceTimeout });
      expect(await mirroring.connect('Cafe'), 'by now it does answer').to.include({ status: 0 });
    });

    /** The house into which a guest moves with its first request crashes as it does. */
    const crashHouseOf = async (s: Stage, newcomer: StagedGuest): Promise<void> => {
      const { guests } = s.proxy.getSnapshot().context;
      const get = guests.get.bind(guests);
      sinon.stub(guests, 'get').callsFake((id) => {
        if (id !== newcomer.id) return get(id);
        sinon.restore();
        throw new Error('crashed on purpose');
      });
      await newcomer.guest.scan()();
      await s.until(() => restarts(s).guests === 1, 'the crash is noticed');
    };

    it('of a house of guests: its guests are cut off and served again after a pause, and nothing stays theirs', async () => {
      const s = await simple({ time: 'manual' });
      const [holder, newcomer] = [await s.guest(1), await s.guest(2)];
      await holder.connect('Cafe');
      await crashHouseOf(s, newcomer);
      expect(s.statusOf(holder)).to.include({ session: null, connections: 0 });
      expect(await holder.guest.scan()(), 'it is not kept waiting').to.include({ _tag: 'Left' });
      await s.clock.advance(500);
      await s.until(() => holder.disconnections.length === 1, 'who had a session hears that it is over');
      expect(await newcomer.connect('Bar'), 'nobody holds the interface').to.include({ status: 0 });
      expect(await holder.seen()).to.deep.equal(['Cafe', 'Bar']);
      expect((await holder.connect('Bar')).sessionId, 'its count goes on').to.equal(2);
      expect(restarts(s)).to.deep.equal({ guests: 1 });
    });

    it('of a house of guests: those of other houses keep what they hold', async () => {
      const s = await simple({ time: 'manual' });
      const holder = await s.guest(1);
      await holder.connect('Cafe');
      for (let n = 2; n <= 33; n += 1) await (await s.guest(n)).seen();
      expect(s.proxy.getSnapshot().context.houses).to.have.length(2);
      const newcomer = await s.guest(34);
      await crashHouseOf(s, newcomer);
      await s.clock.advance(500);
      expect(await newcomer.connect('Bar')).to.include({ status: StatusCode.noMoreStations });
      expect(s.statusOf(holder)?.session).to.include({ id: 1 });
      expect(holder.disconnections).to.deep.equal([]);
    });

    it('what rests after a crash is not started when the service has stopped meanwhile', async () => {
      const s = await simple({ time: 'manual' });
      crashOn(s, 'interface left');
      s.control.leave(station('wlan0').id);
      await s.until(() => restarts(s).radio === 1, 'the crash is noticed');
      await s.halt();
      expect(s.pendingTimers).to.equal(0);
      await s.clock.advance(60_000);
      expect(s.status.radios).to.deep.equal([]);
    });
  });
});
