/** Interfaces of a Windows that denies what tells of access points: no consent to use the location (11 24H2 and later). */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ConnectFailure } from '../../native/radio.js';
import { parseBssid } from '../../protocol/bssid.js';
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
import { bssOf, windowsRig } from './rig.js';

const { open, secured } = cast;

/** Every call that Microsoft's page names. */
const withoutConsent = [
  'WlanGetAvailableNetworkList',
  'WlanGetNetworkBssList',
  'WlanQueryInterface',
  'WlanScan',
  'msm',
] as const;

describe('what Windows does not let us know', () => {
  let stage: RadioStage;
  let rig: ReturnType<typeof windowsRig>;

  const start = async (denied: readonly string[], more: Partial<RadioStart> = {}): Promise<Watched> => {
    rig = windowsRig(
      { networks: [open, secured], ...more },
      { told: ['cache 0', ...denied.map((what) => `deny ${what}`)] },
    );
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

  const connect = ({ station }: Watched, bssid: O.Option<typeof open.bssid> = O.none) =>
    stage.done(station.connect(orderFor(open, bssid), patient()));

  const calls = (name: string): number => rig.standIn.tell(`calls ${name}`);

  describe('by a query after a connection', () => {
    it('does not make it a failure: the access point is that of the association', async () => {
      const twin = { ...bssOf(open), bssid: right(parseBssid('02:00:00:00:01:77')) };
      const watched = await start(['WlanQueryInterface']);
      rig.standIn.network(0, twin, { auth: 1, cipher: 0 });
      await stage.scanned(watched);
      expect(right(await connect(watched))).to.deep.equal({ ssid: open.ssid, bssid: open.bssid });
      expect(watched.station.link()).to.deep.equal(O.some({ ssid: open.ssid, bssid: open.bssid }));
      expect(watched.told.filter(({ type }) => type === 'connected')).to.have.length(1);
    });

    it('nor where nothing is told of associations: it is the one that was asked for', async () => {
      const watched = await start(withoutConsent);
      expect(right(await connect(watched, O.some(open.bssid))).bssid).to.equal(open.bssid);
    });

    it('nor where only one access point has such an SSID', async () => {
      const watched = await start(['WlanQueryInterface', 'msm']);
      expect(right(await connect(watched)).bssid).to.equal(open.bssid);
    });

    it('takes the connection back where nobody could be told to what it leads', async () => {
      const watched = await start(withoutConsent);
      const failure = failureOf(await connect(watched));
      expect(failure.reason).to.equal('failed');
      expect(failure.detail).to.include('not allowed to know').and.include('Privacy & security > Location');
      expect(calls('WlanDisconnect')).to.equal(1);
      expect(watched.station.link()).to.deep.equal(O.none);
      expect(watched.told).to.deep.equal([]);
      expect(rig.standIn.tell('link 0')).to.equal(0);
    });

    it('nor does another failure of it: it was reported as connected', async () => {
      const watched = await start([]);
      rig.standIn.tell('fail WlanQueryInterface 31 1');
      expect(right(await connect(watched)).bssid).to.equal(open.bssid);
    });

    it('and "no link" stays what it was: a connection that is lost at once has failed', async () => {
      const watched = await start([]);
      rig.standIn.tell('fail WlanQueryInterface 5023 1');
      expect(failureOf(await connect(watched)).detail).to.equal('the connection was lost at once');
      rig.standIn.tell('lose 0 0');
    });
  });

  it('of the connection that the host has is no link, and no reason to give up', async () => {
    const watched = await start(withoutConsent, { connectedTo: secured });
    expect(watched.station.link()).to.deep.equal(O.none);
    expect(stage.failure).to.equal(undefined);
    await stage.rig.world.pass(30_000);
    expect(stage.failure).to.equal(undefined);
  });

  it("of a connection that the host's user makes is told where the access point is known", async () => {
    const watched = await start(['WlanQueryInterface', 'msm']);
    await stage.rig.world.userConnects(secured);
    await stage.until('the link is told', () => watched.told.at(-1)?.type === 'connected');
    expect(watched.station.link()).to.deep.equal(O.some({ ssid: secured.ssid, bssid: secured.bssid }));
    await stage.rig.world.userDisconnects();
    await stage.until('the end is told', () => watched.told.at(-1)?.type === 'disconnected');
  });

  for (const call of ['WlanGetNetworkBssList', 'WlanScan'])
    it(`by ${call} fails a scan with a sentence that says what to do, and leaves the radio open`, async () => {
      const { station } = await start([call]);
      const answer = await station.scan(O.none);
      if (E.isRight(answer)) throw new Error('scanned');
      expect(answer.left).to.include({ operation: call, code: 'ERROR_ACCESS_DENIED' });
      expect(answer.left.detail).to.include('Let desktop apps access your location').and.include('service');
      expect(stage.failure).to.equal(undefined);
    });

  it('by the list of networks is no obstacle to a connection', async () => {
    const watched = await start(['WlanGetAvailableNetworkList']);
    expect(right(await connect(watched)).ssid).to.equal(open.ssid);
  });

  it('is logged once for each call, however often it is made', async () => {
    const { station } = await start(withoutConsent);
    for (let i = 0; i < 3; i++) await station.scan(O.none);
    const operations = rig.warnings.map(({ facts }) => facts.operation);
    expect(operations).to.have.members([
      'WlanRegisterNotification',
      'WlanQueryInterface',
      'WlanGetNetworkBssList',
    ]);
    expect(rig.warnings.map(({ message }) => message).join()).to.include('neither signals nor roaming');
  });

  it('is known again as soon as it is allowed', async () => {
    const watched = await start(withoutConsent);
    expect(E.isLeft(await watched.station.scan(O.none))).to.equal(true);
    rig.standIn.tell('allow');
    await stage.scanned(watched);
    expect(watched.station.networks()).to.have.length(2);
  });

  describe('by the registration', () => {
    it('of what tells of access points leaves the rest registered: links are told, signals are not', async () => {
      const watched = await start(['msm']);
      await stage.connected(watched, open);
      await stage.rig.world.setSignal(open, -71);
      rig.standIn.tell(`lose 0 0`);
      await stage.until('the end is told', () => watched.told.at(-1)?.type === 'disconnected');
      expect(watched.told.map(({ type }) => type)).to.deep.equal(['connected', 'disconnected']);
    });

    it('of everything fails the opening, and says why', async () => {
      rig = windowsRig({ networks: [] }, { told: ['deny msm', 'deny acm'] });
      stage = new RadioStage(rig, 20_000);
      stage.open();
      await stage.until('the radio fails', () => stage.failure !== undefined);
      expect(stage.failure).to.include({
        operation: 'WlanRegisterNotification',
        code: 'ERROR_ACCESS_DENIED',
      });
      expect(stage.failure).to.have.property('detail').that.includes('location');
    });
  });

  it('by anything else is not put down to the location', async () => {
    const watched = await start(['WlanConnect']);
    const failure = failureOf(await connect(watched));
    expect(failure.detail).to.include('ERROR_ACCESS_DENIED').and.not.include('location');
    expect(address(open)).to.have.length(12);
  });
});
