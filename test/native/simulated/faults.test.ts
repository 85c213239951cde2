import { expect } from 'chai';
import { none, some } from 'fp-ts/lib/Option.js';
import { KeyMaterial } from '../../../protocol/key-material.js';
import { StatusCode } from '../../../protocol/status.js';
import { begin, orderFor, ssid, wlan0 } from './scene.js';

describe('a fault of a scenario lets', () => {
  const reasons = [
    ['wrong key', StatusCode.challengeFailure],
    ['network not found', StatusCode.unspecifiedFailure],
    ['rejected', StatusCode.noMoreStations],
    ['timed out', StatusCode.sequenceTimeout],
  ] as const;
  for (const [reason, status] of reasons) {
    it(`a connect fail with "${reason}" and status ${status}, once`, async () => {
      const scene = begin({ timeline: [{ at: 0, do: 'connect.fails', reason }] });
      await scene.clock.advance(0);
      scene.connect(orderFor('cafe'));
      await scene.clock.advance(500);
      expect(scene.news()).to.deep.equal([`500 wlan0 ${reason} ${status}`]);
      scene.connect(orderFor('open'));
      await scene.clock.advance(500);
      expect(scene.news()).to.deep.equal([
        '1000 wlan0 connected open',
        '1000 wlan0 joined 02:00:00:00:00:03',
      ]);
    });
  }

  it('a connect fail with the status that the file gives', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'connect.fails', reason: 'rejected', status: 30 }] });
    await scene.clock.advance(0);
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    expect(scene.news()).to.deep.equal(['500 wlan0 rejected 30']);
  });

  it('a connect take longer', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'connect.slows', by: 7000 }] });
    await scene.clock.advance(0);
    scene.connect(orderFor('open'));
    await scene.clock.advance(7499);
    expect(scene.news()).to.deep.equal([]);
    await scene.clock.advance(1);
    expect(scene.news()).to.deep.equal(['7500 wlan0 connected open', '7500 wlan0 joined 02:00:00:00:00:03']);
  });

  it('a connect never answer, until it is abandoned', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'connect.hangs' }] });
    await scene.clock.advance(0);
    const abort = scene.connect(orderFor('open'));
    await scene.clock.advance(3_600_000);
    expect(scene.news()).to.deep.equal([]);
    expect(scene.clock.pending).to.equal(0);
    abort.abort();
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal(['3600000 wlan0 abandoned 1']);
  });

  it('a scan fail when it is over', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'scan.fails' }] });
    await scene.clock.advance(0);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal(['0 wlan0 scan running', '1000 wlan0 scan.failed']);
    expect(scene.seen()).to.deep.equal([]);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal(['1000 wlan0 scan running', '2000 wlan0 scan.completed']);
  });

  it('a scan be refused', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'scan.fails', refused: true }] });
    await scene.clock.advance(0);
    await scene.scan();
    await scene.clock.advance(5000);
    expect(scene.news()).to.deep.equal(['0 wlan0 scan SIMULATED_FAULT']);
  });

  it('an instant scan be refused, as it has no time to fail later', async () => {
    const scene = begin({ interfaces: [{ name: 'wlan0' }], timeline: [{ at: 0, do: 'scan.fails' }] });
    await scene.clock.advance(0);
    await scene.scan();
    await scene.scan();
    expect(scene.news()).to.deep.equal(['0 wlan0 scan SIMULATED_FAULT', '0 wlan0 scan complete']);
  });

  it('a scan take longer', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'scan.slows', by: 4000 }] });
    await scene.clock.advance(0);
    await scene.scan();
    await scene.clock.advance(5000);
    expect(scene.news()).to.deep.equal(['0 wlan0 scan running', '5000 wlan0 scan.completed']);
  });

  it('a scan never complete, and the next one does', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'scan.hangs' }] });
    await scene.clock.advance(0);
    await scene.scan();
    await scene.clock.advance(60_000);
    await scene.scan();
    await scene.clock.advance(1000);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 scan running',
      '60000 wlan0 scan running',
      '61000 wlan0 scan.completed',
    ]);
  });

  it('a disconnect fail, and the link stays', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'disconnect.fails' }] });
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    scene.news();
    scene.disconnect();
    await scene.clock.advance(200);
    expect(scene.news()).to.deep.equal(['700 wlan0 disconnect SIMULATED_FAULT']);
    expect(scene.station().link()._tag).to.equal('Some');
  });

  it('a disconnect take longer', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'disconnect.slows', by: 3000 }] });
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    scene.news();
    scene.disconnect();
    await scene.clock.advance(3200);
    expect(scene.news()).to.deep.equal(['3700 wlan0 disconnected open', '3700 wlan0 disconnect done']);
  });

  it('a disconnect never answer, until the interface leaves', async () => {
    const scene = begin({ timeline: [{ at: 0, do: 'disconnect.hangs' }] });
    scene.connect(orderFor('open'));
    await scene.clock.advance(500);
    scene.news();
    scene.disconnect();
    await scene.clock.advance(3_600_000);
    expect(scene.news()).to.deep.equal([]);
    scene.radio.control.leave(wlan0);
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal([
      '3600500 wlan0 complete',
      '3600500 wlan0 left',
      '3600500 wlan0 disconnect SIMULATED_GONE',
    ]);
  });

  it('the next so many operations fail', async () => {
    const scene = begin({
      interfaces: [{ name: 'wlan0' }],
      timeline: [{ at: 0, do: 'scan.fails', times: 2 }],
    });
    await scene.clock.advance(0);
    for (let i = 0; i < 3; i++) await scene.scan();
    expect(scene.news()).to.deep.equal([
      '0 wlan0 scan SIMULATED_FAULT',
      '0 wlan0 scan SIMULATED_FAULT',
      '0 wlan0 scan complete',
    ]);
  });

  it('all operations of a time fail', async () => {
    const scene = begin({
      interfaces: [{ name: 'wlan0' }],
      timeline: [{ at: 1000, do: 'scan.fails', for: 2000 }],
    });
    for (const wait of [999, 1, 1999, 1]) {
      await scene.clock.advance(wait);
      await scene.scan();
    }
    expect(scene.news()).to.deep.equal([
      '999 wlan0 scan complete',
      '1000 wlan0 scan SIMULATED_FAULT',
      '2999 wlan0 scan SIMULATED_FAULT',
      '3000 wlan0 scan complete',
    ]);
  });

  it('operations of one interface fail, and not those of another', async () => {
    const scene = begin({
      interfaces: [{ name: 'wlan0' }, { name: 'wlan1' }],
      timeline: [{ at: 0, do: 'scan.fails', interface: 'wlan1', times: 9 }],
    });
    await scene.clock.advance(0);
    await scene.scan(none, 'wlan0');
    await scene.scan(none, 'wlan1');
    expect(scene.news()).to.deep.equal(['0 wlan0 scan complete', '0 wlan1 scan SIMULATED_FAULT']);
  });

  it('connects to one network fail, and not those to another', async () => {
    const scene = begin({
      interfaces: [{ name: 'wlan0' }],
      timeline: [{ at: 0, do: 'connect.fails', reason: 'rejected', ssid: 'cafe', times: 9 }],
    });
    await scene.clock.advance(0);
    scene.connect(orderFor('open'));
    scene.connect(orderFor('cafe'));
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 connected open',
      '0 wlan0 disconnected open',
      '0 wlan0 joined 02:00:00:00:00:03',
      '0 wlan0 rejected 17',
    ]);
  });

  it('a connect both take longer and fail', async () => {
    const scene = begin();
    scene.radio.control.arm({ kind: 'connect.slows', by: 1000 });
    scene.radio.control.arm({ kind: 'connect.fails', reason: 'timed out', status: none });
    scene.connect(orderFor('open'));
    await scene.clock.advance(1500);
    expect(scene.news()).to.deep.equal(['1500 wlan0 timed out 16']);
  });

  it('a failure say what happened, and no secret', async () => {
    const scene = begin({ interfaces: [{ name: 'wlan0' }] });
    const key = new KeyMaterial(new TextEncoder().encode('0123456789abcdef0123456789abcdef'));
    const result = await scene.station().connect(orderFor('cafe', { key }), new AbortController().signal)();
    expect(result).to.deep.equal({
      _tag: 'Left',
      left: { reason: 'wrong key', status: 15, detail: 'simulated radio: the key is not that of "cafe"' },
    });
  });

  it('no operation fail that it is not armed for', async () => {
    const scene = begin({ interfaces: [{ name: 'wlan0' }] });
    scene.radio.control.arm({ kind: 'scan.fails', refused: true }, { interface: some(wlan0) });
    scene.radio.control.arm({ kind: 'connect.hangs' }, { ssid: some(ssid('cafe')) });
    scene.connect(orderFor('open'));
    scene.disconnect();
    await scene.clock.advance(0);
    expect(scene.news()).to.deep.equal([
      '0 wlan0 connected open',
      '0 wlan0 disconnected open',
      '0 wlan0 joined 02:00:00:00:00:03',
      '0 wlan0 disconnect done',
    ]);
  });
});
