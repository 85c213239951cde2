import { expect } from 'chai';
import * as fc from 'fast-check';
import { replySettled, settlementOf } from '../../../actors/guest/answer.js';
import { type Attempt, attemptOf, failed, succeeded } from '../../../actors/guest/attempt.js';
import { requestedFact, scannedFact, settledFact } from '../../../actors/guest/request-facts.js';
import { endsSession } from '../../../actors/guest/session.js';
import { parseGuestId } from '../../../index.js';
import { interfaceId } from '../../../native/radio.js';
import { anyBssid } from '../../../protocol/bssid.js';
import { decodeHostMessage } from '../../../protocol/index.js';
import { StatusCode } from '../../../protocol/status.js';
import { right } from '../../protocol/either.js';
import { bss, bssidNumber, ssid } from '../../stage/networks.js';
import { type Asked, asked, connectTo, scanFor, sessionWith } from './requests.js';

const [wlan0, wlan1] = [interfaceId('wlan0'), interfaceId('wlan1')];
const guest = right(parseGuestId('tcp://127.0.1.1'));
const disconnect = (sessionId: number) => asked({ operation: 'disconnect', sessionId });

const trying = (at = wlan0): Attempt =>
  attemptOf(ssid('Cafe'), { type: 'direct', candidates: [at], auth: 'wpa2-psk', networkAuth: null }, null);
const connected = (at = wlan0): Attempt => succeeded(trying(at), bssidNumber(2));
const refused = failed(trying(), StatusCode.noMoreStations);

describe('the session after an answer', () => {
  it('to a scan is what it was', () => {
    const session = sessionWith();
    const settlement = settlementOf(asked(scanFor()), { attempt: null, session, lastSessionId: 5 });
    expect(settlement).to.deep.equal({ lastSessionId: 5, session, began: null, left: null });
  });

  it('to a successful connect has the next id, and is where the attempt ended', () => {
    const { session, began, left, lastSessionId } = settlementOf(asked(connectTo('Cafe'), 4), {
      attempt: connected(wlan1),
      session: null,
      lastSessionId: 5,
    });
    expect(session).to.deep.equal({
      id: 6,
      type: 'guestDirected',
      interfaceId: wlan1,
      ssid: ssid('Cafe'),
      exchange: 4,
    });
    expect([began, left, lastSessionId]).to.deep.equal([session, null, 6]);
  });

  it('that replaces one on another interface leaves that one, and not its own', () => {
    const state = { session: sessionWith(), lastSessionId: 3 };
    const request = asked(connectTo('Cafe'));
    expect(settlementOf(request, { ...state, attempt: connected(wlan1) }).left).to.equal(wlan0);
    expect(settlementOf(request, { ...state, attempt: connected(wlan0) }).left).to.equal(null);
  });

  it('to a connect that fails, in whatever way, is the former one, and the id counts all the same', () => {
    const session = sessionWith();
    for (const attempt of [null, trying(), refused, { ...connected(), interfaceId: null }])
      expect(settlementOf(asked(connectTo('Cafe')), { attempt, session, lastSessionId: 3 })).to.deep.equal({
        lastSessionId: 4,
        session,
        began: null,
        left: null,
      });
  });

  it('to a disconnect is over exactly if the id is not older', () => {
    return fc.assert(
      fc.property(fc.nat(9), fc.nat(9), (id, named) => {
        const session = sessionWith({ id });
        const request = disconnect(named);
        const after = settlementOf(request, { attempt: null, session, lastSessionId: 9 });
        expect(after.session).to.equal(named >= id ? null : session);
        expect(endsSession(session, request)).to.equal(named >= id);
        expect(endsSession(null, request)).to.equal(false);
      }),
    );
  });
});

