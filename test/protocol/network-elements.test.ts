import { expect } from 'chai';
import { capabilitiesFor, elementsFor, type NetworkSecurity } from '../../protocol/network-elements.js';
import { ssidFromText } from '../../protocol/ssid.js';
import { hex } from './captures.js';
import { right } from './either.js';

const quay = right(ssidFromText('Quay'));

/** SSID, rates, channel 6 and further rates of a beacon on 2.4 GHz; written by hand from IEEE 802.11-2020, 9.4.2. */
const on24GHz = '000451756179' + '010882848b960c121824' + '030106' + '32043048606c';
/** SSID and rates of a beacon on 5 or 6 GHz: the channel is told elsewhere. */
const on5GHz = '000451756179' + '01088c129824b048606c';

/** The RSN element: version 1, group CCMP, one pairwise cipher CCMP, the AKMs, capabilities. */
const rsn = (akms: string, capabilities: string): string => {
  const count = `0${akms.length / 8}00`;
  const body = `0100000fac040100000fac04${count}${akms}${capabilities}`;
  return `30${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
};

/** The older element of WPA: Microsoft's OUI, type 1, version 1, TKIP throughout, PSK. */
const wpa = 'dd16' + '0050f201' + '0100' + '0050f202' + '0100' + '0050f202' + '0100' + '0050f202';

const golden: readonly (readonly [NetworkSecurity, string, number])[] = [
  [{ kind: 'open' }, '', 0x0001],
  [{ kind: 'wep' }, '', 0x0011],
  [{ kind: 'wpa2-psk', cipher: 'ccmp' }, rsn('000fac02', '0000'), 0x0011],
  [
    { kind: 'wpa2-psk', cipher: 'gcmp' },
    '3014' + '0100' + '000fac08' + '0100' + '000fac08' + '0100' + '000fac02' + '0000',
    0x0011,
  ],
  [{ kind: 'wpa-psk' }, wpa, 0x0011],
  [{ kind: 'wpa/wpa2-psk' }, `30180100000fac020200000fac02000fac040100000fac020000${wpa}`, 0x0011],
  [{ kind: 'psk-sha256' }, rsn('000fac06', '8000'), 0x0011],
  [{ kind: 'ft-psk' }, `${rsn('000fac04', '0000')}3603010000`, 0x0011],
  [{ kind: 'wpa2/wpa3-transition' }, rsn('000fac02' + '000fac08', '8000'), 0x0011],
  [{ kind: 'wpa3-sae' }, rsn('000fac08', 'c000'), 0x0011],
  [{ kind: 'owe' }, rsn('000fac12', 'c000'), 0x0011],
  [{ kind: 'wpa2-enterprise' }, rsn('000fac01', '0000'), 0x0011],
  [
    { kind: 'wpa3-enterprise-192' },
    '301a' + '0100' + '000fac09' + '0100' + '000fac09' + '0100' + '000fac0c' + 'c000' + '0000' + '000fac0c',
    0x0011,
  ],
];

describe('elements of made-up networks', () => {
  for (const [security, elements, capabilities] of golden) {
    const name = 'cipher' in security ? `${security.kind} with ${security.cipher}` : security.kind;
    it(`of ${name} are these bytes`, () => {
      expect(hex(elementsFor(security, quay, 2_437_000))).to.equal(on24GHz + elements);
      expect(hex(elementsFor(security, quay, 5_180_000))).to.equal(on5GHz + elements);
      expect(capabilitiesFor(security)).to.equal(capabilities);
    });
  }

  it('on 6 GHz, and on no channel at all, have the rates of 5 GHz', () => {
    expect(hex(elementsFor({ kind: 'open' }, quay, 5_975_000))).to.equal(on5GHz);
    expect(hex(elementsFor({ kind: 'open' }, quay, 1))).to.equal(on5GHz);
  });
});
