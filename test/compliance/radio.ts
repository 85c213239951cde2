/** What every radio with station interfaces must do, whatever is behind it. */
import { expect } from 'chai';
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import type { Bss } from '../../protocol/bss.js';
import { Capability } from '../../protocol/capabilities.js';
import { ElementId, parseElements } from '../../protocol/elements.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { advertisedSecurity } from '../../protocol/security.js';
import { ssidBytes } from '../../protocol/ssid.js';
import { AkmSuite } from '../../protocol/suites.js';
import { right } from '../protocol/either.js';
import {
  type AirNetwork,
  cast,
  nowhere,
  orderFor,
  patient,
  type RadioRig,
  RadioStage,
  type RadioStart,
  type Watched,
} from './radio-stage.js';

export type { AirNetwork, RadioRig, RadioStart } from './radio-stage.js';

/** How far a radio can be put to the test. */
export interface RadioComplianceOptions {
  /** What the world of this radio cannot do: the tests that need it are left out. */
  readonly cannot?: ReadonlySet<
    | 'be connected before'
    | 'show a latecomer'
    | 'hide a network'
    | 'drop an access point'
    | 'change a signal'
    | 'have a user'
    | 'slow a connect'
    | 'remove an interface'
    | 'lose the service'
  >;
  /** Milliseconds of the radio's own time that anything may take. Default: 10000. */
  readonly patience?: number;
}