describe('the answer', () => {
  const answerTo = (attempt: Attempt | null, request: Asked = asked(connectTo('Cafe'))) => {
    replySettled(request, attempt, 8);
    expect(request.replies).to.have.length(1);
    const [frame, outcome] = request.replies[0] ?? [new Uint8Array(), ''];
    return { message: right(decodeHostMessage(frame)), outcome };
  };

  it('to a connect has status, id and the BSSID that was found', () => {
    const bssid = bssidNumber(2);
    const { message, outcome } = answerTo(connected());
    expect(message).to.deep.equal({ operation: 'connect.response', status: 0, bssid, sessionId: 8 });
    expect(outcome).to.equal('success');
  });

  it('to a connect without an attempt is a timeout with the BSSID that was asked for, or any', () => {
    const bssid = { _tag: 'Some', value: bssidNumber(5) } as const;
    expect(answerTo(null).message).to.include({ status: StatusCode.sequenceTimeout, bssid: anyBssid });
    expect(answerTo(null, asked({ ...connectTo('Cafe'), bssid })).message).to.include({
      bssid: bssidNumber(5),
    });
  });

  it('to a disconnect is always success', () => {
    expect(answerTo(null, disconnect(1))).to.deep.equal({
      message: { operation: 'disconnect.response' },
      outcome: 'success',
    });
  });
});

describe('the facts of a request', () => {
  const session = sessionWith();
  const common = { guest, connection: 'guestDirected', interfaceId: wlan0, ssid: ssid('Cafe') } as const;

  it('of a scan name its network, or none', () => {
    const of = (name?: string) => requestedFact(guest, asked(scanFor(name)), null);
    expect(of('Attic')).to.deep.equal({ type: 'guestScanRequested', guest, ssid: ssid('Attic') });
    expect(of()).to.deep.equal({ type: 'guestScanRequested', guest, ssid: null });
    const result = { networks: [bss('Cafe', 1)], complete: true, failed: [], vain: false };
    const fact = { type: 'guestScanCompleted', guest, networks: 1, complete: true, failed: [] } as const;
    expect(scannedFact(guest, result)).to.deep.equal({ ...fact, outcome: 'complete' });
    expect(scannedFact(guest, { ...result, complete: false })).to.include({ outcome: 'promised' });
    expect(scannedFact(guest, { ...result, failed: [wlan0], vain: true })).to.deep.equal({
      ...fact,
      failed: [wlan0],
      outcome: 'failed',
    });
    expect(scannedFact(guest, { ...result, failed: [wlan0] })).to.include({ outcome: 'complete' });
    expect(scannedFact(guest, result, true)).to.include({ outcome: 'abandoned' });
  });

  it('of a connect: nothing at first, then how it went', () => {
    const request = asked(connectTo('Cafe'));
    expect(requestedFact(guest, request, session)).to.equal(null);
    expect(settledFact(guest, { request, attempt: connected(), session, disconnection: null })).to.deep.equal(
      {
        ...common,
        type: 'guestConnectionCompleted',
        status: 0,
        auth: 'wpa2-psk',
        networkAuth: null,
      },
    );
    expect(settledFact(guest, { request, attempt: refused, session: null, disconnection: null })).to.include({
      status: StatusCode.noMoreStations,
      interfaceId: null,
    });
    expect(settledFact(guest, { request, attempt: null, session: null, disconnection: null })).to.include({
      status: StatusCode.sequenceTimeout,
      connection: 'guestDirected',
      auth: 'wpa2-psk',
    });
  });

  it('of a disconnect: only of one that ends the session', () => {
    const [ending, older] = [disconnect(3), disconnect(2)];
    expect(requestedFact(guest, ending, session)).to.deep.equal({
      ...common,
      type: 'guestDisconnectionRequested',
    });
    for (const disconnection of ['disconnected', 'kept', 'failed'] as const)
      expect(settledFact(guest, { request: ending, attempt: null, session, disconnection })).to.deep.equal({
        ...common,
        type: 'guestDisconnectionCompleted',
        outcome: disconnection,
      });
    expect(
      settledFact(guest, { request: ending, attempt: null, session, disconnection: null }),
      'the time was up before that was known',
    ).to.include({ outcome: 'failed' });
    for (const [request, held] of [[older, session] as const, [ending, null] as const]) {
      expect(requestedFact(guest, request, held)).to.equal(null);
      expect(settledFact(guest, { request, attempt: null, session: held, disconnection: null })).to.equal(
        null,
      );
    }
  });
});
