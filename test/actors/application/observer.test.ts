import { expect } from 'chai';
import sinon from 'sinon';
import type { ConnectionProposal } from '../../../actors/application/decision.js';
import { type Observer, observerCalls } from '../../../actors/application/observer.js';
import type { HostDisconnected } from '../../../index.js';
import { interfaceId } from '../../../native/radio.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { ManualClock } from '../../../streams/clock.js';
import { ssid } from '../../stage/networks.js';
import { Records } from '../../stage/records.js';

const fact: HostDisconnected = {
  type: 'hostDisconnected',
  interfaceId: interfaceId('wlan0'),
  ssid: ssid('Cafe'),
};
const proposal: ConnectionProposal = {
  guest: guestIdOf({ scheme: 'tcp', address: '127.0.1.1' }),
  type: 'guestDirected',
  ssid: ssid('Cafe'),
  auth: 'wpa2-psk',
  networkAuth: null,
};
const hookTime = 4000;
const never = (): Promise<never> => new Promise(() => undefined);

describe('calls of the observer', () => {
  const setUp = (observer: Observer) => {
    const clock = new ManualClock();
    const records = new Records(() => undefined);
    return {
      clock,
      records,
      calls: observerCalls(observer, { clock, log: records.log, hookTime: () => hookTime }),
    };
  };

  it('without a hook nothing is waited for, and every connection is approved', async () => {
    const { calls, clock } = setUp({});
    expect(calls.has('hostDisconnected')).to.equal(false);
    await calls.tell(fact);
    expect(await calls.authorize(proposal)).to.equal(0);
    expect(clock.pending).to.equal(0);
  });

  it('a hook gets its fact, with the observer as `this`', async () => {
    const observer = { hostDisconnected: sinon.fake() };
    const { calls } = setUp(observer);
    expect(calls.has('hostDisconnected')).to.equal(true);
    await calls.tell(fact);
    sinon.assert.calledOnceWithExactly(observer.hostDisconnected, fact);
    sinon.assert.calledOn(observer.hostDisconnected, observer);
  });

  it('authorization passes on what the hook decides, at once or later', async () => {
    expect(await setUp({ authorizeGuestConnection: () => 'deny' }).calls.authorize(proposal)).to.equal(37);
    const later = setUp({ authorizeGuestConnection: () => Promise.resolve('approve' as const) });
    expect(await later.calls.authorize(proposal)).to.equal(0);
    expect(later.clock.pending).to.equal(0);
  });

  for (const [how, hook] of [
    ['throws', sinon.fake.throws(new Error('broken'))],
    ['rejects', sinon.fake.rejects(new Error('broken'))],
  ] as const)
    it(`a hook that ${how} is logged with its name, and leaves no timer`, async () => {
      const { calls, clock, records } = setUp({ hostDisconnected: hook, authorizeGuestConnection: hook });
      await calls.tell(fact);
      expect(await calls.authorize(proposal)).to.equal(37);
      expect(records.lines.map(({ level, facts }) => [level, facts.hook, facts.error])).to.deep.equal([
        ['error', 'hostDisconnected', 'Error: broken'],
        ['error', 'authorizeGuestConnection', 'Error: broken'],
      ]);
      expect(clock.pending).to.equal(0);
    });

  it('a hook that hangs is left when its time is up, with a line in the log', async () => {
    const { calls, clock, records } = setUp({ hostDisconnected: never, authorizeGuestConnection: never });
    const told = calls.tell(fact);
    const decided = calls.authorize(proposal);
    await clock.advance(hookTime - 1);
    expect(records.lines).to.deep.equal([]);
    await clock.advance(1);
    await told;
    expect(await decided).to.equal(37);
    expect(records.lines.map(({ level, facts }) => [level, facts.hook])).to.deep.equal([
      ['warn', 'hostDisconnected'],
      ['warn', 'authorizeGuestConnection'],
    ]);
  });

  it('a release ends every wait without a line in the log, and leaves no timer', async () => {
    const { calls, clock, records } = setUp({ hostDisconnected: never, authorizeGuestConnection: never });
    const told = calls.tell(fact);
    const decided = calls.authorize(proposal);
    calls.release();
    await told;
    expect(await decided).to.equal(37);
    expect(clock.pending).to.equal(0);
    expect(records.lines).to.deep.equal([]);
  });
});
