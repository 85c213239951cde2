import { expect } from 'chai';
import * as E from 'fp-ts/lib/Either.js';
import * as O from 'fp-ts/lib/Option.js';
import type { Bss } from '../../protocol/bss.js';
import { Capability } from '../../protocol/capabilities.js';
import type { ConnectRequest } from '../../protocol/connect.js';
import { buildElements, parseElements } from '../../protocol/elements.js';
import { KeyMaterial } from '../../protocol/key-material.js';
import { parseRsnElement, rsnElement } from '../../protocol/rsn.js';
import {
  advertisedSecurity,
  guestAuth,
  networkAuth,
  offeredSecurity,
  securityText,
  shownToGuest,
  usableByGuest,
} from '../../protocol/security.js';
import { ssidFromText } from '../../protocol/ssid.js';
import { bssOf, bssWith } from './bsses.js';
import { accessPoints, bytes, hex } from './captures.js';
import { right } from './either.js';

const psk = 0x000fac02;
const ccmp = 0x000fac04;
const gcmp = 0x000fac08;
const tkip = 0x000fac02;

const capturedAs = (name: string): Bss => {
  const found = accessPoints.find(({ SSID }) => Buffer.from(SSID, 'hex').toString('latin1').startsWith(name));
  if (found === undefined) throw new Error(`no ${name} in the capture`);
  return bssOf(found);
};

/** A network with these elements and the privacy bit. */
const withElements = (elements: string, capabilities = Capability.ess | Capability.privacy): Bss => ({
  ...bssWith({ kind: 'open' }),
  capabilities,
  elements: bytes(elements),
});

describe('what a guest is shown', () => {
  const kept = [
    'open',
    'wpa2-psk',
    'xml <&>',
    'hidden-psk',
    '0123456789abcdef',
    'wpa2-gcmp',
    'five-gigahertz',
  ];
  const rewritten = [
    'wpa2-wpa3-transition',
    'wpa3-sae',
    'owe',
    'wpa2-eap',
    'wpa1-tkip',
    'wpa-wpa2-mixed',
    '\xc3\xa9',
    'wpa2-ft-psk',
    'wpa3-eap-192',
  ];

  it('of its authentication is one thing, what the network has is another', () => {
    const auths = Object.fromEntries(
      [...kept, ...rewritten].map((name) => [name, networkAuth(capturedAs(name))] as const),
    );
    expect(auths).to.include({
      open: 'open',
      'wpa2-psk': 'wpa2-psk',
      'wpa2-gcmp': 'wpa2-psk',
      'wpa2-wpa3-transition': 'wpa2/wpa3-transition',
      'wpa3-sae': 'wpa3-sae',
      owe: 'owe',
      'wpa2-eap': 'wpa2-enterprise',
      'wpa1-tkip': 'wpa-psk',
      'wpa-wpa2-mixed': 'wpa2-psk',
      'wpa2-ft-psk': 'wpa2-psk',
      'wpa3-eap-192': 'wpa3-enterprise-192',
    });
    expect(networkAuth(withElements(''))).to.equal('wep');
    expect(networkAuth(withElements('3006'))).to.equal('unknown');
  });

  it('is decided here for every captured access point', () => {
    expect(new Set([...kept, ...rewritten].map((name) => capturedAs(name).bssid)).size).to.equal(
      accessPoints.length,
    );
  });

  for (const name of kept) {
    it(`of the captured ${name} is the network itself, byte for byte`, () => {
      const bss = capturedAs(name);
      expect(usableByGuest(advertisedSecurity(bss))).to.equal(true);
      expect(shownToGuest(bss)).to.equal(bss);
      expect(guestAuth(bss)).to.equal(name === 'open' ? 'open' : 'wpa2-psk');
    });
  }

  for (const name of rewritten) {
    it(`of the captured ${JSON.stringify(name)} is a WPA2-PSK network with CCMP in its place`, () => {
      const bss = capturedAs(name);
      const shown = shownToGuest(bss);
      const { capabilities, elements, ...own } = shown;
      const { capabilities: hostCapabilities, elements: hostElements, ...hosts } = bss;
      expect(own).to.deep.equal(hosts);
      expect(capabilities).to.equal(0x11);
      expect(hex(elements)).not.to.equal(hex(hostElements));
      expect(advertisedSecurity(shown)).to.deep.equal({
        kind: 'rsn',
        akms: [psk],
        pairwise: [ccmp],
        group: ccmp,
      });
      const ssid = right(parseElements(elements)).find(({ id }) => id === 0);
      expect(ssid && hex(ssid.body)).to.equal(
        accessPoints.find(({ IEs }) => IEs === hex(hostElements))?.SSID,
      );
      expect(guestAuth(bss)).to.equal('wpa2-psk');
    });
  }

  it('is the same object every time, so that its bytes are made once', () => {
    const bss = bssWith({ kind: 'wpa3-sae' });
    expect(shownToGuest(bss)).to.equal(shownToGuest(bss));
    expect(advertisedSecurity(bss)).to.equal(advertisedSecurity(bss));
  });

  it('of a network that is already rewritten does not change', () => {
    const shown = shownToGuest(bssWith({ kind: 'owe' }));
    expect(shownToGuest(shown)).to.equal(shown);
  });

  it('of a hidden network that must be rewritten has the SSID that the host knows', () => {
    const ssid = right(ssidFromText('secret-lair'));
    for (const element of ['0000', '00050000000000']) {
      const shown = shownToGuest({
        ...bssWith({ kind: 'wpa3-sae' }),
        ssid,
        elements: bytes(`${element}30020100`),
      });
      expect(hex(shown.elements)).to.match(/^000b7365637265742d6c616972/);
    }
  });
});

