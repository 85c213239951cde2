import { expect } from 'chai';
import { callFailed, isDenied, malformed, serviceIsGone } from '../../../native/windows/wlan-failure.js';

describe('a failure of the Wlan API', () => {
  for (const [error, code] of [
    [6, 'ERROR_INVALID_HANDLE'],
    [1062, 'ERROR_SERVICE_NOT_ACTIVE'],
    [1722, 'RPC_S_SERVER_UNAVAILABLE'],
    [1726, 'RPC_S_CALL_FAILED'],
    [1753, 'EPT_S_NOT_REGISTERED'],
  ] as const)
    it(`with ${code} means that the service is gone`, () => {
      expect(serviceIsGone(callFailed('WlanScan', error))).to.equal(true);
      expect(callFailed('WlanScan', error).code).to.equal(code);
    });

  it('of any other kind does not', () => {
    for (const error of [5, 31, 5023]) expect(serviceIsGone(callFailed('WlanScan', error))).to.equal(false);
    expect(serviceIsGone(malformed('WlanScan')('a list of 5000 items'))).to.equal(false);
  });

  it('for want of consent says where it is given, to a user and for a service', () => {
    for (const operation of [
      'WlanGetAvailableNetworkList',
      'WlanGetNetworkBssList',
      'WlanQueryInterface',
      'WlanRegisterNotification',
      'WlanScan',
    ]) {
      const failure = callFailed(operation, 5);
      expect(isDenied(failure), operation).to.equal(true);
      expect(failure.detail).to.include('Privacy & security > Location').and.include('A service is asked');
    }
  });

  it('that is denied for another reason does not speak of the location', () => {
    for (const operation of ['WlanOpenHandle', 'WlanConnect', 'WlanDisconnect'])
      expect(callFailed(operation, 5).detail).to.equal(
        `${operation}: ERROR_ACCESS_DENIED. Windows refuses it to this user.`,
      );
  });
});
