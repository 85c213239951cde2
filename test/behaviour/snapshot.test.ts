/** What the root's snapshot tells, and what it must not. */
import { expect } from 'chai';
import { anyKey, network, ssid, station } from '../stage/networks.js';
import { ScriptedRadio, ScriptedStation } from '../stage/scripted-radio.js';
import { type Stage, useStages } from '../stage/stage.js';

describe('snapshot', () => {
  const stage = useStages();
  const networks = [network('Cafe', 1), network('Bar', 2)];
  const simple = (more: Parameters<typeof stage>[0] = {}): Promise<Stage> =>
    stage({ interfaces: [station('wlan0')], networks, ...more });

  describe('life 6: the snapshot of the root', () => {
    it('is plain JSON and tells the state of endpoints, interfaces, guests, sessions, queues and counters', async () => {
      const s = await simple({ machines: ['vm1.vsock'] });
      const guest = await s.guest(1);
      await guest.connect('Cafe');
      await (await s.machine('vm1.vsock')).scan();
      const text = JSON.stringify(s.proxy.getSnapshot());
      const { context } = JSON.parse(text);
      expect(context.status).to.deep.equal(JSON.parse(JSON.stringify(s.status)));
      expect(Object.keys(context.status)).to.include.members([
        'endpoints',
        'radios',
        'interfaces',
        'guests',
        'ownership',
        'counters',
      ]);
      expect(context.status.endpoints).to.have.length(2);
      expect(context.status.interfaces[0]).to.deep.include({
        id: 'wlan0',
        kind: 'station',
        link: { ssid: 'Cafe', bssid: '02:00:00:00:00:01' },
      });
      expect(context.status.guests[0]).to.deep.include({
        id: guest.id,
        dispatcher: 'idle',
        requestChannel: 'idle',
        notificationChannel: 'idle',
        queue: 0,
        lastSessionId: 1,
      });
      expect(context.status.guests[0].session).to.include({ id: 1, ssid: 'Cafe', type: 'guestDirected' });
      expect(context.status.counters.requests).to.deep.include({ 'connect success': 1 });
    });

    it('holds no key, also while a connect request is worked on', async () => {
      const port = new ScriptedStation('wlan0');
      const s = await stage({ radio: new ScriptedRadio([port]) });
      const guest = await s.guest(1);
      const connected = guest.guest.connect({ ssid: ssid('Cafe'), security: 'wpa2-psk', key: anyKey })();
      await s.until(() => port.asked.length === 1, 'the host connects');
      const said = [
        JSON.stringify(s.proxy.getSnapshot()),
        JSON.stringify(s.records.lines),
        JSON.stringify(s.records.facts),
        ...s.records.frames.map(({ frame }) => Buffer.from(frame).toString('hex')),
      ].join('\n');
      for (const key of ['07'.repeat(32), '7,7,7,7', '"0":7,"1":7', Buffer.alloc(32, 7).toString('base64')])
        expect(said).to.not.include(key);
      await s.halt();
      await connected;
    });
  });
});