describe('the security that a network advertises', () => {
  const rsn = (...parts: Parameters<typeof rsnElement>) => hex(buildElements([rsnElement(...parts)]));
  const suites = { group: ccmp, pairwise: [ccmp], akms: [psk] };

  for (const [title, bss, security, usable] of [
    ['without encryption', withElements('', Capability.ess), { kind: 'open' }, true],
    ['with the privacy bit alone', withElements(''), { kind: 'wep' }, false],
    ['with an RSN element', withElements(rsn(suites)), { kind: 'rsn', ...suites }, true],
    [
      'with an RSN element but no privacy bit',
      withElements(rsn(suites), Capability.ess),
      { kind: 'rsn', ...suites },
      true,
    ],
    [
      'with an RSN element beside a WPA element',
      withElements(`dd0a0050f20101000050f202${rsn(suites)}`),
      { kind: 'rsn', ...suites },
      true,
    ],
    [
      'with CCMP and GCMP',
      withElements(rsn({ ...suites, pairwise: [ccmp, gcmp] })),
      { kind: 'rsn', ...suites, pairwise: [ccmp, gcmp] },
      true,
    ],
    [
      'with TKIP as the group cipher',
      withElements(rsn({ ...suites, group: tkip })),
      { kind: 'rsn', ...suites, group: tkip },
      false,
    ],
    [
      'with TKIP among the pairwise ciphers',
      withElements(rsn({ ...suites, pairwise: [ccmp, tkip] })),
      { kind: 'rsn', ...suites, pairwise: [ccmp, tkip] },
      false,
    ],
    [
      'with PSK and SAE',
      withElements(rsn({ ...suites, akms: [psk, 0x000fac08] })),
      { kind: 'rsn', ...suites, akms: [psk, 0x000fac08] },
      false,
    ],
    [
      'with no AKM suite',
      withElements(rsn({ ...suites, akms: [] })),
      { kind: 'rsn', ...suites, akms: [] },
      false,
    ],
    [
      'with no pairwise cipher',
      withElements(rsn({ ...suites, pairwise: [] })),
      { kind: 'rsn', ...suites, pairwise: [] },
      false,
    ],
    [
      'with an RSN element of nothing but its version: the defaults',
      withElements('30020100'),
      { kind: 'rsn', akms: [0x000fac01], pairwise: [ccmp], group: ccmp },
      false,
    ],
    [
      'with a WPA element of nothing but its version: the defaults',
      withElements('dd060050f2010100'),
      { kind: 'wpa', akms: [0x0050f201], pairwise: [0x0050f202], group: 0x0050f202 },
      false,
    ],
    [
      'with a malformed RSN element',
      withElements('30050100000fac'),
      { kind: 'unknown', problem: 'malformed RSN element: cut off in the group cipher suite' },
      false,
    ],
    [
      'with a malformed WPA element',
      withElements('dd060050f2010200'),
      { kind: 'unknown', problem: 'malformed WPA element: version 2 instead of 1' },
      false,
    ],
    [
      'with an element that is cut off, even without the privacy bit',
      withElements('000161ff', Capability.ess),
      { kind: 'unknown', problem: 'an element is cut off at byte 3' },
      false,
    ],
  ] as const) {
    it(`is read ${title}`, () => {
      expect(advertisedSecurity(bss)).to.deep.equal(security);
      expect(usableByGuest(advertisedSecurity(bss))).to.equal(usable);
      expect(usableByGuest(advertisedSecurity(shownToGuest(bss)))).to.equal(true);
      if (!usable) expect(shownToGuest(bss).capabilities).to.equal(Capability.ess | Capability.privacy);
    });
  }

  it('is usable by SAE where that is offered, by guests that can do it, with the same ciphers', () => {
    const sae = { sae: true };
    const usable = (elements: string) => usableByGuest(advertisedSecurity(withElements(elements)), sae);
    for (const akms of [[0x000fac08], [psk, 0x000fac08], [psk], [0x000fac08, 0x000fac01]])
      expect(usable(rsn({ ...suites, akms })), String(akms)).to.equal(true);
    for (const akms of [[], [0x000fac01], [0x000fac12], [psk, 0x000fac01]])
      expect(usable(rsn({ ...suites, akms })), String(akms)).to.equal(false);
    const akms = [0x000fac08];
    expect(usable(rsn({ ...suites, akms, group: tkip }))).to.equal(false);
    expect(usable(rsn({ ...suites, akms, pairwise: [ccmp, tkip] }))).to.equal(false);
    expect(usable(rsn({ ...suites, akms, pairwise: [] }))).to.equal(false);
  });

  it('of each kind is what it is, whoever cannot use it', () => {
    const authOf = (akms: readonly number[]) => networkAuth(withElements(rsn({ ...suites, akms })));
    expect(
      [
        [1],
        [2],
        [3],
        [4],
        [5],
        [6],
        [8],
        [9],
        [4, 9],
        [2, 1],
        [12],
        [1, 12],
        [18],
        [2, 18],
        [19],
        [20],
        [99],
        [],
      ].map((types) => authOf(types.map((type) => 0x000fac00 + type))),
    ).to.deep.equal([
      'wpa2-enterprise',
      'wpa2-psk',
      'wpa2-enterprise',
      'wpa2-psk',
      'wpa2-enterprise',
      'wpa2-psk',
      'wpa3-sae',
      'wpa3-sae',
      'wpa2/wpa3-transition',
      'wpa2-psk',
      'wpa3-enterprise-192',
      'wpa3-enterprise-192',
      'owe',
      'wpa2-psk',
      'wpa2-psk',
      'wpa2-psk',
      'unknown',
      'unknown',
    ]);
    const wpaOf = (akm: string) =>
      networkAuth(withElements(`dd160050f20101000050f20201000050f2020100${akm}`));
    expect(['0050f202', '0050f201', '0050f203'].map(wpaOf)).to.deep.equal([
      'wpa-psk',
      'wpa-enterprise',
      'unknown',
    ]);
  });

  for (const [kind, text] of [
    ['open', 'open'],
    ['wep', 'WEP'],
    ['wpa2/wpa3-transition', 'RSN PSK SAE CCMP'],
    ['wpa-psk', 'WPA PSK WPA TKIP'],
  ] as const) {
    it(`of a network of kind ${kind} is called ${text}`, () => {
      expect(securityText(advertisedSecurity(bssWith({ kind })))).to.equal(text);
    });
  }

  it('of malformed elements is called unknown', () => {
    expect(securityText(advertisedSecurity(withElements('ff')))).to.equal('unknown');
  });
});

