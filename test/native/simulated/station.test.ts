import { expect } from 'chai';
import { isLeft } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import type { OfferedSecurity } from '../../../protocol/security.js';
import { CipherSuite } from '../../../protocol/suites.js';
import { begin, bssid, instant, network, orderFor, places, Scene, ssid, wlan0 } from './scene.js';

const { ccmp } = CipherSuite;
const psk: OfferedSecurity = { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp };

describe('a simulated interface', () => {
  it('connects to the strongest access point, unless another one is asked for', async () => {
    const scene = begin({ interfaces: instant });
    scene.connect(orderFor('cafe'));
    scene.connect(orderFor('cafe', { bssid: some(bssid(1)) }));
    scene.connect(orderFor('cafe', { bssid: some(bssid(3)) }));
    await scene.clock.advance(0);
    expect(scene.news().filter((line) => !line.includes('connected'))).to.deep.equal([
      '0 wlan0 joined 02:00:00:00:00:02',
      '0 wlan0 joined 02:00:00:00:00:01',
      '0 wlan0 network not found 1',
    ]);
  });

  it('passes over a stronger access point whose security does not fit', async () => {
    const scene = begin({
      interfaces: instant,
      networks: [
        ...places,
        { ssid: 'cafe', security: 'open', accessPoints: [{ bssid: bssid(9), channel: 1, signal: -20 }] },
      ],
    });
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(0);
    expect(scene.news().at(-1)).to.equal('0 wlan0 joined 02:00:00:00:00:02');
  });

  it('judges a network as it is when the connect is over, not when it began', async () => {
    const scene = begin({ timeline: [{ at: 499, do: 'network.vanishes', ssid: 'open' }] });
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    expect(scene.news()).to.deep.equal(['500 wlan0 network not found 1']);
  });

  it('does not hear what only another interface hears', async () => {
    const scene = begin({
      interfaces: [{ name: 'wlan0' }, { name: 'Second card', id: '{1B57E649-A1DF-482F-85C2-000000000001}' }],
      networks: [
        {
          ssid: 'one',
          security: 'open',
          seenBy: ['wlan0'],
          accessPoints: [
            { bssid: bssid(1), channel: 1, signal: -50 },
            {
              bssid: bssid(2),
              channel: 6,
              signal: -50,
              seenBy: ['1b57e649-a1df-482f-85c2-000000000001', 'wlan0'],
            },
          ],
        },
      ],
    });
    expect(
      scene
        .station('wlan0')
        .networks()
        .map((bss) => bss.bssid),
    ).to.deep.equal([bssid(1), bssid(2)]);
    expect(
      scene
        .station('Second card')
        .networks()
        .map((bss) => bss.bssid),
    ).to.deep.equal([bssid(2)]);
    expect(scene.station('Second card').id).to.equal('1b57e649-a1df-482f-85c2-000000000001');
    scene.connect(orderFor('one', { bssid: some(bssid(1)) }), 'Second card');
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal(['0 Second card network not found 1']);
  });

  it('refuses security that it does not support, without giving up the link that it has', async () => {
    const scene = begin({ interfaces: [{ name: 'wlan0', supports: ['open'] }] });
    expect(scene.station().supports(psk)).to.equal(false);
    scene.connect(orderFor('open'));
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 connected open',
      '0 wlan0 joined 02:00:00:00:00:03',
      '0 wlan0 unsupported 43',
    ]);
  });

  it('gives up a connect for the next one', async () => {
    const scene = begin();
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(100);
    scene.connect(orderFor('open'));
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal([
      '100 wlan0 abandoned 1',
      '600 wlan0 connected open',
      '600 wlan0 joined 02:00:00:00:00:03',
    ]);
  });

  it('gives up a connect for a disconnect', async () => {
    const scene = begin();
    scene.connect(orderFor('cafe'));
    scene.disconnect();
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal(['200 wlan0 abandoned 1', '200 wlan0 disconnect done']);
  });

  it('gives up a connect at once when its user disconnects', async () => {
    const scene = begin();
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(100);
    scene.radio.control.disconnectByUser(wlan0);
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal(['100 wlan0 failed 1']);
  });

  it('tells in order even when the one who hears of a link ends it on the spot', async () => {
    const scene = new Scene({ interfaces: instant });
    scene.radio.open.subscribe((event) => {
      if (event.type !== 'interface.arrived' || event.interface.kind !== 'station') return;
      const station = event.interface;
      station.events.subscribe((told) => {
        if (told.type === 'connected')
          station
            .disconnect()()
            .catch(() => scene.tell('threw'));
      });
      station.events.subscribe((told) => scene.tell(told.type));
      station
        .connect(orderFor('open'), new AbortController().signal)()
        .then(
          (result) => scene.tell(result._tag),
          () => scene.tell('threw'),
        );
    });
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal(['0 connected', '0 disconnected', '0 Right']);
  });

  it('takes no notice when a connect that is over is aborted', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [{ after: { event: 'connect.failed' }, do: 'user.disconnects' }],
    });
    const abort = scene.connect(orderFor('open'));
    await scene.clock.advance(0);
    abort.abort();
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal(['0 wlan0 connected open', '0 wlan0 joined 02:00:00:00:00:03']);
  });

  it('tells of no signal that has not changed', async () => {
    const scene = begin({ interfaces: instant });
    scene.connect(orderFor('open'));
    await scene.clock.advance(0);
    scene.news();
    scene.radio.control.appear(network('open'));
    expect(scene.news()).to.deep.equal([]);
  });

  it('is connected by its user to the strongest access point', () => {
    const scene = begin({ interfaces: instant });
    scene.radio.control.connectByUser(wlan0, { ssid: ssid('cafe'), bssid: none });
    expect(scene.station().link()).to.deep.equal(some({ ssid: 'cafe', bssid: bssid(2) }));
  });

  it('is connected by its user to the first of several that are equally strong', () => {
    const accessPoints = [7, 8].map((last) => ({ bssid: bssid(last), channel: last, signal: -50 }));
    const scene = begin({
      interfaces: instant,
      networks: [{ ssid: 'twins', security: 'open', accessPoints }],
    });
    scene.radio.control.connectByUser(wlan0, { ssid: ssid('twins'), bssid: none });
    expect(scene.station().link()).to.deep.equal(some({ ssid: 'twins', bssid: bssid(7) }));
  });

  it('shows what the last scan found, while the air changes', async () => {
    const scene = begin();
    expect(scene.seen()).to.deep.equal([]);
    await scene.scan();
    scene.radio.control.fade(network('open'), -80, 500);
    await scene.clock.advance(1000);
    expect(scene.seen()).to.include('open -80');
    const before = scene.station().networks();
    scene.radio.control.vanish(network('open'));
    expect(scene.station().networks()).to.equal(before);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.seen()).to.deep.equal(['cafe -60', 'cafe -50', 'far -94']);
  });

  it('keeps the array and each network in it as long as they do not change', async () => {
    const scene = begin({ interfaces: instant });
    const before = scene.station().networks();
    await scene.scan();
    expect(scene.station().networks()).to.equal(before);
    scene.radio.control.fade(network('open'), -80, 0);
    const after = scene.station().networks();
    expect(after).to.not.equal(before);
    expect(after.map((bss, i) => bss === before[i])).to.deep.equal([true, true, false, true]);
    scene.radio.control.fade(network('open'), -120, 0);
    const without = scene.station().networks();
    scene.radio.control.fade(network('open'), -125, 0);
    expect(scene.station().networks()).to.equal(without);
  });

  it('finds a hidden network by directed scans only, also by one that joins a scan that runs', async () => {
    const networks = places.map((place) => ({ ...place, hidden: place.ssid !== 'far' }));
    const scene = begin({ networks });
    await scene.scan();
    await scene.clock.advance(500);
    await scene.scan(some(ssid('open')));
    await scene.scan(some(ssid('cafe')));
    await scene.clock.advance(500);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 scan running',
      '500 wlan0 scan running',
      '500 wlan0 scan running',
      '1000 wlan0 scan.completed',
    ]);
    expect(scene.seen()).to.deep.equal(['cafe -60', 'cafe -50', 'open -55', 'far -94']);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.seen()).to.deep.equal(['far -94']);
    await scene.scan(some(ssid('open')));
    await scene.clock.advance(1000);
    expect(scene.seen()).to.deep.equal(['open -55', 'far -94']);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.seen(), 'a single one is forgotten as well').to.deep.equal(['far -94']);
  });

  it('that leaves or dies does not forget the faults and the air, only what it has seen', async () => {
    const scene = begin();
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.seen()).to.have.length(4);
    scene.radio.control.leave(wlan0);
    scene.radio.control.arrive(wlan0);
    expect(scene.seen()).to.deep.equal([]);
  });

  it('that is gone answers nothing but failures', async () => {
    const scene = begin();
    const station = scene.station();
    scene.close();
    expect(station.networks()).to.deep.equal([]);
    expect(station.link()).to.deep.equal(none);
    expect(isLeft(await station.scan(none))).to.equal(true);
    expect(isLeft(await station.disconnect()())).to.equal(true);
    expect(isLeft(await station.connect(orderFor('open'), new AbortController().signal)())).to.equal(true);
  });
});
