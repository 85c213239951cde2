import { expect } from 'chai';
import { none } from 'fp-ts/lib/Option.js';
import { begin, bssid, instant, network, orderFor, places, Scene, ssid, takesTime, wlan0 } from './scene.js';

describe('a scenario lets', () => {
  it('a network appear and vanish at its times', async () => {
    const scene = begin({
      interfaces: instant,
      networks: [
        {
          ssid: 'tide',
          security: 'open',
          present: false,
          accessPoints: [{ bssid: bssid(1), channel: 1, signal: -40 }],
        },
      ],
      timeline: [
        { at: 1000, do: 'network.appears', ssid: 'tide' },
        { at: 2000, do: 'network.vanishes', ssid: 'tide' },
      ],
    });
    await scene.clock.advance(999);
    expect(scene.seen()).to.deep.equal([]);
    await scene.clock.advance(1);
    expect(scene.seen()).to.deep.equal(['tide -40']);
    await scene.clock.advance(1000);
    expect(scene.seen()).to.deep.equal([]);
  });

  it('one access point of a network vanish, and the others stay', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [{ at: 0, do: 'network.vanishes', bssid: bssid(2) }],
    });
    await scene.clock.advance(0);
    expect(scene.seen()).to.deep.equal(['cafe -60', 'open -55', 'far -94']);
  });

  it('a link end when its network vanishes', async () => {
    const scene = begin({ timeline: [{ at: 900, do: 'network.vanishes', ssid: 'open' }] });
    scene.connect(orderFor('open'));
    await scene.clock.advance(900);
    expect(scene.news()).to.deep.equal([
      '500 wlan0 connected open',
      '500 wlan0 joined 02:00:00:00:00:03',
      '900 wlan0 disconnected open',
    ]);
  });

  it('a network fade by whole dB, and the link with it, which ends out of range', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [{ at: 1000, do: 'network.fades', ssid: 'far', to: -98, over: 4000 }],
    });
    scene.connect(orderFor('far'));
    await scene.clock.advance(10_000);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 connected far',
      '0 wlan0 joined 02:00:00:00:00:04',
      '2000 wlan0 signal -95',
      '3000 wlan0 disconnected far',
    ]);
    expect(scene.seen()).to.deep.equal(['cafe -60', 'cafe -50', 'open -55']);
  });

  it('a network fade in ten steps a second at most', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [{ at: 0, do: 'network.fades', ssid: 'open', to: -95, over: 1000 }],
    });
    scene.connect(orderFor('open'));
    await scene.clock.advance(1000);
    const signals = scene.news().filter((line) => line.includes('signal'));
    expect(signals).to.deep.equal(
      [-59, -63, -67, -71, -75, -79, -83, -87, -91, -95].map(
        (rssi, i) => `${100 * (i + 1)} wlan0 signal ${rssi}`,
      ),
    );
  });

  it('a network come back into range with a fade, and with its own signal when it appears', async () => {
    const scene = begin({ interfaces: instant });
    const { control } = scene.radio;
    control.fade(network('open'), -100, 0);
    expect(scene.seen()).to.not.include('open -100');
    control.fade(network('open'), -80, 0);
    expect(scene.seen()).to.include('open -80');
    control.fade(network('open'), -100, 0);
    control.appear(network('open'));
    expect(scene.seen()).to.include('open -55');
  });

  it('a later fade take the place of one that is under way', async () => {
    const scene = begin({ interfaces: instant });
    scene.connect(orderFor('open'));
    scene.radio.control.fade(network('open'), -75, 2000);
    await scene.clock.advance(200);
    scene.radio.control.fade(network('open'), -55, 200);
    await scene.clock.advance(10_000);
    expect(scene.news().slice(1)).to.deep.equal([
      '0 wlan0 joined 02:00:00:00:00:03',
      '100 wlan0 signal -56',
      '200 wlan0 signal -57',
      '300 wlan0 signal -56',
      '400 wlan0 signal -55',
    ]);
  });

  it('an interface arrive and leave', async () => {
    const scene = begin({
      interfaces: [{ ...takesTime, present: false, link: { ssid: 'open' } }],
      timeline: [
        { at: 1000, do: 'interface.arrives' },
        { at: 2000, do: 'interface.leaves', interface: 'wlan0' },
        { at: 3000, do: 'interface.arrives' },
      ],
    });
    await scene.clock.advance(3000);
    expect(scene.news()).to.deep.equal([
      '1000 wlan0 arrived on open',
      '2000 wlan0 complete',
      '2000 wlan0 left',
      '3000 wlan0 arrived on open',
    ]);
  });

  it('nobody hear of anything before what was to be told earlier, whatever they do when they are told', () => {
    const scene = new Scene({ interfaces: [takesTime, { name: 'wlan1' }] });
    const { open, control } = scene.radio;
    const told: string[] = [];
    const subscription = open.subscribe((event) => {
      told.push('id' in event ? `${event.type} ${event.id}` : event.type);
      if (event.type === 'opened') control.leave(wlan0);
      if (event.type === 'interface.left') control.arrive(wlan0);
    });
    expect(told).to.deep.equal([
      'opened',
      'interface.arrived',
      'interface.arrived',
      'interface.left wlan0',
      'interface.arrived',
    ]);
    subscription.unsubscribe();
  });

  it('an interface arrive without its network when that is not heard', () => {
    const scene = new Scene({
      interfaces: [{ ...takesTime, link: { ssid: 'cafe', bssid: bssid(2) } }],
      networks: places.map((place) => ({ ...place, seenBy: ['wlan0'], present: place.ssid !== 'cafe' })),
    }).open();
    expect(scene.news()).to.deep.equal(['0 opened', '0 wlan0 arrived']);
  });

  it('its user connect and disconnect an interface, also in the middle of a connect', async () => {
    const scene = begin({
      timeline: [
        { at: 100, do: 'user.connects', ssid: 'cafe' },
        { at: 300, do: 'user.connects', ssid: 'cafe', bssid: bssid(1) },
        { at: 400, do: 'user.disconnects' },
        { at: 500, do: 'user.disconnects' },
      ],
    });
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    expect(scene.news()).to.deep.equal([
      '100 wlan0 connected cafe',
      '100 wlan0 failed 1',
      '300 wlan0 disconnected cafe',
      '300 wlan0 connected cafe',
      '400 wlan0 disconnected cafe',
    ]);
  });

  it('its user ask for a network that is not heard, and nothing changes', async () => {
    const scene = begin();
    scene.radio.control.vanish(network('cafe'));
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    scene.news();
    scene.radio.control.connectByUser(wlan0, { ssid: ssid('cafe'), bssid: none });
    expect(scene.news()).to.deep.equal([]);
    expect(scene.station().link()).to.deep.equal({ _tag: 'Some', value: { ssid: 'open', bssid: bssid(3) } });
  });

  it('the host scan by itself', async () => {
    const scene = begin({
      interfaces: [takesTime, { name: 'wlan1' }],
      timeline: [
        { at: 0, do: 'user.scans', interface: 'wlan0' },
        { at: 50, do: 'user.scans', interface: 'wlan1' },
        { at: 60, do: 'scan.fails', interface: 'wlan1' },
        { at: 70, do: 'user.scans', interface: 'wlan1' },
      ],
    });
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal([
      '50 wlan1 scan.completed',
      '70 wlan1 scan.failed',
      '1000 wlan0 scan.completed',
    ]);
    expect(scene.seen()).to.have.length(4);
  });

  it('the Wi-Fi service die and come back, and the interface be connected anew', async () => {
    const scene = begin({
      interfaces: [{ ...takesTime, link: { ssid: 'open' } }],
      timeline: [
        { at: 1000, do: 'service.dies' },
        { at: 3000, do: 'service.returns' },
      ],
    });
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(500);
    scene.news();
    scene.disconnect();
    await scene.clock.advance(500);
    expect(scene.news()).to.deep.equal([
      '700 wlan0 disconnected cafe',
      '700 wlan0 disconnect done',
      '1000 wlan0 complete',
      '1000 failed SIMULATED_SERVICE_DIED',
    ]);
    expect(scene.clock.pending).to.equal(0);
    await scene.clock.advance(1999);
    scene.open();
    await scene.clock.advance(1);
    scene.open();
    expect(scene.news()).to.deep.equal([
      '2999 failed SIMULATED_SERVICE_DOWN',
      '3000 opened',
      '3000 wlan0 arrived on open',
    ]);
  });

  it('things happen to an interface while the service is away, and gives it as it is then', async () => {
    const scene = begin({ interfaces: [takesTime, { name: 'wlan1' }] });
    const { control } = scene.radio;
    control.dieService();
    control.leave(wlan0);
    control.connectByUser(wlan0, { ssid: ssid('open'), bssid: none });
    control.vanish(network('open'));
    control.reviveService();
    scene.news();
    scene.open();
    expect(scene.news()).to.deep.equal(['0 opened', '0 wlan1 arrived']);
    expect(scene.seen('wlan1')).to.deep.equal(['cafe -60', 'cafe -50', 'far -94']);
  });
});
