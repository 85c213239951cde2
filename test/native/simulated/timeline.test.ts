import { expect } from 'chai';
import { none } from 'fp-ts/lib/Option.js';
import { begin, instant, orderFor, passphrase, type Scene } from './scene.js';

describe('a step of a scenario comes', () => {
  const then = { do: 'network.vanishes', ssid: 'far' } as const;
  /** When `far` vanished, by the log. */
  const vanished = (scene: Scene): boolean => !scene.seen().some((line) => line.startsWith('far'));

  it('after the first scan, and only after that one', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [{ after: { event: 'scan', delay: 100 }, do: 'user.connects', ssid: 'open' }],
    });
    await scene.clock.advance(1000);
    await scene.scan();
    await scene.clock.advance(50);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.news().filter((line) => line.includes('connected'))).to.deep.equal([
      '1100 wlan0 connected open',
    ]);
  });

  it('after a scan that takes time has completed, not when it is asked for', async () => {
    const scene = begin({ timeline: [{ after: { event: 'scan' }, do: 'user.connects', ssid: 'open' }] });
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 scan running',
      '1000 wlan0 scan.completed',
      '1000 wlan0 connected open',
    ]);
  });

  it('after a connect to its network, not to another', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [{ after: { event: 'connected', ssid: 'cafe' }, ...then }],
    });
    scene.connect(orderFor('open'));
    await scene.clock.advance(0);
    expect(vanished(scene)).to.equal(false);
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(0);
    expect(vanished(scene)).to.equal(true);
  });

  it('after a disconnect', async () => {
    const scene = begin({ interfaces: instant, timeline: [{ after: { event: 'disconnected' }, ...then }] });
    scene.connect(orderFor('open'));
    await scene.clock.advance(0);
    expect(vanished(scene)).to.equal(false);
    scene.disconnect();
    await scene.clock.advance(0);
    expect(vanished(scene)).to.equal(true);
  });

  it('after the second connect that failed', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [{ after: { event: 'connect.failed', count: 2 }, ...then }],
    });
    scene.connect(orderFor('nowhere'));
    await scene.clock.advance(0);
    expect(vanished(scene)).to.equal(false);
    scene.connect(orderFor('nowhere'));
    await scene.clock.advance(0);
    expect(vanished(scene)).to.equal(true);
  });

  it('after an event of its interface, not of another', async () => {
    const scene = begin({
      interfaces: [{ name: 'wlan0' }, { name: 'wlan1' }],
      timeline: [{ after: { event: 'scan', interface: 'wlan1' }, ...then }],
    });
    await scene.scan();
    await scene.clock.advance(0);
    expect(vanished(scene)).to.equal(false);
    await scene.scan(none, 'wlan1');
    await scene.clock.advance(0);
    expect(vanished(scene)).to.equal(true);
  });

  it('after another step, which may come after a third one', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [
        { after: { event: 'step', step: 'second', delay: 1000 }, ...then },
        {
          name: 'second',
          after: { event: 'step', step: 'first', delay: 1000 },
          do: 'user.connects',
          ssid: 'open',
        },
        { name: 'first', at: 1000, do: 'user.connects', ssid: 'cafe' },
      ],
    });
    await scene.clock.advance(2999);
    expect(scene.news()).to.deep.equal([
      '1000 wlan0 connected cafe',
      '2000 wlan0 disconnected cafe',
      '2000 wlan0 connected open',
    ]);
    expect(vanished(scene)).to.equal(false);
    await scene.clock.advance(1);
    expect(vanished(scene)).to.equal(true);
  });

  it('in the order of the file when several are due at the same time', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [
        { at: 10, do: 'user.connects', ssid: 'cafe' },
        { at: 10, do: 'user.connects', ssid: 'open' },
        { at: 10, do: 'user.disconnects' },
      ],
    });
    await scene.clock.advance(10);
    expect(scene.news()).to.deep.equal([
      '10 wlan0 connected cafe',
      '10 wlan0 disconnected cafe',
      '10 wlan0 connected open',
      '10 wlan0 disconnected open',
    ]);
  });

  it('with a line in the log that names it', async () => {
    const scene = begin({
      timeline: [{ name: 'ebb', at: 10, do: 'network.fades', ssid: 'open', to: -90, over: 500 }],
    });
    await scene.clock.advance(10);
    expect(scene.log.lines.at(-1)).to.equal('the scenario goes on: network.fades');
    expect(scene.log.facts.at(-1)).to.deep.equal({ step: 'ebb', ssid: 'open', to: -90, over: 500 });
    expect(JSON.stringify(scene.log.facts)).to.not.include(passphrase);
  });

  it('while the radio is closed as well, and what it did shows when the radio is opened again', async () => {
    const scene = begin({
      interfaces: instant,
      timeline: [
        { at: 1000, do: 'user.connects', ssid: 'open' },
        { at: 2000, do: 'network.fades', ssid: 'open', to: -85, over: 3000 },
        { at: 9000, do: 'network.vanishes', ssid: 'open' },
      ],
    });
    await scene.clock.advance(500);
    scene.close();
    expect(scene.clock.pending).to.equal(0);
    await scene.clock.advance(3000);
    expect(scene.news()).to.deep.equal(['500 wlan0 complete']);
    scene.open();
    expect(scene.news()).to.deep.equal(['3500 opened', '3500 wlan0 arrived on open']);
    expect(scene.seen()).to.include('open -70');
    await scene.clock.advance(10_000);
    expect(scene.news().at(-1)).to.equal('9000 wlan0 disconnected open');
  });
});
