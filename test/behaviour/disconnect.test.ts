/** behaviour.md, “Disconnect”. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import type { Observer, SeenFrame } from '../../index.js';
import { bss, network, ssid, station } from '../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, type Stage, useStages } from '../stage/stage.js';

/** What the host application was told of each session that ended, in order. */
const outcomes = (s: Stage): readonly string[] =>
  s.records.factsOf('guestDisconnectionCompleted').map(({ outcome }) => outcome);

describe('disconnect', () => {
  const stage = useStages();

  /** A host interface that connects wherever it is told. */
  const directed = async (
    observer: Observer = {},
    time: 'manual' | 'system' = 'system',
  ): Promise<{ s: Stage; port: ScriptedStation; radio: ScriptedRadio }> => {
    const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
    const radio = new ScriptedRadio([port]);
    return { s: await stage({ time, radio, observer }), port, radio };
  };

  const disconnects = ({ asked }: ScriptedStation): number =>
    asked.filter((what) => what === 'disconnect').length;

  describe('1: which session', () => {
    it('disconnect 1: an id older than that of the session in effect: nothing happens, success is answered', async () => {
      const { s, port } = await directed();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.connect('Cafe');
      await guest.disconnect(1);
      expect(s.statusOf(guest)?.session).to.include({ id: 2 });
      expect(disconnects(port)).to.equal(0);
      expect(s.records.factsOf('guestDisconnectionRequested')).to.deep.equal([]);
      expect(s.records.factsOf('guestDisconnectionCompleted')).to.deep.equal([]);
    });

    it('disconnect 1: a guest that is not connected is answered with success, and nothing happens', async () => {
      const { s, port } = await directed();
      const guest = await s.guest(1);
      await guest.disconnect(0);
      await guest.disconnect(7);
      expect(disconnects(port)).to.equal(0);
      expect(s.records.facts).to.deep.equal([]);
    });

    it('disconnect 1: after a failed attempt the guest can still disconnect the session that it has', async () => {
      const { s, port } = await directed({
        authorizeGuestConnection: ({ ssid: wanted }) => (wanted === ssid('Cafe') ? 'approve' : 'deny'),
      });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      expect(await guest.connect('Bar')).to.include({ status: 37, sessionId: 2 });
      expect(guest.guest.sessionId()).to.equal(1);
      await guest.disconnect();
      expect(s.statusOf(guest)?.session).to.equal(null);
      expect(disconnects(port)).to.equal(1);
    });

    it('disconnect 1: an id newer than that of the session in effect ends it', async () => {
      const { s } = await directed();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.disconnect(9);
      expect(s.statusOf(guest)?.session).to.equal(null);
    });

    it('disconnect 1: the same session disconnected twice: the second one does nothing', async () => {
      const { s, port } = await directed();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.disconnect(1);
      await guest.disconnect(1);
      expect(disconnects(port)).to.equal(1);
      expect(s.records.factsOf('guestDisconnectionCompleted')).to.have.length(1);
    });
  });

  describe('2: a mirrored session', () => {
    it('disconnect 2: ends between the two facts, and the host stays connected', async () => {
      const s = await stage({
        interfaces: [station('wlan0', { link: 'Cafe' })],
        networks: [network('Cafe', 1)],
      });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.disconnect();
      const facts = { guest: guest.id, connection: 'hostMirroring', interfaceId: 'wlan0', ssid: 'Cafe' };
      expect(s.records.facts.slice(-2)).to.deep.equal([
        { type: 'guestDisconnectionRequested', ...facts },
        { type: 'guestDisconnectionCompleted', ...facts, outcome: 'kept' },
      ]);
      expect(s.statusOf(guest)?.session).to.equal(null);
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
      expect(s.records.factsOf('hostDisconnected')).to.deep.equal([]);
    });

    it('disconnect 2: the host is never asked to disconnect', async () => {
      const { s, port } = await directed();
      port.join(linkTo('Cafe', bss('Cafe', 1)));
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.disconnect();
      await guest.scan();
      expect(port.asked).to.not.include('disconnect');
    });

    it('disconnect 2: the answer waits for both hooks', async () => {
      const [requested, completed] = [new Deferred<void>(), new Deferred<void>()];
      const s = await stage({
        interfaces: [station('wlan0', { link: 'Cafe' })],
        networks: [network('Cafe', 1)],
        observer: {
          guestDisconnectionRequested: () => requested.promise,
          guestDisconnectionCompleted: () => completed.promise,
        },
      });
      const [guest, other] = [await s.guest(1), await s.guest(2)];
      await guest.connect('Cafe');
      const isAnswer = ({ guest: id, channel, from }: SeenFrame): boolean =>
        id === guest.id && channel === 'request' && from === 'host';
      const answers = () => s.records.frames.filter(isAnswer).length;
      const disconnected = guest.disconnect();
      await s.until(
        () => s.records.hooks.at(-1) === 'guestDisconnectionRequested',
        'the first hook is called',
      );
      await other.scan();
      expect(s.statusOf(guest)?.session).to.include({ id: 1 });
      requested.resolve();
      await s.until(
        () => s.records.hooks.at(-1) === 'guestDisconnectionCompleted',
        'the second hook is called',
      );
      await other.scan();
      expect(answers()).to.equal(1);
      completed.resolve();
      await disconnected;
      expect(answers()).to.equal(2);
    });
  });

  describe('3: a guest-directed session', () => {
    it('disconnect 3: disconnects the host between the two facts', async () => {
      const { s, port } = await directed();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.disconnect();
      expect(disconnects(port)).to.equal(1);
      expect(s.records.facts.slice(-3).map(({ type }) => type)).to.deep.equal([
        'guestDisconnectionRequested',
        'hostDisconnected',
        'guestDisconnectionCompleted',
      ]);
      expect(s.interfaceStatus('wlan0')?.link).to.equal(null);
    });

    it('disconnect 3: the guest that ended its session gets no disconnected notification', async () => {
      const { s, port } = await directed();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.disconnect();
      port.completeScan();
      await s.until(() => guest.messages.length > 0, 'a later notification comes');
      expect(guest.disconnections).to.deep.equal([]);
    });

    it('disconnect 3: the answer waits for the host', async () => {
      const { s, port } = await directed();
      const done = new Deferred<void>();
      port.onDisconnect = async () => {
        await done.promise;
        port.lose();
        return E.right(undefined);
      };
      const [guest, other] = [await s.guest(1), await s.guest(2)];
      await guest.connect('Cafe');
      const disconnected = guest.disconnect();
      await s.until(() => disconnects(port) === 1, 'the host disconnects');
      await other.disconnect();
      expect(s.statusOf(guest)?.dispatcher).to.deep.equal({ busy: 'disconnecting' });
      done.resolve();
      await disconnected;
    });

    it('disconnect 3: a host that has not disconnected after 5 s: the session ends all the same', async () => {
      const { s, port } = await directed({}, 'manual');
      port.onDisconnect = () => new Promise(() => undefined);
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      const disconnected = guest.disconnect();
      await s.until(() => disconnects(port) === 1, 'the host disconnects');
      await s.clock.advance(4999);
      expect(s.isBusy(guest)).to.equal(true);
      await s.clock.advance(1);
      await disconnected;
      expect(s.statusOf(guest)?.session).to.equal(null);
      expect(outcomes(s)).to.deep.equal(['failed']);
    });

    it('disconnect 3: a host that fails to disconnect: the session ends, and nobody is told that the host did', async () => {
      const { s, port } = await directed();
      port.onDisconnect = async () => E.left({ operation: 'disconnect', code: 'EBUSY', detail: 'not now' });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.disconnect();
      expect(s.statusOf(guest)?.session).to.equal(null);
      expect(s.records.factsOf('hostDisconnected')).to.deep.equal([]);
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
      expect(s.records.linesAbout('did not disconnect')).to.have.length(1);
      expect(outcomes(s)).to.deep.equal(['failed']);
    });

    it('disconnect 3: what the host failed to disconnect can be connected to again', async () => {
      const { s, port } = await directed();
      port.onDisconnect = async () => E.left({ operation: 'disconnect', code: 'EBUSY', detail: 'not now' });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await guest.disconnect();
      expect(await guest.connect('Cafe')).to.include({ status: 0 });
      expect(s.statusOf(guest)?.session).to.include({ type: 'hostMirroring' });
    });

    it('disconnect 3: an interface that is removed while it disconnects ends the wait', async () => {
      const { s, port, radio } = await directed({}, 'manual');
      port.onDisconnect = () => new Promise(() => undefined);
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      const disconnected = guest.disconnect();
      await s.until(() => disconnects(port) === 1, 'the host disconnects');
      radio.leave(port.id);
      await disconnected;
      expect(outcomes(s)).to.deep.equal(['failed']);
    });

    it('disconnect 3: another guest still uses the connection: the host stays connected until the last one leaves', async () => {
      const { s, port } = await directed();
      const [first, second] = [await s.guest(1), await s.guest(2)];
      await first.connect('Cafe');
      await second.connect('Cafe');
      await first.disconnect();
      expect(disconnects(port)).to.equal(0);
      expect(s.interfaceStatus('wlan0')?.link).to.include({ ssid: ssid('Cafe') });
      expect(s.statusOf(second)?.session).to.include({ type: 'hostMirroring' });
      await second.disconnect();
      expect(disconnects(port)).to.equal(1);
      expect(s.interfaceStatus('wlan0')?.link).to.equal(null);
      expect(outcomes(s)).to.deep.equal(['kept', 'disconnected']);
    });

    it('disconnect 3: the disconnect of an interface that was left before does not count for this one', async () => {
      const [first, second] = [new ScriptedStation('wlan0'), new ScriptedStation('wlan1')];
      const held = [new Deferred<void>(), new Deferred<void>()];
      first.connectsAt(linkTo('Cafe', bss('Cafe', 1)));
      second.connectsAt(linkTo('Bar', bss('Bar', 2)));
      const s = await stage({ radio: new ScriptedRadio([first, second]) });
      [first, second].forEach((port, i) => {
        port.onDisconnect = async () => {
          await held[i]?.promise;
          port.lose();
          return E.right(undefined);
        };
      });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      first.onConnect = async () => E.left({ reason: 'network not found', status: 1, detail: 'not here' });
      await guest.connect('Bar');
      await s.until(() => disconnects(first) === 1, 'the first interface disconnects');
      const disconnected = guest.disconnect();
      await s.until(() => disconnects(second) === 1, 'the second interface disconnects');
      held[0]?.resolve();
      await s.until(() => s.interfaceStatus('wlan0')?.link === null, 'the first interface is disconnected');
      await (await s.guest(2)).disconnect();
      expect(s.statusOf(guest)?.dispatcher).to.deep.equal({ busy: 'disconnecting' });
      held[1]?.resolve();
      await disconnected;
    });

    it('disconnect 4: the host application ends a session: the guest is told, and the host disconnects', async () => {
      const { s, port } = await directed();
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      s.proxy.send({ type: 'dismiss', guest: guest.id });
      await s.until(() => disconnects(port) === 1, 'the host disconnects');
      await s.until(() => s.records.count('notificationsSent', 'disconnected') === 1, 'the guest is told');
      expect(outcomes(s)).to.deep.equal(['dismissed']);
      expect(s.statusOf(guest)?.session).to.equal(null);
    });

    it('disconnect 4: others on the same link keep it, and a guest without a session notices nothing', async () => {
      const { s, port } = await directed();
      const [first, second, idle] = [await s.guest(1), await s.guest(2), await s.guest(3)];
      await first.connect('Cafe');
      await second.connect('Cafe');
      await idle.scan();
      for (const { id } of [idle, first]) s.proxy.send({ type: 'dismiss', guest: id });
      await s.until(() => s.statusOf(first)?.session === null, 'the session ends');
      expect(s.statusOf(second)?.session).to.include({ type: 'hostMirroring' });
      expect(disconnects(port)).to.equal(0);
      await s.until(() => s.records.count('notificationsSent', 'disconnected') === 1, 'it is told');
      expect(s.records.factsOf('guestDisconnectionCompleted').map(({ guest }) => guest)).to.deep.equal([
        first.id,
      ]);
    });
  });
});
