import { expect } from 'chai';
import { capabilitiesText } from '../../protocol/capabilities.js';
import { reasonText, StatusCode, statusName } from '../../protocol/status.js';
import { AkmSuite, akmSuiteName, CipherSuite, cipherSuiteName } from '../../protocol/suites.js';

describe('names', () => {
  it('of suites are those that people know', () => {
    expect(
      [1, 2, 3, 4, 5, 6, 8, 9, 12, 18, 19, 20].map((type) => akmSuiteName(0x000fac00 + type)),
    ).to.deep.equal([
      '802.1X',
      'PSK',
      'FT-802.1X',
      'FT-PSK',
      '802.1X-SHA256',
      'PSK-SHA256',
      'SAE',
      'FT-SAE',
      'Suite B 192',
      'OWE',
      'FT-PSK-SHA384',
      'PSK-SHA384',
    ]);
    expect([1, 2, 4, 5, 6, 8, 9, 10].map((type) => cipherSuiteName(0x000fac00 + type))).to.deep.equal([
      'WEP-40',
      'TKIP',
      'CCMP',
      'WEP-104',
      'BIP-CMAC',
      'GCMP',
      'GCMP-256',
      'CCMP-256',
    ]);
  });

  it('of unknown suites are their selectors', () => {
    expect(akmSuiteName(0x000fac63)).to.equal('00-0F-AC:99');
    expect(cipherSuiteName(0xff0050ff)).to.equal('FF-00-50:255');
  });

  it('are there for every suite and status code that has a constant', () => {
    for (const suite of Object.values(AkmSuite)) expect(akmSuiteName(suite)).not.to.match(/:\d+$/);
    for (const suite of Object.values(CipherSuite)) expect(cipherSuiteName(suite)).not.to.match(/:\d+$/);
    for (const status of Object.values(StatusCode)) expect(statusName(status)).not.to.match(/^status \d+$/);
  });

  it('of status codes follow the standard', () => {
    expect([0, 1, 13, 15, 30, 41, 42, 43, 99].map(statusName)).to.deep.equal([
      'success',
      'unspecified failure',
      'unsupported authentication algorithm',
      'challenge failure',
      'refused temporarily',
      'invalid group cipher',
      'invalid pairwise cipher',
      'invalid AKM suite',
      'status 99',
    ]);
  });

  it('of reasons say what to look at', () => {
    expect(reasonText(15)).to.equal('4-way handshake timed out: the key is probably wrong');
    expect(reasonText(999)).to.equal('reason 999');
  });

  it('of capabilities are those of their bits', () => {
    expect([0x0001, 0x0011, 0x0411, 0x0400, 0].map(capabilitiesText)).to.deep.equal([
      'ESS',
      'ESS, privacy',
      'ESS, privacy, 0x0400',
      '0x0400',
      'none',
    ]);
  });
});
