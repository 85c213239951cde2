import { expect } from 'chai';
import { decodeInput } from '../../../actors/application/settings.js';
import {
  LiveStatus,
  type Parts,
  readStatus,
  type ServiceStatus,
} from '../../../actors/application/status.js';
import { Guests } from '../../../actors/guest/guest-register.js';
import { InterfaceEntry, Interfaces } from '../../../actors/host/interface-register.js';
import { Seat } from '../../../actors/seat.js';
import { Service } from '../../../actors/service.js';
import { guestIdOf } from '../../../native/sockets/endpoint.js';
import { thisPlatform } from '../../../platform.js';
import { right } from '../../protocol/either.js';
import { ScriptedStation } from '../../stage/scripted-radio.js';

const parts = (): Parts => {
  const service = new Service(right(decodeInput({ endpoints: ['memory://vm'] })), thisPlatform);
  return {
    service,
    interfaces: new Interfaces(),
    guests: new Guests(service, () => undefined),
    ownership: new Seat(),
    endpoints: [],
    radios: [],
  };
};

describe('the status', () => {
  it('of a service that is stopped is empty, with every counter named', () => {
    expect(readStatus(parts())).to.deep.equal({
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
        notificationsUncertain: {},
        notificationsRetried: {},
        notificationsConflated: {},
        notificationsDropped: {},
        restarts: {},
      },
    });
  });

  it('shows an interface whose actor has not started yet', () => {
    const some = parts();
    some.interfaces.admit(new InterfaceEntry(new ScriptedStation('wlan0'), 'test'));
    expect(readStatus(some).interfaces).to.deep.equal([
      {
        id: 'wlan0',
        name: 'wlan0',
        kind: 'station',
        radio: 'test',
        state: null,
        link: null,
        rssi: null,
        scannedAt: null,
      },
    ]);
  });

  it('shows a guest whose actors have not started yet', () => {
    const some = parts();
    some.guests.open({ hasRoom: true, moveIn: () => undefined, moveOut: () => undefined });
    const id = guestIdOf({ scheme: 'memory', address: 'vm' });
    some.guests.welcome(id);
    expect(readStatus(some).guests).to.deep.equal([
      {
        id,
        requestChannel: null,
        dispatcher: null,
        notificationChannel: null,
        session: null,
        lastSessionId: 0,
        connections: 0,
        queue: 0,
      },
    ]);
  });

  it('shows what is counted, by label', () => {
    const some = parts();
    const { counters } = some.service;
    counters.count('refusedFrames', 'wrong version');
    counters.requestAnswered('scan', 'complete', 3);
    counters.requestAnswered('scan', 'complete', 4);
    const { refusedFrames, requests } = readStatus(some).counters;
    expect([refusedFrames, requests]).to.deep.equal([{ 'wrong version': 1 }, { 'scan complete': 2 }]);
  });

  it('is read anew whenever it is serialized, and registers and sockets are left out', () => {
    let restarts = 0;
    const status = new LiveStatus(
      () => ({ counters: { restarts: { radio: ++restarts } } }) as unknown as ServiceStatus,
    );
    const plain = { endpoints: [], radios: [] };
    const context = { ...parts(), status };
    expect(JSON.parse(JSON.stringify(context))).to.deep.equal({
      ...plain,
      status: { counters: { restarts: { radio: 1 } } },
    });
    expect(JSON.parse(JSON.stringify(context))).to.deep.equal({
      ...plain,
      status: { counters: { restarts: { radio: 2 } } },
    });
  });
});
