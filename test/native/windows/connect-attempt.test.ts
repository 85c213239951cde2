/** What is taken for a guest's connection among all that Windows reports of. */
import { expect } from 'chai';
import fc from 'fast-check';
import { isOfOrder } from '../../../native/windows/connect-attempt.js';
import { constants } from '../../../native/windows/layouts.js';
import type { Ssid } from '../../../protocol/ssid.js';

describe('a connection that Windows reports', () => {
  const ssid = 'Home' as Ssid;
  const ours = { mode: constants.wlan_connection_mode_temporary_profile, profile: 'Home', ssid } as const;

  it("is a guest's if it was made with the temporary profile of its order", () => {
    expect(isOfOrder(ours, { ssid })).to.equal(true);
  });

  it("is not a guest's in any other mode, whatever its profile is called", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), (mode) => {
        expect(isOfOrder({ ...ours, mode }, { ssid })).to.equal(mode === ours.mode);
      }),
    );
  });

  it("is not a guest's with a temporary profile of another name, which another program has made", () => {
    fc.assert(
      fc.property(fc.string(), (profile) => {
        expect(isOfOrder({ ...ours, profile }, { ssid })).to.equal(profile === ours.profile);
      }),
    );
  });

  it("is not a guest's if it is to another network", () => {
    expect(isOfOrder({ ...ours, ssid: 'Cafe' as Ssid }, { ssid })).to.equal(false);
  });
});
