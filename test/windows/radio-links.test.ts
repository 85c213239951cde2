/** Links of real interfaces: whose they are, where they roam to, and what the host gets back after a guest. */
import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { ConnectFailure } from '../../native/radio.js';
import { parseBssid } from '../../protocol/bssid.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import {
  cast,
  nowhere,
  orderFor,
  patient,
  RadioStage,
  type RadioStart,
  type Watched,
} from '../compliance/radio-stage.js';
import { right } from '../protocol/either.js';
import { address } from './commands.js';
import { breathe, bssOf, type RigOptions, windowsRig } from './rig.js';

const { open, secured, latecomer } = cast;
const second = { ...secured, bssid: right(parseBssid('02:00:00:00:01:22')) };

describe('links of Windows', () => {
  let stage: RadioStage;
  let rig: ReturnType<typeof windowsRig>;

  const start = async (more: Partial<RadioStart> = {}, options: RigOptions = {}): Promise<Watched> => {
    rig = windowsRig({ networks: [open, secured, latecomer], ...more }, options);
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

  const story = ({ told }: Watched): readonly string[] =>
    told.flatMap((event) =>
      event.type === 'connected'
        ? [`connected ${event.link.ssid} ${event.link.bssid}`]
        : event.type === 'disconnected'
          ? [`disconnected ${event.ssid}`]
          : [],
    );

  const linkedTo = (watched: Watched, ssid: string): Promise<void> =>
    stage.until(`the link is to ${ssid}`, () => O.toUndefined(watched.station.link())?.ssid === ssid);

  const mistaken = { ...orderFor(secured), key: new KeyMaterial(new Uint8Array(32).fill(7)) };

  const calls = (name: string): number => rig.standIn.tell(`calls ${name}`);

  describe('that roam', () => {
    it("have another access point without a loss, the user's as well as a guest's", async () => {
      for (const connectedTo of [undefined, secured]) {
        const watched = await start({ networks: [secured, second], ...(connectedTo && { connectedTo }) });
        if (connectedTo === undefined) {
          const asked = watched.station.connect(orderFor(secured, O.some(secured.bssid)), patient());
          right(await stage.done(asked));
        }
        watched.told.length = 0;
        rig.standIn.tell(`roam 0 ${address(second)}`);
        await stage.until('the new access point is told', () => watched.told.length > 0);
        await stage.rig.world.pass(100);
        expect(story(watched)).to.deep.equal([`connected ${secured.ssid} ${second.bssid}`]);
        expect(watched.station.link()).to.deep.equal(O.some({ ssid: secured.ssid, bssid: second.bssid }));
        await stage.clear();
      }
      await start();
    });

    it('are followed at the end of it, where Windows tells of the old access point until then', async () => {
      const watched = await start({ networks: [secured, second] });
      right(await stage.done(watched.station.connect(orderFor(secured, O.some(secured.bssid)), patient())));
      rig.standIn.tell(`roam-late 0 ${address(second)}`);
      await stage.until('the new access point is known', () =>
        O.exists(({ bssid }: { bssid: string }) => bssid === second.bssid)(watched.station.link()),
      );
    });

    it('are followed by what is reported where asking is denied', async () => {
      const watched = await start({ networks: [secured, second] }, { told: ['deny WlanQueryInterface'] });
      right(await stage.done(watched.station.connect(orderFor(secured, O.some(secured.bssid)), patient())));
      rig.standIn.tell(`roam 0 ${address(second)}`);
      await stage.until('the new access point is known', () =>
        O.exists(({ bssid }: { bssid: string }) => bssid === second.bssid)(watched.station.link()),
      );
      expect(story(watched).filter((line) => line.startsWith('disconnected'))).to.deep.equal([]);
    });

    it('still end when they are lost afterwards', async () => {
      const watched = await start({ networks: [secured, second] });
      right(await stage.done(watched.station.connect(orderFor(secured, O.some(secured.bssid)), patient())));
      rig.standIn.tell(`roam 0 ${address(second)}`);
      await stage.until('the new access point is told', () => watched.told.length === 2);
      rig.standIn.tell('lose 0 0x3800b');
      await stage.until('the end is told', () => watched.told.length === 3);
      expect(story(watched).at(-1)).to.equal(`disconnected ${secured.ssid}`);
    });
  });

  describe('that the user makes while a guest connects', () => {
    for (const [what, verb, name] of [
      ['with a profile of the very name and SSID', 'saved', open.ssid],
      ['with a profile of another name', 'saved', 'home'],
      ['with a temporary profile of another name, by another program', 'lent', 'home'],
    ] as const)
      it(`are not taken for the guest's, ${what}`, async () => {
        const watched = await start({}, { told: [`${verb} 0 ${address(open)} ${name}`] });
        rig.standIn.tell('connecting 0 0 0 1');
        const connecting = watched.station.connect(orderFor(open), patient())();
        await breathe(30);
        rig.standIn.tell(`join 0 ${address(open)}`);
        expect(failureOf(await stage.done(() => connecting)).detail).to.include('connected elsewhere');
        expect(watched.station.link()).to.deep.equal(O.some({ ssid: open.ssid, bssid: open.bssid }));
      });

    for (const [what, profile] of [
      ['the profile has the same name', `saved 0 ${address(open)} ${open.ssid}`],
      ['it was a temporary profile, of another program', `lent 0 ${address(open)} home`],
    ] as const)
      it(`do not fail the guest's when they fail, although ${what}`, async () => {
        const watched = await start({}, { told: [profile] });
        rig.standIn.tell('slow 0 400');
        const connecting = watched.station.connect(orderFor(open), patient())();
        await breathe(30);
        rig.standIn.tell(`refused 0 ${address(open)}`);
        await breathe(50);
        expect(right(await stage.done(() => connecting)).ssid).to.equal(open.ssid);
      });
  });

  describe('of a guest that end', () => {
    const home = `saved 0 ${address(secured)} At <home> & away`;
    const before = { connectedTo: secured } as const;

    it('give the host back the profile that it was connected with, if that is wanted', async () => {
      const watched = await start(before, { restore: true, told: [home, `connected 0 ${address(secured)}`] });
      await stage.connected(watched, open);
      right(await stage.done(watched.station.disconnect()));
      await linkedTo(watched, secured.ssid);
      expect(story(watched).slice(-2)).to.deep.equal([
        `disconnected ${open.ssid}`,
        `connected ${secured.ssid} ${secured.bssid}`,
      ]);
      expect(rig.standIn.profile().xml).to.equal('At <home> & away');
    });

    it('give back what there was before the first of several', async () => {
      const watched = await start(before, { restore: true });
      await stage.connected(watched, open);
      await stage.connected(watched, latecomer);
      right(await stage.done(watched.station.disconnect()));
      await linkedTo(watched, secured.ssid);
    });

    it('leave the host alone unless it is wanted', async () => {
      const watched = await start(before);
      await stage.connected(watched, open);
      right(await stage.done(watched.station.disconnect()));
      await stage.rig.world.pass(1000);
      expect(watched.station.link()).to.deep.equal(O.none);
      expect(calls('WlanConnect')).to.equal(1);
    });

    it('give nothing back where there was nothing', async () => {
      const watched = await start({}, { restore: true });
      await stage.connected(watched, open);
      right(await stage.done(watched.station.disconnect()));
      await stage.rig.world.pass(1000);
      expect(calls('WlanConnect')).to.equal(1);
    });

    it('by a loss give back as well, and not when somebody on the host has ended them', async () => {
      for (const [reason, restored] of [
        ['0x3800b', true],
        ['0', false],
      ] as const) {
        const watched = await start(before, { restore: true });
        await stage.connected(watched, open);
        rig.standIn.tell(`lose 0 ${reason}`);
        if (restored) await linkedTo(watched, secured.ssid);
        else await stage.rig.world.pass(1000);
        expect(O.isSome(watched.station.link()), reason).to.equal(restored);
        await stage.clear();
      }
      await start();
    });

    it('by the user connecting elsewhere give nothing back', async () => {
      const watched = await start(before, { restore: true });
      await stage.connected(watched, open);
      rig.standIn.tell(`join 0 ${address(latecomer)}`);
      await linkedTo(watched, latecomer.ssid);
      rig.standIn.tell('lose 0 0x3800b');
      await stage.until('the end is told', () => O.isNone(watched.station.link()));
      await stage.rig.world.pass(1000);
      expect(calls('WlanConnect')).to.equal(1);
    });

    it('by a connection of the user whose predecessor was not told to have ended give nothing back either', async () => {
      const watched = await start(before, { restore: true });
      await stage.connected(watched, open);
      rig.standIn.tell(`takeover 0 ${address(latecomer)}`);
      await linkedTo(watched, latecomer.ssid);
      expect(story(watched).slice(-2)).to.deep.equal([
        `disconnected ${open.ssid}`,
        `connected ${latecomer.ssid} ${latecomer.bssid}`,
      ]);
      rig.standIn.tell('lose 0 0x3800b');
      await stage.until('the end is told', () => O.isNone(watched.station.link()));
      await stage.rig.world.pass(1000);
      expect(calls('WlanConnect')).to.equal(1);
    });

    it('say so when Windows has no such profile any more', async () => {
      const watched = await start(before, { restore: true });
      await stage.connected(watched, open);
      rig.standIn.tell(`saved 0 ${address(secured)} renamed`);
      right(await stage.done(watched.station.disconnect()));
      expect(rig.warnings.at(-1)?.facts).to.include({ operation: 'WlanConnect', code: 'ERROR_NOT_FOUND' });
    });
  });

  describe('of a guest that fail', () => {
    for (const restore of [true, false])
      it(`give the host its own back, ${restore ? 'wanted or' : 'also if it is'} not`, async () => {
        const watched = await start({ connectedTo: latecomer }, { restore });
        const failure = failureOf(await stage.done(watched.station.connect(mistaken, patient())));
        expect(failure.reason).to.equal('wrong key');
        await linkedTo(watched, latecomer.ssid);
        expect(story(watched)).to.deep.equal([
          `disconnected ${latecomer.ssid}`,
          `connected ${latecomer.ssid} ${latecomer.bssid}`,
        ]);
      });

    it("give back an earlier guest's connection, and remember what was before that", async () => {
      const watched = await start({ connectedTo: latecomer }, { restore: true });
      await stage.connected(watched, open);
      const missing = { ...orderFor(open), ssid: nowhere };
      expect(failureOf(await stage.done(watched.station.connect(missing, patient()))).reason).to.equal(
        'network not found',
      );
      await linkedTo(watched, open.ssid);
      right(await stage.done(watched.station.disconnect()));
      await linkedTo(watched, latecomer.ssid);
    });

    it('give back also when they were given up, before and after Windows had connected', async () => {
      for (const slow of [2000, 60]) {
        const watched = await start({ connectedTo: latecomer });
        rig.standIn.tell(`slow 0 ${slow}`);
        rig.standIn.tell(`delay WlanDisconnect ${slow === 60 ? 150 : 0} 1`);
        const abort = new AbortController();
        const connecting = watched.station.connect(orderFor(open), abort.signal)();
        await breathe(30);
        abort.abort();
        expect(failureOf(await stage.done(() => connecting)).reason).to.equal('abandoned');
        await linkedTo(watched, latecomer.ssid);
        await stage.clear();
      }
      await start();
    });

    it('touch nothing where Windows did not even take the request', async () => {
      const watched = await start({ connectedTo: latecomer });
      rig.standIn.tell('fail WlanConnect 1206 1');
      failureOf(await stage.done(watched.station.connect(orderFor(open), patient())));
      expect(calls('WlanConnect')).to.equal(1);
      expect(story(watched)).to.deep.equal([]);
      expect(bssOf(latecomer).bssid).to.equal(O.toUndefined(watched.station.link())?.bssid);
    });
  });
});
