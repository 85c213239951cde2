/** Information elements for networks that no access point sends: what a plain beacon of such a network would hold. */
import * as O from 'fp-ts/lib/Option.js';
import { Capability } from './capabilities.js';
import { buildElements, ElementId, type InformationElement, ssidElement } from './elements.js';
import { channelOfFrequency } from './frequency.js';
import { RsnCapability, rsnElement, wpaElement } from './rsn.js';
import type { Ssid } from './ssid.js';
import { AkmSuite, CipherSuite } from './suites.js';

/** The security of a made-up network. */
export type NetworkSecurity =
  | { readonly kind: 'wpa2-psk'; readonly cipher: 'ccmp' | 'gcmp' }
  | {
      readonly kind:
        | 'open'
        | 'wep'
        | 'wpa-psk'
        | 'wpa/wpa2-psk'
        | 'psk-sha256'
        | 'ft-psk'
        | 'wpa2/wpa3-transition'
        | 'wpa3-sae'
        | 'owe'
        | 'wpa2-enterprise'
        | 'wpa3-enterprise-192';
    };

/** Elements of a beacon of such a network on `frequency` (kHz): SSID, rates, channel, and what its security takes. */
export const elementsFor = (security: NetworkSecurity, ssid: Ssid, frequency: number): Uint8Array => {
  const channel = O.toUndefined(channelOfFrequency(frequency));
  const rates =
    channel?.band === '2.4'
      ? [
          element(ElementId.supportedRates, dsssRates),
          element(ElementId.dsParameterSet, [channel.channel]),
          element(ElementId.extendedSupportedRates, furtherOfdmRates),
        ]
      : [element(ElementId.supportedRates, ofdmRates)];
  return buildElements([ssidElement(ssid), ...rates, ...securityElements(security)]);
};

/** The capability field that goes with it. */
export const capabilitiesFor = (security: NetworkSecurity): number =>
  security.kind === 'open' ? Capability.ess : Capability.ess | Capability.privacy;

/** In units of 500 kbit/s; the highest bit marks rates that every station must have (IEEE 802.11-2020, 9.4.2.3). */
const basic = 0x80;
/** 1, 2, 5.5, 11 (basic), 6, 9, 12 and 18 Mbit/s. */
const dsssRates = [2 | basic, 4 | basic, 11 | basic, 22 | basic, 12, 18, 24, 36];
/** 24, 36, 48 and 54 Mbit/s. */
const furtherOfdmRates = [48, 72, 96, 108];
/** 6 (basic), 9, 12 (basic), 18, 24 (basic), 36, 48 and 54 Mbit/s. */
const ofdmRates = [12 | basic, 18, 24 | basic, 36, 48 | basic, 72, 96, 108];

/** Mobility domain 1, fast transition over the air (IEEE 802.11-2020, 9.4.2.46). */
const mobilityDomain = [1, 0, 0];

const element = (id: number, body: readonly number[]): InformationElement => ({
  id,
  body: Uint8Array.from(body),
});

/** An RSN element with one cipher for everything. */
const rsn = (
  akms: readonly AkmSuite[],
  capabilities = 0,
  cipher: CipherSuite = CipherSuite.ccmp,
): InformationElement => rsnElement({ group: cipher, pairwise: [cipher], akms, capabilities });

const { mfpCapable, mfpRequired } = RsnCapability;

const securityElements = (security: NetworkSecurity): readonly InformationElement[] => {
  switch (security.kind) {
    case 'open':
    case 'wep':
      return [];
    case 'wpa2-psk':
      return [rsn([AkmSuite.psk], 0, CipherSuite[security.cipher])];
    case 'wpa-psk':
      return [wpaPsk];
    case 'wpa/wpa2-psk':
      return [
        rsnElement({
          group: CipherSuite.tkip,
          pairwise: [CipherSuite.tkip, CipherSuite.ccmp],
          akms: [AkmSuite.psk],
          capabilities: 0,
        }),
        wpaPsk,
      ];
    case 'psk-sha256':
      return [rsn([AkmSuite.pskSha256], mfpCapable)];
    case 'ft-psk':
      return [rsn([AkmSuite.ftPsk]), element(ElementId.mobilityDomain, mobilityDomain)];
    case 'wpa2/wpa3-transition':
      return [rsn([AkmSuite.psk, AkmSuite.sae], mfpCapable)];
    case 'wpa3-sae':
      return [rsn([AkmSuite.sae], mfpCapable | mfpRequired)];
    case 'owe':
      return [rsn([AkmSuite.owe], mfpCapable | mfpRequired)];
    case 'wpa2-enterprise':
      return [rsn([AkmSuite.ieee8021x])];
    case 'wpa3-enterprise-192':
      return [
        rsnElement({
          group: CipherSuite.gcmp256,
          pairwise: [CipherSuite.gcmp256],
          akms: [AkmSuite.suiteB192],
          capabilities: mfpCapable | mfpRequired,
          pmkids: [],
          groupManagement: CipherSuite.bipGmac256,
        }),
      ];
  }
};

const wpaPsk = wpaElement({
  group: CipherSuite.wpaTkip,
  pairwise: [CipherSuite.wpaTkip],
  akms: [AkmSuite.wpaPsk],
});