/** Runs the whole suite over the radio that `setup` puts up anew for every test, with one interface. */
export const radioCompliance = (
  name: string,
  setup: (start: RadioStart) => RadioRig | Promise<RadioRig>,
  { cannot = new Set(), patience = 10_000 }: RadioComplianceOptions = {},
): void => {
  describe(`${name} as a radio`, () => {
    const { open, secured, hidden, latecomer } = cast;
    const networks = cannot.has('hide a network') ? [open, secured] : [open, secured, hidden];
    let stage: RadioStage;

    const start = async (more: Partial<RadioStart> = {}): Promise<Watched> => {
      stage = new RadioStage(await setup({ networks, ...more }), patience);
      return stage.station();
    };

    afterEach(() => stage.clear());

    describe('opened', () => {
      it('tells that it is open before it tells of its interface', async () => {
        const { station } = await start();
        expect(stage.events.map(({ type }) => type)).to.deep.equal(['opened', 'interface.arrived']);
        expect(station.id).to.match(/^\S+$/);
        expect(station.name).to.not.equal('');
      });

      it('has no link before anyone has connected it', async () => {
        const { station } = await start();
        expect(station.link()).to.deep.equal(none);
      });

      it('can connect to open and WPA2-PSK networks', async () => {
        const { station } = await start();
        expect(station.supports(orderFor(open).security)).to.equal(true);
        expect(station.supports(orderFor(secured).security)).to.equal(true);
      });

      it('gives its interface anew after it was closed', async () => {
        const first = await start();
        await stage.close();
        const second = await stage.station();
        expect(second.station.id).to.equal(first.station.id);
        await stage.scanned(second);
        expect(ssidsOf(second)).to.include(open.ssid);
      });

      it('leaves nothing behind when it is closed in the middle of a scan and a connect', async () => {
        const { station } = await start();
        await station.scan(none);
        const connecting = station.connect(orderFor(secured), patient())();
        await stage.close();
        expect((await connecting)._tag).to.be.oneOf(['Left', 'Right']);
        expect(stage.rig.holds()).to.equal(0);
      });

      if (!cannot.has('be connected before'))
        it('reports the link that an interface had before, without an event', async () => {
          const { station, told } = await start({ connectedTo: secured });
          expect(station.link()).to.deep.equal(some({ ssid: secured.ssid, bssid: secured.bssid }));
          await stage.rig.world.pass(200);
          expect(told.filter(({ type }) => type === 'connected')).to.deep.equal([]);
        });
    });

    describe('a scan', () => {
      it('answers with what was known before, and reports its completion once', async () => {
        const { station, told } = await start();
        const before = station.networks();
        const answer = right(await station.scan(none));
        if (answer === 'running') {
          expect(station.networks()).to.equal(before);
          await stage.until('the scan completes', () => told.length > 0);
        }
        await stage.rig.world.pass(200);
        expect(told.filter(({ type }) => type === 'scan.completed')).to.have.length(
          answer === 'complete' ? 0 : 1,
        );
        expect(told.filter(({ type }) => type === 'scan.failed')).to.deep.equal([]);
      });

      it('gives each access point as it is, with its own elements', async () => {
        const watched = await start();
        await stage.finds(watched, open);
        await stage.finds(watched, secured);
        expectBss(find(watched, open), open);
        expectBss(find(watched, secured), secured);
      });

      it('gives the same array until something changes', async () => {
        const watched = await start();
        await stage.scanned(watched);
        expect(watched.station.networks()).to.equal(watched.station.networks());
      });

      it('may be asked for while another one runs', async () => {
        const watched = await start();
        await watched.station.scan(none);
        await stage.scanned(watched);
        expect(ssidsOf(watched)).to.include.members([open.ssid, secured.ssid]);
      });

      if (!cannot.has('show a latecomer'))
        it('finds a network that has come on the air since the last one', async () => {
          const watched = await start();
          await stage.scanned(watched);
          expect(ssidsOf(watched)).to.not.include(latecomer.ssid);
          await stage.rig.world.hasNetwork(latecomer);
          await stage.finds(watched, latecomer);
          expectBss(find(watched, latecomer), latecomer);
        });

      if (!cannot.has('hide a network'))
        it('finds a hidden network when it is directed at it, and not before', async () => {
          const watched = await start();
          await stage.scanned(watched);
          expect(ssidsOf(watched)).to.not.include(hidden.ssid);
          await stage.finds(watched, hidden, some(hidden.ssid));
          expect(find(watched, hidden).ssid).to.equal(hidden.ssid);
          expect(ssidsOf(watched)).to.include(open.ssid);
        });
    });

    describe('a connect', () => {
      for (const network of [open, secured]) {
        it(`leads to "${network.ssid}", and is told once`, async () => {
          const { station, told } = await start();
          const link = { ssid: network.ssid, bssid: network.bssid };
          const result = await stage.done(station.connect(orderFor(network), patient()));
          expect(right(result)).to.deep.equal(link);
          expect(station.link()).to.deep.equal(some(link));
          await stage.rig.world.pass(200);
          expect(linkEvents(told)).to.deep.equal([`connected ${network.ssid}`]);
        });
      }

      it('leads to the access point that was asked for', async () => {
        const { station } = await start();
        const result = await stage.done(station.connect(orderFor(secured, some(secured.bssid)), patient()));
        expect(right(result).bssid).to.equal(secured.bssid);
      });

      if (!cannot.has('hide a network'))
        it('leads to a hidden network too', async () => {
          const { station } = await start();
          const result = await stage.done(station.connect(orderFor(hidden), patient()));
          expect(right(result).ssid).to.equal(hidden.ssid);
        });

      it('fails with the reason "wrong key" when the key is wrong', async () => {
        const { station, told } = await start();
        const order = { ...orderFor(secured), key: new KeyMaterial(new Uint8Array(32).fill(7)) };
        const result = await stage.done(station.connect(order, patient()));
        expect(isLeft(result) && result.left.reason).to.equal('wrong key');
        expect(isLeft(result) && result.left.status).to.be.greaterThan(0);
        expect(station.link()).to.deep.equal(none);
        expect(linkEvents(told)).to.deep.equal([]);
      });

      it('fails with the reason "network not found" when there is no such network', async () => {
        const { station, told } = await start();
        const result = await stage.done(station.connect({ ...orderFor(open), ssid: nowhere }, patient()));
        expect(isLeft(result) && result.left.reason).to.equal('network not found');
        expect(isLeft(result) && result.left.status).to.be.greaterThan(0);
        expect(linkEvents(told)).to.deep.equal([]);
      });

      it('that was aborted before it began touches nothing', async () => {
        const { station, told } = await start();
        await stage.connected({ station, told, complete: false }, open);
        const result = await stage.done(station.connect(orderFor(secured), AbortSignal.abort()));
        expect(isLeft(result) && result.left.reason).to.equal('abandoned');
        expect(station.link()).to.deep.equal(some({ ssid: open.ssid, bssid: open.bssid }));
      });

      it('replaces the link that there was, which is told first', async () => {
        const watched = await start();
        await stage.connected(watched, open);
        await stage.connected(watched, secured);
        expect(linkEvents(watched.told)).to.deep.equal([
          `connected ${open.ssid}`,
          `disconnected ${open.ssid}`,
          `connected ${secured.ssid}`,
        ]);
      });

      if (!cannot.has('slow a connect'))
        it('that is aborted on the way cleans up, and leaves the way free for the next one', async () => {
          const watched = await start();
          const { station, told } = watched;
          await stage.rig.world.slowConnect();
          const abort = new AbortController();
          const connecting = station.connect(orderFor(secured), abort.signal)();
          await stage.rig.world.pass(500);
          abort.abort();
          const result = await stage.done(() => connecting);
          expect(isLeft(result) && result.left.reason).to.equal('abandoned');
          expect(station.link()).to.deep.equal(none);
          await stage.connected(watched, open);
          expect(linkEvents(told)).to.deep.equal([`connected ${open.ssid}`]);
        });
    });

    describe('a link', () => {
      it('ends by a disconnect, which is told once', async () => {
        const watched = await start();
        await stage.connected(watched, open);
        expect(isRight(await stage.done(watched.station.disconnect()))).to.equal(true);
        await stage.until('the end is told', () => watched.told.at(-1)?.type === 'disconnected');
        await stage.rig.world.pass(200);
        expect(watched.station.link()).to.deep.equal(none);
        expect(linkEvents(watched.told)).to.deep.equal([
          `connected ${open.ssid}`,
          `disconnected ${open.ssid}`,
        ]);
      });

      it('that is not there can be disconnected all the same, and nothing is told', async () => {
        const { station, told } = await start();
        expect(isRight(await stage.done(station.disconnect()))).to.equal(true);
        expect(linkEvents(told)).to.deep.equal([]);
      });

      if (!cannot.has('drop an access point'))
        it('ends when its access point is gone, which is told once', async () => {
          const watched = await start();
          await stage.connected(watched, open);
          await stage.rig.world.dropAccessPoint(open);
          await stage.until('the end is told', () => watched.told.at(-1)?.type === 'disconnected');
          expect(watched.station.link()).to.deep.equal(none);
          expect(linkEvents(watched.told)).to.deep.equal([
            `connected ${open.ssid}`,
            `disconnected ${open.ssid}`,
          ]);
        });

      if (!cannot.has('change a signal'))
        it('tells of its signal when that changes', async () => {
          const watched = await start();
          await stage.connected(watched, open);
          watched.station.followSignal?.(true);
          await stage.rig.world.setSignal(open, -71);
          await stage.until('the signal is told', () => watched.told.at(-1)?.type === 'signal');
          expect(watched.told.at(-1)).to.deep.equal({ type: 'signal', rssi: -71 });
          await stage.rig.world.setSignal(secured, -72);
          await stage.rig.world.pass(200);
          expect(watched.told.filter(({ type }) => type === 'signal')).to.have.length(1);
        });

      if (!cannot.has('have a user'))
        it('that the user of the host makes and ends is told as well', async () => {
          const { station, told } = await start();
          await stage.rig.world.userConnects(secured);
          await stage.until('the link is told', () => told.at(-1)?.type === 'connected');
          expect(station.link()).to.deep.equal(some({ ssid: secured.ssid, bssid: secured.bssid }));
          await stage.rig.world.userDisconnects();
          await stage.until('the end is told', () => told.at(-1)?.type === 'disconnected');
          expect(station.link()).to.deep.equal(none);
          expect(linkEvents(told)).to.deep.equal([
            `connected ${secured.ssid}`,
            `disconnected ${secured.ssid}`,
          ]);
        });
    });

    if (!cannot.has('remove an interface'))
      describe('an interface that leaves', () => {
        const leave = async (watched: Watched): Promise<void> => {
          await stage.rig.world.removeInterface();
          await stage.until('the interface has left', () =>
            stage.events.some((event) => event.type === 'interface.left' && event.id === watched.station.id),
          );
          await stage.until('its events are complete', () => watched.complete);
        };

        it('completes its events in the middle of a scan', async () => {
          const watched = await start();
          await stage.rig.world.slowScan?.();
          await watched.station.scan(none);
          await leave(watched);
          await stage.rig.world.pass(patience);
          expect(watched.told.filter(({ type }) => type === 'scan.completed')).to.deep.equal([]);
        });

        if (!cannot.has('slow a connect'))
          it('fails the connect that is under way', async () => {
            const watched = await start();
            await stage.rig.world.slowConnect();
            const connecting = watched.station.connect(orderFor(secured), patient())();
            await leave(watched);
            const result = await stage.done(() => connecting);
            expect(isLeft(result) && result.left.reason).to.equal('failed');
          });

        it('answers what is asked of it afterwards with failures', async () => {
          const watched = await start();
          await leave(watched);
          const { station } = watched;
          expect(isLeft(await station.scan(none))).to.equal(true);
          expect(isLeft(await stage.done(station.connect(orderFor(open), patient())))).to.equal(true);
          expect(station.link()).to.deep.equal(none);
        });
      });

    if (!cannot.has('lose the service'))
      describe('a Wi-Fi service that goes away', () => {
        const die = async (): Promise<void> => {
          await stage.rig.world.serviceDies();
          await stage.until('the radio tells that it failed', () => stage.failure !== undefined);
        };

        it('ends the radio with a failure that says what happened, and the events of its interfaces', async () => {
          const watched = await start();
          await die();
          expect(stage.failure).to.have.all.keys('operation', 'code', 'detail');
          expect(watched.complete).to.equal(true);
        });

        if (!cannot.has('slow a connect'))
          it('fails the connect that is under way', async () => {
            const { station } = await start();
            await stage.rig.world.slowConnect();
            const connecting = station.connect(orderFor(secured), patient())();
            await die();
            const result = await stage.done(() => connecting);
            expect(isLeft(result) && result.left.reason).to.equal('failed');
          });

        it('leaves nothing behind', async () => {
          const { station } = await start();
          await station.scan(none);
          await die();
          await stage.close();
          expect(stage.rig.holds()).to.equal(0);
        });

        it('lets the radio fail until it is back, and then gives the interface anew', async () => {
          await start();
          await die();
          stage.open();
          await stage.until('opening fails', () => stage.failure !== undefined);
          await stage.rig.world.serviceReturns();
          const watched = await stage.station();
          await stage.scanned(watched);
          expect(ssidsOf(watched)).to.include(open.ssid);
        });
      });
  });
};

