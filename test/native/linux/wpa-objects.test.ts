import { expect } from 'chai';
import * as O from 'fp-ts/lib/Option.js';
import { bssOf, sameBss } from '../../../native/linux/wpa-objects.js';
import { capturedBsss } from './fake-supplicant.js';

describe('two readings of an access point', () => {
  const [properties = {}] = capturedBsss;
  const read = (changed: Readonly<Record<string, unknown>> = {}) =>
    O.toUndefined(bssOf({ ...properties, ...changed })) ?? expect.fail('no access point');

  it('say the same where nothing has changed', () => {
    expect(sameBss(read(), read())).to.equal(true);
  });

  for (const [name, value] of Object.entries({
    BSSID: Buffer.from('02000000ffff', 'hex'),
    SSID: Buffer.from('another'),
    Privacy: properties.Privacy !== true,
    Signal: Number(properties.Signal) - 1,
    Frequency: Number(properties.Frequency) + 5,
    IEs: Buffer.from('0001ff', 'hex'),
  }))
    it(`differ where ${name} does`, () => {
      expect(sameBss(read(), read({ [name]: value }))).to.equal(false);
    });
});
