import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import { signalPause } from '../../../native/linux/wpa-station.js';
import { ssidFromText } from '../../../protocol/ssid.js';
import { right } from '../../protocol/either.js';
import { refusal, settled } from './fake-bus.js';
import { capturedBsss, wlan0 } from './fake-supplicant.js';
import { RadioScene } from './radio-scene.js';

const [open = {}, psk = {}] = capturedBsss;

describe('the radio of wpa_supplicant', () => {
  let scene: RadioScene;

  beforeEach(() => {
    scene = new RadioScene();
  });

  afterEach(() => scene.end());

  describe('follows the link', () => {
    const link = { ssid: right(ssidFromText('wpa2-psk')), bssid: '02:00:00:00:00:01' };

    it('that was there before, without an event', async () => {
      const [, path = ''] = scene.supplicant.sees([open, psk]);
      scene.supplicant.bus.put(wlan0, { State: 'completed', CurrentBSS: path, CurrentNetwork: '/n' });
      await scene.open();
      expect(scene.station.link()).to.deep.equal(O.some(link));
      expect(scene.told).to.deep.equal([]);
    });

    it('as it comes up and goes down, with the reason', async () => {
      const [, path = ''] = scene.supplicant.sees([open, psk]);
      await scene.open();
      scene.supplicant.completes(path, '/n');
      await settled();
      expect(scene.station.link()).to.deep.equal(O.some(link));
      scene.supplicant.change({ DisconnectReason: 4 });
      scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/' });
      await settled();
      expect(scene.told).to.deep.equal([
        { type: 'connected', link },
        { type: 'disconnected', ssid: link.ssid, reason: 'by the access point: inactivity' },
      ]);
      expect(scene.station.link()).to.deep.equal(O.none);
    });

    for (const state of ['disconnected', 'inactive', 'scanning'])
      it(`until it is ${state}`, async () => {
        const [, path = ''] = scene.supplicant.sees([open, psk]);
        await scene.open();
        scene.supplicant.completes(path, '/n');
        await settled();
        scene.supplicant.change({ State: state });
        await settled();
        expect(scene.told.at(-1)?.type).to.equal('disconnected');
        expect(scene.station.link()).to.deep.equal(O.none);
      });

    it('to another access point of the network without a break', async () => {
      const other = { ...psk, BSSID: Buffer.from('020000000109', 'hex') };
      const [first = '', second = ''] = scene.supplicant.sees([psk, other]);
      await scene.open();
      scene.supplicant.completes(first, '/n');
      await settled();
      scene.supplicant.change({ State: 'authenticating' });
      scene.supplicant.change({ State: 'associating', CurrentBSS: second });
      scene.supplicant.completes(second, '/n');
      await settled();
      expect(
        scene.told.map((event) => (event.type === 'connected' ? event.link.bssid : event.type)),
      ).to.deep.equal(['02:00:00:00:00:01', '02:00:00:00:01:09']);
    });

    it('to another network as an end and a beginning', async () => {
      const [first = '', second = ''] = scene.supplicant.sees([open, psk]);
      await scene.open();
      scene.supplicant.completes(first, '/n');
      await settled();
      scene.supplicant.completes(second, '/m');
      await settled();
      expect(scene.told.map(({ type }) => type)).to.deep.equal(['connected', 'disconnected', 'connected']);
    });

    it('and asks for its signal every two seconds while it lasts and somebody wants it, telling only changes', async () => {
      const [path = ''] = scene.supplicant.sees([psk]);
      await scene.open();
      const polls = (): number => scene.supplicant.bus.called.filter((call) => call === 'SignalPoll').length;
      scene.station.followSignal?.(true);
      await scene.clock.advance(3 * signalPause);
      expect(polls()).to.equal(0);

      scene.supplicant.completes(path, '/n');
      await settled();
      await scene.clock.advance(signalPause - 1);
      expect(polls()).to.equal(0);
      await scene.clock.advance(1);
      await settled();
      await scene.clock.advance(signalPause);
      await settled();
      scene.supplicant.bus.method('SignalPoll', () => E.right([{ rssi: -61 }]));
      await scene.clock.advance(signalPause);
      await settled();
      expect(polls()).to.equal(3);
      const signals = scene.told.flatMap((event) => (event.type === 'signal' ? [event.rssi] : []));
      expect(signals).to.deep.equal([-50, -61]);

      scene.supplicant.change({ State: 'disconnected' });
      await settled();
      expect(scene.clock.pending).to.equal(0);
    });

    it('once, however often it is told, and with the reason of its own end', async () => {
      const [path = ''] = scene.supplicant.sees([psk]);
      await scene.open();
      scene.supplicant.change({ DisconnectReason: 4 });
      scene.supplicant.completes(path, '/n');
      scene.supplicant.completes(path, '/n');
      await settled();
      scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/' });
      scene.supplicant.change({ State: 'scanning' });
      await settled();
      expect(scene.told).to.deep.equal([
        { type: 'connected', link },
        { type: 'disconnected', ssid: link.ssid, reason: 'the link was lost' },
      ]);
    });

    it('that was ended on request, and the next one by the access point', async () => {
      const [path = ''] = scene.supplicant.sees([psk]);
      await scene.open();
      const reasons = (): readonly string[] =>
        scene.told.flatMap((event) => (event.type === 'disconnected' ? [event.reason] : []));
      const comesAndGoes = async (): Promise<void> => {
        scene.supplicant.completes(path, '/n');
        await settled();
        scene.supplicant.change({ DisconnectReason: 4 });
        scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/' });
        await settled();
      };
      // There is none yet: what comes afterwards is another one.
      await scene.station.disconnect()();
      await comesAndGoes();
      scene.supplicant.completes(path, '/n');
      await settled();
      await scene.station.disconnect()();
      scene.supplicant.change({ DisconnectReason: -3 });
      scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/' });
      await settled();
      await comesAndGoes();
      expect(reasons()).to.deep.equal([
        'by the access point: inactivity',
        'disconnected on request',
        'by the access point: inactivity',
      ]);
    });

    it('only where it is up, at an access point that is known', async () => {
      const [path = ''] = scene.supplicant.sees([psk]);
      await scene.open();
      scene.supplicant.completes('/', '/n');
      scene.supplicant.change({ State: 'group_handshake', CurrentBSS: path });
      scene.supplicant.completes('/nobody/knows', '/n');
      await settled();
      expect(scene.told).to.deep.equal([]);
      scene.supplicant.change({ CurrentBSS: path });
      await settled();
      expect(scene.told).to.deep.equal([{ type: 'connected', link }]);
    });

    it('and goes on to ask for its signal where an answer has none or does not come', async () => {
      const [path = ''] = scene.supplicant.sees([psk]);
      await scene.open();
      scene.station.followSignal?.(true);
      scene.supplicant.completes(path, '/n');
      await settled();
      const answers = [E.right([{}]), refusal('busy'), E.right([{ rssi: -60 }]), E.right([{ rssi: -60 }])];
      scene.supplicant.bus.method('SignalPoll', () => answers.shift() ?? E.right([{ rssi: -61 }]));
      for (let polls = 0; polls < 5; polls += 1) {
        await scene.clock.advance(signalPause);
        await settled();
      }
      const signals = scene.told.flatMap((event) => (event.type === 'signal' ? [event.rssi] : []));
      expect(signals).to.deep.equal([-60, -61]);
      scene.station.followSignal?.(false);
    });

    it('and tells no signal of one that has gone while it was asked for', async () => {
      const [path = ''] = scene.supplicant.sees([psk]);
      await scene.open();
      scene.station.followSignal?.(true);
      scene.supplicant.completes(path, '/n');
      await settled();
      let answer = (): void => undefined;
      scene.supplicant.bus.method(
        'SignalPoll',
        () =>
          new Promise((resolve) => {
            answer = () => resolve(E.right([{ rssi: -60 }]));
          }),
      );
      await scene.clock.advance(signalPause);
      scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/' });
      await settled();
      answer();
      await settled();
      expect(scene.told.map(({ type }) => type)).to.deep.equal(['connected', 'disconnected']);
      expect(scene.clock.pending).to.equal(0);
      // Nor of the one before to the one that has come since.
      scene.supplicant.completes(path, '/n');
      await settled();
      await scene.clock.advance(signalPause);
      scene.supplicant.change({ State: 'disconnected', CurrentBSS: '/' });
      await settled();
      scene.supplicant.completes(path, '/n');
      await settled();
      answer();
      await settled();
      expect(scene.told.filter(({ type }) => type === 'signal')).to.deep.equal([]);
      expect(scene.clock.pending).to.equal(1);
      scene.station.followSignal?.(false);
    });

    it('and never asks for its signal while nobody wants it', async () => {
      const [path = ''] = scene.supplicant.sees([psk]);
      await scene.open();
      const polls = (): number => scene.supplicant.bus.called.filter((call) => call === 'SignalPoll').length;
      scene.supplicant.completes(path, '/n');
      await settled();
      expect(scene.clock.pending).to.equal(0);

      scene.station.followSignal?.(true);
      await scene.clock.advance(signalPause);
      await settled();
      expect(polls()).to.equal(1);

      scene.station.followSignal?.(false);
      expect(scene.clock.pending).to.equal(0);
      scene.station.followSignal?.(true);
      await scene.clock.advance(signalPause - 1);
      expect(polls()).to.equal(1);
      scene.station.followSignal?.(false);
    });
  });

  it('offers SAE only where wpa_supplicant has it', async () => {
    const sae = { kind: 'wpa3-sae', pairwise: 0x000fac04, group: 0x000fac04 } as const;
    await scene.open();
    expect(scene.station.supports(sae)).to.equal(true);
    expect(scene.station.supports({ kind: 'open' })).to.equal(true);
    scene.close();
    scene.supplicant.bus.put(wlan0, { Capabilities: { KeyMgmt: ['wpa-psk'] } });
    await scene.open();
    expect(scene.station.supports(sae)).to.equal(false);
  });
});
