import { expect } from 'chai';
import { decodeInput } from '../../actors/application/settings.js';
import { Services } from '../../actors/services.js';
import { LiveStatus, readStatus, type ServiceStatus } from '../../actors/status.js';
import { thisPlatform } from '../../platform.js';
import { right } from '../protocol/either.js';
import { ScriptedStation } from '../stage/scripted-radio.js';

const services = (): Services =>
  new Services(right(decodeInput({ endpoints: ['memory://vm'] })), thisPlatform, {
    publish: () => undefined,
    welcome: () => undefined,
  });

describe('the status', () => {
  it('of a service that is stopped is empty, with every counter named', () => {
    expect(readStatus(services(), {})).to.deep.equal({
      endpoints: [],
      radios: [],
      interfaces: [],
      guests: [],
      ownership: {},
      counters: {
        requests: {},
        refusedFrames: {},
        refusedConnections: {},
        notificationsSent: {},
        notificationsRetried: {},
        notificationsConflated: {},
        notificationsDropped: {},
        restarts: {},
      },
    });
  });

  it('shows an interface whose actor has not started yet', () => {
    const some = services();
    some.admit({ port: new ScriptedStation('wlan0'), radio: 'test', actor: undefined });
    expect(readStatus(some, {}).interfaces).to.deep.equal([
      { id: 'wlan0', name: 'wlan0', kind: 'station', radio: 'test', state: null, link: null, rssi: null },
    ]);
  });

  it('shows what is counted, by label', () => {
    const some = services();
    some.counters.count('refusedFrames', 'wrong version');
    some.counters.requestAnswered('scan', 'complete', 3);
    some.counters.requestAnswered('scan', 'complete', 4);
    const { refusedFrames, requests } = readStatus(some, {}).counters;
    expect([refusedFrames, requests]).to.deep.equal([{ 'wrong version': 1 }, { 'scan complete': 2 }]);
  });

  it('is read anew whenever it is serialized, and services and sockets are left out', () => {
    let restarts = 0;
    const status = new LiveStatus(
      () => ({ counters: { restarts: { radio: ++restarts } } }) as unknown as ServiceStatus,
    );
    const context = { services: services(), status };
    expect(JSON.parse(JSON.stringify(context))).to.deep.equal({
      status: { counters: { restarts: { radio: 1 } } },
    });
    expect(JSON.parse(JSON.stringify(context))).to.deep.equal({
      status: { counters: { restarts: { radio: 2 } } },
    });
  });
});
