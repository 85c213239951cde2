/** What can happen to the interfaces of a real host: losses in every state, late and missing reports, slow calls. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ConnectFailure, StationInterface } from '../../native/radio.js';
import { constants } from '../../native/windows/layouts.js';
import { wlanRadio } from '../../native/windows/wlan-radio.js';
import { wlanReasons } from '../../native/windows/wlan-reasons.js';
import { parseBssid } from '../../protocol/bssid.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { advertisedSecurity, shownToGuest, usableByGuest } from '../../protocol/security.js';
import { StatusCode } from '../../protocol/status.js';
import { CipherSuite } from '../../protocol/suites.js';
import {
  cast,
  orderFor,
  patient,
  RadioStage,
  type RadioStart,
  type Watched,
} from '../compliance/radio-stage.js';
import { right } from '../protocol/either.js';
import { address } from './commands.js';
import { breathe, bssOf, windowsRig } from './rig.js';
import type { StandIn } from './stand-in.js';

const { open, secured } = cast;
const networks = [open, secured];
describe('real interfaces of Windows', () => {
  let stage: RadioStage;
  let standIn: StandIn;

  const start = async (more: Partial<RadioStart> = {}): Promise<Watched> => {
    const rig = windowsRig({ networks, ...more });
    standIn = rig.standIn;
    stage = new RadioStage(rig, 20_000);
    return stage.station();
  };

  afterEach(async () => {
    await stage.clear();
    expect(stage.rig.holds(), 'timers, handles, callbacks and memory left').to.equal(0);
  });

  const failureOf = (result: E.Either<ConnectFailure, unknown>): ConnectFailure => {
    if (E.isRight(result)) throw new Error('connected, and should have failed');
    return result.left;
  };

  const arrived = (): number => stage.events.filter(({ type }) => type === 'interface.arrived').length;

  describe('that come and go', () => {
    /** Waits without letting time pass for the radio, so that nothing is found by asking now and then. */
    const reported = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await breathe(1);
    };

    it('are told of as soon as their arrival is reported', async () => {
      await start();
      const guid = standIn.interface(1, 'USB adapter');
      standIn.tell('arrive 1');
      await reported(() => arrived() === 2);
      expect(stage.watched[1]?.station).to.include({ id: guid, name: 'USB adapter' });
    });

    it('are gone as soon as their removal is reported', async () => {
      const watched = await start();
      standIn.tell('remove 0');
      await reported(() => watched.complete);
      expect(stage.events.at(-1)).to.deep.equal({ type: 'interface.left', id: watched.station.id });
    });

    it('may arrive in the middle of a scan and a connect of another, which both go on', async () => {
      const watched = await start();
      standIn.tell('scan 0 0 silent');
      standIn.tell('slow 0 1000');
      right(await watched.station.scan(O.none));
      const connecting = watched.station.connect(orderFor(open), patient())();
      standIn.interface(1, 'USB adapter');
      standIn.tell('arrive 1');
      await reported(() => arrived() === 2);
      expect(watched.told, 'what was told before the arrival').to.deep.equal([]);
      standIn.tell('scan 0 0 complete');
      standIn.tell('scanned 0');
      expect(right(await connecting).ssid).to.equal(open.ssid);
      await reported(() => watched.told.some(({ type }) => type === 'scan.completed'));
    });

    it('are told of once, although their arrival is reported twice', async () => {
      await start();
      standIn.tell('arrive 0');
      standIn.tell('arrive 0');
      await stage.rig.world.pass(1000);
      expect(arrived()).to.equal(1);
    });

    it('are not told of when they are virtual: their notifications count for nobody', async () => {
      const { told } = await start();
      standIn.interface(1, 'virtual', false);
      standIn.tell('arrive 1');
      standIn.tell('signal 1 20');
      standIn.tell('scanned 1');
      standIn.tell('remove 1');
      await stage.rig.world.pass(1000);
      expect(stage.events.map(({ type }) => type)).to.deep.equal(['opened', 'interface.arrived']);
      expect(told).to.deep.equal([]);
    });

    it('are found, and missed, although neither arrival nor removal was reported', async () => {
      const watched = await start();
      standIn.interface(1, 'unannounced');
      await stage.until('the second interface arrives', () => arrived() === 2);
      standIn.interface(0, 'not listed any more', false);
      await stage.until('the first one has left', () => watched.complete);
    });

    it('may leave in the middle of a connect of one while another goes on', async () => {
      const first = await start();
      const guid = standIn.interface(1, 'the other');
      standIn.network(1, bssOf(open), { auth: 1, cipher: 0 });
      standIn.tell('arrive 1');
      await stage.until('the second interface arrives', () => arrived() === 2);
      standIn.tell('slow 0 3000');
      standIn.tell('slow 1 60');
      const other = stage.watched[1];
      if (other === undefined) throw new Error('no second interface');
      const failing = first.station.connect(orderFor(secured), patient())();
      const lasting = other.station.connect(orderFor(open), patient())();
      await breathe(20);
      standIn.tell('remove 0');
      expect(failureOf(await stage.done(() => failing)).reason).to.equal('failed');
      expect(right(await stage.done(() => lasting)).ssid).to.equal(open.ssid);
      expect(other.station.id).to.equal(guid);
    });
  });

  describe('whose service stops', () => {
    const lost = async (): Promise<void> => {
      await stage.until('the radio fails', () => stage.failure !== undefined);
      expect(stage.failure).to.include.keys('operation', 'code', 'detail');
      expect((stage.failure as { code: string }).code).to.match(/ERROR_(SERVICE_NOT_ACTIVE|INVALID_HANDLE)/);
    };

    const states: readonly (readonly [string, (watched: Watched) => Promise<unknown>])[] = [
      ['idle', async () => undefined],
      ['scanning', async ({ station }) => station.scan(O.none)],
      ['connected', (watched) => stage.connected(watched, open)],
    ];
    for (const [state, enter] of states)
      it(`while ${state} end the radio, and are back when it runs again`, async () => {
        const watched = await start();
        await enter(watched);
        standIn.tell('service stop');
        await lost();
        expect(watched.complete).to.equal(true);
        standIn.tell('service start');
        await stage.station();
      });

    it("while connecting fail the guest's connect, and end the radio", async () => {
      const { station } = await start();
      standIn.tell('slow 0 3000');
      const connecting = station.connect(orderFor(secured), patient())();
      await breathe(20);
      standIn.tell('service stop');
      expect(failureOf(await stage.done(() => connecting)).reason).to.equal('failed');
      await lost();
    });

    it('while disconnecting answer the guest, and end the radio', async () => {
      const watched = await start();
      await stage.connected(watched, open);
      standIn.tell(`fail WlanDisconnect ${constants.ERROR_SERVICE_NOT_ACTIVE} 1`);
      const result = await stage.done(watched.station.disconnect());
      expect(E.isLeft(result) && result.left.code).to.equal('ERROR_SERVICE_NOT_ACTIVE');
      await lost();
    });

    for (const call of [
      'WlanOpenHandle',
      'WlanRegisterNotification',
      'WlanEnumInterfaces',
      'WlanQueryInterface',
      'WlanGetNetworkBssList',
    ])
      it(`while opening, at ${call}, fail that opening and not the next`, async () => {
        const rig = windowsRig({ networks });
        standIn = rig.standIn;
        stage = new RadioStage(rig, 20_000);
        standIn.tell(`fail ${call} ${constants.ERROR_SERVICE_NOT_ACTIVE} 1`);
        stage.open();
        await lost();
        await stage.close();
        await stage.station();
      });

    for (const [code, name] of [
      [1722, 'RPC_S_SERVER_UNAVAILABLE'],
      [1726, 'RPC_S_CALL_FAILED'],
      [1753, 'EPT_S_NOT_REGISTERED'],
    ] as const)
      it(`are gone as well when a call fails with ${name}, as it does while the service ends`, async () => {
        const watched = await start();
        standIn.tell(`fail WlanScan ${code} 1`);
        await watched.station.scan(O.none);
        await stage.until('the radio fails', () => stage.failure !== undefined);
        expect(stage.failure).to.include({ operation: 'WlanScan', code: name });
        expect(watched.complete).to.equal(true);
        await stage.close();
        await stage.station();
      });

    for (const call of ['WlanGetNetworkBssList', 'WlanScan'])
      it(`are noticed by a scan, at ${call}`, async () => {
        const { station } = await start();
        standIn.tell(`fail ${call} ${constants.ERROR_INVALID_HANDLE} 1`);
        const answer = await station.scan(O.none);
        expect(E.isLeft(answer) && answer.left.operation).to.equal(call);
        await lost();
      });
  });

  describe('without a wlanapi.dll', () => {
    it('fail each opening with a sentence, and leave everything else alone', async () => {
      await start();
      const backend = wlanRadio({
        log: { info: () => undefined, warn: () => undefined },
        dll: 'C:\\none\\wlanapi.dll',
      });
      const failure: unknown = await new Promise((resolve) => {
        backend.open.subscribe({ error: resolve });
      });
      expect(failure).to.have.all.keys('operation', 'code', 'detail');
      expect(failure).to.include({ operation: 'load wlanapi.dll', code: 'ERROR_MOD_NOT_FOUND' });
    });
  });

  describe('that scan', () => {
    it('read what is cached before they ask: the scan empties the list', async () => {
      const { station } = await start();
      standIn.tell('cache 0');
      right(await station.scan(O.none));
      expect(station.networks()).to.have.length(networks.length);
    });

    it('tell of a scan that Windows gave up', async () => {
      const { station, told } = await start();
      standIn.tell('scan 0 5 fail');
      right(await station.scan(O.none));
      await stage.until('the scan fails', () => told.length > 0);
      expect(told[0]).to.deep.equal({
        type: 'scan.failed',
        reason: 'WLAN_REASON_CODE_UNSUPPORTED_SECURITY_SET',
      });
    });

    it('are not stuck after a scan whose end was never reported', async () => {
      const watched = await start();
      standIn.tell('scan 0 0 silent');
      right(await watched.station.scan(O.none));
      await stage.rig.world.pass(15_000);
      standIn.tell('scan 0 5 complete');
      await stage.scanned(watched);
      expect(watched.station.networks()).to.have.length(networks.length);
    });

    it('say that a scan failed when its results cannot be read', async () => {
      const { station, told } = await start();
      right(await station.scan(O.none));
      standIn.tell(`fail WlanGetNetworkBssList 31 1`);
      await stage.until('the scan ends', () => told.length > 0);
      expect(told[0]?.type).to.equal('scan.failed');
    });

    it('tell of scans that nobody asked for, and of refreshed lists only when they differ', async () => {
      const { told, station } = await start();
      standIn.tell('scanned 0');
      await stage.until('the scan is told', () => told.length === 1);
      standIn.tell('refresh 0');
      await stage.rig.world.pass(200);
      expect(told).to.have.length(1);
      standIn.tell(`gone 0 ${address(open)}`);
      standIn.tell('refresh 0');
      await stage.until('the change is told', () => told.length === 2);
      expect(station.networks()).to.have.length(networks.length - 1);
    });

    it('show a network that the guest cannot use by itself as WPA2-PSK, for mirroring', async () => {
      const watched = await start();
      await stage.scanned(watched);
      const enterprise = {
        ...bssOf(secured),
        elements: Uint8Array.from(Buffer.from('30140100000fac040100000fac040100000fac010000', 'hex')),
      };
      standIn.network(0, enterprise, { auth: 6 });
      await stage.scanned(watched);
      const found = watched.station.networks().find(({ bssid }) => bssid === secured.bssid);
      if (found === undefined) throw new Error('not found');
      expect(usableByGuest(advertisedSecurity(found))).to.equal(false);
      expect(usableByGuest(advertisedSecurity(shownToGuest(found)))).to.equal(true);
    });
  });

  describe('that connect', () => {
    const reasonsOf = async (reason: number): Promise<ConnectFailure> => {
      const { station } = await start();
      standIn.tell(`connecting 0 1 ${reason} 0`);
      return failureOf(await stage.done(station.connect(orderFor(open), patient())));
    };

    it('make a wrong key, a missing network and a timeout look different to the guest', async () => {
      const told = new Map<string, number>();
      for (const name of [
        'MSMSEC_PSK_MISMATCH_SUSPECTED',
        'NETWORK_NOT_AVAILABLE',
        'ASSOCIATION_TIMEOUT',
        'UNSUPPORTED_SECURITY_SET',
      ]) {
        const expected = wlanReasons.find((one) => one.name === name);
        if (expected === undefined) throw new Error(name);
        const { reason, status, detail } = await reasonsOf(expected.code);
        expect({ reason, status }).to.deep.equal({ reason: expected.reason, status: expected.status });
        expect(detail).to.include(`WLAN_REASON_CODE_${name}`);
        told.set(name, status);
        await stage.clear();
      }
      expect(new Set(told.values()).size).to.equal(told.size);
      await start();
    });

    it('name a reason that nobody knows by its number', async () => {
      const { reason, status, detail } = await reasonsOf(0x4ffff);
      expect({ reason, status }).to.deep.equal({ reason: 'failed', status: StatusCode.unspecifiedFailure });
      expect(detail).to.include('0x4ffff');
    });

    it('do not touch the host for a network that Windows cannot connect to', async () => {
      const { station } = await start();
      standIn.network(0, bssOf(open), { auth: 6, connectable: false, reason: 0x30002 });
      standIn.tell('cache 0');
      const failure = failureOf(await stage.done(station.connect(orderFor(open), patient())));
      expect(failure).to.include({ reason: 'unsupported', status: StatusCode.invalidAkmp });
      expect(standIn.tell('calls WlanConnect')).to.equal(0);
    });

    it('try a network of which Windows has said nothing', async () => {
      const { station } = await start();
      expect(right(await stage.done(station.connect(orderFor(open), patient()))).ssid).to.equal(open.ssid);
    });

    it('do not touch the host for security that no profile can ask for', async () => {
      const { station } = await start();
      const gcmp = {
        ...orderFor(secured),
        security: { kind: 'wpa2-psk', pairwise: CipherSuite.gcmp, group: CipherSuite.gcmp },
      } as const;
      expect(station.supports(gcmp.security)).to.equal(false);
      expect(failureOf(await stage.done(station.connect(gcmp, patient())))).to.include({
        reason: 'unsupported',
        status: 42,
      });
      const short = { ...orderFor(secured), key: new KeyMaterial(Buffer.from('too short')) };
      expect(failureOf(await stage.done(station.connect(short, patient())))).to.include({
        reason: 'unsupported',
        status: 38,
      });
      expect(standIn.tell('calls WlanConnect')).to.equal(0);
    });

    it('say so when Windows refuses the call', async () => {
      const { station } = await start();
      standIn.tell('fail WlanConnect 1206 1');
      const failure = failureOf(await stage.done(station.connect(orderFor(open), patient())));
      expect(failure).to.include({ reason: 'failed' });
      expect(failure.detail).to.include('ERROR_BAD_PROFILE');
    });

    it('give up an attempt whose end is never reported, even when Windows does not report that either', async () => {
      const watched = await start();
      standIn.tell('connecting 0 0 0 1');
      standIn.tell('fail WlanDisconnect 31 1');
      const abort = new AbortController();
      const connecting = watched.station.connect(orderFor(secured), abort.signal)();
      await stage.rig.world.pass(1000);
      abort.abort();
      expect(failureOf(await stage.done(() => connecting)).reason).to.equal('abandoned');
      standIn.tell('connecting 0 1 0 0');
      await stage.connected(watched, open);
    });

    it('are abandoned while Windows has not even answered the call', async () => {
      const { station } = await start();
      standIn.tell('delay WlanConnect 100 1');
      standIn.tell('slow 0 300');
      const abort = new AbortController();
      const connecting = station.connect(orderFor(secured), abort.signal)();
      await breathe(30);
      abort.abort();
      expect(failureOf(await stage.done(() => connecting)).reason).to.equal('abandoned');
      await breathe(350);
      expect(station.link()).to.deep.equal(O.none);
    });

    it('fail when the user of the host connects elsewhere meanwhile', async () => {
      const { station } = await start();
      standIn.tell('connecting 0 0 0 1');
      const connecting = station.connect(orderFor(secured), patient())();
      await breathe(30);
      standIn.tell(`join 0 ${address(open)}`);
      const failure = failureOf(await stage.done(() => connecting));
      expect(failure).to.include({ reason: 'failed' });
      expect(station.link()).to.deep.equal(O.some({ ssid: open.ssid, bssid: open.bssid }));
    });

    it('end a link whose end Windows does not report, by asking', async () => {
      const watched = await start();
      await stage.connected(watched, open);
      // The call succeeds without effect, and then the link is gone without a word.
      standIn.interface(0);
      const result = await stage.done(watched.station.disconnect());
      expect(E.isRight(result)).to.equal(true);
      await stage.until('the end is told', () => watched.told.at(-1)?.type === 'disconnected');
    });
  });

  describe('under load', () => {
    it('tell of 1,000 signal changes in a burst, the last one last', async () => {
      const watched = await start();
      await stage.connected(watched, open);
      standIn.tell('burst 0 1000 1');
      await stage.until('all have come', () => standIn.tell('threads') === 0);
      await stage.rig.world.pass(100);
      const signals = watched.told.flatMap((event) => (event.type === 'signal' ? [event.rssi] : []));
      expect(signals.length).to.be.greaterThan(100);
      expect(signals.at(-1)).to.equal(-100 + Math.round((999 % 101) / 2));
    });

    it('may be closed in the middle of a burst, again and again', async () => {
      await start();
      for (let round = 0; round < 10; round++) {
        standIn.tell('burst 0 200 4');
        await stage.close();
        await stage.station();
      }
    });

    for (const call of ['WlanGetNetworkBssList', 'WlanScan'])
      it(`keep the event loop free while ${call} takes 500 ms`, async () => {
        const { station } = await start();
        standIn.tell(`delay ${call} 500 1`);
        let over = false;
        const scanning = Promise.resolve(station.scan(O.none)).then((answer) => {
          over = true;
          return answer;
        });
        while (standIn.tell('busy') === 0 && !over) await breathe(1);
        for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
        expect(standIn.tell('busy'), 'calls under way after the event loop has turned ten times').to.equal(1);
        right(await scanning);
      });

    it('answer for one interface while a call for another takes 500 ms', async () => {
      await start();
      standIn.interface(1);
      standIn.tell('arrive 1');
      await stage.until('the second interface arrives', () => arrived() === 2);
      const [slow, fast] = stage.watched.map(({ station }): StationInterface => station);
      if (slow === undefined || fast === undefined) throw new Error('two interfaces expected');
      standIn.tell('delay WlanScan 500 1');
      const order: string[] = [];
      const slowly = Promise.resolve(slow.scan(O.none)).then(() => order.push('slow'));
      await breathe(20);
      await Promise.resolve(fast.scan(O.none)).then(() => order.push('fast'));
      await slowly;
      expect(order).to.deep.equal(['fast', 'slow']);
    });

    it('show each of 64 networks', async () => {
      const watched = await start({ networks: [] });
      const bssids = Array.from({ length: 64 }, (_, i) =>
        right(parseBssid(`02:00:00:00:02:${i.toString(16).padStart(2, '0')}`)),
      );
      for (const bssid of bssids) standIn.network(0, { ...bssOf(secured), bssid });
      await stage.scanned(watched);
      expect(watched.station.networks().map(({ bssid }) => bssid)).to.deep.equal(bssids);
    });
  });
});