describe('the security of made-up networks', () => {
  for (const [kind, group, pairwise, akms] of [
    ['psk-sha256', ccmp, [ccmp], [0x000fac06]],
    ['ft-psk', ccmp, [ccmp], [0x000fac04]],
    ['wpa/wpa2-psk', tkip, [tkip, ccmp], [psk]],
    ['wpa2/wpa3-transition', ccmp, [ccmp], [psk, 0x000fac08]],
    ['wpa3-sae', ccmp, [ccmp], [0x000fac08]],
    ['owe', ccmp, [ccmp], [0x000fac12]],
    ['wpa2-enterprise', ccmp, [ccmp], [0x000fac01]],
    ['wpa3-enterprise-192', 0x000fac09, [0x000fac09], [0x000fac0c]],
  ] as const) {
    it(`of kind ${kind} is what their elements advertise`, () => {
      const bss = bssWith({ kind });
      expect(advertisedSecurity(bss)).to.deep.equal({ kind: 'rsn', group, pairwise, akms });
      expect(usableByGuest(advertisedSecurity(bss))).to.equal(false);
    });
  }

  for (const [cipher, suite] of [
    ['ccmp', ccmp],
    ['gcmp', gcmp],
  ] as const) {
    it(`of kind wpa2-psk with ${cipher} can be used by a guest`, () => {
      const security = advertisedSecurity(bssWith({ kind: 'wpa2-psk', cipher }));
      expect(security).to.deep.equal({ kind: 'rsn', group: suite, pairwise: [suite], akms: [psk] });
      expect(usableByGuest(security)).to.equal(true);
    });
  }

  it('of kind wpa-psk is a WPA element and no RSN element', () => {
    expect(advertisedSecurity(bssWith({ kind: 'wpa-psk' })).kind).to.equal('wpa');
  });

  it('says whether management frames are protected', () => {
    const capabilitiesOf = (kind: 'wpa3-sae' | 'wpa2/wpa3-transition' | 'wpa2-enterprise') => {
      const element = right(parseElements(bssWith({ kind }).elements)).find(({ id }) => id === 48);
      return element && right(parseRsnElement(element)).capabilities;
    };
    expect(capabilitiesOf('wpa3-sae')).to.equal(0xc0);
    expect(capabilitiesOf('wpa2/wpa3-transition')).to.equal(0x80);
    expect(capabilitiesOf('wpa2-enterprise')).to.equal(0);
  });

  it('comes with rates and channel of the band', () => {
    const ids = (frequency: number) =>
      right(parseElements(shownToGuest(bssWith({ kind: 'owe' }, { frequency })).elements)).map(
        ({ id }) => id,
      );
    expect(ids(2437000)).to.deep.equal([0, 1, 3, 50, 48]);
    expect(ids(5180000)).to.deep.equal([0, 1, 48]);
    expect(ids(5955000)).to.deep.equal([0, 1, 48]);
    expect(ids(1)).to.deep.equal([0, 1, 48]);
  });
});

