/** behaviour.md, “Restart of the service”: what goes on, and what a guest is told that has lost its connection with the service. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ProxyWifiInput } from '../../index.js';
import type { StateFailure } from '../../native/index.js';
import { KeptState } from '../stage/kept-state.js';
import { bss, network, ssid, station } from '../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, type Stage, useStages } from '../stage/stage.js';

const cafe = '43616665';

describe('a restart of the service', () => {
  const stage = useStages();

  /** An interface that connects at once, and what it is connected to when it arrives. */
  const interfaceOn = (name?: string): ScriptedStation => {
    const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
    port.seen = [bss('Cafe', 1), bss('Bar', 2)];
    if (name !== undefined) port.current = O.some(linkTo(name, bss(name, 1)));
    return port;
  };

  const running = (
    store: KeptState,
    port: ScriptedStation,
    input: Partial<ProxyWifiInput> = {},
  ): Promise<Stage> => stage({ radio: new ScriptedRadio([port]), input: { stateStore: store, ...input } });

  const saved = async (s: Stage, store: KeptState, isSo: () => boolean, what: string): Promise<void> => {
    store.watch(s.changed);
    await s.until(isSo, what);
  };

  /** A run in which guest 1 has connected the host to `Cafe`; it ends as if it were killed: with what stood in the store then. */
  const killed = async (): Promise<KeptState> => {
    const store = new KeptState();
    const s = await running(store, interfaceOn());
    const guest = await s.guest(1);
    await guest.connect('Cafe');
    await saved(
      s,
      store,
      () => store.document.guests[0]?.session !== undefined,
      'the session is written down',
    );
    const left = new KeptState(store.text);
    guest.guest.close();
    await s.halt();
    return left;
  };

  it('restart 1: sessions, their ids and the connections that guests wanted are written down, and no key', async () => {
    const store = await killed();
    expect(store.document).to.deep.equal({
      version: 1,
      guests: [
        {
          guest: 'tcp://127.0.1.1',
          lastSessionId: 1,
          session: { id: 1, type: 'guestDirected', interface: 'wlan0', ssidHex: cafe },
        },
      ],
      links: [{ interface: 'wlan0', ssidHex: cafe }],
    });
    expect(store.text).to.not.include('07'.repeat(4));
  });

  it('restart 1: signals and scans cost no writing, and what follows from one request is written once', async () => {
    const store = new KeptState();
    const port = interfaceOn();
    const s = await running(store, port);
    const guest = await s.guest(1);
    await guest.connect('Cafe');
    await saved(
      s,
      store,
      () => store.document.guests[0]?.session !== undefined,
      'the session is written down',
    );
    const before = store.saves;
    // At the start, while the host connects, and once it has.
    expect(before).to.be.at.most(3);
    for (let rssi = -80; rssi < -60; rssi += 1) port.signal(rssi);
    for (let scans = 0; scans < 5; scans += 1) await guest.scan();
    await s.halt();
    expect(store.saves).to.equal(before);
  });

  it('restart 2: a session whose link is still there goes on, with its id and its hold on the interface', async () => {
    const port = interfaceOn('Cafe');
    const s = await running(await killed(), port);
    const guest = await s.guest(1);
    await s.until(() => s.interfaceStatus('wlan0')?.link !== null, 'the interface is there');
    expect(s.statusOf(guest)?.session).to.include({ id: 1, ssid: ssid('Cafe'), type: 'guestDirected' });
    expect(s.status.ownership[port.id]).to.deep.include({
      ssid: 'Cafe',
      origin: 'guests',
      holders: { [guest.id]: 'in effect' },
    });
    port.signal(-61);
    await s.until(() => guest.signals.length > 0, 'it is told its signal');
    const other = await s.guest(2);
    expect(await other.connect('Bar'), 'the first one holds it').to.include({ status: 17 });
    await guest.disconnect(1);
    expect(port.asked, 'the last guest disconnects the host').to.deep.equal(['disconnect']);
    expect(guest.disconnections).to.deep.equal([]);
  });

  it('restart 2: session ids go on, also of guests that have no session', async () => {
    const store = await killed();
    const s = await running(store, interfaceOn('Cafe'));
    const guest = await s.guest(1);
    await guest.disconnect(1);
    await saved(s, store, () => store.document.guests[0]?.session === undefined, 'the end is written down');
    await s.halt();
    await s.restart();
    // The service has another port by now.
    expect(await s.deafGuest(1).connect('Cafe')).to.include({ status: 0, sessionId: 2 });
  });

  for (const { now, what } of [
    { now: undefined, what: 'is not connected any more' },
    { now: 'Bar', what: 'is connected to another network' },
  ])
    it(`restart 3: a guest is told that its session is over when its interface ${what}`, async () => {
      const store = await killed();
      const s = await running(store, interfaceOn(now), { requestPort: 0 });
      // Its driver listens by the time of a later try.
      const guest = await s.guest(1);
      await s.until(() => guest.disconnections.length > 0, 'it is told');
      expect(guest.disconnections).to.deep.equal([1]);
      expect(s.statusOf(guest)?.session).to.equal(null);
      await saved(
        s,
        store,
        () => store.document.guests[0]?.untold === undefined,
        'that it knows is written down',
      );
      expect(store.document.links).to.deep.equal([]);
    });

  it('restart 3: the same when the interface does not come within 10 s', async () => {
    const store = await killed();
    const s = await stage({ time: 'manual', input: { stateStore: store } });
    const guest = await s.guest(1);
    await s.clock.advance(9000);
    expect(s.statusOf(guest)?.session).to.include({ id: 1 });
    await s.clock.advance(1500);
    await s.until(() => guest.disconnections.length > 0, 'it is told');
    expect(guest.disconnections).to.deep.equal([1]);
  });

  it('restart 3: who could not be told is told when it asks for something, in a later run too', async () => {
    const store = await killed();
    const first = await stage({
      time: 'manual',
      radio: new ScriptedRadio([interfaceOn()]),
      input: { stateStore: store },
    });
    await first.clock.advance(10_000);
    expect(first.records.count('notificationsDropped', 'disconnected')).to.equal(1);
    await first.halt();
    expect(store.document.guests[0]).to.include({ untold: 1 });
    const s = await stage({
      time: 'manual',
      radio: new ScriptedRadio([interfaceOn()]),
      input: { stateStore: store },
    });
    await s.clock.advance(10_000);
    const guest = await s.guest(1);
    await guest.scan();
    await s.until(() => guest.disconnections.length > 0, 'it is told');
    expect(guest.disconnections).to.deep.equal([1]);
  });

  it('restart 3: a guest whose connect was being worked on is told that the session is over that it may have got', async () => {
    const port = new ScriptedStation('wlan0');
    const store = new KeptState();
    const s = await running(store, port);
    const guest = await s.guest(1);
    const connecting = guest.connect('Cafe').catch(() => undefined);
    await saved(s, store, () => store.document.guests.length > 0, 'the attempt is written down');
    const left = new KeptState(store.text);
    await s.halt();
    await connecting;
    expect(left.document.guests[0]).to.deep.equal({ guest: guest.id, lastSessionId: 1, untold: 1 });
    const later = await running(left, interfaceOn());
    const same = await later.guest(1);
    await later.until(() => same.disconnections.length > 0, 'it is told');
    expect(same.disconnections).to.deep.equal([1]);
    expect(await same.connect('Cafe')).to.include({ status: 0, sessionId: 2 });
  });

  it('restart 3: a guest that may not come in any more is told, and its link counts as needed by nobody', async () => {
    const s = await running(await killed(), interfaceOn('Cafe'), { allow: ['tcp://127.0.1.2'] });
    const guest = s.deafGuest(1);
    await s.until(() => s.statusOf(guest) !== undefined, 'it is known');
    expect(s.statusOf(guest)?.session).to.equal(null);
    expect(s.status.ownership['wlan0' as keyof typeof s.status.ownership]).to.deep.include({ holders: {} });
  });

  it('restart 4: a stop writes down what there is, and the same service goes on from there', async () => {
    const store = new KeptState();
    const port = interfaceOn();
    const s = await running(store, port);
    const guest = await s.guest(1);
    await guest.connect('Cafe');
    await s.halt();
    expect(store.document.guests[0]?.session).to.include({ id: 1 });
    await s.restart();
    await s.until(() => s.interfaceStatus('wlan0')?.link !== null, 'the interface is there');
    expect(s.statusOf(guest)?.session).to.include({ id: 1 });
  });

  it('restart 4: a session that a guest ends while a stop writes does not come back with the next start', async () => {
    const store = new KeptState();
    const port = interfaceOn();
    const s = await running(store, port);
    const guest = await s.guest(1);
    await guest.connect('Cafe');
    await saved(s, store, () => store.document.guests[0]?.session !== undefined, 'it is written down');
    let disconnected = (): void => undefined;
    port.onDisconnect = () =>
      new Promise((resolve) => {
        disconnected = () => resolve(E.right(undefined));
      });
    let written = (): void => undefined;
    store.takes = new Promise((resolve) => {
      written = resolve;
    });
    // Something else is new, so that there is something to write.
    await (await s.guest(2)).connect('Nowhere');
    const answer = guest.guest.disconnect(1)();
    await s.until(() => port.asked.includes('disconnect'), 'the host disconnects');
    const halted = s.halt();
    disconnected();
    await answer;
    written();
    await halted;
    expect(store.document.guests[0]).to.not.have.property('session');
  });

  it('restart 4: a guest whose actors had crashed when the service stopped is told at the next start', async () => {
    const store = new KeptState();
    const s = await running(store, interfaceOn());
    const guest = await s.guest(1);
    await guest.connect('Cafe');
    s.records.sabotage = ({ message }) => {
      if (message !== 'request answered') return;
      s.records.sabotage = () => undefined;
      throw new Error('crashed on purpose');
    };
    // Of no session in effect.
    void guest.guest.disconnect(0)();
    await s.until(() => s.statusOf(guest)?.dispatcher === null, 'its actors rest');
    await s.halt();
    expect(store.document.guests[0]).to.deep.include({ untold: 1 });
    await s.restart();
    await s.until(() => guest.disconnections.length > 0, 'it is told');
    expect(guest.disconnections).to.deep.equal([1]);
  });

  it('restart 4: after a stop that ended the guests’ connections they are told at the next start', async () => {
    const store = new KeptState();
    const s = await running(store, interfaceOn(), { disconnectOnStop: true });
    const guest = await s.guest(1);
    await guest.connect('Cafe');
    await s.halt();
    await s.restart();
    await s.until(() => guest.disconnections.length > 0, 'it is told');
    expect(guest.disconnections).to.deep.equal([1]);
  });

  const full: StateFailure = { reason: 'failed', code: 'ENOSPC', detail: 'write state: ENOSPC' };

  it('restart 5: a full disk costs a log line, and the state is written once there is room', async () => {
    const store = new KeptState();
    store.saving = full;
    const s = await stage({
      time: 'manual',
      radio: new ScriptedRadio([interfaceOn()]),
      input: { stateStore: store },
    });
    const guest = await s.guest(1);
    expect(await guest.connect('Cafe')).to.include({ status: 0 });
    for (let tries = 0; tries < 5; tries += 1) await s.clock.advance(1000);
    expect(s.records.linesAbout('is not written down')).to.have.length(1);
    store.saving = undefined;
    for (let seconds = 0; seconds < 40; seconds += 1) await s.clock.advance(1000);
    expect(store.document.guests[0]?.session).to.include({ id: 1 });
    expect(s.records.linesAbout('written down again')).to.have.length(1);
  });

  for (const { text, what } of [
    { text: '{"version": 1, "guests": [', what: 'is cut off' },
    { text: '{"version": 2, "guests": [], "links": []}', what: 'is of another version' },
    {
      text: '{"version": 1, "guests": [{"guest": "nobody", "lastSessionId": 1}], "links": []}',
      what: 'names no guest',
    },
    { text: '\u0000\u0001', what: 'is no text' },
  ])
    it(`restart 5: a file that ${what} costs a log line, and is written anew`, async () => {
      const store = new KeptState(text);
      const s = await running(store, interfaceOn());
      expect(s.records.linesAbout('as if it had never run')).to.have.length(1);
      const guest = await s.guest(1);
      expect(await guest.connect('Cafe')).to.include({ status: 0, sessionId: 1 });
      await saved(s, store, () => store.saves > 0 && store.document.guests.length === 1, 'it is written');
    });

  it('restart 5: one that cannot be read costs a log line', async () => {
    const store = new KeptState();
    store.opening = { reason: 'failed', code: 'EACCES', detail: 'read state: EACCES' };
    const s = await running(store, interfaceOn());
    expect(s.records.linesAbout('cannot be read')).to.have.length(1);
    expect(await (await s.guest(1)).connect('Cafe')).to.include({ status: 0 });
  });

  it('restart 5: one that does not answer is waited for 2 s, and written anew once it does', async () => {
    const store = await killed();
    let answer: () => void = () => undefined;
    store.answers = new Promise((resolve) => {
      answer = resolve;
    });
    const s = await running(store, interfaceOn());
    expect(s.records.linesAbout('does not answer')).to.have.length(1);
    const guest = await s.guest(2);
    expect(await guest.connect('Cafe')).to.include({ status: 0, sessionId: 1 });
    expect(store.document.guests.map(({ guest: id }) => id)).to.deep.equal(['tcp://127.0.1.1']);
    answer();
    await saved(
      s,
      store,
      () => store.document.guests.map(({ guest: id }) => id).join() === 'tcp://127.0.1.2',
      'what is known now is written',
    );
  });

  it('restart 5: one that takes nothing keeps a stop waiting for 2 s', async () => {
    const store = new KeptState();
    const s = await stage({ time: 'manual', interfaces: [station('wlan0')], input: { stateStore: store } });
    store.takes = new Promise(() => undefined);
    const halted = s.halt();
    await s.until(
      () => s.proxy.getSnapshot().matches({ stopping: 'remembering' }),
      'it is to be written down',
    );
    await s.clock.advance(1999);
    expect(s.isIn('stopped')).to.equal(false);
    await s.clock.advance(1);
    await halted;
    expect(s.isIn('stopped')).to.equal(true);
  });

  it('restart 1: what changes while something is being written is written after it', async () => {
    const store = new KeptState();
    let asked = 0;
    const taken = new Deferred<void>();
    Object.defineProperty(store, 'takes', {
      get: () => {
        asked += 1;
        return taken.promise;
      },
    });
    const s = await running(store, interfaceOn());
    await s.until(() => asked === 1, 'nothing is known yet, and that is being written');
    await (await s.guest(1)).connect('Cafe');
    taken.resolve(undefined);
    await saved(
      s,
      store,
      () => store.document.guests.map(({ guest }) => guest).join() === 'tcp://127.0.1.1',
      'the session is written as well',
    );
    expect([asked, store.saves]).to.deep.equal([2, 2]);
  });

  it('restart 6: what another service has is neither read nor written', async () => {
    const store = new KeptState('{"version": 1, "guests": [], "links": []}');
    const before = store.text;
    store.opening = { reason: 'in use', code: 'EADDRINUSE', detail: 'another service keeps its state there' };
    const s = await running(store, interfaceOn());
    expect(s.records.linesAbout('nothing is remembered: another service')).to.have.length(1);
    await (await s.guest(1)).connect('Cafe');
    await s.halt();
    expect(store.text).to.equal(before);
  });

  it('takes a look at what there is to be written only where something is kept', async () => {
    for (const stateStore of [new KeptState(), undefined]) {
      const s = await stage({ ...(stateStore === undefined ? {} : { input: { stateStore } }) });
      const passed = new Set<string>();
      s.proxy.subscribe(({ value }) => passed.add(JSON.stringify(value)));
      await s.halt();
      const remembering = JSON.stringify({ stopping: 'remembering' });
      expect(passed.has(remembering)).to.equal(stateStore !== undefined);
      expect(passed.has(JSON.stringify({ stopping: 'disconnecting' }))).to.equal(true);
    }
  });

  describe('a store that breaks its word, and rejects', () => {
    const broken = (): Promise<void> => {
      const promise = Promise.reject(new Error('broken store'));
      promise.catch(() => undefined);
      return promise;
    };
    const stillRunning = (store: KeptState): Promise<Stage> =>
      stage({ time: 'manual', radio: new ScriptedRadio([interfaceOn()]), input: { stateStore: store } });

    it('holds up no start', async () => {
      const store = new KeptState();
      store.answers = broken();
      const s = await stillRunning(store);
      expect(s.isIn('running'), 'though no time passes').to.equal(true);
      expect(await (await s.guest(1)).connect('Cafe')).to.include({ status: 0, sessionId: 1 });
    });

    it('holds up no stop', async () => {
      const store = new KeptState();
      const s = await stillRunning(store);
      expect(await (await s.guest(1)).connect('Cafe')).to.include({ status: 0, sessionId: 1 });
      store.takes = broken();
      s.proxy.send({ type: 'stop' });
      await s.until(() => s.isIn('stopped'), 'though no time passes');
    });
  });

  it('restart 2: so does one on a fake network', async () => {
    const lab = { ssid: 'Lab', bssid: '02:00:00:00:00:09' };
    const store = new KeptState();
    const input = { stateStore: store, fakeNetworks: () => [lab] };
    const first = await stage({ input });
    await (await first.guest(1)).connect('Lab');
    await first.halt();
    const s = await stage({ input });
    const guest = await s.guest(1);
    expect(s.statusOf(guest)?.session).to.include({ id: 1, ssid: ssid('Lab') });
    await guest.disconnect(1);
    expect(s.statusOf(guest)?.session).to.equal(null);
  });

  it('restart 2: and one that mirrors what the host is connected to by itself', async () => {
    const scene = { interfaces: [station('wlan0', { link: 'Cafe' })], networks: [network('Cafe', 1)] };
    const store = new KeptState();
    const first = await stage({ ...scene, input: { stateStore: store } });
    await (await first.guest(1)).connect('Cafe');
    await first.halt();
    const s = await stage({ ...scene, input: { stateStore: store } });
    const guest = await s.guest(1);
    await s.until(() => s.interfaceStatus('wlan0')?.link !== null, 'the interface is there');
    expect(s.statusOf(guest)?.session).to.include({ id: 1, type: 'hostMirroring' });
  });
});