const ssidsOf = ({ station }: Watched): readonly string[] => station.networks().map(({ ssid }) => ssid);

const find = ({ station }: Watched, { bssid, ssid }: AirNetwork): Bss => {
  const isOf = (bss: Bss): boolean => bss.bssid === bssid;
  // What the same radio was on the air before may still be remembered.
  const found =
    station.networks().find((bss) => isOf(bss) && bss.ssid === ssid) ?? station.networks().find(isOf);
  if (found === undefined) throw new Error(`${bssid} was not found`);
  return found;
};

/** The history of the link, in words. */
const linkEvents = (told: Watched['told']): readonly string[] =>
  told.flatMap((event) => {
    if (event.type === 'connected') return [`connected ${event.link.ssid}`];
    return event.type === 'disconnected' ? [`disconnected ${event.ssid}`] : [];
  });

const expectBss = (bss: Bss, { ssid, frequency, passphrase }: AirNetwork): void => {
  expect(bss.ssid).to.equal(ssid);
  expect(bss.frequency).to.equal(frequency);
  expect(bss.rssi).to.be.within(-95, 0);
  expect(bss.capabilities & Capability.ess).to.equal(Capability.ess);
  expect((bss.capabilities & Capability.privacy) !== 0).to.equal(passphrase._tag === 'Some');
  const elements = right(parseElements(bss.elements));
  const named = elements.find(({ id }) => id === ElementId.ssid);
  expect(named?.body).to.deep.equal(ssidBytes(ssid));
  const security = advertisedSecurity(bss);
  if (passphrase._tag === 'None') expect(security).to.deep.equal({ kind: 'open' });
  else expect(security).to.deep.include({ kind: 'rsn', akms: [AkmSuite.psk] });
};
