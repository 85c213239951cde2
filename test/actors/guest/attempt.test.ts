import { expect } from 'chai';
import * as fc from 'fast-check';
import {
  type Attempt,
  attemptOf,
  currentTry,
  failed,
  lost,
  succeeded,
} from '../../../actors/guest/attempt.js';
import { interfaceId } from '../../../native/radio.js';
import { StatusCode } from '../../../protocol/status.js';
import { bssidNumber, ssid } from '../../stage/networks.js';

const [wlan0, wlan1] = [interfaceId('wlan0'), interfaceId('wlan1')];
const cafe = ssid('Cafe');
const direct = (candidates: readonly (typeof wlan0)[]): Attempt =>
  attemptOf(cafe, { type: 'direct', candidates, auth: 'wpa2-psk', networkAuth: null }, null);

describe('an attempt', () => {
  it('to mirror tries the one interface that is there, and knows its BSSID', () => {
    const match = {
      type: 'mirror',
      interfaceId: wlan1,
      bssid: bssidNumber(7),
      auth: 'open',
      networkAuth: null,
    } as const;
    expect(attemptOf(cafe, match, null)).to.deep.equal({
      type: 'hostMirroring',
      ssid: cafe,
      auth: 'open',
      networkAuth: null,
      candidates: [wlan1],
      status: StatusCode.unspecifiedFailure,
      interfaceId: null,
      bssid: bssidNumber(7),
      rematched: false,
    });
  });

  it('that is impossible has nothing to try and the status of the match', () => {
    const match = {
      type: 'impossible',
      status: StatusCode.invalidAkmp,
      auth: 'wpa2-psk',
      networkAuth: null,
    } as const;
    const attempt = attemptOf(cafe, match, null);
    expect(currentTry(attempt)).to.equal(undefined);
    expect(attempt).to.include({ type: 'guestDirected', status: StatusCode.invalidAkmp, bssid: null });
  });

  it('that follows another one says so', () => {
    const match = { type: 'direct', candidates: [wlan0], auth: 'wpa2-psk', networkAuth: null } as const;
    expect(attemptOf(cafe, match, direct([wlan0])).rematched).to.equal(true);
  });

  it('goes from candidate to candidate, and ends with the status of the last failure', () => {
    const statuses = fc.array(fc.constantFrom(StatusCode.noMoreStations, StatusCode.requestDeclined), {
      minLength: 1,
      maxLength: 4,
    });
    return fc.assert(
      fc.property(statuses, (why) => {
        const ids = why.map((_, i) => interfaceId(`wlan${i}`));
        const end = why.reduce((attempt, status, i) => {
          expect(currentTry(attempt)).to.equal(ids[i]);
          return failed(attempt, status);
        }, direct(ids));
        expect(currentTry(end)).to.equal(undefined);
        expect(end.status).to.equal(why.at(-1));
        expect(end.interfaceId).to.equal(null);
      }),
    );
  });

  it('that succeeds is where it was tried, at the BSSID that was found, or that of the match', () => {
    const attempt = succeeded(failed(direct([wlan0, wlan1]), StatusCode.noMoreStations), bssidNumber(3));
    expect(attempt).to.include({ status: StatusCode.success, interfaceId: wlan1, bssid: bssidNumber(3) });
    expect(succeeded(attempt, null).bssid).to.equal(bssidNumber(3));
  });

  it('that is lost again failed, and nobody is there', () => {
    const attempt = lost(succeeded(direct([wlan0]), bssidNumber(3)));
    expect(attempt).to.include({ status: StatusCode.unspecifiedFailure, interfaceId: null });
  });

  it('of nobody tries nothing', () => {
    expect(currentTry(null)).to.equal(undefined);
  });
});
