import { expect } from 'chai';
import type { DispatcherEvent } from '../../../actors/guest/dispatcher-state.js';
import { StatusCode, statusName } from '../../../protocol/status.js';
import { bssidNumber, ssid } from '../../stage/networks.js';
import { direct, dispatcherOf, mirror, wlan0, wlan1 } from './dispatcher-scene.js';
import { sessionWith } from './requests.js';

const claiming = { busy: { connecting: { trying: 'claiming' } } };
const ordering = { busy: { connecting: { trying: 'ordering' } } };
const joining = { busy: { connecting: 'joining' } };
const disconnecting = { busy: 'disconnecting' };

const outcomesOf = ({ replies }: { readonly replies: readonly (readonly [unknown, string])[] }) =>
  replies.map(([, outcome]) => outcome);

/** A guest with session 3 on wlan0. */
const known = { lastSessionId: 3, session: sessionWith(), untold: null };

describe('a guest’s dispatcher', () => {
  describe('takes for an answer to its own try only what is about that', () => {
    const foreign: readonly (readonly [string, DispatcherEvent])[] = [
      ['a claim that is granted', { type: 'claim.granted', interfaceId: wlan1 }],
      ['a claim that is refused', { type: 'claim.refused', interfaceId: wlan1 }],
      ['a claim that is outdated', { type: 'claim.outdated', interfaceId: wlan1 }],
    ];
    for (const [what, event] of foreign)
      it(`and not ${what} elsewhere`, async () => {
        const one = dispatcherOf({ matches: [direct(wlan0, wlan1)] });
        one.connect();
        await one.is(claiming);
        one.tell(event);
        expect(one.value()).to.deep.equal(claiming);
        one.tell({ type: 'claim.granted', interfaceId: wlan0 });
        expect(one.value()).to.deep.equal(ordering);
        expect(one.looks()).to.equal(1);
      });

    it('and not what another interface says of a connection', async () => {
      const one = dispatcherOf({ matches: [direct(wlan0, wlan1)] });
      one.connect();
      await one.is(claiming);
      one.tell({ type: 'claim.granted', interfaceId: wlan0 });
      one.tell({ type: 'interface.connected', interfaceId: wlan1, bssid: bssidNumber(1) });
      one.tell({
        type: 'interface.refused',
        interfaceId: wlan1,
        reason: '',
        status: StatusCode.noMoreStations,
      });
      expect(one.value()).to.deep.equal(ordering);
    });

    it('and not what the table says of sharing another interface', async () => {
      const one = dispatcherOf({ matches: [mirror] });
      one.connect();
      await one.is(joining);
      one.tell({ type: 'join.granted', interfaceId: wlan1 }, { type: 'join.refused', interfaceId: wlan1 });
      expect(one.value()).to.deep.equal(joining);
      expect(one.looks()).to.equal(1);
    });

    it('and not that another interface is left, or is still disconnecting, or has disconnected', async () => {
      const one = dispatcherOf({ known });
      one.disconnect(3);
      await one.is(disconnecting);
      one.tell(
        { type: 'interface.released', interfaceId: wlan1, disconnecting: false },
        { type: 'interface.released', interfaceId: wlan0, disconnecting: true },
        { type: 'interface.disconnected', interfaceId: wlan1, ended: true },
        { type: 'interface.refused', interfaceId: wlan1, reason: '', status: StatusCode.noMoreStations },
      );
      expect(one.value()).to.deep.equal(disconnecting);
    });
  });

  it('orders a connection from the interface that it was granted, and settles the claim with what comes of it', async () => {
    const one = dispatcherOf();
    const request = one.connect();
    await one.is(claiming);
    one.tell({ type: 'claim.granted', interfaceId: wlan0 });
    one.tell({ type: 'interface.connected', interfaceId: wlan0, bssid: bssidNumber(1) });
    await one.is('idle');
    expect(one.heard).to.deep.equal([
      'table claim.requested wlan0',
      'wlan0 connect.requested',
      'table claim.settled wlan0 connected',
      'table session.began wlan0',
    ]);
    expect(outcomesOf(request)).to.deep.equal([statusName(StatusCode.success)]);
    expect(one.session()).to.include({ id: 1, interfaceId: wlan0, type: 'guestDirected' });
  });

  it('tries the next interface when one is refused by the table, by itself, or has just left', async () => {
    for (const refuse of ['table', 'interface', 'gone'] as const) {
      const one = dispatcherOf({ matches: [direct(wlan0, wlan1)], gone: refuse === 'gone' ? [wlan0] : [] });
      one.connect();
      await one.is(claiming);
      if (refuse === 'table') one.tell({ type: 'claim.refused', interfaceId: wlan0 });
      else one.tell({ type: 'claim.granted', interfaceId: wlan0 });
      if (refuse === 'interface')
        one.tell({ type: 'interface.refused', interfaceId: wlan0, reason: '', status: StatusCode.success });
      expect(one.value(), refuse).to.deep.equal(claiming);
      const settled = refuse === 'table' ? [] : ['table claim.settled wlan0 failed'];
      const ordered = refuse === 'interface' ? ['wlan0 connect.requested'] : [];
      expect(one.heard, refuse).to.deep.equal([
        'table claim.requested wlan0',
        ...ordered,
        ...settled,
        'table claim.requested wlan1',
      ]);
    }
  });

  it('says why the last interface did not serve', async () => {
    const ends: readonly (readonly [DispatcherEvent, StatusCode])[] = [
      [{ type: 'claim.refused', interfaceId: wlan0 }, StatusCode.noMoreStations],
      [{ type: 'claim.granted', interfaceId: wlan0 }, StatusCode.unspecifiedFailure],
    ];
    for (const [end, status] of ends) {
      const one = dispatcherOf({ gone: [wlan0] });
      const request = one.connect();
      await one.is(claiming);
      one.tell(end);
      await one.is('idle');
      expect(outcomesOf(request)).to.deep.equal([statusName(status)]);
    }
  });

  it('looks once more when the table and the interface disagree, and says “later” when they do so again', async () => {
    for (const [match, state, disagreement] of [
      [direct(wlan0), claiming, 'claim.outdated'],
      [mirror, joining, 'join.refused'],
    ] as const) {
      const one = dispatcherOf({ matches: [match] });
      const request = one.connect();
      await one.is(state);
      one.tell({ type: disagreement, interfaceId: wlan0 });
      expect(one.value()).to.deep.equal({ busy: { connecting: 'matching' } });
      await one.is(state);
      expect(one.looks()).to.equal(2);
      one.tell({ type: disagreement, interfaceId: wlan0 });
      await one.is('idle');
      expect(outcomesOf(request)).to.deep.equal([statusName(StatusCode.refusedTemporarily)]);
    }
  });

  describe('gives up', () => {
    it('a table that does not answer whether the guest may share, after 10 s', async () => {
      const one = dispatcherOf({ matches: [mirror] });
      const request = one.connect();
      await one.is(joining);
      await one.clock.advance(9999);
      expect(one.value()).to.deep.equal(joining);
      await one.clock.advance(1);
      await one.is('idle');
      expect(outcomesOf(request)).to.deep.equal([statusName(StatusCode.sequenceTimeout)]);
      expect(one.heard).to.deep.equal(['table join.requested wlan0']);
    });

    it('an interface after its share of the 18 s, of which the next one has the rest', async () => {
      const one = dispatcherOf({ matches: [direct(wlan0, wlan1)] });
      const request = one.connect();
      await one.is(claiming);
      await one.clock.advance(8999);
      expect(one.heard).to.deep.equal(['table claim.requested wlan0']);
      await one.clock.advance(1);
      expect(one.heard.slice(1)).to.deep.equal([
        'wlan0 connect.cancelled',
        'table claim.settled wlan0 failed',
        'table claim.requested wlan1',
      ]);
      await one.clock.advance(9000);
      await one.is('idle');
      expect(outcomesOf(request)).to.deep.equal([statusName(StatusCode.sequenceTimeout)]);
      expect(one.heard.slice(4)).to.deep.equal([
        'wlan1 connect.cancelled',
        'table claim.settled wlan1 failed',
      ]);
    });

    it('a host that does not disconnect, after 5 s: the session ends all the same', async () => {
      const one = dispatcherOf({ known });
      const request = one.disconnect(3);
      await one.is(disconnecting);
      await one.clock.advance(4999);
      expect(one.value()).to.deep.equal(disconnecting);
      await one.clock.advance(1);
      await one.is('idle');
      expect(outcomesOf(request)).to.deep.equal(['success']);
      expect(one.session()).to.equal(null);
      expect(one.facts.at(-1)).to.equal('guestDisconnectionCompleted failed');
    });

    it('a request whose guest hangs up, and no other one', async () => {
      const one = dispatcherOf();
      const request = one.connect();
      await one.is(claiming);
      one.tell({ type: 'request.abandoned', exchange: 7 });
      expect(one.value()).to.deep.equal(claiming);
      one.tell({ type: 'request.abandoned', exchange: 1 });
      expect(one.value()).to.equal('idle');
      expect(outcomesOf(request)).to.deep.equal([statusName(StatusCode.unspecifiedFailure)]);
      expect(one.heard.slice(1)).to.deep.equal([
        'wlan0 connect.cancelled',
        'table claim.settled wlan0 failed',
      ]);
      expect(one.facts).to.deep.equal(['announced guestConnectionCompleted']);
    });

    it('nothing of the host when a guest that was to share hangs up', async () => {
      const one = dispatcherOf({ matches: [mirror] });
      one.connect();
      await one.is(joining);
      one.tell({ type: 'request.abandoned', exchange: 1 });
      expect(one.heard).to.deep.equal(['table join.requested wlan0']);
    });
  });

  for (const [what, end] of [
    ['its time is up', { type: 'request.overdue' }],
    ['its guest hangs up', { type: 'request.abandoned', exchange: 1 }],
  ] as const)
    it(`answers as it went when ${what} while the host application still hears how it went`, async () => {
      const one = dispatcherOf({ hangs: true });
      const request = one.connect();
      await one.is(claiming);
      one.tell({ type: 'claim.granted', interfaceId: wlan0 });
      one.tell({ type: 'interface.connected', interfaceId: wlan0, bssid: bssidNumber(1) });
      expect(one.value()).to.deep.equal({ busy: 'reporting' });
      one.tell({ type: 'request.abandoned', exchange: 7 });
      expect(one.value()).to.deep.equal({ busy: 'reporting' });
      expect(outcomesOf(request)).to.deep.equal([]);
      one.tell(end);
      expect(one.value()).to.equal('idle');
      expect(outcomesOf(request)).to.deep.equal([statusName(StatusCode.success)]);
      expect(one.session()).to.include({ id: 1 });
      expect(one.heard).to.not.include('wlan0 connect.cancelled');
      expect(one.facts.filter((fact) => fact.includes('Completed'))).to.have.length(1);
    });

  it('says what became of the host’s connection when a guest disconnects', async () => {
    for (const [end, outcome] of [
      [{ type: 'interface.released', interfaceId: wlan0, disconnecting: false }, 'kept'],
      [{ type: 'interface.disconnected', interfaceId: wlan0, ended: true }, 'disconnected'],
      [{ type: 'interface.disconnected', interfaceId: wlan0, ended: false }, 'failed'],
      [{ type: 'interface.refused', interfaceId: wlan0, reason: '', status: 1 as StatusCode }, 'failed'],
    ] as const) {
      const one = dispatcherOf({ known });
      one.disconnect(3);
      await one.is(disconnecting);
      one.tell(end);
      await one.is('idle');
      expect(one.facts).to.deep.equal([
        'guestDisconnectionRequested',
        `guestDisconnectionCompleted ${outcome}`,
      ]);
      expect(one.heard).to.include('table leave.requested wlan0');
    }
  });

  it('ends the session of a guest that is gone, not of one that waits for an answer', async () => {
    const waiting = dispatcherOf({ known });
    waiting.connect();
    await waiting.is(claiming);
    waiting.tell({ type: 'guest.unreachable' });
    expect(waiting.session()).to.include({ id: 3 });
    const idle = dispatcherOf({ known });
    idle.tell({ type: 'guest.unreachable' });
    expect(idle.session()).to.equal(null);
    expect(idle.heard).to.deep.equal(['table leave.requested wlan0']);
    expect(idle.facts).to.deep.equal(['announced guestDisconnectionCompleted']);
    idle.tell({ type: 'guest.unreachable' }, { type: 'hellos.missed' }, { type: 'session.dismissed' });
    expect(idle.facts).to.have.length(1);
  });

  it('asks a guest for a sign of life only on the interface that it holds, and vouches for one that is busy', async () => {
    const one = dispatcherOf({ known });
    one.tell({ type: 'sign.requested', interfaceId: wlan0 });
    expect(one.heard).to.deep.equal(['notifications sign.requested']);
    one.tell({ type: 'sign.requested', interfaceId: wlan1 });
    expect(one.heard.slice(1)).to.deep.equal(['table guest.attested']);
    one.connect();
    await one.is(claiming);
    one.tell({ type: 'sign.requested', interfaceId: wlan0 });
    expect(one.heard.slice(2)).to.deep.equal(['table claim.requested wlan0', 'table guest.attested']);
  });

  it('loses a session with the network that it is on, and with no other one', () => {
    const one = dispatcherOf({ known });
    one.tell(
      { type: 'session.lost', interfaceId: wlan1 },
      { type: 'session.lost', interfaceId: wlan0, ssid: ssid('Bar') },
    );
    expect(one.session()).to.include({ id: 3 });
    expect(one.heard).to.deep.equal([]);
    one.tell({ type: 'session.lost', interfaceId: wlan0, ssid: ssid('Cafe') });
    expect(one.session()).to.equal(null);
    expect(one.heard).to.deep.equal(['notified disconnected']);
  });

  it('takes a session back whose answer was lost, and no other one', () => {
    const one = dispatcherOf({ known });
    one.tell({ type: 'answer.lost', exchange: 8 });
    expect(one.session()).to.include({ id: 3 });
    one.tell({ type: 'answer.lost', exchange: 9 });
    expect(one.session()).to.equal(null);
    expect(one.heard).to.deep.equal(['table leave.requested wlan0']);
  });

  it('scan 2: results are as fresh as they were when the channel asked, which waits for nothing then', async () => {
    const one = dispatcherOf();
    await one.clock.advance(5000);
    expect([outcomesOf(one.scan(4999)).length, one.value(), one.heard]).to.deep.equal([1, 'idle', []]);
    expect(outcomesOf(one.scan(5000))).to.have.length(0);
    expect([one.value(), one.heard]).to.deep.equal(['scanning', ['wlan0 scan.requested']]);
  });

  for (const [what, end] of [
    ['its time is up', { type: 'request.overdue' }],
    ['its guest hangs up', { type: 'request.abandoned', exchange: 1 }],
  ] as const)
    it(`disconnect 2: leaves the interface all the same when ${what} before the host application has heard of the disconnect`, () => {
      const one = dispatcherOf({ known });
      const request = one.disconnect(3);
      expect(one.value()).to.deep.equal({ busy: 'announcing' });
      one.tell({ type: 'request.abandoned', exchange: 7 });
      expect([one.value(), one.heard]).to.deep.equal([{ busy: 'announcing' }, []]);
      one.tell(end);
      expect([one.value(), one.session(), outcomesOf(request)]).to.deep.equal(['idle', null, ['success']]);
      expect(one.heard).to.deep.equal(['table leave.requested wlan0']);
      expect(one.facts).to.include('announced guestDisconnectionCompleted');
    });

  it('parts 9: the interfaces of a scan have less than 10 s where the request has waited before', async () => {
    const one = dispatcherOf();
    await one.clock.advance(12_000);
    const request = one.scan(12_000);
    await one.clock.advance(5999);
    expect([one.value(), outcomesOf(request).length]).to.deep.equal(['scanning', 0]);
    await one.clock.advance(1);
    expect([one.value(), outcomesOf(request).length]).to.deep.equal(['idle', 1]);
  });

  it('gives up a scan whose guest hangs up, and no other one', async () => {
    const one = dispatcherOf();
    await one.clock.advance(5000);
    const request = one.scan(5000);
    one.tell({ type: 'request.abandoned', exchange: 7 });
    expect([one.value(), one.facts]).to.deep.equal(['scanning', []]);
    one.tell({ type: 'request.abandoned', exchange: 1 });
    expect([one.value(), one.facts]).to.deep.equal(['idle', ['announced guestScanCompleted']]);
    expect(outcomesOf(request)).to.have.length(1);
  });

  it('answers a request at once that has waited for 18 s before it was begun', async () => {
    for (const waited of [18_000, 30_000]) {
      const one = dispatcherOf();
      await one.clock.advance(waited);
      const request = one.connect();
      await one.clock.advance(0);
      expect(one.value()).to.equal('idle');
      expect(outcomesOf(request)).to.have.length(1);
    }
  });

  it('answers 18 s after a request, whatever it waits for then', async () => {
    const one = dispatcherOf({ matches: [direct(wlan0)] });
    const request = one.connect();
    await one.is(claiming);
    one.tell({ type: 'request.overdue' });
    expect(one.value()).to.equal('idle');
    expect(outcomesOf(request)).to.deep.equal([statusName(StatusCode.unspecifiedFailure)]);
    expect(one.heard.slice(1)).to.deep.equal(['wlan0 connect.cancelled', 'table claim.settled wlan0 failed']);
  });
});
