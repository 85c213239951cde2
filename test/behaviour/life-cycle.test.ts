/** behaviour.md, “Life cycle”. */
import { expect } from 'chai';
import { NEVER, Observable, Subscription } from 'rxjs';
import { createActor, type StateValue } from 'xstate';
import { proxyWifiOn } from '../../actors/proxy-wifi.js';
import type { Platform } from '../../actors/service.js';
import {
  InvalidInputError,
  ManualClock,
  NoEndpointError,
  type ProxyWifiInput,
  silentLog,
} from '../../index.js';
import { callBegins } from '../../native/native-calls.js';
import { thisPlatform } from '../../platform.js';
import { encodeRequest } from '../../protocol/index.js';
import { handlesSettled, openHandles } from '../stage/leftovers.js';
import { anyKey, bss, network, ssid, station } from '../stage/networks.js';
import { occupy, portOf, release } from '../stage/ports.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { type Stage, useStages } from '../stage/stage.js';

const scanRequest = encodeRequest({ operation: 'scan', ssid: { _tag: 'None' } });

describe('life cycle', () => {
  const stage = useStages();
  const networks = [network('Cafe', 1), network('Bar', 2)];
  const simple = (more: Parameters<typeof stage>[0] = {}): Promise<Stage> =>
    stage({ interfaces: [station('wlan0')], networks, ...more });

  describe('life 1: stopped → starting → running → stopping → stopped, and again', () => {
    it('goes through these states in this order, and again', async () => {
      const s = await simple();
      const states: unknown[] = [];
      const note = ({ value }: { readonly value: StateValue }): void => {
        const state = typeof value === 'string' ? value : Object.keys(value)[0];
        if (states.at(-1) !== state) states.push(state);
      };
      note(s.proxy.getSnapshot());
      s.proxy.subscribe(note);
      await s.halt();
      await s.restart();
      await s.halt();
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
        await s.halt();
        await s.restart();
      }
      expect(await (await s.guest(2)).connect('Cafe')).to.include({ status: 0, sessionId: 1 });
    });

    it('nothing is left while it is stopped: no socket, no timer, no guest, no interface', async () => {
      const before = openHandles().length;
      const s = await simple({ time: 'manual' });
      const guest = s.deafGuest(1);
      await guest.connect('Cafe');
      await s.halt();
      guest.guest.close();
      expect(s.pendingTimers).to.equal(0);
      expect(await handlesSettled(before)).to.have.length.at.most(before);
      expect(s.status).to.deep.include({ endpoints: [], interfaces: [], guests: [], radios: [] });
    });

    it('with input that is wrong nothing is started: the actor has failed with every problem in a sentence', () => {
      const failed = createActor(proxyWifiOn(thisPlatform), {
        input: { endpoints: ['tcp://127.0.0.1:0'], radio: { scenario: { interfaces: [{ name: 7 }] } } },
      });
      const { status, error } = failed.getSnapshot();
      expect(status).to.equal('error');
      expect(error).to.be.instanceOf(InvalidInputError);
      expect(String(error)).to.match(/radio\.scenario: .*name/);
      expect(Object.keys(failed.getSnapshot().children ?? {})).to.deep.equal([]);
    });

    for (const [what, hold] of [
      ['are taken', false],
      ['are not bound within 5 s', true],
    ] as const)
      it(`when all endpoints ${what} the actor fails with a sentence for each, and nothing is left`, async () => {
        const [first, second] = [await occupy(), await occupy()];
        const endpoints = [first, second].map((server) => `tcp://127.0.0.1:${portOf(server)}`);
        const clock = new ManualClock();
        const followed = new Subscription();
        const platform: Platform = {
          ...thisPlatform,
          logNative: () => followed,
          transport: (scheme, time) =>
            hold
              ? { ...thisPlatform.transport(scheme, time), listen: () => NEVER }
              : thisPlatform.transport(scheme, time),
        };
        const input: ProxyWifiInput = { endpoints, radio: 'simulated', clock };
        const proxy = createActor(proxyWifiOn(platform), { clock, input });
        const failed = new Promise<unknown>((error) => proxy.subscribe({ error }));
        proxy.start();
        if (hold) await clock.advance(5000);
        const error = await failed;
        await Promise.all([first, second].map(release));
        if (!(error instanceof NoEndpointError)) throw error;
        expect(error.problems).to.have.length(2);
        for (const [i, endpoint] of endpoints.entries())
          expect(error.problems[i])
            .to.match(hold ? /^listen tcp:\S+: not bound within 5 s$/ : /address in use \(EADDRINUSE\)\. /)
            .and.include(endpoint);
        expect(String(error)).to.include(endpoints[1]);
        expect(proxy.getSnapshot().status).to.equal('error');
        expect(Object.keys(proxy.getSnapshot().children)).to.not.include('holdProcess');
        expect(clock.pending).to.equal(0);
        expect(followed.closed, 'native code is followed no more').to.equal(true);
      });

    it('a service that keeps nothing opens everything within the step in which it is started', async () => {
      const s = await simple();
      await s.halt();
      s.proxy.send({ type: 'start' });
      expect(s.proxy.getSnapshot().value).to.deep.equal({ starting: 'opening' });
    });

    it('can be stopped while it starts', async () => {
      const s = await simple();
      await s.halt();
      s.proxy.send({ type: 'start' });
      expect(s.isIn('starting')).to.equal(true);
      await s.halt();
      await s.restart();
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

  describe('life 2: stop', () => {
    it('closes every connection: idle ones, halves of frames, and requests that are worked on', async () => {
      const s = await simple({ observer: { authorizeGuestConnection: () => new Promise(() => undefined) } });
      const [idle, half] = [s.raw(1), s.raw(2)];
      await idle.opened;
      await half.write(scanRequest.subarray(0, 9));
      const guest = await s.guest(3);
      const connected = guest.guest.connect({ ssid: ssid('Cafe'), security: 'wpa2-psk', key: anyKey })();
      await s.until(
        () => s.records.hooks.length === 1 && s.status.guests.length === 2,
        'all who have sent a byte are there',
      );
      await s.halt();
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
      await s.halt();
      expect(abandoned).to.equal(true);
      expect(s.pendingTimers).to.equal(0);
      await Promise.all(requests);
    });

    it('unregisters from the host', async () => {
      const radio = new ScriptedRadio([new ScriptedStation('wlan0')]);
      const s = await stage({ radio });
      expect(radio.isOpen).to.equal(true);
      await s.halt();
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

    it('a back end that fails to release does not hold the stop up', async () => {
      const radio = new ScriptedRadio([]);
      const failing = {
        name: 'failing',
        open: radio.open,
        closed: () => Promise.reject(new Error('cannot release')),
      };
      const s = await stage({ time: 'manual', radio: failing });
      await s.halt();
      await s.restart();
      expect(radio.openings).to.equal(2);
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
      await s.halt();
      expect(s.pendingTimers).to.equal(0);
    });
  });

  describe('life 3: guest-directed connections at a stop', () => {
    const withConnections = async (disconnectOnStop: boolean) => {
      const [directed, mirrored] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      directed.connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      const s = await stage({ radio: new ScriptedRadio([directed, mirrored]), input: { disconnectOnStop } });
      mirrored.join(linkTo('Bar', bss('Bar', 2)));
      await (await s.guest(1)).connect('Cafe');
      await (await s.guest(2)).connect('Bar');
      await s.halt();
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

    it('a host whose disconnecting breaks does not hold the stop up', async () => {
      const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      port.onDisconnect = () => Promise.reject(new Error('broken back end'));
      const s = await stage({
        time: 'manual',
        radio: new ScriptedRadio([port]),
        input: { disconnectOnStop: true },
      });
      await (await s.guest(1)).connect('Cafe');
      await s.halt();
      expect(port.asked).to.deep.equal(['connect', 'disconnect']);
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

  describe('life 4: a listener that fails', () => {
    it('is reopened with growing pauses, and the others listen meanwhile', async () => {
      const occupied = await occupy();
      const port = portOf(occupied);
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
      const facts = s.records.factsOf('endpointFailed');
      expect(facts[0]).to.deep.equal({
        type: 'endpointFailed',
        endpoint: `tcp://127.0.0.1:${port}`,
        code: 'EADDRINUSE',
        problem: failing()?.problem,
        failures: 1,
      });
      expect(facts.map(({ failures }) => failures)).to.deep.equal([1, 2, 3, 4]);
      await release(occupied);
      await s.clock.advance(4000);
      await s.until(() => failing()?.address === `tcp://127.0.0.1:${port}`, 'it listens');
      expect(failing()).to.deep.include({ state: { open: 'listening' }, problem: null });
      expect(s.proxy.getSnapshot().context.endpoints[1]?.seat.state?.failures, 'pauses begin anew').to.equal(
        0,
      );
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

  describe('life 7: what native code does', () => {
    it('is logged at the level trace as long as the service is there, where that level is enabled', async () => {
      const lines: string[] = [];
      const s = await stage({
        interfaces: [station('wlan0')],
        input: {
          log: { ...silentLog, isLevelEnabled: () => true, trace: (_, message) => lines.push(message) },
        },
      });
      callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
      expect(lines).to.include('WlanScan: ERROR_SUCCESS');
      await s.stop();
      lines.length = 0;
      callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
      expect(lines).to.deep.equal([]);
    });

    it('is logged no more while the service is stopped, and again after its next start', async () => {
      const lines: string[] = [];
      const s = await stage({
        interfaces: [station('wlan0')],
        input: {
          log: { ...silentLog, isLevelEnabled: () => true, trace: (_, message) => lines.push(message) },
        },
      });
      await s.halt();
      lines.length = 0;
      callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
      expect(lines).to.deep.equal([]);
      await s.restart();
      callBegins('wlanapi', 'WlanScan')('ERROR_SUCCESS');
      expect(lines).to.include('WlanScan: ERROR_SUCCESS');
    });
  });
});
