/** behaviour.md, “Life cycle”. */
import { type AddressInfo, createServer, type Server } from 'node:net';
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import { Observable } from 'rxjs';
import type { StateValue } from 'xstate';
import { encodeRequest, type Platform, thisPlatform } from '../../index.js';
import { handlesSettled, openHandles } from '../stage/leftovers.js';
import { anyKey, bss, network, ssid, station } from '../stage/networks.js';
import type { LogLine } from '../stage/records.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { type Stage, useStages } from '../stage/stage.js';

const scanRequest = encodeRequest({ operation: 'scan', ssid: { _tag: 'None' } });

/** Crashes whoever logs `text` first, with these facts. */
const crashOn = (s: Stage, text: string, facts: LogLine['facts'] = {}): void => {
  s.records.sabotage = (line) => {
    if (!line.message.includes(text)) return;
    if (Object.entries(facts).some(([name, value]) => line.facts[name] !== value)) return;
    s.records.sabotage = () => undefined;
    throw new Error(`crashed on purpose: ${text}`);
  };
};

const occupy = (port = 0): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer().listen(port, '127.0.0.1', () => resolve(server));
  });

const release = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));

describe('life cycle', () => {
  const stage = useStages();
  const networks = [network('Cafe', 1), network('Bar', 2)];
  const simple = (more: Parameters<typeof stage>[0] = {}): Promise<Stage> =>
    stage({ interfaces: [station('wlan0')], networks, ...more });

  const stopped = async (s: Stage): Promise<void> => {
    s.proxy.send({ type: 'stop' });
    await s.until(() => s.isIn('stopped'), 'the service has stopped');
  };

  const started = async (s: Stage): Promise<void> => {
    s.proxy.send({ type: 'start' });
    await s.until(() => s.isIn('running'), 'the service runs');
  };

  describe('stopped → starting → running → stopping → stopped, and again', () => {
    it('goes through these states in this order, and again', async () => {
      const s = await simple();
      const states: unknown[] = [];
      const note = ({ value }: { readonly value: StateValue }): void => {
        const state = typeof value === 'string' ? value : Object.keys(value)[0];
        if (states.at(-1) !== state) states.push(state);
      };
      note(s.proxy.getSnapshot());
      s.proxy.subscribe(note);
      await stopped(s);
      await started(s);
      await stopped(s);
      expect(states).to.deep.equal([
        'running',
        'stopping',
        'stopped',
        'starting',
        'running',
        'stopping',
        'stopped',
      ]);
    });

    it('serves guests again after each start, with session ids from 1 on', async () => {
      const s = await simple();
      for (let i = 0; i < 3; i++) {
        const raw = s.raw(1);
        await raw.write(scanRequest);
        expect((await raw.ended)[0]).to.equal(2);
        await stopped(s);
        await started(s);
      }
      expect(await (await s.guest(2)).connect('Cafe')).to.include({ status: 0, sessionId: 1 });
    });

    it('nothing is left while it is stopped: no socket, no timer, no guest, no interface', async () => {
      const before = openHandles().length;
      const s = await simple({ time: 'manual' });
      const guest = s.deafGuest(1);
      await guest.connect('Cafe');
      await stopped(s);
      guest.guest.close();
      expect(s.pendingTimers).to.equal(0);
      expect(await handlesSettled(before)).to.have.length.at.most(before);
      expect(s.status).to.deep.include({ endpoints: [], interfaces: [], guests: [], radios: [] });
    });

    it('can be stopped while it starts', async () => {
      const s = await simple();
      await stopped(s);
      s.proxy.send({ type: 'start' });
      expect(s.isIn('starting')).to.equal(true);
      await stopped(s);
      await started(s);
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe', 'Bar']);
    });

    it('an actor that is stopped the XState way leaves nothing either', async () => {
      const before = openHandles().length;
      const s = await simple({ time: 'manual' });
      const raw = s.raw(1);
      await raw.write(scanRequest.subarray(0, 9));
      await s.until(() => s.status.guests[0]?.requestChannel === 'receiving', 'a frame has begun');
      s.proxy.stop();
      await raw.ended;
      raw.destroy();
      await raw.closed;
      expect(s.pendingTimers).to.equal(0);
      expect(await handlesSettled(before)).to.have.length.at.most(before);
    });
  });

  describe('stop', () => {
    it('closes every connection: idle ones, halves of frames, and requests that are worked on', async () => {
      const s = await simple({ observer: { authorizeGuestConnection: () => new Promise(() => undefined) } });
      const [idle, half] = [s.raw(1), s.raw(2)];
      await idle.opened;
      await half.write(scanRequest.subarray(0, 9));
      const guest = await s.guest(3);
      const connected = guest.guest.connect({ ssid: ssid('Cafe'), security: 'wpa2-psk', key: anyKey })();
      await s.until(() => s.records.hooks.length === 1 && s.status.guests.length === 3, 'all are there');
      await stopped(s);
      expect(await idle.ended).to.have.length(0);
      expect(await half.ended).to.have.length(0);
      expect((await connected)._tag).to.equal('Left');
    });

    it('ends every operation: a connect of the host is abandoned, a hook is not waited for', async () => {
      const port = new ScriptedStation('wlan0');
      let abandoned = false;
      port.onConnect = (_order, abort) =>
        new Promise(() => {
          abort.addEventListener('abort', () => {
            abandoned = true;
          });
        });
      const radio = new ScriptedRadio([port]);
      const s = await stage({
        time: 'manual',
        radio,
        observer: { guestScanRequested: () => new Promise(() => undefined) },
      });
      const [connecting, scanning] = [await s.guest(1), await s.guest(2)];
      const requests = [
        connecting.guest.connect({ ssid: ssid('Cafe'), security: 'wpa2-psk', key: anyKey })(),
        scanning.guest.scan()(),
      ];
      await s.until(() => port.asked.length === 1 && s.records.hooks.length === 1, 'both are under way');
      await stopped(s);
      expect(abandoned).to.equal(true);
      expect(s.pendingTimers).to.equal(0);
      await Promise.all(requests);
    });

    it('unregisters from the host', async () => {
      const radio = new ScriptedRadio([new ScriptedStation('wlan0')]);
      const s = await stage({ radio });
      expect(radio.isOpen).to.equal(true);
      await stopped(s);
      expect(radio.isOpen).to.equal(false);
    });

    it('waits until the back end has released everything', async () => {
      const radio = new ScriptedRadio([]);
      let released: () => void = () => undefined;
      const closing = {
        ...radio,
        name: 'closing',
        open: radio.open,
        closed: () => new Promise<void>((r) => (released = r)),
      };
      const s = await stage({ time: 'manual', radio: closing });
      s.proxy.send({ type: 'stop' });
      await s.until(() => JSON.stringify(s.proxy.getSnapshot().value).includes('releasing'), 'it releases');
      expect(s.isIn('stopping')).to.equal(true);
      released();
      await s.until(() => s.isIn('stopped'), 'the service has stopped');
    });

    it('a back end that never releases is given up after 5 s', async () => {
      const radio = new ScriptedRadio([]);
      const stuck = { name: 'stuck', open: radio.open, closed: () => new Promise<void>(() => undefined) };
      const s = await stage({ time: 'manual', radio: stuck });
      s.proxy.send({ type: 'stop' });
      await s.clock.advance(4999);
      expect(s.isIn('stopping')).to.equal(true);
      await s.clock.advance(1);
      expect(s.isIn('stopped')).to.equal(true);
    });

    it('drops notifications that could not be delivered yet', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]) });
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      await s.deafGuest(1).connect('Cafe');
      port.signal(-60);
      port.lose();
      await stopped(s);
      expect(s.pendingTimers).to.equal(0);
    });
  });

  describe('guest-directed connections at a stop', () => {
    const withConnections = async (disconnectOnStop: boolean) => {
      const [directed, mirrored] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      directed.connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      const s = await stage({ radio: new ScriptedRadio([directed, mirrored]), input: { disconnectOnStop } });
      mirrored.join(linkTo('Bar', bss('Bar', 2)));
      await (await s.guest(1)).connect('Cafe');
      await (await s.guest(2)).connect('Bar');
      await stopped(s);
      return { directed, mirrored };
    };

    it('are left as they are on the host', async () => {
      const { directed, mirrored } = await withConnections(false);
      expect([...directed.asked, ...mirrored.asked]).to.deep.equal(['connect']);
    });

    it('are disconnected with disconnectOnStop, and mirrored ones are not', async () => {
      const { directed, mirrored } = await withConnections(true);
      expect(directed.asked).to.deep.equal(['connect', 'disconnect']);
      expect(mirrored.asked).to.deep.equal([]);
    });

    it('a host that does not disconnect holds the stop up for 5 s at most', async () => {
      const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      port.onDisconnect = () => new Promise(() => undefined);
      const s = await stage({
        time: 'manual',
        radio: new ScriptedRadio([port]),
        input: { disconnectOnStop: true },
      });
      await (await s.guest(1)).connect('Cafe');
      s.proxy.send({ type: 'stop' });
      await s.clock.advance(4999);
      expect(s.isIn('stopping')).to.equal(true);
      await s.clock.advance(1);
      expect(s.isIn('stopped')).to.equal(true);
    });
  });

  describe('a listener that fails', () => {
    it('is reopened with growing pauses, and the others listen meanwhile', async () => {
      const occupied = await occupy();
      const { port } = occupied.address() as AddressInfo;
      const s = await simple({
        time: 'manual',
        input: { endpoints: ['tcp://127.0.0.1:0', `tcp://127.0.0.1:${port}`] },
      });
      const failing = () => s.status.endpoints[1];
      expect(failing()).to.include({ state: 'backingOff', address: null });
      expect(failing()?.problem).to.match(/EADDRINUSE/);
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe', 'Bar']);
      const tries = () => s.records.count('restarts', 'listener');
      for (const [i, pause] of [500, 1000, 2000].entries()) {
        await s.until(() => tries() === i + 1 && failing()?.state === 'backingOff', `failure ${i + 1}`);
        await s.clock.advance(pause - 1);
        expect(failing()?.state).to.equal('backingOff');
        await s.clock.advance(1);
        await s.until(() => tries() === i + 2, 'it is tried again');
      }
      await release(occupied);
      await s.clock.advance(4000);
      await s.until(() => failing()?.address === `tcp://127.0.0.1:${port}`, 'it listens');
      expect(failing()?.problem).to.equal(null);
    });

    it('that breaks while it listens is reopened as well', async () => {
      let fail: () => void = () => undefined;
      let bound = 0;
      const platform: Platform = {
        ...thisPlatform,
        transport: (scheme, clock) => {
          const transport = thisPlatform.transport(scheme, clock);
          return {
            ...transport,
            listen: (endpoint, options) =>
              new Observable((subscriber) => {
                fail = () =>
                  subscriber.error({
                    operation: 'accept',
                    where: 'here',
                    code: 'EMFILE',
                    detail: 'too many files',
                  });
                bound += 1;
                return transport.listen(endpoint, options).subscribe(subscriber);
              }),
          };
        },
      };
      const s = await simple({ time: 'manual', platform });
      fail();
      expect(s.status.endpoints[0]).to.include({ address: null, problem: 'too many files' });
      await s.clock.advance(500);
      await s.until(() => s.status.endpoints[0]?.address !== null, 'it listens again');
      expect(bound).to.equal(2);
      expect(await (await s.guest(1)).seen()).to.deep.equal(['Cafe', 'Bar']);
    });
  });

  describe('a crash restarts that actor and no other', () => {
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

    it('of a port that throws: only its interface rests', async () => {
      const [broken, fine] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      broken.onScan = () => {
        throw new Error('thrown by the port');
      };
      fine.onScan = () => E.right('complete');
      fine.seen = [bss('Cafe', 1)];
      const s = await stage({ time: 'manual', radio: new ScriptedRadio([broken, fine]) });
      const guest = await s.guest(1);
      expect(await guest.seen()).to.deep.equal(['Cafe']);
      expect(restarts(s)).to.deep.equal({ interface: 1 });
      broken.onScan = () => E.right('complete');
      await s.clock.advance(500);
      expect(s.status.interfaces).to.have.length(2);
      expect(await guest.seen()).to.deep.equal(['Cafe']);
    });

    it('of a listener: its address is free again for the next one', async () => {
      const occupied = await occupy();
      const { port } = occupied.address() as AddressInfo;
      await release(occupied);
      const s = await simple({
        time: 'manual',
        input: { endpoints: ['tcp://127.0.0.1:0', `tcp://127.0.0.1:${port}`] },
      });
      await stopped(s);
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
      expect(s.status.interfaces.map(({ kind }) => kind)).to.deep.equal(['pretended']);
      expect(s.statusOf(other)?.session).to.include({ id: 1 });
      expect(await victim.seen()).to.deep.equal(['Lab']);
      await s.clock.advance(500);
      expect(s.status.interfaces.map(({ name }) => name)).to.deep.equal(['fake networks', 'wlan0']);
      expect(await victim.connect('Cafe')).to.include({ status: 0 });
    });

    it('of the ownership table: sessions go on, and the rules about several guests hold as before', async () => {
      const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      let armed = false;
      const s = await stage({
        time: 'manual',
        radio: new ScriptedRadio([port]),
        input: {
          metrics: {
            count: (counter) => {
              if (!armed || counter !== 'notificationsConflated') return;
              armed = false;
              throw new Error('crashed on purpose');
            },
            requestAnswered: () => undefined,
          },
        },
      });
      const [directed, mirroring] = [await s.guest(1), s.deafGuest(2)];
      await directed.connect('Cafe');
      await mirroring.connect('Cafe');
      armed = true;
      for (const rssi of [-60, -61, -62]) port.signal(rssi);
      await s.until(() => restarts(s).ownership === 1, 'the crash is noticed');
      await s.clock.advance(500);
      port.signal(-63);
      await s.until(() => directed.signals.at(-1) === -63, 'a guest on the interface hears of its signal');
      expect((await s.guest(3).then((third) => third.connect('Bar'))).status).to.equal(17);
      expect(await directed.connect('Cafe')).to.include({ status: 0 });
      await mirroring.disconnect();
      expect(port.asked).to.deep.equal(['connect']);
      await directed.disconnect();
      expect(port.asked).to.deep.equal(['connect', 'disconnect']);
    });

    it('what rests after a crash is not started when the service has stopped meanwhile', async () => {
      const s = await simple({ time: 'manual' });
      crashOn(s, 'interface left');
      s.control.leave(station('wlan0').id);
      await s.until(() => restarts(s).radio === 1, 'the crash is noticed');
      await stopped(s);
      expect(s.pendingTimers).to.equal(0);
      await s.clock.advance(60_000);
      expect(s.status.radios).to.deep.equal([]);
    });
  });

  describe('the snapshot of the root', () => {
    it('is plain JSON and tells the state of endpoints, interfaces, guests, sessions, queues and counters', async () => {
      const s = await simple({ machines: ['vm1.vsock'] });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await (await s.machine('vm1.vsock')).scan();
      const text = JSON.stringify(s.proxy.getSnapshot());
      const { context } = JSON.parse(text);
      expect(context.status).to.deep.equal(JSON.parse(JSON.stringify(s.status)));
      expect(Object.keys(context.status)).to.include.members([
        'endpoints',
        'radios',
        'interfaces',
        'guests',
        'ownership',
        'counters',
      ]);
      expect(context.status.endpoints).to.have.length(2);
      expect(context.status.interfaces[0]).to.deep.include({
        id: 'wlan0',
        kind: 'station',
        link: { ssid: 'Cafe', bssid: '02:00:00:00:00:01' },
      });
      expect(context.status.guests[0]).to.deep.include({
        id: guest.id,
        dispatcher: 'idle',
        requestChannel: 'idle',
        notificationChannel: 'idle',
        queue: 0,
        lastSessionId: 1,
      });
      expect(context.status.guests[0].session).to.include({ id: 1, ssid: 'Cafe', type: 'guestDirected' });
      expect(context.status.counters.requests).to.deep.include({ 'connect success': 1 });
    });

    it('holds no key, also while a connect request is worked on', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]) });
      const guest = await s.guest(1);
      const connected = guest.guest.connect({ ssid: ssid('Cafe'), security: 'wpa2-psk', key: anyKey })();
      await s.until(() => port.asked.length === 1, 'the host connects');
      const said = [
        JSON.stringify(s.proxy.getSnapshot()),
        JSON.stringify(s.records.lines),
        JSON.stringify(s.records.facts),
        ...s.records.frames.map(({ frame }) => Buffer.from(frame).toString('hex')),
      ].join('\n');
      for (const key of ['07'.repeat(32), '7,7,7,7', '"0":7,"1":7', Buffer.alloc(32, 7).toString('base64')])
        expect(said).to.not.include(key);
      await stopped(s);
      await connected;
    });
  });
});
