/** behaviour.md, “A guest that is gone”: one that is switched off tells nobody, and must not hold the host's interface. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ProxyWifiInput } from '../../index.js';
import type { RadioFailure } from '../../native/index.js';
import { bss, ssid } from '../stage/networks.js';
import { linkTo, ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { Deferred, type Stage, useStages } from '../stage/stage.js';

describe('a guest that is gone', () => {
  const stage = useStages();

  /** One guest that is connected to `Cafe`, at −50 dBm, for the host by nobody else. */
  const connected = async (input: Partial<ProxyWifiInput> = {}) => {
    const port = new ScriptedStation('wlan0').connectsAt(linkTo('Cafe', bss('Cafe', 1)));
    port.seen = [bss('Cafe', 1), bss('Bar', 2)];
    const s = await stage({ time: 'manual', radio: new ScriptedRadio([port]), input });
    const guest = await s.guest(1);
    expect(await guest.connect('Cafe')).to.include({ status: 0 });
    await s.until(() => guest.signals.length === 1, 'the guest is told its signal');
    return { s, port, guest };
  };

  const sessionEnds = (s: Stage, guest: Parameters<Stage['statusOf']>[0]): Promise<void> =>
    s.until(() => s.statusOf(guest)?.session === null, 'the session ends');

  /** Also once time has passed and it has asked for something. */
  const isToldOnce = async (s: Stage, back: Awaited<ReturnType<Stage['guest']>>): Promise<void> => {
    await s.until(() => back.disconnections.length > 0, 'it is told');
    await s.clock.advance(3000);
    expect(back.disconnections).to.deep.equal([1]);
    await back.scan();
    await s.until(() => s.statusOf(back)?.notificationChannel === 'idle', 'nothing is under way');
    expect(back.disconnections, 'told once').to.deep.equal([1]);
  };

  it('gone 1: a guest with a session is told its signal every 30 s, though it does not change', async () => {
    const { s, guest } = await connected();
    for (const signals of [2, 3]) {
      await s.clock.advance(30_000);
      await s.until(() => guest.signals.length === signals, 'the guest is told again');
    }
    expect(guest.signals).to.deep.equal([-50, -50, -50]);
    await guest.disconnect();
    await s.clock.advance(60_000);
    await guest.scan();
    expect(guest.signals, 'without a session').to.have.length(3);
  });

  it('gone 1: so is one on a fake network', async () => {
    const network = { ssid: 'Lab', bssid: '02:00:00:00:00:09', rssi: -42 };
    const s = await stage({ time: 'manual', input: { fakeNetworks: () => [network] } });
    const guest = await s.guest(1);
    await guest.connect('Lab');
    await s.until(() => guest.signals.length === 1, 'the guest is told');
    await s.clock.advance(30_000);
    await s.until(() => guest.signals.length === 2, 'the guest is told again');
    expect(guest.signals).to.deep.equal([-42, -42]);
  });

  it('gone 2: a guest to which nothing can be delivered for 60 s loses its session, and the host disconnects', async () => {
    const { s, port, guest } = await connected();
    guest.guest.close();
    for (let seconds = 0; seconds < 89; seconds += 1) await s.clock.advance(1000);
    expect(s.statusOf(guest)?.session, '60 s after the first failure, not after the last success').to.include(
      {
        id: 1,
      },
    );
    for (let seconds = 0; seconds < 4; seconds += 1) await s.clock.advance(1000);
    await sessionEnds(s, guest);
    await s.until(() => port.asked.length === 2, 'the host is asked');
    expect(port.asked).to.deep.equal(['connect', 'disconnect']);
    expect(s.records.factsOf('guestDisconnectionCompleted').map(({ outcome }) => outcome)).to.deep.equal([
      'guest gone',
    ]);
    const [line] = s.records.linesAbout('the guest is gone: its session ends');
    expect(line?.facts).to.include({ guest: guest.id, session: 1, reason: 'guest.unreachable' });
  });

  it('gone 2: the time can be set, and switched off', async () => {
    const quick = await connected({ goneAfter: 10_000 });
    quick.guest.guest.close();
    for (let seconds = 0; seconds < 20; seconds += 1) await quick.s.clock.advance(1000);
    await sessionEnds(quick.s, quick.guest);
    await quick.s.halt();
    const never = await connected({ goneAfter: 0 });
    never.guest.guest.close();
    for (let seconds = 0; seconds < 300; seconds += 1) await never.s.clock.advance(1000);
    expect(never.s.statusOf(never.guest)?.session).to.include({ id: 1 });
  });

  it('gone 2: a guest that still asks for something is there, though nothing can be delivered', async () => {
    const { s, guest } = await connected();
    guest.guest.close();
    const deaf = s.deafGuest(1);
    for (let seconds = 0; seconds < 150; seconds += 1) {
      await s.clock.advance(1000);
      if (seconds % 20 === 0) await deaf.scan();
    }
    expect(s.statusOf(guest)?.session).to.include({ id: 1 });
  });

  it('gone 2: a wall clock that is set forwards or back changes nothing', async () => {
    const { s, guest } = await connected();
    guest.guest.close();
    await s.clock.advance(30_000);
    s.clock.setWallClock(3_600_000);
    for (let seconds = 0; seconds < 58; seconds += 1) await s.clock.advance(1000);
    expect(s.statusOf(guest)?.session).to.include({ id: 1 });
    s.clock.setWallClock(-7_200_000);
    for (let seconds = 0; seconds < 6; seconds += 1) await s.clock.advance(1000);
    await sessionEnds(s, guest);
  });

  it('gone 3: another guest gets the interface of one that was switched off, although the first one wins', async () => {
    const { s, port, guest } = await connected();
    guest.guest.close();
    const other = await s.guest(2);
    expect(await other.connect('Bar')).to.include({ status: 0 });
    expect(s.statusOf(guest)?.session).to.equal(null);
    expect(s.statusOf(other)?.session).to.include({ ssid: ssid('Bar'), interfaceId: 'wlan0' });
    expect(port.asked, 'the host goes from one network to the other').to.deep.equal(['connect', 'connect']);
  });

  it('gone 3: the host is disconnected when that other guest does not get there either', async () => {
    const { s, port, guest } = await connected();
    guest.guest.close();
    const other = await s.guest(2);
    const broken = { reason: 'failed', status: 1, detail: 'broken' } as const;
    port.onConnect = async () => E.left(broken);
    expect(await other.connect('Bar')).to.include({ status: 1 });
    await s.until(() => O.isNone(port.current), 'nobody uses the connection any more');
    expect(port.asked).to.deep.equal(['connect', 'connect', 'disconnect']);
  });

  it('gone 3: one that is there keeps it, and is told nothing but its signal', async () => {
    const { s, port, guest } = await connected();
    const other = await s.guest(2);
    expect(await other.connect('Bar')).to.include({ status: 17 });
    expect(s.statusOf(guest)?.session).to.include({ id: 1 });
    await s.until(() => guest.signals.length === 2, 'it is asked by telling it its signal');
    expect(guest.disconnections).to.deep.equal([]);
    expect(port.asked).to.deep.equal(['connect']);
  });

  it('gone 3: one that waits for an answer is there, and is not asked', async () => {
    const { s, port, guest } = await connected();
    const scanned = new Deferred<E.Either<RadioFailure, 'complete'>>();
    port.onScan = () => scanned.promise;
    const scan = guest.scan();
    await s.until(() => s.isBusy(guest), 'it waits for its scan');
    expect(await (await s.guest(2)).connect('Bar'), 'at once').to.include({ status: 17 });
    expect(s.statusOf(guest)?.session).to.include({ id: 1 });
    expect([guest.signals.length, port.asked]).to.deep.equal([1, ['connect', 'scan']]);
    scanned.resolve(E.right('complete'));
    expect((await scan).complete).to.equal(true);
  });

  it('gone 3: of several that hold it each is asked, until one is there', async () => {
    const { s, port, guest } = await connected();
    const [second, third] = [await s.guest(2), await s.guest(3)];
    for (const one of [second, third]) expect(await one.connect('Cafe')).to.include({ status: 0 });
    await s.until(() => third.signals.length === 1, 'all are told their signal');
    for (const one of [guest, second]) one.guest.close();
    const other = await s.guest(4);
    expect(await other.connect('Bar')).to.include({ status: 17 });
    expect([guest, second, third].map((one) => s.statusOf(one)?.session?.id ?? null)).to.deep.equal([
      null,
      null,
      1,
    ]);
    third.guest.close();
    expect(await other.connect('Bar')).to.include({ status: 0 });
    expect(port.asked).to.deep.equal(['connect', 'connect']);
  });

  it('gone 4: one that comes back and asks for something is told that its session is over', async () => {
    const { s, guest } = await connected();
    guest.guest.close();
    const other = await s.guest(2);
    await other.connect('Bar');
    await s.clock.advance(3000);
    const back = await s.guest(1);
    await s.clock.advance(3000);
    expect(back.disconnections, 'before it asks').to.deep.equal([]);
    await back.scan();
    await isToldOnce(s, back);
  });

  it('gone 4: one that only a notification reaches is told, too, though it asks for nothing', async () => {
    const { s, guest } = await connected();
    guest.guest.close();
    const other = await s.guest(2);
    await other.connect('Bar');
    const back = await s.guest(1);
    await s.clock.advance(500);
    await s.until(() => back.signals.length > 0, 'the sign that it was asked for is delivered at last');
    await isToldOnce(s, back);
  });

  it('gone 4: one that connects anew or disconnects knows, and is told nothing', async () => {
    const { s, guest } = await connected();
    guest.guest.close();
    const other = await s.guest(2);
    await other.connect('Bar');
    await s.clock.advance(3000);
    const back = await s.guest(1);
    expect(await back.connect('Bar')).to.include({ status: 0, sessionId: 2 });
    await back.scan();
    await s.until(() => back.signals.length > 0, 'it is told its signal');
    expect(back.disconnections).to.deep.equal([]);
  });
});