describe('the security that a guest offers', () => {
  const open: ConnectRequest = {
    operation: 'connect',
    ssid: right(ssidFromText('net')),
    bssid: O.none,
    authType: 0,
    wpaVersions: 0,
    akmSuites: [],
    pairwiseCipherSuites: [],
    groupCipherSuite: 0,
    key: KeyMaterial.none,
  };
  const wpa2: ConnectRequest = {
    ...open,
    wpaVersions: 2,
    akmSuites: [psk],
    pairwiseCipherSuites: [ccmp],
    groupCipherSuite: ccmp,
    key: new KeyMaterial(new Uint8Array(32)),
  };
  const sae: ConnectRequest = { ...wpa2, authType: 4, akmSuites: [0x000fac08] };

  for (const [title, request, offered] of [
    ['nothing', open, { kind: 'open' }],
    ['nothing, with the authentication left open', { ...open, authType: 8 }, { kind: 'open' }],
    [
      'WPA2-PSK with the authentication left open',
      { ...wpa2, authType: 8 },
      { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp },
    ],
    ['WPA2-PSK with CCMP', wpa2, { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp }],
    [
      'WPA2-PSK with GCMP',
      { ...wpa2, pairwiseCipherSuites: [gcmp], groupCipherSuite: gcmp },
      { kind: 'wpa2-psk', pairwise: gcmp, group: gcmp },
    ],
    [
      'TKIP and CCMP: the one that is possible',
      { ...wpa2, pairwiseCipherSuites: [tkip, ccmp] },
      { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp },
    ],
    ...[0x000fac04, 0x000fac06, 0x000fac13, 0x000fac14].map(
      (akm) =>
        [
          `the kin ${akm & 0xff} of PSK, which needs a PMK as well`,
          { ...wpa2, akmSuites: [akm] },
          { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp },
        ] as const,
    ),
    [
      'PSK-SHA384 with GCMP-256',
      { ...wpa2, akmSuites: [0x000fac14], pairwiseCipherSuites: [0x000fac09], groupCipherSuite: 0x000fac09 },
      { kind: 'wpa2-psk', pairwise: 0x000fac09, group: 0x000fac09 },
    ],
    ['WPA and WPA2', { ...wpa2, wpaVersions: 3 }, { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp }],
    [
      'PSK and SAE with open system authentication: PSK',
      { ...wpa2, akmSuites: [0x000fac08, psk] },
      { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp },
    ],
    ['SAE as wpa_supplicant does, with WPA2', sae, { kind: 'wpa3-sae', pairwise: ccmp, group: ccmp }],
    ['SAE with WPA3', { ...sae, wpaVersions: 4 }, { kind: 'wpa3-sae', pairwise: ccmp, group: ccmp }],
    [
      'SAE with GCMP-256',
      { ...sae, pairwiseCipherSuites: [0x000fac09], groupCipherSuite: 0x000fac09 },
      { kind: 'wpa3-sae', pairwise: 0x000fac09, group: 0x000fac09 },
    ],
    [
      'a key of another size',
      { ...wpa2, key: KeyMaterial.none },
      { kind: 'wpa2-psk', pairwise: ccmp, group: ccmp },
    ],
  ] as const) {
    it(`may be ${title}`, () => {
      expect(offeredSecurity(request)).to.deep.equal(E.right(offered));
    });
  }

  for (const [title, request, status] of [
    ['shared key authentication', { ...open, authType: 1 }, 13],
    ['fast transition', { ...wpa2, authType: 2 }, 13],
    ['network EAP', { ...wpa2, authType: 3 }, 13],
    ['FILS', { ...wpa2, authType: 5 }, 13],
    ...[9, 255].map(
      (authType) =>
        [`authentication type ${authType}, which does not exist`, { ...wpa2, authType }, 13] as const,
    ),
    ['SAE authentication without key management', { ...open, authType: 4 }, 13],
    ['a group cipher without key management', { ...open, groupCipherSuite: 0x000fac01 }, 41],
    ['TKIP as the group cipher', { ...wpa2, groupCipherSuite: tkip }, 41],
    ['GCMP-256 for PSK-SHA256', { ...wpa2, akmSuites: [0x000fac06], groupCipherSuite: 0x000fac09 }, 41],
    ['fast transition by 802.1X', { ...wpa2, akmSuites: [0x000fac03] }, 43],
    ['no group cipher', { ...wpa2, groupCipherSuite: 0 }, 41],
    ['GCMP-256 as the group cipher of WPA2-PSK', { ...wpa2, groupCipherSuite: 0x000fac09 }, 41],
    ['a pairwise cipher without key management: WEP', { ...open, pairwiseCipherSuites: [0x000fac01] }, 42],
    ['TKIP alone', { ...wpa2, pairwiseCipherSuites: [tkip] }, 42],
    ['no pairwise cipher', { ...wpa2, pairwiseCipherSuites: [] }, 42],
    ['802.1X', { ...wpa2, akmSuites: [0x000fac01] }, 43],
    ['WPA alone', { ...wpa2, wpaVersions: 1 }, 43],
    ['a key management suite but no WPA version', { ...wpa2, wpaVersions: 0 }, 43],
    ['a WPA version but no key management suite', { ...wpa2, akmSuites: [] }, 43],
    ['PSK with SAE authentication', { ...wpa2, authType: 4 }, 43],
    [
      'the key management of 802.1X with the authentication left open',
      { ...wpa2, authType: 8, akmSuites: [0x000fac01] },
      43,
    ],
    ['OWE', { ...wpa2, akmSuites: [0x000fac12] }, 43],
  ] as const) {
    it(`is refused with status ${status} for ${title}`, () => {
      expect(offeredSecurity(request)).to.deep.equal(E.left(status));
    });
  }
});
