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
    expect(
      [0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13].map((type) => cipherSuiteName(0x000fac00 + type)),
    ).to.deep.equal([
      'use group cipher',
      'WEP-40',
      'TKIP',
      'CCMP',
      'WEP-104',
      'BIP-CMAC',
      'GCMP',
      'GCMP-256',
      'CCMP-256',
      'BIP-GMAC',
      'BIP-GMAC-256',
      'BIP-CMAC-256',
    ]);
    expect([1, 2].map((type) => akmSuiteName(0x0050f200 + type))).to.deep.equal(['WPA 802.1X', 'WPA PSK']);
    expect([1, 2, 4, 5].map((type) => cipherSuiteName(0x0050f200 + type))).to.deep.equal([
      'WPA WEP-40',
      'WPA TKIP',
      'WPA CCMP',
      'WPA WEP-104',
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
    const named = Array.from({ length: 100 }, (_, status) => [status, statusName(status)] as const).filter(
      ([status, name]) => name !== `status ${status}`,
    );
    expect(named).to.deep.equal([
      [0, 'success'],
      [1, 'unspecified failure'],
      [10, 'capabilities mismatch'],
      [12, 'denied for another reason'],
      [13, 'unsupported authentication algorithm'],
      [14, 'authentication out of sequence'],
      [15, 'challenge failure'],
      [16, 'authentication timed out'],
      [17, 'too many stations'],
      [30, 'refused temporarily'],
      [34, 'poor channel conditions'],
      [37, 'request declined'],
      [38, 'invalid parameters'],
      [40, 'invalid information element'],
      [41, 'invalid group cipher'],
      [42, 'invalid pairwise cipher'],
      [43, 'invalid AKM suite'],
      [44, 'unsupported RSN version'],
      [45, 'invalid RSN capabilities'],
      [46, 'cipher rejected by policy'],
      [53, 'invalid PMKID'],
    ]);
  });

  it('of reasons say what to look at', () => {
    const named = Array.from({ length: 100 }, (_, reason) => reason).filter(
      (reason) => reasonText(reason) !== `reason ${reason}`,
    );
    expect(named).to.deep.equal([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 34, 36, 39,
    ]);
    expect(named.map(reasonText)).to.include.members(['unspecified reason', 'timeout']);
    expect([3, 6, 15, 24, 34, 36].map(reasonText)).to.deep.equal([
      'the access point or station leaves',
      'frame from a station that is not authenticated',
      '4-way handshake timed out: the key is probably wrong',
      'cipher rejected by policy',
      'poor channel conditions',
      'the station leaves',
    ]);
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
